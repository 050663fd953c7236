"""Google Gemini: POST /v1beta/models/<model>:generateContent → the picture; POST /v1beta/interactions → a number.

A refusal by the rules is HTTP 200. Unknown fields are refused, as Google's interfaces do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# tokens of a picture by size; milli-credits for a thousand tokens: read, made
STILLS: dict[str, tuple[dict[str, int], int, int]] = {
    "gemini-3-pro-image": ({"1K": 1120, "2K": 1120, "4K": 2000}, 200, 12_000),
    "gemini-3.1-flash-image": ({"512": 747, "1K": 1120, "2K": 1680, "4K": 2520}, 50, 6000),
    "gemini-nano-banana-2.1": ({"1K": 1120, "2K": 1680}, 30, 3000),
}
EDGES = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
# tokens of a second by resolution, and the longest video
VIDEOS: dict[str, tuple[dict[str, int], int]] = {
    "gemini-omni-1.2-flash": ({"360p": 1328, "720p": 3972, "1080p": 5960, "4k": 11_916}, 15),
    "gemini-omni-1.1-flash": ({"360p": 1740, "720p": 5792, "1080p": 8688, "4k": 17_376}, 10),
}
READ, MADE, THOUGHT = 150, 1750, 900
LINES = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}
TASKS = {"text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale"}
TOP = {"model", "input", "response_format", "generation_config", "background", "store", "labels", "stream"}
TOP |= {"previous_interaction_id", "webhook_config", "service_tier", "safety_settings", "system_instruction"}
FORMAT = {"type", "aspect_ratio", "resolution", "duration", "delivery", "gcs_uri"}


class Gemini(Wire):
    """Pictures at once; videos in the background, as a file (1.2) or inside the answer (1.1)."""

    engine = "gemini"
    moderates_later = True

    def admit(self, call: Call) -> None:
        """The key's own header, here and at the files."""
        if not call.headers.get("x-goog-api-key"):
            raise Refused(401, "unauthorized")

    def order(self, call: Call) -> Ordered | None:
        """Two kinds of order."""
        if call.method != "POST" or call.path[:1] != ["v1beta"]:
            return None
        if call.path[1:] == ["interactions"]:
            return _interaction(call.json())
        if len(call.path) == 3 and call.path[2].endswith(":generateContent"):
            return _still(call.path[2].removesuffix(":generateContent"), call.json())
        return None

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The picture; of a video the number, in its first state."""
        if work.kind == "keyframe":
            return reply(200, _pictured(work, desk))
        return reply(
            200, {"id": work.id, "object": "interaction", "status": "in_progress", "model": work.model}
        )

    def other(self, call: Call, desk: Desk) -> Answer:
        """Interactions, files, models."""
        match (call.method, call.path[1:]):
            case ("GET", ["models"]):
                names = [*STILLS, *VIDEOS, "gemini-3.8-flash"]
                return reply(200, {"models": [{"name": f"models/{name}"} for name in names]})
            case ("GET", ["interactions", number]):
                return reply(200, self._interaction(desk.find(number), desk))
            case ("POST", ["interactions", number, "cancel"]):
                work = desk.find(number)
                state = "completed" if desk.ready(work) else "cancelled"
                return reply(200, {"id": number, "status": state})
            case ("GET", ["files", name]):
                return self._file(name, call, desk)
        raise Refused(404, "not_found")

    def _file(self, name: str, call: Call, desk: Desk) -> Answer:
        number, _, verb = name.partition(":")
        work = desk.find(number)
        if verb == "download" and call.query.get("alt") == "media":
            mime, data = desk.result(work)
            return Answer(200, data, mime)
        address = f"{self.home}/v1beta/files/{number}"
        return reply(
            200, {"name": f"files/{number}", "uri": address, "mimeType": "video/mp4", "state": "ACTIVE"}
        )

    def _interaction(self, work: Work, desk: Desk) -> dict[str, Any]:
        facts: dict[str, Any] = {"id": work.id, "object": "interaction", "model": work.model}
        if not desk.ready(work):
            return facts | {"status": "in_progress", "steps": []}
        if work.fault is Fault.MODERATED:
            return facts | {"status": "failed", "errors": [_error("prohibited_content")]}
        if desk.failed(work):
            return facts | {"status": "failed", "errors": [_error("internal")]}
        video: dict[str, Any] = {"type": "video", "mime_type": "video/mp4"}
        if work.model == "gemini-omni-1.1-flash":
            video["data"] = base64.b64encode(desk.result(work)[1]).decode()
        else:
            video["uri"] = f"{self.home}/v1beta/files/{work.id}"
        times = work.milli // work.params["milli"]
        read, made, thought = (times * work.params[name] for name in ("read", "made", "thought"))
        usage = {"total_input_tokens": read, "total_output_tokens": made, "total_thought_tokens": thought}
        steps = [
            {"type": "thought", "summary": [{"type": "text", "text": "A harbour."}]},
            {"type": "model_output", "content": [{"type": "text", "text": "Here it is."}, video]},
        ]
        return facts | {"status": "completed", "steps": steps, "usage": usage}

    def refused(self, status: int, code: str) -> Answer:
        """Google's form: a number, a status word and, for a bad key, the reason in the details."""
        words = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
        words |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
        details: list[dict[str, str]] = []
        if code == "unauthorized":
            status = 400
            details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        status = 400 if status == 422 else status
        error = {"code": status, "message": code, "status": words.get(status, "UNKNOWN"), "details": details}
        return reply(status, {"error": error})

    def callback(self, work: Work, secret: str) -> tuple[dict[str, str], bytes]:
        """As a registered endpoint gets it: Standard Webhooks."""
        event = {"type": "interaction.completed", "version": "v1", "data": {"id": work.id}}
        body, at = json.dumps(event).encode(), str(int(time.time()))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = hmac.new(key, f"msg-{work.id}.{at}.".encode() + body, hashlib.sha256).digest()
        headers = {"Webhook-Id": f"msg-{work.id}", "Webhook-Timestamp": at}
        return headers | {"Webhook-Signature": f"v1,{base64.b64encode(signed).decode()}"}, body


def _error(word: str) -> dict[str, str]:
    return {"code": f"https://ai.google.dev/errors/{word}", "message": "It did not work."}


def _known(body: dict[str, Any], allowed: set[str]) -> None:
    if unknown := set(body) - allowed:
        raise Refused(400, f"invalid: unknown {sorted(unknown)}")


def _still(model: str, body: dict[str, Any]) -> Ordered:
    if model not in STILLS:
        raise Refused(404, "not_found")
    _known(body, {"contents", "generationConfig", "safetySettings", "systemInstruction", "tools"})
    settings = body["generationConfig"]
    _known(settings, {"responseModalities", "imageConfig", "seed", "temperature", "candidateCount"})
    asked = settings["imageConfig"]
    _known(asked, {"aspectRatio", "imageSize", "personGeneration", "prominentPeople"})
    tokens, read_price, made_price = STILLS[model]
    if asked["aspectRatio"] not in RATIOS or asked["imageSize"] not in tokens:
        raise Refused(400, "invalid: imageConfig")
    if "IMAGE" not in settings["responseModalities"] or not -(2**31) <= settings.get("seed", 0) < 2**31:
        raise Refused(400, "invalid: generationConfig")
    parts = [part for content in body["contents"] for part in content["parts"]]
    pictures = [_decoded(part["inlineData"]["data"]) for part in parts if "inlineData" in part]
    if len(pictures) > 14 or not any(part.get("text") for part in parts):
        raise Refused(400, "invalid: contents")
    across, down = map(int, asked["aspectRatio"].split(":"))
    edge = EDGES[asked["imageSize"]] // 8
    read, made = 100 * (1 + len(pictures)), tokens[asked["imageSize"]]
    milli = -(-(read * read_price + made * made_price) // 1000)
    counted = {"read": read, "made": made, "milli": milli}
    return Ordered(
        model, "keyframe", milli, {"width": edge, "height": round(edge * down / across), **counted}
    )


def _pictured(work: Work, desk: Desk) -> dict[str, Any]:
    if work.fault is Fault.MODERATED:
        return {
            "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
            "usageMetadata": {"promptTokenCount": 9},
        }
    facts: dict[str, Any] = {"modelVersion": work.model, "responseId": work.id}
    if desk.failed(work):
        return facts | {"candidates": [{"finishReason": "NO_IMAGE", "index": 0}]}
    mime, data = desk.result(work)
    thought = {"thought": True, "inlineData": {"mimeType": "image/png", "data": "dGhvdWdodA=="}}
    picture = {"inlineData": {"mimeType": mime, "data": base64.b64encode(data).decode()}}
    content = {"role": "model", "parts": [thought, {"text": "Here it is."}, picture]}
    times = work.milli // work.params["milli"]
    counted = {
        "promptTokenCount": times * work.params["read"],
        "candidatesTokenCount": times * work.params["made"],
    }
    return facts | {"candidates": [{"content": content, "finishReason": "STOP"}], "usageMetadata": counted}


def _interaction(body: dict[str, Any]) -> Ordered:
    _known(body, TOP)
    model = body["model"]
    if model not in VIDEOS:
        raise Refused(404, "not_found")
    if body.get("background") and body.get("store") is False:
        raise Refused(400, "invalid: background needs store")
    tokens, longest = VIDEOS[model]
    wanted, settings = body["response_format"], body.get("generation_config", {})
    _known(wanted, FORMAT)
    _known(settings, {"seed", "video_config"})
    seconds = re.fullmatch(r"(\d+)s", wanted["duration"])
    if seconds is None or not 3 <= int(seconds[1]) <= longest:
        raise Refused(400, "invalid: duration")
    if wanted["type"] != "video" or wanted["aspect_ratio"] not in ("16:9", "9:16"):
        raise Refused(400, "invalid: response_format")
    if wanted.get("delivery", "inline") not in ("inline", "uri"):
        raise Refused(400, "invalid: delivery")
    if settings.get("video_config", {}).get("task", "edit") not in TASKS:
        raise Refused(400, "invalid: task")
    pictures = _media(body["input"])
    length, resolution = int(seconds[1]), wanted.get("resolution", "720p")
    read, made, thought = 20 * (5 + 13 * pictures), tokens[resolution] * length, 10 * length
    milli = -(-(read * READ + made * MADE + thought * THOUGHT) // 1000)
    lines = LINES[resolution]
    wide = (16 * lines // 9, lines) if wanted["aspect_ratio"] == "16:9" else (lines, 16 * lines // 9)
    counted = {"read": read, "made": made, "thought": thought, "milli": milli}
    facts = {"width": wide[0], "height": wide[1], "frames": 24 * length, "rate": "24"}
    return Ordered(model, "clip", milli, facts | counted)


def _media(blocks: Any) -> int:
    """How many pictures are in it. Each has to be named by a tag: the vendor drops one that is not, without a word."""
    text = " ".join(block["text"] for block in blocks if block["type"] == "text")
    pictures = [block for block in blocks if block["type"] == "image"]
    for number, block in enumerate(pictures, start=1):
        _known(block, {"type", "data", "uri", "mime_type"})
        _decoded(block["data"])
        if f">@Image{number}" not in text:
            raise Refused(400, f"invalid: no role for picture {number}")
    if not text.strip() or len(pictures) > 10:
        raise Refused(400, "invalid: input")
    return len(pictures)


def _decoded(data: str) -> bytes:
    found = base64.b64decode(data, validate=True)
    if not found.startswith((b"\x89PNG", b"\xff\xd8\xff", b"RIFF")):
        raise Refused(400, "invalid: not a picture")
    return found
