"""A cue has its exact length, its mood's harmony and its theme's melody, and is the same every time."""

from __future__ import annotations

import itertools
import wave
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest

from craft.sound import ScoreSpec, SoundEngineMissing, SoundRefused, conductor, score
from craft.sound.composition import compose
from craft.sound.harmony import SCALES, Key, led, parallels
from craft.sound.midi import midi_bytes
from craft.sound.motif import motif_of
from craft.sound.palettes import palettes
from craft.sound.wav import read_wav
from craft.terms.story import Genre
from tests.sound.analysis import centroid

DARK = ScoreSpec(12.0, valence=-0.6, energy=-0.7, genre="mystery", seed=3, theme="MARA")
BRIGHT = ScoreSpec(12.0, valence=0.6, energy=0.8, genre="adventure", seed=3, theme="MARA")


@pytest.mark.parametrize(("seconds", "samples"), [(12.0, 576_000), (7.3417, 352_402), (1.0, 48_000)])
def test_score_is_exact_to_the_sample(seconds: float, samples: int, tmp_path: Path) -> None:
    made = score(replace(DARK, seconds=seconds, out=True), tmp_path / "cue.wav")
    with wave.open(str(made.path)) as file:
        assert (file.getnframes(), file.getframerate(), file.getnchannels()) == (samples, 48_000, 2)
    assert not made.draft
    signal, _ = read_wav(made.path)
    assert 0.05 < np.abs(signal).max() < 10 ** (-1.4 / 20)
    assert np.abs(signal[:, -48:]).max() < 0.01


def test_the_same_spec_writes_the_same_notes_and_another_seed_others() -> None:
    assert midi_bytes(compose(DARK)) == midi_bytes(compose(DARK))
    assert midi_bytes(compose(DARK)) != midi_bytes(compose(replace(DARK, seed=4)))


def test_two_moods_differ_in_tempo_mode_density_and_brightness(tmp_path: Path) -> None:
    dark, bright = compose(DARK), compose(BRIGHT)
    assert bright.tempo > 1.4 * dark.tempo
    assert (dark.key.mode, bright.key.mode) == ("minor", "major")
    assert len(bright.notes) > 3 * len(dark.notes)
    sounds = [read_wav(score(spec, tmp_path / f"{spec.genre}.wav").path)[0] for spec in (DARK, BRIGHT)]
    assert centroid(sounds[1]) > 1.3 * centroid(sounds[0])


def test_one_theme_keeps_its_steps_and_rhythm_in_every_mood() -> None:
    motif = motif_of("MARA")
    for spec in (DARK, BRIGHT, replace(DARK, valence=0.2, energy=0.1, genre="western", seed=9)):
        piece = compose(spec)
        lead = sorted((n for n in piece.notes if n.part == "lead"), key=lambda n: n.start)[
            : len(motif.degrees)
        ]
        scale = [12 * octave + piece.key.tonic + s for octave in range(11) for s in SCALES[piece.key.mode]]
        degrees = [scale.index(note.pitch) for note in lead]
        assert tuple(b - a for a, b in itertools.pairwise(degrees)) == motif.steps
        starts = np.array([note.start for note in lead])
        assert np.diff(starts) == pytest.approx(motif.beats[:-1], abs=0.3)


def test_the_harmony_carries_the_melody_where_it_counts() -> None:
    carried = []
    for seed, theme in enumerate(("MARA", "JONAS", "FOG", "IDA", "VIKTOR", "LENA")):
        piece = compose(ScoreSpec(40, valence=0.5 - 0.2 * seed, energy=0.3, seed=seed, theme=theme, out=True))
        for note in (n for n in piece.notes if n.part == "lead" and n.start % 4 < 0.1):
            degree = piece.chords[min(len(piece.chords) - 1, int(note.start // 4))]
            chord = piece.key.chord(degree, dominant=True) | piece.key.chord(degree)
            carried.append(note.pitch % 12 in chord)
    assert np.mean(carried) > 0.85


def test_themes_differ_from_each_other() -> None:
    names = ["MARA", "JONAS", "THE FOG", "Harbour", "Ida", "Viktor", "Love", "Fear"]
    assert len({motif_of(name) for name in names}) == len(names)
    assert motif_of(" mara ") == motif_of("MARA")


def test_every_motif_fills_two_bars_and_stays_in_reach() -> None:
    for index in range(200):
        motif = motif_of(f"theme {index}")
        assert sum(motif.beats) == 8
        assert len(motif.beats) == len(motif.degrees)
        assert -4 <= min(motif.degrees) <= max(motif.degrees) <= 8


def test_voices_move_little_and_not_in_parallel_fifths() -> None:
    key = Key(2, "minor")
    voices, moved, parallel = None, [], 0
    for degree in (0, 5, 3, 4, 0, 6, 5, 4, 0):
        following = led(voices, key.chord(degree, dominant=True), key.pitch(degree, 2) % 12)
        assert {v % 12 for v in following} == key.chord(degree, dominant=True)
        if voices:
            moved.append(max(abs(a - b) for a, b in zip(voices, following, strict=True)))
            parallel += parallels(voices, following)
        voices = following
    assert max(moved) <= 5
    assert parallel == 0


def test_a_closed_cue_ends_on_the_tonic_that_rings() -> None:
    piece = compose(replace(BRIGHT, out=True))
    assert piece.chords[-2:] == (4, 0)
    last = max((n for n in piece.notes if n.part == "lead"), key=lambda n: n.start)
    assert last.pitch % 12 == piece.key.tonic
    assert piece.tail > 1
    assert piece.played + piece.tail == pytest.approx(12.0)


def test_an_intro_holds_back_the_melody() -> None:
    plain, held = compose(replace(BRIGHT, seconds=30)), compose(replace(BRIGHT, seconds=30, intro=True))
    first = [min(n.start for n in piece.notes if n.part == "lead") for piece in (plain, held)]
    assert first == pytest.approx([0, 8], abs=0.1)


def test_hits_land_where_the_picture_asks(tmp_path: Path) -> None:
    piece = compose(replace(DARK, hits=(4.0, 9.5)))
    times = sorted({round(n.start * 60 / piece.tempo, 2) for n in piece.notes if n.part == "hits"})
    assert times == pytest.approx([4.0, 9.5], abs=0.01)


def test_midi_lasts_as_long_as_the_cue(tmp_path: Path) -> None:
    made = score(replace(BRIGHT, out=True), tmp_path / "cue.wav")
    assert mido.MidiFile(made.midi_path).length == pytest.approx(12.0, abs=0.01)


def test_every_genre_has_its_own_palette() -> None:
    assert set(palettes()) == {genre.value for genre in Genre}
    assert len(set(palettes().values())) == len(palettes())


def test_without_a_soundfont_a_draft_is_played_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor, "_SOUNDFONTS", ())
    with pytest.raises(SoundEngineMissing, match="apt-get install fluidsynth fluid-soundfont-gm"):
        score(DARK, tmp_path / "cue.wav", allow_draft=False)
    made = score(DARK, tmp_path / "cue.wav")
    assert made.draft
    assert "draft synthesis" in made.version
    signal, _ = read_wav(made.path)
    assert signal.shape == (2, 576_000)
    assert np.square(signal).mean() > 1e-5


@pytest.mark.parametrize("bad", [{"seconds": 0.1}, {"valence": 2.0}, {"genre": "polka"}])
def test_an_impossible_cue_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(SoundRefused):
        ScoreSpec(**{"seconds": 10.0, **bad})  # type: ignore[arg-type]
