"""The meter agrees with ffmpeg's, the limiter holds what it promises, every delivery lands on its target."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from craft.render.ducking import DuckSpec, speech_steps
from craft.render.limiter import CURVE_STEPS, PeakMap, applied, curves
from craft.render.loudness import finish, measure
from craft.render.metering import LoudnessMeter, metered, true_peaks
from craft.render.tools import find_tools
from craft.render.wav import Samples, WavFile
from craft.terms.sound import LOUDNESS
from tests.render.conftest import noise


def kept(path: Path, samples: Samples) -> Path:
    with WavFile.create(path, len(samples)) as file:
        file.write(0, samples)
    return path


def stereo(mono: np.ndarray) -> Samples:
    return np.repeat(np.asarray(mono, np.float32)[:, None], 2, axis=1)


def ebur128(path: Path) -> tuple[float, float, float]:
    """Integrated, true peak and range as ffmpeg's meter reads them."""
    argv = ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-i", str(path)]
    argv += ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    log = subprocess.run(argv, check=True, capture_output=True, text=True).stderr
    summary = log[log.rindex("Summary:") :]
    found = [re.search(rf"{name}:\s+(-?[\d.]+)", summary) for name in ("I", "Peak", "LRA")]
    first, second, third = (float(one[1]) for one in found if one)
    return first, second, third


def voiced(seconds: float) -> np.ndarray:
    at = np.arange(round(seconds * 48_000)) / 48_000
    tone = sum(np.sin(2 * np.pi * 110 * part * at + part * part) / part for part in range(1, 40))
    return tone * np.sin(np.pi * 3 * at) ** 2 * (0.05 + 0.05 * (at % 4 < 2))


def programmes() -> dict[str, Samples]:
    pink = np.cumsum(noise(12.0, 0.02, 3)) * 0.05
    sides = np.stack((noise(8.0, 0.2, 1), noise(8.0, 0.05, 2)), 1)
    fading = np.sin(2 * np.pi * 11_025 * np.arange(480_000) / 48_000 + 0.6) * np.hanning(480_000) * 0.5
    clicks = noise(8.0, 0.001, 4)
    clicks[5000::20_000] = 0.7
    return {
        "voice": stereo(voiced(12)),
        "noise": sides.astype(np.float32),
        "high tone": stereo(fading),
        "clicks": stereo(clicks),
        "drift": stereo(pink - pink.mean()),
    }


@pytest.mark.parametrize("name", ["voice", "noise", "high tone", "clicks", "drift"])
def test_meter_reads_what_ffmpeg_reads(name: str, tmp_path: Path) -> None:
    samples = programmes()[name]
    pieces = [samples[at : at + 33_333] for at in range(0, len(samples), 33_333)]
    ours = metered(pieces)
    loud, peak, spread = ebur128(kept(tmp_path / "mix.wav", samples))
    assert ours.integrated == pytest.approx(loud, abs=0.1)
    assert ours.true_peak == pytest.approx(peak, abs=0.2)
    assert ours.range == pytest.approx(spread, abs=0.2)


def test_meter_of_the_standards_reference_tone() -> None:
    # BS.1770: a 997 Hz sine at full scale in one channel reads -3.01 LUFS
    tone = np.zeros((48_000 * 5, 2), np.float32)
    tone[:, 0] = np.sin(2 * np.pi * 997 * np.arange(48_000 * 5) / 48_000)
    assert metered([tone]).integrated == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize("seconds", [0.0, 0.2])
def test_meter_says_so_when_there_is_nothing_to_read(seconds: float) -> None:
    read = metered([stereo(noise(seconds, 0.1))])
    assert (read.integrated, read.range) == (None, None)
    silent = metered([np.zeros((96_000, 2), np.float32)])
    assert (silent.integrated, silent.true_peak, silent.range) == (None, None, None)


def test_true_peak_lies_between_the_samples() -> None:
    # a quarter of the sample rate, sampled beside its crests: 3 dB higher than any sample
    tone = np.sin(2 * np.pi * 12_000 * np.arange(4800) / 48_000 + np.pi / 4)
    padded = stereo(tone)
    found = true_peaks(padded, np.arange(10, 20))
    assert np.allclose(found, 1.0, atol=0.02) and np.abs(padded).max() < 0.72


def surveyed(source: WavFile) -> PeakMap:
    meter = LoudnessMeter(keep_fine=True)
    for _, piece in source.pieces():
        meter.take(piece)
    meter.finish()
    return PeakMap(source, meter.fine[1])


def limited(source: WavFile, gain: float, ceiling: float) -> Samples:
    heard = []
    for start, edges in curves(surveyed(source), gain, ceiling):
        first = start * 48
        last = min(first + (edges.size - 1) * 48, source.samples)
        heard.append(applied(source.read(first, last), edges))
    return np.concatenate(heard)


def test_limiter_holds_true_peaks_and_leaves_the_rest_alone(tmp_path: Path) -> None:
    samples = stereo(noise(6.0, 0.02, 5))
    samples[100_000:100_400] += stereo(noise(400 / 48_000, 0.5, 6))
    samples[200_000] = 0.95
    with WavFile(kept(tmp_path / "mix.wav", samples)) as source:
        heard = limited(source, 6.0, -3.0)
    assert heard.shape == samples.shape
    peak = metered([heard]).true_peak
    assert peak is not None
    assert peak <= -3.0 + 0.02
    plain = samples * np.float32(10 ** (6 / 20))
    assert np.allclose(heard[:90_000], plain[:90_000], rtol=1e-4)
    assert np.allclose(heard[-60_000:], plain[-60_000:], rtol=1e-4)
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = 20 * np.log10(np.abs(heard[:, 0] / plain[:, 0]))
    steps = np.diff(gains[np.isfinite(gains)])
    assert np.abs(steps).max() < 0.1  # a glide, no switch
    assert gains[np.isfinite(gains)].max() < 0.01


def test_true_peaks_do_not_depend_on_what_was_asked_before(tmp_path: Path) -> None:
    samples = stereo(noise(21.0, 0.1, 7))
    with WavFile(kept(tmp_path / "mix.wav", samples)) as source:
        step_by_step, at_once = surveyed(source), surveyed(source)
        for threshold in (0.45, 0.4, 0.35, 0.3):
            step_by_step.refine(threshold)
        at_once.refine(0.3)
        padded = np.pad(samples, ((7, 8 + 48), (0, 0)))
        own = true_peaks(padded, np.arange(at_once.peaks.size))
    assert np.array_equal(step_by_step.peaks, at_once.peaks)
    high = own > 0.3
    assert 0.05 < high.mean() < 0.95  # some are measured, some need not be
    assert np.allclose(at_once.peaks[high], own[high], rtol=2e-3)


def test_limiter_makes_one_curve_across_its_stretches(tmp_path: Path) -> None:
    # a peak right behind a boundary of the stretches must already be prepared before it
    samples = stereo(np.full(600_000, 0.1))
    edge = CURVE_STEPS * 48
    samples[edge : edge + 10] = 0.9
    with WavFile(kept(tmp_path / "mix.wav", samples)) as source:
        heard = limited(source, 0.0, -6.0)
    assert np.abs(heard).max() <= 0.5015
    assert heard[edge - 100, 0] < 0.08 and heard[edge - 800, 0] == pytest.approx(0.1, abs=1e-4)
    assert 0.05 < heard[edge + 1200, 0] < 0.1 and heard[edge + 20_000, 0] == pytest.approx(0.1, abs=1e-3)


@pytest.mark.parametrize("key", list(LOUDNESS))
def test_every_delivery_is_within_a_tenth(key: str, tmp_path: Path) -> None:
    samples = stereo(voiced(15)) + stereo(noise(15.0, 0.01, 7))
    samples[300_000:300_020] = 0.9
    spec = LOUDNESS[key]
    made = finish(find_tools(), kept(tmp_path / "mix.wav", samples), tmp_path / "out.m4a", spec, 192_000)
    loud, peak, _ = ebur128(made.path)
    assert made.report.holds
    assert made.report.error is not None
    assert abs(made.report.error) <= 0.1
    assert abs(loud - spec.integrated) <= 0.1 + 0.05  # ffmpeg shows tenths
    assert peak <= spec.true_peak
    assert made.delay_samples == 0
    assert made.report.limited == (made.report.reduction_db > 0)
    assert not list(tmp_path.glob(".*"))


def test_what_cannot_be_reached_says_why(tmp_path: Path) -> None:
    spec = LOUDNESS["online"]
    faint = kept(tmp_path / "faint.wav", stereo(noise(3.0, 0.0004, 8)))
    report = finish(find_tools(), faint, tmp_path / "faint.m4a", spec, 192_000).report
    assert not report.holds
    assert "raised by more than 40 dB" in report.note
    assert report.error is not None
    assert report.error < -1
    lone = np.zeros((48_000 * 3, 2), np.float32)
    lone[70_000] = 0.9
    report = finish(
        find_tools(), kept(tmp_path / "lone.wav", lone), tmp_path / "lone.m4a", spec, 192_000
    ).report
    assert not report.holds
    assert report.note
    assert report.true_peak is not None
    assert report.true_peak <= spec.true_peak


def test_streaming_is_anchored_on_the_dialogue(tmp_path: Path) -> None:
    speech = np.zeros(48_000 * 12)
    speech[96_000:336_000] = voiced(5)
    loud_end = np.zeros(48_000 * 12)
    loud_end[400_000:] = noise(12.0, 0.2, 9)[400_000:]
    with WavFile(kept(tmp_path / "dialogue.wav", stereo(speech))) as dialogue:
        gate = speech_steps(dialogue, DuckSpec())
    assert 0.2 < gate.mean() < 0.5 and not gate[:19].any() and not gate[72:].any()
    mix = kept(tmp_path / "mix.wav", stereo(speech + loud_end))
    spec = LOUDNESS["streaming"]
    made = finish(find_tools(), mix, tmp_path / "out.m4a", spec, 192_000, speech=gate)
    report = made.report
    assert report.anchor == "dialogue" and report.dialogue == pytest.approx(-27.0, abs=0.1)
    assert report.integrated is not None and report.integrated > -20  # the loud end counts for the programme
    again = measure(find_tools(), made.path, "check", speech=gate)
    assert again.dialogue == pytest.approx(report.dialogue, abs=0.01)


def test_too_little_speech_is_measured_by_the_programme(tmp_path: Path) -> None:
    gate = np.zeros(60, np.bool_)
    gate[10:14] = True
    mix = kept(tmp_path / "mix.wav", stereo(noise(6.0, 0.05, 2)))
    report = finish(find_tools(), mix, tmp_path / "o.m4a", LOUDNESS["streaming"], 192_000, speech=gate).report
    assert report.anchor == "programme" and report.holds and "too little speech" in report.note
    assert report.integrated == pytest.approx(-27.0, abs=0.1)


def test_a_specification_without_a_gate_ignores_speech(tmp_path: Path) -> None:
    mix = kept(tmp_path / "mix.wav", stereo(noise(4.0, 0.05, 2)))
    spec = replace(LOUDNESS["streaming"], dialogue_gate=False)
    gate = np.ones(40, np.bool_)
    report = finish(find_tools(), mix, tmp_path / "o.m4a", spec, 192_000, speech=gate).report
    assert report.anchor == "programme" and report.dialogue is None


def band(sound: np.ndarray, low: float, high: float) -> np.ndarray:
    """What of a sound of shape (n, 2) lies between two frequencies."""
    lines = np.fft.rfftfreq(len(sound), 1 / 48_000)[:, None]
    return np.fft.irfft(np.fft.rfft(sound, axis=0) * ((lines > low) & (lines < high)), len(sound), axis=0)


def test_sound_stays_the_waveform_it_was_in_each_channel(tmp_path: Path) -> None:
    # two wide sides with nothing in common: what an encoder folds into one side and a direction, or draws by itself
    given = band(np.stack((noise(4.0, 0.1, 1), noise(4.0, 0.1, 2)), 1), 200, 16_000)
    mix = kept(tmp_path / "mix.wav", given.astype(np.float32))
    made = finish(find_tools(), mix, tmp_path / "o.m4a", LOUDNESS["online"], 192_000)
    argv = ["ffmpeg", "-v", "error", "-i", str(made.path), "-f", "f32le", "-ac", "2", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    heard = np.frombuffer(raw, np.float32).reshape(-1, 2)[: len(given)]
    before, after = band(given, 8000, 11_000), band(heard, 8000, 11_000)
    for side in (0, 1):
        assert np.corrcoef(before[:, side], after[:, side])[0, 1] > 0.95, f"side {side} is another sound"
    assert abs(np.corrcoef(after.T)[0, 1]) < 0.05, "the sides have become one"
