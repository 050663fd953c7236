"""Bars: stage, count, time used and an estimate of what is left."""

from __future__ import annotations

import time
from collections.abc import Callable

from launcher.console import Console

WIDTH = 24
LEAST_SHARE = 0.03


def clock(seconds: float) -> str:
    """`m:ss` of a duration in seconds."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def estimate(done: float, total: float, elapsed: float) -> float | None:
    """Seconds left at the present pace; None when it is too early to say."""
    if total <= 0 or done <= 0 or done / total < LEAST_SHARE:
        return None
    return elapsed * (total - done) / done


class Bar:
    """One row of progress at the bottom of the console, timed per stage."""

    def __init__(self, console: Console, now: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._now = now
        self._stage = ""
        self._since = now()

    def draw(self, stage: str, done: float, total: float, note: str = "") -> None:
        """Show `done` of `total`. A new stage starts its own clock; a finished one stays as a line."""
        if stage != self._stage:
            self.close()
            self._stage, self._since = stage, self._now()
        self._console.bottom(stage, self._text(stage, done, total, note))

    def close(self) -> None:
        """Leave a finished line for the stage."""
        if self._stage:
            elapsed = self._now() - self._since
            self._console.settle()
            self._console.say(f"  {self._stage:<28} done in {clock(elapsed)}")
        self._stage = ""

    def abandon(self) -> None:
        """Take the row away without calling it done."""
        self._console.settle()
        self._stage = ""

    def _text(self, stage: str, done: float, total: float, note: str) -> str:
        elapsed = self._now() - self._since
        if done <= 0 and elapsed < 1:
            return f"  {stage:<28} …"
        if total <= 0:
            return f"  {stage:<28} {done:g} · {clock(elapsed)} {note}"
        filled = min(WIDTH, int(WIDTH * done / total))
        left = estimate(done, total, elapsed)
        rest = f" · about {clock(left)} left" if left is not None and done < total else ""
        drawn = "#" * filled + "." * (WIDTH - filled)
        return f"  {stage:<28} [{drawn}] {done:g}/{total:g} · {clock(elapsed)}{rest} {note}"
