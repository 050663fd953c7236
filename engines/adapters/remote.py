"""What the remote engines share: one POST that is never repeated, errors by code, downloads without the credential.

An adapter says what it sends (`order`), how an accepted order is read (`accepted`), where the state is asked
(`question`) and how it is read (`state`), and what the engine's own codes mean (`codes`). The rest is here, once.

    order (pure) ─▶ uploads (free, may be repeated) ─▶ POST, once ─┬─ 2xx ──────────▶ accepted
                                                                   ├─ 4xx, 429 ─────▶ certainly not: a class by code
                                                                   └─ anything else ▶ OutcomeUnknown
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from engines.adapters.base import (
    Access,
    AuthRefused,
    Capability,
    Done,
    EngineClass,
    EngineError,
    Fetched,
    GenerationFailed,
    Health,
    InvalidInput,
    Issue,
    Model,
    ModelRetired,
    NotReached,
    NotSupported,
    OutcomeUnknown,
    Outline,
    Output,
    Place,
    PollFailed,
    QuotaExhausted,
    Quote,
    RateLimited,
    Request,
    ResultGone,
    Retry,
    State,
    Submitted,
    Units,
    Watch,
)
from engines.adapters.connections import fresh, kept
from engines.adapters.orders import Order, Sent, plain, resolved
from engines.adapters.transfer import away, download
from engines.adapters.validation import check_capability

CONNECT_SECONDS = 5.0
SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "video/mp4": ".mp4",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "application/json": ".json",
}
LONGEST_WAIT = 300.0
RECEIPT = "receipt.json"
Json = Mapping[str, Any]


class Remote(ABC):
    """Base of every adapter that speaks HTTP. Built without opening a connection: routing only asks and prices."""

    key: ClassVar[str] = ""
    codes: ClassVar[Mapping[str, type[EngineError]]] = {}
    """The engine's own error codes → class. A key that ends in a dot stands for every code that begins with it."""
    read_seconds: ClassVar[float] = 60.0
    """How long an answer may take: long for engines that answer with the work itself."""
    renews: ClassVar[bool] = False
    """Whether the state tells a fresh address for one that has run out."""
    probe: ClassVar[str] = ""
    """A free address that answers 200 to a good credential."""

    def __init__(self, access: Access, spool: Path, client: httpx.Client | None = None) -> None:
        self.access, self.spool, self._given = access, spool, client

    # -- what an adapter says

    @abstractmethod
    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """What is sent for this request. Pure: files stand in it as `Embedded`."""

    @abstractmethod
    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """Read the answer to an accepted order; a KeyError, TypeError or ValueError makes its outcome unknown."""

    def question(self, ref: str) -> str:
        """The address at which the state of a reference is asked."""
        raise ResultGone("This engine answers with its work; there is nothing to ask.")

    def state(self, ref: str, body: Json) -> Submitted:
        """Read the engine's state. Raises what `failure` gives for failed work."""
        raise ResultGone("This engine answers with its work; it has no state.")

    def headers(self) -> dict[str, str]:
        """The headers that carry the credential."""
        return {"Authorization": f"Bearer {self.access.token}"} if self.access.token else {}

    def code_of(self, body: Any) -> str:
        """The engine's own code in the body of a refusal; an empty text when there is none."""
        error = body.get("error") if isinstance(body, Mapping) else None
        return str(error.get("code") or error.get("type") or "") if isinstance(error, Mapping) else ""

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """What this engine cannot do beyond what the capability says. Pure."""
        return []

    # -- the interface

    def capabilities(self, model: Model) -> Capability:
        """As the model's row says."""
        return model.capability

    def validate(self, request: Request | Outline, model: Model) -> Sequence[Issue]:
        """The shared checks, then the engine's own."""
        shared = check_capability(request, model.capability)
        return shared or self.issues(request, model)

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """The price rule of the row, for the length that will be ordered."""
        return model.price.quote(self.units(request, model), getattr(request, "width", 0))

    def units(self, request: Request | Outline, model: Model) -> Units:
        """What is ordered, in priced units."""
        asked = request.units()
        seconds = model.capability.ordered(asked.seconds) if asked.seconds else 0.0
        return Units(asked.calls, asked.images, seconds, asked.characters, asked.frames)

    def preview(self, request: Request, model: Model) -> Json:
        """What the engine will see, for people: files by their hash, no credential."""
        order = self.order(request, model, "…")
        return {"method": order.method, "path": order.path, "body": plain(order.body)}

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """One POST. Raises NotReached or a class of a refusal (not accepted), else OutcomeUnknown."""
        order = self.order(request, model, attempt_key)
        sent = self._prepared(order)
        if self._given is not None or model.engine_class is EngineClass.P1:
            answer = self._post(self.http, order, sent)
        else:
            with fresh(self.access.base_url.rstrip("/"), self._timeout) as client:
                answer = self._post(client, order, sent)
        if not answer.is_success:
            raise self.refusal(answer)
        try:
            return self.accepted(answer, attempt_key)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise OutcomeUnknown(
                "The engine's answer could not be read; it may have accepted the work.", detail=repr(error)
            ) from error

    def poll(self, ref: str) -> Submitted:
        """One GET of the state; work that came with the answer is read from the work folder."""
        if ref.startswith("here-"):
            return self._kept(ref)
        return self._read(ref, self.get(self.question(ref)))

    def fetch(self, done: Done, into: Place) -> list[Fetched]:
        """Download the results, each whole or not at all. The credential goes to no other host. An address that has run
        out is asked for once, where the state tells it anew."""
        try:
            return [self._brought(output, into) for output in done.outputs]
        except ResultGone:
            fresh = self.poll(done.ref).done if self.renews else None
            if fresh is None:
                raise
            return [self._brought(output, into) for output in fresh.outputs]

    def cancel(self, ref: str) -> bool:
        """Most engines do not take work back."""
        return False

    def progress(self, ref: str) -> tuple[int, int, str] | None:
        """Most engines only say that they work."""
        return None

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """Most engines are polled."""
        raise NotSupported(f"{self.key} sends no call-backs.")

    def lookup(self, attempt_key: str) -> Submitted | None:
        """Most engines cannot be asked for what they accepted."""
        raise NotSupported(f"{self.key} cannot be asked what it accepted.")

    def health(self) -> Health:
        """Ask the free address. Never raises."""
        if not self.probe:
            return Health(True, "is not asked: this engine has no free address")
        try:
            body = self.get(self.probe)
        except EngineError as error:
            return Health(False, error.message)
        return Health(True, "answers", detail=self.account_facts(body))

    def account_facts(self, body: Any) -> Json:
        """What the free address tells of the account (balance, live limits), for the health page."""
        return {}

    # -- for adapters

    def address(self, path: str) -> str:
        """The full address of a path at the engine; one that it named in full stays as it is."""
        whole = path.startswith(("https://", "http://"))
        return path if whole else f"{self.access.base_url.rstrip('/')}/{path.lstrip('/')}"

    @property
    def local(self) -> bool:
        """Whether the engine runs on this machine; only then may its files lie there."""
        return urlsplit(self.access.base_url).hostname in ("127.0.0.1", "localhost", "::1")

    @cached_property
    def http(self) -> httpx.Client:
        """Opened when something is sent first, and kept for this process: for questions, and for orders under a key."""
        return self._given or kept(self.access.base_url.rstrip("/"), self._timeout)

    @property
    def _timeout(self) -> httpx.Timeout:
        return httpx.Timeout(self.read_seconds, connect=CONNECT_SECONDS)

    @cached_property
    def away(self) -> httpx.Client:
        """For addresses that the engine names: another house's, which sees no credential and lies outside."""
        return away(local=self.local, seconds=self.read_seconds)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """A free question. Raises ResultGone (404) and PollFailed."""
        try:
            answer = self.http.get(self.address(path), params=params, headers=self.headers())
        except httpx.HTTPError as error:
            raise PollFailed(PollFailed.says, detail=repr(error)) from error
        return self._body(answer)

    def ask(self, path: str, body: Any) -> Any:
        """A free question that the engine wants as a POST: it may be repeated. Raises like `get`."""
        try:
            answer = self.http.post(self.address(path), json=body, headers=self.headers())
        except httpx.HTTPError as error:
            raise PollFailed(PollFailed.says, detail=repr(error)) from error
        return self._body(answer)

    def _body(self, answer: httpx.Response) -> Any:
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise ResultGone(ResultGone.says, detail=answer.text[:500])
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            # what was accepted before stays accepted: with a new key it can be asked again
            raise PollFailed(AuthRefused.says, after=30.0, detail=answer.text[:500])
        if not answer.is_success:
            raise PollFailed(
                f"The engine answered {answer.status_code}.", after=wait_of(answer), detail=answer.text[:500]
            )
        try:
            return answer.json()
        except ValueError as error:
            raise PollFailed("The engine's answer could not be read.", detail=repr(error)) from error

    def refusal(self, answer: httpx.Response) -> EngineError:
        """The class of a refused order: by the engine's code where it has one, else by status.

        4xx was certainly not accepted; everything else may have been.
        """
        try:
            code = self.code_of(answer.json())
        except ValueError:
            code = ""
        detail, status = f"{code} {answer.text}"[:500].strip(), answer.status_code
        if not 400 <= status < 500 or status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.CONFLICT):
            return OutcomeUnknown(
                f"The engine answered {status}; it may have accepted the work.", detail=detail
            )
        kind = self.class_of(code) or STATUSES.get(status, InvalidInput)
        return kind(kind.says, after=wait_of(answer), detail=detail)

    def failure(self, code: str, message: str = "", cost_milli: int | None = None) -> EngineError:
        """The class of work that was accepted and failed; `cost_milli` what the engine charged all the same."""
        kind = self.class_of(code) or GenerationFailed
        if kind.retry is Retry.SAME_ATTEMPT:
            # "slow down" said of accepted work: it has ended, and asking for it again would go on for ever
            kind = GenerationFailed
        return kind(kind.says, detail=f"{code} {message}".strip(), cost_milli=cost_milli)

    def class_of(self, code: str) -> type[EngineError] | None:
        """What the engine's own code means; the longest beginning that is known wins."""
        if code in self.codes:
            return self.codes[code]
        known = [key for key in self.codes if key.endswith(".") and f"{code}.".startswith(key)]
        return self.codes[max(known, key=len)] if known else None

    def keep(
        self, attempt_key: str, mime: str, data: bytes, meta: Json | None = None, cost: int | None = None
    ) -> Submitted:
        """Work that came with the answer itself: on the disk before the attempt is said to be accepted."""
        if not data:
            raise ValueError("the answer holds no work")
        ref = f"here-{hashlib.sha256(attempt_key.encode()).hexdigest()[:24]}"
        folder = self.spool / ref
        folder.mkdir(parents=True, exist_ok=True)
        name = f"result{SUFFIXES.get(mime, '.bin')}"
        (folder / name).write_bytes(data)
        part = folder / f"{RECEIPT}.part"
        part.write_text(json.dumps({"name": name, "mime": mime, "meta": dict(meta or {}), "cost": cost}))
        part.replace(folder / RECEIPT)
        return self._kept(ref)

    def upload(self, name: str, mime: str, data: bytes) -> str:
        """Bring a file to the engine ahead of the order; what the order then names it. Engines that take uploads."""
        raise NotSupported(f"{self.key} takes no uploads.")

    # -- inside

    def _brought(self, output: Output, into: Place) -> Fetched:
        path = output.path
        if path is None:
            path = into(output.name)
            client, headers = (self.http, self.headers()) if self._own(output.url) else (None, {})
            download(output.url, path, headers=headers, local=self.local, own=client)
        return Fetched(path, output.mime, output.meta)

    def _prepared(self, order: Order) -> Sent:
        """The order with its files in place. Nothing has been ordered yet, so a failure here is certainly not one."""
        try:
            return resolved(order, self.upload)
        except (PollFailed, OutcomeUnknown, ResultGone, httpx.HTTPError) as error:
            raise NotReached("A file could not be brought to the engine.", detail=str(error)) from error

    def _post(self, client: httpx.Client, order: Order, sent: Sent) -> httpx.Response:
        headers = self.headers() | dict(order.headers)
        try:
            return client.request(
                order.method,
                self.address(order.path),
                headers=headers,
                json=sent.json,
                data=sent.fields,
                files=sent.files,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotReached(NotReached.says, detail=str(error)) from error
        except httpx.TransportError as error:
            raise OutcomeUnknown(OutcomeUnknown.says, detail=repr(error)) from error

    def _read(self, ref: str, body: Any) -> Submitted:
        try:
            return self.state(ref, body)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise PollFailed("The engine's answer could not be read.", detail=repr(error)) from error

    def _kept(self, ref: str) -> Submitted:
        folder = self.spool / ref
        try:
            receipt = json.loads((folder / RECEIPT).read_text())
        except FileNotFoundError:
            raise ResultGone("The work folder of this step is gone.") from None
        output = Output(receipt["name"], receipt["mime"], folder / receipt["name"], "", receipt["meta"])
        return Submitted(ref, State.DONE, Done(ref, (output,), receipt["cost"]))

    def _own(self, url: str) -> bool:
        """Whether a result lies at the engine's own address, where the credential belongs."""
        there, here = urlsplit(url), urlsplit(self.access.base_url)
        return (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)


STATUSES: dict[int, type[EngineError]] = {
    401: AuthRefused,
    402: QuotaExhausted,
    403: AuthRefused,
    404: ModelRetired,
    410: ModelRetired,
    429: RateLimited,
}


def wait_of(answer: httpx.Response) -> float | None:
    """The wait an answer asks for, in seconds; None when it names none that can be read."""
    try:
        milli = answer.headers.get("retry-after-ms")
        text = answer.headers.get("retry-after")
        seconds = float(milli) / 1000 if milli else float(text) if text else None
    except ValueError:
        return None
    return None if seconds is None else min(LONGEST_WAIT, max(0.0, seconds))
