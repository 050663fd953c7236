"""A still in motion through its adapter: the frames asked for, of the still, moved as the camera would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from craft.render.probe import probe
from engines import crew
from engines.adapters.base import InvalidInput, Stopped, Watch
from engines.adapters.inputs import Input
from engines.adapters.requests import Clip
from engines.adapters.rostrum import Rostrum


@pytest.fixture
def still(tmp_path: Path) -> Input:
    path = tmp_path / "still.png"
    grain = np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8)
    Image.fromarray(grain).resize((640, 360), Image.Resampling.BICUBIC).save(path)
    return Input.of(path, "image/png", "keyframe")


def _clip(first: Input | None, **changes: Any) -> Clip:
    figures = {"movement": "pan", "direction": "left", "frames": 12, **changes}
    return Clip(prompt="", width=320, height=180, rate="24", first=first, **figures)


def test_a_still_becomes_exactly_the_clip_that_was_asked_for(still: Input, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    watch = Watch(progress=lambda done, total, stage: seen.append((done, total, stage)))
    made = Rostrum(tmp_path).perform(_clip(still), tmp_path, watch)
    ((name, mime, facts),) = made.files
    info = probe(tmp_path / name).picture
    assert info is not None
    assert (info.width, info.height, info.frames, mime) == (320, 180, 12, "video/mp4")
    assert facts["still"] is True
    assert seen[-1] == (12, 12, "moving")


def test_the_same_request_is_the_same_clip_and_another_move_is_not(still: Input, tmp_path: Path) -> None:
    def drawn(name: str, **changes: Any) -> bytes:
        folder = tmp_path / name
        folder.mkdir()
        Rostrum(tmp_path).perform(_clip(still, **changes), folder, Watch())
        return (folder / "clip.mp4").read_bytes()

    assert drawn("one") == drawn("two")
    assert drawn("one more", direction="right") != drawn("and one")


def test_what_it_cannot_do_is_said_before_anything_is_made(still: Input, tmp_path: Path) -> None:
    model = crew.models()["rostrum/still"]
    adapter = crew.adapter(model, spool=tmp_path)
    assert adapter.validate(_clip(still), model) == []
    assert [issue.field for issue in adapter.validate(_clip(None), model)] == ["first"]
    with pytest.raises(InvalidInput):
        Rostrum(tmp_path).perform(_clip(None), tmp_path, Watch())
    assert adapter.quote(_clip(still), model).high == 0


def test_a_picture_that_is_none_is_an_invalid_input(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 99)
    with pytest.raises(InvalidInput):
        Rostrum(tmp_path).perform(_clip(Input.of(path, "image/png")), tmp_path, Watch())
    assert not (tmp_path / "clip.mp4").exists()


def test_it_stops_when_it_is_told_to(still: Input, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        Rostrum(tmp_path).perform(_clip(still, frames=900), tmp_path, Watch(cancelled=lambda: True))
    assert not (tmp_path / "clip.mp4").exists()
