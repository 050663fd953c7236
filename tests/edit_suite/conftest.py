"""An episode whose takes are small files made by ffmpeg: three shots, a line, a score, a bed, an effect."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from episodes.models import Act, Episode, Shot, Take
from episodes.queries import shots_of
from studio.services import Brief, start_project
from tenancy.models import Studio, User
from tenancy.scope import studio_scope
from tests.vault.conftest import signer, vault_ground
from vault.claims import ShotClaim
from vault.services import store

__all__ = ["signer", "vault_ground"]

SCRIPT = """Title: The Lamp

INT. KITCHEN - NIGHT

[[shot: ms eye_level static 35mm 2s on MARA]]
MARA (40) lifts the lamp.

[[shot: cu eye_level static 50mm 2s on MARA]]
MARA
It still burns.

EXT. PIER - NIGHT

[[shot: ws eye_level static 24mm 2s]]
The sea.
"""
FRAMES = 48


@dataclass
class Ground:
    """The episode and whose studio it is."""

    studio: Studio
    user: User
    episode: Episode
    folder: Path

    @property
    def shots(self) -> list[Shot]:
        return list(shots_of(self.episode))

    def at(self) -> str:
        return f"/s/{self.studio.slug}/p/{self.episode.project_id}/edit/{self.episode.pk}/"


def _ffmpeg(*argv: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *argv], check=True)


def clip(path: Path, shade: str) -> Path:
    """Two seconds of moving bars of one shade, 640×360."""
    source = f"testsrc2=s=640x360:r=24,hue=h={shade}"
    _ffmpeg("-f", "lavfi", "-i", source, "-frames:v", str(FRAMES), "-pix_fmt", "yuv420p", "-crf", "28",
            "-colorspace", "bt709", "-color_range", "tv", str(path))  # fmt: skip
    return path


def tone(path: Path, seconds: float, pitch: int) -> Path:
    """A tone, 48 kHz mono."""
    _ffmpeg("-f", "lavfi", "-i", f"sine=f={pitch}:r=48000:d={seconds}", "-c:a", "pcm_s16le", str(path))
    return path


def take(ground: Ground, stage: str, subject: UUID, path: Path, meta: dict[str, Any], **of: Any) -> Take:
    """A chosen take of a file."""
    mime = {".mp4": "video/mp4", ".wav": "audio/wav"}[path.suffix]
    # a master places signed shots only
    claim = ShotClaim("test", "bars", "1", "0" * 64) if stage == "clip" else None
    asset = store(
        path,
        kind=stage,
        title=f"{stage} {path.stem}",
        mime=mime,
        project=ground.episode.project_id,
        sign=claim,
    )
    return Take.objects.create(
        episode=ground.episode,
        stage=stage,
        subject_id=subject,
        number=1,
        asset=asset,
        engine="test",
        request_digest="0" * 64,
        chosen=True,
        meta=meta,
        **of,
    )


@pytest.fixture
def ground(studio: Studio, user: User, vault_ground: Any, tmp_path: Path) -> Ground:
    """The episode with its takes; nothing is assembled."""
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="lamp.fountain", brief=Brief(), actor=user)
        episode = Episode.objects.select_related("project").get(project=built.project)
        found = Ground(studio, user, episode, tmp_path)
        for number, shot in enumerate(found.shots):
            path = clip(tmp_path / f"s{number}.mp4", str(60 * number))
            take(found, "clip", shot.pk, path, {"frames": FRAMES}, shot=shot)
            for line in shot.lines.all():
                said = {"seconds": 0.75, "visemes": []}
                take(
                    found,
                    "speech",
                    line.pk,
                    tone(tmp_path / "line.wav", 0.75, 220),
                    said,
                    shot=shot,
                    line=line,
                )
        act = Act.objects.get(episode=episode, shots=found.shots[0])
        take(found, "score", act.pk, tone(tmp_path / "score.wav", 6.0, 330), {"seconds": 6.0}, act=act)
        scene = found.shots[0].scene
        take(found, "ambience", scene.pk, tone(tmp_path / "bed.wav", 4.0, 110), {"seconds": 4.0}, scene=scene)
        effect = {"seconds": 0.25, "at": 0.5, "sound": "knock"}
        last = found.shots[2]
        take(found, "effect", last.pk, tone(tmp_path / "knock.wav", 0.25, 880), effect, shot=last)
        return found
