"""Workers killed with -9 while they talk to a paid engine: nothing lost or paid twice (reliability G1, small form).

Real workers do the work: those of the running studio, or with `--own-workers` some started here. Only pids that the
jobs of this proof's studio name as their lease's owner are killed. The judge is the engine's charge log.

python -m launcher.rows prove kill --jobs 40 --kills 12 --seed 1
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from billing.queries import Balance
from engines.models import EngineCall
from engines.trials import try_out
from prove import ground
from prove.ground import ROOT, Engine, Row, row
from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow.jobs import counts
from workflow.models import Job

FAULTS = "rate_limit=0.06,error_before=0.04,reset_after=0.08,error_after=0.04,garbage=0.02"
ENDED = ("done", "failed", "cancelled", "needs_decision")
MODELS = ("fake/clip", "fake/clip-lookup", "fake/still")


@dataclass(slots=True)
class Run:
    """How it went."""

    states: dict[str, int]
    kills: int
    seconds: float


def run(argv: list[str]) -> list[Row]:
    """Queue jobs, kill their workers, judge. Rows as `launcher.rows` wants them."""
    parser = argparse.ArgumentParser(prog="prove kill")
    parser.add_argument("--jobs", type=int, default=30)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=240.0, help="give up after this time")
    parser.add_argument("--own-workers", action="store_true", help="start a worker and a sweeper of its own")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(argv)
    with ground.fake_engine(told.seed, faults=FAULTS) as engine, _workers(told.own_workers):
        studio = ground.found_studio(engine)
        before = ground.books(studio)[0]
        _queue(studio, told.jobs)
        went = _kill_while_working(studio, told, random.Random(told.seed))
        return _judge(studio, engine, told.jobs, went, before)


@contextmanager
def _workers(own: bool) -> Iterator[None]:
    """With `own`, a Celery worker of two children and a sweeper, each in a process group of its own."""
    if not own:
        yield
        return
    env = {**os.environ, "SLATE_PROCESS": "worker", "PYTHONUNBUFFERED": "1"}
    worker = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--queues",
        "engine_io,short",
        "--concurrency",
        "2",
    ]
    worker += [
        "--prefetch-multiplier",
        "1",
        "--loglevel",
        "ERROR",
        "--without-gossip",
        "--without-mingle",
        "--hostname",
        f"proof{os.getpid()}@local",
    ]
    started = [
        subprocess.Popen(
            argv,
            cwd=ROOT,
            env=env,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for argv in (worker, [sys.executable, "manage.py", "sweep"])
    ]
    try:
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _queue(studio: Studio, count: int) -> None:
    with studio_scope(studio):
        for n in range(count):
            try_out(model=MODELS[n % len(MODELS)], cap_milli=100_000, actor=None, key=f"proof-{n}", seed=n)


def _kill_while_working(studio: Studio, told: argparse.Namespace, rng: random.Random) -> Run:
    kills, began = 0, time.monotonic()
    while True:
        states, owners = _look(studio)
        left = sum(n for state, n in states.items() if state not in ENDED)
        if left == 0 or time.monotonic() - began > told.seconds:
            return Run(states, kills, time.monotonic() - began)
        if kills < told.kills and owners and rng.random() < 0.5:
            kills += _kill(rng.choice(owners))
        time.sleep(rng.uniform(0.05, 0.6))


def _look(studio: Studio) -> tuple[dict[str, int], list[int]]:
    """Jobs by state, and the pids on this machine that hold one now."""
    with studio_scope(studio):
        held = Job.objects.filter(state="running").values_list("lease_owner", flat=True)
        here = [
            owner.rpartition(":")[2] for owner in held if owner.rpartition(":")[0] == socket.gethostname()
        ]
        return counts(), sorted({int(pid) for pid in here} - {os.getpid()})


def _kill(pid: int) -> int:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def _judge(studio: Studio, engine: Engine, jobs: int, went: Run, before: Balance) -> list[Row]:
    balance, report = ground.books(studio)
    charges = engine.charges()
    with studio_scope(studio):
        known = set(EngineCall.objects.values_list("idem_key", flat=True))
    doubled = sum(count - 1 for count in charges.values())
    lost = jobs - sum(n for state, n in went.states.items() if state in ENDED)
    spent = balance.spent - before.spent
    return [
        row(
            "jobs that did not come to an end",
            lost,
            f"of {jobs}, {went.states} in {went.seconds:.0f} s",
            "0",
            lost == 0,
        ),
        row(
            "jobs done",
            went.states.get("done", 0),
            f"of {jobs}",
            f"{jobs}",
            went.states.get("done", 0) == jobs,
        ),
        row("workers killed with -9", went.kills, "kills", "> 0", went.kills > 0),
        row("attempt keys charged more than once", doubled, "charges", "0", doubled == 0),
        row("charges nobody asked for", len(set(charges) - known), "charges", "0", set(charges) <= known),
        row(
            "studio paid more or less than the engine charged",
            abs(spent - engine.charged_milli()),
            "milli-credits",
            "0",
            spent == engine.charged_milli(),
        ),
        row("held at the end", balance.held, "milli-credits", "0", balance.held == 0),
        row("ledger agrees with itself", report.intact, "", "True", report.intact),
    ]
