"""Google Veo 3.1 on Vertex AI: a long-running prediction whose answer holds the video.

Contract: docs/engines/vertex.md. The credential is the JSON key of a service account; the vendor may have retired the
models, which a 404 tells.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from engines.adapters.base import (
    Access,
    AuthRefused,
    BadOutput,
    Clip,
    Done,
    EngineError,
    GenerationFailed,
    Input,
    InvalidInput,
    Issue,
    Model,
    ModelRetired,
    ModerationInput,
    ModerationOutput,
    NotReached,
    Outline,
    Output,
    PollFailed,
    QuotaExhausted,
    Quote,
    RateLimited,
    Request,
    State,
    Submitted,
    Units,
)
from engines.adapters.orders import Embedded, Form, Order
from engines.adapters.remote import Json, Remote
from engines.adapters.shapes import aspect_of, enough
from engines.adapters.vertex_token import bearer, forget
from engines.adapters.wording import words_and_pictures

EVERYWHERE = "aiplatform.googleapis.com"
USUAL_PLACE = "us-central1"
NAME = re.compile(r"[a-z0-9][a-z0-9.:-]{0,100}")
SHAPES = ("16:9", "9:16")
RESOLUTIONS = (("720p", 1280), ("1080p", 1920), ("4k", 3840))
LONG, SEEDS = 8.0, 2**32
REF = re.compile(r"(projects/[\w.:-]+/locations/[\w-]+/publishers/google/models/[\w.-]+)/operations/[\w-]+")
# The vendor's safety filters have no field of their own: each is a number of eight digits in the text.
SUPPORT_CODE = re.compile(r"[Ss]upport codes?:?\s*(\d{8})")
# google.rpc.Code of an operation that failed
RPC = {3: "INVALID_ARGUMENT", 5: "NOT_FOUND", 7: "PERMISSION_DENIED", 9: "FAILED_PRECONDITION"}


class Vertex(Remote):
    """Veo from words, from a first and a last still, or from up to three references."""

    key = "vertex"
    # the model itself, so that one that was retired is seen before it is asked for
    probe = "/v1beta1/publishers/google/models/veo-3.1-generate-001"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "safety": ModerationInput,
        "filtered": ModerationOutput,
        "INVALID_ARGUMENT": InvalidInput,
        "FAILED_PRECONDITION": InvalidInput,
        "BILLING_DISABLED": QuotaExhausted,
        "UNAUTHENTICATED": AuthRefused,
        "PERMISSION_DENIED": AuthRefused,
        "NOT_FOUND": ModelRetired,
        "RESOURCE_EXHAUSTED": RateLimited,
    }

    def __init__(self, access: Access, spool: Path, client: httpx.Client | None = None) -> None:
        super().__init__(replace(access, base_url=_placed(access)), spool, client)

    # -- the credential

    def headers(self) -> dict[str, str]:
        """A token of the service account, fetched when the one at hand has ended. Raises AuthRefused, NotReached."""
        return {"Authorization": f"Bearer {bearer(self.access.token, local=self.local)}"}

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """As everywhere; a token that cannot be had now may be had later."""
        try:
            return super().get(path, params)
        except (AuthRefused, NotReached) as error:
            raise PollFailed(error.message, after=30.0, detail=error.detail) from error

    def ask(self, path: str, body: Any) -> Any:
        """As everywhere; a token that cannot be had now may be had later."""
        try:
            return super().ask(path, body)
        except (AuthRefused, NotReached) as error:
            raise PollFailed(error.message, after=30.0, detail=error.detail) from error

    def refusal(self, answer: httpx.Response) -> EngineError:
        """As everywhere; a token that is refused is not used again."""
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            forget(self.access.token)
        return super().refusal(answer)

    def _body(self, answer: httpx.Response) -> Any:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            forget(self.access.token)
        return super()._body(answer)

    def code_of(self, body: Any) -> str:
        """A safety filter, a reason in the details that says more, or the status word."""
        error = body.get("error") if isinstance(body, Mapping) else None
        if not isinstance(error, Mapping):
            return ""
        if SUPPORT_CODE.search(str(error.get("message", ""))):
            return "safety"
        details = error.get("details")
        found = [one for one in details if isinstance(one, Mapping)] if isinstance(details, list) else []
        reasons = [str(one.get("reason", "")) for one in found]
        return next((reason for reason in reasons if reason in self.codes), str(error.get("status") or ""))

    # -- what is ordered

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Two shapes; references stand alone; a last frame needs a first one."""
        if not isinstance(request, Clip):
            return []
        issues = []
        if aspect_of(request.width, request.height, SHAPES) is None:
            issues.append(Issue("width", f"has no frame of {request.width} × {request.height}"))
        if request.references and (request.first or request.last):
            issues.append(Issue("references", "takes either references or a first frame, not both"))
        if request.last is not None and request.first is None:
            issues.append(Issue("last", "ends on a given frame only where it starts from one"))
        if not NAME.fullmatch(self._project()) or not NAME.fullmatch(_place(self.access)):
            issues.append(
                Issue("project", "needs the name of the project that is charged, and of a location")
            )
        return issues

    def units(self, request: Request | Outline, model: Model) -> Units:
        """Large frames and references are made in eight seconds only."""
        units = super().units(request, model)
        only = model.vendor.get("eight_seconds", ())
        referred = bool(getattr(request, "references", None))
        long = _resolution(request) in only or ("references" in only and referred)
        return replace(units, seconds=LONG) if long and 0 < units.seconds < LONG else units

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """By the longer side of the frame."""
        return model.price.quote(self.units(request, model), _across(request))

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """One instance, one sample, without sound; the answer is to hold the video, because no bucket is named."""
        if not isinstance(request, Clip):
            raise InvalidInput(f"vertex does not make {request.kind}.")
        instance: dict[str, Any] = {"prompt": words_and_pictures(request, model.capability.wording)}
        instance |= {"image": _image(request.first)} if request.first else {}
        instance |= {"lastFrame": _image(request.last)} if request.last else {}
        if request.references:
            kind = model.vendor.get("reference_type", "asset")
            instance["referenceImages"] = [
                {"image": _image(one), "referenceType": kind} for one in request.references
            ]
        parameters: dict[str, Any] = {
            "aspectRatio": aspect_of(request.width, request.height, SHAPES),
            "durationSeconds": int(self.units(request, model).seconds),
            "resolution": _resolution(request),
            "sampleCount": 1,
            "seed": request.seed % SEEDS,
            "generateAudio": False,
        }
        parameters |= {"negativePrompt": request.negative} if request.negative else {}
        return Order(
            f"/v1/{self._model_name(model)}:predictLongRunning",
            {"instances": [instance], "parameters": parameters},
        )

    # -- what comes back

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The name of the operation."""
        name = str(answer.json()["name"])
        if not REF.fullmatch(name):
            raise ValueError("the operation has no name that can be asked for")
        return Submitted(name)

    def poll(self, ref: str) -> Submitted:
        """The state is asked for with a POST to the model; it costs nothing."""
        if ref.startswith("here-"):
            return super().poll(ref)
        named = REF.fullmatch(ref)
        if named is None:
            raise GenerationFailed("The name of the operation is damaged.", detail=ref[:200])
        body = self.ask(f"/v1/{named[1]}:fetchPredictOperation", {"operationName": ref})
        return self._read(ref, body)

    def state(self, ref: str, body: Json) -> Submitted:
        """Done with a video, done with an error, or done with nothing because the filters took it."""
        if not body.get("done"):
            return Submitted(ref)
        if error := body.get("error"):
            raise self._failed(error)
        found: Json = body.get("response") or {}
        videos = found.get("videos") or []
        if not videos:
            raise self._empty(found)
        return self._delivered(ref, videos[0])

    def _failed(self, error: Json) -> EngineError:
        message, word = str(error.get("message", "")), RPC.get(int(error.get("code") or 0), "")
        code = "safety" if SUPPORT_CODE.search(message) else word
        # what a refused order means (slow down, another key) means nothing once the work was accepted
        known = code in ("safety", "INVALID_ARGUMENT")
        return self.failure(code if known else "", f"{error.get('code')} {message}"[:500])

    def _empty(self, found: Json) -> EngineError:
        if found.get("raiMediaFilteredCount"):
            return self.failure("filtered", str(found.get("raiMediaFilteredReasons") or "")[:500])
        return BadOutput("The engine finished without a video.")

    def _delivered(self, ref: str, video: Json) -> Submitted:
        if "bytesBase64Encoded" not in video:
            raise BadOutput("The engine left the video in a bucket, which was not asked for.")
        data = base64.b64decode(video["bytesBase64Encoded"], validate=True)
        if not data:
            raise BadOutput("The engine sent an empty file.")
        kept = self.keep(ref, "video/mp4", data)
        outputs: tuple[Output, ...] = kept.done.outputs if kept.done else ()
        return Submitted(ref, State.DONE, Done(ref, outputs))

    # -- names

    def _project(self) -> str:
        """The account's option, else the project that the key file belongs to."""
        named = self.access.options.get("project", "")
        if named:
            return named
        try:
            row = json.loads(self.access.token)
        except ValueError:
            return ""
        return str(row.get("project_id", "")) if isinstance(row, Mapping) else ""

    def _model_name(self, model: Model) -> str:
        where = f"projects/{self._project()}/locations/{_place(self.access)}"
        return f"{where}/publishers/google/models/{model.vendor['model']}"


def _place(access: Access) -> str:
    return access.options.get("location") or USUAL_PLACE


def _placed(access: Access) -> str:
    """Google's address for the account's location; any other address as it is."""
    place = _place(access)
    if urlsplit(access.base_url).hostname != EVERYWHERE or place == "global" or not NAME.fullmatch(place):
        return access.base_url
    return f"https://{place}-{EVERYWHERE}"


def _image(one: Input) -> dict[str, Any]:
    return {"bytesBase64Encoded": Embedded(one, Form.BASE64), "mimeType": one.mime}


def _across(request: Request | Outline) -> int:
    return int(max(getattr(request, "width", 0), getattr(request, "height", 0)))


def _resolution(request: Request | Outline) -> str:
    return enough(_across(request), RESOLUTIONS) or RESOLUTIONS[-1][0]
