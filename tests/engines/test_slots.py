"""No more calls at an engine at once than its account allows; what waits is not lost and holds its place."""

from __future__ import annotations

from typing import Any

import pytest

from craft.terms.states import JobState
from engines.models import EngineAccount, EngineCall
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, Floor

pytestmark = pytest.mark.django_db


@pytest.fixture
def narrow(floor: Floor) -> Floor:
    with studio_scope(floor.studio):
        EngineAccount.objects.filter(engine="fake").update(at_once=1)
    return floor


def test_second_call_waits_until_the_first_is_fetched(narrow: Floor, fake_engine: FakeEngine) -> None:
    first, second = narrow.enqueue(), narrow.enqueue()
    assert narrow.step(first).state == JobState.WAITING_ENGINE
    waiting = narrow.step(second)
    assert (waiting.state, waiting.waiting_for) == (JobState.WAITING_ENGINE, "engine")
    assert len(fake_engine.charges()) == 1
    (call,) = narrow.calls(second)
    assert (call.state, call.sends, call.sent_at) == ("intent", 0, None)
    assert narrow.finish(first).state == "done"
    assert narrow.finish(second).state == "done"
    assert len(fake_engine.charges()) == 2


def test_a_call_that_a_person_decides_about_takes_no_slot(narrow: Floor, fake_engine: FakeEngine) -> None:
    fake_engine.schedule("reset_after")
    parked = narrow.finish(narrow.enqueue("fake/clip-opaque"))
    assert parked.state == JobState.NEEDS_DECISION
    assert narrow.finish(narrow.enqueue()).state == "done"


def test_a_lost_sending_keeps_its_slot(narrow: Floor, fake_engine: FakeEngine, studio: Any) -> None:
    first, second = narrow.enqueue("fake/clip-lookup"), narrow.enqueue()
    fake_engine.schedule("reset_after")
    assert narrow.step(first).state == JobState.UNKNOWN
    assert narrow.step(second).state == JobState.WAITING_ENGINE
    with studio_scope(studio):
        assert EngineCall.objects.get(job_id=second.pk).sends == 0
    assert narrow.finish(first).state == narrow.finish(second).state == "done"
