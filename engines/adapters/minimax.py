"""MiniMax, the task API (V2): Hailuo H3 clips. Sound is always made; the edit takes the picture alone.

Contract: docs/engines/minimax.md. Call-backs are not used: the engine first wants a challenge echoed within seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from engines.adapters.base import (
    AuthRefused,
    Clip,
    Done,
    EngineError,
    GenerationFailed,
    Input,
    InvalidInput,
    Issue,
    Model,
    ModerationInput,
    ModerationOutput,
    Outline,
    Output,
    QuotaExhausted,
    RateLimited,
    Request,
    State,
    Submitted,
)
from engines.adapters.orders import Embedded, Order
from engines.adapters.remote import Json
from engines.adapters.tiers import Tiered, frame_issues, ratio_of, tier_of
from engines.adapters.wording import words_and_pictures

CREATE = "/v2/video_generation"
QUERY = "/v2/query/video_generation"
NUMBER = re.compile(r"\((\d{4})\)\s*$")
"""A refusal carries the vendor's number at the end of its message, and nowhere else."""
RUNNING = ("queued", "running")


class Minimax(Tiered):
    """Clips from words, from a first and a last frame, or from references."""

    key = "minimax"
    probe = f"{QUERY}?page_num=1&page_size=1"
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "1000": GenerationFailed,
        "1001": GenerationFailed,
        "1002": RateLimited,
        "1004": AuthRefused,
        "1008": QuotaExhausted,
        "1013": GenerationFailed,
        "1024": GenerationFailed,
        "1026": ModerationInput,
        "1027": ModerationOutput,
        "2013": InvalidInput,
        "2049": AuthRefused,
        "2056": QuotaExhausted,
        "authorized_error": AuthRefused,
        "bad_request_error": InvalidInput,
        "insufficient_balance_error": QuotaExhausted,
        "rate_limit_error": RateLimited,
        "unprocessable_entity_error": ModerationInput,
    }

    def code_of(self, body: Any) -> str:
        """The number at the end of the message, else the type; the older shape names it in `base_resp`."""
        if not isinstance(body, Mapping):
            return ""
        older, error = body.get("base_resp"), body.get("error")
        if isinstance(older, Mapping):
            return str(older.get("status_code") or "")
        if not isinstance(error, Mapping):
            return ""
        found = NUMBER.search(str(error.get("message") or ""))
        return found[1] if found else str(error.get("code") or error.get("type") or "")

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Named shapes and sizes; frames and references cannot be mixed."""
        if not isinstance(request, Clip):
            return []
        if request.references and (request.first or request.last):
            return [Issue("references", "takes pictures either as frames or as references")]
        return frame_issues(request, model)

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """One text, then pictures with their part. Frames decide the shape, words need one."""
        if not isinstance(request, Clip):
            raise InvalidInput(f"minimax does not make {request.kind}.")
        text = {"type": "text", "text": words_and_pictures(request, model.capability.wording)}
        frames = [("first_frame", request.first), ("last_frame", request.last)]
        pictures = [_picture(one, role) for role, one in frames if one is not None]
        body: dict[str, Any] = {
            "model": model.vendor["model"],
            "resolution": tier_of(request, model).name,
            "duration": int(model.capability.ordered(request.seconds)),
        }
        if not pictures:
            body["ratio"] = ratio_of(request, model)
        held = [_picture(one, "reference_image") for one in request.references]
        return Order(CREATE, body | {"content": [text, *pictures, *held]})

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The number of the task. The older shape refuses with 200 and a number: certainly not accepted."""
        body = answer.json()
        if not body.get("task_id") and (code := self.code_of(body)):
            kind = self.class_of(code) or InvalidInput
            raise kind(kind.says, detail=answer.text[:500])
        return Submitted(str(body["task_id"]))

    def question(self, ref: str) -> str:
        """The task itself."""
        return f"{QUERY}/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """queued, running, succeeded, failed with a code, cancelled, expired."""
        task = body["task"]
        status = task["status"]
        if status in RUNNING:
            return Submitted(ref)
        if status != "succeeded":
            error = task.get("error") or {}
            raise self.failure(self.code_of({"error": error}) or status, str(error.get("message") or ""))
        output = Output("clip.mp4", "video/mp4", url=task["content"]["url"])
        version, usage = str(task.get("model") or ""), dict(task.get("usage") or {})
        return Submitted(ref, State.DONE, Done(ref, (output,), version=version, meta={"usage": usage}))

    def cancel(self, ref: str) -> bool:
        """Only what still waits: of finished work the same call deletes the record."""
        try:
            if self.get(self.question(ref))["task"]["status"] != "queued":
                return False
            answer = self.http.delete(f"{CREATE}/{ref}", headers=self.headers())
        except (EngineError, httpx.HTTPError, KeyError, TypeError):
            return False
        return answer.is_success

    def account_facts(self, body: Any) -> Json:
        """How many tasks the account has."""
        return {"tasks": body.get("total")}


def _picture(one: Input, role: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": Embedded(one)}, "role": role}
