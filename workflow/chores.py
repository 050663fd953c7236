"""Small duties that nobody asks for: the sweeper does them in every studio, each at its own pace.

A chore must be safe to do twice and quick; one that fails is logged and tried again next time.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tenancy.queries import every_studio
from tenancy.scope import studio_scope
from workflow.registries import Registry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """What is done inside a studio's scope, and how many seconds lie between two times."""

    do: Callable[[], object]
    every_seconds: float


chores: Registry[Chore] = Registry("chores")


@dataclass(slots=True)
class Rounds:
    """Remembers when each chore was last done; one object lives as long as its sweeper."""

    done_at: dict[str, float] = field(default_factory=dict)

    def due(self, now: float) -> list[tuple[str, Chore]]:
        """The chores whose time has come."""
        return [
            (name, c)
            for name, c in chores.items()
            if now - self.done_at.get(name, -c.every_seconds) >= c.every_seconds
        ]

    def go(self) -> int:
        """Do what is due in every studio. Returns how many were done."""
        now = time.monotonic()
        waiting = self.due(now)
        for studio in every_studio() if waiting else []:
            for name, chore in waiting:
                _do(studio, name, chore)
        self.done_at |= {name: now for name, _ in waiting}
        return len(waiting)


def _do(studio: uuid.UUID, name: str, chore: Chore) -> None:
    try:
        with studio_scope(studio):
            chore.do()
    # The edge of a background duty: one studio's trouble must not stop the others'.
    except Exception:
        log.exception("chore %s failed in studio %s", name, studio)
