"""Every engine fault in turn, on all three classes of engine (reliability G4, small form).

The judge is the engine's own charge log. Jobs run in this process, one claim after the other.

python -m launcher.rows prove engine --per-mode 2 --seed 1
"""

from __future__ import annotations

import argparse
import threading
import time
from dataclasses import dataclass

from django.db import connection

from engines.models import EngineCall
from engines.services import decide
from engines.trials import try_out
from prove import ground, private
from prove.ground import Engine, Row, row
from prove.judge import PAID, books, zero
from prove.private import Ground
from tenancy.models import Studio
from tenancy.queries import get_for
from tenancy.scope import studio_scope
from workflow import runner
from workflow.models import Job

NOT_PARKED = (
    "",
    "rate_limit",
    "rate_limit_bare",
    "error_before",
    "error_after",
    "reset_after",
    "garbage",
    "accept_late",
)
SPOILT = ("wrong_mime", "truncated", "empty", "wrong_length", "fails")
PARKED = ("overpriced", "gone")
LOST = ("error_before", "error_after", "reset_after", "garbage")
DEADLINE_SECONDS = 90.0


@dataclass(slots=True)
class Tally:
    """What came of the jobs of one engine class."""

    jobs: int = 0
    wrong_end: int = 0
    resent: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One class of engine: the faults after which a job is done, and those after which a person decides."""

    model: str
    finishing: tuple[str, ...]
    parked: tuple[str, ...]


CASES = (
    Case("fake/clip", (*NOT_PARKED, *SPOILT), PARKED),
    Case("fake/clip-lookup", (*NOT_PARKED, *SPOILT), PARKED),
    Case("fake/clip-opaque", ("", "rate_limit"), LOST),
)


def run(argv: list[str]) -> list[Row]:
    """On ground of its own. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("engine", argv)
    with private.ground() as made:
        return on(made, argv)


def on(made: Ground, argv: list[str]) -> list[Row]:
    """Send every fault `--per-mode` times to each class, the classes side by side."""
    parser = argparse.ArgumentParser(prog="prove engine")
    parser.add_argument("--per-mode", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(argv)
    found: dict[str, list[Row]] = {}
    threads = [
        threading.Thread(target=_case, args=(made, case, told, found), name=case.model) for case in CASES
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    missing = [case.model for case in CASES if case.model not in found]
    rows = [line for case in CASES for line in found.get(case.model, [])]
    return [*rows, zero("classes that broke", len(missing), f"{missing}")]


def _case(made: Ground, case: Case, told: argparse.Namespace, found: dict[str, list[Row]]) -> None:
    """One class at an engine and in a studio of its own."""
    try:
        with ground.fake_engine(told.seed, work_seconds=0.1, late_seconds=0.3) as engine:
            studio = ground.found_studio(engine)
            tally = Tally()
            for fault in (*case.finishing, *case.parked) * told.per_mode:
                _one(studio, engine, case, fault, tally)
            found[case.model] = _judge(made, studio, engine, case, tally)
    finally:
        connection.close()


def _one(studio: Studio, engine: Engine, case: Case, fault: str, tally: Tally) -> None:
    engine.schedule([fault])
    job = _drive(studio, case.model)
    tally.jobs += 1
    tally.wrong_end += int(job.state != ("done" if fault in case.finishing else "needs_decision"))
    if job.state == "needs_decision":
        tally.resent += int(case.model.endswith("opaque") and _sends(studio, job) > 1)
        _drop(studio, job)


def _drive(studio: Studio, model: str) -> Job:
    """Queue a trial and carry it on until it ends or waits for a person."""
    with studio_scope(studio):
        job = try_out(model=model, cap_milli=100_000, actor=None)
    ends = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < ends:
        # Workers of the ground may ring for it as well; whoever claims it first carries it on.
        runner.run(job.pk)
        with studio_scope(studio):
            job = get_for(Job, job.pk)
        if job.state in ("done", "failed", "cancelled", "needs_decision"):
            return job
        time.sleep(0.1)
    return job


def _sends(studio: Studio, job: Job) -> int:
    with studio_scope(studio):
        return sum(EngineCall.objects.filter(job_id=job.pk).values_list("sends", flat=True))


def _drop(studio: Studio, job: Job) -> None:
    with studio_scope(studio):
        call = EngineCall.objects.get(job_id=job.pk, state="needs_decision")
        decide(call=call, decision="drop", actor=None)


def _judge(made: Ground, studio: Studio, engine: Engine, case: Case, tally: Tally) -> list[Row]:
    """By the engine's log and by SQL. What was charged for dropped work is the house's loss, not the studio's."""
    doubled = sum(count - 1 for count in engine.charges().values())
    above = max(0, int(made.sql(PAID, [studio.pk])[0][0]) - engine.charged_milli())
    name = case.model
    return [
        row(
            f"{name}: jobs that did not end as they must",
            tally.wrong_end,
            f"of {tally.jobs}",
            "0",
            tally.wrong_end == 0 and tally.jobs > 0,
        ),
        zero(f"{name}: attempt keys charged more than once", doubled, "charges"),
        zero(f"{name}: opaque attempts sent again by themselves", tally.resent, "attempts"),
        zero(f"{name}: paid by the studio above what the engine charged", above, "milli-credits"),
        *({**line, "claim": f"{name}: {line['claim']}"} for line in books(made, [studio.pk])),
    ]
