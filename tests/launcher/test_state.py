"""Locks, marks and what a killed launcher leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from launcher import state
from launcher.layout import Layout

SLEEPER = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']);"
    "time.sleep(99)"
)


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SLEEPER, "sleeping-word"], start_new_session=True)


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_lock_is_held_by_one_and_freed_by_kill_9(checkout: Layout) -> None:
    hold = (
        f"import fcntl, os, time; h = os.open({str(checkout.state / 'lock')!r}, os.O_RDWR | os.O_CREAT);"
        "fcntl.flock(h, fcntl.LOCK_EX); print('held', flush=True); time.sleep(99)"
    )
    holder = subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert state.is_running(checkout)
    with state.run_lock(checkout) as mine:
        assert not mine
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert not state.is_running(checkout)
    with state.run_lock(checkout) as mine:
        assert mine


def test_mark_does_not_take_another_process_for_ours() -> None:
    process = sleeper()
    mark = state.mark_of(process.pid, "sleeping-word")
    try:
        assert state.is_alive(mark)
        assert not state.is_alive(replace(mark, started="1"))
        assert not state.is_alive(replace(mark, word="another-word"))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert not state.is_alive(mark)


def test_leftovers_are_ended_with_their_children_and_strangers_are_not(checkout: Layout) -> None:
    ours, stranger = sleeper(), sleeper()
    state.record(checkout, "http://127.0.0.1:1", {"worker": state.mark_of(ours.pid, "sleeping-word")})
    raw = state.read_state(checkout)
    raw["processes"]["web"] = {"pid": stranger.pid, "started": "1", "word": "sleeping-word"}
    state.write_state(checkout, raw)
    try:
        assert state.clear_leftovers(checkout) == ["worker"]
        ours.wait(5)
        # an ended orphan is a member of its group until the system has collected it
        assert state.wait_gone(lambda: group_lives(ours.pid), 10.0)
        assert stranger.poll() is None
    finally:
        os.killpg(stranger.pid, signal.SIGKILL)
        stranger.wait()


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"processes": {"web": {"pid": "x"}}}', '{"processes": 5}'])
def test_broken_state_file_is_an_empty_one(checkout: Layout, text: str) -> None:
    (checkout.state / "state.json").write_text(text)
    assert state.clear_leftovers(checkout) == []
