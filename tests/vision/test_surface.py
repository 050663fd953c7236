"""Banding, torn fields, bars and repeated frames: found where they are, and not where they are not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from craft.vision import measure_clip, measure_still, score_take
from craft.vision.__main__ import main as command
from craft.vision.series import repeats
from craft.vision.surface import banding, bars, combing
from tests.vision.conftest import FFMPEG, H264

Picture = npt.NDArray[np.uint8]
Film = Callable[..., Path]
WIDTH, HEIGHT = 640, 360


def gradient(low: float, high: float, angle: float = 0.0) -> npt.NDArray[np.float64]:
    """A ramp over the whole picture, in levels."""
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    way = across / WIDTH * np.cos(angle) + down / HEIGHT * np.sin(angle)
    return np.asarray(low + (high - low) * way / way.max())


def levels(picture: npt.NDArray[np.float64]) -> Picture:
    return np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8)


def stairs(picture: npt.NDArray[np.float64], step: int) -> Picture:
    return levels(np.round(picture / step) * step)


RAMPS = [(20, 70, 0.0), (40, 160, 0.0), (20, 70, 0.6), (30, 110, 1.2)]


@pytest.mark.parametrize("ramp", RAMPS)
@pytest.mark.parametrize("step", [2, 4, 8])
def test_a_quantised_gradient_is_banding_of_its_step(ramp: tuple[float, float, float], step: int) -> None:
    found = banding(stairs(gradient(*ramp), step))
    assert found.share > 0.5
    assert found.step == step


@pytest.mark.parametrize("ramp", RAMPS)
@pytest.mark.parametrize("how", ["plain", "noise", "faint noise", "regular dither", "random dither"])
def test_eight_bits_with_or_without_dither_are_no_banding(ramp: tuple[float, float, float], how: str) -> None:
    rng, smooth = np.random.default_rng(2), gradient(*ramp)
    regular = np.tile(
        np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16, (90, 160)
    )
    picture = {
        "plain": levels(smooth),
        "noise": levels(smooth + rng.normal(0, 1.5, smooth.shape)),
        "faint noise": levels(smooth + rng.normal(0, 0.5, smooth.shape)),
        "regular dither": levels(np.floor(smooth + regular)),
        "random dither": levels(np.floor(smooth + rng.random(smooth.shape))),
    }[how]
    assert banding(picture).share < 0.03


def test_flat_surfaces_and_edges_are_no_banding(room: Picture) -> None:
    flat = np.full((HEIGHT, WIDTH), 60, np.uint8)
    flat[100:260, 200:420] = 66
    assert banding(flat).share == 0.0
    assert banding(np.asarray(cv2.cvtColor(room, cv2.COLOR_BGR2GRAY), np.uint8)).share < 0.1


def grey(picture: Picture) -> Picture:
    return np.repeat(picture[:, :, None], 3, axis=2)


@pytest.mark.parametrize(("step", "told"), [(6, True), (1, False)])
def test_banding_of_a_coded_clip_is_told(film: Film, step: int, told: bool) -> None:
    picture = grey(stairs(gradient(40, 150, 0.5), step))
    report = measure_clip(film("ramp", lambda n: picture, 12))
    assert report.banding is not None
    assert (report.banding > 0.3) is told
    assert ("banding" in {f.code for f in score_take(report).findings}) is told


def moving(number: int) -> Picture:
    picture = np.full((HEIGHT, WIDTH), 60, np.uint8)
    cv2.rectangle(picture, (60 + 16 * number, 80), (200 + 16 * number, 300), 190, -1)
    cv2.circle(picture, (500 - 9 * number, 60), 40, 130, -1)
    return picture


def woven(number: int) -> Picture:
    """Two moments in one picture, line by line."""
    out = moving(2 * number).copy()
    out[1::2] = moving(2 * number + 1)[1::2]
    return out


def test_torn_fields_are_seen_and_noise_and_texture_are_not() -> None:
    rng = np.random.default_rng(3)
    assert combing(woven(3)) > 0.008
    assert combing(moving(3)) == 0.0
    noisy = levels(moving(3) + rng.normal(0, 12, (HEIGHT, WIDTH)))
    assert combing(noisy) < 0.004
    striped = moving(3).copy()
    striped[np.arange(HEIGHT) // 2 % 2 == 0] += 40
    assert combing(striped) < 0.004


@pytest.mark.parametrize(("draw", "torn"), [(woven, True), (moving, False)])
def test_an_interlaced_clip_is_told_without_its_flag(
    film: Film, draw: Callable[[int], Picture], torn: bool
) -> None:
    report = measure_clip(film("fields", lambda n: grey(draw(n)), 14))
    assert report.stream.field_order == "progressive"
    assert report.interlaced is torn


def test_an_interlaced_clip_is_told_by_its_flag(tmp_path: Path) -> None:
    source = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=0.6", "-vf", "setfield=tff"]
    coded = ["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "8M", str(tmp_path / "i.mpg")]
    subprocess.run([*FFMPEG, *source, *coded], check=True)
    report = measure_clip(tmp_path / "i.mpg")
    assert report.stream.field_order == "top_first"
    assert report.interlaced


def framed(top: int, side: int) -> Picture:
    picture = np.full((HEIGHT, WIDTH), 16, np.uint8)
    rng = np.random.default_rng(5)
    inside = picture[top : HEIGHT - top or None, side : WIDTH - side or None]
    inside[:] = rng.integers(60, 200, inside.shape)
    return picture


@pytest.mark.parametrize(("top", "side"), [(0, 0), (44, 0), (0, 80), (30, 40)])
def test_black_bars_are_measured(top: int, side: int) -> None:
    found = bars(framed(top, side), 16)
    assert found is not None
    assert found.top == pytest.approx(top / HEIGHT, abs=0.003)
    assert found.bottom == pytest.approx(top / HEIGHT, abs=0.003)
    assert found.left == found.right == pytest.approx(side / WIDTH, abs=0.003)


def test_a_dark_sky_over_roofs_is_no_bar_and_a_black_picture_says_nothing() -> None:
    skyline = np.full((HEIGHT, WIDTH), 17, np.uint8)
    for k, roof in enumerate((120, 180, 90, 200, 150, 130, 170, 110)):
        skyline[roof:, k * 80 : k * 80 + 80] = 90
    found = bars(skyline, 16)
    assert found is not None
    assert found.top == 0.0
    assert bars(np.full((HEIGHT, WIDTH), 18, np.uint8), 16) is None


@pytest.mark.parametrize(("height", "told"), [(270, True), (360, False)])
def test_bars_of_a_clip_that_begins_in_black(tmp_path: Path, height: int, told: bool) -> None:
    chain = f"crop=640:{height},pad=640:360:0:(oh-ih)/2,fade=in:0:6"
    source = ["-f", "lavfi", "-i", "testsrc=s=640x360:r=24:d=0.8", "-vf", chain]
    subprocess.run([*FFMPEG, *source, *H264, str(tmp_path / "bars.mp4")], check=True)
    report = measure_clip(tmp_path / "bars.mp4")
    assert report.bars.top == pytest.approx((360 - height) / 720, abs=0.006)
    assert report.bars.total == pytest.approx((360 - height) / 360, abs=0.012)
    assert ("bars" in {f.code for f in score_take(report).findings}) is told


def in_steps(pattern: Sequence[int]) -> Callable[[int], Picture]:
    """Frames that show the moments of a pattern, repeated."""
    shown = [moment + len(set(pattern)) * k for k in range(30) for moment in pattern]
    return lambda number: grey(moving(shown[number] % 26))


@pytest.mark.parametrize(
    ("pattern", "ratio", "period"),
    [((0, 1, 2, 3), 0.0, None), ((0, 1, 2, 3, 3), 0.2, 5), ((0, 0), 0.5, 2)],
    ids=["every frame new", "24 in 30", "12 in 24"],
)
def test_repeated_frames_are_counted_with_their_period(
    film: Film, pattern: tuple[int, ...], ratio: float, period: int | None
) -> None:
    report = measure_clip(film("steps", in_steps(pattern), 50))
    assert report.repeated_ratio == pytest.approx(ratio, abs=0.06)
    assert report.repeat_period == period


def test_a_held_picture_repeats_nothing() -> None:
    assert repeats([0.0] * 30) == (None, None)
    assert repeats([0.0, 2.0, 2.1]) == (None, None)
    held = repeats([0.0, *[2.0] * 20, *[0.0] * 6, *[2.0] * 20])
    assert held == (0.0, None)


def test_the_report_is_plain_json(clips: dict[str, Path]) -> None:
    report = measure_clip(clips["good"], with_motion=True)
    plain = report.as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["stream"]["codec"] == "h264"
    assert plain["motion"]["version"].startswith("motion")


def test_the_camera_is_followed_in_the_same_decode(film: Film) -> None:
    big = np.kron(np.random.default_rng(4).integers(30, 220, (80, 170, 3)), np.ones((8, 8, 1))).astype(
        np.uint8
    )
    path = film("pan", lambda n: big[100:460, 100 + 6 * n : 740 + 6 * n], 36)
    motion = measure_clip(path, with_motion=True).motion
    assert motion is not None
    assert (motion.kind, motion.direction) == ("pan", "right")
    assert measure_clip(path).motion is None


def test_a_still_has_the_figures_of_its_surface(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "stairs.png"), grey(stairs(gradient(20, 140), 4)))
    cv2.imwrite(
        str(tmp_path / "bars.png"), grey(np.where(framed(40, 0) == 16, 0, framed(40, 0)).astype(np.uint8))
    )
    found = measure_still(tmp_path / "stairs.png")
    assert found.banding is not None
    assert found.banding > 0.5
    assert measure_still(tmp_path / "bars.png").bars.top == pytest.approx(40 / 360, abs=0.003)


def test_the_command_checks_a_file(
    clips: dict[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert command(["check", str(clips["good"]), "--motion"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["score"]["verdict"] == "pass"
    assert told["report"]["motion"]["kind"]
    assert command(["check", str(clips["black"])]) == 3
    (tmp_path / "notes.mp4").write_text("no film")
    capsys.readouterr()
    assert command(["check", str(tmp_path / "notes.mp4")]) == 1
    assert capsys.readouterr().err.startswith("media.format")
