"""What a slow engine costs a worker: shots a second beside a plain Celery task, which holds its process while it waits.

Two processes each, and an engine that answers every order after a second, as houses do that send the work with their
answer.

python -m launcher.rows bench lanes --json lanes.json
"""

from __future__ import annotations

import argparse
import statistics
import sys

from django.conf import settings

from bench import orchestration as ways
from bench import orchestration_worker as work
from prove import ground, private
from prove.ground import Row, row

ANSWERS_AFTER, GOAL = 1.0, 2.5


def run(argv: list[str]) -> list[Row]:
    """Measure. Rows as `launcher.rows` wants them."""
    parser = argparse.ArgumentParser(prog="bench lanes")
    parser.add_argument("--shots", type=int, default=48, help="in each round and way")
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args(argv)
    if not private.inside():
        return private.enter("lanes", argv, "bench")
    slow = ground.fake_engine(1, work_seconds=0, late_seconds=ANSWERS_AFTER, program="bench.lanes_engine")
    with private.ground() as made, slow as engine:
        work.install()
        private.add_workers(made, children=ways.CHILDREN, app="bench.orchestration_worker")
        studio = ground.found_studio(engine, credits_milli=10**9)
        plain, ours = [], []
        for _ in range(told.rounds):
            plain.append(ways.bare(made, engine, told.shots))
            ours.append(ways.ours(made, studio, told.shots, sign=False, probe=False))
            print(f"plain {plain[-1]:.2f}, ours {ours[-1]:.2f} shots/s", file=sys.stderr, flush=True)
    ratio = statistics.median(b / a for a, b in zip(plain, ours, strict=True))
    return [
        row("plain Celery task", round(statistics.median(plain), 2), "shots/s", "–", True),
        row(
            f"shots, {settings.JOB_LANES} lanes a process",
            round(statistics.median(ours), 2),
            "shots/s",
            "–",
            True,
        ),
        row("against the plain task", round(ratio, 2), "x", f">= {GOAL}", ratio >= GOAL),
    ]
