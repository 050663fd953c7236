"""The priced test engine over HTTP (`python -m fake_engines`): the shortest remote adapter, the pattern of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from engines.adapters.base import (
    Done,
    EngineError,
    InvalidInput,
    Model,
    ModerationInput,
    Output,
    Request,
    ResultGone,
    State,
    Submitted,
)
from engines.adapters.orders import Order
from engines.adapters.remote import SUFFIXES, Json, Remote
from engines.adapters.wording import clip_words

FACTS = ("width", "height", "rate", "frames", "seconds", "text", "seed")


class Fake(Remote):
    """Talks to one fake engine; it honours our key, can be looked up by it, and says what it charged."""

    key = "fake"
    read_seconds = 4.0
    probe = "/v1/health"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "moderation_input": ModerationInput,
        "invalid": InvalidInput,
    }

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """One JSON body; the files are named by their hashes and stay here."""
        params: dict[str, Any] = {name: getattr(request, name) for name in FACTS if hasattr(request, name)}
        params["seconds"] = request.units().seconds
        params["prompt"] = clip_words(request, model.capability.wording)
        body = {
            "model": model.slug,
            "kind": request.kind,
            "params": params,
            "inputs": [one.as_json() for one in request.inputs()],
        }
        return Order("/v1/works", body, {"Idempotency-Key": attempt_key})

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """Its reference."""
        ref = answer.json()["id"]
        if not ref.isalnum():
            raise ValueError("no reference")
        return Submitted(ref)

    def question(self, ref: str) -> str:
        """Where the state is asked."""
        return f"/v1/works/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """Running, done or failed."""
        if body["state"] == "failed":
            raise self.failure(str(body.get("error", {}).get("code", "")))
        if body["state"] != "done":
            return Submitted(ref)
        mime, milli = str(body.get("mime", "")), body.get("milli")
        output = Output(
            f"result{SUFFIXES.get(mime, '.bin')}", mime, url=self.address(f"/v1/works/{ref}/file")
        )
        cost = milli if isinstance(milli, int) and milli >= 0 else None
        return Submitted(ref, State.DONE, Done(ref, (output,), cost, str(body.get("version", ""))))

    def cancel(self, ref: str) -> bool:
        """Taken back where it would never end."""
        try:
            return self.http.delete(self.question(ref), headers=self.headers()).is_success
        except httpx.HTTPError:
            return False

    def lookup(self, attempt_key: str) -> Submitted | None:
        """What was accepted under our key. None means: not accepted so far."""
        try:
            body = self.get(f"/v1/keys/{attempt_key}")
        except ResultGone:
            return None
        return self._read(str(body["id"]), body)

    def account_facts(self, body: Any) -> Json:
        """The models it offers."""
        return {"models": body.get("models", [])}
