"""The commands over a tiny product: up, kill -9, up again, down, Ctrl-C, demo, manage."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

from launcher.commands import demo_facts
from launcher.layout import Layout
from launcher.memory import family, pss_mib
from launcher.state import is_running, read_state
from tests.launcher.conftest import start


def wait_up(layout: Layout, launcher: subprocess.Popen[str], seconds: float = 40.0) -> str:
    """The address once web, worker, sweeper and signer are recorded."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = read_state(layout)
        if (state.get("supervisor") or {}).get("pid") == launcher.pid and "web" in state.get("processes", {}):
            return str(state["address"])
        assert launcher.poll() is None, launcher.communicate()[0]
        time.sleep(0.05)
    raise AssertionError("the launcher did not get everything up")


def get(address: str) -> str:
    with urllib.request.urlopen(address + "/healthz", timeout=5) as answer:
        return str(answer.read().decode())


def ours(layout: Layout) -> list[int]:
    """Processes of the system whose command line names this checkout or its data."""
    words = (str(layout.root).encode(), str(layout.data).encode(), str(layout.sockets).encode())
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if any(word in command for word in words):
            found.append(int(entry.name))
    return found


def test_up_survives_kill_9_is_idempotent_and_stops_from_another_terminal(tiny: Layout) -> None:
    first = start(tiny, "up")
    address = wait_up(tiny, first)
    assert get(address) == f"postgres://slate_app@/slate?host={tiny.sockets}"
    assert sorted(read_state(tiny)["processes"]) == [
        "postgres",
        "redis",
        "signer",
        "sweeper",
        "web",
        "worker",
    ]
    second = start(tiny, "up")
    told, _ = second.communicate(timeout=20)
    assert (second.returncode, address in told) == (0, True)

    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert ours(tiny)
    began = time.monotonic()
    third = start(tiny, "up")
    assert get(wait_up(tiny, third))
    assert time.monotonic() - began < 20
    # Set up once: the second start did not migrate, collect or bootstrap again.
    assert (tiny.root / "commands.txt").read_text().split() == ["migrate", "collectstatic", "bootstrap"]
    assert "[secret]" in (tiny.logs / "sweeper.log").read_text()

    down = start(tiny, "down")
    assert down.wait(40) == 0
    told, _ = third.communicate(timeout=20)
    assert "sweeper ready" in told
    assert f"are in {tiny.data}/first-sign-in.txt" in told
    assert not is_running(tiny)
    assert ours(tiny) == []


def test_demo_reports_measures_and_ctrl_c_stops_everything(tiny: Layout, tmp_path: Path) -> None:
    target = tmp_path / "facts.json"
    run = start(tiny, "demo", "--exit", "--json", str(target))
    told, _ = run.communicate(timeout=60)
    assert run.returncode == 0, told
    facts = json.loads(target.read_text())
    assert facts["frames"] == 48
    assert facts["wall_s"] > 0
    assert facts["peak_pss_mib"] > 20
    assert facts["loudness_lufs"] == "not measured"
    assert "Keyframes" in told
    assert ours(tiny) == []

    serving = start(tiny, "demo")
    wait_up(tiny, serving)
    serving.send_signal(signal.SIGINT)
    told, _ = serving.communicate(timeout=40)
    assert ours(tiny) == []


def test_manage_passes_words_and_status_through(tiny: Layout) -> None:
    run = start(tiny, "manage", "say", "3", "--flag")
    told, _ = run.communicate(timeout=40)
    assert run.returncode == 3, told
    assert "args ['3', '--flag'] config.settings" in told


def test_produce_refuses_a_file_that_is_not_there(tiny: Layout) -> None:
    run = start(tiny, "produce", "nowhere.fountain")
    told, _ = run.communicate(timeout=20)
    assert run.returncode == 1
    assert "There is no file" in told
    assert not is_running(tiny)


def test_demo_facts_name_what_was_not_measured() -> None:
    facts = demo_facts({"master": "m", "fps": 24}, 61.26, None)
    assert facts["wall_s"] == 61.3
    assert facts["peak_pss_mib"] == "not measured"
    assert next(iter(facts)) == "master"


def test_memory_counts_a_whole_family() -> None:
    child = subprocess.Popen(["sleep", "30"])
    try:
        assert {os.getpid(), child.pid} <= set(family(os.getpid()))
        assert 0 < pss_mib([child.pid]) < pss_mib(family(os.getpid()))
    finally:
        child.kill()
        child.wait()
