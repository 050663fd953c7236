"""Every style does what its name says, in proportion, the same in every run."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.effects import Cdl, Modifier, Style
from craft.render.graphs.styles import DRAWINGS
from craft.render.looks import style_colours
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, Timeline, Track
from craft.render.picture import PictureJob
from craft.render.plan import EncoderSpec, PictureSpec, segments
from craft.terms.rates import FrameRate
from tests.render.conftest import RATE, Shelf

WIDTH, HEIGHT = 320, 180
SPEC = PictureSpec(WIDTH, HEIGHT, EncoderSpec(crf=4))


@dataclass
class Picture:
    """All frames of a rendered style: luma (n, h, w) and chroma (n, 2, h / 2, w / 2), code values from 0."""

    luma: NDArray[np.float64]
    chroma: NDArray[np.float64]

    def detail(self) -> float:
        """Variance of what neighbours across differ by."""
        return float(np.diff(self.luma, axis=2).var())

    def colour(self) -> float:
        return float(np.abs(self.chroma - 128).mean())


@pytest.fixture(scope="module")
def scene(shelf: Shelf) -> MediaRef:
    """Something like a picture: soft shapes, one bright lamp, edges and colours."""
    red = "110+60*sin(X/23)+30*sin(Y/11)+130*exp(-(pow(X-240\\,2)+pow(Y-50\\,2))/90)"
    green = "100+50*sin(X/31+1)+20*gt(mod(X\\,40)\\,20)+140*exp(-(pow(X-240\\,2)+pow(Y-50\\,2))/90)"
    blue = "90+60*sin(Y/19+2)+130*exp(-(pow(X-240\\,2)+pow(Y-50\\,2))/90)"
    path = shelf.folder / "scene.png"
    source = f"color=s={WIDTH}x{HEIGHT},format=gbrp,geq=r='{red}':g='{green}':b='{blue}'"
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1", str(path)]
    subprocess.run(argv, check=True)
    return MediaRef(shelf.keep(path), MediaKind.STILL)


def drawn(scene: MediaRef, shelf: Shelf, folder: Path, *modifiers: Modifier) -> Picture:
    """Four frames of the scene under the modifiers."""
    shot = Clip(scene, FrameRange(0, 4), modifiers)
    parts = segments(Timeline(RATE, Track((shot,))))
    piece = PictureJob(RATE, SPEC, shelf, folder, None).render(parts)[0]
    argv = ["ffmpeg", "-v", "error", "-i", str(piece.path), "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
    raw = np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, np.uint8)
    planes = raw.reshape(4, -1).astype(float)
    size = WIDTH * HEIGHT
    chroma = planes[:, size:].reshape(4, 2, HEIGHT // 2, WIDTH // 2)
    return Picture(planes[:, :size].reshape(4, HEIGHT, WIDTH), chroma)


@pytest.fixture(scope="module")
def bare(scene: MediaRef, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Picture:
    return drawn(scene, shelf, tmp_path_factory.mktemp("bare"))


def test_every_style_is_drawn_or_is_colour() -> None:
    for style in Style:
        assert style in DRAWINGS or style_colours(Modifier(style)), style


@pytest.mark.parametrize("style", list(Style))
def test_style_changes_the_picture_with_its_strength_and_is_repeatable(
    style: Style, scene: MediaRef, shelf: Shelf, tmp_path: Path, bare: Picture
) -> None:
    full = drawn(scene, shelf, tmp_path / "full", Modifier(style, 1.0))
    half = drawn(scene, shelf, tmp_path / "half", Modifier(style, 0.5))
    again = drawn(scene, shelf, tmp_path / "again", Modifier(style, 1.0))
    assert np.array_equal(full.luma, again.luma) and np.array_equal(full.chroma, again.chroma)

    def far(picture: Picture) -> float:
        return float(np.abs(picture.luma - bare.luma).mean() + np.abs(picture.chroma - bare.chroma).mean())

    assert far(full) > 0.5, "nothing is seen of it"
    # a fringe moves by whole samples, so at this size half of it may be all of it
    assert 0.15 * far(full) < far(half) < (1.01 if style is Style.CHROMATIC else 0.95) * far(full)
    assert full.luma.min() >= 12 and full.luma.max() <= 240


@pytest.mark.parametrize("style", list(Style))
def test_strength_zero_is_the_picture_itself(
    style: Style, scene: MediaRef, shelf: Shelf, tmp_path: Path, bare: Picture
) -> None:
    nothing = drawn(scene, shelf, tmp_path, Modifier(style, 0.0))
    assert np.array_equal(nothing.luma, bare.luma) and np.array_equal(nothing.chroma, bare.chroma)


def test_black_and_white_has_no_colour_and_keeps_luma(
    scene: MediaRef, shelf: Shelf, tmp_path: Path, bare: Picture
) -> None:
    full = drawn(scene, shelf, tmp_path / "1", Modifier(Style.BLACK_AND_WHITE))
    half = drawn(scene, shelf, tmp_path / "2", Modifier(Style.BLACK_AND_WHITE, 0.5))
    assert full.colour() < 0.2 and np.abs(full.luma - bare.luma).mean() < 0.6
    assert abs(half.colour() / bare.colour() - 0.5) < 0.06


def test_sepia_is_one_warm_hue(scene: MediaRef, shelf: Shelf, tmp_path: Path) -> None:
    full = drawn(scene, shelf, tmp_path, Modifier(Style.SEPIA))
    assert full.chroma[:, 0].max() <= 128.5 and full.chroma[:, 1].min() >= 127.5
    assert full.chroma[:, 0].mean() < 120 and full.chroma[:, 1].mean() > 131


def test_night_vision_is_green(scene: MediaRef, shelf: Shelf, tmp_path: Path) -> None:
    full = drawn(scene, shelf, tmp_path, Modifier(Style.NIGHT_VISION))
    assert (full.chroma.mean(axis=(0, 2, 3)) < 112).all()


def test_grain_grows_in_proportion_and_never_stands_still(
    scene: MediaRef, shelf: Shelf, tmp_path: Path, bare: Picture
) -> None:
    added = []
    for much in (0.25, 0.5, 1.0):
        grainy = drawn(scene, shelf, tmp_path / str(much), Modifier(Style.FILM_GRAIN, much))
        added.append(np.sqrt(grainy.detail() - bare.detail()))
        assert abs(grainy.luma.mean() - bare.luma.mean()) < 0.6
        assert np.abs(grainy.chroma - bare.chroma).mean() < 0.5
        for one, other in pairwise(grainy.luma):
            noise, before = other - bare.luma[1], one - bare.luma[0]
            assert abs(np.corrcoef(noise.ravel(), before.ravel())[0, 1]) < 0.35
    assert 1.5 < added[1] / added[0] < 2.6 and 1.6 < added[2] / added[1] < 2.4


def test_vignette_darkens_corners_and_not_the_middle(
    scene: MediaRef, shelf: Shelf, tmp_path: Path, bare: Picture
) -> None:
    full = drawn(scene, shelf, tmp_path, Modifier(Style.VIGNETTE))
    light = (full.luma[0] - 16) / np.maximum(1.0, bare.luma[0] - 16)
    assert np.median(light[80:100, 150:170]) > 0.97
    for rows in (slice(0, 8), slice(-8, None)):
        for columns in (slice(0, 8), slice(-8, None)):
            assert 0.25 < np.median(light[rows, columns]) < 0.45


def test_bloom_lights_what_is_round_a_lamp(
    scene: MediaRef, shelf: Shelf, tmp_path: Path, bare: Picture
) -> None:
    full = drawn(scene, shelf, tmp_path, Modifier(Style.BLOOM))
    gain = (full.luma - bare.luma)[0]
    assert gain[40:60, 222:232].mean() > 8
    assert gain.min() > -4
    assert gain[40:60, 222:232].mean() > 2 * gain[120:170, 40:100].mean()


def test_softness_and_sharpness_change_detail(
    scene: MediaRef, shelf: Shelf, tmp_path: Path, bare: Picture
) -> None:
    soft = drawn(scene, shelf, tmp_path / "soft", Modifier(Style.SOFT_FOCUS))
    sharp = drawn(scene, shelf, tmp_path / "sharp", Modifier(Style.SHARPEN))
    assert soft.detail() < 0.75 * bare.detail() and sharp.detail() > 1.25 * bare.detail()
    for picture in (soft, sharp):
        assert abs(picture.luma.mean() - bare.luma.mean()) < 1.5


def test_chromatic_moves_blue_and_red_apart(
    scene: MediaRef, shelf: Shelf, tmp_path: Path, bare: Picture
) -> None:
    full = drawn(scene, shelf, tmp_path, Modifier(Style.CHROMATIC))

    def shift(number: int) -> int:
        def off(by: int) -> float:
            moved = np.roll(bare.chroma[0, number], by, axis=1)
            return float(np.abs(full.chroma[0, number] - moved)[:, 8:-8].mean())

        return min(range(-4, 5), key=off)

    assert shift(0) < 0 < shift(1)
    assert np.abs(full.luma - bare.luma).mean() < 0.3


def test_poster_has_few_tones_and_pixels_are_blocks(scene: MediaRef, shelf: Shelf, tmp_path: Path) -> None:
    poster = drawn(scene, shelf, tmp_path / "poster", Modifier(Style.POSTER))
    tones = 16 + 219 * (np.arange(7) + 0.5) / 7
    away = np.abs(poster.luma[..., None] - tones).min(axis=-1)
    assert np.median(away) < 1.0
    blocks = drawn(scene, shelf, tmp_path / "blocks", Modifier(Style.PIXELS))
    steps = np.abs(np.diff(blocks.luma[0], axis=1))
    assert (steps < 3).mean() > 0.85


def test_old_film_flickers_and_weaves(scene: MediaRef, shelf: Shelf, tmp_path: Path) -> None:
    full = drawn(scene, shelf, tmp_path, Modifier(Style.OLD_FILM))
    assert np.ptp(full.luma.mean(axis=(1, 2))) > 2
    assert full.colour() < 6


def test_styled_shots_join_plain_ones_in_any_frame(scene: MediaRef, shelf: Shelf, tmp_path: Path) -> None:
    """No style may leave a mark (a pixel shape, a tag) in the stream that keeps it from being joined."""
    shots = [Clip(scene, FrameRange(0, 2), (Modifier(style, 0.7),)) for style in Style]
    looks = Clip(scene, FrameRange(0, 2), (Cdl(saturation=0.9), Modifier(Style.FILM_GRAIN)))
    timeline = Timeline(FrameRate(24000, 1001), Track((Clip(scene, FrameRange(0, 2)), *shots, looks)))
    spec = AssemblySpec(PictureSpec(158, 90), workers=2)
    made = assemble(timeline, shelf, tmp_path, None, spec=spec)
    assert made.frames == 2 * (len(Style) + 2)
