"""Topaz Labs: clips made larger after the edit.

Contract: docs/engines/topaz.md. Everything is bound to one request at the vendor, whose number is in the work folder
before a credit is reserved:

    create (free) ─▶ accept (reserves, may be repeated) ─▶ upload ─▶ complete-upload (begins: sent once) ─▶ poll

A request that has not begun gives its credits back, so the begin is the one call that costs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import httpx

from craft.render.errors import ProbeError
from craft.render.mp4 import Mp4Track, read_mp4
from engines.adapters.base import (
    AuthRefused,
    Done,
    EngineError,
    GenerationFailed,
    InvalidInput,
    Issue,
    Model,
    NotReached,
    OutcomeUnknown,
    Outline,
    Output,
    PollFailed,
    QuotaExhausted,
    Request,
    ResultGone,
    Retry,
    State,
    Submitted,
    Upscale,
    Watch,
)
from engines.adapters.orders import Embedded, Form, Order, Sent
from engines.adapters.remote import Json, Remote
from engines.adapters.storage import ahead, put_part, told

WAITING = ("requested", "accepted")
RUNNING = ("initializing", "preprocessing", "processing", "postprocessing", "canceling")
SEGMENT = 500_000_000
GRID = 4
CREDIT_CENTS = 12.0
BLOCK = 1 << 20


class Topaz(Remote):
    """The same clip, larger, at its own frame rate and without its sound, which the edit has."""

    key = "topaz"
    probe = "/video/history"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "INSUFFICIENT_CREDITS": QuotaExhausted,
        "INVALID_INPUT": InvalidInput,
        "UNAUTHORIZED": AuthRefused,
        "FORBIDDEN": AuthRefused,
        "CREDIT_DIFFERENCE": GenerationFailed,
        "TIMEOUT_UPLOAD_SOURCE": GenerationFailed,
        "TIMEOUT_QUEUE": GenerationFailed,
        "TIMEOUT_PROCESSING": GenerationFailed,
        "PROCESSING_FAILURE": GenerationFailed,
        "SERVER_MAINTENANCE": GenerationFailed,
        "SERVER_ERROR": GenerationFailed,
        "HARDWARE_FAILURE": GenerationFailed,
        "canceled": GenerationFailed,
    }

    def headers(self) -> dict[str, str]:
        """The key has a header of its own."""
        return {"X-API-Key": self.access.token} if self.access.token else {}

    def code_of(self, body: Any) -> str:
        """`errorCode`; an unknown number is told as INVALID_INPUT too, by its status."""
        found = body.get("errorCode") if isinstance(body, Mapping) else ""
        return found if isinstance(found, str) else ""

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """MP4 only; the vendor rounds frames to fours, which would be another frame."""
        if not isinstance(request, Upscale):
            return []
        found = []
        if request.clip.mime != "video/mp4":
            found.append(Issue("clip", f"takes MP4 only, not {request.clip.mime}"))
        if request.width % GRID or request.height % GRID:
            found.append(Issue("width", f"makes no frame of {request.width} × {request.height}"))
        return found

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """What the file says of itself, the filter, the frame; `file` is what is brought there."""
        if not isinstance(request, Upscale):
            raise InvalidInput(f"topaz does not make {request.kind}.")
        source = _source(request.clip.path)
        body = {
            "source": source,
            "filters": [{"model": model.vendor["model"], **model.vendor.get("filter", {})}],
            "output": {
                "resolution": {"width": request.width, "height": request.height},
                "frameRate": source["frameRate"],
                **model.vendor.get("output", {}),
            },
            "file": Embedded(request.clip, Form.UPLOAD),
        }
        return Order("/video/", body)

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """Take the attempt's request as far as it is not yet, and begin it, once."""
        order = self.order(request, model, attempt_key)
        file: Embedded = order.body["file"]
        number, urls = self._resumed(attempt_key)
        if number and urls is None:
            return Submitted(number)
        number = number or self._created(order, attempt_key)
        urls = urls or list(told(ahead(self, "PATCH", f"/video/{number}/accept"), "urls"))
        results = self._bring(file.input.path, urls)
        begin = {"md5Hash": _md5(file.input.path), "uploadResults": results}
        try:
            return self._begin(number, begin)
        except EngineError as error:
            if error.retry is Retry.NEVER:
                self.cancel(number)
            raise

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """It says only that it is queued."""
        answer.json()["message"]
        return Submitted(attempt_key)

    def question(self, ref: str) -> str:
        """The state with its download."""
        return f"/video/{ref}/status"

    def state(self, ref: str, body: Json) -> Submitted:
        """The vendor's words; what was charged stands in the full record."""
        status = body["status"]
        if status in RUNNING or status in WAITING:
            return Submitted(ref)
        cost = self._charged(ref)
        if status == "complete":
            output = Output("larger.mp4", "video/mp4", url=body["download"]["url"])
            return Submitted(ref, State.DONE, Done(ref, (output,), cost))
        code = "canceled" if status == "canceled" else self.code_of(body)
        raise self.failure(code, str(body.get("message") or ""), cost)

    def cancel(self, ref: str) -> bool:
        """What has not begun is given back in full, the rest by its progress."""
        try:
            return self.http.delete(f"/video/{ref}", headers=self.headers()).is_success
        except httpx.HTTPError:
            return False

    def lookup(self, attempt_key: str) -> Submitted | None:
        """The attempt's request by the number in the work folder, when it has begun. Raises PollFailed, ResultGone."""
        if not self.spool.is_dir():
            raise PollFailed("The work folder that knows this request is gone.")
        number = self._number(attempt_key)
        if not number or self.get(self.question(number)).get("status") in WAITING:
            return None
        return Submitted(number)

    def account_facts(self, body: Any) -> Json:
        """How much was made lately."""
        return {"latest requests": len(body.get("result", ())) if isinstance(body, Mapping) else 0}

    # -- the steps

    def _resumed(self, attempt_key: str) -> tuple[str, list[str] | None]:
        """The attempt's request and where its file still goes; no addresses when it has begun, no number when new."""
        number = self._number(attempt_key)
        if not number:
            return "", []
        try:
            state = self.get(self.question(number))
        except ResultGone:
            return "", []
        except PollFailed as error:
            raise NotReached(
                "The engine did not say how far this request is.", detail=error.detail
            ) from error
        if state.get("status") == "canceled":
            return "", []
        return number, list(state.get("urls") or []) if state.get("status") in WAITING else None

    def _created(self, order: Order, attempt_key: str) -> str:
        body = {name: value for name, value in order.body.items() if name != "file"}
        try:
            number = str(UUID(str(told(ahead(self, "POST", order.path, body), "requestId"))))
        except ValueError as error:
            raise NotReached("The engine's answer could not be read.", detail=repr(error)) from error
        self.spool.mkdir(parents=True, exist_ok=True)
        note = self._note(attempt_key)
        part = note.with_suffix(".part")
        part.write_text(json.dumps({"request": number}))
        part.replace(note)
        return number

    def _bring(self, path: Path, urls: Sequence[str]) -> list[dict[str, Any]]:
        tags = [
            put_part(self.away, url, path, place, "video/mp4")
            for url, place in zip(urls, parts(path.stat().st_size, len(urls)), strict=True)
        ]
        return [{"partNum": number, "eTag": tag or "unused"} for number, tag in enumerate(tags, start=1)]

    def _begin(self, number: str, body: Json) -> Submitted:
        answer = self._post(
            self.http, Order(f"/video/{number}/complete-upload/", method="PATCH"), Sent(json=body)
        )
        if not answer.is_success:
            raise self.refusal(answer)
        try:
            return self.accepted(answer, number)
        except (KeyError, TypeError, ValueError) as error:
            raise OutcomeUnknown(
                "The engine's answer could not be read; it may have begun.", detail=repr(error)
            ) from error

    def _charged(self, ref: str) -> int | None:
        """What was kept of the credits, in milli-credits of ours; None while it is not settled."""
        kept = kept_of(self.get(f"/video/{ref}").get("transactions") or ())
        return None if kept is None else round(kept * self._cents * 1000)

    @property
    def _cents(self) -> float:
        """What a credit costs this account."""
        try:
            return float(self.access.options.get("credit_cents") or CREDIT_CENTS)
        except ValueError:
            return CREDIT_CENTS

    def _note(self, attempt_key: str) -> Path:
        return self.spool / f"request-{hashlib.sha256(attempt_key.encode()).hexdigest()[:24]}.json"

    def _number(self, attempt_key: str) -> str:
        try:
            return str(json.loads(self._note(attempt_key).read_text())["request"])
        except FileNotFoundError:
            return ""


def parts(size: int, count: int) -> list[tuple[int, int]]:
    """(start, bytes) of the pieces of a file for so many addresses, as the vendor cuts it."""
    if count == 1:
        return [(0, size)]
    each = max(SEGMENT, -(-size // count))
    return [(start, max(0, min(each, size - start))) for start in range(0, each * count, each)]


def kept_of(transactions: Sequence[Json]) -> float | None:
    """How many credits the vendor kept: the reserve less what was rolled back; None while nothing is settled."""
    sums = {"reserve": 0.0, "commit": 0.0, "rollback": 0.0}
    for row in transactions:
        sums[row["operation"]] += float(row["amount"])
    if not sums["commit"] and not sums["rollback"]:
        return None
    return max(0.0, (sums["reserve"] or sums["commit"]) - sums["rollback"])


def _source(path: Path) -> dict[str, Any]:
    """What the vendor wants to know of a clip; it ends the work when the file says otherwise. Raises InvalidInput."""
    try:
        picture = next(track for track in read_mp4(path) if track.kind == "video")
    except (ProbeError, StopIteration) as error:
        raise InvalidInput(f"The clip cannot be read: {error}") from error
    seconds = float(picture.shown)
    if not picture.samples or not seconds:
        raise InvalidInput("The clip has no picture.")
    return {
        "container": "mp4",
        "size": path.stat().st_size,
        "duration": round(seconds, 6),
        "frameCount": picture.samples,
        "frameRate": _rate(picture, seconds),
        "resolution": {"width": picture.width, "height": picture.height},
    }


def _rate(picture: Mp4Track, seconds: float) -> float:
    step = picture.step()
    return round(picture.timescale / step if step else picture.samples / seconds, 6)


def _md5(path: Path) -> str:
    """The vendor checks the upload by it."""
    sum_ = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            sum_.update(block)
    return sum_.hexdigest()
