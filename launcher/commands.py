"""What each command of `./slate` does, from a session that is up to its exit status."""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from launcher import doctor, preparing, session, stack
from launcher.console import Console
from launcher.failures import Failure, tail_of
from launcher.layout import Layout
from launcher.memory import PeakMemory
from launcher.progress import clock
from launcher.reports import follow, refused
from launcher.running import SetUp
from launcher.session import Session
from launcher.state import is_running, read_state
from launcher.supervisor import Supervisor

DEMO_FIELDS = (
    "master",
    "frames",
    "fps",
    "shots",
    "wall_s",
    "peak_pss_mib",
    "loudness_lufs",
    "true_peak_dbtp",
    "provenance",
)
NOT_MEASURED = "not measured"
TEST_WORKERS = 2


def up(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """Set up, start everything, show its log lines until Ctrl-C."""
    if is_running(layout) and "web" in (read_state(layout).get("processes") or {}):
        console.say(f"Already running at {read_state(layout).get('address')}. Stop it with ./slate down.")
        return 0
    started = time.monotonic()
    with session.services(layout, console, house=True) as running:
        console.say(f"Slate is up after {preparing.since(started)}.")
        serve(running)
    return 0


def serve(running: Session) -> None:
    """Say where the studio is and how to sign in, then wait for the stop signal."""
    console = running.console
    console.say(f"\n  Studio   {running.address}")
    for line in preparing.welcome(running.layout):
        console.say(f"  {line}")
    if not running.owned:
        return
    console.say("  Stop     Ctrl-C here, or ./slate down in another terminal\n")
    running.supervisor.wait()


def down(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """Stop what runs, from any terminal."""
    return session.stop_running(layout, console)


def examine(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """The machine and the set-up, read only."""
    return doctor.report(layout, console, as_json=told.json)


def manage(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """`manage.py …` with Postgres and Redis up."""
    with session.services(layout, console, house=False, furnish=False) as running:
        argv = [str(layout.python), "manage.py", *told.rest]
        return preparing.pass_through(layout, running.port, argv)


def produce(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """A script file through the pipeline, as far as `--until` says."""
    script = Path(told.file).expanduser().resolve()
    if not script.is_file():
        raise preparing.missing_path(script)
    options = [
        part
        for name in ("until", "series")
        if (value := getattr(told, name))
        for part in (f"--{name}", value)
    ]
    with session.services(layout, console, house=True) as running:
        result = _command(running, "produce", str(script), *options, "--json")
        for name, value in result.items():
            console.say(f"  {name:<12} {value}")
        console.say(f"  {'studio':<12} {running.address}")
    return 0


def _command(running: Session, name: str, *arguments: str) -> dict[str, Any]:
    layout = running.layout
    log = layout.logs / f"{name}.log"
    argv = [str(layout.python), "manage.py", name, *arguments]
    env = stack.environment(layout, running.port)
    outcome = follow(
        argv, env=env, cwd=layout.root, console=running.console, log=log, stopping=running.supervisor.stopping
    )
    running.check()
    if outcome.status != 0:
        raise refused(name, outcome, log)
    return outcome.result


def demo(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """The example episode through its gates; then the studio stays up, unless `--exit`."""
    target = Path(told.json).expanduser().resolve() if told.json else None
    with session.services(layout, console, house=True) as running:
        with PeakMemory(running.pids) as memory:
            result = _command(running, "demo", "--json")
        wall = time.monotonic() - running.house_started
        facts = demo_facts(result, wall, memory.peak_mib)
        if target:
            target.write_text(json.dumps(facts, indent=1) + "\n")
        _show(facts, console, wall)
        if not told.exit:
            console.verbose = True
            serve(running)
    return 0


def demo_facts(result: Mapping[str, Any], wall_s: float, peak_mib: float | None) -> dict[str, Any]:
    """The fields of `demo --json`; what the episode did not report is "not measured"."""
    told = {
        **result,
        "wall_s": round(wall_s, 1),
        "peak_pss_mib": NOT_MEASURED if peak_mib is None else peak_mib,
    }
    return {name: told.get(name, NOT_MEASURED) for name in DEMO_FIELDS}


def _show(facts: Mapping[str, Any], console: Console, wall: float) -> None:
    console.say(f"\n  Master   {facts['master']}")
    console.say(
        f"  Frames   {facts['frames']} at {facts['fps']} fps, {facts['shots']} shots, in {clock(wall)}"
    )
    console.say(f"  Sound    {facts['loudness_lufs']} LUFS, true peak {facts['true_peak_dbtp']} dBTP")
    console.say(f"  Proof    {facts['provenance']}")
    console.say(f"  Memory   {facts['peak_pss_mib']} MiB at most, all processes together")


def test(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """The test suite on private services; pytest's closing line is the last one."""
    with session.services(layout, console, house=False, tests=True, furnish=False) as running:
        env = _test_ground(running)
        extra = Supervisor(layout.logs, console)
        try:
            extra.start([stack.signer(layout, running.port, env)])
            chosen = [] if told.all else ["-m", "not slow"]
            # whole files, so that what a module draws once is drawn once; a chosen few start sooner without
            chosen += [] if told.rest else ["--numprocesses", str(TEST_WORKERS), "--dist", "loadfile"]
            return preparing.pass_through(
                layout, running.port, [str(layout.python), "-m", "pytest", *chosen, *told.rest], env
            )
        finally:
            extra.stop()


def _test_ground(running: Session) -> dict[str, str]:
    """Empty folders and an empty Redis database for the tests, the static files collected."""
    layout = running.layout
    env = stack.test_environment(layout, running.port)
    shutil.rmtree(env["SLATE_DATA"], ignore_errors=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(5.0)
        client.connect(str(layout.redis_socket))
        for number in range(1, 2 + TEST_WORKERS):
            client.sendall(b"SELECT %d\r\nFLUSHDB\r\n" % number)
            client.recv(64)
    argv: list[str | Path] = [layout.python, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    SetUp(running.console, layout.logs / "setup.log").run(
        "Static files for tests", argv, cwd=layout.root, env=env
    )
    return env


def logs(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """The last lines of one log or of all; `-f` goes on showing new ones."""
    chosen = [layout.logs / f"{told.name}.log"] if told.name else sorted(layout.logs.glob("*.log"))
    if not any(path.exists() for path in chosen):
        known = ", ".join(sorted(path.stem for path in layout.logs.glob("*.log"))) or "none yet"
        raise Failure("launcher.no_log", "There is no such log.", next_step=f"Logs: {known}.")
    console.verbose = True
    for path in chosen:
        for line in tail_of(path, told.lines):
            console.log(path.stem, line)
    if told.follow:
        _follow(chosen, console)
    return 0


def _follow(paths: list[Path], console: Console) -> None:
    at = {path: path.stat().st_size if path.exists() else 0 for path in paths}
    while True:
        time.sleep(0.3)
        for path in paths:
            size = path.stat().st_size if path.exists() else 0
            if size < at[path]:
                at[path] = 0
            if size > at[path]:
                with path.open("rb") as handle:
                    handle.seek(at[path])
                    fresh = handle.read()
                at[path] += len(fresh)
                for line in fresh.decode("utf-8", "replace").splitlines():
                    console.log(path.stem, line)


def rows(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """`bench NAME` with Postgres and Redis, `prove NAME` on ground of its own; 1 when a claim does not hold."""
    argv = [str(layout.python), "-m", "launcher.rows", told.command, told.name]
    if told.json:
        argv += ["--json", str(Path(told.json).expanduser().resolve())]
    if told.command == "prove":
        preparing.set_up(layout, console)
        return preparing.pass_through(layout, stack.FIRST_PORT, [*argv, "--seed", str(told.seed), *told.rest])
    with session.services(layout, console, house=False) as running:
        return preparing.pass_through(layout, running.port, [*argv, *told.rest])
