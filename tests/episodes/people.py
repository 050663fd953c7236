"""A board of one shot in which a real person speaks, with everything made that the steps of a shot start from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from engines.models import EngineCall
from engines.services import connect
from episodes.models import Comparison, Episode, Line, Shot, Take
from episodes.steps import steps_of
from studio.services import Brief, start_project
from talent.consents import Terms, portray, record_consent
from talent.models import Character, Consent
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine
from tests.episodes.working import work
from vault.models import Asset
from vault.services import store
from workflow import jobs
from workflow.models import Job

SCRIPT = """Title: One face

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 2s on INES]]
INES (34) in a grey coat lifts the brass compass.

INES
Hello there.
"""
JANE = "Jane Doe"
PATHS = ("keyframe", "clip", "lips", "speech", "draft")


@dataclass(slots=True)
class People:
    """The studio, its board and the person."""

    studio: Studio
    user: Any
    episode: Episode
    engine: FakeEngine
    folder: Path
    media: Mapping[str, Path]
    facts: dict[str, Any] = field(default_factory=dict)

    def agreed(self, *kinds: str, born: date = date(1990, 5, 21), **changes: Any) -> list[Consent]:
        """Ines portrays Jane, who agreed to all that `changes` do not narrow."""
        scope = {"uses": ["programme"], **changes.pop("scope", {})}
        today = timezone.now().date()
        terms: dict[str, Any] = {
            "subject": JANE,
            "kinds": kinds or ("likeness", "voice"),
            "valid_from": today - timedelta(days=30),
            "method": "signed_form",
            "text_version": "2026-1",
            "granted_by": JANE,
            "scope": scope,
        } | changes
        evidence = self.folder / f"{uuid.uuid4()}.pdf"
        evidence.write_bytes(b"%PDF signed by Jane " + uuid.uuid4().bytes)
        with studio_scope(self.studio, actor=self.user):
            portray(character=self.ines, person=JANE, born_on=born, actor=self.user)
            return record_consent(
                terms=Terms(**terms), evidence=evidence, filename="form.pdf", actor=self.user
            )

    @property
    def ines(self) -> Character:
        return Character.objects.get(slug="ines")

    @property
    def shot(self) -> Shot:
        return Shot.objects.get(episode=self.episode)

    def portrayed(self, born: date = date(1990, 5, 21)) -> None:
        with studio_scope(self.studio, actor=self.user):
            portray(character=self.ines, person=JANE, born_on=born, actor=self.user)

    def made(self) -> None:
        """A keyframe, a clip and a spoken line, as if they had been made before."""
        with studio_scope(self.studio, actor=self.user):
            line = Line.objects.get(episode=self.episode)
            self._take("keyframe", self.shot.pk, self._asset("frame.png", "image/png"), shot=self.shot)
            self._take("clip", self.shot.pk, self._asset("clip.mp4", "video/mp4"), shot=self.shot)
            meta = {"seconds": 0.5, "visemes": [{"at_ms": 0, "viseme": "open"}]}
            sound = self._asset("tone.wav", "audio/wav")
            self._take("speech", line.pk, sound, shot=self.shot, line=line, meta=meta)

    def _asset(self, name: str, mime: str) -> Asset:
        return store(self.media[name], kind="still", title=name, mime=mime, project=self.episode.project_id)

    def _take(self, stage: str, subject: Any, asset: Asset, **facts: Any) -> Take:
        take: Take = Take.objects.create(
            episode=self.episode, stage=stage, subject_id=subject, number=1, asset=asset, engine="fake",
            model="clip", request_digest="d", chosen=True, **facts,
        )  # fmt: skip
        return take

    def order(self, path: str) -> Job:
        """Queue one step of the shot."""
        with studio_scope(self.studio, actor=self.user):
            kind, payload = f"episodes.make_{path}", {}
            if path == "draft":
                anchor = Take.objects.get(stage="keyframe", chosen=True)
                models = ["fake/clip", "fake/clip-lookup"]
                asked = Comparison.objects.create(
                    episode=self.episode, shot=self.shot, anchor=anchor, asked=models
                )
                kind, payload = "episodes.compare_clip", {"comparison": str(asked.pk), "model": "fake/clip"}
            else:
                steps = [step for step in steps_of(self.episode) if step.planned.node == path]
                payload = next(step.wanted.payload for step in steps if step.wanted)
            return jobs.enqueue(kind, key=str(uuid.uuid4()), payload=payload, project=self.episode.project_id)

    def run(self, job: Job) -> Job:
        """Do this job and nothing else; how it ended."""
        with studio_scope(self.studio):
            Job.objects.filter(pk=job.pk).update(priority=99)
            others = {one.kind for one in Job.objects.exclude(pk=job.pk) if one.kind != job.kind}
        work(self.studio.pk, skip=tuple(others) or ("none",))
        return self.see(job)

    def see(self, job: Job) -> Job:
        with studio_scope(self.studio):
            found: Job = Job.objects.get(pk=job.pk)
            return found

    def calls(self) -> list[EngineCall]:
        with studio_scope(self.studio):
            return list(EngineCall.objects.order_by("created_at"))


def code(job: Job) -> str:
    return str((job.error or {}).get("code", ""))


@pytest.fixture
def people(
    studio: Studio,
    user: Any,
    fake_engine: FakeEngine,
    tmp_path: Path,
    media: dict[str, Path],
    vault_ground: Path,
) -> People:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["keyframe", "clip"], actor=user)
        built = start_project(text=SCRIPT, filename="one.fountain", brief=Brief(), actor=user)
        episode = Episode.objects.select_related("project").get(project=built.project)
    return People(studio, user, episode, fake_engine, tmp_path, media)
