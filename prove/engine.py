"""Every engine fault in turn, on all three classes of engine (reliability G4, small form).

The judge is the engine's own charge log. Jobs run in this process, one claim after the other.

python -m launcher.rows prove engine --per-mode 2 --seed 1
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from billing.queries import Balance
from engines.models import EngineCall
from engines.services import decide
from engines.trials import try_out
from prove import ground
from prove.ground import Engine, Row, row
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
    doubled: int = 0
    resent: int = 0


def run(argv: list[str]) -> list[Row]:
    """Send every fault `--per-mode` times to each class. Rows as `launcher.rows` wants them."""
    parser = argparse.ArgumentParser(prog="prove engine")
    parser.add_argument("--per-mode", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(argv)
    with ground.fake_engine(told.seed, work_seconds=0.1, late_seconds=0.3) as engine:
        studio = ground.found_studio(engine)
        before = ground.books(studio)[0]
        tallies = {
            "fake/clip": _class(studio, engine, "fake/clip", (*NOT_PARKED, *SPOILT), PARKED, told.per_mode),
            "fake/clip-lookup": _class(
                studio, engine, "fake/clip-lookup", (*NOT_PARKED, *SPOILT), PARKED, told.per_mode
            ),
            "fake/clip-opaque": _class(
                studio, engine, "fake/clip-opaque", ("", "rate_limit"), LOST, told.per_mode
            ),
        }
        return _judge(studio, engine, tallies, before)


def _class(
    studio: Studio,
    engine: Engine,
    model: str,
    finishing: tuple[str, ...],
    parked: tuple[str, ...],
    times: int,
) -> Tally:
    tally = Tally()
    for fault in (*finishing, *parked) * times:
        engine.schedule([fault])
        job = _drive(studio, model)
        tally.jobs += 1
        tally.wrong_end += int(job.state != ("done" if fault in finishing else "needs_decision"))
        if job.state == "needs_decision":
            sends = _sends(studio, job)
            tally.resent += int(model.endswith("opaque") and sends > 1)
            _drop(studio, job)
    tally.doubled = sum(count - 1 for count in engine.charges().values())
    return tally


def _drive(studio: Studio, model: str) -> Job:
    """Queue a trial and carry it on until it ends or waits for a person."""
    with studio_scope(studio):
        job = try_out(model=model, cap_milli=100_000, actor=None)
    ends = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < ends:
        # The studio's own workers ring for it as well; whoever claims it first carries it on.
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


def _judge(studio: Studio, engine: Engine, tallies: dict[str, Tally], before: Balance) -> list[Row]:
    balance, report = ground.books(studio)
    rows = [
        row(
            f"{model}: jobs that did not end as they must",
            t.wrong_end,
            f"of {t.jobs}",
            "0",
            t.wrong_end == 0 and t.jobs > 0,
        )
        for model, t in tallies.items()
    ]
    doubled, resent = (
        sum(count - 1 for count in engine.charges().values()),
        tallies["fake/clip-opaque"].resent,
    )
    above = max(0, balance.spent - before.spent - engine.charged_milli())
    return [
        *rows,
        row("attempt keys charged more than once", doubled, "charges", "0", doubled == 0),
        row("opaque attempts sent again by themselves", resent, "attempts", "0", resent == 0),
        row("paid by the studio above what the engine charged", above, "milli-credits", "0", above == 0),
        row("held at the end", balance.held, "milli-credits", "0", balance.held == 0),
        row("ledger agrees with itself", report.intact, "", "True", report.intact),
    ]
