"""Running ffmpeg: failure tells why, cancel ends it, half a file never counts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from craft.render.errors import RenderCancelled, RenderError, ToolMissing
from craft.render.execute import finished_file, run
from craft.render.tools import find_tools

ENDLESS = ["ffmpeg", "-f", "lavfi", "-i", "testsrc=s=64x36:r=24", "-f", "null", "-"]


def test_failure_carries_the_end_of_the_log() -> None:
    with pytest.raises(RenderError) as caught:
        run(["ffmpeg", "-i", "nowhere.mp4", "-f", "null", "-"], what="the lost shot", code="test_failed")
    assert caught.value.code == "test_failed"
    assert "nowhere.mp4" in caught.value.tail and "the lost shot" in str(caught.value)


def test_progress_counts_frames_and_cancel_stops_at_once() -> None:
    seen: list[int] = []
    before = time.monotonic()
    with pytest.raises(RenderCancelled):
        run(ENDLESS, what="endless", progress=seen.append, cancelled=lambda: len(seen) > 1)
    assert seen == sorted(seen) and seen[-1] > 0
    assert time.monotonic() - before < 10


def test_stalled_run_is_ended() -> None:
    with pytest.raises(RenderError) as caught:
        run(["sleep", "60"], what="a pipe that never speaks", stall_seconds=0.3)
    assert caught.value.code in ("stalled", "ffmpeg_failed")


def test_killed_ffmpeg_is_told_from_a_failed_one(tmp_path: Path) -> None:
    script = tmp_path / "dies"
    script.write_text("#!/bin/sh\nkill -9 $$\n")
    script.chmod(0o755)
    with pytest.raises(RenderError) as caught:
        run([str(script)], what="a killed run")
    assert caught.value.code == "ffmpeg_killed"


def test_callback_that_raises_does_not_leave_ffmpeg_behind() -> None:
    def explode(_: int) -> None:
        raise LookupError("listener")

    with pytest.raises(LookupError):
        run(ENDLESS, what="endless", progress=explode)


def test_unfinished_file_never_gets_its_name(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    target.write_text("the old one")

    def interrupted() -> None:
        with finished_file(target) as partial:
            partial.write_text("half")
            raise RenderError("test", "interrupted")

    with pytest.raises(RenderError):
        interrupted()
    assert target.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [target]
    with finished_file(target) as partial:
        partial.write_text("the new one")
    assert target.read_text() == "the new one"


def test_missing_ffmpeg_is_said_plainly() -> None:
    with pytest.raises(ToolMissing) as caught:
        find_tools("no-such-ffmpeg")
    assert caught.value.code == "no_ffmpeg"
