"""Starting, readiness, restarts, stopping, and what gets into the logs."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from launcher.console import Console
from launcher.failures import Failure
from launcher.processes import Process, Program, free_port, says
from launcher.state import started_at
from launcher.supervisor import Supervisor
from tests.launcher.conftest import text_of

FAMILY = (
    "import os, subprocess, sys, time; c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']);"
    "print('child', c.pid, os.environ['SECRET_KEY'], flush=True); print('ready', flush=True); time.sleep(99)"
)


def program(code: str) -> Program:
    env = {**os.environ, "SECRET_KEY": "a-very-secret-value"}
    return Program("worker", (sys.executable, "-c", code), env, says("ready"), sys.executable, grace=0.5)


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def child_of(log: Path) -> int:
    return int(
        [line for line in log.read_text().splitlines() if "child" in line][-1].split("child ")[1].split()[0]
    )


def test_log_lines_are_prefixed_and_without_secrets(tmp_path: Path, console: Console) -> None:
    console.verbose = True
    supervisor = Supervisor(tmp_path, console)
    supervisor.start([program(FAMILY)])
    supervisor.stop()
    told = (tmp_path / "worker.log").read_text()
    assert "[secret]" in told
    assert "a-very-secret-value" not in told + text_of(console)
    assert "worker    ready" in text_of(console)


def test_stop_ends_grandchildren_too(tmp_path: Path, console: Console) -> None:
    supervisor = Supervisor(tmp_path, console)
    supervisor.start([program(FAMILY)])
    child = child_of(tmp_path / "worker.log")
    assert started_at(child)
    supervisor.stop()
    assert until(lambda: not started_at(child))
    assert supervisor.pids() == []


def test_a_killed_process_comes_back_without_its_orphans(tmp_path: Path, console: Console) -> None:
    supervisor = Supervisor(tmp_path, console)
    supervisor.start([program(FAMILY)])
    supervisor.watch()
    (first,) = supervisor.pids()
    orphan = child_of(tmp_path / "worker.log")
    os.kill(first, signal.SIGKILL)
    assert until(lambda: supervisor.pids() not in ([], [first]))
    assert until(lambda: not started_at(orphan))
    supervisor.stop()


def test_a_process_that_dies_at_once_is_a_failure_with_its_last_words(
    tmp_path: Path, console: Console
) -> None:
    supervisor = Supervisor(tmp_path, console)
    with pytest.raises(Failure) as caught:
        supervisor.start(
            [program("import sys, time; print('no such table', flush=True); time.sleep(0.3); sys.exit(3)")]
        )
    assert "status 3" in caught.value.what
    assert any("no such table" in line for line in caught.value.tail)


def test_a_process_that_keeps_dying_stops_everything(
    tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.supervisor.RESTARTS", 2)
    supervisor = Supervisor(tmp_path, console)
    supervisor.start([program("import time; print('ready', flush=True); time.sleep(0.4)")])
    supervisor.watch()
    with pytest.raises(Failure, match="3 times within a minute"):
        supervisor.wait()
    supervisor.stop()


def test_a_process_that_never_answers_is_named(tmp_path: Path, console: Console) -> None:
    supervisor = Supervisor(tmp_path, console)
    with pytest.raises(Failure, match="did not answer within"):
        supervisor.start([program("import time; time.sleep(99)")], patience=0.5)
    supervisor.stop()


def test_free_port_passes_over_one_in_use(tmp_path: Path, console: Console) -> None:
    import socket

    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert free_port(port) > port


def test_marks_recognise_the_started_program(tmp_path: Path, console: Console) -> None:
    process = Process(program(FAMILY), tmp_path, console)
    assert process.refresh_mark().started == started_at(process.popen.pid)
    process.ask_to_stop()
    process.end()
    assert not process.alive
