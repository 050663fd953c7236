"""Treatments of a clip: exact frames, the asked size or look, typed refusals."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from craft.render.mp4 import read_mp4
from engines import crew
from engines.adapters.base import Input, InvalidInput, Stopped, Upscale, Watch
from engines.adapters.darkroom import Darkroom
from engines.adapters.requests import Modify
from fake_engines.works import make


@pytest.fixture
def clip(tmp_path: Path) -> Input:
    """Twenty frames of 160 × 90."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(make("clip", {"width": 160, "height": 90, "frames": 20, "rate": "24"}, 4)[1])
    return Input.of(path, "video/mp4")


def modified(clip: Input, style: str, strength: float = 1.0, frames: int = 20) -> Modify:
    return Modify(clip=clip, style=style, strength=strength, rate="24", frames=frames)


def facts_of(path: Path) -> tuple[int, int, int]:
    track = next(track for track in read_mp4(path) if track.kind == "video")
    return track.samples, track.width, track.height


def colourfulness(path: Path) -> float:
    """How far the chroma of the first frame is from grey, on average."""
    argv = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        str(path),
        "-frames:v",
        "1",
        "-pix_fmt",
        "yuv444p",
        "-f",
        "rawvideo",
        "-",
    ]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    chroma = raw[len(raw) // 3 :]
    return sum(abs(value - 128) for value in chroma) / len(chroma)


def test_a_look_keeps_the_frames_and_takes_the_colour(clip: Input, tmp_path: Path) -> None:
    request, model = modified(clip, "black_and_white"), crew.models()["darkroom/styles"]
    adapter = crew.adapter(model, spool=tmp_path)
    assert list(adapter.validate(request, model)) == [] and adapter.quote(request, model).high == 0
    done = adapter.submit(request, model, "a-1", Watch()).done
    assert done is not None and done.outputs[0].path is not None
    path = done.outputs[0].path
    assert facts_of(path) == (20, 160, 90)
    assert dict(done.outputs[0].meta) == {"frames": 20, "width": 160, "height": 90}
    assert colourfulness(clip.path) > 5 and colourfulness(path) < 1


def test_a_clip_is_enlarged_frame_by_frame(clip: Input, tmp_path: Path) -> None:
    request = Upscale(clip=clip, width=320, height=180, seconds=20 / 24)
    made = Darkroom(tmp_path).perform(request, tmp_path, Watch())
    assert made.files[0][0] == "clip.mp4" and made.version == "darkroom 1"
    assert facts_of(tmp_path / "clip.mp4") == (20, 320, 180)


@pytest.mark.parametrize("size", [(80, 44), (320, 320), (321, 181)])
def test_a_size_that_is_smaller_bent_or_odd_is_refused(
    clip: Input, size: tuple[int, int], tmp_path: Path
) -> None:
    room = tmp_path / "room"
    room.mkdir()
    with pytest.raises(InvalidInput, match="cannot be treated"):
        Darkroom(room).perform(Upscale(clip=clip, width=size[0], height=size[1], seconds=1.0), room, Watch())
    assert list(room.iterdir()) == []


def test_what_is_no_clip_or_no_style_is_an_invalid_input(clip: Input, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film at all")
    with pytest.raises(InvalidInput):
        Darkroom(tmp_path).perform(modified(Input.of(broken, "video/mp4"), "sepia"), tmp_path, Watch())
    with pytest.raises(InvalidInput, match="no style “sparkle”"):
        Darkroom(tmp_path).perform(modified(clip, "sparkle"), tmp_path, Watch())
    with pytest.raises(InvalidInput, match="too short"):
        Darkroom(tmp_path).perform(modified(clip, "sepia", frames=90), tmp_path, Watch())


def test_it_stops_when_it_is_told_to(clip: Input, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    with pytest.raises(Stopped):
        Darkroom(room).perform(modified(clip, "vhs"), room, Watch(cancelled=lambda: True))
    assert list(room.iterdir()) == []
