"""How engines did lately in the open scope's studio: the record of each model, and engines that rest after failures."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from engines.adapters.base import EngineError
from engines.models import EngineCall
from engines.states import CallState
from tenancy.scope import current_scope

RECORD_SECONDS, STUDIOS_KNOWN = 2.0, 256
# Each newer call counts a quarter; one imagined success at the beginning, so that a single failure banishes nobody.
HISTORY, EWMA = 200, 0.25
BREAKER_FAILURES, BREAKER_WINDOW, BREAKER_REST = 3, timedelta(minutes=5), timedelta(seconds=20)
PROBING = frozenset({CallState.INTENT.value, CallState.SUBMITTED.value, CallState.UNKNOWN.value})


@dataclass(frozen=True, slots=True)
class Record:
    """How a model did lately: ended calls, how often they came good (newer ones count more), median seconds."""

    ended: int = 0
    success: float = 1.0
    seconds: float = 0.0

    @property
    def time(self) -> str:
        """The median in words."""
        return f"{self.seconds:.1f} s" if self.seconds >= 0.1 else f"{self.seconds * 1000:.0f} ms"


@dataclass(frozen=True, slots=True)
class Lately:
    """What the last calls tell. `calm`: no engine's newest ended call failed as an engine fails."""

    read_at: float
    records: Mapping[str, Record]
    resting: frozenset[str]
    probed: frozenset[str]
    calm: bool


_known: dict[UUID, Lately] = {}


def recent_record() -> Lately:
    """The record as this process read it a moment ago; where any engine failed last, as it is now.

    A breaker needs several failures in a row and who probes is counted exactly, so only calm is remembered.
    """
    studio_id = current_scope().studio_id
    known = _known.get(studio_id)
    if known is None or not known.calm or time.monotonic() - known.read_at > RECORD_SECONDS:
        known = _known[studio_id] = read_record()
        while len(_known) > STUDIOS_KNOWN:
            del _known[next(iter(_known))]
    return known


def forget_record() -> None:
    """A call ended badly here: what was remembered of the open scope's studio is out of date."""
    _known.pop(current_scope().studio_id, None)


def read_record() -> Lately:
    """The record as it is now, from the studio's last calls."""
    calls = list(
        EngineCall.objects.order_by("-created_at").values(
            "engine", "model", "state", "error", "sent_at", "ended_at", "updated_at"
        )[:HISTORY]
    )
    codes = _breaking_codes()
    newest: dict[str, Mapping[str, Any]] = {}
    for call in calls:
        if call["state"] not in PROBING or call["error"]:
            newest.setdefault(call["engine"], call)
    calm = not any((call["error"] or {}).get("code") in codes for call in newest.values())
    return Lately(time.monotonic(), _records(calls), *_breakers(calls), calm)


def _breaking_codes() -> frozenset[str]:
    """Codes of all error classes that count against an engine's breaker."""
    return frozenset(kind.code for kind in EngineError.__subclasses__() if kind.breaks)


def _breakers(calls: Sequence[Mapping[str, Any]]) -> tuple[frozenset[str], frozenset[str]]:
    """(resting, probed): engines whose newest ended calls all failed as an engine fails.

    Such an engine rests; after that one call may probe it, and until that call has ended nobody else asks it.
    """
    resting, probed = set(), set()
    for engine in {c["engine"] for c in calls}:
        own = [c for c in calls if c["engine"] == engine]
        failed = _failed_in_a_row(own)
        if failed is None:
            continue
        if failed > timezone.now() - BREAKER_REST:
            resting.add(engine)
        elif any(c["state"] in PROBING and c["updated_at"] > failed for c in own):
            probed.add(engine)
    return frozenset(resting), frozenset(probed)


def _failed_in_a_row(calls: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When the last of so many failures in a row was; None when the newest calls did not all fail."""
    codes, recent = _breaking_codes(), timezone.now() - BREAKER_WINDOW
    told = [c for c in calls if c["updated_at"] > recent and (c["state"] not in PROBING or c["error"])]
    newest = told[:BREAKER_FAILURES]
    failed = [c for c in newest if c["state"] != CallState.DONE and (c["error"] or {}).get("code") in codes]
    return max(c["updated_at"] for c in failed) if len(failed) == BREAKER_FAILURES else None


def _records(calls: Sequence[Mapping[str, Any]]) -> dict[str, Record]:
    """By model, from calls that are newest first."""
    records = {}
    for key in {f"{c['engine']}/{c['model']}" for c in calls}:
        own = [c for c in calls if f"{c['engine']}/{c['model']}" == key]
        ended = [c for c in own if c["state"] in (CallState.DONE, CallState.FAILED)]
        success = 1.0
        for call in reversed(ended):
            success += EWMA * ((call["state"] == CallState.DONE) - success)
        times = sorted(
            (c["ended_at"] - c["sent_at"]).total_seconds()
            for c in ended
            if c["state"] == CallState.DONE and c["ended_at"] and c["sent_at"]
        )
        records[key] = Record(len(ended), success, times[len(times) // 2] if times else 0.0)
    return records
