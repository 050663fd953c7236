"""Every rendered transition draws what its name says, on the grid of (k + 1) / (N + 1)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.model import MediaRef, Timeline, Track, Transition
from craft.render.picture import PictureJob
from craft.render.plan import PictureSpec, segments
from craft.render.validation import FLASH_FRAMES
from craft.terms import cuts
from craft.terms.cuts import Transition as Kind
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip
from tests.render.test_overlays import luma

N = 7
DARK, BRIGHT = 60, 200
PROGRESS = (np.arange(N) + 1) / (N + 1)
Frames = NDArray[np.float64]


def joined(shelf: Shelf, folder: Path, kind: Kind, out: MediaRef, into: MediaRef, length: int = N) -> Frames:
    """The frames of a transition alone, shape (length, HEIGHT, WIDTH)."""
    before = length // 2
    shots = (clip(out, 0, 24), Transition(kind, before, length - before), clip(into, 24, 24))
    job = PictureJob(RATE, PictureSpec(WIDTH, HEIGHT), shelf, folder, None, workers=1)
    seen = np.concatenate([luma(piece.path) for piece in job.render(segments(Timeline(RATE, Track(shots))))])
    assert len(seen) == 48
    assert abs(seen[23 - before] - luma_of(out)).max() <= 2 or kind in MARKED
    return seen[24 - before : 24 - before + length]


MARKED = {Kind.PUSH_LEFT, Kind.PUSH_RIGHT, Kind.PUSH_UP, Kind.PUSH_DOWN, Kind.WHIP}


def luma_of(media: MediaRef) -> float:
    return FLATS.get(media.sha256, 0.0)


FLATS: dict[str, float] = {}


def flats(shelf: Shelf) -> tuple[MediaRef, MediaRef]:
    pair = shelf.flat(DARK, 60), shelf.flat(BRIGHT, 60)
    FLATS.update({pair[0].sha256: DARK, pair[1].sha256: BRIGHT})
    return pair


def pattern(shelf: Shelf, name: str, expression: str) -> MediaRef:
    source = f"color=s={WIDTH}x{HEIGHT}:r=24,format=yuv420p,geq=lum='{expression}':cb=128:cr=128"
    return shelf.video(name, source, 60, "-crf", "4")


def test_dissolve_mixes_evenly(shelf: Shelf, tmp_path: Path) -> None:
    seen = joined(shelf, tmp_path, Kind.DISSOLVE, *flats(shelf))
    wanted = DARK + (BRIGHT - DARK) * PROGRESS
    assert np.abs(seen - wanted[:, None, None]).max() <= 2


@pytest.mark.parametrize("length", [7, 8, 1, 2])
@pytest.mark.parametrize(("kind", "colour"), [(Kind.FADE_BLACK, 16), (Kind.FADE_WHITE, 235)])
def test_fades_are_the_plain_colour_half_way(
    kind: Kind, colour: int, length: int, shelf: Shelf, tmp_path: Path
) -> None:
    seen = joined(shelf, tmp_path, kind, *flats(shelf), length).mean(axis=(1, 2))
    wanted = []
    for step in range(length):
        progress = (step + 1) / (length + 1)
        picture, share = (DARK, 1 - 2 * progress) if progress <= 0.5 else (BRIGHT, 2 * progress - 1)
        wanted.append(colour + (picture - colour) * share)
    assert np.abs(seen - wanted).max() <= 2
    if length % 2:
        assert abs(seen[length // 2] - colour) <= 1.5


WIPES = {
    Kind.WIPE_LEFT: (2, True),
    Kind.WIPE_RIGHT: (2, False),
    Kind.WIPE_UP: (1, True),
    Kind.WIPE_DOWN: (1, False),
}
"""The axis the edge travels along, and whether towards 0."""


@pytest.mark.parametrize("kind", WIPES)
def test_wipes_travel_in_their_direction(kind: Kind, shelf: Shelf, tmp_path: Path) -> None:
    axis, backwards = WIPES[kind]
    seen = joined(shelf, tmp_path, kind, *flats(shelf))
    lines = seen.mean(axis=3 - axis)
    if backwards:
        lines = lines[:, ::-1]
    size = lines.shape[1]
    for progress, line in zip(PROGRESS, lines, strict=True):
        edge = progress * size
        assert np.abs(line[: int(edge) - 6] - BRIGHT).max(initial=0) <= 4, progress
        assert np.abs(line[int(edge) + 6 :] - DARK).max(initial=0) <= 4, progress


PUSHES = {
    Kind.PUSH_LEFT: (2, -1),
    Kind.PUSH_RIGHT: (2, 1),
    Kind.PUSH_UP: (1, -1),
    Kind.PUSH_DOWN: (1, 1),
}


@pytest.mark.parametrize("kind", PUSHES)
def test_pushes_move_both_pictures(kind: Kind, shelf: Shelf, tmp_path: Path) -> None:
    """A bright line in the middle of each picture; both travel, one frame's width apart."""
    axis, sign = PUSHES[kind]
    name, size = ("X", WIDTH) if axis == 2 else ("Y", HEIGHT)
    line = f"if(between({name},{size // 2 - 4},{size // 2 + 3}),220,50)"
    shot = pattern(shelf, f"line{name}", line)
    seen = joined(shelf, tmp_path, kind, shot, shot).mean(axis=3 - axis)
    for progress, row in zip(PROGRESS, seen, strict=True):
        middles = [size / 2 + sign * progress * size, size / 2 + sign * (progress - 1) * size]
        wanted = [middle for middle in middles if 5 <= middle <= size - 5]
        bright = np.flatnonzero(row > 140)
        groups = np.split(bright, np.flatnonzero(np.diff(bright) > 1) + 1) if len(bright) else []
        found = sorted(float(group.mean()) + 0.5 for group in groups if len(group) >= 7)
        assert len(found) == len(wanted), progress
        assert np.allclose(found, sorted(wanted), atol=2), progress


@pytest.mark.parametrize(("kind", "opens"), [(Kind.IRIS_OPEN, True), (Kind.IRIS_CLOSE, False)])
def test_irises_are_round_and_grow_or_shrink(kind: Kind, opens: bool, shelf: Shelf, tmp_path: Path) -> None:
    """Opening shows the incoming picture inside the circle, closing the outgoing one."""
    seen = joined(shelf, tmp_path, kind, *flats(shelf))
    middle, corner = seen[:, HEIGHT // 2, WIDTH // 2], seen[:, 1, 1]
    mixed = seen > (DARK + BRIGHT) / 2
    inside = mixed if opens else ~mixed
    half = N // 2
    areas = inside.mean(axis=(1, 2))
    steps = np.diff(areas) if opens else -np.diff(areas)
    assert all(steps >= 0) and areas[half - 1] != areas[half] != areas[half + 1]
    assert all(np.diff(seen.mean(axis=(1, 2))) > 0)
    if opens:
        assert middle[half] > 180 and corner[half] < 80
    else:
        assert middle[half] < 80 and corner[half] > 180
    # as far to the left as to the right, upwards as downwards
    assert np.abs(inside[half].astype(int) - inside[half][::-1, ::-1]).mean() < 0.03
    across, down = inside[half][HEIGHT // 2].sum(), inside[half][:, WIDTH // 2].sum()
    assert down == HEIGHT or abs(across - down) <= 6


def test_whip_blurs_along_the_picture_and_not_across(shelf: Shelf, tmp_path: Path) -> None:
    upright = pattern(shelf, "upright", "if(mod(floor(X/8),2),200,60)")
    level = pattern(shelf, "level", "if(mod(floor(Y/8),2),200,60)")
    for shot, kept in ((upright, False), (level, True)):
        middle = joined(shelf, tmp_path / shot.sha256[:6], Kind.WHIP, shot, shot)[N // 2]
        contrast = middle[20:70, 20:140].std()
        assert contrast > 50 if kept else contrast < 25


@pytest.mark.parametrize("length", range(FLASH_FRAMES[0], FLASH_FRAMES[1] + 1))
def test_flashes_are_white_from_the_first_to_the_last_frame(
    length: int, shelf: Shelf, tmp_path: Path
) -> None:
    seen = joined(shelf, tmp_path, Kind.FLASH, *flats(shelf), length)
    assert np.abs(seen - 235).max() <= 1


def test_every_transition_of_the_vocabulary_is_tried_here() -> None:
    tried = {Kind.DISSOLVE, Kind.FADE_BLACK, Kind.FADE_WHITE, Kind.WHIP, Kind.FLASH, Kind.IRIS_OPEN}
    tried |= {Kind.IRIS_CLOSE, *WIPES, *PUSHES}
    assert tried == set(cuts.Transition) - {Kind.CUT}
