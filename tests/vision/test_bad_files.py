"""Files as they arrive: right figures, or a refusal that names the file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest

from craft.vision import ClipReport, MediaError, measure_clip, measure_still, sandbox, score_take
from craft.vision.decode import Decoding, tool
from tests.vision.conftest import FFMPEG, H264

needs_sandbox = pytest.mark.skipif(
    not sandbox.available(shutil.which("ffmpeg") or "ffmpeg"), reason="needs bubblewrap"
)


def made(path: Path, source: str, *arguments: str) -> Path:
    subprocess.run([*FFMPEG, "-f", "lavfi", "-i", source, *arguments, str(path)], check=True)
    return path


def refused(path: Path) -> MediaError:
    with pytest.raises(MediaError) as caught:
        measure_clip(path, with_motion=True)
    assert path.name in str(caught.value)
    assert str(path.parent) not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("kept", [0.35, 0.8])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
def test_a_file_that_ends_too_early_is_damaged(tmp_path: Path, name: str, kept: float) -> None:
    fast = [] if name.endswith("mkv") else ["-movflags", "+faststart"]
    whole = made(tmp_path / f"whole_{name}", "testsrc2=s=320x180:r=24:d=3", *H264, *fast)
    data = whole.read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * kept)])
    assert refused(tmp_path / name).code == "media.damaged"


def test_a_file_with_sound_that_ends_too_early_is_damaged(tmp_path: Path) -> None:
    """Sound may be longer than picture, so the length alone proves nothing here."""
    tone = ["-f", "lavfi", "-i", "sine=d=3", "-c:a", "aac", "-movflags", "+faststart"]
    whole = made(tmp_path / "whole.mp4", "testsrc2=s=320x180:r=24:d=3", *tone, *H264)
    assert measure_clip(whole).frames == 72
    data = whole.read_bytes()
    (tmp_path / "short.mp4").write_bytes(data[: len(data) // 2])
    assert refused(tmp_path / "short.mp4").code == "media.damaged"


def test_a_picture_overwritten_in_the_middle_is_damaged(tmp_path: Path) -> None:
    path = made(tmp_path / "hurt.mp4", "testsrc2=s=320x180:r=24:d=3", *H264, "-movflags", "+faststart")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 6000] = np.random.default_rng(1).bytes(6000)
    path.write_bytes(bytes(data))
    assert refused(path).code == "media.damaged"


def test_a_film_without_frames_is_empty_or_damaged(tmp_path: Path) -> None:
    path = made(tmp_path / "none.mkv", "testsrc2=s=320x180:r=24:d=1", "-frames:v", "0", "-c:v", "ffv1")
    assert refused(path).code in ("media.empty", "media.damaged")


def test_sound_alone_and_sound_with_a_cover_have_no_picture(tmp_path: Path) -> None:
    sound = made(tmp_path / "sound.m4a", "sine=d=1", "-c:a", "aac")
    assert refused(sound).code == "media.format"
    cover = made(tmp_path / "cover.png", "testsrc2=s=64x64:d=1", "-frames:v", "1")
    both = tmp_path / "song.m4a"
    joined = ["-i", str(sound), "-i", str(cover), "-map", "0", "-map", "1", "-c", "copy"]
    subprocess.run([*FFMPEG, *joined, "-disposition:v", "attached_pic", str(both)], check=True)
    assert refused(both).code == "media.format"


def test_a_still_and_a_clip_of_one_frame_are_one_frame(tmp_path: Path) -> None:
    still = made(tmp_path / "still.png", "testsrc2=s=320x180:d=1", "-frames:v", "1")
    one = made(tmp_path / "one.mp4", "testsrc2=s=320x180:d=1", "-frames:v", "1", *H264)
    for path in (still, one):
        report = measure_clip(path, with_motion=True)
        assert (report.frames, report.cuts, report.motion, report.repeated_ratio) == (1, (), None, None)
        assert score_take(report).verdict == "not_measured"


def test_a_turned_phone_film_is_measured_upright(tmp_path: Path) -> None:
    # Dark above and bright below as filmed; turned by a quarter, one side of the upright picture is dark.
    flat = made(
        tmp_path / "flat.mp4",
        "testsrc2=s=320x180:r=24:d=0.5",
        "-vf",
        "drawbox=0:0:iw:45:black:fill",
        *H264,
    )
    turned = tmp_path / "turned.mp4"
    subprocess.run(
        [*FFMPEG, "-i", str(flat), "-c", "copy", "-metadata:s:v", "rotate=90", str(turned)], check=True
    )
    report = measure_clip(turned)
    assert (report.width, report.height) == (180, 320)
    assert abs(report.stream.rotation) == 90
    assert max(report.bars.left, report.bars.right) == pytest.approx(0.25, abs=0.02)
    assert report.bars.top == report.bars.bottom == 0.0


def tagged(path: Path, primaries: str, transfer: str, matrix: str) -> Path:
    tags = ["-color_primaries", primaries, "-color_trc", transfer, "-colorspace", matrix]
    deep = ["-pix_fmt", "yuv420p10le", "-c:v", "ffv1"]
    return made(path, "testsrc2=s=320x180:r=24:d=0.5", "-vf", f"setparams=colorspace={matrix}", *deep, *tags)


def test_high_dynamic_range_is_named_and_its_colours_are_not_guessed(tmp_path: Path) -> None:
    report = measure_clip(
        tagged(tmp_path / "pq.mkv", "bt2020", "smpte2084", "bt2020nc"), palette={"coat": "#a03232"}
    )
    assert report.stream.hdr
    assert report.stream.bits == 10
    assert (report.stream.primaries, report.stream.transfer) == ("bt2020", "smpte2084")
    assert (report.cct, report.wardrobe) == (None, {"coat": None})
    assert not measure_clip(tagged(tmp_path / "sdr.mkv", "bt709", "bt709", "bt709")).stream.hdr


@pytest.mark.parametrize(
    ("codec", "pixels"),
    [("ffv1", "yuv420p10le"), ("ffv1", "yuv444p"), ("ffv1", "yuva420p"), ("qtrle", "argb"), ("ffv1", "gray")],
)
def test_every_layout_of_samples_gives_the_same_light(tmp_path: Path, codec: str, pixels: str) -> None:
    source = "smptebars=s=320x180:r=24:d=0.5"
    plain = measure_clip(made(tmp_path / "plain.mkv", source, "-c:v", "ffv1", "-pix_fmt", "yuv420p"))
    other = measure_clip(
        made(
            tmp_path / "other.mov" if codec == "qtrle" else tmp_path / "other.mkv",
            source,
            "-c:v",
            codec,
            "-pix_fmt",
            pixels,
        )
    )
    assert other.frames == plain.frames == 12
    assert other.exposure.mean == pytest.approx(plain.exposure.mean, abs=2.5)
    assert other.stream.pixel_format.startswith(pixels[:4])


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("tag", ["tv", "pc"])
def test_black_is_black_by_the_range_the_file_names(tmp_path: Path, full: bool, tag: str) -> None:
    """Level 34 is a dark grey in limited range and in full range; level 20 is black in limited range only."""
    level = 34 if full else 20
    chain = f"geq=lum={level}:cb=128:cr=128,setparams=range={tag}"
    path = made(
        tmp_path / "r.mkv",
        "color=gray:s=320x180:r=24:d=0.5",
        "-vf",
        chain,
        "-c:v",
        "ffv1",
        "-pix_fmt",
        "yuv420p",
    )
    report = measure_clip(path)
    assert report.stream.colour_range == {"tv": "limited", "pc": "full"}[tag]
    expected = (level - 16) * 255 / 219 if tag == "tv" else level
    assert report.exposure.mean == pytest.approx(expected, abs=1.2)


def test_frames_at_uneven_times_are_timed_by_their_stamps(tmp_path: Path) -> None:
    # Twelve frames at 24 a second, then twelve at 6 a second, black from frame 12: from 0.5 s to 2.5 s.
    chain = "drawbox=c=black:t=fill:enable='gte(n,12)',setpts='if(lt(N,12),N,12+4*(N-12))/24/TB'"
    path = made(
        tmp_path / "vfr.mkv", "testsrc2=s=320x180:r=24:d=1", "-vf", chain, "-fps_mode", "passthrough", *H264
    )
    report = measure_clip(path)
    assert report.frames == 24
    assert report.stream.variable_rate
    assert report.black_runs[0][0] == pytest.approx(0.5, abs=0.01)
    assert report.black_runs[0][1] == pytest.approx(2.5, abs=0.2)


@pytest.mark.parametrize("rate", ["24", "24000/1001", "30000/1001", "60"])
def test_even_rates_are_not_taken_for_uneven(tmp_path: Path, rate: str) -> None:
    path = made(tmp_path / "even.mkv", f"testsrc2=s=160x90:r={rate}:d=1", *H264)
    report = measure_clip(path)
    top, _, bottom = rate.partition("/")
    assert not report.stream.variable_rate
    assert report.fps == pytest.approx(int(top) / int(bottom or 1), abs=0.001)


@pytest.mark.parametrize("size", ["33x17", "97x55", "641x359", "16x16"])
def test_odd_and_tiny_sizes_are_measured(tmp_path: Path, size: str) -> None:
    path = made(
        tmp_path / "odd.mkv",
        "testsrc2=s=640x360:r=24:d=0.7",
        "-vf",
        f"scale={size.replace('x', ':')}",
        "-c:v",
        "ffv1",
        "-pix_fmt",
        "yuv420p",
    )
    report = measure_clip(path, with_motion=True)
    assert f"{report.width}x{report.height}" == size
    assert report.banding is not None


@pytest.mark.parametrize("jailed", [pytest.param(True, marks=needs_sandbox), False])
def test_a_decoder_ended_from_outside_is_told_from_a_damaged_file(tmp_path: Path, jailed: bool) -> None:
    path = made(tmp_path / "long.mp4", "testsrc2=s=640x360:r=24:d=12", *H264)
    with Decoding(path, jailed=jailed) as decoding:
        frames = iter(decoding)
        next(frames)
        os.kill(decoding.pid, signal.SIGKILL)
        with pytest.raises(MediaError) as caught:
            list(frames)
    assert caught.value.code == "media.stopped"
    assert "long.mp4" in str(caught.value)


def test_a_decode_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = made(tmp_path / "slow.mp4", "testsrc2=s=640x360:r=24:d=20", *H264)
    with pytest.raises(MediaError) as caught:
        measure_clip(path, timeout=0.2)
    assert caught.value.code == "media.timeout"


def test_whoever_stops_early_leaves_no_child(tmp_path: Path) -> None:
    path = made(tmp_path / "left.mp4", "testsrc2=s=640x360:r=24:d=6", *H264)
    with Decoding(path, looks=True) as decoding:
        decoding.look_at(lambda look: None)
        next(iter(decoding))
    with pytest.raises(ProcessLookupError):
        os.kill(decoding.pid, 0)


def without_decoder(report: ClipReport) -> dict[str, object]:
    return {k: v for k, v in report.as_dict().items() if k != "decoder"}


@needs_sandbox
def test_the_report_says_how_it_was_decoded_and_figures_do_not_depend_on_it(clips: dict[str, Path]) -> None:
    inside = measure_clip(clips["good"])
    outside = measure_clip(clips["good"], jailed=False)
    assert (inside.decoder, outside.decoder) == ("sandboxed", "limited")
    assert without_decoder(inside) == without_decoder(outside)
    assert measure_still(clips["good"]).decoder == "sandboxed"


def run_confined(
    program: str, arguments: list[str], media: Path, *, jailed: bool
) -> subprocess.CompletedProcess[bytes]:
    child = sandbox.confined(program, arguments, media, seconds=5, jailed=jailed)
    return subprocess.run(child.argv, capture_output=True, check=False, timeout=30)


@needs_sandbox
def test_the_sandbox_shows_the_one_file_and_nothing_else(tmp_path: Path, clips: dict[str, Path]) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    seen = run_confined("/bin/cat", [str(tmp_path / "secret.txt")], clips["good"], jailed=True)
    assert seen.returncode != 0
    assert b"secret" not in seen.stdout
    given = run_confined("/bin/cat", [sandbox.INSIDE], clips["good"], jailed=True)
    assert given.stdout == clips["good"].read_bytes()
    assert (
        run_confined("/bin/sh", ["-c", f"echo > {sandbox.INSIDE}"], clips["good"], jailed=True).returncode
        != 0
    )
    left = run_confined("/usr/bin/env", [], clips["good"], jailed=True).stdout.decode()
    assert {line.partition("=")[0] for line in left.split()} <= {"PATH", "PWD", "SHLVL", "_"}
    network = run_confined("/bin/cat", ["/proc/net/dev"], clips["good"], jailed=True).stdout.decode()
    assert [line.split(":")[0].strip() for line in network.splitlines() if ":" in line] == ["lo"]


@pytest.mark.parametrize("jailed", [pytest.param(True, marks=needs_sandbox), False])
def test_a_child_is_limited_with_and_without_the_sandbox(clips: dict[str, Path], jailed: bool) -> None:
    told = run_confined(
        "/bin/sh", ["-c", "ulimit -t; ulimit -n; ulimit -v; ulimit -c"], clips["good"], jailed=jailed
    )
    limits = [int(word) for word in told.stdout.split()]
    assert limits == [5, sandbox.OPEN_FILES, sandbox.MEMORY_MIB * 1024, 0]


@pytest.mark.parametrize("jailed", [pytest.param(True, marks=needs_sandbox), False])
def test_a_child_writes_no_more_to_its_output_than_it_may(
    tmp_path: Path, clips: dict[str, Path], jailed: bool
) -> None:
    for written in (512, 2 << 20):
        child = sandbox.confined(
            "/usr/bin/head",
            ["-c", "3M", "/dev/zero"],
            clips["good"],
            seconds=5,
            written=written,
            jailed=jailed,
        )
        with (tmp_path / "out").open("wb") as out:
            done = subprocess.run(child.argv, stdout=out, stderr=subprocess.DEVNULL, check=False, timeout=30)
        assert done.returncode != 0
        assert (tmp_path / "out").stat().st_size == written


def test_a_picture_larger_than_any_screen_is_refused(tmp_path: Path) -> None:
    header = b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d49484452000186a0000186a00802000000")
    (tmp_path / "bomb.png").write_bytes(header + bytes(400))
    assert refused(tmp_path / "bomb.png").code == "media.damaged"


def test_a_missing_ffmpeg_is_named(monkeypatch: pytest.MonkeyPatch, clips: dict[str, Path]) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MediaError) as caught:
        tool("ffmpeg")
    assert caught.value.code == "media.tool"
