"""OpenAI: stills from words and references, and speech. Both answer with the work itself.

Contract: docs/engines/openai.md. Nothing can be asked afterwards: an answer that was lost is lost (class P3).
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from engines.adapters.base import (
    AuthRefused,
    EngineError,
    InvalidInput,
    Issue,
    Keyframe,
    Model,
    ModelRetired,
    ModerationInput,
    Outline,
    QuotaExhausted,
    Quote,
    RateLimited,
    Request,
    Speech,
    Submitted,
)
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import Json, Remote
from engines.adapters.shapes import on_grid
from engines.adapters.wording import pictures_named

GRID, LONGEST, FLATTEST = 16, 3840, 3.0
LEAST_PIXELS, MOST_PIXELS = 655_360, 8_294_400
# Tenths of a milli-credit for a token; the same for every picture model the rows name.
TEXT_TOKEN, IMAGE_TOKEN, OUT_TOKEN = 5, 8, 30
USUAL_RATE, SLOWEST, FASTEST = 160, 0.25, 4.0
STREAMED = b"\xff\xff\xff\xff"
"""The length in a WAV that was written while it was not yet known."""
FEELINGS = {
    "anger": "angry",
    "sadness": "sad",
    "fear": "afraid, in a low voice",
    "joy": "joyful",
    "surprise": "surprised",
    "disgust": "disgusted",
}


class OpenAI(Remote):
    """GPT Image (generations, or edits where there are references) and the small speech model."""

    key = "openai"
    probe = "/v1/models"
    read_seconds = 300.0
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "moderation_blocked": ModerationInput,
        "content_policy_violation": ModerationInput,
        "rate_limit_exceeded": RateLimited,
        "insufficient_quota": QuotaExhausted,
        "billing_hard_limit_reached": QuotaExhausted,
        "project_spend_limit_exceeded": QuotaExhausted,
        "model_not_found": ModelRetired,
        "invalid_api_key": AuthRefused,
    }

    def headers(self) -> dict[str, str]:
        """The key, and which organisation and project are charged where the account says so."""
        named = {"OpenAI-Organization": "organization", "OpenAI-Project": "project"}
        options = self.access.options
        return super().headers() | {head: options[name] for head, name in named.items() if options.get(name)}

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Frames between its smallest and its largest; voices it has; no markup."""
        if isinstance(request, Keyframe):
            return _frame_issues(request)
        return _voice_issues(request, model) if isinstance(request, Speech) else []

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """By the longer side, with every reference, both ways: pictures are charged by tokens nobody knows before."""
        if request.kind != "keyframe":
            return super().quote(request, model)
        across = max(getattr(request, "width", 0), getattr(request, "height", 0))
        references = len(getattr(request, "references", ()))
        price = model.price.of(self.units(request, model), across)
        price += references * int(model.vendor.get("reference_milli", 0))
        way = model.price.spread
        return Quote(price * (100 - way) // 100, price, -(-price * (100 + way) // 100))

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """Words alone are generated, references make it an edit, a line is spoken."""
        if isinstance(request, Keyframe):
            return _picture(request, model)
        if isinstance(request, Speech):
            return _speech(request, model)
        raise InvalidInput(f"openai does not make {request.kind}.")

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """Sound as it is, a picture in base64 with what was counted."""
        if answer.headers.get("content-type", "").startswith("audio/"):
            return self.keep(attempt_key, "audio/wav", with_length(answer.content))
        body = answer.json()
        picture = base64.b64decode(body["data"][0]["b64_json"], validate=True)
        used = body.get("usage")
        mime = f"image/{body.get('output_format') or 'png'}"
        return self.keep(attempt_key, mime, picture, {"usage": used}, cost_of(used))

    def account_facts(self, body: Any) -> Json:
        """Which picture and speech models the account is offered."""
        names = sorted(str(one["id"]) for one in body.get("data", []))
        return {"models": [name for name in names if "image" in name or "tts" in name]}


def size_of(width: int, height: int) -> tuple[int, int]:
    """The smallest frame it makes that is as large as the asked one: a multiple of 16, never below its least area."""
    scale = max(1.0, math.sqrt(LEAST_PIXELS / (width * height)))
    return on_grid(math.ceil(width * scale), math.ceil(height * scale), GRID)


def cost_of(used: Any) -> int | None:
    """The charge in milli-credits from the counted tokens; None where the answer counts none."""
    if not isinstance(used, Mapping) or "output_tokens" not in used:
        return None
    parts = used.get("input_tokens_details") or {"text_tokens": used["input_tokens"]}
    tenths = TEXT_TOKEN * parts.get("text_tokens", 0) + IMAGE_TOKEN * parts.get("image_tokens", 0)
    return int(-(-(tenths + OUT_TOKEN * used["output_tokens"]) // 10))


def with_length(wav: bytes) -> bytes:
    """A WAV whose lengths were left open because it was streamed, with its lengths; every other as it is."""
    start = wav.find(b"data" + STREAMED, 12, 1024)
    if wav[:4] != b"RIFF" or start < 0:
        return wav
    whole, sound = len(wav) - 8, len(wav) - start - 8
    return b"".join(
        (
            wav[:4],
            whole.to_bytes(4, "little"),
            wav[8 : start + 4],
            sound.to_bytes(4, "little"),
            wav[start + 8 :],
        )
    )


def _frame_issues(request: Keyframe) -> list[Issue]:
    width, height = size_of(request.width, request.height)
    wide = max(width, height)
    if wide > LONGEST or width * height > MOST_PIXELS or wide > FLATTEST * min(width, height):
        return [Issue("width", f"has no frame of {request.width} × {request.height}")]
    return []


def _voice_issues(request: Speech, model: Model) -> list[Issue]:
    issues = []
    if request.text.lstrip().startswith("<speak"):
        issues.append(Issue("text", "reads no markup"))
    named = request.voice.get("openai") or request.voice.get("name")
    if named and named not in model.vendor["voices"]:
        issues.append(Issue("voice", f"has no voice “{named}”"))
    return issues


def _picture(request: Keyframe, model: Model) -> Order:
    width, height = size_of(request.width, request.height)
    body: dict[str, Any] = {
        "model": model.vendor["model"],
        "prompt": request.prompt + pictures_named(request.references),
        "n": 1,
        "size": f"{width}x{height}",
        "quality": model.vendor["quality"],
        "background": "opaque",
        "output_format": "png",
    }
    if not request.references:
        return Order("/v1/images/generations", body)
    pictures = [
        Embedded(one, Form.PART, f"reference-{number}{one.path.suffix}")
        for number, one in enumerate(request.references, start=1)
    ]
    return Order("/v1/images/edits", body | {"image[]": pictures}, multipart=True)


def _speech(request: Speech, model: Model) -> Order:
    body: dict[str, Any] = {
        "model": model.vendor["model"],
        "input": request.text,
        "voice": voice_of(request.voice, model),
        "response_format": "wav",
    }
    if "rate" in request.voice:
        pace = float(request.voice["rate"]) / USUAL_RATE
        body["speed"] = round(min(FASTEST, max(SLOWEST, pace)), 2)
    feeling = FEELINGS.get(request.emotion, "" if request.emotion == "neutral" else request.emotion)
    return Order(
        "/v1/audio/speech", body | ({"instructions": f"The speaker is {feeling}."} if feeling else {})
    )


def voice_of(voice: Mapping[str, Any], model: Model) -> str:
    """The voice that is named, else the one whose height comes nearest to the character's."""
    voices: Mapping[str, int] = model.vendor["voices"]
    named = voice.get("openai") or voice.get("name")
    if named:
        return str(named)
    height = float(voice.get("pitch", 50))
    return min(voices, key=lambda name: (abs(voices[name] - height), name))
