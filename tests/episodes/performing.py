"""A board of two shots, one of them filmed by a performer, in a studio with an account at (a fake) Runway."""

from __future__ import annotations

import subprocess
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from engines.policy import name_model
from engines.services import connect
from episodes import gates, performances, services
from episodes.models import Episode, Performance, Shot
from episodes.queries import shots_of
from pipelines.services import use_ready
from studio.services import Brief, start_project
from talent.consents import Terms, record_consent
from talent.models import Consent
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine

GRAPH = "acted_by_a_performer"
PERFORMER = "Pat Larsen"
BORN = date(1988, 3, 2)
SOUND = ("episodes.make_score", "episodes.make_ambience", "episodes.make_effects", "episodes.draw_board")
SCRIPT = """Title: Two takes

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 4s on INES]]
INES (34) in a grey coat looks up and laughs.

[[shot: ws eye_level static 35mm 1s]]
Rain on the window.
"""


def filmed(folder: Path, seconds: float = 5.0, source: str = "testsrc2", *, size: str = "640x360") -> Path:
    """A film as a phone would make it: 30 frames a second, with sound."""
    path = folder / f"{uuid.uuid4().hex}.mp4"
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"{source}=size={size}:rate=30"]
    argv += ["-f", "lavfi", "-i", "sine", "-t", f"{seconds:g}", "-pix_fmt", "yuv420p"]
    argv += ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(path)]
    subprocess.run(argv, check=True, timeout=60)
    return path


def begun(
    studio: Studio,
    user: Any,
    engine: FakeEngine | None,
    *,
    graph: str = GRAPH,
    text: str = SCRIPT,
    quality: str = "draft",
) -> Episode:
    """The project, its graph and, where there is an engine, the account."""
    with studio_scope(studio, actor=user):
        if engine is not None:
            connect(engine="runway", base_url=f"{engine.url}/runway", token="key-1", actor=user)
        brief = Brief(cap_milli=10_000_000, quality=quality)
        built = start_project(text=text, filename="a.fountain", brief=brief, actor=user)
        use_ready(project=built.project, slug=graph, actor=user)
        episode = Episode.objects.select_related("project").get(project=built.project)
        # what the engine is sent and charges is of the acted shot alone
        name_model(about=f"shot:{shots(episode)[1].pk}", model="previs/animatic")
        return episode


def shots(episode: Episode) -> tuple[Shot, Shot]:
    """The shot that is acted, and the other."""
    acted, other = shots_of(episode)
    return acted, other


def brought(
    studio: Studio, user: Any, episode: Episode, folder: Path, *, seconds: float = 5.0, **settings: Any
) -> Performance:
    """A film for the first shot."""
    with studio_scope(studio, actor=user):
        return performances.bring(
            shot=shots(episode)[0],
            file=filmed(folder, seconds),
            performer=PERFORMER,
            born_on=settings.pop("born_on", BORN),
            settings=settings,
            actor=user,
        )


def agreed(studio: Studio, user: Any, folder: Path, **changes: Any) -> Consent:
    """The performer's consent to the use of their performance."""
    said: dict[str, Any] = {
        "subject": PERFORMER,
        "kinds": ["performance"],
        "valid_from": timezone.now().date() - timedelta(days=3),
        "method": "signed_form",
        "text_version": "2026-1",
        "granted_by": PERFORMER,
        "scope": {"uses": ["programme"], **changes.pop("scope", {})},
    }
    paper = folder / f"{uuid.uuid4().hex}.pdf"
    paper.write_bytes(b"%PDF signed by " + uuid.uuid4().bytes)
    with studio_scope(studio, actor=user):
        (row,) = record_consent(
            terms=Terms(**{**said, **changes}), evidence=paper, filename="form.pdf", actor=user
        )
    return row


def approved(studio: Studio, user: Any, episode: Episode) -> dict[str, Any]:
    """Send the board to Gate A and let it through; what was seen there."""
    with studio_scope(studio, actor=user):
        fresh = Episode.objects.select_related("project").get(pk=episode.pk)
        review = services.submit(episode=fresh, actor=user)
        gates.decide(episode=fresh, gate="a", approve=True, seen=review.subject_digest, actor=user)
        return dict(review.evidence)
