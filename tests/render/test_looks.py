"""Colours on screen: a chain of effects, baked or not, does what its arithmetic says."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.bake import applied, bake
from craft.render.cube import Cube, lattice, parse, write
from craft.render.effects import Cdl, Effect, Lut, Modifier, Style
from craft.render.errors import RenderError
from craft.render.grade import Grade
from craft.render.looks import looks_of
from craft.render.master import AssemblySpec, assemble
from craft.render.model import (
    Clip,
    Finish,
    FrameRange,
    Gap,
    MediaKind,
    MediaRef,
    Overlay,
    Timeline,
    Track,
    Transition,
)
from craft.render.plan import EncoderSpec, PictureSpec, segments
from craft.terms import cuts
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip


@pytest.fixture
def spec() -> AssemblySpec:
    """Nearly lossless: the colours are measured and not the encoder."""
    return AssemblySpec(PictureSpec(WIDTH, HEIGHT, EncoderSpec(crf=1)), workers=2)


Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


def frames(path: Path) -> list[Planes]:
    """Y, Cb, Cr planes of every frame."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:v", "-pix_fmt", "yuv420p"]
    argv += ["-f", "rawvideo", "-"]
    raw = np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, np.uint8)
    size, half = WIDTH * HEIGHT, WIDTH * HEIGHT // 4
    found = []
    for one in raw.reshape(-1, size + 2 * half):
        chroma = one[size:].reshape(2, HEIGHT // 2, WIDTH // 2)
        found.append((one[:size].reshape(HEIGHT, WIDTH), chroma[0], chroma[1]))
    return found


def patches(shelf: Shelf) -> MediaRef:
    """Four frames of one picture: 16 x 9 patches of 10 pixels, all greys and many colours, inside RGB."""
    numbers = np.random.default_rng(11).random((9, 16, 3)) * 0.6 + 0.2
    numbers[0] = np.linspace(0.05, 0.95, 16)[:, None]
    flat = np.repeat(np.repeat(numbers, 10, 0), 10, 1)
    path = shelf.folder / "patches.rgb"
    path.write_bytes((np.rint(flat * 255)).astype(np.uint8).tobytes())
    still = shelf.folder / "patches.png"
    size = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *size, "-i", str(path), str(still)], check=True)
    return MediaRef(shelf.keep(still), MediaKind.STILL)


def middles(planes: Planes) -> NDArray[np.float64]:
    """R, G, B of the middle of every patch of `patches`, shape (9, 16, 3)."""
    luma = (planes[0][5::10, 5::10].astype(float) - 16) / 219
    blue, red = ((plane[2::5, 2::5].astype(float) - 128) / 224 for plane in planes[1:])
    green = luma - (0.2126 * 1.5748 * red + 0.0722 * 1.8556 * blue) / 0.7152
    return np.stack([luma + 1.5748 * red, green, luma + 1.8556 * blue], axis=-1)


def shown(shot: Clip, folder: Path, shelf: Shelf, spec: AssemblySpec, finish: Finish | None = None) -> Planes:
    timeline = Timeline(RATE, Track((shot,)), finish=finish or Finish())
    return frames(assemble(timeline, shelf, folder, None, spec=spec).master)[1]


def kept_table(shelf: Shelf, table: NDArray[np.float64], name: str) -> str:
    path = shelf.folder / f"{name}.cube"
    path.write_text(write(Cube(table)))
    return shelf.keep(path)


def look(shelf: Shelf) -> str:
    """A cube that swaps nothing but bends every channel its own way and mixes them."""
    points = lattice(17)
    bent = np.stack([points[..., 0] ** 0.8, points[..., 1] ** 1.1, points[..., 2] ** 1.3], -1)
    return kept_table(shelf, 0.85 * bent + 0.15 * bent[..., [1, 2, 0]], "look")


def no_table(sha256: str) -> Cube:
    raise KeyError(sha256)


GRADES = [
    Grade(exposure=0.3, contrast=1.15, saturation=0.8),
    Grade(temperature=0.4, tint=-0.2, gamma=1.15),
    Grade(lift=(0.04, 0.0, -0.03), gain=(1.05, 1.0, 0.9)),
]


@pytest.mark.parametrize("grade", GRADES)
def test_a_baked_grade_looks_like_its_primaries(
    grade: Grade, tmp_path: Path, shelf: Shelf, spec: AssemblySpec
) -> None:
    shot = Clip(patches(shelf), FrameRange(0, 2))
    neutral_list = Cdl(saturation=1.0000001)  # forces the cube, changes nothing
    alone = middles(shown(replace(shot, effects=(grade,)), tmp_path / "yuv", shelf, spec))
    baked = middles(shown(replace(shot, effects=(grade, neutral_list)), tmp_path / "rgb", shelf, spec))
    inside = ((alone > 0.03) & (alone < 0.97)).all(axis=-1)
    assert inside.sum() > 100
    assert np.abs(baked - alone)[0].max() < 0.02  # greys
    assert np.abs(baked - alone)[inside].max() < 0.04
    assert np.abs(baked - alone)[inside].mean() < 0.008


def test_a_chain_of_all_kinds_does_its_arithmetic(tmp_path: Path, shelf: Shelf, spec: AssemblySpec) -> None:
    table = look(shelf)
    chain: tuple[Effect, ...] = (
        Cdl((1.1, 1.0, 0.9), (0.02, 0.0, 0.01), (1.0, 1.1, 0.95), 0.9),
        Lut(table, 0.6),
        Grade(exposure=0.2),
        Modifier(Style.BLEACH_BYPASS, 0.4),
    )
    shot = Clip(patches(shelf), FrameRange(0, 2))
    before = middles(shown(shot, tmp_path / "bare", shelf, spec))
    seen = middles(shown(replace(shot, effects=chain), tmp_path / "chain", shelf, spec))
    wanted = applied(chain, before, lambda sha256: parse(shelf(sha256).read_bytes()))
    assert np.abs(seen - wanted).mean() < 0.006
    assert np.abs(seen - wanted).max() < 0.04
    assert np.abs(seen - before).mean() > 0.03


def test_an_identity_table_costs_less_than_a_code_value(
    tmp_path: Path, shelf: Shelf, spec: AssemblySpec
) -> None:
    shot = Clip(patches(shelf), FrameRange(0, 2))
    table = kept_table(shelf, lattice(33), "identity")
    plain = shown(shot, tmp_path / "a", shelf, spec)
    looked = shown(replace(shot, effects=(Lut(table),)), tmp_path / "b", shelf, spec)
    assert np.abs(middles(plain) - middles(looked)).max() < 0.02
    assert np.abs(middles(plain) - middles(looked)).mean() < 0.003
    # chroma loses a little at the hard edges of the patches, where it is made larger and small again
    for number, most in ((0, 0.6), (1, 2.3), (2, 2.3)):
        assert np.abs(plain[number].astype(int) - looked[number]).mean() < most


def test_clip_and_programme_share_one_cube_only_where_nothing_is_between(shelf: Shelf) -> None:
    table = look(shelf)
    shot = replace(clip(shelf.flat(100), 6, 24), effects=(Grade(exposure=0.5),))
    drawn = replace(shot, effects=(Modifier(Style.FILM_GRAIN),))
    dissolve = Transition(cuts.Transition.DISSOLVE, 3, 3)
    track = Track((shot, dissolve, drawn, Gap(4)))
    parts = segments(Timeline(RATE, track, finish=Finish((Lut(table),))))
    looks = [looks_of(part) for part in parts]
    assert looks[0].sides == ((Grade(exposure=0.5), Lut(table)),) and looks[0].finish == ()
    assert looks[1].sides == ((Grade(exposure=0.5),), ()) and looks[1].finish == (Lut(table),)
    assert looks[2].sides == ((),) and looks[2].finish == (Lut(table),)
    assert looks[3].finish == (Lut(table),)
    assert list(looks[0].cubes()) == ["picture0.cube"] and list(looks[1].cubes()) == ["finish.cube"]


def test_finish_colours_reach_every_segment_and_agree(
    tmp_path: Path, shelf: Shelf, spec: AssemblySpec
) -> None:
    """Baked with the clip's in the bodies, after the join in the transition: the same grey all through."""
    table = kept_table(shelf, np.clip(lattice(9) * 0.7 + 0.1, 0, 1), "lifted")
    shot = clip(shelf.flat(110), 6, 12)
    track = Track((shot, Transition(cuts.Transition.DISSOLVE, 2, 2), shot, Gap(3)))
    made = assemble(Timeline(RATE, track, finish=Finish((Lut(table),))), shelf, tmp_path, None, spec=spec)
    greys = [float(planes[0].mean()) for planes in frames(made.master)]
    assert np.allclose(greys[:24], 16 + 219 * (0.1 + 0.7 * (110 - 16) / 219), atol=1.0)
    assert np.allclose(greys[24:], 16 + 219 * 0.1, atol=1.0)


@pytest.mark.parametrize(("content", "code"), [(None, "missing_lut"), ("LUT_3D_SIZE 2\n0 0\n", "bad_lut")])
def test_a_table_that_cannot_be_used_names_the_clip(
    content: str | None, code: str, tmp_path: Path, shelf: Shelf, spec: AssemblySpec
) -> None:
    sha256 = "0" * 64
    if content is not None:
        (shelf.folder / "broken.cube").write_text(content)
        sha256 = shelf.keep(shelf.folder / "broken.cube")
    shot = replace(clip(shelf.flat(100), name="harbour"), effects=(Lut(sha256),))
    with pytest.raises(RenderError) as caught:
        assemble(Timeline(RATE, Track((shot,))), shelf, tmp_path, None, spec=spec)
    assert caught.value.code == code and "harbour" in str(caught.value)
    assert not list(tmp_path.glob("*.mp4"))


def test_what_is_not_colour_cannot_be_baked() -> None:
    with pytest.raises(ValueError, match="cannot be part"):
        bake((Modifier(Style.FILM_GRAIN),), no_table)


@pytest.mark.parametrize(
    ("shape", "top", "side"),
    [(Fraction(239, 100), 12, 0), (Fraction(4, 3), 0, 20), (Fraction(16, 9), 0, 0), (Fraction(1), 0, 36)],
)
def test_bars_are_black_even_and_exact(
    shape: Fraction, top: int, side: int, tmp_path: Path, shelf: Shelf, spec: AssemblySpec
) -> None:
    shot = clip(shelf.video("orange", "color=s=160x90:r=24,format=yuv420p,geq=lum=120:cb=100:cr=160", 4))
    luma, blue, red = shown(shot, tmp_path, shelf, spec, Finish(letterbox=shape))
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[top : HEIGHT - top, side : WIDTH - side] = True
    assert np.abs(luma[inside].astype(int) - 120).max() <= 3
    assert np.abs(luma[~inside].astype(int) - 16).max(initial=0) <= 2
    small = inside[::2, ::2]
    assert np.abs(blue[~small].astype(int) - 128).max(initial=0) <= 2
    assert np.abs(red[small].astype(int) - 160).max() <= 3


def test_overlays_have_colours_of_their_own(tmp_path: Path, shelf: Shelf, spec: AssemblySpec) -> None:
    halved = Cdl(slope=(0.5, 0.5, 0.5))
    inset = Overlay(FrameRange(0, 4), shelf.flat(180), (0.0, 0.0, 0.5, 0.5), effects=(halved,))
    lifted = Cdl(offset=(0.1, 0.1, 0.1))
    shot = replace(clip(shelf.flat(100, 4)), effects=(lifted,))
    timeline = Timeline(RATE, Track((shot,)), overlays=(inset,), finish=Finish((Grade(saturation=0.5),)))
    luma = frames(assemble(timeline, shelf, tmp_path, None, spec=spec).master)[1][0]
    assert abs(luma[10:30, 10:60].mean() - (16 + (180 - 16) / 2)) < 1.5
    assert abs(luma[60:, 90:].mean() - (100 + 21.9)) < 1.5
