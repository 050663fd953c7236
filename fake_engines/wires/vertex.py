"""Veo on Vertex AI: :predictLongRunning → {name}, :fetchPredictOperation {operationName} → {done, response | error}.

Tokens are given for a service account's signed word, and only to keys that were uploaded before.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply
from fake_engines.wires.wire import Ordered, Wire

# milli-credits for a second, by resolution
PRICES = {
    "veo-3.1-generate-001": {"720p": 40_000, "1080p": 40_000, "4k": 60_000},
    "veo-3.1-fast-generate-001": {"720p": 10_000, "1080p": 12_000, "4k": 30_000},
}
LINES = {"720p": 720, "1080p": 1080, "4k": 2160}
INSTANCE = {"prompt", "image", "lastFrame", "video", "referenceImages"}
PARAMETERS = {"aspectRatio", "durationSeconds", "resolution", "sampleCount", "seed", "negativePrompt"}
PARAMETERS |= {"personGeneration", "generateAudio", "enhancePrompt", "storageUri", "compressionQuality"}
PARAMETERS |= {"resizeMode", "fps"}
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN, KEYS = ["token"], ["v1", "serviceAccounts", "keys:upload"]


class Vertex(Wire):
    """Knows its service accounts by their public keys, and its tokens until they end."""

    engine = "vertex"

    def __init__(self, home: str, files: str) -> None:
        super().__init__(home, files)
        self._keys: dict[tuple[str, str], rsa.RSAPublicKey] = {}
        self._tokens: dict[str, float] = {}

    def admit(self, call: Call) -> None:
        """A token that was given here and has not ended; none where tokens and keys are brought."""
        if call.path in (TOKEN, KEYS):
            return
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or self._tokens.get(token, 0.0) < time.time():
            raise Refused(401, "unauthorized")

    def order(self, call: Call) -> Ordered | None:
        """One address for each model."""
        verb = call.path[-1].partition(":")[2] if call.path else ""
        if call.method != "POST" or verb != "predictLongRunning":
            return None
        model, where = _addressed(call.path)
        body = call.json()
        _known(body, {"instances", "parameters"})
        (instance,) = body["instances"]
        parameters = body["parameters"]
        _known(instance, INSTANCE)
        _known(parameters, PARAMETERS)
        _pictures(instance)
        return _ordered(model, where, instance, parameters)

    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The name of the operation."""
        return reply(200, {"name": _name(work)})

    def other(self, call: Call, desk: Desk) -> Answer:
        """Tokens, keys, operations, and whether a model is there."""
        if call.path == TOKEN:
            return self._token(call)
        if call.path == KEYS:
            return self._upload(call.json())
        if call.method == "POST" and call.path[-1].endswith(":fetchPredictOperation"):
            return self._operation(call, desk)
        listed = [["v1beta1", "publishers", "google", "models", model] for model in PRICES]
        if call.method == "GET" and call.path in listed:
            return reply(200, {"name": "/".join(call.path[1:]), "versionId": "001"})
        raise Refused(404, "not_found")

    def _operation(self, call: Call, desk: Desk) -> Answer:
        _addressed(call.path)
        name = str(call.json()["operationName"])
        work = desk.find(name.rpartition("/")[2])
        if name != _name(work):
            raise Refused(404, "not_found")
        if not desk.ready(work):
            return reply(200, {"name": name})
        if desk.failed(work):
            return reply(
                200, {"name": name, "done": True, "error": {"code": 13, "message": "Internal error."}}
            )
        mime, data = desk.result(work)
        video = {"bytesBase64Encoded": base64.b64encode(data).decode(), "mimeType": mime}
        kind = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"
        return reply(200, {"name": name, "done": True, "response": {"@type": kind, "videos": [video]}})

    def _upload(self, body: dict[str, Any]) -> Answer:
        """The public half of a service account's key."""
        key = load_pem_public_key(base64.b64decode(body["publicKeyData"]))
        if not isinstance(key, rsa.RSAPublicKey):
            raise Refused(400, "invalid: not an RSA key")
        self._keys[body["email"], body["keyId"]] = key
        return reply(200, {"name": body["keyId"]})

    def _token(self, call: Call) -> Answer:
        form = {name: values[-1] for name, values in parse_qs(call.body.decode()).items()}
        if form.get("grant_type") != GRANT:
            return reply(400, {"error": "unsupported_grant_type"})
        claims = self._claims(form.get("assertion", ""))
        if claims is None:
            return reply(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        age = time.time() - claims["iat"]
        if claims["aud"] != f"{self.home}/token" or claims["scope"] != SCOPE or not -60 < age < 300:
            return reply(400, {"error": "invalid_grant", "error_description": "Invalid JWT claims."})
        if not 0 < claims["exp"] - claims["iat"] <= 3600:
            return reply(400, {"error": "invalid_grant", "error_description": "It must be short-lived."})
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self._tokens[token] = time.time() + 3599
        return reply(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _claims(self, assertion: str) -> dict[str, Any] | None:
        try:
            signed, _, mark = assertion.rpartition(".")
            head, claims = (json.loads(_unpacked(part)) for part in signed.split("."))
            key = self._keys[claims["iss"], head["kid"]]
            if head["alg"] != "RS256":
                return None
            key.verify(_unpacked(mark), signed.encode(), padding.PKCS1v15(), SHA256())
        except (ValueError, KeyError, TypeError, InvalidSignature):
            return None
        return dict(claims)

    def refused(self, status: int, code: str) -> Answer:
        """Google's form; a safety filter is a number in the text."""
        words = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
        words |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
        message = code
        if code == "moderation_input":
            message = "The prompt could not be submitted. Support codes: 58061214"
        status = 400 if status == 422 else status
        return reply(
            status, {"error": {"code": status, "message": message, "status": words.get(status, "UNKNOWN")}}
        )


def _addressed(path: list[str]) -> tuple[str, str]:
    """The model, and project and location, of an address."""
    match path:
        case ["v1", "projects", project, "locations", place, "publishers", "google", "models", last]:
            return last.partition(":")[0], f"projects/{project}/locations/{place}"
    raise Refused(404, "not_found")


def _name(work: Work) -> str:
    return f"{work.params['where']}/publishers/google/models/{work.model}/operations/{work.id}"


def _known(body: dict[str, Any], allowed: set[str]) -> None:
    if unknown := set(body) - allowed:
        raise Refused(400, f"invalid: unknown {sorted(unknown)}")


def _pictures(instance: dict[str, Any]) -> None:
    held = [instance[name] for name in ("image", "lastFrame") if name in instance]
    references = instance.get("referenceImages", [])
    for one in references:
        _known(one, {"image", "referenceType"})
        if one["referenceType"] not in ("asset", "style"):
            raise Refused(400, "invalid: referenceType")
        held.append(one["image"])
    for one in held:
        _known(one, {"bytesBase64Encoded", "gcsUri", "mimeType"})
        if one["mimeType"] not in ("image/png", "image/jpeg"):
            raise Refused(400, "invalid: mimeType")
        base64.b64decode(one["bytesBase64Encoded"], validate=True)
    if len(references) > 3 or (references and ("image" in instance or "lastFrame" in instance)):
        raise Refused(400, "invalid: referenceImages")
    if "lastFrame" in instance and "image" not in instance:
        raise Refused(400, "invalid: lastFrame")


def _ordered(model: str, where: str, instance: dict[str, Any], parameters: dict[str, Any]) -> Ordered:
    if model not in PRICES:
        raise Refused(404, "not_found")
    seconds, resolution = parameters["durationSeconds"], parameters.get("resolution", "720p")
    if (
        seconds not in (4, 6, 8)
        or isinstance(seconds, bool)
        or parameters["aspectRatio"] not in ("16:9", "9:16")
    ):
        raise Refused(400, "invalid: durationSeconds or aspectRatio")
    if seconds != 8 and (resolution != "720p" or "referenceImages" in instance):
        raise Refused(400, "invalid: only in eight seconds")
    if parameters.get("sampleCount", 1) != 1 or not 0 <= parameters.get("seed", 0) < 2**32:
        raise Refused(400, "invalid: sampleCount or seed")
    if not instance["prompt"] or not isinstance(parameters.get("generateAudio", True), bool):
        raise Refused(400, "invalid: prompt or generateAudio")
    lines = LINES[resolution]
    wide = (16 * lines // 9, lines) if parameters["aspectRatio"] == "16:9" else (lines, 16 * lines // 9)
    # small pictures here: what is tried is the way, and the size stands in the log
    facts = {
        "width": wide[0] // 4,
        "height": wide[1] // 4,
        "frames": 24 * seconds,
        "rate": "24",
        "where": where,
    }
    return Ordered(model, "clip", PRICES[model][resolution] * seconds, facts | {"resolution": resolution})


def _unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
