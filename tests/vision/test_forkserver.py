"""Forks that read films: each alone, none left over, and a server that is replaced when it is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from craft.vision import forkserver, forkserver_child, sandbox
from craft.vision.forkserver import Seen
from tests.vision.conftest import FFMPEG, H264, needs_forks

pytestmark = needs_forks
SMALL = Seen(64, 36, 24, "")
# What somebody would try who had taken over the decoder. It stands where the decoder is called.
ATTACK = """
def _decoded(film, decoder):
    import errno, stat
    def result(attempt, *arguments):
        try:
            return repr(attempt(*arguments))
        except OSError as error:
            return errno.errorcode[error.errno]
    def write(path):
        with open(path, "w") as file:
            file.write("x")
    others = [pid for pid in range(2, 200) if result(os.kill, pid, 0) != "ESRCH"]
    kinds = {n: stat.S_IFMT(os.fstat(n).st_mode) for n in range(64) if result(os.fstat, n) != "EBADF"}
    masks = (ctypes.c_uint32 * 6)()
    _libc.capget((ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0), masks)
    return {
        "pid": os.getpid(), "parent": os.getppid(), "others": others,
        "capabilities": sum(masks), "dumpable": _libc.prctl(3, 0, 0, 0, 0),
        "no_new_privileges": _libc.prctl(39, 0, 0, 0, 0),
        "descriptors": sorted(kinds) == sorted({1, 2, film, *[n for n, kind in kinds.items() if kind == stat.S_IFIFO]}),
        "pipes": sum(kind == stat.S_IFIFO for kind in kinds.values()),
        "root": sorted(os.listdir("/")), "inside": sorted(os.listdir("/in")),
        "written": [result(write, path) for path in ("/x", "/in/x", "/in/site/x", "/usr/x", "/tmp/x", "/dev/shm/x")],
        "film": [result(os.write, film, b"x"), result(os.ftruncate, film, 0), result(os.lseek, film, 0, 0)],
        "network": result(socket.socket().connect, ("192.0.2.1", 9)),
        "environment": sorted(os.environ),
        "limits": [resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[1] for name in ("CPU", "FSIZE", "AS")],
    }
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("films") / "small.mp4", "testsrc2=s=64x36:r=24:d=1")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that takes seconds to read."""
    return made(tmp_path_factory.mktemp("films") / "long.mp4", "testsrc2=s=1280x720:r=30:d=20")


def made(path: Path, source: str) -> Path:
    subprocess.run(
        [*FFMPEG, "-f", "lavfi", "-i", source, *H264, "-preset", "ultrafast", str(path)], check=True
    )
    return path


def look(path: Path) -> Seen | None:
    return forkserver.look(path, "h264", seconds=30, wall=40)


def server() -> forkserver._Server:
    running = forkserver._running()
    assert running is not None
    return running


def below(pid: int) -> Iterator[tuple[int, str]]:
    """The process ids and states of all that descend from a process."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        parents[int(stat.parent.name)] = (int(parent), state)
    found = {pid}
    while more := {child for child, (parent, _) in parents.items() if parent in found} - found:
        found |= more
    yield from ((child, parents[child][1]) for child in found - {pid})


def settled(pid: int, processes: int) -> bool:
    """Whether a process soon has so many descendants, none of them a zombie."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        states = [state for _child, state in below(pid)]
        if len(states) == processes and "Z" not in states:
            return True
        time.sleep(0.02)
    return False


def taken_over(folder: Path, attack: str) -> Path:
    """The program in the sandbox, with something else where it calls the decoder."""
    program, main = Path(forkserver_child.__file__).read_text(), 'if __name__ == "__main__":'
    taken = folder / "taken.py"
    taken.write_text(program.replace(main, f"{attack}\n\n{main}"))
    return taken


def test_a_film_is_told_of(small: Path) -> None:
    assert look(small) == SMALL


def test_what_is_no_film_is_told_of_in_words_or_not_at_all(tmp_path: Path, small: Path) -> None:
    bad = tmp_path / "bad.mp4"
    for data in (b"", b"\0\0\0\x18ftypisom" + b"x" * 400, small.read_bytes()[:-300], b"#EXTM3U\n"):
        bad.write_bytes(data)
        seen = look(bad)
        assert seen is None or seen.frames == 0 or seen.words
    assert forkserver.look(small, "hevc", seconds=30, wall=40) != SMALL
    assert look(small) == SMALL


def test_only_the_decoder_that_was_named_reads_a_film(small: Path) -> None:
    seen = forkserver.look(small, "mpeg4", seconds=30, wall=40)
    assert seen is not None and seen.frames == 0 and seen.words


def test_a_reader_that_was_taken_over_reaches_nothing(
    tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forkserver_child, "__file__", str(taken_over(tmp_path, ATTACK)))
    own = forkserver._Server()
    try:
        film = forkserver._sealed(small)
        assert film is not None
        told = json.loads(
            own.ask(film, json.dumps({"decoder": "h264", "seconds": 9, "wall": 20}).encode(), 30)
        )
        os.close(film)
    finally:
        own.end()
    memory = sandbox.MEMORY_MIB << 20
    assert told == {
        "pid": 1,
        "parent": 0,
        "others": [],
        "capabilities": 0,
        "no_new_privileges": 1,
        "dumpable": 0,
        "descriptors": True,
        "pipes": 4,
        "root": told["root"],
        "inside": ["forkserver_child.py", "site"],
        "written": ["EROFS"] * 4 + ["ENOENT"] * 2,
        "film": ["EFBIG", "EPERM", "0"],
        "network": "ENETUNREACH",
        "environment": told["environment"],
        "limits": [9, 0, memory],
    }
    assert set(told["root"]) <= {"bin", "etc", "in", "lib", "lib64", "usr", Path(sys.base_prefix).parts[1]}
    assert not {"HOME", "PATH", "DATABASE_URL", "SECRET_KEY", "SLATE_KEK"} & set(told["environment"])


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"width": 64, "height": 36}',
        b'{"width": 64, "height": 36, "frames": true, "words": ""}',
        b'{"width": 64, "height": 36, "frames": 24.0, "words": ""}',
        b'{"width": 64, "height": -1, "frames": 24, "words": ""}',
        b'{"width": 64, "height": 36, "frames": 1e99, "words": ""}',
        b'{"width": 99999, "height": 36, "frames": 24, "words": ""}',
        b'{"width": 64, "height": 36, "frames": 24, "words": []}',
        b'\xff\xfe{"width": 64}',
    ],
)
def test_an_answer_that_is_none_tells_nothing(answer: bytes) -> None:
    assert forkserver._seen(answer) is None


def test_a_flood_and_silence_are_no_answers() -> None:
    for data, seconds in ((b"x" * 40_000, 5.0), (b"x", 0.1)):
        ours, theirs = os.pipe()
        os.write(theirs, data)
        assert forkserver._answer(ours, time.monotonic() + seconds) == b""
        os.close(ours)
        os.close(theirs)


def test_a_film_is_handed_over_as_a_copy_that_nobody_can_change(small: Path) -> None:
    film = forkserver._sealed(small)
    assert film is not None
    assert os.pread(film, 1 << 20, 0) == small.read_bytes()
    with pytest.raises(PermissionError):
        os.pwrite(film, b"x", 0)
    os.close(film)


SPIN, SLEEP, CRASH = "while True: pass", "time.sleep(60)", "os.abort()"


@pytest.mark.parametrize(("does", "seconds", "wall"), [(SPIN, 1, 40), (SLEEP, 30, 0), (CRASH, 30, 40)])
def test_a_reader_that_does_not_end_by_itself_costs_its_server(
    tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch, does: str, seconds: int, wall: int
) -> None:
    forkserver._replace(server())
    with monkeypatch.context() as taken:
        taken.setattr(
            forkserver_child, "__file__", str(taken_over(tmp_path, f"def _decoded(*_):\n    {does}"))
        )
        before = server()
    assert forkserver.look(small, "h264", seconds=seconds, wall=wall) is None
    assert before.process.returncode is not None
    assert look(small) == SMALL


def test_a_server_that_was_killed_is_replaced(small: Path) -> None:
    look(small)
    before = server()
    for pid, _state in list(below(before.process.pid)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    assert before.line.recv(1) == b""
    assert look(small) == SMALL
    assert server() is not before


def test_a_server_outlives_the_thread_that_started_it(small: Path) -> None:
    forkserver._replace(server())
    starter = threading.Thread(target=look, args=(small,))
    starter.start()
    starter.join()
    started = server()
    time.sleep(0.2)
    assert look(small) == SMALL
    assert server() is started


def test_two_threads_are_answered_at_once(small: Path, long: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(look, long)
        quick = [look(small) for _ in range(3)]
        assert not slow.done()
        assert quick == [SMALL] * 3
        assert slow.result() == Seen(1280, 720, 600, "")


def test_two_hundred_films_leave_no_descriptor_and_no_process(small: Path) -> None:
    look(small)
    running = server().process.pid
    assert settled(running, 3)
    descriptors = len(os.listdir("/proc/self/fd"))
    assert {look(small) for _ in range(200)} == {SMALL}
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert server().process.pid == running
    assert settled(running, 3)


def run_by_itself(program: str, film: Path) -> Any:
    code = "import json, os, signal, sys\nfrom pathlib import Path\nfrom craft.vision import forkserver\n"
    code += f"film = Path({str(film)!r})\nlook = lambda: forkserver.look(film, 'h264', seconds=30, wall=40)\n"
    argv = [sys.executable, "-c", code + textwrap.dedent(program)]
    return subprocess.run(argv, capture_output=True, timeout=60, check=False, text=True)


def test_a_fork_of_a_process_has_a_server_of_its_own(small: Path) -> None:
    done = run_by_itself(
        """
        assert look().frames == 24
        first = forkserver._running().process.pid
        if os.fork() == 0:
            assert look().frames == 24
            print(forkserver._running().process.pid, flush=True)
            os._exit(0)
        assert os.wait()[1] == 0
        assert look().frames == 24 and forkserver._running().process.pid == first
        print(first)
        """,
        small,
    )
    assert done.returncode == 0, done.stderr
    assert len(set(done.stdout.split())) == 2


def test_a_server_ends_with_its_process_however_that_ends(small: Path) -> None:
    done = run_by_itself(
        """
        look()
        print(forkserver._running().process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        small,
    )
    shell = Path("/proc") / done.stdout.strip()
    until = time.monotonic() + 10
    while shell.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not shell.exists()
