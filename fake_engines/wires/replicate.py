"""Replicate: POST /v1/models/<owner>/<name>/predictions {input} → 201 {id, status, urls}; GET /v1/predictions/<id>.

Files are brought to /v1/files. Failures are told in a text; a refusal of the model's rules carries the code E005.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

Schema = dict[str, Any]
SHAPES = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive")
FLUX: Schema = {
    "prompt!": str,
    "input_images": 8,
    "aspect_ratio": ("custom", "match_input_image", "1:1", "16:9", "9:16"),
    "resolution": ("match_input_image", "0.5 MP", "1 MP", "2 MP", "4 MP"),
    "width": (256, 2048),
    "height": (256, 2048),
    "safety_tolerance": (1, 5),
    "seed": int,
    "output_format": ("webp", "jpg", "png"),
    "output_quality": (0, 100),
}
SEEDANCE: Schema = {
    "prompt!": str,
    "image": "file",
    "last_frame_image": "file",
    "reference_images": 9,
    "reference_videos": 3,
    "reference_audios": 3,
    "duration": (-1, 15),
    "resolution": ("480p", "720p", "1080p"),
    "aspect_ratio": SHAPES,
    "generate_audio": bool,
    "seed": int,
}
WAN: Schema = {
    "first_frame": "file",
    "last_frame": "file",
    "first_clip": "file",
    "audio": "file",
    "prompt": str,
    "negative_prompt": str,
    "resolution": ("720p", "1080p"),
    "duration": (2, 15),
    "enable_prompt_expansion": bool,
    "seed": (0, 2_147_483_647),
}
MODELS: dict[str, tuple[str, Schema]] = {
    "black-forest-labs/flux-2-pro": ("keyframe", FLUX),
    "bytedance/seedance-2.0": ("clip", SEEDANCE),
    "wan-video/wan-2.7-i2v": ("clip", WAN),
}
VERSIONS = {"d9a13cff": "black-forest-labs/flux-2-pro"}
SECONDS = {
    "bytedance/seedance-2.0": {"480p": 13_500, "720p": 30_400, "1080p": 68_200},
    "wan-video/wan-2.7-i2v": {"720p": 10_000, "1080p": 20_000},
}


class Replicate(Wire):
    """Checks an input against the model's own schema."""

    engine = "replicate"
    moderates_later = True

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        self.held: dict[str, bytes] = {}

    def order(self, call: Call) -> Ordered | None:
        """By name or by version."""
        match (call.method, call.path):
            case ("POST", ["v1", "models", owner, name, "predictions"]):
                model = f"{owner}/{name}"
            case ("POST", ["v1", "predictions"]):
                model = VERSIONS.get(call.json()["version"], "")
            case _:
                return None
        if model not in MODELS:
            raise Refused(404, "not_found")
        body = call.json()
        if set(body) - {"input", "version", "webhook", "webhook_events_filter", "stream"}:
            raise Refused(422, "extra field")
        if not str(body.get("webhook", "https://x")).startswith("https://"):
            raise Refused(422, "webhook is not https")
        kind, schema = MODELS[model]
        self._check(body["input"], schema)
        milli, params = _priced(model, body["input"])
        return Ordered(model, kind, milli, params)

    def _check(self, given: dict[str, Any], schema: Schema) -> None:
        rules = {name.rstrip("!"): rule for name, rule in schema.items()}
        missing = [name for name in schema if name.endswith("!") and name.rstrip("!") not in given]
        unknown = set(given) - set(rules)
        if missing or unknown:
            raise Refused(422, f"missing {missing}, unknown {sorted(unknown)}")
        wrong = [name for name, value in given.items() if not self._fits(value, rules[name])]
        if wrong:
            raise Refused(422, f"wrong: {wrong}")
        if "reference_images" in given and {"image", "last_frame_image"} & set(given):
            raise Refused(422, "references and frames cannot be used together")
        if "last_frame_image" in given and "image" not in given:
            raise Refused(422, "a last frame needs a first one")

    def _fits(self, value: Any, rule: Any) -> bool:
        if isinstance(rule, int):
            return isinstance(value, list) and len(value) <= rule and all(one in self.held for one in value)
        if rule == "file":
            return value in self.held
        if isinstance(rule, tuple) and isinstance(rule[0], int):
            return type(value) is int and rule[0] <= value <= rule[1]
        if isinstance(rule, tuple):
            return value in rule
        return type(value) is rule

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The prediction, as it begins."""
        return reply(201, self._prediction(work, "starting"))

    def other(self, call: Call, desk: Desk) -> Answer:
        """Predictions, files, the account."""
        match (call.method, call.path):
            case ("GET", ["v1", "predictions", number]):
                return reply(200, self._state(desk.find(number), desk))
            case ("POST", ["v1", "predictions", number, "cancel"]):
                work = desk.find(number)
                ended = desk.ready(work)
                return reply(200, self._state(work, desk) if ended else self._prediction(work, "canceled"))
            case ("POST", ["v1", "files"]):
                address = f"{self.home}/v1/files/{secrets.token_hex(6)}"
                self.held[address] = call.form()["content"][0]
                return reply(201, {"id": address[-12:], "urls": {"get": address}})
            case ("GET", ["v1", "account"]):
                return reply(200, {"type": "organization", "username": "studio", "name": "Studio"})
        raise Refused(404, "not_found")

    def _state(self, work: Work, desk: Desk) -> dict[str, Any]:
        if not desk.ready(work):
            return self._prediction(work, "processing")
        if work.fault is Fault.MODERATED:
            said = "The input or output was flagged as sensitive. Please try again. (E005) (x1)"
            return self._prediction(work, "failed", error=said)
        if desk.failed(work):
            return self._prediction(work, "failed", error="Prediction failed. (E1000)")
        address = f"{self.file(work)}?name=out.{'png' if work.kind == 'keyframe' else 'mp4'}"
        output: Any = [address] if "wan" in work.model else address
        return self._prediction(work, "succeeded", output=output, metrics={"predict_time": 3.5})

    def _prediction(self, work: Work, status: str, **more: Any) -> dict[str, Any]:
        get = f"{self.home}/v1/predictions/{work.id}"
        facts = {
            "id": work.id,
            "model": work.model,
            "version": "hidden",
            "input": work.params,
            "output": None,
            "error": None,
            "logs": "",
            "metrics": {},
            "status": status,
            "urls": {"get": get, "cancel": f"{get}/cancel"},
        }
        return facts | more

    def callback(self, work: Work, secret: str) -> tuple[dict[str, str], bytes]:
        """Standard Webhooks; an older signature stands before the right one, as after a change of the secret."""
        raw = json.dumps(self._prediction(work, "succeeded")).encode()
        number, stamp = f"msg_{work.id}", str(int(time.time()))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        made = hmac.new(key, f"{number}.{stamp}.".encode() + raw, hashlib.sha256).digest()
        signed = f"v1,{base64.b64encode(b'o' * 32).decode()} v1,{base64.b64encode(made).decode()}"
        return {"webhook-id": number, "webhook-timestamp": stamp, "webhook-signature": signed}, raw

    def refused(self, status: int, code: str) -> Answer:
        """A problem description, without a code."""
        return reply(status, {"title": code, "detail": code, "status": status})


def _priced(model: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if model in SECONDS:
        seconds = given.get("duration", 5)
        each = SECONDS[model][given.get("resolution", "720p")]
        return seconds * each, {"width": 160, "height": 90, "rate": "24", "frames": seconds * 24}
    megapixels = -(-given["width"] * given["height"] // 1_000_000)
    milli = 1_500 + 1_500 * megapixels + 1_500 * len(given.get("input_images", []))
    return milli, {"width": given["width"], "height": given["height"]}
