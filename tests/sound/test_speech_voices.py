"""The twelve voices can be told apart, each stays itself, and none is louder than another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from craft.sound import VOICES, Voice, speak
from craft.sound.espeak import Segment, synthesised
from craft.sound.registers import Register, hertz_of, register_of
from craft.sound.shaping import CEILING, shape
from craft.sound.signals import Signal
from craft.sound.wav import read_wav
from tests.sound.analysis import centroid, pitch
from tests.sound.voice_analysis import formants, harmonicity, loudness

LINES = (
    "We were away a year ago. You may learn more now, when the rain has gone.",
    "The harbour is closed tonight. Nobody leaves before the fog lifts.",
)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    folder = tmp_path_factory.mktemp("voices")
    out: dict[str, list[Path]] = {}
    for name, voice in VOICES.items():
        out[name] = [folder / f"{name}{number}.wav" for number in range(len(LINES))]
        for line, path in zip(LINES, out[name], strict=True):
            speak(line, voice=voice, out=path)
    return out


def _sound(path: Path) -> Signal:
    return read_wav(path)[0]


def _figures(path: Path) -> np.ndarray:
    """Pitch and mean formant in semitones."""
    sound = _sound(path)
    return 12 * np.log2([pitch(sound), float(np.exp(np.log(formants(sound)).mean()))])


def test_voices_are_told_apart_by_pitch_and_formants_and_known_again_in_another_line(
    spoken: dict[str, list[Path]],
) -> None:
    figures = {name: [_figures(path) for path in paths] for name, paths in spoken.items()}
    # half a semitone of throat weighs as much as one of pitch
    weight = np.array([1.0, 2.0])
    means = {name: np.mean(both, axis=0) for name, both in figures.items()}
    names = list(means)
    apart = {
        (a, b): float(np.linalg.norm((means[a] - means[b]) * weight))
        for number, a in enumerate(names)
        for b in names[number + 1 :]
    }
    closest = min(apart, key=lambda pair: apart[pair])
    assert apart[closest] > 1.4, closest
    # the same voice is closer to itself in another line than any two voices are on the whole
    moved = np.mean([both[1] - both[0] for both in figures.values()], axis=0)
    for name, (first, second) in figures.items():
        nearest = min(names, key=lambda other: np.linalg.norm((second - moved - figures[other][0]) * weight))
        assert nearest == name
        assert np.linalg.norm((second - moved - first) * weight) < 1.6, name


def test_pitch_is_what_the_figures_ask_for(spoken: dict[str, list[Path]]) -> None:
    for name, paths in spoken.items():
        heard = np.mean([pitch(_sound(path)) for path in paths])
        assert heard == pytest.approx(hertz_of(VOICES[name].pitch), rel=0.12), name


def test_no_voice_clips_and_all_are_as_loud(spoken: dict[str, list[Path]]) -> None:
    top = max(float(np.abs(_sound(path)).max()) for paths in spoken.values() for path in paths)
    assert 0.2 < top <= 10 ** (CEILING / 20) + 1e-4
    levels = [loudness(path) for paths in spoken.values() for path in paths]
    assert max(levels) - min(levels) < 1.5
    assert np.median(levels) == pytest.approx(-21.0, abs=0.7)


def test_air_lowers_the_harmonics_and_a_whisper_has_hardly_any(
    spoken: dict[str, list[Path]], tmp_path: Path
) -> None:
    clear, husky = (harmonicity(_sound(spoken[name][1])) for name in ("baritone_dry", "alto_husky"))
    assert husky < clear - 2
    speak(LINES[1], voice=VOICES["baritone_dry"], out=tmp_path / "w.wav", emotion="whisper")
    assert harmonicity(_sound(tmp_path / "w.wav")) < husky
    assert formants(_sound(tmp_path / "w.wav"))[1] == pytest.approx(
        formants(_sound(spoken["baritone_dry"][1]))[1], rel=0.12
    )


def _bare(voice: Voice) -> tuple[Signal, int, Register]:
    register = register_of(voice)
    bare = synthesised([Segment(LINES[1], "en-us")], register, voice.range)
    return bare.signal, bare.rate, register


def _above(sound: Signal, rate: int) -> float:
    """What lies above 4 kHz, in dB of the whole."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(10 * np.log10(power[np.fft.rfftfreq(sound.size, 1 / rate) > 4000].sum() / power.sum()))


def test_shaping_softens_the_upper_partials() -> None:
    voice = Voice("en-us", 44, 172, 60, 1.0, 0.0)
    bare, rate, register = _bare(voice)
    shaped = shape(bare, rate, voice, register, identity=voice).signal
    assert centroid(shaped) < 0.85 * centroid(bare, rate)
    assert _above(shaped, 48_000) < _above(bare, rate) - 5


@pytest.mark.parametrize("name", ["tenor_open", "child_bright", "bass_gravel"])
def test_shaping_moves_no_onset_by_more_than_10_ms(name: str) -> None:
    """Clicks into the bare sound, one each third of a second, are found where `moved` says."""
    voice = VOICES[name]
    rng = np.random.default_rng(3)
    rate, register = 22_050, register_of(voice)
    bare = np.zeros(4 * rate, np.float32)
    onsets = np.arange(1, 11) * 0.35
    for onset in onsets:
        # bursts after silence, as stops are
        burst = rng.standard_normal(rate // 20) * np.exp(-np.arange(rate // 20) / 200)
        bare[round(onset * rate) : round(onset * rate) + burst.size] = 0.3 * burst
    shaped = shape(bare, rate, voice, register, identity=voice)
    envelope = np.abs(shaped.signal)
    for at in shaped.moved(onsets):
        middle = round(float(at) * 48_000)
        around = envelope[max(0, middle - 2400) : middle + 2400]
        start = max(0, middle - 2400) + int(np.argmax(around > 0.3 * around.max()))
        assert abs(start - middle) / 48 < 5


def test_onsets_of_stops_and_vowels_are_where_the_phonemes_say(tmp_path: Path) -> None:
    """After a closure the sound begins at the phoneme, in the shaped file as in the bare one."""
    for name in ("tenor_open", "soprano_light", "bass_slow"):
        said = speak("Pack a pot. Take two cats. Copy that.", voice=VOICES[name], out=tmp_path / "p.wav")
        signal, rate = read_wav(said.path)
        level = np.sqrt(np.convolve(np.square(signal), np.ones(96) / 96, "same"))
        errors = []
        for before, phoneme in zip(said.phonemes, said.phonemes[1:], strict=False):
            if before.symbol or before.ms < 60 or phoneme.symbol[:1] not in "ptkɑæʌɐ":
                continue
            begin = (phoneme.at_ms - 40) * rate // 1000
            part = level[begin : begin + 80 * rate // 1000]
            errors.append(int(np.argmax(part > 0.15 * part.max())) * 1000 / rate - 40)
        assert len(errors) >= 2
        assert np.abs(errors).max() <= 10, (name, errors)
