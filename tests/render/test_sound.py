"""Stems are exact to the sample, and music makes room for speech."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from craft.render.cache import SegmentCache
from craft.render.delay import measure_delay
from craft.render.loudness import finish, measure
from craft.render.model import Gap, SoundClip, SoundTrack, Timeline, Track
from craft.render.sound import DuckSpec, SoundJob, mix, sample_at
from craft.render.tools import find_tools
from craft.render.wav import Samples, create_wav, open_wav
from craft.terms.rates import FrameRate
from craft.terms.sound import LOUDNESS, Layer
from tests.render.conftest import RATE, Shelf, noise

LEVEL = np.float32(0.25)


def programme(layer: Layer, *clips: SoundClip, frames: int = 48, rate: FrameRate = RATE) -> Timeline:
    return Timeline(rate, Track((Gap(frames),)), (SoundTrack(layer, clips),))


def stem(
    timeline: Timeline, layer: Layer, shelf: Shelf, folder: Path, cache: SegmentCache | None = None
) -> Samples:
    return np.array(open_wav(SoundJob(timeline, shelf, folder, cache).stems()[layer]))


def steady(shelf: Shelf, seconds: float = 2.0) -> SoundClip:
    frames = round(seconds * 24)
    media = shelf.sound(f"steady{seconds}", np.full((round(seconds * 48_000), 2), LEVEL, np.float32))
    return SoundClip(media, 0, frames)


@pytest.mark.parametrize(
    "rate", [FrameRate(24, 1), FrameRate(24000, 1001), FrameRate(30000, 1001), FrameRate(25, 1)]
)
def test_sample_positions_never_drift(rate: FrameRate) -> None:
    for frame in (0, 1, 999, 10_000, 215_784, 5_000_000):
        exact = rate.seconds(frame) * 48_000
        assert abs(sample_at(frame, rate) - exact) <= 0.5
    steps = {sample_at(frame + 1, rate) - sample_at(frame, rate) for frame in range(10_000)}
    assert max(steps) - min(steps) <= 1


def test_clip_lies_on_exactly_its_samples(shelf: Shelf, tmp_path: Path) -> None:
    clip = replace(steady(shelf), record=10, length=5)
    heard = stem(programme(Layer.EFFECTS, clip), Layer.EFFECTS, shelf, tmp_path)
    assert heard.shape == (96_000, 2)
    assert np.flatnonzero(heard[:, 0])[[0, -1]].tolist() == [20_000, 29_999]
    assert np.allclose(heard[20_000:30_000], LEVEL)


def test_source_start_gain_and_pan_are_applied(shelf: Shelf, tmp_path: Path) -> None:
    count = (np.arange(96_000) / 96_000).astype(np.float32)
    media = shelf.sound("count", count)
    clip = SoundClip(media, 0, 4, source_start=12, gain_db=-6.0206, pan=1.0)
    heard = stem(programme(Layer.EFFECTS, clip), Layer.EFFECTS, shelf, tmp_path)
    assert np.allclose(heard[:8000, 0], 0, atol=1e-6)
    assert np.allclose(heard[:8000, 1], count[24_000:32_000] * 0.5 * 2**0.5, atol=1e-5)


def test_mono_and_other_sample_rates_keep_level_and_length(shelf: Shelf, tmp_path: Path) -> None:
    tone = (np.sin(np.arange(44_100) * 2 * np.pi * 300 / 44_100) * LEVEL).astype(np.float32)
    media = shelf.sound("cd", tone, 44_100)
    heard = stem(programme(Layer.DIALOGUE, SoundClip(media, 0, 24)), Layer.DIALOGUE, shelf, tmp_path)
    assert np.abs(heard[2000:46_000]).max() == pytest.approx(LEVEL, abs=0.003)
    assert np.array_equal(heard[:, 0], heard[:, 1])
    assert np.abs(heard[48_000:]).max() == 0


def test_loop_repeats_without_a_seam(shelf: Shelf, tmp_path: Path) -> None:
    once = noise(0.25, seed=7)
    clip = SoundClip(shelf.sound("loop", once), 0, 48, loop=True)
    heard = stem(programme(Layer.AMBIENCE, clip), Layer.AMBIENCE, shelf, tmp_path)
    assert np.allclose(heard[:, 0], np.tile(once, 8), atol=1e-6)


def test_overlapping_fades_keep_the_power(shelf: Shelf, tmp_path: Path) -> None:
    one, two = (shelf.sound(f"bed{seed}", noise(2.0, 0.1, seed)) for seed in (11, 12))
    clips = SoundClip(one, 0, 30, fade_out=12), SoundClip(two, 18, 30, fade_in=12)
    heard = stem(programme(Layer.MUSIC, *clips), Layer.MUSIC, shelf, tmp_path)
    power = [
        float(np.square(part).mean()) ** 0.5
        for part in (heard[:36_000], heard[36_000:60_000], heard[60_000:])
    ]
    assert np.allclose(power, 0.1, rtol=0.05)


def test_music_is_down_before_the_first_word_and_comes_back(shelf: Shelf, tmp_path: Path) -> None:
    speech = SoundClip(shelf.sound("talk", noise(1.0, 0.1, 5)), 48, 24)
    timeline = Timeline(
        RATE,
        Track((Gap(120),)),
        (
            SoundTrack(Layer.DIALOGUE, (speech,)),
            SoundTrack(Layer.MUSIC, (replace(steady(shelf, 5.0), length=120),)),
            SoundTrack(Layer.EFFECTS, (replace(steady(shelf, 5.0), length=120),)),
        ),
    )
    job = SoundJob(timeline, shelf, tmp_path, None, DuckSpec(music_db=9.0))
    paths = job.stems()
    music, effects = (open_wav(paths[layer])[:, 0] / LEVEL for layer in (Layer.MUSIC, Layer.EFFECTS))
    down = 10 ** (-9 / 20)
    assert np.allclose(music[:80_000], 1, atol=1e-3)
    assert np.allclose(music[96_000:144_000], down, atol=0.01)
    assert np.allclose(music[-20_000:], 1, atol=1e-3)
    assert np.abs(np.diff(music)).max() < 0.001  # a glide, not a switch
    assert np.allclose(effects, 1, atol=1e-6)


def test_stems_come_from_the_cache_and_only_the_changed_ones_are_new(
    shelf: Shelf, tmp_path: Path, cache: SegmentCache
) -> None:
    speech = SoundClip(shelf.sound("talk", noise(1.0, 0.1, 5)), 0, 24)
    timeline = Timeline(
        RATE,
        Track((Gap(48),)),
        (SoundTrack(Layer.DIALOGUE, (speech,)), SoundTrack(Layer.MUSIC, (steady(shelf),))),
    )
    before = SoundJob(timeline, shelf, tmp_path, cache).digests()
    louder = replace(
        timeline, sound=(timeline.sound[0], SoundTrack(Layer.MUSIC, (replace(steady(shelf), gain_db=-3),)))
    )
    after = SoundJob(louder, shelf, tmp_path, cache).digests()
    assert [layer for layer in Layer if before[layer] != after[layer]] == [Layer.MUSIC]
    moved = replace(
        timeline, sound=(SoundTrack(Layer.DIALOGUE, (replace(speech, record=9),)), timeline.sound[1])
    )
    after = SoundJob(moved, shelf, tmp_path, cache).digests()
    assert [layer for layer in Layer if before[layer] != after[layer]] == [Layer.DIALOGUE, Layer.MUSIC]


def test_short_medium_is_warned_about(shelf: Shelf, tmp_path: Path) -> None:
    clip = SoundClip(shelf.sound("stub", noise(0.5)), 0, 48, name="the stub")
    job = SoundJob(programme(Layer.EFFECTS, clip), shelf, tmp_path, None)
    job.stems()
    assert len(job.warnings) == 1 and "the stub" in job.warnings[0] and "1.50 s" in job.warnings[0]


def test_mix_is_the_sum_of_the_stems(tmp_path: Path) -> None:
    parts = []
    for number in range(3):
        samples = create_wav(tmp_path / f"{number}.wav", 1_000_000)
        samples[:] = number + np.arange(1_000_000)[:, None] % 7
        parts.append(tmp_path / f"{number}.wav")
    mix(parts, tmp_path / "mix.wav")
    assert np.array_equal(open_wav(tmp_path / "mix.wav")[:, 1], 3 + 3 * (np.arange(1_000_000) % 7))


@pytest.mark.parametrize("key", ["online", "ebu_r128", "streaming"])
def test_finished_sound_meets_its_specification(key: str, shelf: Shelf, tmp_path: Path) -> None:
    samples = create_wav(tmp_path / "mix.wav", 48_000 * 6)
    samples[:] = noise(6.0, 0.03, 9)[:, None]
    samples[100_000:100_050] = 0.8
    del samples
    spec = LOUDNESS[key]
    made = finish(find_tools(), tmp_path / "mix.wav", tmp_path / "out.m4a", spec, 192_000)
    again = measure(find_tools(), made.path, "check")
    assert made.report.holds and made.delay_samples == 0
    assert again.integrated is not None and abs(again.integrated - spec.integrated) <= 0.5
    assert again.true_peak is not None and again.true_peak <= spec.true_peak


def test_delay_of_a_shifted_file_is_found(tmp_path: Path) -> None:
    original = noise(3.0, 0.1, 4)
    for name, shift in (("mix", 0), ("late", 777)):
        samples = create_wav(tmp_path / f"{name}.wav", 48_000 * 4)
        samples[shift : shift + len(original)] = original[:, None]
        del samples
    assert measure_delay(find_tools(), tmp_path / "mix.wav", tmp_path / "late.wav", "check") == 777
