"""The priced test engine over HTTP (`python -m fake_engines`): the pattern of every remote engine.

One POST without transport retries; what came back decides the class of the error, never its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from engines.adapters.base import (
    AuthRefused,
    BadOutput,
    Capability,
    Done,
    EngineError,
    Fetched,
    GenerationFailed,
    Health,
    InvalidInput,
    Issue,
    Model,
    ModelRetired,
    ModerationInput,
    NotReached,
    NotSupported,
    OutcomeUnknown,
    Outline,
    Output,
    PollFailed,
    QuotaExhausted,
    Quote,
    RateLimited,
    Request,
    ResultGone,
    State,
    Submitted,
    Watch,
    check_capability,
)

CONNECT_SECONDS, READ_SECONDS = 2.0, 4.0
MAX_FILE = 512 << 20
SUFFIXES = {"image/png": ".png", "video/mp4": ".mp4", "audio/wav": ".wav"}
FACTS = ("width", "height", "rate", "frames", "seconds", "prompt", "text", "seed")


class Fake:
    """Talks to one fake engine at `base_url` with a bearer token."""

    key = "fake"

    def __init__(self, base_url: str, token: str, client: httpx.Client | None = None) -> None:
        self._base_url, self._token, self._given = base_url, token, client

    @cached_property
    def _http(self) -> httpx.Client:
        """Made when first needed: validating and quoting are pure and open nothing."""
        if self._given is not None:
            return self._given
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        # trust_env off: a proxy of the environment must not see engine traffic, and redirects are never followed.
        return httpx.Client(base_url=self._base_url, headers=headers, timeout=timeout, trust_env=False)

    def capabilities(self, model: Model) -> Capability:
        """As the model's row says."""
        return model.capability

    def validate(self, request: Request | Outline, model: Model) -> Sequence[Issue]:
        """The shared checks."""
        return check_capability(request, model.capability)

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """The price rule of the row: this engine's prices are fixed."""
        price = model.price.of(request.units())
        return Quote(price, price, price)

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """One POST. Raises NotReached or a 4xx class (not accepted), else OutcomeUnknown."""
        units = request.units()
        params: dict[str, Any] = {name: getattr(request, name) for name in FACTS if hasattr(request, name)}
        params["seconds"] = units.seconds
        body = {
            "model": model.slug,
            "kind": request.kind,
            "params": params,
            "inputs": [i.as_json() for i in request.inputs()],
        }
        try:
            answer = self._http.post("/v1/works", json=body, headers={"Idempotency-Key": attempt_key})
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotReached("The engine could not be reached.", detail=str(error)) from error
        except httpx.TransportError as error:
            raise OutcomeUnknown(
                "The engine did not answer; it may have accepted the work.", detail=repr(error)
            ) from error
        if answer.status_code != httpx.codes.OK:
            raise classify_submit(answer)
        return Submitted(_reference(answer))

    def poll(self, ref: str) -> Submitted:
        """GET the state."""
        body = self._get(f"/v1/works/{ref}")
        return self._submitted(body)

    def fetch(self, done: Done, into: Path) -> list[Fetched]:
        """Download the one result of a work, up to MAX_FILE bytes, whole or not at all."""
        fetched = []
        for output in done.outputs:
            path = into / output.name
            self._download(output.url, path)
            fetched.append(Fetched(path, output.mime, output.meta))
        return fetched

    def cancel(self, ref: str) -> bool:
        """This engine does not take work back."""
        return False

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """This engine is polled."""
        raise NotSupported("The test engine sends no call-backs.")

    def lookup(self, attempt_key: str) -> Submitted | None:
        """What was accepted under our key. None means: not accepted so far."""
        try:
            return self._submitted(self._get(f"/v1/keys/{attempt_key}"))
        except ResultGone:
            return None

    def health(self) -> Health:
        """Ask for the list of models."""
        try:
            body = self._get("/v1/health")
        except EngineError as error:
            return Health(False, error.message)
        return Health(True, "answers", detail={"models": body.get("models", [])})

    def _get(self, path: str) -> dict[str, Any]:
        try:
            answer = self._http.get(path)
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise ResultGone("The engine does not know this work.")
            if answer.status_code in (401, 403):
                raise AuthRefused("The engine does not accept the credentials.")
            answer.raise_for_status()
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise PollFailed("The engine did not say how far it is.", detail=repr(error)) from error
        if not isinstance(body, dict):
            raise PollFailed("The engine's answer could not be read.")
        return body

    def _submitted(self, body: Mapping[str, Any]) -> Submitted:
        ref, state = str(body.get("id", "")), body.get("state")
        if state == "failed":
            raise GenerationFailed(
                "The engine accepted the work and failed at it.", detail=str(body.get("error", ""))
            )
        if state != "done":
            return Submitted(ref)
        mime, milli = str(body.get("mime", "")), body.get("milli")
        output = Output(f"result{SUFFIXES.get(mime, '.bin')}", mime, url=f"/v1/works/{ref}/file")
        cost = milli if isinstance(milli, int) and milli >= 0 else None
        return Submitted(ref, State.DONE, Done(ref, (output,), cost, str(body.get("version", ""))))

    def _download(self, url: str, path: Path) -> None:
        part, size = path.with_name(f".{path.name}.part"), 0
        try:
            with self._http.stream("GET", url) as answer, part.open("wb") as out:
                answer.raise_for_status()
                for chunk in answer.iter_bytes():
                    size += len(chunk)
                    if size > MAX_FILE:
                        raise BadOutput(f"The engine's file is larger than {MAX_FILE >> 20} MiB.")
                    out.write(chunk)
            part.replace(path)
        except httpx.HTTPError as error:
            raise PollFailed("The result could not be downloaded.", detail=repr(error)) from error
        finally:
            part.unlink(missing_ok=True)


def _reference(answer: httpx.Response) -> str:
    try:
        ref = answer.json()["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise OutcomeUnknown(
            "The engine's answer could not be read; it may have accepted the work."
        ) from error
    if not isinstance(ref, str) or not ref.isalnum():
        raise OutcomeUnknown("The engine's reference could not be read; it may have accepted the work.")
    return ref


def classify_submit(answer: httpx.Response) -> EngineError:
    """The error class of a refused submit: 4xx was not accepted, everything else may have been."""
    detail = answer.text[:500]
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return RateLimited(
            "The engine asks to slow down.", after=_seconds(answer.headers.get("Retry-After")), detail=detail
        )
    if answer.status_code in (401, 403):
        return AuthRefused("The engine does not accept the credentials.", detail=detail)
    if answer.status_code == httpx.codes.PAYMENT_REQUIRED:
        return QuotaExhausted("The account with the engine is empty.", detail=detail)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return ModelRetired("The engine does not offer this model.", detail=detail)
    if answer.status_code in (400, 422):
        moderated = _code(answer) == "moderation_input"
        return (
            ModerationInput("The engine's rules refuse this request.")
            if moderated
            else InvalidInput("The engine refuses this request.", detail=detail)
        )
    return OutcomeUnknown(
        f"The engine answered {answer.status_code}; it may have accepted the work.", detail=detail
    )


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _seconds(text: str | None) -> float | None:
    try:
        return min(300.0, max(0.0, float(text))) if text else None
    except ValueError:
        return None
