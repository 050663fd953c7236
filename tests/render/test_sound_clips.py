"""What a clip does to its sound: envelopes, ramps, cuts ahead of and behind the picture, and its source file."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from craft.render.cache import SegmentCache
from craft.render.errors import RenderError
from craft.render.master import AssemblySpec, assemble
from craft.render.model import FrameRange, Gap, MediaKind, MediaRef, SoundClip, SoundTrack, Timeline, Track
from craft.render.retime import Retime
from craft.render.sound import SoundJob, mix
from craft.render.stretch import heard_at, unheard
from craft.render.wav import Samples, open_wav
from craft.terms.rates import FrameRate
from craft.terms.sound import Layer
from tests.render.conftest import RATE, Shelf, clip, ffmpeg, greys, noise, pcm

LEVEL = np.float32(0.25)


def steady(shelf: Shelf) -> MediaRef:
    return shelf.sound("flat", np.full((240_000, 2), LEVEL, np.float32))


def rendered(
    sound: SoundClip, shelf: Shelf, folder: Path, *, frames: int = 48, rate: FrameRate = RATE
) -> tuple[Samples, list[str]]:
    track = SoundTrack(Layer.EFFECTS, (sound,))
    job = SoundJob(Timeline(rate, Track((Gap(frames),)), (track,)), shelf, folder, None)
    return np.array(open_wav(job.stems()[Layer.EFFECTS])), job.warnings


def test_gain_runs_straight_in_decibels_between_its_keys(shelf: Shelf, tmp_path: Path) -> None:
    sound = SoundClip(steady(shelf), 6, 36, gain_db=-2.0, gain_keys=((6, 0.0), (18, -24.0), (24, -6.0)))
    heard, _ = rendered(sound, shelf, tmp_path)
    level = 20 * np.log10(heard[12_000:84_000, 0] / LEVEL)
    at = np.arange(72_000)
    wanted = -2.0 + np.interp(at, (12_000, 36_000, 48_000), (0.0, -24.0, -6.0))
    assert np.allclose(level, wanted, atol=1e-3)
    assert np.abs(heard[:12_000]).max() == 0 and np.abs(heard[84_000:]).max() == 0


def test_pan_moves_at_constant_power_and_stops_at_the_side(shelf: Shelf, tmp_path: Path) -> None:
    sound = SoundClip(steady(shelf), 0, 48, pan=0.5, pan_keys=((0, -1.5), (24, 0.0), (48, 1.5)))
    heard, _ = rendered(sound, shelf, tmp_path)
    power = np.square(heard / LEVEL).sum(axis=1)
    assert np.allclose(power, 2.0, atol=1e-4)
    assert np.allclose(heard[0], np.array([LEVEL * 2**0.5, 0.0]), atol=1e-4)
    assert np.allclose(heard[64_000:, 0], 0.0, atol=1e-4)  # at +1 from two thirds on
    assert np.allclose(heard[32_000], LEVEL, atol=1e-3)  # in the middle at one third


def test_envelope_is_sample_accurate_at_ntsc_rates(shelf: Shelf, tmp_path: Path) -> None:
    rate = FrameRate(24_000, 1001)
    sound = SoundClip(steady(shelf), 1, 40, gain_keys=((10, 0.0), (11, -60.0)))
    heard, _ = rendered(sound, shelf, tmp_path, rate=rate)
    assert heard[22_021, 0] == pytest.approx(LEVEL, rel=1e-3)
    assert heard[24_025, 0] == pytest.approx(LEVEL / 1000, rel=0.02)


def test_fades_of_unrelated_sounds_keep_the_power(shelf: Shelf, tmp_path: Path) -> None:
    one, two = (shelf.sound(f"take{seed}", noise(5.0, 0.1, seed)) for seed in (21, 22))
    clips = SoundClip(one, 0, 84, fade_out=48), SoundClip(two, 36, 84, fade_in=48)
    timeline = Timeline(RATE, Track((Gap(120),)), (SoundTrack(Layer.MUSIC, clips),))
    heard = open_wav(SoundJob(timeline, shelf, tmp_path, None).stems()[Layer.MUSIC])
    power = np.square(heard[:, 0]).reshape(-1, 12_000).mean(axis=1)
    assert np.abs(10 * np.log10(power / 0.01)).max() < 0.3


def test_track_gain_and_mute_reach_stem_and_duck(shelf: Shelf, tmp_path: Path) -> None:
    speech = SoundClip(shelf.sound("words", noise(1.0, 0.1, 5)), 24, 24)
    bed = SoundClip(steady(shelf), 0, 96, gain_keys=((0, 0.0), (96, -12.0)))
    tracks = SoundTrack(Layer.DIALOGUE, (speech,)), SoundTrack(Layer.MUSIC, (bed,), gain_db=-6.0)
    timeline = Timeline(RATE, Track((Gap(96),)), tracks)
    paths = SoundJob(timeline, shelf, tmp_path / "a", None).stems()
    music = open_wav(paths[Layer.MUSIC])[:, 0] / LEVEL
    plain = 10 ** ((-6.0 - 12.0 * np.arange(192_000) / 192_000) / 20)
    assert np.allclose(music[:36_000], plain[:36_000], atol=1e-3)
    assert np.allclose(music[60_000:90_000], plain[60_000:90_000] * 10 ** (-9 / 20), atol=2e-3)
    silent = replace(timeline, sound=(replace(tracks[0], muted=True), tracks[1]))
    paths = SoundJob(silent, shelf, tmp_path / "b", None).stems()
    assert np.abs(open_wav(paths[Layer.DIALOGUE])).max() == 0
    assert np.allclose(open_wav(paths[Layer.MUSIC])[:, 0] / LEVEL, plain, atol=1e-3)  # nobody to give way to
    mix(list(paths.values()), tmp_path / "mix.wav")
    total = sum(np.array(open_wav(path)) for path in paths.values())
    assert np.allclose(open_wav(tmp_path / "mix.wav"), total, atol=1e-7)


def test_sound_leads_and_trails_its_picture(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    """J-cut: the second voice 6 frames before its picture; L-cut: the first one 6 frames into it."""
    tones = [np.sin(np.arange(96_000) * 2 * np.pi * hertz / 48_000) * 0.2 for hertz in (500, 1500)]
    first, second = (shelf.sound(f"tone{n}", tone.astype(np.float32)) for n, tone in enumerate(tones))
    picture = Track((clip(shelf.flat(60), 0, 24), clip(shelf.flat(160), 0, 24)))
    sound = SoundTrack(Layer.EFFECTS, (SoundClip(first, 0, 30), SoundClip(second, 18, 30)))
    made = assemble(Timeline(RATE, picture, (sound,)), shelf, tmp_path, None, spec=spec)
    seen, heard = greys(made.master), pcm(made.master)[:, 0]
    assert np.allclose(seen[:24], 60, atol=2) and np.allclose(seen[24:], 160, atol=2)

    def level(hertz: int, frame: int) -> float:
        window = heard[frame * 2000 : (frame + 1) * 2000] * np.hanning(2000)
        return float(np.abs(np.fft.rfft(window, 48_000))[hertz])

    on = [[level(hertz, frame) > 30 for frame in range(48)] for hertz in (500, 1500)]
    assert on[0] == [frame < 30 for frame in range(48)]
    assert on[1] == [frame >= 18 for frame in range(48)]


HALF = Retime.through(((0, 0), (24, 24), (72, 48)))
"""Normal for a second, then half speed."""


def test_ramped_sound_lies_where_its_picture_lies(shelf: Shelf, tmp_path: Path) -> None:
    clicks = np.zeros(144_000, np.float32)
    frames = range(2, 47, 4)
    for frame in frames:
        clicks[frame * 2000 : frame * 2000 + 48] = np.hanning(48) * 0.8
    sound = SoundClip(shelf.sound("clicks25", clicks), 0, 72, retime=HALF)
    heard, warnings = rendered(sound, shelf, tmp_path, frames=96)
    assert warnings == [] and np.abs(heard[72 * 2000 :]).max() == 0
    shown = HALF.frames()
    for frame in frames:
        first = next(at for at, source in enumerate(shown) if source == frame)
        around = np.abs(heard[first * 2000 - 2000 : first * 2000 + 3000, 0])
        assert around.max() > 0.3
        assert abs(int(around.argmax()) - 2000) <= 480 + 24  # 10 ms


@pytest.mark.parametrize(
    "keys", [((0, 0), (96, 48)), ((0, 0), (24, 48)), ((0, 0), (24, 24), (48, 64), (96, 90))]
)
def test_ramped_sound_keeps_its_pitch_and_level(
    keys: tuple[tuple[int, int], ...], shelf: Shelf, tmp_path: Path
) -> None:
    tone = (np.sin(np.arange(240_000) * 2 * np.pi * 440 / 48_000) * 0.3).astype(np.float32)
    retime = Retime.through(keys)
    sound = SoundClip(shelf.sound("a440", tone), 0, retime.length, retime=retime)
    heard, _ = rendered(sound, shelf, tmp_path, frames=retime.length)
    spectrum = np.abs(np.fft.rfft(heard[:, 0] * np.hanning(len(heard)), 1 << 19))
    assert int(spectrum.argmax()) * 48_000 / (1 << 19) == pytest.approx(440, rel=0.01)
    assert heard[4800:-4800, 0].std() == pytest.approx(0.3 / 2**0.5, rel=0.05)


def test_unchanged_speed_changes_nothing(shelf: Shelf, tmp_path: Path) -> None:
    samples = noise(2.0, 0.1, 31)
    sound = SoundClip(shelf.sound("plain31", samples), 0, 36, 6, retime=Retime.through(((0, 0), (36, 36))))
    heard, _ = rendered(sound, shelf, tmp_path)
    assert np.allclose(heard[480:71_000, 0], samples[12_480:83_000], atol=1e-5)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (((0, 48), (48, 0)), "backwards"),
        (((0, 0), (24, 24), (48, 24)), "stands still"),
        (((0, 0), (48, 12)), "0.25×"),
        (((0, 0), (24, 60), (48, 84)), "2.50×"),
    ],
)
def test_ramps_beyond_the_rule_are_muted_and_say_so(
    keys: tuple[tuple[int, int], ...], why: str, shelf: Shelf, tmp_path: Path
) -> None:
    retime = Retime.through(keys)
    assert not heard_at(retime) and why in unheard(retime)
    sound = SoundClip(steady(shelf), 0, 48, name="shout", retime=retime)
    heard, warnings = rendered(sound, shelf, tmp_path)
    assert np.abs(heard).max() == 0
    assert len(warnings) == 1 and "shout at frame 0 is muted" in warnings[0] and why in warnings[0]


def test_limits_of_the_rule_are_heard() -> None:
    assert heard_at(Retime.through(((0, 0), (48, 24)))) and heard_at(Retime.through(((0, 0), (24, 48))))
    assert not heard_at(Retime.through(((0, 0), (48, Fraction(2399, 100)))))


def test_warnings_come_back_with_a_cached_stem(shelf: Shelf, tmp_path: Path, cache: SegmentCache) -> None:
    sound = SoundClip(steady(shelf), 0, 48, retime=Retime.through(((0, 48), (48, 0))))
    timeline = Timeline(RATE, Track((Gap(48),)), (SoundTrack(Layer.EFFECTS, (sound,)),))
    told = []
    for name in ("one", "two"):
        job = SoundJob(timeline, shelf, tmp_path / name, cache)
        job.stems()
        told.append(job.warnings)
    assert told[0] == told[1] and len(told[0]) == 1


def tone_file(shelf: Shelf, name: str, *options: str, suffix: str = "wav", channels: int = 1) -> MediaRef:
    path = shelf.folder / f"{name}.{suffix}"
    source = "|".join(["0.25*sin(2*PI*300*t)"] * channels)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[channels]
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc='{source}':c={layout}:d=1:s=48000", *options, str(path))
    return MediaRef(shelf.keep(path), MediaKind.SOUND)


@pytest.mark.parametrize(
    ("name", "options", "precision"),
    [
        ("eight", ("-c:a", "pcm_u8"), 0.006),
        ("deep", ("-c:a", "pcm_s24le"), 1e-4),
        ("cd", ("-ar", "44100", "-c:a", "pcm_s16le"), 1e-3),
        ("plain16", ("-c:a", "pcm_s16le"), 1e-4),
        ("flac", ("-c:a", "flac"), 1e-4),
    ],
)
def test_sources_of_every_kind_keep_level_and_time(
    name: str, options: tuple[str, ...], precision: float, shelf: Shelf, tmp_path: Path
) -> None:
    media = tone_file(shelf, name, *options, suffix="flac" if name == "flac" else "wav")
    heard, _ = rendered(SoundClip(media, 0, 24), shelf, tmp_path, frames=24)
    wanted = 0.25 * np.sin(2 * np.pi * 300 * np.arange(48_000) / 48_000)
    assert np.allclose(heard[500:-500, 0], wanted[500:-500], atol=precision + 1e-3)
    assert np.array_equal(heard[:, 0], heard[:, 1])


def test_surround_is_folded_down(shelf: Shelf, tmp_path: Path) -> None:
    heard, _ = rendered(SoundClip(tone_file(shelf, "six", channels=6), 0, 24), shelf, tmp_path, frames=24)
    assert 0.2 < np.abs(heard[1000:-1000, 0]).max() < 0.8
    assert np.allclose(heard[:, 0], heard[:, 1], atol=1e-4)


def float_wav(shelf: Shelf, name: str, samples: np.ndarray, *, claimed: int | None = None) -> MediaRef:
    data = np.asarray(samples, np.float32).tobytes()
    size = len(data) if claimed is None else claimed
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 3, 1, 48_000, 192_000, 4, 32
    )
    path = shelf.folder / f"{name}.wav"
    path.write_bytes(head + struct.pack("<4sI", b"data", size) + data)
    return MediaRef(shelf.keep(path), MediaKind.SOUND)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e20])
def test_samples_that_are_no_numbers_are_refused(value: float, shelf: Shelf, tmp_path: Path) -> None:
    samples = noise(1.0, 0.1)
    samples[12_000] = value
    media = float_wav(shelf, f"bad{value}", samples)
    with pytest.raises(RenderError) as caught:
        rendered(SoundClip(media, 12, 24, name="gust"), shelf, tmp_path)
    assert caught.value.code == "sound_damaged"
    assert "effects gust at frame 12" in str(caught.value) and "12000" in caught.value.tail
    assert not [*tmp_path.glob(".*"), *tmp_path.glob("effects*")]


def test_truncated_wav_is_heard_as_far_as_it_goes(shelf: Shelf, tmp_path: Path) -> None:
    samples = noise(0.5, 0.1, 41)
    media = float_wav(shelf, "cut", samples, claimed=4 * 96_000)
    heard, warnings = rendered(SoundClip(media, 0, 48, name="cut"), shelf, tmp_path)
    assert np.allclose(heard[:23_000, 0], samples[:23_000], atol=1e-6)
    assert len(warnings) == 1 and "1.50 s shorter" in warnings[0]


@pytest.mark.parametrize("kind", ["empty", "beyond", "text", "silent film"])
def test_media_without_sound_name_clip_and_place(kind: str, shelf: Shelf, tmp_path: Path) -> None:
    start = 0
    if kind == "empty":
        media, code = float_wav(shelf, "empty", np.zeros(0)), "sound_empty"
    elif kind == "beyond":
        media, code, start = float_wav(shelf, "short", noise(0.5)), "sound_empty", 100
    elif kind == "text":
        path = shelf.folder / "notes.wav"
        path.write_text("no sound at all")
        media, code = MediaRef(shelf.keep(path), MediaKind.SOUND), "sound_unreadable"
    else:
        seen = shelf.ramp()
        media, code = MediaRef(seen.sha256, MediaKind.SOUND, FrameRange(0, 48)), "no_sound"
    for loop in (False, True):
        sound = SoundClip(media, 5, 20, start, name="knock", loop=loop)
        with pytest.raises(RenderError) as caught:
            rendered(sound, shelf, tmp_path)
        assert caught.value.code == code and "effects knock at frame 5" in str(caught.value)
    assert not [*tmp_path.glob(".*"), *tmp_path.glob("effects*")]
