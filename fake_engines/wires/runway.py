"""Runway: POST /v1/<kind of work> → {id}, GET /v1/tasks/<id> → {status, output | failureCode, cost}.

Every model has fields of its own; what a model does not know is refused. Files are data URIs, or are brought to a place
of another house (POST /v1/uploads) and named by `runway://`.
"""

from __future__ import annotations

import base64
import re
import secrets
import struct
import time
from typing import Any
from urllib.parse import urlsplit

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.runway_models import ACTED_CREDITS, CLIPS, GEN4, STILLS, Maker, credits_of
from fake_engines.wires.wire import Ordered, Wire

VERSION = "2024-11-06"
IMAGE_URI, MOVIE_URI, UPLOADED = 5_000_000, 16_000_000, 200_000_000


class Runway(Wire):
    """Strict about fields, frames, lengths and the version in the header."""

    engine = "runway"
    moderates_later = True

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        there = urlsplit(files)
        self.places = f"{there.scheme}://{there.netloc}/{self.engine}/places"
        self._brought: dict[str, bytes] = {}
        self._promised: set[str] = set()
        self._asked: set[str] = set()
        self._ended: dict[str, str] = {}

    def admit(self, call: Call) -> None:
        """The secret and the version; a place for files is another house's and wants neither."""
        if call.path[0] == "places":
            return
        super().admit(call)
        if call.headers.get("x-runway-version") != VERSION:
            raise Refused(400, "X-Runway-Version")

    def order(self, call: Call) -> Ordered | None:
        """One address for each kind of work."""
        if call.method != "POST" or len(call.path) != 2 or call.path[0] != "v1":
            return None
        kinds = {
            "image_to_video": self._moving,
            "text_to_video": self._told,
            "character_performance": self._acted,
            "text_to_image": self._still,
            "video_upscale": self._larger,
        }
        make = kinds.get(call.path[1])
        return make(call.json()) if make else None

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The number."""
        return reply(200, {"id": work.id})

    def other(self, call: Call, desk: Desk) -> Answer:
        """States, places for files, the account."""
        match (call.method, call.path):
            case ("GET", ["v1", "tasks", number]):
                return self._state(self._task(number, desk), desk)
            case ("DELETE", ["v1", "tasks", number]):
                work = self._task(number, desk)
                self._ended[number] = "deleted" if desk.ready(work) else "cancelled"
                return Answer(204, b"")
            case ("POST", ["v1", "uploads"]):
                return self._promise(call.json())
            case ("POST", ["places"]):
                return self._bring(call, desk)
            case ("GET", ["v1", "organization"]):
                return reply(200, ACCOUNT)
        raise Refused(404, "not_found")

    def refused(self, status: int, code: str) -> Answer:
        """Words under `error`, and what is wrong with the fields; no code."""
        if code.startswith("invalid"):
            status = 400
        return reply(
            status, {"error": code, "issues": [{"message": code}]} if status == 400 else {"error": code}
        )

    # -- orders

    def _moving(self, body: dict[str, Any]) -> Ordered:
        maker = CLIPS[body["model"]]
        pictures = body["promptImage"]
        pictures = [{"uri": pictures, "position": "first"}] if isinstance(pictures, str) else pictures
        at = [one.get("position") for one in pictures]
        framed = [one for one in at if one is not None]
        if not at or (framed and len(framed) != len(at)) or len(framed) != len(set(framed)):
            raise ValueError("promptImage: positions")
        if set(framed) - set(maker.positions) or (framed and "first" not in framed):
            raise ValueError("promptImage: positions")
        if len(at) - len(framed) > maker.references:
            raise ValueError("promptImage: references")
        for one in pictures:
            self._image(one["uri"])
        return self._clip(body, maker, maker.frames, {"promptImage"})

    def _told(self, body: dict[str, Any]) -> Ordered:
        maker = CLIPS[body["model"]]
        frames = maker.frames if maker.from_words is None else maker.from_words
        if not frames or not body.get("promptText"):
            raise ValueError("no text_to_video")
        if len(body.get("references", [])) > maker.references or body.get("ratio") == "adaptive":
            raise ValueError("references")
        for one in body.get("references", []):
            self._image(one["uri"])
        return self._clip(body, maker, frames, {"references"})

    def _acted(self, body: dict[str, Any]) -> Ordered:
        fields = {"model", "character", "reference", "ratio", "bodyControl", "expressionIntensity", "seed"}
        if body["model"] != "act_two" or set(body) - fields or body["ratio"] not in GEN4:
            raise ValueError(f"ratio or fields {sorted(set(body) - fields)}")
        character, reference = body["character"], body["reference"]
        if {*character, *reference} != {"type", "uri"} or reference["type"] != "video":
            raise ValueError("character or reference")
        if character["type"] != "image":
            raise ValueError("character")
        self._image(character["uri"])
        seconds = _length(self._file(reference["uri"], "video/mp4", MOVIE_URI))
        if not 3 <= seconds <= 30:
            raise ValueError("reference: 3 to 30 seconds")
        strength = body.get("expressionIntensity", 3)
        if not isinstance(strength, int) or isinstance(strength, bool) or not 1 <= strength <= 5:
            raise ValueError("expressionIntensity")
        if not isinstance(body.get("bodyControl", False), bool) or not 0 <= body.get("seed", 0) < 2**32:
            raise ValueError("bodyControl or seed")
        figures = {**_small(body["ratio"]), "rate": "24", "frames": round(seconds * 24)}
        return Ordered("act_two", "clip", round(max(3, seconds) * ACTED_CREDITS * 1000), figures)

    def _clip(self, body: dict[str, Any], maker: Maker, frames: set[str], also: set[str]) -> Ordered:
        unknown = set(body) - {"model", "promptText", "ratio", "duration"} - maker.fields - also
        if unknown or maker.needed - set(body):
            raise ValueError(f"fields {sorted(unknown or maker.needed - set(body))}")
        if "ratio" in body and body["ratio"] not in frames:
            raise ValueError("ratio")
        _words(body.get("promptText", "x"), maker.words)
        seconds = body.get("duration", maker.seconds[0])
        if not isinstance(seconds, int) or seconds not in maker.seconds:
            raise ValueError("duration")
        if not isinstance(body.get("audio", True), bool) or not 0 <= body.get("seed", 0) < 2**32:
            raise ValueError("audio or seed")
        if body.get("resolution", "768p") not in ("768p", "2k"):
            raise ValueError("resolution")
        figures = {**_small(body.get("ratio", "16:9")), "rate": "24", "frames": seconds * 24}
        return Ordered(body["model"], "clip", seconds * credits_of(body, maker) * 1000, figures)

    def _still(self, body: dict[str, Any]) -> Ordered:
        frames, fields, most, words = STILLS[body["model"]]
        unknown = set(body) - {"model", "promptText", "ratio", "referenceImages"} - fields
        if unknown or body["ratio"] not in frames:
            raise ValueError(f"ratio or fields {sorted(unknown)}")
        _words(body["promptText"], words)
        references = body.get("referenceImages", [])
        tags = [one["tag"] for one in references if "tag" in one]
        if len(references) > most or len(set(tags)) != len(tags):
            raise ValueError("referenceImages")
        if any(not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{2,15}", tag) for tag in tags):
            raise ValueError("tag")
        for one in references:
            self._image(one["uri"])
        short = min(int(side) for side in body["ratio"].split(":")) if body["ratio"] != "auto" else 1080
        price = 25 if body["model"] == "gpt_image_2" else 5 if short <= 720 else 8
        return Ordered(body["model"], "keyframe", price * 1000, _small(body["ratio"]))

    def _larger(self, body: dict[str, Any]) -> Ordered:
        fields = {
            "model",
            "videoUri",
            "resolution",
            "creativity",
            "sharpen",
            "smartGrain",
            "flavor",
            "fpsBoost",
        }
        if body["model"] != "magnific_video_upscaler_creative" or set(body) - fields:
            raise ValueError("fields")
        if body.get("resolution", "2k") not in ("720p", "1k", "2k", "4k") or body.get("flavor") not in (
            None,
            "vivid",
            "natural",
        ):
            raise ValueError("resolution or flavor")
        if any(not 0 <= body.get(name, 0) <= 100 for name in ("creativity", "sharpen", "smartGrain")):
            raise ValueError("out of 0 to 100")
        seconds = _length(self._file(body["videoUri"], "video/mp4", MOVIE_URI))
        figures = {"width": 640, "height": 360, "rate": "24", "frames": round(seconds * 24)}
        return Ordered(body["model"], "clip", round(seconds * 12 * 1000), figures)

    # -- files

    def _image(self, uri: str) -> None:
        data = self._file(uri, "image/", IMAGE_URI)
        if not data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
            raise ValueError("no picture")

    def _file(self, uri: str, kind: str, most: int) -> bytes:
        if uri.startswith("runway://"):
            return self._brought[uri]
        head, _, text = uri.partition(";base64,")
        if not head.startswith(f"data:{kind}") or len(uri) > most:
            raise ValueError("uri")
        return base64.b64decode(text, validate=True)

    def _promise(self, body: dict[str, Any]) -> Answer:
        if body["type"] != "ephemeral" or "." not in body["filename"] or set(body) != {"filename", "type"}:
            raise ValueError("filename or type")
        key = secrets.token_hex(8)
        self._promised.add(key)
        fields = {"key": key, "policy": "cG9saWN5", "x-amz-signature": secrets.token_hex(8)}
        return reply(200, {"uploadUrl": self.places, "fields": fields, "runwayUri": f"runway://{key}"})

    def _bring(self, call: Call, desk: Desk) -> Answer:
        for header in ("authorization", "x-runway-version"):
            if header in call.headers:
                desk.leaked(self.engine, header)
                raise Refused(400, "credential_at_another_house")
        form = call.form()
        (key,), (data,) = form["key"], form["file"]
        if {"policy", "x-amz-signature"} - set(form) or not 512 <= len(data) <= UPLOADED:
            raise ValueError("form")
        self._promised.remove(key.decode())
        self._brought[f"runway://{key.decode()}"] = data
        return Answer(204, b"")

    # -- states

    def _task(self, number: str, desk: Desk) -> Work:
        if self._ended.get(number) == "deleted":
            raise Refused(404, "not_found")
        return desk.find(number)

    def _state(self, work: Work, desk: Desk) -> Answer:
        charged = work.milli / 1000
        told: dict[str, Any] = {"id": work.id, "createdAt": time.strftime("%Y-%m-%dT%H:%M:%SZ")}
        cost = {"cost": {"credits": round(charged, 2)}}
        if self._ended.get(work.id) == "cancelled":
            return reply(200, told | {"status": "CANCELLED"} | cost)
        if not desk.ready(work):
            first = work.id not in self._asked
            self._asked.add(work.id)
            waits = {"status": "THROTTLED"} if first else {"status": "RUNNING", "progress": 0.4}
            return reply(200, told | waits | {"estimatedCost": {"credits": charged}})
        if work.fault is Fault.MODERATED:
            why = {"failure": "Your prompt was moderated.", "failureCode": "SAFETY.INPUT.TEXT"}
            return reply(200, told | {"status": "FAILED"} | why | cost)
        if desk.failed(work):
            why = {"failure": "An unexpected error occurred.", "failureCode": "INTERNAL"}
            return reply(200, told | {"status": "FAILED", "cost": {"credits": 0}} | why)
        return reply(200, told | {"status": "SUCCEEDED", "output": [self.file(work)]} | cost)


ACCOUNT = {
    "creditBalance": 1234,
    "tier": {
        "maxMonthlyCreditSpend": 10_000,
        "models": {"gen4.5": {"maxConcurrentGenerations": 2, "maxDailyGenerations": 50}, "hailuo3": {}},
    },
    "usage": {"models": {"gen4.5": {"dailyGenerations": 7}}},
}


def _words(text: str, most: int) -> None:
    if not isinstance(text, str) or not 0 < len(text.encode("utf-16-le")) // 2 <= most:
        raise ValueError("promptText")


def _small(ratio: str) -> dict[str, int]:
    across, down = (16, 9) if ratio in ("auto", "adaptive") else map(int, ratio.split(":"))
    scale = 256 / max(across, down)
    return {"width": round(across * scale / 2) * 2, "height": round(down * scale / 2) * 2}


def _length(data: bytes) -> float:
    """Seconds of an MP4, from its movie header."""
    start = data.index(b"mvhd") + 4
    if data[start] != 0:
        raise ValueError("movie header")
    scale, length = struct.unpack(">II", data[start + 12 : start + 20])
    return float(length / scale)
