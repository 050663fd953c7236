"""LTX (Lightricks), the asynchronous API (V2): LTX-2.5 clips. Pictures are uploaded ahead of the order.

Contract: docs/engines/ltx.md. Only 16:9 and 9:16; jobs and their results are kept for 24 hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from craft.terms.rates import FrameRate
from engines.adapters.base import (
    AuthRefused,
    Clip,
    Done,
    EngineError,
    GenerationFailed,
    Health,
    InvalidInput,
    Issue,
    Model,
    ModerationInput,
    NotReached,
    Outline,
    Output,
    QuotaExhausted,
    RateLimited,
    Request,
    ResultGone,
    State,
    Submitted,
)
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import Json
from engines.adapters.tiers import Tiered, frame_issues, tier_of
from engines.adapters.wording import clip_words, named

WORDS, PICTURE = "text-to-video", "image-to-video"
LONG_SECONDS, LONG_SHORT_SIDE, LONG_RATE = 10, 1080, 25
"""Beyond so many seconds only frames up to this size and rate are made."""
USUAL_RATE = 24
NOBODY = "00000000-0000-4000-8000-000000000000"


class Ltx(Tiered):
    """Clips from words or from a first frame, with a last one if wanted."""

    key = "ltx"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "invalid_request_error": InvalidInput,
        "authentication_error": AuthRefused,
        "insufficient_funds_error": QuotaExhausted,
        "request_too_large": InvalidInput,
        "content_filtered_error": ModerationInput,
        "rate_limit_error": RateLimited,
        "concurrency_limit_error": RateLimited,
        "api_error": GenerationFailed,
    }

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """A last frame needs a first one; long clips come in small frames only."""
        if not isinstance(request, Clip):
            return []
        if request.last and not request.first:
            return [Issue("last", "ends on a given frame only where it also starts from one")]
        found = frame_issues(request, model)
        seconds = model.capability.ordered(request.seconds)
        if not found and seconds > LONG_SECONDS and tier_of(request, model).short > LONG_SHORT_SIDE:
            return [Issue("seconds", f"makes at most {LONG_SECONDS} s in this size, asked for {seconds:g} s")]
        return found

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """The address says what it starts from; sound is switched off."""
        if not isinstance(request, Clip):
            raise InvalidInput(f"ltx does not make {request.kind}.")
        body: dict[str, Any] = {
            "model": model.vendor["model"],
            "prompt": clip_words(request, model.capability.wording),
            "duration": int(model.capability.ordered(request.seconds)),
            "resolution": _resolution(request, model),
            "fps": _rate(request, model),
            "generate_audio": False,
        }
        # documented for older models alone, so a row names the movements that its model takes as a setting
        motion = model.vendor.get("camera_motion", {}).get(named(request.movement, request.direction))
        body |= {"camera_motion": motion} if motion else {}
        body |= {"image_uri": Embedded(request.first, Form.UPLOAD)} if request.first else {}
        body |= {"last_frame_uri": Embedded(request.last, Form.UPLOAD)} if request.last else {}
        return Order(f"/v2/{PICTURE if request.first else WORDS}", body)

    def upload(self, name: str, mime: str, data: bytes) -> str:
        """Ask for a signed address, put the file there without our key; the order names it by its storage address."""
        place = self._place()
        address, held = str(place["upload_url"]), dict(place.get("required_headers") or {})
        try:
            answer = self.away.put(address, content=data, headers={"Content-Type": mime} | held)
        except EngineError as error:
            raise NotReached("The engine names no good address for a file.", detail=error.detail) from error
        if not answer.is_success:
            raise NotReached("A file could not be brought to the engine.", detail=answer.text[:500])
        return str(place["storage_uri"])

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The number of the job, with the address it was ordered at: it is asked there."""
        operation = answer.request.url.path.rpartition("/")[2]
        return Submitted(f"{operation}/{answer.json()['id']}")

    def question(self, ref: str) -> str:
        """The job below the address it was ordered at."""
        return f"/v2/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """pending, processing, completed, failed with the type of an error."""
        status = body["status"]
        if status in ("pending", "processing"):
            return Submitted(ref)
        if status != "completed":
            error = body.get("error") or {}
            raise self.failure(str(error.get("type") or status), str(error.get("message") or ""))
        output = Output("clip.mp4", "video/mp4", url=body["result"]["video_url"])
        return Submitted(ref, State.DONE, Done(ref, (output,)))

    def health(self) -> Health:
        """There is no free address: a job that nobody ordered is unknown to those who know the key."""
        try:
            self.get(self.question(f"{WORDS}/{NOBODY}"))
        except ResultGone:
            return Health(True, "answers and knows the key")
        except EngineError as error:
            return Health(False, error.message)
        return Health(True, "answers")

    def _place(self) -> Json:
        answer = self.http.post("/v1/upload", headers=self.headers())
        if not answer.is_success:
            raise self.refusal(answer)
        try:
            place = answer.json()
            return {name: place[name] for name in ("upload_url", "storage_uri", "required_headers")}
        except (ValueError, KeyError, TypeError) as error:
            raise NotReached("The engine gave no address for a file.", detail=repr(error)) from error


def _resolution(request: Clip, model: Model) -> str:
    tier = tier_of(request, model)
    lying = request.width >= request.height
    return f"{tier.across}x{tier.short}" if lying else f"{tier.short}x{tier.across}"


def _rate(request: Clip, model: Model) -> int:
    """The shot's own rate where the engine has it, else half of it, else the usual one: the edit conforms the rest."""
    long = model.capability.ordered(request.seconds) > LONG_SECONDS
    able = [rate for rate in model.vendor["rates"] if rate <= LONG_RATE or not long]
    wanted = FrameRate.parse(request.rate).nominal
    return next((rate for rate in (wanted, wanted // 2) if rate in able), USUAL_RATE)
