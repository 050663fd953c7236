"""Rows for pages, made by the studio's own verbs: a project with its board, frames without rendering."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

SCRIPT = """Title: The Lamp

INT. LIGHTHOUSE - NIGHT

MARA (40) lifts the lamp from its hook.

MARA
It still burns.
"""


@dataclass(frozen=True)
class Ground:
    """A project, its one episode and the addresses of their pages."""

    studio: str
    project: Any
    episode: Any

    @property
    def home(self) -> str:
        return f"/s/{self.studio}/"

    @property
    def at(self) -> str:
        return f"{self.home}p/{self.project.pk}/"

    @property
    def board(self) -> str:
        return f"{self.at}episodes/{self.episode.pk}/board/"

    def gate(self, letter: str) -> str:
        return f"{self.at}episodes/{self.episode.pk}/gate/{letter}/"


def start(studio: Any, user: Any, text: str = SCRIPT) -> Ground:
    """A project from a script, as the builder makes it; its board is queued, nothing is drawn. Inside a scope."""
    from episodes.models import Episode  # reason: apps are loaded by now
    from studio.services import Brief, start_project

    built = start_project(text=text, filename="lamp.fountain", brief=Brief(), actor=user)
    return Ground(studio.slug, built.project, Episode.objects.get(project=built.project))


def picture(colour: str = "#34506f") -> Path:
    """A small PNG."""
    path = Path(tempfile.mkstemp(suffix=".png")[1])
    Image.new("RGB", (320, 180), colour).save(path)
    return path


def frame(ground: Ground, position: int, colour: str = "#34506f") -> None:
    """Give a shot its board frame, as the worker does. Inside a scope."""
    from episodes.models import Shot, Take  # reason: apps are loaded by now
    from vault.services import store
    from workflow.events import emit

    shot = Shot.objects.get(episode=ground.episode, position=position)
    path = picture(colour)
    asset = store(
        path, kind="board", title=f"{shot.label} board", mime="image/png", project=ground.project.pk
    )
    path.unlink()
    take = Take.objects.create(
        episode=ground.episode, shot=shot, stage="board", subject_id=shot.pk, number=1, asset=asset,
        engine="previs", request_digest="0" * 64, chosen=True,
    )  # fmt: skip
    emit(ground.project.pk, "take.made", {"take": str(take.pk), "stage": "board", "shot": str(shot.pk)})


def shots(ground: Ground) -> int:
    """How many shots the episode has. Inside a scope."""
    from episodes.models import Shot  # reason: apps are loaded by now

    return Shot.objects.filter(episode=ground.episode).count()
