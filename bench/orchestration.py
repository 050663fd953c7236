"""What the guarantees cost: shots a second beside a plain Celery task, with a growing queue, and commit → browser.

Everything runs on ground of its own with an instant fake engine and one Celery parent of two children. A shot goes
claim → reserve → submit → poll → fetch → vault → settle → event. The plain task makes the same HTTP calls and writes
the file, and nothing else.

python -m launcher.rows bench orchestration --json orchestration.json
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from celery import current_app

from bench import orchestration_backlog as backlog
from bench import orchestration_delay as delay
from bench import orchestration_parts as parts
from bench import orchestration_worker as work
from prove import ground, private, shots
from prove.ground import Engine, Row, row
from prove.private import Ground
from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow import jobs

MODEL, CHILDREN, PATIENCE = "fake/clip", 2, 600.0
WARM_UP = 150
# Each look of the bench's own is a transaction beside the work it measures.
LOOK_SECONDS = 0.1
DONE = "SELECT count(*) FROM workflow_job WHERE studio_id = %s AND project_id = %s AND state = 'done'"
PLAIN_GOAL, FULL_GOAL = 0.5, 0.2
NAMES = {"bare": "plain task", "plain": "without signing and probing", "full": "with both"}


def run(argv: list[str]) -> list[Row]:
    """Measure. Rows as `launcher.rows` wants them."""
    parser = argparse.ArgumentParser(prog="bench orchestration")
    parser.add_argument(
        "--shots", type=int, default=900, help="in each round and way, a third of it with both"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queued", default="10,1000,100000")
    parser.add_argument("--browsers", type=int, default=50)
    parser.add_argument("--events", type=int, default=100)
    told = parser.parse_args(argv)
    if not private.inside():
        return private.enter("orchestration", argv, "bench")
    instant = "bench.orchestration_engine"
    with private.ground() as made, ground.fake_engine(1, work_seconds=0, program=instant) as engine:
        work.install()
        private.add_workers(made, children=CHILDREN, app="bench.orchestration_worker")
        studio = ground.found_studio(engine, credits_milli=10**9)
        rows = throughput(made, engine, studio, told)
        rows += backlog.growth(made, studio, [int(n) for n in told.queued.split(",")], queue)
        made.drop("worker")
        made.drop("sweeper")
        return [*rows, *delay.to_browser(made, studio, told.browsers, told.events)]


def throughput(made: Ground, engine: Engine, studio: Studio, told: argparse.Namespace) -> list[Row]:
    """The three ways in turn, `rounds` times; the median of the rounds' ratios."""
    ways: dict[str, Callable[[int], float]] = {
        "bare": lambda count: bare(made, engine, count),
        "plain": lambda count: ours(made, studio, count, sign=False, probe=False),
        "full": lambda count: ours(made, studio, count, sign=True, probe=True),
    }
    for way in ways.values():
        way(WARM_UP)
    # what autovacuum does within a minute of a studio's first work; a plan is as good as what is known of its tables
    made.execute("ANALYZE")
    rates: dict[str, list[float]] = {name: [] for name in ways}
    spent: dict[str, list[parts.Spent]] = {name: [] for name in ways}
    for _ in range(told.rounds):
        for name, way in ways.items():
            count, before = (
                told.shots if name != "full" else max(10, told.shots // 3),
                parts.read(made, engine),
            )
            rates[name].append(way(count))
            spent[name].append(parts.between(before, parts.read(made, engine), count))
            print(f"{name}: {rates[name][-1]:.1f} shots/s, {spent[name][-1]}", file=sys.stderr, flush=True)
    middle = {name: round(statistics.median(found), 1) for name, found in rates.items()}
    ratio = {
        name: round(statistics.median(a / b for a, b in zip(rates[name], rates["bare"], strict=True)), 3)
        for name in ("plain", "full")
    }
    return [
        row("plain Celery task, no guarantees", middle["bare"], "shots/s", "–", middle["bare"] > 0),
        row("shots without signing and probing", middle["plain"], "shots/s", "–", middle["plain"] > 0),
        row("shots with signing and probing", middle["full"], "shots/s", "–", middle["full"] > 0),
        row(
            "without signing and probing against the plain task",
            ratio["plain"],
            "x",
            f">= {PLAIN_GOAL}",
            ratio["plain"] >= PLAIN_GOAL,
        ),
        row(
            "with both against the plain task",
            ratio["full"],
            "x",
            f">= {FULL_GOAL}",
            ratio["full"] >= FULL_GOAL,
        ),
        *(line for name in ways for line in parts.rows(NAMES[name], spent[name])),
    ]


def bare(made: Ground, engine: Engine, count: int) -> float:
    """Shots a second of the plain task."""
    folder = made.home / f"bare-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    request = shots.request_of(MODEL, 1)
    params = {"frames": 24, "rate": "24", "width": 320, "height": 180, "seconds": 1.0, "prompt": shots.PROMPT}
    body = {"model": "clip", "kind": request.kind, "params": params, "inputs": []}
    began = time.perf_counter()
    for _ in range(count):
        arguments = [engine.url, body, uuid.uuid4().hex, str(folder)]
        current_app.send_task(work.BARE, args=arguments, queue="engine_io")
    return count / _until(lambda: _files(folder) == count, began)


def _files(folder: Path) -> int:
    return sum(not path.name.endswith(".part") for path in folder.iterdir())


def queue(studio: Studio, count: int, *, sign: bool, probe: bool, priority: int = 0) -> uuid.UUID:
    """Queue `count` shots; the project they are of."""
    name = f"bench {uuid.uuid4().hex[:8]}"
    payload = {"model": MODEL, "seed": 1, "sign": sign, "probe": probe}
    project = uuid.uuid4()
    with studio_scope(studio):
        jobs.enqueue_many(
            [
                jobs.Wanted(work.SHOT, f"{name} {n}", {**payload, "seed": n}, project, priority=priority)
                for n in range(count)
            ]
        )
    return project


def ours(made: Ground, studio: Studio, count: int, *, sign: bool, probe: bool) -> float:
    """Shots a second with everything that stands behind them."""
    began = time.perf_counter()
    project = queue(studio, count, sign=sign, probe=probe)
    with made.watch() as asked:
        seconds = _until(lambda: asked.execute(DONE, (studio.pk, project)).fetchone() == (count,), began)
    return count / seconds


def _until(true: Callable[[], bool], began: float) -> float:
    """The seconds since `began` when it becomes true. Raises TimeoutError."""
    while not true():
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError("the work did not come to its end")
        time.sleep(LOOK_SECONDS)
    return time.perf_counter() - began
