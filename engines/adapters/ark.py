"""ByteDance's Ark (BytePlus ModelArk, Volcengine): Seedance clips as tasks, Seedream stills in the answer itself.

Contract: docs/engines/ark.md. Clips lie at their address for 24 hours; only what succeeds is charged.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from engines.adapters.base import (
    AuthRefused,
    Clip,
    Done,
    EngineError,
    Input,
    InvalidInput,
    Issue,
    Keyframe,
    Model,
    ModelRetired,
    ModerationInput,
    ModerationOutput,
    Outline,
    Output,
    QuotaExhausted,
    RateLimited,
    Request,
    State,
    Submitted,
)
from engines.adapters.orders import Embedded, Order
from engines.adapters.remote import Json
from engines.adapters.shapes import on_grid
from engines.adapters.tiers import Tiered, frame_issues, ratio_of, tier_of
from engines.adapters.wording import pictures_named, words_and_pictures

TASKS = "/api/v3/contents/generations/tasks"
IMAGES = "/api/v3/images/generations"
RUNNING = ("queued", "running")
GRID = 16
PNG = b"\x89PNG"
SEEDS = 1 << 31


class Ark(Tiered):
    """Seedance from words, frames or references; Seedream from words and references."""

    key = "ark"
    probe = f"{TASKS}?page_num=1&page_size=1"
    # a still comes with the answer, which takes as long as the still
    read_seconds = 240.0
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "AuthenticationError": AuthRefused,
        "AccessDenied": AuthRefused,
        "ModelNotOpen": ModelRetired,
        "InvalidEndpoint.": ModelRetired,
        "InvalidEndpointOrModel.": ModelRetired,
        "AccountOverdueError": QuotaExhausted,
        "QuotaExceeded": QuotaExhausted,
        "SetLimitExceeded": QuotaExhausted,
        "RateLimitExceeded.": RateLimited,
        "ModelAccountRpmRateLimitExceeded": RateLimited,
        "ServerOverloaded": RateLimited,
        "ModelLoadingError": RateLimited,
        "InvalidParameter.": InvalidInput,
        "MissingParameter.": InvalidInput,
        "InputTextSensitiveContentDetected.": ModerationInput,
        "InputImageSensitiveContentDetected.": ModerationInput,
        "InputVideoSensitiveContentDetected.": ModerationInput,
        "InputAudioSensitiveContentDetected.": ModerationInput,
        "OutputImageSensitiveContentDetected.": ModerationOutput,
        "OutputVideoSensitiveContentDetected.": ModerationOutput,
        "OutputAudioSensitiveContentDetected.": ModerationOutput,
    }

    def class_of(self, code: str) -> type[EngineError] | None:
        """Codes of moderation are many and grow: what an unknown one begins with says which side it means."""
        known = super().class_of(code)
        if known is None and "SensitiveContent" in code:
            return ModerationOutput if code.startswith("Output") else ModerationInput
        return known

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Frames and references exclude each other; a last frame needs a first one; a still has a largest size."""
        if isinstance(request, Keyframe):
            width, height = _size(request, model)
            if width * height <= model.vendor["most_pixels"]:
                return []
            return [Issue("width", f"makes no frame of {request.width} × {request.height}")]
        if not isinstance(request, Clip):
            return []
        if request.references and (request.first or request.last):
            return [Issue("references", "takes pictures either as frames or as references")]
        if request.last and not request.first:
            return [Issue("last", "ends on a given frame only where it also starts from one")]
        return frame_issues(request, model)

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """A task for a clip, an answer with the picture for a still."""
        if isinstance(request, Keyframe):
            return Order(IMAGES, _still(request, model, self._name(model)))
        if not isinstance(request, Clip):
            raise InvalidInput(f"ark does not make {request.kind}.")
        body = _clip(request, model) | {"model": self._name(model)}
        return Order(TASKS, body | ({"callback_url": self.access.callback} if self.access.callback else {}))

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The number of a task; the picture of a still, which is kept at once."""
        body = answer.json()
        if "data" not in body:
            return Submitted(str(body["id"]))
        found = body["data"][0]
        error = found.get("error") or body.get("error")
        if error:
            raise self.failure(str(error.get("code") or ""), str(error.get("message") or ""))
        data = base64.b64decode(found["b64_json"])
        mime = "image/png" if data.startswith(PNG) else "image/jpeg"
        return self.keep(attempt_key, mime, data, {"size": found.get("size")})

    def question(self, ref: str) -> str:
        """The task itself."""
        return f"{TASKS}/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """queued, running, succeeded, failed with a code, cancelled, expired. It tells tokens and no money."""
        status = body["status"]
        if status in RUNNING:
            return Submitted(ref)
        if status != "succeeded":
            error = body.get("error") or {}
            raise self.failure(str(error.get("code") or status), str(error.get("message") or ""))
        output = Output("clip.mp4", "video/mp4", url=body["content"]["video_url"])
        version, usage = str(body.get("model") or ""), dict(body.get("usage") or {})
        return Submitted(ref, State.DONE, Done(ref, (output,), version=version, meta={"usage": usage}))

    def cancel(self, ref: str) -> bool:
        """Only what still waits: of finished work the same call deletes the record."""
        try:
            if self.get(self.question(ref))["status"] != "queued":
                return False
            answer = self.http.delete(self.question(ref), headers=self.headers())
        except (EngineError, httpx.HTTPError, KeyError, TypeError):
            return False
        return answer.is_success

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """The task a call-back is about. It is not signed: only the word in our address proves it."""
        try:
            number = json.loads(raw)["id"]
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput("The call-back cannot be read.", detail=repr(error)) from error
        if not isinstance(number, str) or not number:
            raise InvalidInput("The call-back names no task.")
        return number

    def account_facts(self, body: Any) -> Json:
        """How many tasks of the last seven days the account has."""
        return {"tasks": body.get("total")}

    def _name(self, model: Model) -> str:
        """In China the same models go by other names."""
        return str(model.vendor["china" if self.access.options.get("names") == "china" else "model"])


def _clip(request: Clip, model: Model) -> dict[str, Any]:
    words = {"type": "text", "text": words_and_pictures(request, model.capability.wording)}
    frames = [("first_frame", request.first), ("last_frame", request.last)]
    pictures = [_picture(one, role) for role, one in frames if one is not None]
    held = [_picture(one, "reference_image") for one in request.references]
    return {
        "content": [words, *pictures, *held],
        "resolution": tier_of(request, model).name,
        "ratio": ratio_of(request, model),
        "duration": int(model.capability.ordered(request.seconds)),
        "generate_audio": False,
        "watermark": False,
    }


def _picture(one: Input, role: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": Embedded(one)}, "role": role}


def _still(request: Keyframe, model: Model, name: str) -> dict[str, Any]:
    width, height = _size(request, model)
    body: dict[str, Any] = {
        "model": name,
        "prompt": request.prompt + pictures_named(request.references),
        "size": f"{width}x{height}",
        "seed": request.seed % SEEDS,
        "sequential_image_generation": "disabled",
        "response_format": "b64_json",
        "watermark": False,
    }
    return body | ({"image": [Embedded(one) for one in request.references]} if request.references else {})


def _size(request: Keyframe, model: Model) -> tuple[int, int]:
    """The frame on the engine's grid; one that is too small for it is ordered larger in the same shape."""
    grow = max(1.0, math.sqrt(model.vendor["least_pixels"] / (request.width * request.height)))
    return on_grid(math.ceil(request.width * grow), math.ceil(request.height * grow), GRID)
