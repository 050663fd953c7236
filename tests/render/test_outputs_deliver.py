"""Deliverables are what they are called: codec, pixels, tags, clock, frames and sound, as ffprobe sees them."""

from __future__ import annotations

import json
import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from craft.render.errors import RenderCancelled, RenderError
from craft.render.master import AssemblySpec, assemble
from craft.render.model import FrameRange, SoundTrack, Timeline, Track
from craft.render.outputs import deliver as delivering
from craft.render.outputs.deliver import DeliverySpec, deliver
from craft.render.outputs.profiles import PROFILES, Codec, Encoder, Fill, Reshape, availability, deliverables
from craft.render.tools import find_tools
from craft.render.wav import create_wav
from craft.terms import rates
from craft.terms.sound import Layer
from tests.render.conftest import RATE, Shelf, clip, ffmpeg, greys, heard, noise, numbers, pcm

NTSC = rates.FrameRate(24000, 1001)
FRAMES = 48


def made_master(shelf: Shelf, folder: Path, spec: AssemblySpec, rate: rates.FrameRate = RATE) -> Path:
    """The ramp twice over, at a rate, with noise from its 12th frame on."""
    ramp = shelf.ramp(f"ramp{rate.num}-{rate.den}", FRAMES, rate)
    sound = shelf.sound("hiss", noise(3.0, 0.1))
    tracks = (SoundTrack(Layer.EFFECTS, (heard(sound, 12, 60),)),)
    timeline = Timeline(rate, Track((clip(ramp), clip(ramp, 24, 24))), tracks)
    return assemble(timeline, shelf, folder, None, spec=spec).master


@pytest.fixture(scope="session")
def master(shelf: Shelf, spec: AssemblySpec, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_master(shelf, tmp_path_factory.mktemp("master"), spec)


def described(path: Path) -> dict[str, Any]:
    argv = [
        "ffprobe",
        "-v",
        "error",
        "-show_streams",
        "-show_format",
        "-count_packets",
        "-of",
        "json",
        str(path),
    ]
    report: dict[str, Any] = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)
    return {stream["codec_type"]: stream for stream in report["streams"]} | {"format": report["format"]}


def top_boxes(path: Path) -> list[bytes]:
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        found.append(name)
        at += length
    return found


def check_tags(stream: dict[str, Any], codec: str, tag: str, pixels: str) -> None:
    assert (stream["codec_name"], stream["codec_tag_string"], stream["pix_fmt"]) == (codec, tag, pixels)
    assert {stream[key] for key in ("color_space", "color_primaries", "color_transfer")} == {"bt709"}
    assert stream["color_range"] == "tv"
    assert stream.get("field_order", "progressive") == "progressive"


RAMP = [*range(FRAMES), *range(24, 48)]


def test_master_is_delivered_as_it_is(master: Path, tmp_path: Path) -> None:
    made = deliver(master, "h264_mp4", tmp_path / "film.mp4")
    assert made.encoder == "copy" and made.frames == 72
    assert made.path.read_bytes() == master.read_bytes()


def test_hevc_has_every_frame_and_the_masters_sound(master: Path, tmp_path: Path) -> None:
    reports: list[int] = []
    made = deliver(master, "hevc_mp4", tmp_path / "film.mp4", progress=lambda one: reports.append(one.done))
    streams = described(made.path)
    check_tags(streams["video"], "hevc", "hvc1", "yuv420p")
    assert numbers(greys(made.path)) == RAMP
    assert top_boxes(made.path).index(b"moov") < top_boxes(made.path).index(b"mdat")
    assert np.array_equal(pcm(made.path), pcm(master))
    assert reports[0] == 0 and reports[-1] == 72 and made.av_offset_seconds == 0


@pytest.mark.parametrize(("slug", "tag"), [("prores_422_hq", "apch"), ("prores_422", "apcn")])
def test_prores_is_ten_bit_with_a_clock_and_pcm(slug: str, tag: str, master: Path, tmp_path: Path) -> None:
    made = deliver(master, slug, tmp_path / "film.mov", DeliverySpec(start=86400))
    streams = described(made.path)
    check_tags(streams["video"], "prores", tag, "yuv422p10le")
    assert streams["video"]["tags"]["encoder"] == PROFILES[slug].label
    assert (
        streams["data"]["codec_tag_string"] == "tmcd" and streams["data"]["tags"]["timecode"] == "01:00:00:00"
    )
    assert (streams["audio"]["codec_name"], streams["audio"]["sample_rate"]) == ("pcm_s24le", "48000")
    assert int(streams["audio"]["duration_ts"]) == 144_000
    data = made.path.read_bytes()
    assert b"icpf\x00\x94\x00\x00apl0" in data  # every frame says whose decoder it is for
    assert b"colrnclc\x00\x01\x00\x01\x00\x01" in data and b"fiel\x01\x00" in data
    assert numbers(greys(made.path)) == RAMP


def test_prores_in_chunks_is_the_same_picture(
    master: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = deliver(master, "prores_422", tmp_path / "whole.mov", DeliverySpec(start=24))
    monkeypatch.setattr(delivering, "CHUNKED_FROM_WORKERS", 1)
    parts = deliver(master, "prores_422", tmp_path / "parts.mov", DeliverySpec(start=24))
    assert packets(parts.path) == packets(whole.path) and len(packets(whole.path)) == 72
    assert np.array_equal(pcm(parts.path), pcm(whole.path))
    assert described(parts.path)["data"]["tags"]["timecode"] == "00:00:01:00"
    assert described(parts.path)["video"]["tags"]["encoder"] == "Apple ProRes 422"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts.mov", "whole.mov"]


def packets(path: Path) -> list[str]:
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v", "-c", "copy", "-f", "framehash", "-"]
    lines = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split(",")[5].strip() for line in lines if not line.startswith("#")]


def test_pcm_comes_from_the_mix_where_there_is_one(master: Path, tmp_path: Path) -> None:
    mix = tmp_path / "mix.wav"
    samples = create_wav(mix, 144_000)
    samples[:] = np.linspace(-0.5, 0.5, 288_000, dtype=np.float32).reshape(-1, 2)
    del samples
    made = deliver(master, "audio_wav", tmp_path / "film.wav", DeliverySpec(sound=mix, start=48))
    assert np.abs(pcm(made.path) - pcm(mix)).max() < 2**-22
    report = described(made.path)
    assert report["audio"]["codec_name"] == "pcm_s24le" and len(pcm(made.path)) == 144_000
    assert report["format"]["tags"]["time_reference"] == "96000"


def test_pcm_without_a_mix_is_the_masters_sound_in_place(master: Path, tmp_path: Path) -> None:
    made = deliver(master, "audio_wav", tmp_path / "film.wav")
    assert np.abs(pcm(made.path) - pcm(master)[:144_000]).max() < 2**-22


def test_mix_a_little_short_is_filled_with_silence(master: Path, tmp_path: Path) -> None:
    mix = tmp_path / "mix.wav"
    samples = create_wav(mix, 143_000)
    samples[:] = 0.25
    del samples
    made = deliver(master, "prores_422", tmp_path / "film.mov", DeliverySpec(sound=mix))
    found = pcm(made.path)
    assert len(found) == 144_000 and np.allclose(found[:143_000], 0.25) and not found[143_000:].any()


def test_mix_of_another_length_is_refused(master: Path, tmp_path: Path) -> None:
    mix = tmp_path / "mix.wav"
    create_wav(mix, 100_000)
    with pytest.raises(RenderError) as caught:
        deliver(master, "prores_422", tmp_path / "film.mov", DeliverySpec(sound=mix))
    assert caught.value.code == "sound_length"
    assert not (tmp_path / "film.mov").exists()


def test_ntsc_keeps_its_exact_rate_and_clock(shelf: Shelf, spec: AssemblySpec, tmp_path: Path) -> None:
    film = made_master(shelf, tmp_path / "ntsc", spec, NTSC)
    made = deliver(film, "prores_422", tmp_path / "film.mov", DeliverySpec(start=24 * 60))
    streams = described(made.path)
    assert streams["video"]["r_frame_rate"] == "24000/1001" and streams["video"]["time_base"] == "1/24000"
    assert streams["data"]["tags"]["timecode"] == "00:01:00:00"
    assert int(streams["audio"]["duration_ts"]) == 144_144 and numbers(greys(made.path)) == RAMP


def test_broadcast_master_counts_drop_frame(shelf: Shelf, spec: AssemblySpec, tmp_path: Path) -> None:
    film = made_master(shelf, tmp_path / "broadcast", spec, rates.FrameRate(30000, 1001))
    made = deliver(film, "prores_422", tmp_path / "film.mov", DeliverySpec(start=1_800))
    assert described(made.path)["data"]["tags"]["timecode"] == "00:01:00;02"


def test_proxy_is_small_and_quick_to_scrub(shelf: Shelf, tmp_path: Path) -> None:
    big = shelf.video("big", "testsrc2=s=1280x720:r=24", 24, "-preset", "ultrafast", "-colorspace", "bt709",
                      "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")  # fmt: skip
    made = deliver(shelf(big.sha256), "proxy_540", tmp_path / "proxy.mp4")
    assert made.size == (960, 540) and made.frames == 24 and made.av_offset_seconds is None
    argv = ["ffprobe", "-v", "error", "-show_entries", "packet=flags", "-of", "csv=p=0", str(made.path)]
    flags = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()
    assert [n for n, flag in enumerate(flags) if flag.startswith("K")] == [0, 12]


def bars(shelf: Shelf) -> Path:
    """160x90: the left third black, the middle white, the right third grey."""
    lum = "geq=lum='if(lt(X,53),16,if(lt(X,107),235,126))':cb=128:cr=128"
    source = f"color=s=160x90:r=24,format=yuv420p,{lum}"
    tags = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
    return shelf(shelf.video("bars", source, 4, "-crf", "4", *tags).sha256)


def frame_of(path: Path, width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    argv = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        str(path),
        "-frames:v",
        "1",
        "-vf",
        "extractplanes=y",
        "-f",
        "rawvideo",
    ]
    raw = subprocess.run([*argv, "-pix_fmt", "gray", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(height, width)


def test_upright_crop_shows_the_middle(shelf: Shelf, tmp_path: Path) -> None:
    made = deliver(bars(shelf), "h264_9x16", tmp_path / "up.mp4")
    assert made.size == (90, 160)
    seen = frame_of(made.path, 90, 160)
    assert seen[:, 5:-5].mean() > 230  # the white third is 54 wide, the part shown 50


def test_upright_over_a_blur_shows_everything(shelf: Shelf, tmp_path: Path) -> None:
    made = deliver(bars(shelf), "h264_9x16_blur", tmp_path / "up.mp4")
    seen = frame_of(made.path, 90, 160).astype(float)
    front = seen[60:100]
    assert np.allclose(
        [front[:, 4:26].mean(), front[:, 36:54].mean(), front[:, 66:86].mean()], (16, 235, 126), atol=4
    )
    assert 100 < seen[:40].mean() < 170  # the ground is the white middle, darkened


def test_any_profile_can_be_asked_for_in_another_shape(shelf: Shelf, tmp_path: Path) -> None:
    spec = DeliverySpec(reshape=Reshape("1:1", Fill.CROP))
    made = deliver(bars(shelf), "prores_422", tmp_path / "square.mov", spec)
    assert made.size == (90, 90) and described(made.path)["video"]["pix_fmt"] == "yuv422p10le"
    assert deliver(bars(shelf), "h264_mp4", tmp_path / "square.mp4", spec).encoder == "libx264"


def test_profile_without_encoder_says_why_and_writes_nothing(master: Path, tmp_path: Path) -> None:
    codec = Codec("prores", "yuv422p10le", (Encoder("prores_of_nobody", {}),), "apch")
    missing = replace(PROFILES["prores_422"], slug="nobody", picture=codec)
    able = availability(missing, find_tools())
    assert not able.available and "prores_of_nobody" in able.reason
    with pytest.raises(RenderError) as caught:
        deliver(master, missing, tmp_path / "film.mov")
    assert caught.value.code == "unavailable" and list(tmp_path.iterdir()) == []


def test_every_profile_can_be_made_with_this_build() -> None:
    assert [profile.slug for profile, able in deliverables(find_tools()) if not able.available] == []


@pytest.mark.parametrize(
    ("profile", "name", "code"),
    [
        ("betamax", "film.mp4", "unknown_profile"),
        ("hevc_mp4", "film.mov", "suffix"),
        ("audio_wav", "a.mp4", "suffix"),
    ],
)
def test_wrong_request_is_refused(profile: str, name: str, code: str, master: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError) as caught:
        deliver(master, profile, tmp_path / name)
    assert caught.value.code == code


def test_cancelled_and_damaged_leave_nothing(master: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderCancelled):
        deliver(master, "hevc_mp4", tmp_path / "film.mp4", cancelled=lambda: True)
    short = tmp_path / "short.mp4"
    short.write_bytes(master.read_bytes()[:-2000])
    with pytest.raises(RenderError):
        deliver(short, "hevc_mp4", tmp_path / "film.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["short.mp4"]


def test_untagged_master_is_not_passed_on_as_something_else(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "mute.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x90:r=24", "-frames:v", "4", "-pix_fmt", "yuv420p", str(path))
    with pytest.raises(RenderError) as caught:
        deliver(path, "audio_wav", tmp_path / "film.wav")
    assert caught.value.code == "no_sound"
    assert FrameRange(0, 4).length == deliver(path, "h264_mp4", tmp_path / "film.mp4").frames


def test_size_is_scaled_and_never_bent(master: Path, tmp_path: Path) -> None:
    made = deliver(master, "prores_422", tmp_path / "large.mov", DeliverySpec(size=(320, 180)))
    stream = described(made.path)["video"]
    assert (stream["width"], stream["height"]) == (320, 180) == made.size
    with pytest.raises(RenderError) as caught:
        deliver(master, "prores_422", tmp_path / "bent.mov", DeliverySpec(size=(320, 200)))
    assert caught.value.code == "size"
