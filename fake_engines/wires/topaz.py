"""Topaz video: create → accept → PUT → complete-upload → status; credits reserved, committed, rolled back."""

from __future__ import annotations

import hashlib
import json
import subprocess
import uuid
from fractions import Fraction
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

CREDIT_MILLI = 12_000
# credits for a frame, up to so many pixels across
PRICES = {
    "prob-4": ((1280, 34 / 18_000), (1920, 76 / 18_000), (4096, 302 / 18_000)),
    "slp-2.6": ((1920, 1 / 26.0417), (4096, 0.084)),
}
SOURCE = {"container", "size", "duration", "frameCount", "frameRate", "resolution"}
OUTPUT = {"resolution", "frameRate", "audioTransfer"}
MORE_OUTPUT = {"audioCodec", "audioBitrate", "videoEncoder", "videoProfile", "dynamicCompressionLevel"}
MORE_OUTPUT |= {"videoBitrate", "container", "cropToFit"}
FILTER = {"model", "auto", "videoType", "fieldOrder", "focusFixLevel", "details", "noise", "compression"}
PROFILES = {"H265": ("Main", "Main10"), "H264": ("High",)}


class Topaz(Wire):
    """Believes the caller's figures until it has the file; then a figure that is wrong ends the request."""

    engine = "topaz"

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        self.requests: dict[str, dict[str, Any]] = {}
        self.store: dict[str, bytes] = {}

    def admit(self, call: Call) -> None:
        """The key's own header; the store takes signed addresses and must not see the key."""
        if call.path[:1] == ["store"]:
            if "x-api-key" in call.headers:
                raise Refused(400, "credential_at_the_store")
        elif not call.headers.get("x-api-key"):
            raise Refused(401, "UNAUTHORIZED")

    def order(self, call: Call) -> Ordered | None:
        """Work begins, and is paid, with the end of the upload; twice is once."""
        match (call.method, call.path):
            case ("PATCH", ["video", number, "complete-upload"]):
                asked, body = self._request(number), call.json()
            case _:
                return None
        data = self.store.get(number)
        if set(body) - {"md5Hash", "uploadResults"} or asked["status"] != "accepted" or data is None:
            raise ValueError("nothing was uploaded")
        if body.get("md5Hash", "") != hashlib.md5(data).hexdigest():  # noqa: S324
            raise ValueError("md5Hash")
        (part,) = body["uploadResults"]
        if set(part) != {"partNum", "eTag"} or part["partNum"] != 1:
            raise ValueError("uploadResults")
        self._compare(asked["source"], data)
        size = asked["output"]["resolution"]
        facts = {"width": size["width"], "height": size["height"], "frames": asked["source"]["frameCount"]}
        facts["rate"] = str(Fraction(asked["source"]["frameRate"]).limit_denominator(1001))
        milli = asked["cost"] * CREDIT_MILLI
        return Ordered(asked["model"], "clip", milli, facts, number, keyed=True, looked_up=True)

    def _compare(self, told: dict[str, Any], data: bytes) -> None:
        argv = ["ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json", "-"]
        done = subprocess.run(argv, input=data, capture_output=True, timeout=30, check=True)
        stream = next(one for one in json.loads(done.stdout)["streams"] if one["codec_type"] == "video")
        rate = Fraction(stream["r_frame_rate"])
        seen = (stream["width"], stream["height"], int(stream["nb_read_packets"]), len(data))
        size = told["resolution"]
        if seen != (size["width"], size["height"], told["frameCount"], told["size"]):
            raise ValueError("the file is another one")
        if abs(told["frameRate"] - rate) > 0.01 or abs(told["duration"] - told["frameCount"] / rate) > 0.05:
            raise ValueError("the file has other times")

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """A message alone."""
        return reply(202, {"message": "Processing has been queued"})

    def other(self, call: Call, desk: Desk) -> Answer:
        """Creating, accepting, uploading, states, records, cancelling."""
        match (call.method, call.path):
            case ("POST", ["video"]):
                return self._create(call.json())
            case ("PATCH", ["video", number, "accept"]):
                asked = self._request(number)
                asked["status"] = "accepted"
                return reply(202, {"uploadId": "u1", "urls": self._urls(number)})
            case ("PUT", ["store", number]):
                self._request(number)
                self.store[number] = call.body
                return Answer(200, b"", headers=(("ETag", '"e1"'),))
            case ("GET", ["video", "history"]):
                return reply(200, {"result": [], "nextCursor": None})
            case ("GET", ["video", number, "status"]):
                return reply(200, self._status(number, desk))
            case ("GET", ["video", number]):
                return reply(200, {"id": number, "transactions": self._transactions(number, desk)})
            case ("DELETE", ["video", number]):
                self._request(number)["status"] = "canceled"
                return reply(200, {"message": "Cancellation in progress."})
        raise Refused(404, "INVALID_INPUT")

    def _create(self, body: dict[str, Any]) -> Answer:
        source, (one,), output = body["source"], body["filters"], body["output"]
        if set(body) != {"source", "filters", "output"} or set(source) != SOURCE or set(one) - FILTER:
            raise ValueError("unknown field")
        if not OUTPUT <= set(output) <= OUTPUT | MORE_OUTPUT or source["container"] != "mp4":
            raise ValueError("output")
        if output["audioTransfer"] not in ("Copy", "Convert", "None") or (
            output["audioTransfer"] != "None" and "audioCodec" not in output
        ):
            raise ValueError("audio")
        encoder = output.get("videoEncoder", "H265")
        if output.get("videoProfile", PROFILES[encoder][-1]) not in PROFILES[encoder]:
            raise ValueError("videoProfile")
        size = output["resolution"]
        each = next(price for most, price in PRICES[one["model"]] if size["width"] <= most)
        cost = max(1, -(-round(source["frameCount"] * each * 1000) // 1000))
        number = str(uuid.uuid4())
        self.requests[number] = {
            "source": source,
            "output": output,
            "model": one["model"],
            "cost": cost,
            "status": "requested",
        }
        return reply(200, {"requestId": number, "estimates": {"cost": [cost, cost + 2], "time": [10, 20]}})

    def _request(self, number: str) -> dict[str, Any]:
        if number not in self.requests:
            raise Refused(404, "INVALID_INPUT")
        return self.requests[number]

    def _urls(self, number: str) -> list[str]:
        return [f"{self.home}/store/{number}?signature=1"]

    def _work(self, number: str, desk: Desk) -> Work | None:
        own = (one for one in desk.works.values() if (one.engine, one.key) == (self.engine, number))
        work = next(own, None)
        return desk.find(work.id) if work else None

    def _status(self, number: str, desk: Desk) -> dict[str, Any]:
        asked, work = self._request(number), self._work(number, desk)
        if work is None:
            open_ = {"uploadId": "u1", "urls": self._urls(number)} if asked["status"] == "accepted" else {}
            return {"status": asked["status"], "progress": 0, **open_}
        if not desk.ready(work):
            return {"status": "processing", "progress": 50}
        if desk.failed(work):
            return {"status": "failed", "errorCode": "PROCESSING_FAILURE", "message": "Processing failed"}
        return {
            "status": "complete",
            "progress": 100,
            "download": {"url": self.file(work), "expiresIn": 604_800_000, "expiresAt": 1_727_213_400_000},
        }

    def _transactions(self, number: str, desk: Desk) -> list[dict[str, Any]]:
        asked, work = self._request(number), self._work(number, desk)
        reserved = asked["cost"] if work is None else work.milli / CREDIT_MILLI
        rows = [{"operation": "reserve", "amount": reserved}] if asked["status"] == "accepted" else []
        if work is not None and desk.ready(work):
            end = "rollback" if work.fault is Fault.FAILS else "commit"
            rows.append({"operation": end, "amount": reserved})
        return rows

    def refused(self, status: int, code: str) -> Answer:
        """A message and a code."""
        names = {"rate_limited": "UNKNOWN", "internal": "SERVER_ERROR", "quota": "INSUFFICIENT_CREDITS"}
        code = "INVALID_INPUT" if code.startswith("invalid") else names.get(code, code)
        return reply(400 if status == 422 else status, {"message": code, "errorCode": code})
