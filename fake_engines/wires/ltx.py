"""LTX V2: POST /v1/upload, PUT there, POST /v2/<operation> → 202 {id}, GET /v2/<operation>/<id> → {status, result}."""

from __future__ import annotations

import secrets
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# cents a second, by the long side
PRICES = {
    "ltx-2-5-fast": {1280: 12.9, 1920: 18.6, 2560: 27.0, 3840: 43.0},
    "ltx-2-5-pro": {1280: 17.0, 1920: 24.0},
}
SHORT_SIDES = {1280: 720, 1920: 1080, 2560: 1440, 3840: 2160}
LENGTHS = {2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20}
FIELDS = {"prompt", "model", "duration", "resolution", "fps", "generate_audio", "camera_motion"}
PICTURES = {"image_uri", "last_frame_uri"}
MOTIONS = {
    "dolly_in",
    "dolly_out",
    "dolly_left",
    "dolly_right",
    "jib_up",
    "jib_down",
    "static",
    "focus_shift",
}
GUARD = "x-goog-content-length-range"
REFUSALS = {
    "unauthorized": (401, "authentication_error"),
    "quota": (402, "insufficient_funds_error"),
    "not_found": (404, "not_found_error"),
    "moderation_input": (422, "content_filtered_error"),
    "rate_limited": (429, "concurrency_limit_error"),
    "internal": (500, "api_error"),
}


class Ltx(Wire):
    """Jobs below the address they were ordered at. Files are put into a store that takes no key."""

    engine = "ltx"

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        # by another name of this machine: to a client it is another host
        self.store = home.replace("127.0.0.1", "localhost") + "/store"
        self.stored: dict[str, bytes] = {}

    def admit(self, call: Call) -> None:
        """A key everywhere but in the store, where it would be a leak."""
        if call.path[:1] != ["store"]:
            super().admit(call)
        elif "authorization" in call.headers:
            raise Refused(400, "credential_in_the_store")

    def order(self, call: Call) -> Ordered | None:
        """A job from words or from a picture."""
        if call.method != "POST" or call.path[:1] != ["v2"]:
            return None
        operation, body = call.path[1], call.json()
        own = FIELDS | PICTURES if operation == "image-to-video" else FIELDS
        if operation not in ("text-to-video", "image-to-video"):
            raise Refused(404, "not_found")
        if set(body) - own or not 1 <= len(body["prompt"]) <= 5000:
            raise Refused(400, "invalid: fields")
        for name in sorted(PICTURES & own):
            if (name in body or name == "image_uri") and not self.stored.get(body[name]):
                raise Refused(400, f"invalid: {name}")
        return _job(body)

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """202 with the number."""
        return reply(202, {"id": work.id, "created_at": "2026-11-21T12:00:00Z"})

    def other(self, call: Call, desk: Desk) -> Answer:
        """Places in the store, the store itself, states of jobs."""
        match (call.method, call.path):
            case ("POST", ["v1", "upload"]):
                return self._place()
            case ("PUT", ["store", number]):
                return self._put(f"storage://{number}", call)
            case ("GET", ["v2", ("text-to-video" | "image-to-video") as operation, number]):
                return self._job(desk.find(number), operation, desk)
        raise Refused(404, "not_found")

    def _place(self) -> Answer:
        number = secrets.token_hex(8)
        self.stored[f"storage://{number}"] = b""
        body = {"upload_url": f"{self.store}/{number}", "storage_uri": f"storage://{number}"}
        guard = {GUARD: "1,104857600"}
        return reply(200, {**body, "expires_at": "2026-11-21T13:00:00Z", "required_headers": guard})

    def _put(self, address: str, call: Call) -> Answer:
        if address not in self.stored or call.headers.get(GUARD) != "1,104857600" or not call.body:
            raise Refused(403, "no_such_place")
        self.stored[address] = call.body
        return reply(200, {})

    def _job(self, work: Work, operation: str, desk: Desk) -> Answer:
        if work.params["operation"] != operation:
            raise Refused(404, "not_found")
        job: dict[str, Any] = {"id": work.id, "created_at": "2026-11-21T12:00:00Z"}
        if not desk.ready(work):
            return reply(200, job | {"status": "processing"})
        if desk.failed(work):
            error = {"type": "api_error", "message": "An unexpected error occurred"}
            return reply(200, job | {"status": "failed", "error": error})
        result = {"video_url": self.file(work)}
        return reply(200, job | {"status": "completed", "result": result, "completed_at": "…"})

    def refused(self, status: int, code: str) -> Answer:
        """The type of the error, in one envelope for all."""
        status, kind = REFUSALS.get(code, (400, "invalid_request_error"))
        return reply(status, {"type": "error", "error": {"type": kind, "message": code}})


def _job(body: dict[str, Any]) -> Ordered:
    prices, seconds, rate = PRICES[body["model"]], body["duration"], body.get("fps", 24)
    width, height = map(int, body["resolution"].split("x"))
    long, short = max(width, height), min(width, height)
    if long not in prices or SHORT_SIDES[long] != short:
        raise Refused(400, "invalid: resolution")
    most = 20 if body["model"] == "ltx-2-5-fast" else 10
    if seconds not in LENGTHS or seconds > most or (seconds > 10 and (short > 1080 or rate > 25)):
        raise Refused(400, "invalid: duration")
    if rate not in (24, 25, 50) and (rate, most) != (48, 20):
        raise Refused(400, "invalid: fps")
    if (
        body.get("camera_motion", "static") not in MOTIONS
        or type(body.get("generate_audio", True)) is not bool
    ):
        raise Refused(400, "invalid: setting")
    operation = "image-to-video" if "image_uri" in body else "text-to-video"
    made = {"width": 160, "height": 90, "rate": str(rate), "frames": rate * seconds, "operation": operation}
    return Ordered(body["model"], "clip", round(prices[long] * seconds * 1000), made)
