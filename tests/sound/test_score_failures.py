"""When fluidsynth or its soundfont fails, the error has a code and no file is left; a draft keeps all rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from craft.sound import CueKind, ScoreSpec, SoundEngineMissing, SoundError, fluidsynth_process, score
from craft.sound.fluidsynth_process import find_soundfont
from craft.sound.wav import read_wav
from tests.sound.test_score import seam

SPEC = ScoreSpec(4.0, -0.4, 0.2, "mystery", 3, "MARA")


def pretend(monkeypatch: pytest.MonkeyPatch, folder: Path, line: str) -> None:
    """A program named fluidsynth that answers --version and else runs a line of shell."""
    program = folder / "bin" / "fluidsynth"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo "version 9.9"; exit 0; fi\n{line}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def refused(folder: Path, soundfont: Path | None = None) -> str:
    """The code of the error; nothing may be left in the folder."""
    out = folder / "out"
    out.mkdir()
    with pytest.raises(SoundError) as found:
        score(SPEC, out / "cue.wav", soundfont, stems=True, allow_draft=False)
    assert list(out.iterdir()) == []
    return found.value.code


@pytest.mark.parametrize("line", ["kill -9 $$", "exit 3", "exit 0", "head -c 800000 /dev/zero > cue.raw"])
def test_a_fluidsynth_that_dies_or_plays_nothing(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, tmp_path, line)
    monkeypatch.chdir(tmp_path)
    assert refused(tmp_path) == "sound.fluidsynth"


def test_a_fluidsynth_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, tmp_path, "exec sleep 60")
    monkeypatch.setattr(fluidsynth_process, "START_SECONDS", 0.5)
    monkeypatch.setattr(fluidsynth_process, "SECONDS_PER_SECOND", 0.0)
    assert refused(tmp_path) == "sound.timeout"


def test_a_damaged_soundfont_is_named(tmp_path: Path) -> None:
    whole = find_soundfont().open("rb").read(100_000)
    for number, data in enumerate((b"", b"no soundfont at all", whole)):
        font = tmp_path / f"font{number}.sf2"
        font.write_bytes(data)
        folder = tmp_path / str(number)
        folder.mkdir()
        assert refused(folder, font) == "sound.soundfont_damaged"


def test_a_soundfont_with_a_broken_inside_is_not_played(tmp_path: Path) -> None:
    font = tmp_path / "font.sf2"
    font.write_bytes(b"RIFF" + (4096).to_bytes(4, "little") + b"sfbk" + bytes(4092))
    assert refused(tmp_path, font) == "sound.soundfont_damaged"


def test_a_missing_soundfont_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path, tmp_path / "none.sf2") == "sound.no_soundfont"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SoundError) as found:
        score(replace(SPEC, seconds=1.0), tmp_path / "none" / "cue.wav")
    assert found.value.code == "sound.not_written"


def test_a_name_that_is_taken_by_a_folder_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "cue.wav").mkdir()
    with pytest.raises(SoundError) as found:
        score(replace(SPEC, seconds=1.0), tmp_path / "cue.wav", stems=True)
    assert found.value.code == "sound.not_written"
    assert [p.name for p in tmp_path.iterdir()] == ["cue.wav"]


def test_a_failure_keeps_the_cue_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = score(replace(SPEC, seconds=1.0), tmp_path / "cue.wav")
    before = made.path.read_bytes()
    pretend(monkeypatch, tmp_path, "exit 3")
    with pytest.raises(SoundError):
        score(SPEC, tmp_path / "cue.wav")
    assert made.path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["cue.mid", "cue.wav"]


@pytest.mark.parametrize("kind", [CueKind.CUE, CueKind.LOOP])
def test_without_a_soundfont_a_draft_keeps_length_stems_and_loop(
    kind: CueKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fluidsynth_process, "_SOUNDFONTS", ())
    with pytest.raises(SoundEngineMissing, match="apt-get install fluidsynth fluid-soundfont-gm"):
        score(SPEC, tmp_path / "cue.wav", allow_draft=False)
    made = score(replace(SPEC, kind=kind, energy=0.5), tmp_path / "cue.wav", stems=True)
    assert made.draft
    assert "draft synthesis" in made.version
    mix = read_wav(made.path)[0]
    stems = [read_wav(path)[0] for path in made.stems.values()]
    assert mix.shape == (2, 4 * 48_000)
    assert np.square(mix - sum(stems)).mean() < 1e-7 * np.square(mix).mean()
    assert np.abs(mix).max() <= 10 ** (-1.0 / 20)
    if kind is CueKind.LOOP:
        assert seam(mix) < 1.5
