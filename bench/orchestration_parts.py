"""Where the time of a shot goes: processor time by process, transactions as Postgres counts them."""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prove.ground import Engine, Row, row
from prove.private import Ground

TICKS = os.sysconf("SC_CLK_TCK")
COMMITS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Reading:
    """Processor seconds so far by part, and transactions so far."""

    seconds: dict[str, float]
    transactions: int


def read(made: Ground, engine: Engine) -> Reading:
    """What each part has used so far, with everything it started."""
    roots = {name: service.pid for name, service in made.others.items()}
    roots |= {"postgres": made.postgres.pid, "redis": made.redis.pid, "engine": engine.process.pid}
    below = _children()
    seconds = {name: sum(map(_spent, _tree(pid, below))) for name, pid in roots.items()}
    return Reading(seconds, int(made.sql(COMMITS)[0][0]))


@dataclass(frozen=True, slots=True)
class Spent:
    """What one shot took: milliseconds of processor by part, transactions."""

    parts: dict[str, float]
    transactions: float

    @property
    def processor(self) -> float:
        """All parts together, in milliseconds."""
        return sum(self.parts.values())

    def __str__(self) -> str:
        told = ", ".join(f"{name} {ms:.1f}" for name, ms in self.parts.items() if ms >= 0.1)
        return f"{self.processor:.1f} ms of processor ({told}), {self.transactions:.1f} transactions"


def between(before: Reading, after: Reading, shots: int) -> Spent:
    """What a shot took on average."""
    spent = {
        name: (now - before.seconds.get(name, 0.0)) * 1000 / shots for name, now in after.seconds.items()
    }
    return Spent(spent, (after.transactions - before.transactions) / shots)


def rows(way: str, rounds: Sequence[Spent]) -> list[Row]:
    """Medians of the rounds."""
    middle = {name: statistics.median(one.parts[name] for one in rounds) for name in rounds[0].parts}
    told = [
        row(f"{way}: processor a shot, {name}", round(ms, 1), "ms", "–", True) for name, ms in middle.items()
    ]
    total = round(statistics.median(one.processor for one in rounds), 1)
    counted = round(statistics.median(one.transactions for one in rounds), 1)
    return [
        *(line for line in told if line["value"]),
        row(f"{way}: processor a shot, all parts", total, "ms", "–", True),
        row(f"{way}: transactions a shot", counted, "transactions", "–", True),
    ]


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(_fields(stat)[1])].append(int(stat.parent.name))
        except (OSError, IndexError):
            continue  # it ended meanwhile; its parent has its time
    return found


def _tree(root: int, below: dict[int, list[int]]) -> list[int]:
    return [root, *(pid for child in below.get(root, ()) for pid in _tree(child, below))]


def _spent(pid: int) -> float:
    """Its own time and that of the children it has waited for."""
    try:
        fields = _fields(Path(f"/proc/{pid}/stat"))
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def _fields(stat: Path) -> list[str]:
    """From the state on: the name before it may hold blanks and brackets."""
    return stat.read_text().rpartition(")")[2].split()
