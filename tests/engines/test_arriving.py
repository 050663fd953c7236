"""Films people bring: whatever they come from, what is kept is ours; what cannot be used is refused with the reason."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from craft.render.probe import probe
from craft.terms.rates import FrameRate
from engines import arriving, foreign
from fake_engines.works import make
from vault.errors import UploadRefused

pytestmark = pytest.mark.skipif(
    not foreign.available(), reason="needs bubblewrap: without it no file is looked at"
)
LEFT_RED = "color=blue:size=640x360:rate=30,drawbox=x=0:y=0:w=64:h=360:color=red:t=fill"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def shot_on(folder: Path, source: str, *options: str, seconds: float = 4.0, name: str = "in.mp4") -> Path:
    path = folder / name
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine"]
    argv += ["-t", f"{seconds:g}", *(options or H264), str(path)]
    subprocess.run(argv, check=True, timeout=120)
    return path


def taken(path: Path, folder: Path, rate: str = "24") -> arriving.Film:
    return arriving.film(path, folder, FrameRate.parse(rate))


@pytest.mark.parametrize(("rate", "frames"), [("24", 96), ("24000/1001", 96), ("25", 100), ("30", 120)])
def test_a_film_comes_out_at_the_rate_without_sound(tmp_path: Path, rate: str, frames: int) -> None:
    made = taken(shot_on(tmp_path, "testsrc2=size=640x360:rate=30"), tmp_path, rate)
    assert (made.frames, made.width, made.height) == (frames, 640, 360)
    info = probe(made.path)
    assert info.sound is None and info.picture is not None
    assert info.picture.fps == FrameRate.parse(rate).fraction


def test_a_film_that_lies_is_set_upright(tmp_path: Path) -> None:
    lying = shot_on(tmp_path, LEFT_RED)
    turned = tmp_path / "turned.mp4"
    argv = ["ffmpeg", "-v", "error", "-y", "-i", str(lying), "-c", "copy", "-metadata:s:v:0", "rotate=90"]
    subprocess.run([*argv, str(turned)], check=True, timeout=60)
    made = taken(turned, tmp_path)
    assert (made.width, made.height) == (360, 640)
    argv = ["ffmpeg", "-v", "error", "-i", str(made.path), "-frames:v", "1", "-f", "rawvideo"]
    data = subprocess.run(
        [*argv, "-pix_fmt", "rgb24", "-"], check=True, capture_output=True, timeout=60
    ).stdout
    top, bottom = data[3 * 180 : 3 * 181], data[3 * (630 * 360 + 180) : 3 * (630 * 360 + 181)]
    red = [pixel[0] > 150 > pixel[2] for pixel in (top, bottom)]
    assert sorted(red) == [False, True], "what was on the left is now at one end"


def test_frames_that_come_unevenly_keep_their_time(tmp_path: Path) -> None:
    uneven = ("-vf", "select='lt(n,60)+not(mod(n,6))'", "-fps_mode", "vfr", *H264)
    made = taken(shot_on(tmp_path, "testsrc2=size=640x360:rate=30", *uneven, seconds=5), tmp_path)
    assert abs(made.frames - 120) <= 4


@pytest.mark.parametrize(
    ("source", "options", "size"),
    [
        ("testsrc2=size=1920x1080:rate=24", H264, (1280, 720)),
        ("testsrc2=size=720x576:rate=25", ("-vf", "setsar=16/11", *H264), (1046, 576)),
        ("testsrc2=size=641x361:rate=24", (*H264[:-2], "-pix_fmt", "yuv444p"), (640, 360)),
    ],
)
def test_large_odd_and_stretched_films_come_out_even(
    tmp_path: Path, source: str, options: tuple[str, ...], size: tuple[int, int]
) -> None:
    made = taken(shot_on(tmp_path, source, *options, seconds=3.5), tmp_path)
    assert (made.width, made.height) == size


def test_films_of_browsers_that_tell_no_length_are_read(tmp_path: Path) -> None:
    options = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-an")
    made = taken(
        shot_on(tmp_path, "testsrc2=size=320x256:rate=30", *options, "-live", "1", name="in.webm"), tmp_path
    )
    assert made.frames == 96


def test_what_is_no_film_that_can_be_used_is_refused_with_the_reason(tmp_path: Path) -> None:
    whole = shot_on(tmp_path, "testsrc2=size=640x360:rate=30").read_bytes()
    cases = {
        "no picture": (make("speech", {"seconds": 5.0}, 1)[1], "no moving picture"),
        "words": (b"This is no film at all." * 40, "damaged"),
        "cut": (whole[: len(whole) * 2 // 3], "damaged"),
        "a still": (make("keyframe", {"width": 640, "height": 360}, 1)[1], "at least 3 s"),
        "short": (shot_on(tmp_path, "testsrc2=size=640x360:rate=30", seconds=2).read_bytes(), "2.0 s"),
        "small": (shot_on(tmp_path, "testsrc2=size=320x180:rate=30").read_bytes(), "320 × 180"),
    }
    for name, (data, why) in cases.items():
        path = tmp_path / "given"
        path.write_bytes(data)
        with pytest.raises(UploadRefused) as refused:
            taken(path, tmp_path)
        assert why in refused.value.fields["file"], (name, refused.value.fields)


def test_a_film_longer_than_a_minute_is_refused_and_not_cut(tmp_path: Path) -> None:
    long = shot_on(tmp_path, "color=gray:size=320x256:rate=10", seconds=62)
    with pytest.raises(UploadRefused, match="too long"):
        taken(long, tmp_path)
