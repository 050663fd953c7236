"""fal's queue: POST /<model> → {request_id, status_url, …}; GET …/requests/<id>/status, then …/requests/<id>.

The model's own page says which fields it takes; an unknown or a missing one is refused. Files are brought to a store
first. Failed work shows each of the three faces the house has for it: by the kind of work.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# A call-back asked for with another secret is signed by somebody else.
HOUSE = "whsec_c2xhdGUtdGVzdC1zZWNyZXQ="
# field → what it may be: a type, or the values
Schema = dict[str, Any]
PIKA: Schema = {
    "image_url!": "file",
    "prompt!": str,
    "seed": int,
    "negative_prompt": str,
    "resolution": ("720p", "1080p"),
    "duration": (5, 10),
}
KLING: Schema = {
    "start_image_url!": "file",
    "end_image_url": "file",
    "prompt": str,
    "negative_prompt": str,
    "duration": tuple(str(seconds) for seconds in range(3, 16)),
    "generate_audio": bool,
    "aspect_ratio": ("16:9", "9:16", "1:1"),
    "cfg_scale": float,
}
SHAPES = ("auto", "21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16")
BANANA: Schema = {
    "prompt!": str,
    "num_images": int,
    "seed": int,
    "aspect_ratio": SHAPES,
    "output_format": ("jpeg", "png", "webp"),
    "safety_tolerance": tuple("123456"),
    "sync_mode": bool,
    "resolution": ("0.5K", "1K", "2K", "4K"),
    "limit_generations": bool,
    "enable_web_search": bool,
}
SEEDVR: Schema = {
    "video_url!": "file",
    "upscale_mode": ("target", "factor"),
    "upscale_factor": float,
    "target_resolution": ("720p", "1080p", "1440p", "2160p"),
    "seed": int,
    "noise_scale": float,
    "output_format": ("X264 (.mp4)", "VP9 (.webm)", "PRORES4444 (.mov)", "GIF (.gif)"),
    "output_quality": ("low", "medium", "high", "maximum"),
    "output_write_mode": ("fast", "balanced", "small"),
}
APPS: dict[str, tuple[str, Schema]] = {
    "fal-ai/pika/v2.2/image-to-video": ("clip", PIKA),
    "fal-ai/kling-video/v3/standard/image-to-video": ("clip", KLING),
    "fal-ai/nano-banana-2": ("keyframe", BANANA),
    "fal-ai/nano-banana-2/edit": ("keyframe", {**BANANA, "image_urls!": "files"}),
    "fal-ai/seedvr/upscale/video": ("upscale", SEEDVR),
}
LINES = {"720p": (1280, 720), "1080p": (1920, 1080), "1440p": (2560, 1440), "2160p": (3840, 2160)}
BANANAS = {"0.5K": 6_000, "1K": 8_000, "2K": 12_000, "4K": 16_000}


class Fal(Wire):
    """Strict about fields and files; keeps what was brought to its store."""

    engine = "fal"
    moderates_later = True

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        self.store = home.replace("127.0.0.1", "localhost") + "/store"
        self.held: dict[str, bytes] = {}

    def admit(self, call: Call) -> None:
        """A key with its word. The store's signed addresses and the published keys want none."""
        if call.path[:1] in (["store"], [".well-known"]):
            return
        if not call.headers.get("authorization", "").startswith("Key "):
            raise Refused(401, "auth_error")

    def order(self, call: Call) -> Ordered | None:
        """An address for each model."""
        if call.method != "POST" or call.path[0] == "storage":
            return None
        app = "/".join(call.path)
        if app not in APPS:
            raise Refused(404, "not_found")
        if not call.query.get("fal_webhook", "https://x").startswith("https://"):
            raise Refused(422, "url_error")
        kind, schema = APPS[app]
        body = call.json()
        self._check(body, schema)
        milli, params = self._priced(app, body)
        return Ordered(app, "clip" if kind == "upscale" else kind, milli, params)

    def _check(self, body: dict[str, Any], schema: Schema) -> None:
        wanted = {name.rstrip("!"): (name.endswith("!"), rule) for name, rule in schema.items()}
        for name, (needed, _) in wanted.items():
            if needed and name not in body:
                raise Refused(422, "missing")
        for name, value in body.items():
            if name not in wanted:
                raise Refused(422, "extra_forbidden")
            self._fits(value, wanted[name][1])

    def _fits(self, value: Any, rule: Any) -> None:
        if isinstance(rule, tuple):
            # 5 and "5" are two things to it
            good = any(value == one and type(value) is type(one) for one in rule)
        elif rule == "files":
            good = isinstance(value, list) and 1 <= len(value) <= 14
            for one in value:
                self._fits(one, "file")
        elif rule == "file":
            good = value in self.held
        else:
            good = isinstance(value, rule) and (rule is bool or not isinstance(value, bool))
        if not good:
            raise Refused(422, "file_download_error" if rule in ("file", "files") else "one_of")

    def _priced(self, app: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if "nano-banana" in app:
            return BANANAS[body.get("resolution", "1K")], {"width": 320, "height": 180}
        if "seedvr" in app:
            width, height = LINES[body.get("target_resolution", "1080p")]
            frames = round(seconds_of(self.held[body["video_url"]]) * 24)
            # a tenth of a cent for a megapixel
            return -(-width * height * frames * 100 // 1_000_000), _moving(frames)
        seconds = int(body.get("duration", 5))
        if "pika" in app:
            each = 4_000 if body.get("resolution", "720p") == "720p" else 9_000
        else:
            each = 25_200 if body.get("generate_audio", True) else 16_800
        return seconds * each, _moving(seconds * 24)

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """Where to ask: without the model's sub-path."""
        base = f"{self.home}/{_base(work)}/requests/{work.id}"
        return reply(
            200,
            {
                "request_id": work.id,
                "gateway_request_id": work.id,
                "response_url": base,
                "status_url": f"{base}/status",
                "cancel_url": f"{base}/cancel",
                "queue_position": 0,
            },
        )

    def other(self, call: Call, desk: Desk) -> Answer:
        """States and results, the store, the published keys."""
        match (call.method, call.path):
            case ("POST", ["storage", "upload", "initiate"]):
                body = call.json()
                name = f"{self.store}/{secrets.token_hex(6)}-{body['file_name']}"
                return reply(200, {"upload_url": f"{name}?signature=1", "file_url": name, **_typed(body)})
            case ("PUT", ["store", name]):
                return self._put(call, name, desk)
            case ("GET", [".well-known", "jwks.json"]):
                key = _signer(HOUSE).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
                text = base64.urlsafe_b64encode(key).decode().rstrip("=")
                return reply(200, {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": text}]})
            case ("GET", [owner, app, "requests", number, "status"]):
                return self._state(self._mine(owner, app, number, desk), desk)
            case ("GET", [owner, app, "requests", number]):
                return self._result(self._mine(owner, app, number, desk), desk)
            case ("PUT", [owner, app, "requests", number, "cancel"]):
                ended = desk.ready(self._mine(owner, app, number, desk))
                word = "ALREADY_COMPLETED" if ended else "CANCELLATION_REQUESTED"
                return reply(400 if ended else 202, {"status": word})
        raise Refused(404, "not_found")

    def _put(self, call: Call, name: str, desk: Desk) -> Answer:
        if "authorization" in call.headers:
            desk.leaked(self.engine, "authorization")
            raise Refused(400, "bad_request")
        if call.query.get("signature") != "1" or not call.body or "content-type" not in call.headers:
            raise Refused(403, "auth_error")
        self.held[f"{self.store}/{name}"] = call.body
        return Answer(200, b"")

    def _mine(self, owner: str, app: str, number: str, desk: Desk) -> Work:
        work = desk.find(number)
        if _base(work) != f"{owner}/{app}":
            raise Refused(404, "not_found")
        return work

    def _state(self, work: Work, desk: Desk) -> Answer:
        if not desk.ready(work):
            return reply(202, {"status": "IN_PROGRESS", "request_id": work.id, "logs": []})
        body: dict[str, Any] = {"status": "COMPLETED", "request_id": work.id, "logs": [], "metrics": {}}
        if work.kind == "keyframe" and desk.failed(work):
            body |= {"error": "Runner disconnected", "error_type": "runner_disconnected"}
        return reply(200, body)

    def _result(self, work: Work, desk: Desk) -> Answer:
        if not desk.ready(work):
            return reply(400, {"detail": "Request is still in progress"})
        if work.fault is Fault.MODERATED:
            return _detail(422, "content_policy_violation")
        if desk.failed(work):
            if "seedvr" in work.model:
                return reply(200, {"error": "out of memory", "error_type": "internal_server_error"})
            return _detail(500, "internal_server_error")
        mime, data = desk.result(work)
        file = {"url": self.file(work), "content_type": mime, "file_name": "out", "file_size": len(data)}
        if work.kind == "keyframe":
            return reply(200, {"images": [file], "description": ""})
        return reply(200, {"video": file, "seed": 7})

    def callback(self, work: Work, secret: str) -> tuple[dict[str, str], bytes]:
        """Ed25519 over number, user, time and the hash of the body."""
        raw = json.dumps(
            {"request_id": work.id, "gateway_request_id": work.id, "status": "OK", "payload": {}}
        )
        facts = [work.id, "user-1", str(int(time.time()))]
        message = "\n".join([*facts, hashlib.sha256(raw.encode()).hexdigest()])
        names = ("Request-Id", "User-Id", "Timestamp")
        headers = {f"X-Fal-Webhook-{name}": fact for name, fact in zip(names, facts, strict=True)}
        signature = _signer(secret).sign(message.encode()).hex()
        return headers | {"X-Fal-Webhook-Signature": signature}, raw.encode()

    def refused(self, status: int, code: str) -> Answer:
        """A detail with a type, and a header that says whether to try again."""
        return _detail(status, code)


def _detail(status: int, code: str) -> Answer:
    again = "true" if status >= 500 or status == 429 else "false"
    body = {"detail": [{"loc": ["body"], "msg": code, "type": code}]}
    return reply(status, body, X_Fal_Error_Type=code, X_Fal_Retryable=again)


def _base(work: Work) -> str:
    return "/".join(work.model.split("/")[:2])


def _typed(body: dict[str, Any]) -> dict[str, Any]:
    if "/" not in body["content_type"]:
        raise Refused(422, "bad_request")
    return {}


def _moving(frames: int) -> dict[str, Any]:
    return {"width": 160, "height": 90, "rate": "24", "frames": frames}


def _signer(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())


def seconds_of(movie: bytes) -> float:
    """The length that the movie header of an MP4 tells. Raises ValueError for anything else."""
    at = movie.index(b"mvhd") + 4
    if movie[at]:
        scale, length = struct.unpack(">IQ", movie[at + 20 : at + 32])
    else:
        scale, length = struct.unpack(">II", movie[at + 12 : at + 20])
    return float(length / scale)
