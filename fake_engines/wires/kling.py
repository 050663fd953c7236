"""Kling: POST /v1/videos/<kind> → {code, data: {task_id}}, GET /v1/videos/<kind>/<task> → {code, data: {task_status}}.

Lip-sync: POST /v1/videos/identify-face answers at once with a session and faces; the order names them.
A number of the caller's own (`external_task_id`) is taken once for each account.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
import secrets
import struct
import time
import wave
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# cents for a second, by mode; for five seconds of lip-sync
PRICES = {"std": 8.4, "pro": 11.2, "4k": 42.0}
LIPS_PRICE = 10.0
UNIT_CENTS = 14.0
SECRETS = {"access-1": "the secret of access-1"}
COMMON = {
    "model_name",
    "prompt",
    "duration",
    "mode",
    "sound",
    "external_task_id",
    "callback_url",
    "watermark_info",
}
FIELDS = {
    "text2video": COMMON | {"negative_prompt", "cfg_scale", "aspect_ratio", "multi_shot", "voice_list"},
    "image2video": COMMON
    | {"negative_prompt", "cfg_scale", "image", "image_tail", "multi_shot", "voice_list", "element_list"},
    "omni-video": COMMON | {"aspect_ratio", "image_list", "video_list", "element_list", "multi_shot"},
    "advanced-lip-sync": {"session_id", "face_choose", "external_task_id", "callback_url", "watermark_info"},
}
MODELS = {"text2video": "kling-v3", "image2video": "kling-v3", "omni-video": "kling-v3-omni"}
# what can be asked by the caller's own number; the newer addresses cannot
BY_OWN_NUMBER = ("text2video", "image2video")
SHAPES = {"16:9": (320, 180), "9:16": (180, 320), "1:1": (256, 256)}
CODES = {
    "unauthorized": (401, 1002),
    "not_found": (404, 1203),
    "rate_limited": (429, 1302),
    "internal": (500, 5000),
    "moderation_input": (400, 1301),
    "quota": (429, 1102),
}
# films that lie at the house from before: seconds, and (face, from, to) in milliseconds
STORED: dict[str, tuple[float, list[tuple[str, int, int]]]] = {
    "stored-face": (3.0, [("f0", 0, 3000)]),
    "stored-empty": (3.0, []),
    "stored-glimpse": (3.0, [("f0", 0, 900)]),
    "stored-two": (6.0, [("f0", 0, 1500), ("f1", 1000, 6000)]),
}
_CALL: ContextVar[str] = ContextVar("call", default="")


@dataclass(slots=True)
class Session:
    """What was seen in a film."""

    seconds: float
    faces: list[tuple[str, int, int]]


class Kling(Wire):
    """Strict about fields and their types: a length is text, a picture is bare base64."""

    engine = "kling"

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        self._sessions: dict[str, Session] = {}

    def admit(self, call: Call) -> None:
        """A key of the house, or a signed token."""
        _account(call)

    def order(self, call: Call) -> Ordered | None:
        """One of the four addresses that make something."""
        if call.method != "POST" or len(call.path) != 3 or call.path[2] not in FIELDS:
            return None
        kind, body = call.path[2], call.json()
        unknown = set(body) - FIELDS[kind]
        if unknown:
            raise ValueError(f"unknown fields {sorted(unknown)}")
        params = self._lips(body) if kind == "advanced-lip-sync" else _clip(kind, body)
        milli = params.pop("milli")
        params |= {"path": kind, "own": body.get("external_task_id", ""), "account": _account(call)}
        params["call"] = secrets.token_hex(8)
        _CALL.set(params["call"])
        key = f"{params['account']} {kind} {params['own']}" if params["own"] else ""
        return Ordered(
            body.get("model_name", kind), "clip", milli, params, key, keyed=bool(key), looked_up=bool(key)
        )

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The task; a number that was taken before is refused, and nothing new is made."""
        if work.params["call"] != _CALL.get():
            raise ValueError("external_task_id is not unique")
        return _told(self._task(work, "submitted"))

    def other(self, call: Call, desk: Desk) -> Answer:
        """Faces, states, lists, packages."""
        match (call.method, call.path):
            case ("POST", ["v1", "videos", "identify-face"]):
                return _told(self._identify(call.json(), desk))
            case ("GET", ["v1", "videos", kind]) if kind in FIELDS:
                return self._list(kind, _account(call), desk, call.query)
            case ("GET", ["v1", "videos", kind, number]) if kind in FIELDS:
                return self._state(kind, number, _account(call), desk)
            case ("GET", ["account", "costs"]):
                int(call.query["start_time"]), int(call.query["end_time"])
                packs = [
                    {"resource_pack_name": "Video", "total_quantity": 5000.0, "remaining_quantity": 1234.5}
                ]
                return _told({"code": 0, "msg": "", "resource_pack_subscribe_infos": packs})
        raise Refused(404, "1202")

    def refused(self, status: int, code: str) -> Answer:
        """The number is what counts: 429 stands for many things."""
        if code.isdecimal():
            number = int(code)
        else:
            status, number = CODES.get(code, (400, 1201))
        return reply(status, {"code": number, "message": code, "request_id": secrets.token_hex(8)})

    def callback(self, work: Work, secret: str) -> tuple[dict[str, str], bytes]:
        """The task, unsigned."""
        return {"Content-Type": "application/json"}, json.dumps(self._task(work, "succeed")).encode()

    # -- states

    def _state(self, kind: str, number: str, account: str, desk: Desk) -> Answer:
        if kind in BY_OWN_NUMBER and number not in desk.works:
            work = desk.by_key(f"{account} {kind} {number}", self.engine)
        else:
            work = desk.find(number)
        if work.params.get("path") != kind:
            raise Refused(404, "not_found")
        if not desk.ready(work):
            return _told(self._task(work, "processing"))
        if desk.failed(work):
            return _told(
                self._task(work, "failed") | {"task_status_msg": "The generation failed, please try again."}
            )
        video = {"id": f"{work.id}-v", "url": self.file(work), "duration": f"{work.params['frames'] / 24:g}"}
        units = f"{work.milli / 1000 / UNIT_CENTS:.6f}"
        return _told(
            self._task(work, "succeed") | {"task_result": {"videos": [video]}, "final_unit_deduction": units}
        )

    def _list(self, kind: str, account: str, desk: Desk, query: dict[str, str]) -> Answer:
        page, size = int(query.get("pageNum", "1")), int(query.get("pageSize", "30"))
        if not 1 <= page <= 1000 or not 1 <= size <= 500:
            raise ValueError("page")
        own = [
            w for w in desk.works.values() if w.engine == self.engine and w.params.get("account") == account
        ]
        newest = [w for w in reversed(own) if w.params["path"] == kind]
        return _told([self._task(w, "processing") for w in newest[(page - 1) * size : page * size]])

    def _task(self, work: Work, status: str) -> dict[str, Any]:
        now = int(time.time() * 1000)
        info = {"external_task_id": work.params["own"]}
        return {
            "task_id": work.id,
            "task_status": status,
            "task_info": info,
            "created_at": now,
            "updated_at": now,
        }

    # -- lip-sync

    def _identify(self, body: dict[str, Any], desk: Desk) -> dict[str, Any]:
        if set(body) not in ({"video_id"}, {"video_url"}):
            raise ValueError("exactly one of video_id and video_url")
        if "video_url" in body:
            raise ValueError("video_url cannot be fetched")
        if body["video_id"] in STORED:
            seconds, faces = STORED[body["video_id"]]
        else:
            work = desk.find(str(body["video_id"]).removesuffix("-v"))
            seconds = work.params["frames"] / 24
            faces = [("f0", 0, round(seconds * 1000))]
        number = secrets.token_hex(6)
        self._sessions[number] = Session(seconds, faces)
        told = [
            {"face_id": f, "face_image": f"{self.files}/face", "start_time": a, "end_time": b}
            for f, a, b in faces
        ]
        return {"session_id": number, "face_data": told, "final_unit_deduction": "0"}

    def _lips(self, body: dict[str, Any]) -> dict[str, Any]:
        session = self._sessions[body["session_id"]]
        (face,) = body["face_choose"]
        if ("sound_file" in face) == ("audio_id" in face):
            raise ValueError("exactly one of sound_file and audio_id")
        (span,) = [(a, b) for name, a, b in session.faces if name == face["face_id"]]
        start, end, insert = (face[f"sound_{name}_time"] for name in ("start", "end", "insert"))
        if not all(isinstance(value, int) and value >= 0 for value in (start, end, insert)):
            raise ValueError("times are whole milliseconds")
        if end > _sound_ms(face["sound_file"]) or end - start < 2000:
            raise ValueError("the cut of the sound")
        if insert + end - start > session.seconds * 1000:
            raise ValueError("the sound ends after the film")
        if min(insert + end - start, span[1]) - max(insert, span[0]) < 2000:
            raise ValueError("less than two seconds with the face")
        if not all(0 <= face.get(name, 1) <= 2 for name in ("sound_volume", "original_audio_volume")):
            raise ValueError("volume")
        milli = round(-(-session.seconds // 5) * LIPS_PRICE * 1000)
        return {
            "milli": milli,
            "width": 320,
            "height": 180,
            "rate": "24",
            "frames": round(session.seconds * 24),
        }


def _clip(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    if body["model_name"] != MODELS[kind] or body.get("mode", "std") not in PRICES:
        raise Refused(404, "1203")
    seconds = body.get("duration", "5")
    if not isinstance(seconds, str) or seconds not in {str(n) for n in range(3, 16)}:
        raise ValueError("duration")
    if body.get("sound", "off") not in ("on", "off"):
        raise ValueError("sound")
    words = [body.get("prompt", ""), body.get("negative_prompt", "")]
    if any(not isinstance(text, str) or len(text) > 2500 for text in words):
        raise ValueError("prompt")
    {"text2video": _from_words, "image2video": _from_image, "omni-video": _omni}[kind](body)
    width, height = SHAPES[body.get("aspect_ratio", "16:9")]
    figures = {"width": width, "height": height, "rate": "24", "frames": int(seconds) * 24}
    return {
        "milli": round(int(seconds) * PRICES[body.get("mode", "std")] * 1000),
        **figures,
        "prompt": words[0],
    }


def _from_words(body: dict[str, Any]) -> None:
    if not body["prompt"] or body.get("aspect_ratio", "16:9") not in SHAPES:
        raise ValueError("prompt or aspect_ratio")


def _from_image(body: dict[str, Any]) -> None:
    for name in ("image", "image_tail"):
        if name in body:
            _picture(body[name])
    if "image" not in body and "image_tail" not in body:
        raise ValueError("no image")


def _omni(body: dict[str, Any]) -> None:
    pictures = body.get("image_list", [])
    kinds = [one.get("type") for one in pictures]
    if len(pictures) > 7 or any(set(one) - {"image_url", "type"} for one in pictures):
        raise ValueError("image_list")
    if any(kind not in ("first_frame", "end_frame", None) for kind in kinds) or len(
        set(kinds) - {None}
    ) < sum(kind is not None for kind in kinds):
        raise ValueError("type of an image")
    if "end_frame" in kinds and "first_frame" not in kinds:
        raise ValueError("an end frame alone")
    for one in pictures:
        _picture(one["image_url"])
    named = {int(number) for number in re.findall(r"<<<image_(\d+)>>>", body["prompt"])}
    if named - set(range(1, len(pictures) + 1)):
        raise ValueError("a picture that is not there")
    if "first_frame" not in kinds and body.get("aspect_ratio") not in SHAPES:
        raise ValueError("aspect_ratio")


def _picture(text: str) -> None:
    data = base64.b64decode(text, validate=True)
    if len(data) > 10_000_000:
        raise ValueError("the picture is too large")
    if data.startswith(b"\x89PNG"):
        width, height = struct.unpack(">II", data[16:24])
        if min(width, height) < 300 or max(width, height) > 2.5 * min(width, height):
            raise ValueError("size of the picture")
    elif not data.startswith(b"\xff\xd8\xff"):
        raise ValueError("neither PNG nor JPEG")


def _sound_ms(text: str) -> float:
    data = base64.b64decode(text, validate=True)
    if len(data) > 5_000_000:
        raise ValueError("the sound is too large")
    with wave.open(io.BytesIO(data)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    if not 2 <= seconds <= 60:
        raise ValueError("length of the sound")
    return float(seconds) * 1000


def _account(call: Call) -> str:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise Refused(401, "1001")
    if token.count(".") != 2:
        if not token.startswith("key-"):
            raise Refused(401, "1002")
        return token
    head, claims, proof = token.split(".")
    if json.loads(_raw(head)) != {"alg": "HS256", "typ": "JWT"}:
        raise Refused(401, "1002")
    said = json.loads(_raw(claims))
    secret = SECRETS.get(said.get("iss"), "")
    right = hmac.new(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    if not secret or not hmac.compare_digest(right, _raw(proof)):
        raise Refused(401, "1002")
    if said["nbf"] > time.time():
        raise Refused(401, "1003")
    if said["exp"] < time.time():
        raise Refused(401, "1004")
    return str(said["iss"])


def _raw(part: str) -> bytes:
    if "=" in part:
        raise Refused(401, "1002")
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _told(data: Any) -> Answer:
    return reply(200, {"code": 0, "message": "SUCCEED", "request_id": secrets.token_hex(8), "data": data})
