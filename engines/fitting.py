"""One request, as each model can take it: an engine with fewer slots gets the first of the pictures, and what it does
not get is told. Frames go before references where an engine takes only the one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engines.adapters.base import Clip, EngineAdapter, Keyframe, Model, Outline, Request

DRAWS = "draws from the definitions and needs no picture"


@dataclass(frozen=True, slots=True)
class Fitted:
    """The request with the pictures that a model takes; the titles of the others with the reason."""

    request: Any
    left_out: tuple[tuple[str, str], ...] = ()


def fit(request: Request | Outline, model: Model, adapter: EngineAdapter) -> Fitted:
    """The request as this model can take it. Pure; without references it is the same request."""
    pictures = getattr(request, "references", ())
    if not pictures or not isinstance(request, Keyframe | Clip | Outline):
        return Fitted(request)
    able = model.capability
    if able.draws_packets:
        return _cut(request, 0, DRAWS)
    most = able.max_references
    why = f"takes {most}" if most else "takes no reference pictures"
    for count in range(min(len(pictures), most), 0, -1):
        fitted = _cut(request, count, why)
        told = [one for one in adapter.validate(fitted.request, model) if one.field == "references"]
        if not told:
            return fitted
        framed = isinstance(request, Clip) and request.first is not None
        why = told[0].message + ("; the approved frame comes first" if framed else "")
    return _cut(request, 0, why)


def _cut(request: Keyframe | Clip | Outline, count: int, why: str) -> Fitted:
    pictures = request.references
    return Fitted(
        replace(request, references=pictures[:count]), tuple((one.title, why) for one in pictures[count:])
    )


def slots(fitted: Fitted, model: Model, adapter: EngineAdapter) -> int:
    """How many references this model takes for such a request, however many there are now. Pure."""
    request, able = fitted.request, model.capability
    if able.draws_packets or not able.max_references or not isinstance(request, Keyframe | Clip):
        return 0
    if fitted.left_out:
        return len(request.references)
    if isinstance(request, Clip) and request.first is not None and not request.references:
        probe = replace(request, references=(request.first,))
        told = [one for one in adapter.validate(probe, model) if one.field == "references"]
        return 0 if told else able.max_references
    return able.max_references


def as_sent(request: Request, count: int) -> Request:
    """The request with the first so many of its references: as the engine of a call that stands was given it."""
    if not isinstance(request, Keyframe | Clip) or not request.references:
        return request
    return replace(request, references=request.references[:count])
