"""Who hears how far a render has come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One report: `done` of `total` frames of a stage (`picture`, `sound`, `master`)."""

    stage: str
    done: int
    total: int


Listener = Callable[[Progress], None]


def deaf(report: Progress) -> None:
    """The listener of somebody who does not want to know."""


def one_at_a_time(listener: Listener) -> Listener:
    """The same listener, never entered by two threads at once."""
    lock = threading.Lock()

    def heard(report: Progress) -> None:
        with lock:
            listener(report)

    return heard


class FrameCount:
    """Adds up the frames of segments rendered side by side and reports the sum, one report at a time."""

    def __init__(self, stage: str, total: int, listener: Listener) -> None:
        self._stage = stage
        self._total = total
        self._listener = listener
        self._parts: dict[int, int] = {}
        self._lock = threading.Lock()

    def part(self, number: int, frames: int) -> None:
        """Part `number` has come to `frames` frames. The listener never runs twice at once."""
        with self._lock:
            if frames <= self._parts.get(number, 0):
                return
            self._parts[number] = frames
            self._listener(Progress(self._stage, min(sum(self._parts.values()), self._total), self._total))
