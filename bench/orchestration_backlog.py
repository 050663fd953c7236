"""How claims and throughput grow with the number of due jobs."""

from __future__ import annotations

import statistics
import sys
import time
import uuid
from collections.abc import Callable

from django.db import connection, transaction

from prove.ground import Row, row
from prove.private import Ground
from tenancy.models import Studio

# Copies of one job that is done, queued again and less urgent than what is timed.
FILL = (
    "INSERT INTO workflow_job SELECT (jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid(),"
    " 'key', 'backlog ' || gen_random_uuid(), 'priority', -1, 'state', 'queued', 'fence', 0, 'ended_at', NULL))).*"
    " FROM workflow_job j, generate_series(1, %s) n WHERE j.project_id = %s"
)
EMPTY = "DELETE FROM workflow_job WHERE key LIKE 'backlog %%' AND state = 'queued'"
DONE = "SELECT count(*) FROM workflow_job WHERE project_id = %s AND state = 'done'"
ALL_DONE = "SELECT count(*) FROM workflow_job WHERE state = 'done'"
SAMPLE = "SELECT id FROM workflow_job WHERE key LIKE 'backlog %%' AND state = 'queued' LIMIT %s"
CLAIM = "SELECT * FROM claim_job(%s, %s, 'engine_io', '{}', %s, 15)"
TIMED, CLAIMS, FLAT, PATIENCE = 80, 200, 1.5, 300.0
Queue = Callable[..., uuid.UUID]


def growth(made: Ground, studio: Studio, sizes: list[int], queue: Queue) -> list[Row]:
    """Claim time and shots a second behind each backlog; the last size against the first."""
    claims, rates, due = {}, {}, {}
    for size in sizes:
        template = queue(studio, 1, sign=False, probe=False, priority=-2)
        _until(lambda project=template: made.sql(DONE, project)[0][0] == 1)  # type: ignore[misc]
        _fill(made, size, template)
        claims[size], due[size] = _claim_time(made, studio), _due_time()
        rates[size] = _rate(made, studio, queue)
        made.execute(EMPTY)
        print(
            f"{size} queued: claim {claims[size]:.2f} ms, {rates[size]:.1f} shots/s",
            file=sys.stderr,
            flush=True,
        )
    first, last = sizes[0], sizes[-1]
    slower, kept = claims[last] / claims[first], rates[last] / rates[first]
    return [
        *(
            row(f"claim of one of {n:,} queued jobs, median", round(claims[n], 2), "ms", "–", True)
            for n in sizes
        ),
        *(
            row(f"sweeper's question with {n:,} queued jobs", round(due[n], 1), "ms", "–", True)
            for n in sizes
        ),
        *(
            row(f"shots a second with {n:,} queued behind", round(rates[n], 1), "shots/s", "–", True)
            for n in sizes
        ),
        row(
            f"claim with {last:,} against {first:,} queued",
            round(slower, 2),
            "x",
            f"<= {FLAT}",
            slower <= FLAT,
        ),
        row(
            f"shots a second with {last:,} against {first:,}",
            round(kept, 2),
            "x",
            f">= {1 / FLAT:.2f}",
            kept >= 1 / FLAT,
        ),
    ]


def _fill(made: Ground, size: int, template: uuid.UUID) -> None:
    """`size` due jobs."""
    made.execute(FILL, size, template)
    made.execute("ANALYZE workflow_job")


def _claim_time(made: Ground, studio: Studio) -> float:
    """Median milliseconds of `claim_job`: every other one for a job, the rest for the next in the line; rolled back."""
    found = []
    for n, (job,) in enumerate(made.sql(SAMPLE, CLAIMS)):
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLAIM, [job if n % 2 else None, studio.pk, f"bench:{uuid.uuid4().hex[:8]}"])
            claimed = cursor.fetchone()
            found.append((time.perf_counter() - began) * 1000)
            transaction.set_rollback(True)
        if claimed is None:
            found.pop()
    return statistics.median(found)


def _due_time() -> float:
    """Median milliseconds of what the sweeper asks once a second."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id, queue FROM due_jobs(200)")
            cursor.fetchall()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def _rate(made: Ground, studio: Studio, queue: Queue) -> float:
    """Whatever is done counts: the backlog is due as well, and workers take from both."""
    with made.watch() as asked:

        def done() -> int:
            return int(asked.execute(ALL_DONE).fetchall()[0][0])

        before, began = done(), time.perf_counter()
        queue(studio, TIMED, sign=False, probe=False, priority=5)
        _until(lambda: done() >= before + TIMED)
        return float((done() - before) / (time.perf_counter() - began))


def _until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError("the work did not come to its end")
        time.sleep(0.02)
