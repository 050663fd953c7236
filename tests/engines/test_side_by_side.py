"""Slow engines: orders of one worker process are at them side by side, and each is paid once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from engines.adapters.fake import Fake
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import SIX_CREDITS, Floor
from tests.engines.process import FakeEngine
from tests.engines.test_calls import books
from workflow import runner
from workflow.models import Job

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PATIENCE = 20.0
submit = Fake.submit


class SlowDoor:
    """Orders are answered once two have asked; the one with this number breaks. Later ones are answered at once."""

    def __init__(self, breaks: int = 0) -> None:
        self.both, self.breaks = threading.Barrier(2), breaks
        self.askers: list[str] = []

    def submit(self, adapter: Fake, *order: Any) -> Any:
        """In place of the adapter's."""
        self.askers.append(threading.current_thread().name)
        number = len(self.askers)
        if number <= 2:
            self.both.wait(PATIENCE)
        if number == self.breaks:
            raise RuntimeError("a fault in the adapter")
        return submit(adapter, *order)


def _ring(floor: Floor, studio: Studio, door: SlowDoor, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    def at_the_door(adapter: Fake, *order: Any) -> Any:
        return door.submit(adapter, *order)

    monkeypatch.setattr(Fake, "submit", at_the_door)
    with studio_scope(studio):
        Studio.objects.update(jobs_at_once=2)
    queued = [floor.enqueue(), floor.enqueue()]
    assert runner.work(str(queued[0].pk), str(studio.pk), "engine_io") == 2
    return queued


@pytest.mark.parametrize("breaks", [0, 1, 2])
def test_two_orders_are_at_a_slow_engine_at_once(
    floor: Floor, studio: Studio, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, breaks: int
) -> None:
    door = SlowDoor(breaks)
    queued = _ring(floor, studio, door, monkeypatch)
    assert not door.both.broken and len(set(door.askers[:2])) == 2, "each in a lane of its own"
    assert len(fake_engine.charges()) == 2 - bool(breaks), "one that breaks leaves the other alone"
    assert [floor.finish(job).state for job in queued] == ["done", "done"]
    assert len(set(fake_engine.charges())) == len(fake_engine.charges()) == 2
    assert books(floor) == (0, 2 * SIX_CREDITS)
