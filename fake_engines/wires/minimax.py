"""MiniMax V2: POST /v2/video_generation → {task_id}, GET /v2/query/video_generation/<id> → {task: {status, …}}."""

from __future__ import annotations

import base64
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# cents a second
PRICES = {
    "MiniMax-H3": {"768P": 8.0, "2K": 13.0},
    "MiniMax-H3-Max": {"480P": 5.0, "768P": 8.0},
}
FREE_PICTURES, EXTRA_PICTURE = 5, 4.0
FIELDS = {"model", "content", "resolution", "duration", "ratio", "callback_url", "aigc_watermark", "extra"}
FRAMES = ("first_frame", "last_frame")
RATIOS = {"16:9", "9:16", "1:1", "4:3", "3:4", "21:9"}
REFUSALS = {
    "unauthorized": (401, "authorized_error", "login fail: Please carry the API secret key (1004)"),
    "rate_limited": (429, "rate_limit_error", "rate limit, please retry later (1002)"),
    "quota": (402, "insufficient_balance_error", "insufficient balance (1008)"),
    "moderation_input": (
        422,
        "unprocessable_entity_error",
        "video description contains sensitive content (1026)",
    ),
    "internal": (500, "server_error", "internal error (1000)"),
    "not_found": (404, "not_found_error", "task not found"),
}


class Minimax(Wire):
    """Parts in a list; the mode follows from what is in it."""

    engine = "minimax"

    def order(self, call: Call) -> Ordered | None:
        """A task. Frames and references are not mixed; words alone need a shape."""
        if (call.method, call.path) != ("POST", ["v2", "video_generation"]):
            return None
        body = call.json()
        seconds, size = body.get("duration", 5), body["resolution"]
        if set(body) - FIELDS or type(seconds) is not int or not 5 <= seconds <= 15:
            raise Refused(400, "invalid params, duration")
        prices = PRICES[body["model"]]
        if size not in prices:
            raise Refused(400, "invalid params, resolution")
        pictures = _pictures(body["content"])
        if not pictures and body.get("ratio") not in RATIOS:
            raise Refused(400, "invalid params, ratio")
        extra = max(0, sum(role == "reference_image" for role in pictures) - FREE_PICTURES)
        milli = round((prices[size] * seconds + EXTRA_PICTURE * extra) * 1000)
        made = {"width": 160, "height": 90, "rate": "24", "frames": 24 * seconds}
        return Ordered(body["model"], "clip", milli, made)

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The number."""
        return reply(200, {"task_id": work.id})

    def other(self, call: Call, desk: Desk) -> Answer:
        """One task, all tasks, and taking one back."""
        match (call.method, call.path):
            case ("GET", ["v2", "query", "video_generation", number]):
                return reply(200, {"task": self._task(desk.find(number), desk)})
            case ("GET", ["v2", "query", "video_generation"]):
                page, size = int(call.query["page_num"]), int(call.query["page_size"])
                own = [work for work in desk.works.values() if work.engine == self.engine]
                shown = own[(page - 1) * size : page * size]
                return reply(200, {"items": [self._task(work, desk) for work in shown], "total": len(own)})
            case ("DELETE", ["v2", "video_generation", number]):
                work = desk.find(number)
                if desk.ready(work):
                    del desk.works[work.id]
                return reply(200, {"task_id": number, "status": "cancelled"})
        raise Refused(404, "not_found")

    def _task(self, work: Work, desk: Desk) -> dict[str, Any]:
        task: dict[str, Any] = {"id": work.id, "model": work.model, "task_type": "video_generation"}
        if not desk.ready(work):
            return task | {"status": "queued", "error": None, "content": None}
        if desk.failed(work):
            return task | {"status": "failed", "error": {"code": "1000", "message": "internal error (1000)"}}
        usage = {"total_seconds": work.params["frames"] / 24, "input_image_count": 0}
        return task | {"status": "succeeded", "content": {"url": self.file(work)}, "usage": usage}

    def refused(self, status: int, code: str) -> Answer:
        """The number stands at the end of the message."""
        status, kind, message = REFUSALS.get(code, (status, "bad_request_error", f"{code} (2013)"))
        error = {"type": kind, "message": message, "http_code": str(status)}
        return reply(status, {"type": "error", "error": error, "request_id": "021785229015510a2c88"})


def _pictures(content: list[dict[str, Any]]) -> list[str]:
    """The parts of all pictures, after every part was looked at."""
    texts = [part for part in content if part["type"] == "text"]
    pictures = [part for part in content if part["type"] == "image_url"]
    if len(texts) != 1 or not texts[0]["text"].strip() or len(texts) + len(pictures) != len(content):
        raise Refused(400, "invalid params, content must include a non-empty text item")
    roles = [part["role"] for part in pictures]
    frames = [role for role in roles if role in FRAMES]
    others = [role for role in roles if role == "reference_image"]
    if len(frames) != len(set(frames)) or len(frames) + len(others) != len(roles) or len(others) > 9:
        raise Refused(400, "invalid params, role")
    if frames and others:
        raise Refused(400, "invalid params, frame and reference roles cannot be mixed")
    for part in pictures:
        _check(part["image_url"]["url"])
    return roles


def _check(address: str) -> None:
    head, _, data = address.partition(";base64,")
    if head not in ("data:image/png", "data:image/jpeg", "data:image/webp"):
        raise Refused(400, "invalid params, image")
    base64.b64decode(data, validate=True)
