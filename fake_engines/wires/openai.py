"""OpenAI: pictures by /v1/images/generations (JSON) and /v1/images/edits (a form), speech by /v1/audio/speech.

Everything answers with the work itself, so there is no state and nothing to look up.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

SHARED = {"prompt", "model", "n", "size", "quality", "background", "output_format", "output_compression"}
SHARED |= {"stream", "partial_images", "complexity", "safety_identifier", "user"}
GENERATE, EDIT = SHARED | {"moderation"}, SHARED | {"image", "image[]", "mask", "markup"}
SPEAK = {"model", "input", "voice", "instructions", "response_format", "speed", "stream_format"}
QUALITIES = {
    "gpt-image-2": {"low", "medium", "high", "auto"},
    "gpt-image-2.5-sunburst": {"low", "medium", "high", "xhigh", "max", "auto"},
}
# what a picture of at most so many pixels comes out as, in tokens
OUT_TOKENS = {
    ("gpt-image-2", "low"): (166, 233, 400),
    ("gpt-image-2", "medium"): (1334, 1867, 3367),
    ("gpt-image-2", "high"): (5267, 7400, 13367),
    ("gpt-image-2.5-sunburst", "high"): (1320, 1867, 3367),
}
STEPS = (1920 * 1088, 2560 * 1440)
REFERENCE_TOKENS = 1500
VOICES = {"alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse"}
VOICES |= {"marin", "cedar"}
TALK = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15")
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


class OpenAI(Wire):
    """Refuses what it does not know, and says so with a code beside a type."""

    engine = "openai"

    def order(self, call: Call) -> Ordered | None:
        """Three addresses that cost something."""
        if call.method != "POST":
            return None
        match call.path:
            case ["v1", "images", "generations"]:
                return _picture(_json(call, GENERATE), [])
            case ["v1", "images", "edits"]:
                return _edit(call)
            case ["v1", "audio", "speech"]:
                return _speech(_json(call, SPEAK))
        return None

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The work itself, a picture with what was counted."""
        mime, data = desk.result(work)
        if work.kind == "speech":
            return Answer(200, data, mime)
        counted = work.params
        times = work.milli // counted["milli"]
        text, image, out = (times * counted[name] for name in ("text", "image", "out"))
        usage = {
            "input_tokens": text + image,
            "input_tokens_details": {"text_tokens": text, "image_tokens": image},
            "output_tokens": out,
            "total_tokens": text + image + out,
        }
        body = {"created": 1_790_000_000, "data": [{"b64_json": base64.b64encode(data).decode()}]}
        facts = {"output_format": "png", "quality": counted["quality"], "size": counted["size"]}
        return reply(200, body | facts | {"background": "opaque", "usage": usage})

    def other(self, call: Call, desk: Desk) -> Answer:
        """Which models there are."""
        if call.path != ["v1", "models"] or call.method != "GET":
            raise Refused(404, "not_found")
        names = [*QUALITIES, *TALK, "gpt-6"]
        return reply(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in names]})

    def refused(self, status: int, code: str) -> Answer:
        """A type, a code and words."""
        kind = "invalid_request_error"
        match code.partition(":")[0]:
            case "unauthorized":
                code = "invalid_api_key"
            case "rate_limited":
                kind, code = "requests", "rate_limit_exceeded"
            case "quota":
                status, kind, code = 429, "insufficient_quota", "insufficient_quota"
            case "moderation_input":
                status, kind, code = 400, "image_generation_user_error", "moderation_blocked"
            case "internal":
                kind, code = "server_error", "server_error"
            case "invalid":
                status, code = 400, "invalid_value"
        return reply(status, {"error": {"message": "Refused.", "type": kind, "param": None, "code": code}})


def _json(call: Call, allowed: set[str]) -> dict[str, Any]:
    if not call.headers.get("content-type", "").startswith("application/json"):
        raise Refused(400, "invalid: content type")
    body: dict[str, Any] = call.json()
    if unknown := set(body) - allowed:
        raise Refused(400, f"invalid: {sorted(unknown)}")
    return body


def _edit(call: Call) -> Ordered:
    form = call.form()
    if unknown := set(form) - EDIT:
        raise Refused(400, f"invalid: {sorted(unknown)}")
    pictures = form.pop("image[]", []) + form.pop("image", [])
    if not 1 <= len(pictures) <= 16 or not all(one.startswith(PICTURES) for one in pictures):
        raise Refused(400, "invalid: image")
    body: dict[str, Any] = {name: values[0].decode() for name, values in form.items()}
    return _picture(body | {"n": int(body.get("n", 1))}, pictures)


def _picture(body: dict[str, Any], pictures: list[bytes]) -> Ordered:
    model, quality, prompt = body["model"], body.get("quality", "auto"), body["prompt"]
    if model not in QUALITIES:
        raise Refused(404, "model_not_found")
    if not 1 <= len(prompt) <= 32_000 or quality not in QUALITIES[model] or body.get("n", 1) != 1:
        raise Refused(400, "invalid: prompt, quality or n")
    if body.get("output_format", "png") not in ("png", "jpeg", "webp"):
        raise Refused(400, "invalid: output_format")
    width, height = _size(body["size"])
    step = next((n for n, most in enumerate(STEPS) if width * height <= most), len(STEPS))
    text, image, out = (
        2 * -(-len(prompt) // 8),
        REFERENCE_TOKENS * len(pictures),
        OUT_TOKENS[model, quality][step],
    )
    milli = round(0.5 * text + 0.8 * image + 3 * out)
    counted = {"text": text, "image": image, "out": out, "milli": milli}
    facts = {"width": width, "height": height, "size": body["size"], "quality": quality, "prompt": prompt}
    return Ordered(model, "keyframe", milli, facts | counted)


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if found is None:
        raise Refused(400, "invalid: size")
    width, height = int(found[1]), int(found[2])
    wide, narrow = max(width, height), min(width, height)
    if width % 16 or height % 16 or wide > 3840 or wide > 3 * narrow:
        raise Refused(400, "invalid: size")
    if not 655_360 <= width * height <= 8_294_400:
        raise Refused(400, "invalid: size")
    return width, height


def _speech(body: dict[str, Any]) -> Ordered:
    if body["model"] not in TALK:
        raise Refused(404, "model_not_found")
    voice, text = body["voice"], body["input"]
    if voice not in VOICES or not 1 <= len(text) <= 4096 or not 0.25 <= body.get("speed", 1.0) <= 4.0:
        raise Refused(400, "invalid: voice, input or speed")
    if body.get("response_format", "mp3") != "wav":
        raise Refused(400, "invalid: this engine makes WAV here")
    return Ordered(
        body["model"], "speech", 2 * len(text), {"seconds": max(0.5, len(text) / 15), "voice": voice}
    )
