"""Foreign files: what is not what was asked for does not count."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from engines import foreign
from engines.adapters.base import BadOutput, Clip, Fetched, Keyframe
from fake_engines.works import make

CLIP = Clip(prompt="", width=64, height=36, rate="24", frames=24)
STILL = Keyframe(prompt="", width=64, height=36)
pytestmark = pytest.mark.skipif(
    not foreign.available(), reason="needs bubblewrap: without it remote engines are not used"
)


def clip_bytes(frames: int = 24) -> bytes:
    return make("clip", {"width": 64, "height": 36, "frames": frames, "rate": "24"}, 1)[1]


def save(folder: Path, data: bytes) -> Fetched:
    path = folder / "got.bin"
    path.write_bytes(data)
    return Fetched(path, "video/mp4")


def test_good_clip_passes_with_its_true_figures(tmp_path: Path) -> None:
    seen = foreign.check(save(tmp_path, clip_bytes()), CLIP)
    assert (seen.mime, seen.meta["frames"], seen.meta["width"], seen.meta["seconds"]) == (
        "video/mp4",
        24,
        64,
        1.0,
    )


def test_good_still_passes(tmp_path: Path) -> None:
    assert (
        foreign.check(save(tmp_path, make("keyframe", {"width": 64, "height": 36}, 1)[1]), STILL).mime
        == "image/png"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"<!doctype html>", "something unknown instead of a clip"),
        (make("keyframe", {"width": 8, "height": 8}, 1)[1], "image/png instead of a clip"),
        (clip_bytes()[:-400], "damaged|neither"),
        (clip_bytes(8), "0.33 s instead of 1.00 s"),
    ],
)
def test_wrong_file_is_refused_with_the_reason(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(BadOutput, match=message):
        foreign.check(save(tmp_path, data), CLIP)


def test_play_list_cannot_read_another_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ts"
    subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "color=red:size=64x36:rate=24:duration=1",
            "-y",
            str(secret),
        ],
        check=True,
    )
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n".encode()
    for data in (text, b"\0\0\0\x18ftypisom" + text):
        with pytest.raises(BadOutput):
            foreign.check(save(tmp_path, data), CLIP)
