"""Google Gemini: stills by generateContent (the answer is the work), Omni video by the Interactions API (asked for).

Contract: docs/engines/gemini.md. A refusal by the rules comes with HTTP 200, so every answer is read before it counts.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from engines.adapters.base import (
    AuthRefused,
    BadOutput,
    Clip,
    Done,
    EngineError,
    GenerationFailed,
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
    Quote,
    RateLimited,
    Request,
    ResultGone,
    State,
    Submitted,
)
from engines.adapters.gemini_hooks import believed
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import LONGEST_WAIT, Json, Remote
from engines.adapters.shapes import aspect_of, enough
from engines.adapters.wording import clip_words

STILL_SHAPES = ("16:9", "9:16", "1:1", "21:9", "4:3", "3:4", "3:2", "2:3", "5:4", "4:5")
VIDEO_SHAPES = ("16:9", "9:16")
RESOLUTIONS = (("360p", 640), ("720p", 1280), ("1080p", 1920), ("4k", 3840))
ENDED = ("failed", "cancelled", "incomplete", "budget_exceeded", "requires_action", "requires_continuation")
SEEDS = 2**31
FILE = re.compile(r"/files/([A-Za-z0-9_-]+)")
REF = re.compile(r"[A-Za-z0-9_.~-]{1,512}")
# Milli-credits for a thousand tokens: read, made as picture or video, made as thought or text.
TOKENS: Mapping[str, tuple[int, int, int]] = {
    "gemini-3-pro-image": (200, 12_000, 1200),
    "gemini-3.1-flash-image": (50, 6000, 300),
    "gemini-nano-banana-2.1": (30, 3000, 250),
    "gemini-omni": (150, 1750, 900),
}
REFUSED = ("PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "JAILBREAK", "MODEL_ARMOR")
WITHHELD = (
    "SAFETY",
    "RECITATION",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "VIDEO_SAFETY",
)


class Gemini(Remote):
    """The picture models and the Omni video models behind one key."""

    key = "gemini"
    probe = "/v1beta/models"
    read_seconds = 300.0
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "INVALID_ARGUMENT": InvalidInput,
        # what a country or an account without billing is told
        "FAILED_PRECONDITION": QuotaExhausted,
        "API_KEY_INVALID": AuthRefused,
        "UNAUTHENTICATED": AuthRefused,
        "PERMISSION_DENIED": AuthRefused,
        "NOT_FOUND": ModelRetired,
        "RESOURCE_EXHAUSTED": RateLimited,
        "block.": ModerationInput,
        "interaction.budget_exceeded": QuotaExhausted,
        **{f"finish.{name}": ModerationOutput for name in (*REFUSED, *WITHHELD)},
        **{f"interaction.{name}": ModerationInput for name in REFUSED},
        **{f"interaction.{name}": ModerationOutput for name in WITHHELD},
    }

    def headers(self) -> dict[str, str]:
        """The key has a header of its own; never in the address, where logs would keep it."""
        return {"x-goog-api-key": self.access.token} if self.access.token else {}

    def code_of(self, body: Any) -> str:
        """The status word, or the reason in the details where it says more."""
        error = body.get("error") if isinstance(body, Mapping) else None
        if not isinstance(error, Mapping):
            return ""
        reasons = [str(one.get("reason", "")) for one in _details(error)]
        return next((reason for reason in reasons if reason in self.codes), str(error.get("status") or ""))

    def refusal(self, answer: httpx.Response) -> EngineError:
        """As everywhere; the wait may stand in the details instead of a header."""
        error = super().refusal(answer)
        if isinstance(error, RateLimited) and error.after is None:
            error.after = _delay(answer)
        return error

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Named shapes only; a last frame needs a first one."""
        if not isinstance(request, Keyframe | Clip):
            return []
        shapes = VIDEO_SHAPES if isinstance(request, Clip) else STILL_SHAPES
        if aspect_of(request.width, request.height, shapes) is None:
            return [Issue("width", f"has no frame of {request.width} × {request.height}")]
        if isinstance(request, Clip) and request.last is not None and request.first is None:
            return [Issue("last", "ends on a given frame only where it starts from one")]
        return []

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """By the size that is ordered: of a still by its area, of a clip by its longer side."""
        return model.price.quote(self.units(request, model), _across(request))

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """A still is generated at once, a clip in the background."""
        if isinstance(request, Keyframe):
            return _still(request, model)
        if isinstance(request, Clip):
            return Order("/v1beta/interactions", _interaction(request, model))
        raise InvalidInput(f"gemini does not make {request.kind}.")

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """A picture that came with the answer, or the number of the interaction."""
        body = answer.json()
        if "candidates" in body or "promptFeedback" in body:
            return self._picture(body, attempt_key)
        return Submitted(_number(body["id"]))

    def question(self, ref: str) -> str:
        """The interaction."""
        return f"/v1beta/interactions/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """The open list of states: what is not an end is not one yet."""
        status = body["status"]
        if status in ENDED:
            raise self._end(status, body)
        if status != "completed":
            return Submitted(ref)
        video = _video(body)
        if video is None:
            raise BadOutput(
                "The engine finished without a video.", detail=str(body.get("errors") or "")[:500]
            )
        return self._delivered(ref, video, _cost(body.get("model"), *_counted(body.get("usage"))))

    def cancel(self, ref: str) -> bool:
        """Work in the background can be stopped."""
        if ref.startswith("here-"):
            return False
        try:
            return bool(self.ask(f"/v1beta/interactions/{ref}/cancel", {}).get("status") == "cancelled")
        except EngineError:
            return False

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """Call-backs of an endpoint that was registered with the project, signed by its secret."""
        event = believed(headers, raw, self.access.hook_secret)
        found = event.get("data")
        number = str(found.get("id") or "") if isinstance(found, Mapping) else ""
        if not str(event.get("type", "")).startswith("interaction.") or not REF.fullmatch(number):
            raise ResultGone("The call-back is not about an interaction.")
        return number

    def account_facts(self, body: Any) -> Json:
        """Which picture and video models the key is offered."""
        names = [str(one["name"]).removeprefix("models/") for one in body.get("models", [])]
        return {"models": sorted(name for name in names if re.search("image|banana|omni", name))}

    def _picture(self, body: Json, attempt_key: str) -> Submitted:
        """The last picture that is no thought. Raises what the reason says when there is none."""
        blocked = (body.get("promptFeedback") or {}).get("blockReason")
        if blocked:
            raise self.failure(f"block.{blocked}", cost_milli=0)
        candidate = body["candidates"][0]
        parts = (candidate.get("content") or {}).get("parts") or []
        pictures = [part["inlineData"] for part in parts if "inlineData" in part and not part.get("thought")]
        if not pictures:
            raise self.failure(
                f"finish.{candidate['finishReason']}", str(candidate.get("finishMessage") or "")
            )
        data = base64.b64decode(pictures[-1]["data"], validate=True)
        used = body.get("usageMetadata") or {}
        made, thought = int(used.get("candidatesTokenCount") or 0), int(used.get("thoughtsTokenCount") or 0)
        cost = _cost(body.get("modelVersion"), int(used.get("promptTokenCount") or 0), made, thought)
        return self.keep(attempt_key, pictures[-1]["mimeType"], data, {"usage": used}, cost)

    def _end(self, status: str, body: Json) -> EngineError:
        """Why an interaction ended without its work. The code of an error is an address; its last part is the word."""
        errors = [one for one in body.get("errors") or [] if isinstance(one, Mapping)]
        words = [str(one.get("code") or "").rstrip("/").rpartition("/")[2].upper() for one in errors]
        word = next((word for word in words if f"interaction.{word}" in self.codes), status)
        said = " ".join(str(one.get("message") or "") for one in errors)
        return self.failure(f"interaction.{word}", said)

    def _delivered(self, ref: str, video: Json, cost: int | None) -> Submitted:
        """The video is in the answer, or in a file that must be ready first."""
        if "data" in video:
            data = base64.b64decode(video["data"], validate=True)
            if not data:
                raise BadOutput("The engine sent an empty file.")
            kept = self.keep(ref, "video/mp4", data, cost=cost)
            return replace(kept, ref=ref, done=replace(kept.done, ref=ref) if kept.done else None)
        address = str(video["uri"])
        named = FILE.search(urlsplit(address).path)
        if named and self._own(address):
            state = str(self.get(f"/v1beta/files/{named[1]}").get("state", "ACTIVE"))
            if state == "FAILED":
                raise GenerationFailed(GenerationFailed.says, detail="the file of the video failed")
            if state != "ACTIVE":
                return Submitted(ref)
            address = self.address(f"/v1beta/files/{named[1]}:download?alt=media")
        output = Output("clip.mp4", "video/mp4", url=address)
        return Submitted(ref, State.DONE, Done(ref, (output,), cost))


def _still(request: Keyframe, model: Model) -> Order:
    parts: list[dict[str, Any]] = []
    for number, one in enumerate(request.references, start=1):
        parts.append({"text": f"Reference {number}: {one.title}"})
        parts.append({"inlineData": {"mimeType": one.mime, "data": Embedded(one, Form.BASE64)}})
    sizes = [(str(name), int(across)) for name, across in model.vendor["sizes"]]
    picture = {
        "aspectRatio": aspect_of(request.width, request.height, STILL_SHAPES),
        "imageSize": enough(_across(request), sizes) or sizes[-1][0],
    }
    asked = {"responseModalities": ["IMAGE"], "imageConfig": picture, "seed": request.seed % SEEDS}
    body = {
        "contents": [{"role": "user", "parts": [*parts, {"text": request.prompt}]}],
        "generationConfig": asked,
    }
    return Order(f"/v1beta/models/{model.vendor['model']}:generateContent", body)


def _interaction(request: Clip, model: Model) -> dict[str, Any]:
    pictures = [one for one in (request.first, request.last, *request.references) if one is not None]
    settings: dict[str, Any] = {"seed": request.seed % SEEDS} if model.capability.seed else {}
    task = _task(request)
    settings |= {"video_config": {"task": task}} if task else {}
    seconds = model.capability.ordered(request.seconds)
    body = {
        "model": model.vendor["model"],
        "input": [*map(_image, pictures), {"type": "text", "text": _roles(request, model)}],
        "response_format": {
            "type": "video",
            "aspect_ratio": aspect_of(request.width, request.height, VIDEO_SHAPES),
            "resolution": enough(_across(request), RESOLUTIONS),
            "duration": f"{seconds:g}s",
            "delivery": "uri",
        },
        # kept at the engine, because only stored work can be asked for
        "background": True,
        "store": True,
    }
    return body | ({"generation_config": settings} if settings else {})


def _image(one: Input) -> dict[str, Any]:
    return {"type": "image", "mime_type": one.mime, "data": Embedded(one, Form.BASE64)}


def _task(request: Clip) -> str:
    """What kind of work it is; left to the engine where pictures have both roles."""
    if request.references:
        return "" if request.first else "reference_to_video"
    return "image_to_video" if request.first else "text_to_video"


def _roles(request: Clip, model: Model) -> str:
    """The prompt behind the roles of its pictures: one that no tag names is dropped by the engine."""
    words: Mapping[str, str] = model.vendor["tags"]
    frames = [words[role] for role in ("first", "last") if getattr(request, role) is not None]
    sources = [f"{tag}@Image{number}" for number, tag in enumerate(frames, start=1)]
    tags = [words["reference"].replace("{n}", str(number)) for number in range(len(request.references))]
    references = [f"{tag}@Image{number}" for number, tag in enumerate(tags, start=len(frames) + 1)]
    lines = [f"[# Sources {' '.join(sources)}]"] if sources else []
    lines += [f"[# References {' '.join(references)}]"] if references else []
    lines += [f"{tag} is {one.title}." for tag, one in zip(tags, request.references, strict=True)]
    return "\n".join([*lines, clip_words(request, model.capability.wording)])


def _across(request: Request | Outline) -> int:
    """How wide a 16:9 still of the same area is, and the longer side of a clip: what sizes and prices go by."""
    width, height = getattr(request, "width", 0), getattr(request, "height", 0)
    if not height or request.kind == "clip":
        return int(max(width, height))
    return math.ceil(math.sqrt(width * height * 16 / 9) - 0.5)


def _video(body: Json) -> Json | None:
    """The last video among the steps; the short form where an answer has it."""
    contents = [
        content
        for step in body.get("steps") or []
        if step.get("type") == "model_output"
        for content in step.get("content") or []
        if content.get("type") == "video" and (content.get("data") is not None or content.get("uri"))
    ]
    return contents[-1] if contents else body.get("output_video")


def _counted(used: Any) -> tuple[int, int, int]:
    """Tokens read, made and thought; zeros where the answer counts none."""
    if not isinstance(used, Mapping):
        return 0, 0, 0
    names = ("total_input_tokens", "total_output_tokens", "total_thought_tokens")
    read, made, thought = (int(used.get(name) or 0) for name in names)
    return read, made, thought


def _cost(model: Any, read: int, made: int, thought: int) -> int | None:
    """The charge in milli-credits from counted tokens; None for a model we have no prices of, or nothing counted."""
    prices = next((row for name, row in TOKENS.items() if str(model or "").startswith(name)), None)
    if prices is None or not made:
        return None
    return -(-(prices[0] * read + prices[1] * made + prices[2] * thought) // 1000)


def _number(value: Any) -> str:
    number = str(value)
    if not REF.fullmatch(number):
        raise ValueError("the reference cannot stand in an address")
    return number


def _details(error: Json) -> list[Json]:
    details = error.get("details")
    return [one for one in details if isinstance(one, Mapping)] if isinstance(details, list) else []


def _delay(answer: httpx.Response) -> float | None:
    """The wait named in the details of a refusal ("17s")."""
    try:
        delays = [str(one["retryDelay"]) for one in _details(answer.json()["error"]) if "retryDelay" in one]
        return min(LONGEST_WAIT, max(0.0, float(delays[0].removesuffix("s")))) if delays else None
    except (ValueError, KeyError, TypeError):
        return None
