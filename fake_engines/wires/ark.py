"""Ark: POST …/generations/tasks → {id}, GET …/tasks/<id> → {status, …}; POST …/images/generations → the still."""

from __future__ import annotations

import base64
import json
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

ROOT = ["api", "v3"]
TASKS = [*ROOT, "contents", "generations", "tasks"]
# dollars for a million tokens, by resolution
CLIPS = {
    "dreamina-seedance-2-0-260128": {"480p": 7.0, "720p": 7.0, "1080p": 7.7},
    "dreamina-seedance-2-0-fast-260128": {"480p": 5.6, "720p": 5.6},
    "dreamina-seedance-2-0-mini-260615": {"480p": 3.5, "720p": 3.5},
    "dreamina-seedance-2-5-260628": {"480p": 10.7, "720p": 10.7, "1080p": 11.0},
}
PIXELS = {"480p": 864 * 496, "720p": 1280 * 720, "1080p": 1920 * 1080}
STILLS = {"seedream-5-0-260128": (3.5, 3.5), "seedream-5-0-pro-260628": (4.5, 9.0)}
CLIP_FIELDS = {
    "model",
    "content",
    "resolution",
    "ratio",
    "duration",
    "generate_audio",
    "watermark",
    "return_last_frame",
    "execution_expires_after",
    "safety_identifier",
    "priority",
    "callback_url",
    "output_format",
    "omni_reference_task_type",
    "tools",
}
STILL_FIELDS = {
    "model",
    "prompt",
    "image",
    "size",
    "seed",
    "sequential_image_generation",
    "sequential_image_generation_options",
    "response_format",
    "watermark",
    "output_format",
    "optimize_prompt_options",
}
RATIOS = {"adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"}
REFUSALS = {
    "unauthorized": (401, "AuthenticationError"),
    "rate_limited": (429, "RateLimitExceeded.EndpointRPMExceeded"),
    "quota": (403, "AccountOverdueError"),
    "moderation_input": (400, "InputTextSensitiveContentDetected"),
    "internal": (500, "InternalServiceError"),
    "not_found": (404, "ResourceNotFound"),
    "no_such_model": (404, "InvalidEndpointOrModel.NotFound"),
}


class Ark(Wire):
    """Seed, camera_fixed and frames are of the first generation and are refused."""

    engine = "ark"

    def order(self, call: Call) -> Ordered | None:
        """A task, or a still."""
        if (call.method, call.path) == ("POST", TASKS):
            return _clip(call.json())
        if (call.method, call.path) == ("POST", [*ROOT, "images", "generations"]):
            return _still(call.json())
        return None

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The number of a task; a still itself, in base64."""
        if work.kind == "clip":
            return reply(200, {"id": work.id})
        _, data = desk.result(work)
        found = {"b64_json": base64.b64encode(data).decode(), "size": work.params["size"]}
        return reply(
            200, {"model": work.model, "created": 1, "data": [found], "usage": {"generated_images": 1}}
        )

    def other(self, call: Call, desk: Desk) -> Answer:
        """One task, all tasks, and taking one back."""
        if call.path[: len(TASKS)] != TASKS:
            raise Refused(404, "not_found")
        match (call.method, call.path[len(TASKS) :]):
            case ("GET", []):
                own = [work for work in desk.works.values() if work.engine == "ark" and work.kind == "clip"]
                start = (int(call.query["page_num"]) - 1) * int(call.query["page_size"])
                shown = own[start : start + int(call.query["page_size"])]
                return reply(200, {"items": [self._task(one, desk) for one in shown], "total": len(own)})
            case ("GET", [number]):
                return reply(200, self._task(desk.find(number), desk))
            case ("DELETE", [number]):
                if desk.ready(desk.find(number)):
                    del desk.works[number]
                return reply(200, {})
        raise Refused(404, "not_found")

    def _task(self, work: Work, desk: Desk) -> dict[str, Any]:
        told = {name: work.params[name] for name in ("resolution", "ratio", "duration")}
        task = {"id": work.id, "model": work.model, "created_at": 1, "updated_at": 2, **told}
        if not desk.ready(work):
            return task | {"status": "queued"}
        if desk.failed(work):
            error = {"code": "InternalServiceError", "message": "the service failed"}
            return task | {"status": "failed", "error": error}
        tokens = work.params["tokens"]
        usage = {"completion_tokens": tokens, "total_tokens": tokens}
        return task | {"status": "succeeded", "content": {"video_url": self.file(work)}, "usage": usage}

    def callback(self, work: Work, secret: str) -> tuple[dict[str, str], bytes]:
        """The task as it is asked for, without a signature."""
        if work.kind != "clip":
            raise Refused(404, "no_callbacks")
        status = "failed" if work.fault is Fault.FAILS else "succeeded"
        return {}, json.dumps({"id": work.id, "model": work.model, "status": status}).encode()

    def refused(self, status: int, code: str) -> Answer:
        """A code and a type."""
        status, name = REFUSALS.get(code, (400, "InvalidParameter"))
        error = {"code": name, "message": f"{code}. Request id: 02178", "param": "", "type": "BadRequest"}
        return reply(status, {"error": error})


def _clip(body: dict[str, Any]) -> Ordered:
    if body["model"] not in CLIPS:
        raise Refused(404, "no_such_model")
    prices, size, seconds = CLIPS[body["model"]], body.get("resolution", "720p"), body["duration"]
    most = 30 if "2-5" in body["model"] else 15
    if set(body) - CLIP_FIELDS or size not in prices or body.get("ratio", "adaptive") not in RATIOS:
        raise Refused(400, "invalid: fields")
    if type(seconds) is not int or not 4 <= seconds <= most:
        raise Refused(400, "invalid: duration")
    _check_parts(body["content"], 30 if most == 30 else 9)
    tokens = PIXELS[size] * 24 * seconds / 1024
    facts = {"resolution": size, "ratio": body.get("ratio"), "duration": seconds, "tokens": round(tokens)}
    made = {"width": 160, "height": 90, "rate": "24", "frames": 24 * seconds, "sound": body["generate_audio"]}
    return Ordered(body["model"], "clip", round(tokens * prices[size] / 10), made | facts)


def _check_parts(content: list[dict[str, Any]], most: int) -> None:
    texts = [part["text"] for part in content if part["type"] == "text"]
    pictures = [part for part in content if part["type"] == "image_url"]
    if len(texts) > 1 or len(texts) + len(pictures) != len(content) or not content:
        raise Refused(400, "invalid: content")
    roles = [part["role"] for part in pictures]
    framed = {"first_frame", "last_frame"} & set(roles)
    if framed and (
        roles not in (["first_frame"], ["first_frame", "last_frame"]) or "reference_image" in roles
    ):
        raise Refused(400, "invalid: first frame, first and last frame and references exclude each other")
    if set(roles) - {"first_frame", "last_frame", "reference_image"} or len(roles) > max(2, most):
        raise Refused(400, "invalid: role")
    for part in pictures:
        _check_picture(part["image_url"]["url"])


def _check_picture(address: str) -> None:
    head, _, data = address.partition(";base64,")
    if not head.startswith("data:image/"):
        raise Refused(400, "invalid: image")
    base64.b64decode(data, validate=True)


def _still(body: dict[str, Any]) -> Ordered:
    if body["model"] not in STILLS:
        raise Refused(404, "no_such_model")
    width, height = map(int, body["size"].split("x"))
    if set(body) - STILL_FIELDS or not body["prompt"] or not 0 <= body.get("seed", 0) < 1 << 31:
        raise Refused(400, "invalid: fields")
    if not 3_686_400 <= width * height <= 16_777_216 or not 1 / 16 <= width / height <= 16:
        raise Refused(400, "invalid: size")
    if body["response_format"] != "b64_json" or body["sequential_image_generation"] != "disabled":
        raise Refused(400, "invalid: this one writes one picture, in base64")
    if len(body.get("image", [])) > 14:
        raise Refused(400, "invalid: image")
    for one in body.get("image", []):
        _check_picture(one)
    small, large = STILLS[body["model"]]
    milli = round((small if width * height <= 2560 * 1600 else large) * 1000)
    return Ordered(body["model"], "keyframe", milli, {"width": 64, "height": 36, "size": body["size"]})
