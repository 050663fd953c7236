"""Engines that sell named sizes (480p, 2K): which of them a frame needs, and what it is priced at.

A row's `vendor` holds `ratios` ("16:9") and `tiers`, rising: [name, short side, long side of a 16:9 frame]. The short
side decides, so an upright frame gets the size of the same frame lying; the long side is where `by_width` looks it up.
"""

from __future__ import annotations

from dataclasses import dataclass

from engines.adapters.base import Clip, InvalidInput, Issue, Keyframe, Model, Outline, Quote, Request
from engines.adapters.remote import Remote
from engines.adapters.shapes import aspect_of
from engines.adapters.wording import clip_words

Framed = Clip | Keyframe


@dataclass(frozen=True, slots=True)
class Tier:
    """One size that an engine sells."""

    name: str
    short: int
    across: int


def tiers(model: Model) -> tuple[Tier, ...]:
    """The sizes of a model, rising; none where any size is made."""
    return tuple(Tier(*row) for row in model.vendor.get("tiers", ()))


def fitting(request: Framed, model: Model) -> Tier | None:
    """The smallest size that is enough for the frame; None when all are smaller."""
    short = min(request.width, request.height)
    return next((tier for tier in tiers(model) if tier.short >= short), None)


def tier_of(request: Framed, model: Model) -> Tier:
    """Like `fitting`. Raises InvalidInput when all are smaller."""
    tier = fitting(request, model)
    if tier is None:
        raise InvalidInput(f"{model.label} makes no frame of {request.width} × {request.height}.")
    return tier


def ratio_of(request: Framed, model: Model) -> str | None:
    """The engine's name for the frame's shape; None when it has none."""
    return aspect_of(request.width, request.height, model.vendor["ratios"])


def frame_issues(request: Framed, model: Model) -> list[Issue]:
    """What is wrong with the frame and, once the camera is told in it, with the length of the prompt."""
    size = f"{request.width} × {request.height}"
    if ratio_of(request, model) is None:
        return [Issue("width", f"has no frame of {size}")]
    if fitting(request, model) is None:
        return [Issue("width", f"makes at most {tiers(model)[-1].name}, asked for {size}")]
    most, words = model.capability.max_prompt, clip_words(request, model.capability.wording)
    if most is not None and len(words) > most:
        return [Issue("prompt", f"takes at most {most} characters, with the camera these are {len(words)}")]
    return []


class Tiered(Remote):
    """Base of adapters that sell named sizes: the price is that of the size that is ordered."""

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """The price rule of the row at the ordered size; an outline and a model without sizes have only a width."""
        tier = fitting(request, model) if isinstance(request, Clip | Keyframe) else None
        width = tier.across if tier else getattr(request, "width", 0)
        return model.price.quote(self.units(request, model), width)
