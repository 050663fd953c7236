"""The judge of disturbed work: the engine's charge log and SQL as superuser, never the studio's own counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from prove.ground import Engine, Row, row
from prove.private import Ground
from prove.shots import GATE, SHOT

STATES = "SELECT state, count(*) FROM workflow_job WHERE studio_id = ANY(%s) AND kind = %s GROUP BY state"
WHY = (
    "SELECT DISTINCT coalesce(error->>'code', '') || ': ' || left(coalesce(error->>'message', ''), 200)"
    " FROM workflow_job WHERE studio_id = ANY(%s) AND kind = %s AND state NOT IN ('done', 'cancelled')"
)
UNFINISHED = (
    "SELECT count(*) FROM workflow_job WHERE studio_id = ANY(%s) AND kind IN ('prove.shot', 'prove.gate')"
    " AND state NOT IN ('done', 'failed', 'cancelled', 'needs_decision')"
)
# A shot is lost when nothing was kept of it, and made twice when more was kept than one file.
KEPT = (
    "SELECT count(*) FILTER (WHERE files = 0), count(*) FILTER (WHERE files > 1) FROM (SELECT j.id,"
    " count(a.id) AS files FROM workflow_job j LEFT JOIN vault_asset a ON a.meta->>'shot' = j.id::text"
    " WHERE j.studio_id = ANY(%s) AND j.kind = 'prove.shot' GROUP BY j.id) kept"
)
ENDED_TWICE = (
    "SELECT count(*) FROM (SELECT body->>'job' FROM workflow_event WHERE studio_id = ANY(%s) AND kind = 'job.done'"
    " GROUP BY 1 HAVING count(*) > 1) twice"
)
TOO_EARLY = (
    "SELECT count(*) FROM workflow_jobedge e JOIN workflow_job shot ON shot.id = e.parent_id"
    " JOIN workflow_job gate ON gate.id = e.child_id WHERE e.studio_id = ANY(%s) AND gate.state = 'done'"
    " AND (shot.state <> 'done' OR shot.ended_at > gate.ended_at)"
)
GAPS = (
    "SELECT count(*) FROM (SELECT stream_id FROM workflow_event WHERE studio_id = ANY(%s) GROUP BY stream_id"
    " HAVING max(seq) <> count(*) OR min(seq) <> 1) gaps"
)
KEYS = "SELECT idem_key FROM engines_enginecall WHERE studio_id = ANY(%s) AND quoted_milli > 0"
SUMS = (
    "SELECT coalesce(sum(abs(total)), 0) FROM (SELECT sum(e.amount) AS total FROM billing_entry e"
    " JOIN billing_account a ON a.id = e.account_id WHERE e.studio_id = ANY(%s) GROUP BY a.currency, e.txn_id) legs"
)
DRIFT = (
    "SELECT coalesce(sum(abs(a.balance - coalesce(e.total, 0))), 0) FROM billing_account a LEFT JOIN"
    " (SELECT account_id, sum(amount) AS total FROM billing_entry GROUP BY 1) e ON e.account_id = a.id"
    " WHERE a.studio_id = ANY(%s)"
)
HELD = (
    "SELECT coalesce(sum(e.amount), 0) FROM billing_entry e JOIN billing_account a ON a.id = e.account_id"
    " WHERE a.studio_id = ANY(%s) AND a.kind = 'held'"
)
PAID = (
    "SELECT coalesce(sum(e.amount), 0) FROM billing_entry e JOIN billing_account a ON a.id = e.account_id"
    " WHERE a.studio_id = ANY(%s) AND a.kind IN ('revenue', 'refund') AND a.currency = 'mcr'"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was ordered, and for whom."""

    studios: tuple[UUID, ...]
    shots: int
    gates: int


def unfinished(ground: Ground, studios: Sequence[UUID]) -> int:
    """Jobs that have not come to an end."""
    return _one(ground, UNFINISHED, studios)


def zero(claim: str, found: int, unit: str) -> Row:
    """A row of something that must not happen."""
    return row(claim, found, unit, "0", found == 0)


def gaps(ground: Ground, studios: Sequence[UUID]) -> Row:
    """Numbers are given out in order of commit, none is left out."""
    return zero("event streams with a gap", int(ground.sql(GAPS, list(studios))[0][0]), "streams")


def judge(ground: Ground, engine: Engine, wanted: Wanted) -> list[Row]:
    """All that must be true of the work once it is over."""
    return [*work(ground, wanted), *_charges(ground, engine, wanted), *paid(ground, engine, wanted)]


def _one(ground: Ground, text: str, studios: Sequence[UUID]) -> int:
    return int(ground.sql(text, list(studios))[0][0])


def work(ground: Ground, wanted: Wanted) -> list[Row]:
    """Every shot is made and kept once, every episode at its gate, no event left out."""
    mine = list(wanted.studios)
    shots, gates = (dict(ground.sql(STATES, mine, kind)) for kind in (SHOT, GATE))
    unkept, twice = ground.sql(KEPT, mine)[0]
    # a run that fails once in many has to say why while its ground still stands
    why = "".join(f" · {told}" for (told,) in ground.sql(WHY, mine, SHOT))
    return [
        row(
            "shots done",
            shots.get("done", 0),
            f"{shots}{why}",
            f"{wanted.shots}",
            shots == {"done": wanted.shots},
        ),
        row(
            "episodes at their gate",
            gates.get("done", 0),
            f"{gates}",
            f"{wanted.gates}",
            gates == {"done": wanted.gates},
        ),
        zero("shots lost", wanted.shots - sum(shots.values()) + unkept, "shots"),
        zero("shots kept twice", twice, "shots"),
        zero("jobs that ended twice", _one(ground, ENDED_TWICE, mine), "jobs"),
        zero("gates reached before a shot was done", _one(ground, TOO_EARLY, mine), "shots"),
        gaps(ground, mine),
    ]


def _charges(ground: Ground, engine: Engine, wanted: Wanted) -> list[Row]:
    """By the engine's log: a charge that was taken back because the work failed does not count."""
    standing = engine.standing()
    jobs = Counter(key.rpartition("-")[0] for key in standing.elements())
    known = {key for (key,) in ground.sql(KEYS, list(wanted.studios))}
    doubled = sum(count - 1 for count in standing.values())
    return [
        zero("attempt keys charged more than once", doubled, "charges"),
        zero("shots charged more than once", sum(count - 1 for count in jobs.values()), "charges"),
        zero("charges nobody asked for", len(set(standing) - known), "charges"),
    ]


def paid(ground: Ground, engine: Engine, wanted: Wanted) -> list[Row]:
    """The studios paid what the engine kept, and the books agree."""
    spent, charged = _one(ground, PAID, wanted.studios), engine.charged_milli()
    off = zero("paid more or less than the engine charged", abs(spent - charged), "milli-credits")
    return [off, *books(ground, wanted.studios)]


def books(ground: Ground, studios: Sequence[UUID]) -> list[Row]:
    """The ledger as SQL adds it up."""
    return [
        zero("legs of all movements together", _one(ground, SUMS, studios), "milli-credits"),
        zero("balances that differ from their entries", _one(ground, DRIFT, studios), "milli-credits"),
        zero("held at the end", _one(ground, HELD, studios), "milli-credits"),
    ]
