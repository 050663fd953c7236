"""Keyframes of a paid engine: the next one's money is held where the one before it is paid for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from billing.queries import balance, verify
from engines.services import connect
from episodes import gates, services
from episodes.models import Episode, Take
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, fake_engine
from tests.engines.process import running
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from workflow import runner
from workflow.models import Job

__all__ = ["fake_engine", "signer", "vault_ground"]

SCRIPT = """Title: Two stills

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) in a grey coat waits.

[[shot: cu eye_level static 50mm 1s on INES]]
INES looks up.
"""
KEYFRAME_MILLI = 4_000
AFTER = ("episodes.make_keyframe", "episodes.make_clip", "episodes.make_score", "episodes.make_ambience")


@pytest.fixture(scope="module")
def engine_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeEngine]:
    """An engine that is done by the time it has answered."""
    with running(tmp_path_factory.mktemp("instant-engine") / "charges.jsonl", 0.0) as process:
        yield process


def _held_and_paid(studio: Studio) -> dict[str, list[str]]:
    """The movements of each transaction that moved money for a call, oldest first."""
    with studio_scope(studio), connection.cursor() as cursor:
        cursor.execute(
            "SELECT xmin::text, array_agg(kind::text ORDER BY kind) FROM billing_txn"
            " WHERE kind IN ('reserve', 'settle') AND studio_id = (SELECT app_studio())"
            " GROUP BY xmin::text ORDER BY min(created_at)"
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.usefixtures("vault_ground")
def test_next_keyframe_is_reserved_where_the_one_before_it_is_paid(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        Studio.objects.update(jobs_at_once=1)
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["keyframe"], actor=user)
        built = start_project(text=SCRIPT, filename="two.fountain", brief=Brief(), actor=user)
        episode = Episode.objects.get(project=built.project)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        review = services.submit(episode=episode, actor=user)
        before = balance().wallet
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    work(studio.pk, skip=AFTER)
    with studio_scope(studio):
        first = Job.objects.filter(kind="episodes.make_keyframe").order_by("-priority", "run_after")[0]
    assert runner.work(str(first.pk), str(studio.pk), first.queue) >= 2
    assert list(_held_and_paid(studio).values()) == [["reserve"], ["reserve", "settle"], ["settle"]]
    with studio_scope(studio):
        assert Take.objects.filter(stage="keyframe", engine="fake").count() == len(fake_engine.charges()) == 2
        assert (balance().wallet, balance().held) == (before - 2 * KEYFRAME_MILLI, 0)
        assert verify().intact
