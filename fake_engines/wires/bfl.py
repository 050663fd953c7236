"""Black Forest Labs: POST /v1/<endpoint> → {id, polling_url}, GET polling_url → {status, result}."""

from __future__ import annotations

import base64
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# cents for the first megapixel, cents for each further one
PRICES = {
    "flux-2-pro": (3.0, 1.5),
    "flux-2-max": (7.0, 3.0),
    "flux-kontext-pro": (4.0, 0.0),
    "flux-kontext-max": (8.0, 0.0),
}
# cents a second
CLIPS = {"hd": 24.0, "fhd": 41.0}
CLIP_RATIOS = {"auto", "21:9", "2:1", "16:9", "4:3", "1:1", "3:4", "9:16"}
CLIP = {"mode", "prompt", "aspect_ratio", "resolution", "duration", "generate_audio", "version", "draft"}
FLUX_2 = {
    "prompt",
    "seed",
    "width",
    "height",
    "output_format",
    "input_image",
    "safety_tolerance",
    "prompt_upsampling",
}
FLUX_2 |= {f"input_image_{number}" for number in range(2, 9)}
KONTEXT = {
    "prompt",
    "seed",
    "aspect_ratio",
    "output_format",
    "input_image",
    "guidance",
    "steps",
    "safety_tolerance",
}


class Bfl(Wire):
    """Strict about fields, as the house is."""

    engine = "bfl"
    moderates_later = True

    def admit(self, call: Call) -> None:
        """The key's own header."""
        if not call.headers.get("x-key"):
            raise Refused(401, "unauthorized")

    def order(self, call: Call) -> Ordered | None:
        """An endpoint for each model; an unknown field is refused."""
        if call.method != "POST":
            return None
        endpoint, body = call.path[1], call.json()
        if endpoint == "flux-3-video":
            return _clip(body)
        if endpoint not in PRICES:
            raise Refused(404, "not_found")
        unknown = set(body) - (KONTEXT if "kontext" in endpoint else FLUX_2)
        if unknown or not body["prompt"] or not isinstance(body.get("seed", 0), int):
            raise Refused(422, f"invalid: {sorted(unknown)}")
        for name in [name for name in body if name.startswith("input_image")]:
            base64.b64decode(body[name], validate=True)
        width, height = self._size(body)
        return Ordered(
            endpoint,
            "keyframe",
            _price(endpoint, width * height),
            {"width": width, "height": height, **_words(body)},
        )

    def _size(self, body: dict[str, Any]) -> tuple[int, int]:
        if "aspect_ratio" in body:
            across, down = map(int, body["aspect_ratio"].split(":"))
            return 16 * across, 16 * down
        width, height = body["width"], body["height"]
        if width % 16 or height % 16 or min(width, height) < 64 or width * height > 4_000_000:
            raise Refused(422, "invalid: size")
        return width, height

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The number and where to ask."""
        return reply(200, {"id": work.id, "polling_url": f"{self.home}/v1/get_result?id={work.id}"})

    def other(self, call: Call, desk: Desk) -> Answer:
        """The state; what is left."""
        if call.path == ["v1", "credits"]:
            return reply(200, {"credits": 1234.5})
        if call.path != ["v1", "get_result"]:
            raise Refused(404, "not_found")
        work = desk.find(call.query["id"])
        if not desk.ready(work):
            return reply(200, {"id": work.id, "status": "Pending", "result": None})
        if work.fault is Fault.MODERATED:
            return reply(200, {"id": work.id, "status": "Request Moderated", "result": None})
        if desk.failed(work):
            return reply(
                200, {"id": work.id, "status": "Error", "result": None, "details": {"why": "failed"}}
            )
        result = {"sample": self.file(work), "prompt": work.params["prompt"]}
        result |= {"seed": work.params["seed"]} if work.kind == "keyframe" else {}
        return reply(200, {"id": work.id, "status": "Ready", "result": result})

    def refused(self, status: int, code: str) -> Answer:
        """A text under `error`."""
        if status == 404:
            return reply(404, {"status": "Task not found"})
        names = {"rate_limited": "rate_limit_exceeded", "quota": "insufficient_credits"}
        return reply(status, {"error": names.get(code, code), "message": code})


def _price(endpoint: str, pixels: int) -> int:
    first, further = PRICES[endpoint]
    more = -(-max(0, pixels - 1_000_000) // 1_000_000)
    return round((first + further * more) * 1000)


def _words(body: dict[str, Any]) -> dict[str, Any]:
    return {"prompt": body["prompt"], "seed": body.get("seed", 0)}


def _clip(body: dict[str, Any]) -> Ordered:
    """FLUX 3: a field outside its mode is refused, and there is no seed."""
    own = CLIP | {"keyframes"} if body["mode"] == "i2v" else CLIP
    if body["mode"] not in ("t2v", "i2v") or set(body) - own or not body["prompt"]:
        raise Refused(422, "invalid: fields")
    size, seconds = body.get("resolution", "hd"), body["duration"]
    if size not in CLIPS or body.get("aspect_ratio", "auto") not in CLIP_RATIOS:
        raise Refused(422, "invalid: size")
    if (
        type(seconds) is not int
        or not 5 <= seconds <= 20
        or type(body.get("generate_audio", True)) is not bool
    ):
        raise Refused(422, "invalid: duration")
    if body["mode"] == "i2v":
        pins = body["keyframes"] if isinstance(body["keyframes"], list) else [body["keyframes"]]
        if not 1 <= len(pins) <= 10:
            raise Refused(422, "invalid: keyframes")
        for pin in pins:
            base64.b64decode(pin, validate=True)
    made = {"width": 160, "height": 90, "rate": "24", "frames": 24 * seconds, "prompt": body["prompt"]}
    return Ordered("flux-3-video", "clip", round(CLIPS[size] * seconds * 1000), made)
