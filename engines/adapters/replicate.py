"""Replicate: models behind one kind of prediction. A model is a row (see `declared`); nothing here knows one.

Contract: docs/engines/replicate.md. Official models are ordered by name, others by the number of their version. Results
and inputs are removed after an hour, so they are fetched at once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from engines.adapters.base import (
    AuthRefused,
    Done,
    EngineError,
    GenerationFailed,
    InvalidInput,
    Model,
    ModerationInput,
    NotReached,
    Output,
    Request,
    ResultGone,
    State,
    Submitted,
)
from engines.adapters.declared import Declared
from engines.adapters.orders import Order
from engines.adapters.remote import SUFFIXES, Json

WAITING = ("starting", "processing", "queued")
STOPPED = ("canceled", "aborted")
TOLERANCE = 300.0
# the house's own codes stand in brackets in the text of an error
CODE = re.compile(r"\b(E\d{3,4})\b")
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".mp4": "video/mp4"}
TYPES |= {".wav": "audio/wav", ".mp3": "audio/mpeg"}


class Replicate(Declared):
    """Predictions of official and other models."""

    key = "replicate"
    probe = "/v1/account"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "E005": ModerationInput,
        "E1001": InvalidInput,
        "canceled": GenerationFailed,
        "aborted": GenerationFailed,
    }

    def asked(self, request: Request, model: Model) -> Order:
        """By name, or by the number of a version."""
        body: dict[str, Any] = {"input": self.inputs(request, model)}
        if "version" in model.vendor:
            return Order("/v1/predictions", {"version": model.vendor["version"], **body})
        return Order(f"/v1/models/{model.vendor['model']}/predictions", body)

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """With the address at which we want to be rung, once, at the end."""
        order = self.asked(request, model)
        if not self.access.callback:
            return order
        ring = {"webhook": self.access.callback, "webhook_events_filter": ["completed"]}
        return Order(order.path, {**order.body, **ring})

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """Its number."""
        number = str(answer.json()["id"])
        if not number.isalnum():
            raise ValueError("no reference")
        return Submitted(number)

    def question(self, ref: str) -> str:
        """Its state."""
        return f"/v1/predictions/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """Six words; a failure is told in a text that carries a code."""
        status = body["status"]
        if status in WAITING:
            return Submitted(ref)
        if status in STOPPED:
            raise self.failure(status)
        if status == "failed":
            said = str(body.get("error") or "")
            found = CODE.search(said)
            raise self.failure(found[1] if found else "", said)
        if status != "succeeded":
            raise ValueError(f"unknown state {status}")
        return self._finished(ref, body)

    def cancel(self, ref: str) -> bool:
        """The engine says whether it is stopped."""
        try:
            body = self.ask(f"/v1/predictions/{ref}/cancel", {})
        except EngineError:
            return False
        return isinstance(body, Mapping) and body.get("status") in STOPPED

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """Standard Webhooks: HMAC-SHA256 over number, time and body; any of several signatures counts."""
        named = {name.lower(): value for name, value in headers.items()}
        try:
            number, stamp = named["webhook-id"], named["webhook-timestamp"]
            given = [one.partition(",") for one in named["webhook-signature"].split()]
            late = abs(time.time() - float(stamp))
            secret = base64.b64decode(self.access.hook_secret.removeprefix("whsec_"), validate=True)
        except (KeyError, ValueError, binascii.Error) as error:
            raise AuthRefused("The call-back is not signed.", detail=repr(error)) from error
        if not secret or late > TOLERANCE:
            raise AuthRefused("The call-back is too old, or its secret is not known here.")
        made = hmac.digest(secret, f"{number}.{stamp}.".encode() + raw, "sha256")
        wanted = base64.b64encode(made)
        if not any(kind == "v1" and hmac.compare_digest(sign.encode(), wanted) for kind, _, sign in given):
            raise AuthRefused("The call-back is not signed by the engine.")
        return self._named(raw)

    def upload(self, name: str, mime: str, data: bytes) -> str:
        """One form; the file is kept for a day and read by the model with the house's own right."""
        answer = self.http.post("/v1/files", files={"content": (name, data, mime)}, headers=self.headers())
        if not answer.is_success:
            raise self.refusal(answer)
        try:
            return str(answer.json()["urls"]["get"])
        except (KeyError, TypeError, ValueError) as error:
            raise NotReached("A file could not be brought to the engine.", detail=repr(error)) from error

    def account_facts(self, body: Any) -> Json:
        """Whose account it is; the house tells no balance."""
        return {"account": body.get("username"), "type": body.get("type")}

    # -- inside

    def _finished(self, ref: str, body: Json) -> Submitted:
        addresses = _addresses(body.get("output"))
        if not addresses:
            if body.get("data_removed"):
                raise ResultGone("The engine has removed the result.")
            raise GenerationFailed("The engine says that it is done, and there is no file.")
        outputs = []
        for number, address in enumerate(addresses):
            mime = TYPES.get(f".{address.partition('?')[0].rpartition('.')[2].lower()}", "")
            outputs.append(Output(f"result-{number}{SUFFIXES.get(mime, '.bin')}", mime, url=address))
        metrics = body.get("metrics") or {}
        version = str(body.get("version") or "")
        done = Done(ref, tuple(outputs), version=version, meta={"metrics": dict(metrics)})
        return Submitted(ref, State.DONE, done)

    def _named(self, raw: bytes) -> str:
        try:
            number = str(json.loads(raw)["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput("The call-back cannot be read.", detail=repr(error)) from error
        if not number.isalnum():
            raise InvalidInput("The call-back names no work.")
        return number


def _addresses(output: Any) -> list[str]:
    """Every address in an output, which may be one, a list of them, or an object that holds them."""
    if isinstance(output, str):
        return [output] if output.startswith(("https://", "http://")) else []
    if isinstance(output, Mapping):
        output = list(output.values())
    return [one for part in output for one in _addresses(part)] if isinstance(output, list) else []
