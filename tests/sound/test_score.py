"""A rendered cue has its exact length, level and accents; its stems add up to it and a loop has no seam."""

from __future__ import annotations

import hashlib
import io
import json
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import mido
import numpy as np
import pytest

from craft.sound import CueKind, ScoreSpec, score
from craft.sound.__main__ import main
from craft.sound.composition import compose
from craft.sound.cue import STEMS
from craft.sound.fluidsynth_process import find_soundfont, rendered
from craft.sound.midi import performance_bytes
from craft.sound.mixdown import Take, finish_for, loudness
from craft.sound.palettes import instruments, palettes
from craft.sound.wav import read_wav
from tests.sound.analysis import Sound, centroid
from tests.sound.listening import chroma, likeness, melody, onsets

DARK = ScoreSpec(12.0, valence=-0.6, energy=-0.7, genre="mystery", seed=3, theme="MARA")
BRIGHT = ScoreSpec(12.0, valence=0.6, energy=0.8, genre="adventure", seed=3, theme="MARA")
NAMES = (
    *("MARA", "JONAS", "FOG", "IDA", "VIKTOR", "LENA", "HARBOUR", "LOVE", "FEAR", "ANNA", "TOM", "Ω", "EVA"),
    *("PAUL", "NORA", "LIGHTHOUSE", "STORM", "OTTO", "MIA", "KAI", "ELIF", "YUSUF", "RUTH", "SAM"),
)


def sound_of(path: Path) -> Sound:
    return read_wav(path)[0]


@pytest.mark.parametrize(
    ("frames", "rate"),
    [(101, "24"), (77, "25"), (97, "30000/1001"), (83, "24000/1001"), (100, "30"), (53, "60000/1001")],
)
def test_a_cue_is_exact_to_the_frame(frames: int, rate: str, tmp_path: Path) -> None:
    spec = ScoreSpec.of_frames(frames, rate, energy=-0.5, theme="MARA", out=True)
    made = score(spec, tmp_path / "cue.wav")
    with wave.open(str(made.path)) as file:
        assert file.getnframes() == round(Fraction(frames) / Fraction(rate) * 48_000)
        assert (file.getframerate(), file.getnchannels()) == (48_000, 2)
    assert not made.draft
    assert np.abs(sound_of(made.path)[:, -48:]).max() < 0.01
    assert mido.MidiFile(made.midi_path).length == pytest.approx(spec.seconds, abs=0.002)


def test_the_same_spec_gives_the_same_samples_and_another_seed_others(tmp_path: Path) -> None:
    def digests(spec: ScoreSpec, name: str) -> list[str]:
        made = score(spec, tmp_path / f"{name}.wav")
        return [hashlib.sha256(p.read_bytes()).hexdigest() for p in (made.path, made.midi_path)]

    spec = replace(BRIGHT, seconds=4.0)
    first = digests(spec, "a")
    assert digests(spec, "b") == first
    assert not set(digests(replace(spec, seed=4), "c")) & set(first)


def test_two_moods_differ_to_the_ear(tmp_path: Path) -> None:
    made = [score(spec, tmp_path / f"{spec.genre}.wav") for spec in (DARK, BRIGHT)]
    dark, bright = (sound_of(m.path) for m in made)
    assert made[1].tempo > 1.4 * made[0].tempo
    assert onsets(bright) > 1.0 + 3 * onsets(dark)
    assert centroid(bright) > 1.3 * centroid(dark)
    tonic = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B").index(made[0].key.split()[0])
    minor, major = (tonic + 3) % 12, (tonic + 4) % 12
    assert chroma(dark)[minor] > 3 * chroma(dark)[major]
    assert chroma(bright)[major] > 3 * chroma(bright)[minor]


@pytest.mark.slow
def test_a_theme_is_recognised_in_every_mood_among_24(tmp_path: Path) -> None:
    for index, name in enumerate(("MARA", "JONAS", "LIGHTHOUSE")):
        for valence, energy, genre in ((-0.8, -0.6, "horror"), (0.5, 0.9, "action"), (0.1, 0.0, "western")):
            spec = ScoreSpec(9.0, valence, energy, genre, index, name)
            heard = melody(score(spec, tmp_path / "cue.wav").midi_path, "lead")
            found = {other: likeness(heard, other) for other in NAMES}
            assert max(found, key=lambda n: found[n]) == name, (genre, found)
            assert found[name] > 0.75
            assert found[name] > 0.1 + sorted(found.values())[-2]


def test_stems_add_up_to_the_mix(tmp_path: Path) -> None:
    spec = replace(BRIGHT, seconds=9.0, themes=("MARA", "JONAS"), hits=(5.0,), out=True)
    made = score(spec, tmp_path / "cue.wav", stems=True)
    assert tuple(made.stems) == tuple(STEMS)
    mix, stems = sound_of(made.path), {name: sound_of(path) for name, path in made.stems.items()}
    rest = mix - sum(stems.values())
    assert np.square(rest).mean() < 2.5e-7 * np.square(mix).mean()
    for stem in stems.values():
        assert np.square(stem).mean() > 1e-3 * np.square(mix).mean()
    assert centroid(stems["bass"]) < 0.6 * centroid(stems["melody"])
    alone = sound_of(score(spec, tmp_path / "alone.wav").path)
    assert np.square(alone - mix).mean() < 1e-4 * np.square(mix).mean()


def seam(signal: Sound) -> float:
    """How much rougher the joint of a loop is than the roughest one in fifty places inside it."""
    rough = np.abs(np.diff(np.concatenate([signal, signal], axis=1), n=2)).max(axis=0)
    size, n = 24, signal.shape[1]
    places = np.linspace(0.1, 0.9, 50) * n
    usual = max(rough[int(at) - size : int(at) + size].max() for at in places)
    return float(rough[n - size : n + size].max() / usual)


def test_a_loop_leads_into_its_beginning_and_rings_over(tmp_path: Path) -> None:
    spec = ScoreSpec(8.0, 0.2, 0.1, "fantasy", 2, "MARA", kind=CueKind.LOOP)
    made = score(spec, tmp_path / "loop.wav", stems=True)
    mix = sound_of(made.path)
    assert mix.shape[1] == 8 * 48_000
    assert seam(mix) < 1.5
    level = [np.sqrt(np.square(part).mean()) for part in (mix[:, -4800:], mix[:, :4800])]
    assert level[1] > 0.3 * level[0]
    pad = sound_of(made.stems["harmony"])
    # the first instant already sounds: it is the end that rings on
    assert np.abs(pad[:, :96]).max() > 0.02 * np.abs(pad).max()


def test_a_hit_sounds_within_a_frame_of_its_moment(tmp_path: Path) -> None:
    spec = ScoreSpec.of_frames(240, "24", energy=-0.8, valence=-0.5, theme="MARA", hits=(61, 150))
    made = score(spec, tmp_path / "cue.wav", stems=True)
    drums = np.abs(sound_of(made.stems["percussion"])).max(axis=0)
    first = int(np.argmax(drums > 0.1 * drums.max()))
    assert 0 <= first / 48_000 - 61 / 24 < 1 / 24
    between = drums[: round(150 / 24 * 48_000)]
    second = drums[len(between) : len(between) + 2000]
    assert second.max() > 3 * between[-2000:].max()


@pytest.mark.slow
def test_genres_sound_different_and_equally_loud(tmp_path: Path) -> None:
    levels, shapes = [], []
    edges = np.geomspace(60, 12_000, 17)
    for genre in palettes():
        spec = ScoreSpec(5.0, 0.1, 0.1, genre, 5, "MARA")
        signal = sound_of(score(spec, tmp_path / "cue.wav").path)
        assert np.abs(signal).max() <= 10 ** (-1.0 / 20)
        levels.append(loudness(Take.of_samples(np.ascontiguousarray(signal.T), signal.shape[1])))
        power = np.abs(np.fft.rfft(signal.mean(axis=0))) ** 2
        bands = np.add.reduceat(power, (edges * signal.shape[1] / 48_000).astype(int))[:-1]
        shapes.append(10 * np.log10(bands / bands.sum() + 1e-6))
    assert max(levels) - min(levels) < 2.0
    for index, shape in enumerate(shapes):
        others = [np.abs(shape - other).mean() for n, other in enumerate(shapes) if n != index]
        assert min(others) > 1.5, list(palettes())[index]


@pytest.mark.parametrize("looped", [False, True])
def test_peaks_stay_under_the_ceiling_and_the_rest_is_untouched(looped: bool) -> None:
    rng = np.random.default_rng(1)
    quiet = (0.02 * rng.standard_normal((6 * 48_000, 2))).astype(np.float32)
    for at in (3, 50_001, 140_007, len(quiet) - 2):
        quiet[at : at + 40] *= 60
    take = Take.of_samples(quiet, len(quiet), looped=looped)
    finish = finish_for(take, -22.0, 0.0, 0.0)
    done = np.concatenate([finish.laid(start, block) for start, block in take.blocks()])
    assert 10 ** (-4 / 20) < np.abs(done).max() <= 10 ** (-1.49 / 20)
    far = slice(80_000, 130_000)
    assert done[far] == pytest.approx(quiet[far] * finish.gain, rel=1e-4)
    if looped:
        assert finish.limits[0] == pytest.approx(finish.limits[-1])


@pytest.mark.parametrize("kind", [CueKind.STINGER, CueKind.BUTTON, CueKind.INTRO])
def test_short_kinds_ring_out_and_an_intro_grows(kind: CueKind, tmp_path: Path) -> None:
    seconds = 2.5 if kind is CueKind.STINGER else 8.0
    spec = ScoreSpec(seconds, -0.4, 0.4, "thriller", 1, "MARA", kind=kind)
    signal = sound_of(score(spec, tmp_path / "cue.wav").path)
    tenths = np.sqrt(
        np.square(signal[:, : signal.shape[1] // 4800 * 4800]).reshape(2, -1, 4800).mean(axis=(0, 2))
    )
    assert np.abs(signal[:, -24:]).max() < 0.005
    if kind is CueKind.STINGER:
        assert int(np.argmax(tenths)) < len(tenths) / 2
    if kind is CueKind.INTRO:
        third = len(tenths) // 3
        assert tenths[third : 2 * third].mean() > 1.5 * tenths[:third].mean()


def test_every_instrument_sounds_at_both_ends_of_its_range(tmp_path: Path) -> None:
    file, track = mido.MidiFile(ticks_per_beat=500), mido.MidiTrack()
    file.tracks.append(track)
    asked = [(program, p) for program, i in instruments().items() for p in (i.low, i.high)]
    for program, pitch in asked:
        track.append(mido.Message("program_change", program=program))
        track.append(mido.Message("note_on", note=pitch, velocity=90))
        track.append(mido.Message("note_off", note=pitch, time=200))
        track.append(mido.Message("control_change", control=120, value=0))
        track.append(mido.Message("control_change", control=91, value=0, time=100))
    file.save(tmp_path / "notes.mid")
    data = (tmp_path / "notes.mid").read_bytes()
    raw = rendered(data, find_soundfont(), tmp_path, "range", 0.3 * len(asked) - 0.1)
    samples = np.fromfile(raw, np.float32)
    for index, (program, pitch) in enumerate(asked):
        piece = samples[round(index * 0.3 * 96_000) :][: round(0.2 * 96_000)]
        assert np.abs(piece).max() > 1e-3, (program, pitch)


def test_the_performance_lasts_as_long_as_the_cue() -> None:
    data = performance_bytes(compose(replace(BRIGHT, out=True)), after=1.0)
    assert mido.MidiFile(file=io.BytesIO(data)).length == pytest.approx(13.0, abs=0.002)


def test_the_command_line_writes_a_cue_in_frames(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "cue.wav"
    given = ["--frames", "60", "--rate", "25", "--theme", "MARA", "--theme", "FOG", "--kind", "stinger"]
    assert main(["score", *given, "--hit", "25", "--stems", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["seconds"], told["kind"], told["themes"]) == (2.4, "stinger", ["MARA", "FOG"])
    assert sorted(told["stems"]) == sorted(STEMS)
    assert main(["score", "--frames", "60", str(out)]) == 1
    assert "sound.refused" in capsys.readouterr().err
