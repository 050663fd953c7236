"""A grade does on screen what its arithmetic says."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.errors import TimelineError
from craft.render.grade import DISPLAY_GAMMA, PIVOT, WARM, Grade
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Timeline, Track
from craft.render.validation import check_timeline
from craft.terms.rates import FrameRate
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip

GREY = 126
"""Code value; luma (126 - 16) / 219 = 0.502."""


def yuv(path: Path) -> NDArray[np.float64]:
    """Mean Y, Cb, Cr code values of the first frame."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-"]
    raw = np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, np.uint8)
    size = WIDTH * HEIGHT
    luma, chroma = raw[:size], raw[size:].reshape(2, -1)
    return np.array([luma.mean(), *chroma.mean(axis=1)])


def rgb(codes: NDArray[np.float64]) -> NDArray[np.float64]:
    luma, blue, red = (codes[0] - 16) / 219, (codes[1] - 128) / 224, (codes[2] - 128) / 224
    green = luma - (0.2126 * 1.5748 * red + 0.0722 * 1.8556 * blue) / 0.7152
    return np.array([luma + 1.5748 * red, green, luma + 1.8556 * blue])


def graded(grade: Grade, tmp_path: Path, shelf: Shelf, spec: AssemblySpec) -> NDArray[np.float64]:
    shot = replace(clip(shelf.flat(GREY, 4)), effects=(grade,))
    return yuv(assemble(Timeline(RATE, Track((shot,))), shelf, tmp_path, None, spec=spec).master)


LUMA = (GREY - 16) / 219
CASES = [
    (Grade(exposure=0.5), [LUMA * 2 ** (0.5 / DISPLAY_GAMMA)] * 3),
    (Grade(contrast=1.3), [(LUMA - PIVOT) * 1.3 + PIVOT] * 3),
    (Grade(gamma=1.2), [LUMA ** (1 / 1.2)] * 3),
    (Grade(gain=(1.1, 1.0, 0.9)), [LUMA * 1.1, LUMA, LUMA * 0.9]),
    (Grade(lift=(0.1, 0.0, -0.1)), [LUMA + 0.1 * (1 - LUMA), LUMA, LUMA - 0.1 * (1 - LUMA)]),
    (Grade(temperature=0.5), [LUMA * (1 + 0.5 * WARM[0]), LUMA, LUMA * (1 + 0.5 * WARM[2])]),
]


@pytest.mark.parametrize(("grade", "wanted"), CASES)
def test_grade_on_a_grey_is_exact_in_rgb(
    grade: Grade, wanted: list[float], tmp_path: Path, shelf: Shelf, spec: AssemblySpec
) -> None:
    assert np.allclose(rgb(graded(grade, tmp_path, shelf, spec)), wanted, atol=0.015)


def test_saturation_scales_chroma_and_leaves_luma(tmp_path: Path, shelf: Shelf, spec: AssemblySpec) -> None:
    source = shelf.video("orange", "color=s=160x90:r=24,format=yuv420p,geq=lum=120:cb=100:cr=160", 4)
    shot = clip(source)
    for factor in (0.0, 0.5, 1.4):
        effects = (Grade(saturation=factor),)
        timeline = Timeline(RATE, Track((replace(shot, effects=effects),)))
        seen = yuv(assemble(timeline, shelf, tmp_path / str(factor), None, spec=spec).master)
        assert np.allclose(seen, [120, 128 - 28 * factor, 128 + 32 * factor], atol=2)


def test_grade_outside_its_limits_is_refused(shelf: Shelf) -> None:
    shot = clip(shelf.ramp())
    for grade in (Grade(exposure=9), Grade(gain=(1.0, float("nan"), 1.0))):
        with pytest.raises(TimelineError) as caught:
            check_timeline(Timeline(FrameRate(24, 1), Track((replace(shot, effects=(grade,)),))))
        assert caught.value.code == "grade"
