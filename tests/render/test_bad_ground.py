"""The ground gives way: disks full or read-only, ffmpeg killed or lying, we ourselves killed. No half files, and
what was finished is used again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from craft.render.cache import SegmentCache
from craft.render.errors import RenderError
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, Timeline, Track
from craft.render.plan import PictureSpec
from craft.render.progress import Progress
from craft.render.tools import Tools, find_tools
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip, greys, numbers

SPEC = AssemblySpec(PictureSpec(WIDTH, HEIGHT), workers=2)
AS_CHILD = """
import json, sys
from pathlib import Path
from craft.render.cache import SegmentCache
from craft.render.errors import RenderError
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, Timeline, Track
from craft.render.plan import PictureSpec
from craft.terms.rates import FrameRate

media, lengths, size, workdir, cache = json.loads(sys.argv[1])
clips = [Clip(MediaRef("0" * 64, MediaKind.VIDEO), FrameRange(n, length), (), f"shot {n}") for n, length in lengths]
spec = AssemblySpec(PictureSpec(*size), workers=2)
try:
    timeline, kept = Timeline(FrameRate(24), Track(tuple(clips))), SegmentCache(Path(cache))
    made = assemble(timeline, lambda _: Path(media), Path(workdir), kept, spec=spec)
except RenderError as error:
    print(json.dumps([error.code, str(error)]))
else:
    print(json.dumps([made.frames, made.segments_cached, list(made.warnings)]))
"""


def child(
    media: Path,
    lengths: list[tuple[int, int]],
    size: tuple[int, int],
    workdir: Path,
    cache: Path,
    *ahead: str,
) -> subprocess.Popen[str]:
    """An assembly of (start, length) clips of one medium in a process of its own."""
    asked = json.dumps([str(media), lengths, size, str(workdir), str(cache)])
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    argv = [*ahead, sys.executable, "-c", AS_CHILD, asked]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment)


def answer(process: subprocess.Popen[str]) -> list[object]:
    told, _ = process.communicate()
    found: list[object] = json.loads(told)
    return found


def halves(folder: Path) -> list[Path]:
    """What no finished assembly leaves: hidden files, segments, sound on its way."""
    names = {"mix.wav", "sound.m4a", "segments"}
    return [path for path in folder.rglob("*") if path.name.startswith(".") or path.name in names]


@contextlib.contextmanager
def no_more_than_anybody() -> Iterator[None]:
    """Without the rights of root, to whom nothing is read-only."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def opened_up(*folders: Path) -> None:
    """Let anybody come as far as these folders."""
    for folder in folders:
        for one in (folder, *folder.parents):
            if one.stat().st_uid == os.geteuid() and one != Path("/"):
                one.chmod(one.stat().st_mode | 0o055)


def test_read_only_cache_is_read_and_not_written(shelf: Shelf, tmp_path: Path) -> None:
    cache, known, new = SegmentCache(tmp_path / "cache"), clip(shelf.ramp(), 0, 6), clip(shelf.ramp(), 9, 6)
    assemble(Timeline(RATE, Track((known,))), shelf, tmp_path / "one", cache, spec=SPEC)
    before = sorted((path, path.stat().st_mtime_ns) for path in cache.root.rglob("*"))
    for folder in (cache.root, *cache.root.iterdir()):
        folder.chmod(0o555)
    out = tmp_path / "two"
    out.mkdir()
    out.chmod(0o777)
    opened_up(tmp_path, shelf.folder)
    with no_more_than_anybody():
        made = assemble(Timeline(RATE, Track((known, new))), shelf, out, cache, spec=SPEC)
    assert numbers(greys(made.master)) == [*range(6), *range(9, 15)]
    assert any("cache could not be written" in warning for warning in made.warnings)
    after = sorted((path, path.stat().st_mtime_ns) for path in cache.root.rglob("*"))
    assert [path for path, _ in after] == [path for path, _ in before]
    for folder in cache.root.rglob("*"):
        folder.chmod(0o755)


def test_unreadable_cache_is_as_good_as_empty(shelf: Shelf, tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path / "cache")
    timeline = Timeline(RATE, Track((clip(shelf.ramp(), 0, 6),)))
    assemble(timeline, shelf, tmp_path / "one", cache, spec=SPEC)
    for note in cache.root.glob("??/*.json"):
        note.write_text(json.dumps({"suffix": ".mp4", "size": 1, "facts": [1, 2]}))
    made = assemble(timeline, shelf, tmp_path / "two", cache, spec=SPEC)
    assert (made.frames, made.segments_cached) == (6, 0)


def test_read_only_workdir_is_said(shelf: Shelf, tmp_path: Path) -> None:
    timeline = Timeline(RATE, Track((clip(shelf.ramp(), 0, 6),)))
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    opened_up(tmp_path, shelf.folder)
    for folder in (locked, locked / "deeper"):
        with no_more_than_anybody(), pytest.raises(RenderError) as caught:
            assemble(timeline, shelf, folder, None, spec=SPEC)
        assert caught.value.code == "not_permitted"
    assert list(locked.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(RenderError) as caught:
        assemble(timeline, shelf, tmp_path / "file", None, spec=SPEC)
    assert caught.value.code == "io"


SMALL_DISK = ["unshare", "--mount", "--map-root-user", "--user", "sh", "-c"]
MOUNTED = 'mount -t tmpfs -o size={} none "$0" && exec "$@"'


def small_disk(place: Path, size: str) -> list[str]:
    """What runs a command with a disk of this size at a place, seen by nobody else."""
    place.mkdir()
    ahead = [*SMALL_DISK, MOUNTED.format(size), str(place)]
    if subprocess.run([*ahead, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets nobody mount")
    return ahead


def test_full_cache_costs_nothing_but_the_cache(shelf: Shelf, tmp_path: Path) -> None:
    media, disk = shelf(shelf.ramp().sha256), tmp_path / "disk"
    ahead = small_disk(disk, "16k")
    done = answer(child(media, [(0, 24)], (WIDTH, HEIGHT), tmp_path / "out", disk / "cache", *ahead))
    assert done[0] == 24
    assert "cache could not be written" in str(done[2])
    assert numbers(greys(tmp_path / "out" / "master.mp4")) == list(range(24))
    assert halves(tmp_path / "out") == []


@pytest.mark.parametrize("size", ["16k", "500k"])
def test_full_workdir_is_said(size: str, shelf: Shelf, tmp_path: Path) -> None:
    """Too small for the first file; large enough for some of them."""
    media, disk = shelf(shelf.ramp().sha256), tmp_path / "disk"
    ahead = small_disk(disk, size)
    where = (disk / "out", tmp_path / "cache")
    code, told = answer(child(media, [(0, 48)], (WIDTH, HEIGHT), *where, *ahead))[:2]
    assert code == "disk_full" and ("shot 0 (frames 0..48)" in str(told) or "sound" in str(told))
    assert list((tmp_path / "cache").rglob(".*")) == []


def test_segment_too_large_to_be_written_is_named(shelf: Shelf, tmp_path: Path) -> None:
    """Files of 600 kB and no more: the second of sound fits, its busy picture does not."""
    heavy = shelf.video("busy", "testsrc2=s=640x360:r=24,noise=alls=80:allf=t", 24)
    ahead = ["prlimit", "--fsize=600000"]
    where = (tmp_path / "out", tmp_path / "cache")
    code, told = answer(child(shelf(heavy.sha256), [(0, 24)], (640, 360), *where, *ahead))[:2]
    assert code == "disk_full" and "shot 0 (frames 0..24)" in str(told)
    assert not list(tmp_path.rglob("*.mp4")) and halves(tmp_path) == []


def lying(folder: Path, deed: str) -> Tools:
    """An ffmpeg that does something else when it is asked for a segment; `deed` may use $real and $last."""
    tools, script = find_tools(), folder / "ffmpeg"
    last = 'for one in "$@"; do case "$one" in *.mp4) last="$one";; esac; done'
    script.write_text(
        f'#!/bin/sh\nreal={tools.ffmpeg}\n{last}\ncase "$*" in *libx264*) {deed};; esac\nexec $real "$@"\n'
    )
    script.chmod(0o755)
    return replace(tools, ffmpeg=str(script))


SHORT = "-f lavfi -i color=s=160x90:r=24 -frames:v 3"
LIES = {
    "writes nothing": ("exit 0", "segment_damaged"),
    "writes rubbish": ('echo rubbish >"$last"; exit 0', "segment_damaged"),
    "writes too little": (f'exec $real -v error {SHORT} "$last"', "segment_short"),
    "fails": ("echo out of sorts >&2; exit 7", "ffmpeg_failed"),
    "is killed": ("kill -9 $$", "ffmpeg_killed"),
    "hangs": ("trap '' TERM; exec sleep 100", "stalled"),
    "fails with megabytes of words": ("yes complaint | head -c 5000000 >&2; exit 1", "ffmpeg_failed"),
}


@pytest.mark.parametrize("lie", LIES)
def test_ffmpeg_that_does_not_do_its_work_is_found_out(lie: str, shelf: Shelf, tmp_path: Path) -> None:
    deed, code = LIES[lie]
    out, cache = tmp_path / "out", SegmentCache(tmp_path / "cache")
    timeline = Timeline(RATE, Track((clip(shelf.ramp(), 0, 24, "the pier"),)))
    spec, tools = replace(SPEC, stall_seconds=1.0), lying(tmp_path, deed)
    with pytest.raises(RenderError) as caught:
        assemble(timeline, shelf, out, cache, spec=spec, tools=tools)
    assert caught.value.code == code and "the pier (frames 0..24)" in str(caught.value)
    assert len(caught.value.tail) <= 8192 + 200
    assert not (out / "master.mp4").exists() and halves(out) == []
    assert list(cache.root.glob("??/*.mp4")) == []


def test_ffmpeg_that_talks_too_much_still_does_its_work(shelf: Shelf, tmp_path: Path) -> None:
    tools = lying(tmp_path, "yes complaint | head -c 5000000 >&2")
    timeline = Timeline(RATE, Track((clip(shelf.ramp(), 0, 24),)))
    assert assemble(timeline, shelf, tmp_path / "out", None, spec=SPEC, tools=tools).frames == 24


def encoders(parent: int | None = None) -> list[int]:
    """The running ffmpegs that write segments; of one parent, or of anybody below a folder of this test."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, above = status.read_text().rsplit(")", 1)[1].split()[:2]
            words = (status.parent / "cmdline").read_bytes()
            if state != "Z" and b"libx264" in words and (parent is None or int(above) == parent):
                found.append(int(status.parent.name))
    return found


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_ffmpeg_killed_in_the_middle_of_a_segment_is_told_with_its_place(
    shelf: Shelf, tmp_path: Path
) -> None:
    heavy = shelf.video("heavy", "testsrc2=s=1280x720:r=24", 240)
    shot = Clip(heavy, FrameRange(0, 240), (), "the battle")
    large = replace(SPEC, picture=PictureSpec(1920, 1080))
    begun = threading.Event()

    def listen(report: Progress) -> None:
        if report.stage == "picture" and report.done > 0:
            begun.set()

    def kill() -> None:
        begun.wait(60)
        for pid in encoders(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(RenderError) as caught:
        assemble(Timeline(RATE, Track((shot,))), shelf, tmp_path / "out", None, spec=large, progress=listen)
    killer.join()
    assert caught.value.code == "ffmpeg_killed" and "the battle (frames 0..240)" in str(caught.value)
    assert not list(tmp_path.rglob("*.mp4")) and halves(tmp_path) == []


def test_killed_assembly_is_taken_up_where_it_was(shelf: Shelf, tmp_path: Path) -> None:
    heavy = shelf.video("heavy", "testsrc2=s=1280x720:r=24", 240)
    media, size = shelf(heavy.sha256), (1280, 720)
    lengths = [(0, 12), (20, 12), (40, 200), (30, 200)]
    where = (tmp_path / "out", tmp_path / "cache")
    first = child(media, lengths, size, *where)
    # what has a point ahead of its name is still being written
    until(lambda: len(list(where[1].glob("??/[!.]*.mp4"))) > 0 or first.poll() is not None)
    mine = encoders(first.pid)
    first.kill()
    first.wait()
    assert not (where[0] / "master.mp4").exists()
    kept = len(list(where[1].glob("??/[!.]*.mp4")))
    # nobody reads what they report any more: that ends them
    until(lambda: not set(mine) & set(encoders()))
    frames, cached, warnings = answer(child(media, lengths, size, *where))
    assert frames == 424 and cached == kept and 0 < kept < 4 and warnings == []
    assert halves(where[0]) == [] and list(where[1].rglob(".*")) == []


def test_two_assemblies_share_a_cache_at_the_same_time(shelf: Shelf, tmp_path: Path) -> None:
    media = shelf(shelf.ramp().sha256)
    lengths = [(start, 6) for start in range(0, 40, 5)]
    both = [child(media, lengths, (WIDTH, HEIGHT), tmp_path / name, tmp_path / "cache") for name in "ab"]
    assert [answer(one)[0] for one in both] == [48, 48]
    wanted = [start + n for start, length in lengths for n in range(length)]
    for name in "ab":
        assert numbers(greys(tmp_path / name / "master.mp4")) == wanted
    third = answer(child(media, lengths, (WIDTH, HEIGHT), tmp_path / "c", tmp_path / "cache"))
    assert third[:2] == [48, len(lengths)]
    assert halves(tmp_path) == []
