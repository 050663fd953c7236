"""Files people bring: a sound in an engine's place, a colour table for the finish; nothing else gets in."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from craft.render.cube import identity, write
from craft.terms.sound import Layer
from edit_suite import uploads
from edit_suite.compose import compose
from engines import foreign
from episodes.models import Take
from tenancy.scope import studio_scope
from tests.edit_suite.conftest import Ground, tone
from vault.errors import UploadRefused
from vault.models import Asset

pytestmark = pytest.mark.django_db
needs_sandbox = pytest.mark.skipif(not foreign.available(), reason="no sandbox here")


def music(ground: Ground) -> Take:
    return Take.objects.get(episode=ground.episode, stage="score", chosen=True)


@needs_sandbox
def test_a_file_takes_the_place_of_an_engines_sound_and_gives_it_back(ground: Ground, tmp_path: Path) -> None:
    wav, mp3 = tone(tmp_path / "own.wav", 3.0, 440), tmp_path / "own.mp3"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(wav), str(mp3)], check=True)
    with studio_scope(ground.studio, actor=ground.user):
        engines = music(ground)
        uploads.replace_sound(take=engines, file=mp3, title="Our song", actor=ground.user)
        made = music(ground)
        assert (made.engine, made.number, made.meta["title"]) == ("upload", 2, "Our song")
        assert made.meta["seconds"] == pytest.approx(3.0, abs=0.1)
        assert made.asset.mime == "audio/wav"
        (clip,) = compose(ground.episode).timeline.layer(Layer.MUSIC)
        assert clip.media.sha256 == made.asset.sha256
        uploads.use_sound(take=engines, actor=ground.user)
        assert music(ground).pk == engines.pk


@needs_sandbox
@pytest.mark.parametrize("content", [b"", b"#EXTM3U\nfile:///etc/passwd\n", b"RIFF" + b"\0" * 40, b"MZ" * 99])
def test_what_is_no_sound_changes_nothing(ground: Ground, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with studio_scope(ground.studio, actor=ground.user):
        before = music(ground)
        with pytest.raises(UploadRefused):
            uploads.replace_sound(take=before, file=path, title="x", actor=ground.user)
        assert music(ground).pk == before.pk
        assert Take.objects.filter(stage="score").count() == 1


def test_without_a_sandbox_no_file_is_taken(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "available", lambda: False)
    with (
        studio_scope(ground.studio, actor=ground.user),
        pytest.raises(UploadRefused, match="sandbox"),
    ):
        uploads.replace_sound(
            take=music(ground), file=tone(tmp_path / "a.wav", 1.0, 440), title="a", actor=ground.user
        )


def test_a_picture_is_not_replaced_by_a_sound(ground: Ground, tmp_path: Path) -> None:
    file = tone(tmp_path / "a.wav", 1.0, 440)
    with studio_scope(ground.studio, actor=ground.user):
        clip = Take.objects.filter(stage="clip")[0]
        with pytest.raises(UploadRefused):
            uploads.replace_sound(take=clip, file=file, title="a", actor=ground.user)


def test_a_colour_table_is_kept_and_a_broken_one_names_its_line(ground: Ground) -> None:
    project = ground.episode.project
    with studio_scope(ground.studio, actor=ground.user):
        data = write(identity(5)).encode()
        asset = uploads.add_lut(project=project, data=data, title="Cold", actor=ground.user)
        assert (asset.kind, asset.title) == ("lut", "Cold")
        broken = b"LUT_3D_SIZE 2\n0 0 0\nnan 0 0\n"
        with pytest.raises(UploadRefused) as caught:
            uploads.add_lut(project=project, data=broken, title="x", actor=ground.user)
        assert "line 3" in caught.value.fields["file"]
        assert Asset.objects.filter(kind="lut").count() == 1
