"""Luma Agents API: Ray 3.2 clips, uni-1 stills. Silent clips of five or ten seconds, no seed, no negative prompt.

Contract: docs/engines/luma.md. Results lie at presigned addresses for one hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from engines.adapters.base import (
    Clip,
    Done,
    EngineError,
    GenerationFailed,
    Health,
    Input,
    InvalidInput,
    Issue,
    Keyframe,
    Model,
    ModerationInput,
    Outline,
    Output,
    QuotaExhausted,
    Quote,
    RateLimited,
    Request,
    ResultGone,
    State,
    Submitted,
)
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import Json
from engines.adapters.tiers import Tiered, frame_issues, ratio_of, tier_of
from engines.adapters.wording import words_and_pictures

GENERATIONS = "/generations"
GRID = 24
"""Keyframes are pinned on a grid of so many a second."""
FRAMED_SECONDS = 5
"""Start and end frames go with this length only; longer clips take keyframes."""
NOBODY = "00000000-0000-4000-8000-000000000000"
KINDS = {"image": ("still.png", "image/png"), "video": ("clip.mp4", "video/mp4")}


class Luma(Tiered):
    """Clips between pinned frames, stills from words and up to nine references."""

    key = "luma"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "content_moderated": ModerationInput,
        "budget_exhausted": QuotaExhausted,
        "rate_limited": RateLimited,
        "generation_failed": GenerationFailed,
        "output_not_found": GenerationFailed,
        "invalid_request": InvalidInput,
        "unsupported_format": InvalidInput,
        "corrupt_input": InvalidInput,
        "image_too_large": InvalidInput,
    }

    def code_of(self, body: Any) -> str:
        """Refusals of an order have no documented code: their status decides."""
        return ""

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Named shapes and sizes."""
        return frame_issues(request, model) if isinstance(request, Clip | Keyframe) else []

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """Ten seconds are not priced as twice five, and each reference picture costs a little."""
        price = super().quote(request, model)
        seconds = self.units(request, model).seconds
        times = model.vendor.get("times", {}).get(f"{seconds:g}", 1)
        each = model.vendor.get("reference_milli", 0)
        fewest = len(getattr(request, "references", ()))
        most = fewest if isinstance(request, Keyframe) else model.capability.max_references
        low, high = price.expected * times + fewest * each, price.high * times + most * each
        return Quote(low, low, high)

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """One address for everything; the type says what it is."""
        if not isinstance(request, Clip | Keyframe):
            raise InvalidInput(f"luma does not make {request.kind}.")
        able = model.capability
        body: dict[str, Any] = {
            "model": model.vendor["model"],
            "prompt": words_and_pictures(request, able.wording, able.max_prompt),
            "aspect_ratio": ratio_of(request, model),
        }
        if isinstance(request, Clip):
            body |= {"type": "video", "video": _video(request, model)}
        else:
            body |= {"type": "image", "output_format": "png"}
            if request.references:
                body["image_ref"] = [_picture(one) for one in request.references]
        return Order(GENERATIONS, body)

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The number of the generation."""
        return Submitted(str(answer.json()["id"]))

    def question(self, ref: str) -> str:
        """The generation itself."""
        return f"{GENERATIONS}/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """queued, processing, completed, failed with a code."""
        state = body["state"]
        if state in ("queued", "processing"):
            return Submitted(ref)
        if state != "completed":
            raise self.failure(str(body.get("failure_code") or state), str(body.get("failure_reason") or ""))
        # an HDR export may lie beside the picture; what is wanted comes first
        found = next(one for one in body["output"] if one["type"] in KINDS)
        name, mime = KINDS[found["type"]]
        output = Output(name, mime, url=found["url"])
        return Submitted(ref, State.DONE, Done(ref, (output,), version=str(body.get("model") or "")))

    def health(self) -> Health:
        """There is no free address: a generation that nobody ordered is unknown to those who know the key."""
        try:
            self.get(self.question(NOBODY))
        except ResultGone:
            return Health(True, "answers and knows the key")
        except EngineError as error:
            return Health(False, error.message)
        return Health(True, "answers")


def _video(request: Clip, model: Model) -> dict[str, Any]:
    seconds = int(model.capability.ordered(request.seconds))
    found: dict[str, Any] = {"resolution": tier_of(request, model).name, "duration": f"{seconds}s"}
    if seconds == FRAMED_SECONDS:
        found |= {"start_frame": _picture(request.first)} if request.first else {}
        found |= {"end_frame": _picture(request.last)} if request.last else {}
        return found
    ends = [(0, request.first), (seconds * GRID, request.last)]
    pinned = [(place, one) for place, one in ends if one is not None]
    if pinned:
        found["keyframes"] = [_picture(one) for _, one in pinned]
        found["keyframe_indexes"] = [place for place, _ in pinned]
    return found


def _picture(one: Input) -> dict[str, Any]:
    return {"data": Embedded(one, Form.BASE64), "media_type": one.mime}
