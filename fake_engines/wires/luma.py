"""Luma Agents API: POST /generations → 201 {id, state}, GET /generations/<id> → {state, output | failure_code}."""

from __future__ import annotations

import base64
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# cents for five seconds; ten seconds cost three times as much
CLIPS = {"360p": 15.0, "540p": 15.0, "720p": 30.0, "1080p": 120.0}
STILLS = {"uni-1": 4.04, "uni-1-max": 10.0}
EACH_REFERENCE = 0.3
FIELDS = {
    "model",
    "type",
    "prompt",
    "aspect_ratio",
    "video",
    "image_ref",
    "output_format",
    "style",
    "user_id",
}
FIELDS |= {"source", "web_search"}
CLIP_RATIOS = {"9:16", "3:4", "1:1", "4:3", "16:9", "21:9"}
STILL_RATIOS = CLIP_RATIOS | {"3:1", "2:1", "3:2", "2:3", "1:2", "1:3"}
VIDEO = {"resolution", "duration", "start_frame", "end_frame", "keyframes", "keyframe_indexes"}
VIDEO |= {"loop", "hdr", "exr_export"}


class Luma(Wire):
    """One address for stills and clips. Rules are applied after acceptance."""

    engine = "luma"
    moderates_later = True

    def order(self, call: Call) -> Ordered | None:
        """A generation; what does not belong to its type is refused."""
        if (call.method, call.path) != ("POST", ["v1", "generations"]):
            return None
        body = call.json()
        if set(body) - FIELDS or not 1 <= len(body["prompt"]) <= 6000:
            raise Refused(422, "invalid: fields")
        return _clip(body) if body["type"] == "video" else _still(body)

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """201, with the generation as it stands."""
        return reply(201, self._generation(work, "queued"))

    def other(self, call: Call, desk: Desk) -> Answer:
        """The state of a generation."""
        if call.method != "GET" or call.path[:2] != ["v1", "generations"]:
            raise Refused(404, "not_found")
        work = desk.find(call.path[2])
        if not desk.ready(work):
            return reply(200, self._generation(work, "processing"))
        if work.fault is Fault.MODERATED:
            return reply(200, self._generation(work, "failed", failure_code="content_moderated"))
        if desk.failed(work):
            return reply(200, self._generation(work, "failed", failure_code="generation_failed"))
        kind = "video" if work.kind == "clip" else "image"
        return reply(
            200, self._generation(work, "completed", output=[{"type": kind, "url": self.file(work)}])
        )

    def _generation(self, work: Work, state: str, **more: Any) -> dict[str, Any]:
        kind = "video" if work.kind == "clip" else "image"
        blank: dict[str, Any] = {"output": [], "failure_code": None, "failure_reason": None}
        return {"id": work.id, "model": work.model, "type": kind, "state": state, **blank, **more}

    def refused(self, status: int, code: str) -> Answer:
        """A text under `detail`."""
        return reply(402 if code == "quota" else status, {"detail": code})


def _still(body: dict[str, Any]) -> Ordered:
    model, held = body["model"], body.get("image_ref", [])
    if body["type"] != "image" or "video" in body or len(held) > 9:
        raise Refused(422, "invalid: type")
    if body.get("output_format", "png") not in ("png", "jpeg") or body["aspect_ratio"] not in STILL_RATIOS:
        raise Refused(422, "invalid: format")
    for one in held:
        _picture(one)
    across, down = map(int, body["aspect_ratio"].split(":"))
    milli = round((STILLS[model] + EACH_REFERENCE * len(held)) * 1000)
    return Ordered(model, "keyframe", milli, {"width": 16 * across, "height": 16 * down})


def _clip(body: dict[str, Any]) -> Ordered:
    video = body.get("video", {})
    if body["model"] != "ray-3.2" or set(video) - VIDEO or {"image_ref", "output_format"} & set(body):
        raise Refused(422, "invalid: video")
    size, long = video.get("resolution", "720p"), video.get("duration", "5s")
    if size not in CLIPS or long not in ("5s", "10s") or body.get("aspect_ratio", "16:9") not in CLIP_RATIOS:
        raise Refused(422, "invalid: size")
    seconds = int(long[:-1])
    _pins(video, seconds)
    milli = round(CLIPS[size] * 1000) * (3 if seconds == 10 else 1)
    return Ordered(
        "ray-3.2", "clip", milli, {"width": 160, "height": 90, "rate": "24", "frames": 24 * seconds}
    )


def _pins(video: dict[str, Any], seconds: int) -> None:
    ends = {"start_frame", "end_frame"} & set(video)
    pins, places = video.get("keyframes", []), video.get("keyframe_indexes", [])
    if ends and (seconds != 5 or pins):
        raise Refused(422, "invalid: start and end frames go with five seconds and without keyframes")
    if len(pins) != len(places) or len(pins) > 64 or len(set(places)) != len(places):
        raise Refused(422, "invalid: keyframes")
    if any(not 0 <= place <= 24 * seconds for place in places) or ("keyframes" in video and not pins):
        raise Refused(422, "invalid: keyframe_indexes")
    for one in [*pins, *(video[name] for name in ends)]:
        _picture(one)


def _picture(one: dict[str, Any]) -> None:
    """Exactly one of address, data, file and generation; data with its type."""
    if len({"url", "data", "file_id", "generation_id"} & set(one)) != 1:
        raise Refused(422, "invalid: picture")
    if "data" in one:
        base64.b64decode(one["data"], validate=True)
        if one["media_type"] not in ("image/png", "image/jpeg", "image/webp"):
            raise Refused(422, "invalid: media_type")
