"""The main job on real parts: a script becomes a certified master, with real engines, ffmpeg and the signer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count
from django.utils import timezone

from billing.queries import balance, verify
from edit_suite.queries import latest_master
from edit_suite.services import regrade
from episodes import gates, services
from episodes.models import Episode, Shot, Take
from episodes.queries import runtime_frames
from scenes.models import Scene
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from vault import services as vault
from vault.models import Lineage
from vault.provenance import verify_file
from workflow import lines, runner
from workflow.models import Job

__all__ = ["signer", "vault_ground"]

SCRIPT = """Title: Short

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) waits in the rain light.

[[shot: cu eye_level dolly in slow 50mm 2s on INES]]
INES
Who is there?

EXT. STREET - NIGHT

[[shot: ws eye_level pan left slow 24mm 1s]]
Rain on the street.
"""


def _decide(episode: Episode, gate: str, user: Any) -> None:
    review = gates.refresh(episode, gate)
    gates.decide(episode=episode, gate=gate, approve=True, seen=review.subject_digest, actor=user)


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_script_becomes_a_certified_master(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="short.fountain", brief=Brief(), actor=user)
        episode = Episode.objects.select_related("project").get(project=built.project)
        services.submit(episode=episode, actor=user)
        _decide(episode, "a", user)
    _lose_a_worker(studio)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert episode.state == "gate_b"
        doubled = Take.objects.values("stage", "subject_id").annotate(n=Count("pk")).filter(n__gt=1)
        assert list(doubled) == []
        assert set(Shot.objects.values_list("state", flat=True)) == {"awaiting_review"}
        _decide(episode, "b", user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert set(Shot.objects.values_list("state", flat=True)) == {"approved"}
        first = latest_master(episode)
        assert episode.state == "gate_c"
        assert first is not None
        assert first.frames == runtime_frames(episode)
        assert abs(first.loudness["integrated"] + 14) <= 0.5
        assert first.loudness["true_peak"] <= -1.0
        assert [row["name"] for row in first.checks["rows"] if row["ok"] is False] == []
        assert first.segments == {"total": 3, "rendered": 3, "cached": 0}
        assert Lineage.objects.filter(child=first.asset, role="shot").count() == 3
        assert first.captions_vtt is not None
        with vault.local_path(first.captions_vtt) as path:
            assert "Who is there?" in path.read_text()
        with vault.local_path(first.asset) as path:
            report = verify_file(path)
        assert (report.state, len(report.ingredients)) == ("trusted", 3)
        assert (report.second_opinion or {}).get("state") in ("trusted", "Trusted")
        assert [g["gate"] for g in report.facts["gates"]] == ["Gate A", "Gate B"]
        street = Scene.objects.get(interior=False)
        regrade(episode=episode, scene=street, grade={**street.grade, "exposure": 0.3}, actor=user)
        assert episode.state == "assembling"
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        second = latest_master(episode)
        assert second is not None
        assert second.pk != first.pk
        assert second.segments == {"total": 3, "rendered": 1, "cached": 2}
        _decide(episode, "c", user)
        assert episode.state == "certified"
        assert (balance().held, verify().intact) == (0, True)


def _lose_a_worker(studio: Studio) -> None:
    """A worker claims a job and is killed: its lease runs out, somebody else does the work, nothing is made twice."""
    with studio_scope(studio):
        job = Job.objects.filter(kind="episodes.make_keyframe", deps_left=0).first()
    assert job is not None
    assert runner.claim(job.pk) is not None
    with studio_scope(studio):
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert job.pk in {job_id for job_id, _ in lines.due_everywhere()}
