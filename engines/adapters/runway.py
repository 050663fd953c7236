"""Runway: its own models and, through its gateway, those of other houses, behind one task.

Contract: docs/engines/runway.md. Over its concurrency Runway keeps a task (`THROTTLED`) and runs it later, so that is
waiting and no error. It charges for work that its rules withhold, and says so with the failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from engines.adapters import runway_bodies
from engines.adapters.base import (
    BadOutput,
    Done,
    EngineError,
    GenerationFailed,
    InvalidInput,
    Issue,
    Model,
    ModerationInput,
    ModerationOutput,
    NotReached,
    Outline,
    Output,
    PollFailed,
    Quote,
    Request,
    State,
    Stopped,
    Submitted,
)
from engines.adapters.orders import Order
from engines.adapters.remote import Json, Remote

VERSION = "2024-11-06"
WAITING = ("PENDING", "THROTTLED", "RUNNING")
CREDIT_MILLI = 1000
NUMBER = re.compile(r"[0-9A-Za-z-]{1,64}")
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".mp4": "video/mp4"}


class Runway(Remote):
    """Clips, stills and upscaling, each by the field table of its model."""

    key = "runway"
    probe = "/v1/organization"
    renews = True  # its addresses run out within a day or two
    codes: ClassVar[Mapping[str, type[EngineError]]] = {
        "SAFETY.": ModerationInput,
        "SAFETY.INPUT.": ModerationInput,
        "SAFETY.OUTPUT.": ModerationOutput,
        "INPUT_PREPROCESSING.SAFETY.": ModerationInput,
        "INPUT_PREPROCESSING.INTERNAL.": GenerationFailed,
        "INTERNAL.": GenerationFailed,
        "THIRD_PARTY.": GenerationFailed,
        "ASSET.INVALID.": InvalidInput,
    }

    def headers(self) -> dict[str, str]:
        """The secret, and the version of the interface that this adapter was written for."""
        return {**super().headers(), "X-Runway-Version": VERSION}

    def issues(self, request: Request | Outline, model: Model) -> list[Issue]:
        """Frames, words, pictures that exclude each other, files that are too large."""
        return runway_bodies.issues(request, model)

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """At the price of the frame that is ordered, which may be larger than the one that was asked for."""
        return model.price.quote(self.units(request, model), runway_bodies.priced_width(request, model))

    def order(self, request: Request, model: Model, attempt_key: str) -> Order:
        """The address of the kind of work and the fields of the model."""
        path, body = runway_bodies.order(request, model)
        return Order(f"/v1/{path}", body)

    def accepted(self, answer: httpx.Response, attempt_key: str) -> Submitted:
        """The number of the task."""
        number = answer.json()["id"]
        if not NUMBER.fullmatch(number):
            raise ValueError("no task number")
        return Submitted(number)

    def question(self, ref: str) -> str:
        """Every kind of work is a task."""
        return f"/v1/tasks/{ref}"

    def state(self, ref: str, body: Json) -> Submitted:
        """What it charged stands with every end, good or bad."""
        status = body["status"]
        if status in WAITING:
            return Submitted(ref)
        cost = _milli(body.get("cost"))
        if status == "CANCELLED":
            raise Stopped("The work was cancelled at Runway.", cost_milli=cost)
        if status == "FAILED":
            raise self.failure(
                str(body.get("failureCode") or "INTERNAL"), str(body.get("failure") or ""), cost
            )
        if status != "SUCCEEDED":
            raise ValueError(status)
        url = body["output"][0]
        suffix = Path(urlsplit(url).path).suffix.lower()
        output = Output(f"result{suffix if suffix in TYPES else '.bin'}", TYPES.get(suffix, ""), url=url)
        return Submitted(ref, State.DONE, Done(ref, (output,), cost))

    def cancel(self, ref: str) -> bool:
        """Only what has not come to its end: of finished work the same call deletes the result."""
        try:
            if self.get(self.question(ref))["status"] not in WAITING:
                return False
            return self.http.delete(self.question(ref), headers=self.headers()).is_success
        except (EngineError, httpx.HTTPError, KeyError, TypeError):
            return False

    def upload(self, name: str, mime: str, data: bytes) -> str:
        """Ask for a place and bring the file there, without the credential: the place is another house's."""
        place = self.ask("/v1/uploads", {"filename": name, "type": "ephemeral"})
        try:
            address, told = str(place["uploadUrl"]), str(place["runwayUri"])
            fields = {str(key): str(value) for key, value in place["fields"].items()}
            answer = self.away.post(address, data=fields, files={"file": (name, data, mime)})
        except (KeyError, TypeError, AttributeError, BadOutput, PollFailed, httpx.HTTPError) as error:
            raise NotReached("A file could not be brought to Runway.", detail=repr(error)) from error
        if not answer.is_success:
            # a place is used once: the next attempt asks for another
            raise NotReached("A file could not be brought to Runway.", detail=answer.text[:500])
        return told

    def account_facts(self, body: Any) -> Json:
        """What is left, and of each model how many at once, how many a day and how many today."""
        try:
            limits, used = body["tier"]["models"], (body.get("usage") or {}).get("models", {})
            return {
                "credits": body["creditBalance"],
                "balance_milli": round(body["creditBalance"] * 1000),
                "credits_a_month": body["tier"].get("maxMonthlyCreditSpend"),
                "models": {
                    name: {
                        "at_once": one.get("maxConcurrentGenerations"),
                        "a_day": one.get("maxDailyGenerations"),
                        "today": (used.get(name) or {}).get("dailyGenerations", 0),
                    }
                    for name, one in limits.items()
                },
            }
        except (KeyError, TypeError, AttributeError):
            return {}


def _milli(cost: Any) -> int | None:
    """Credits are cents; None where no charge is told."""
    charged = cost.get("credits") if isinstance(cost, Mapping) else None
    return round(charged * CREDIT_MILLI) if isinstance(charged, int | float) else None
