"""Kling: clips from words, stills and references, and mouths on a plate that Kling itself made.

Contract: docs/engines/kling.md. A number of ours (`external_task_id`) goes with every order. Kling takes each of them
once and lists what it took, so an answer that was lost is looked up (class P2).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

import httpx

from engines.adapters import kling_lips
from engines.adapters.base import (
    AuthRefused,
    Clip,
    Done,
    EngineError,
    GenerationFailed,
    InvalidInput,
    Issue,
    LipSync,
    Model,
    ModelRetired,
    ModerationInput,
    NotReached,
    OutcomeUnknown,
    Outline,
    Output,
    PollFailed,
    QuotaExhausted,
    RateLimited,
    Request,
    ResultGone,
    State,
    Submitted,
    Watch,
)
from engines.adapters.kling_clips import clip_issues, clip_order
from engines.adapters.orders import Order, Sent
from engines.adapters.remote import Json, Remote

LIPS, IDENTIFY = "advanced-lip-sync", "identify-face"
PATHS = ("image2video", "text2video", "omni-video", LIPS)
RUNNING = ("submitted", "processing")
DONE = "0"
# A number that Kling knows already is refused like any other wrong field.
WRONG_FIELD = ("1200", "1201")
TOKEN_SECONDS, TOKEN_EARLY = 1800, 5
NUMBER = re.compile(r"[\w-]{1,120}")
PAGE = {"pageNum": "1", "pageSize": "500"}
DAY = 86_400
# 14 cents a unit: the smallest package for production in the price list
UNIT_MILLI = "14000"


class Kling(Remote):
    """The v3 line: image2video, text2video, omni-video with references, and lip-sync in two steps."""

    key = "kling"
    probe = "/v1/videos/text2video?pageNum=1&pageSize=1"
    renews = True
    # HTTP 429 stands for accounts, empty packages, moderation of speed and policies alike: only the code says which.
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "1000": AuthRefused,
        "1001": AuthRefused,
        "1002": AuthRefused,
        "1003": AuthRefused,
        "1004": AuthRefused,
        "1100": AuthRefused,
        "1101": QuotaExhausted,
        "1102": QuotaExhausted,
        "1103": ModelRetired,
        "1200": InvalidInput,
        "1201": InvalidInput,
        "1202": ModelRetired,
        "1203": ModelRetired,
        "1300": ModerationInput,
        "1301": ModerationInput,
        "1302": RateLimited,
        "1303": RateLimited,
        "1304": AuthRefused,
        "failed": GenerationFailed,
    }

    def headers(self) -> dict[str, str]:
        """An API key as it is; an access key with its secret as a token that is signed anew for every call."""
        access, pair, secret = self.access.token.partition(":")
        if not access:
            return {}
        return {"Authorization": f"Bearer {signed(access, secret, int(time.time())) if pair else access}"}

    def code_of(self, body: Any) -> str:
        """The number under `code`; 0 is success."""
        found = body.get("code") if isinstance(body, Mapping) else None
        return str(found) if isinstance(found, int | str) else ""

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Frames, pictures and words of clips; plate, line and times of lip-sync."""
        if isinstance(request, Clip):
            return clip_issues(request, model)
        return kling_lips.issues(request) if isinstance(request, LipSync) else []

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """The body of the clip or of the lip-sync, with our number and the address at which we may be rung."""
        if isinstance(request, Clip):
            path, body = clip_order(request, model)
        elif isinstance(request, LipSync):
            path, body = LIPS, {IDENTIFY: kling_lips.question(request), **kling_lips.order(request)}
        else:
            raise InvalidInput(f"Kling does not make {request.kind}.")
        body["external_task_id"] = number_of(path, attempt_key)
        if self.access.callback:
            body["callback_url"] = self.access.callback
        return Order(f"/v1/videos/{path}", body)

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """As everywhere, but a wrong field may be our own number a second time: then the work is there already."""
        try:
            return super().submit(request, model, attempt_key, watch)
        except InvalidInput as refused:
            if refused.detail.startswith(WRONG_FIELD) and self._taken(attempt_key):
                raise OutcomeUnknown("Kling has taken this order before.", detail=refused.detail) from refused
            raise

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The address that took it and its number there; a refusal may come under HTTP 200."""
        body = answer.json()
        code = self.code_of(body)
        if code != DONE:
            kind = self.class_of(code)
            if kind is None:
                raise ValueError(f"code {code}")
            raise kind(kind.says, detail=f"{code} {body.get('message', '')}")
        return Submitted(f"{answer.url.path.rsplit('/', 1)[-1]}/{_number(body['data']['task_id'])}")

    def question(self, ref: str) -> str:
        """Each kind of work is asked where it was ordered."""
        return f"/v1/videos/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """`succeed` is the vendor's spelling. Why a task failed is told in words only, so no class is read from it."""
        if self.code_of(body) != DONE:
            raise PollFailed(PollFailed.says, detail=f"{self.code_of(body)} {body.get('message', '')}")
        data = body["data"]
        status = data["task_status"]
        if status in RUNNING:
            return Submitted(ref)
        if status == "failed":
            raise self.failure(status, str(data.get("task_status_msg") or ""))
        if status != "succeed":
            raise ValueError(status)
        video = data["task_result"]["videos"][0]
        outputs = (Output("clip.mp4", "video/mp4", url=video["url"]),)
        meta = {"plate_ref": f"{self.key}/{video['id']}"}
        return Submitted(
            ref, State.DONE, Done(ref, outputs, self._cost(data.get("final_unit_deduction")), meta=meta)
        )

    def lookup(self, attempt_key: str) -> Submitted | None:
        """What was taken under our number: asked by it, then sought among the newest tasks of each kind."""
        for path in PATHS:
            found = self._found(path, number_of(path, attempt_key))
            if found:
                return Submitted(f"{path}/{found}")
        return None

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """Kling does not sign; our number in it tells the kind of the work, which is then asked for."""
        try:
            body = json.loads(raw)
            data = body.get("data", body)
            path = path_of(data["task_info"]["external_task_id"])
            return f"{path}/{_number(data['task_id'])}"
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput("The call-back could not be read.", detail=repr(error)) from error

    def account_facts(self, body: Any) -> Json:
        """What is left in the resource packages; nothing where the account has no such address."""
        now = int(time.time()) * 1000
        span = {"start_time": str(now - 30 * DAY * 1000), "end_time": str(now)}
        try:
            packages = self.get("/account/costs", span)["data"]["resource_pack_subscribe_infos"]
            units = sum(float(one["remaining_quantity"]) for one in packages)
            each = float(self.access.options.get("unit_milli") or UNIT_MILLI)
            return {"units": units, "balance_milli": round(units * each)}
        except (EngineError, KeyError, TypeError, ValueError):
            return {}

    # -- inside

    def _prepared(self, order: Order) -> Sent:
        """Lip-sync asks first which faces are seen: free, and before anything is paid."""
        sent = super()._prepared(order)
        if IDENTIFY not in order.body:
            return sent
        wanted = {name: value for name, value in sent.json.items() if name != IDENTIFY}
        seen = self._faces({"video_id": order.body[IDENTIFY]["video_id"]})
        return Sent(json=kling_lips.with_face(wanted, seen))

    def _faces(self, body: Json) -> Json:
        try:
            answer = self.http.post(f"/v1/videos/{IDENTIFY}", json=body, headers=self.headers())
        except httpx.HTTPError as error:
            raise NotReached("Kling did not say which faces it sees.", detail=repr(error)) from error
        if 400 <= answer.status_code < 500:
            refused = self.refusal(answer)
            if isinstance(refused, ModelRetired):
                # it is the plate that is not there (any more), not the model
                raise InvalidInput("Kling does not know this plate.", detail=refused.detail)
            if not isinstance(refused, OutcomeUnknown):
                raise refused
        try:
            told = answer.json()
            if self.code_of(told) == DONE:
                return kling_lips.seen(told["data"])
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        raise NotReached("Kling did not say which faces it sees.", detail=answer.text[:500])

    def _taken(self, attempt_key: str) -> bool:
        """Whether our number is known there; where that cannot be asked, it may be."""
        try:
            return self.lookup(attempt_key) is not None
        except PollFailed:
            return True

    def _found(self, path: str, ours: str) -> str:
        try:
            told = self.get(f"/v1/videos/{path}/{ours}")
            if self.code_of(told) == DONE and told["data"]["task_info"]["external_task_id"] == ours:
                return _number(told["data"]["task_id"])
        except (ResultGone, PollFailed, KeyError, TypeError, ValueError):
            # not every address can be asked by our number; the list is the last word
            pass
        try:
            told = self.get(f"/v1/videos/{path}", PAGE)
            if self.code_of(told) != DONE:
                raise ValueError(f"code {self.code_of(told)}")
            rows = [
                row for row in told["data"] if (row.get("task_info") or {}).get("external_task_id") == ours
            ]
            return _number(rows[0]["task_id"]) if rows else ""
        except (ResultGone, KeyError, TypeError, ValueError, AttributeError) as error:
            raise PollFailed("Kling's list of tasks could not be read.", detail=repr(error)) from error

    def _cost(self, units: Any) -> int | None:
        """What the work took off the package, at what a unit of this account costs."""
        try:
            each = Decimal(self.access.options.get("unit_milli") or UNIT_MILLI)
            return round(Decimal(str(units)) * each) if units is not None else None
        except InvalidOperation:
            return None


def signed(access: str, secret: str, now: int) -> str:
    """A token (JWT, HS256) of an access key: valid from five seconds ago for half an hour."""
    claims = {"iss": access, "exp": now + TOKEN_SECONDS, "nbf": now - TOKEN_EARLY}
    parts = [_part({"alg": "HS256", "typ": "JWT"}), _part(claims)]
    proof = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _unpadded(proof)])


def number_of(path: str, attempt_key: str) -> str:
    """Our number of an attempt: the kind of work in words, so that a call-back tells it, and a digest of the key."""
    return f"slate-{path}-{hashlib.sha256(attempt_key.encode()).hexdigest()[:32]}"


def path_of(ours: str) -> str:
    """The kind of work in a number of ours. Raises ValueError for another one."""
    path = ours.removeprefix("slate-").rpartition("-")[0]
    if not ours.startswith("slate-") or path not in PATHS:
        raise ValueError("not a number of ours")
    return path


def _number(value: Any) -> str:
    number = str(value)
    if not NUMBER.fullmatch(number):
        raise ValueError(f"no task number: {number[:40]}")
    return number


def _part(value: Json) -> str:
    return _unpadded(json.dumps(value, separators=(",", ":")).encode())


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
