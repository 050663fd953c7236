"""A part of a film is cut to the frame."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from craft.render.cutting import frames_of, part_of_film
from craft.render.errors import RenderError
from craft.render.probe import probe
from craft.terms.rates import FrameRate


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds, each frame a shade brighter than the one before."""
    path = tmp_path_factory.mktemp("film") / "ramp.mp4"
    source = "color=black:size=64x64:rate=24,geq=lum='16+2*N':cb=128:cr=128"
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-frames:v", "96", "-pix_fmt", "yuv420p"]
    subprocess.run([*argv, "-c:v", "libx264", "-crf", "4", str(path)], check=True, timeout=60)
    return path


def shades(path: Path) -> list[int]:
    """The brightness in the middle of each frame."""
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    data = subprocess.run(argv, check=True, capture_output=True, timeout=60).stdout
    return [data[at + 64 * 32 + 32] for at in range(0, len(data), 64 * 64)]


@pytest.mark.parametrize(("first", "frames"), [(0, 96), (10, 24), (72, 24)])
def test_a_part_has_the_frames_that_were_asked_for(
    film: Path, tmp_path: Path, first: int, frames: int
) -> None:
    out = tmp_path / "part.mp4"
    part_of_film(film, first, frames, FrameRate(24), out)
    seen, whole = shades(out), shades(film)
    assert frames_of(out) == len(seen) == frames
    assert max(abs(a - b) for a, b in zip(seen, whole[first : first + frames], strict=True)) <= 3
    info = probe(out)
    assert info.sound is None and info.picture is not None and str(info.picture.fps) == "24"


def test_a_part_beyond_the_end_is_refused_and_nothing_is_left(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "part.mp4"
    with pytest.raises(RenderError) as refused:
        part_of_film(film, 80, 24, FrameRate(24), out)
    assert refused.value.code == "part_short"
    assert list(tmp_path.iterdir()) == []
