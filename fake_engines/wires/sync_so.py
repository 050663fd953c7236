"""sync.so: assets by signed address, POST /v2/generate → generation, GET /v2/generate/{id}, signed call-backs."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import subprocess
import time
from fractions import Fraction
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# cents for a frame of the result
PRICES = {"sync-3": 0.532, "lipsync-2-pro": 0.332}
FIELDS = {"model", "input", "options", "segments", "webhookUrl", "outputFileName"}
OPTIONS = {"sync_mode", "temperature", "active_speaker_detection", "occlusion_detection_enabled"}
MODES = ("bounce", "loop", "cut_off", "silence", "remap")
KEY = re.compile(r"[A-Za-z0-9._~-]{1,128}")
TYPES = {"VIDEO": "video", "AUDIO": "audio", "IMAGE": "image"}


class SyncSo(Wire):
    """Reads the files it is given, as the house does: a generation is as long as its plate."""

    engine = "sync_so"
    moderates_later = True

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        self.store: dict[str, bytes] = {}
        self.assets: dict[str, dict[str, Any]] = {}
        self.bodies: dict[str, bytes] = {}
        self.orders: dict[str, dict[str, Any]] = {}

    def admit(self, call: Call) -> None:
        """The key's own header; the store takes signed addresses and must not see the key."""
        if call.path[:1] == ["store"]:
            if "x-api-key" in call.headers or "authorization" in call.headers:
                raise Refused(400, "credential_at_the_store")
        elif not call.headers.get("x-api-key"):
            raise Refused(401, "unauthorized")

    def order(self, call: Call) -> Ordered | None:
        """Fields, files, segments; a key of the caller's is one generation with one body."""
        if (call.method, call.path) != ("POST", ["v2", "generate"]):
            return None
        body = call.json()
        self._check(body)
        key = call.headers.get("idempotency-key", "")
        if not KEY.fullmatch(key):
            raise Refused(400, "INVALID_IDEMPOTENCY_KEY")
        if self.bodies.setdefault(key, call.body) != call.body:
            raise Refused(409, "IDEMPOTENCY_KEY_REUSED")
        plate = self._asset(body["input"][0], "VIDEO")
        self.orders[key] = body
        milli = round(plate["frames"] * PRICES[body["model"]] * 1000)
        facts = {name: plate[name] for name in ("width", "height", "rate", "frames")}
        return Ordered(body["model"], "clip", milli, facts, key, keyed=True, looked_up=True)

    def _check(self, body: dict[str, Any]) -> None:
        options, inputs = body.get("options", {}), body["input"]
        if set(body) - FIELDS or set(options) - OPTIONS or body["model"] not in PRICES:
            raise ValueError("unknown field or model")
        if options.get("sync_mode", "bounce") not in MODES:
            raise ValueError("sync_mode")
        if [one["type"] for one in inputs].count("video") != 1 or inputs[0]["type"] != "video":
            raise ValueError("one video")
        lines = [one for one in inputs if one["type"] == "audio"]
        if len(lines) + 1 != len(inputs) or not lines:
            raise ValueError("audio")
        plate = self._asset(inputs[0], "VIDEO")
        for line in lines:
            self._asset(line, "AUDIO")
        segments = body.get("segments", [])
        if len(lines) > 1 and not segments:
            raise ValueError("several sounds need segments")
        self._check_segments(segments, {line.get("refId") for line in lines}, plate["seconds"])

    def _check_segments(self, segments: list[dict[str, Any]], names: set[Any], length: float) -> None:
        end = 0.0
        for segment in segments:
            start, sound = segment["startTime"], segment["audioInput"]
            if set(segment) - {"startTime", "endTime", "audioInput", "optionsOverride"}:
                raise ValueError("segment")
            if not end <= start < segment["endTime"] <= length + 0.01 or sound["refId"] not in names:
                raise ValueError("segment")
            if ("startTime" in sound) != ("endTime" in sound):
                raise ValueError("crop")
            end = segment["endTime"]

    def _asset(self, given: dict[str, Any], kind: str) -> dict[str, Any]:
        asset = self.assets.get(given["assetId"])
        if asset is None or asset["type"] != kind:
            raise Refused(422, "generation_input_validation_failed")
        return asset

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The generation."""
        return reply(201, self._generation(work, desk))

    def other(self, call: Call, desk: Desk) -> Answer:
        """States, the list, models, uploads."""
        match (call.method, call.path):
            case ("GET", ["v2", "models"]):
                return reply(200, [{"id": name} for name in PRICES])
            case ("GET", ["v2", "generate", number]):
                return reply(200, self._generation(desk.find(number), desk))
            case ("GET", ["v2", "generations"]):
                own = [work for work in desk.works.values() if work.engine == self.engine]
                return reply(200, [self._generation(work, desk) for work in own if work.key in self.orders])
            case ("POST", ["v2", "assets", "upload"]):
                return self._place(call.json())
            case ("POST", ["v2", "assets"]):
                return self._register(call.json())
            case ("PUT", ["store", number]):
                self.store[f"{self.home}/store/{number}"] = call.body
                return Answer(200, b"", headers=(("ETag", f'"{hashlib.md5(call.body).hexdigest()}"'),))  # noqa: S324
        raise Refused(404, "not_found")

    def _place(self, body: dict[str, Any]) -> Answer:
        if set(body) != {"fileName", "contentType", "size"} or not 0 < body["size"] < 5 << 30:
            raise ValueError("upload")
        url = f"{self.home}/store/{secrets.token_hex(6)}"
        return reply(201, {"uploadUrl": f"{url}?signature=1", "url": url, "expiresIn": 3600})

    def _register(self, body: dict[str, Any]) -> Answer:
        data = self.store.get(body["url"])
        if data is None or body["type"] not in TYPES:
            raise Refused(422, "asset_upload_not_found")
        number = f"asset-{secrets.token_hex(6)}"
        self.assets[number] = {"type": body["type"], **_facts(data, TYPES[body["type"]])}
        return reply(201, {"id": number, "type": body["type"], "name": body.get("name"), "url": body["url"]})

    def _generation(self, work: Work, desk: Desk) -> dict[str, Any]:
        body = self.orders[work.key]
        row = {"id": work.id, "createdAt": "2026-11-21T12:00:00Z", "status": "PROCESSING", "outputUrl": None}
        row |= {name: body.get(name) for name in ("model", "input", "options", "segments", "webhookUrl")}
        if not desk.ready(work):
            return row
        if work.fault is Fault.MODERATED:
            return row | {"status": "REJECTED", "error": "no", "errorCode": "content_moderated"}
        if desk.failed(work):
            return row | {"status": "FAILED", "error": "failed", "errorCode": "generation_pipeline_failed"}
        return row | {"status": "COMPLETED", "outputUrl": self.file(work), "outputDuration": 2.0}

    def callback(self, work: Work, secret: str) -> tuple[dict[str, str], bytes]:
        """The generation, with a stamp and a signature over both."""
        raw = json.dumps({"id": work.id, "status": "COMPLETED", "outputUrl": self.file(work)}).encode()
        stamp = str(int(time.time()))
        signature = hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
        return {"Sync-Signature": f"t={stamp},s={signature}"}, raw

    def refused(self, status: int, code: str) -> Answer:
        """A message, the status once more, a code."""
        names = {"rate_limited": "concurrency_limit_reached", "quota": "insufficient_credits"}
        code = "generation_input_validation_failed" if code.startswith("invalid") else names.get(code, code)
        return reply(status, {"message": code, "statusCode": status, "errorCode": code})


def _facts(data: bytes, kind: str) -> dict[str, Any]:
    """What the house reads of a file: its length, and the frame of a picture."""
    argv = ["ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", "-"]
    done = subprocess.run(argv, input=data, capture_output=True, timeout=30, check=False)
    if done.returncode != 0:
        raise Refused(422, f"generation_input_{kind}_invalid")
    report = json.loads(done.stdout)
    stream = next(one for one in report["streams"] if one["codec_type"] == kind)
    if kind == "audio":
        return {}
    frames, rate = int(stream["nb_read_packets"]), Fraction(stream["r_frame_rate"])
    return {
        "width": stream["width"],
        "height": stream["height"],
        "frames": frames,
        "rate": str(rate),
        "seconds": float(frames / rate),
    }
