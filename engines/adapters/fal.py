"""fal: hundreds of models behind one queue. A model is a row (see `declared`); nothing here knows one.

Contract: docs/engines/fal.md. Two traps: work that failed is also COMPLETED, and a result may answer 200 with an error
in it; and the addresses of the state leave out all of the model's name but its first two parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import httpx

from engines.adapters import fal_hooks
from engines.adapters.base import (
    AuthRefused,
    Done,
    EngineError,
    GenerationFailed,
    InvalidInput,
    Keyframe,
    Model,
    ModelRetired,
    ModerationInput,
    ModerationOutput,
    NotReached,
    Output,
    PollFailed,
    Request,
    ResultGone,
    State,
    Submitted,
)
from engines.adapters.declared import Declared
from engines.adapters.orders import Order
from engines.adapters.remote import SUFFIXES, Json, wait_of
from engines.adapters.storage import put

REST = "https://rest.fal.ai"
WAITING = ("IN_QUEUE", "IN_PROGRESS")
# the first two parts of a model's name, or three where the first is a namespace
REF = re.compile(r"^(?:(?:workflows|comfy)/)?[\w.-]+/[\w.-]+/requests/[\w-]+$")
NAMESPACES = ("workflows", "comfy")
REFUSED_INPUT = (
    "bad_request",
    "url_error",
    "image_too_small",
    "image_too_large",
    "image_load_error",
    "file_download_error",
    "face_detection_error",
    "file_too_large",
    "greater_than",
    "greater_than_equal",
    "less_than",
    "less_than_equal",
    "multiple_of",
    "sequence_too_short",
    "sequence_too_long",
    "one_of",
    "feature_not_supported",
    "unsupported_image_format",
    "unsupported_audio_format",
    "unsupported_video_format",
    "audio_duration_too_long",
    "audio_duration_too_short",
    "video_duration_too_long",
    "video_duration_too_short",
)


class Fal(Declared):
    """One queue, a Key, addresses of the state that come with the answer."""

    key = "fal"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        **dict.fromkeys(REFUSED_INPUT, InvalidInput),
        "content_policy_violation": ModerationInput,
        "no_media_generated": ModerationOutput,
        "has_nsfw_concepts": ModerationOutput,
        "auth_error": AuthRefused,
        "not_found": ModelRetired,
    }

    def headers(self) -> dict[str, str]:
        """A word of its own before the key."""
        return {"Authorization": f"Key {self.access.token}"} if self.access.token else {}

    @property
    def rest(self) -> str:
        """The house's address for files and signing keys."""
        return self.access.options.get("rest_url", REST).rstrip("/")

    def asked(self, request: Request, model: Model) -> Order:
        """The model's own path; another one where references are given and the row names one."""
        app = model.vendor["app"]
        if isinstance(request, Keyframe) and request.references:
            app = model.vendor.get("app_with_references", app)
        return Order(f"/{app}", self.inputs(request, model))

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """With the address at which we want to be rung."""
        order = self.asked(request, model)
        if not self.access.callback:
            return order
        return Order(f"{order.path}?fal_webhook={quote(self.access.callback, safe='')}", order.body)

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The model and the number, as the address of the state names them."""
        body = answer.json()
        number = str(body["request_id"])
        ref = self._told(str(body.get("status_url", "")), number)
        ref = ref or f"{_app_of(self._path(str(answer.request.url)))}/requests/{number}"
        if not REF.match(ref):
            raise ValueError("no reference")
        fal_hooks.note(self.spool, number, ref)
        return Submitted(ref)

    def question(self, ref: str) -> str:
        """The state; the work is asked for when it is there."""
        return f"/{ref}/status"

    def state(self, ref: str, body: Json) -> Submitted:
        """COMPLETED says that it has ended, well or badly."""
        if body["status"] in WAITING:
            return Submitted(ref)
        if body["status"] != "COMPLETED":
            raise ValueError(f"unknown state {body['status']}")
        if body.get("error") or body.get("error_type"):
            raise self.failure(str(body.get("error_type") or ""), str(body.get("error") or ""))
        return self._finished(ref, self._work(ref))

    def cancel(self, ref: str) -> bool:
        """Taken back only while it waits or runs; what is done says so."""
        try:
            answer = self.http.put(f"/{ref}/cancel", headers=self.headers())
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.ACCEPTED

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """Signed with one of the house's keys. The number alone names the work where this folder has not seen it."""
        number = fal_hooks.verified(
            headers, raw, lambda: self._keys(fresh=False), lambda: self._keys(fresh=True)
        )
        return fal_hooks.noted(self.spool, number) or number

    def upload(self, name: str, mime: str, data: bytes) -> str:
        """Two steps: an address is asked for, then the bytes are put there without our key."""
        path = f"{self.rest}/storage/upload/initiate?storage_type=gcs"
        body = {"file_name": name, "content_type": mime}
        answer = self.http.post(path, json=body, headers=self.headers())
        if not answer.is_success:
            raise self.refusal(answer)
        try:
            there, named = str(answer.json()["upload_url"]), str(answer.json()["file_url"])
        except (KeyError, TypeError, ValueError) as error:
            raise NotReached("A file could not be brought to the engine.", detail=repr(error)) from error
        put(self.away, there, data, mime)
        return named

    def code_of(self, body: Any) -> str:
        """A type of its own, or that of the first detail."""
        if not isinstance(body, Mapping):
            return ""
        detail = body.get("detail")
        first = detail[0] if isinstance(detail, list) and detail else {}
        return str(body.get("error_type") or (first.get("type") if isinstance(first, Mapping) else "") or "")

    # -- inside

    def _work(self, ref: str) -> Json:
        """The model's own answer. An error status with a code of the house is failed work, without one a bad line."""
        try:
            answer = self.http.get(f"/{ref}", headers=self.headers())
        except httpx.HTTPError as error:
            raise PollFailed(PollFailed.says, detail=repr(error)) from error
        body = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
        code = self.code_of(body) or answer.headers.get("x-fal-error-type", "")
        if not answer.is_success:
            if not code and answer.status_code == httpx.codes.NOT_FOUND:
                raise ResultGone(ResultGone.says, detail=answer.text[:500])
            if not code or answer.status_code in (401, 403, 404, 429):
                raise PollFailed(f"The engine answered {answer.status_code}.", after=wait_of(answer))
            raise self.failure(code, answer.text[:300])
        if not isinstance(body, Mapping) or code or body.get("error"):
            raise self.failure(code, answer.text[:300])
        return body

    def _finished(self, ref: str, body: Json) -> Submitted:
        if any(body.get("has_nsfw_concepts") or ()):
            # what is sent then is a black picture, and it is charged
            raise self.failure("has_nsfw_concepts")
        files = _files(body)
        if not files:
            raise GenerationFailed("The engine says that it is done, and there is no file.")
        outputs = tuple(
            Output(f"result-{number}{SUFFIXES.get(mime, '.bin')}", mime, url=url)
            for number, (mime, url) in enumerate(files)
        )
        return Submitted(ref, State.DONE, Done(ref, outputs, meta={"seed": body.get("seed")}))

    def _told(self, address: str, number: str) -> str:
        """The reference in an address of this house; an empty text for any other address."""
        if not self._own(address):
            return ""
        path = self._path(address).removesuffix("/status").strip("/")
        return path if path.endswith(f"/requests/{number}") else ""

    def _path(self, address: str) -> str:
        return urlsplit(address).path.removeprefix(urlsplit(self.access.base_url).path.rstrip("/"))

    def _keys(self, *, fresh: bool) -> list[bytes]:
        return fal_hooks.keys(self.http, f"{self.rest}/.well-known/jwks.json", fresh=fresh)


def _app_of(path: str) -> str:
    """What of a model's name the addresses of its works carry."""
    parts = path.strip("/").split("/")
    return "/".join(parts[: 3 if parts[0] in NAMESPACES else 2])


def _files(body: Json) -> list[tuple[str, str]]:
    """(MIME type, address) of every file, by the names that the house's models give them."""
    names = ("video", "image", "audio", "audio_file", "images", "videos")
    values = [body.get(name) for name in names]
    files = [file for value in values for file in (value if isinstance(value, list) else [value])]
    return [
        (str(file.get("content_type") or ""), str(file["url"]))
        for file in files
        if isinstance(file, Mapping) and file.get("url")
    ]
