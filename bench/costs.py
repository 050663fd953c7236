"""What work costs on this machine: processor and wall seconds, ratios of pairs, and a line of a benchmark's result."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds of one run."""

    cpu: float
    wall: float


def used() -> float:
    """Processor seconds of this process and of its children that have ended."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def cost(job: Callable[[], object]) -> Cost:
    """What a job costs, children included."""
    cpu, wall = used(), time.monotonic()
    job()
    return Cost(used() - cpu, time.monotonic() - wall)


def ratios(pairs: list[tuple[Cost, Cost]]) -> tuple[float, float]:
    """Median ratio of the second of each pair to its first: CPU, wall."""
    cpu = statistics.median(ours.cpu / other.cpu for other, ours in pairs)
    return cpu, statistics.median(ours.wall / other.wall for other, ours in pairs)


def row(claim: str, value: float, unit: str, goal: float) -> Row:
    """One line of the result; it holds when the value is at most the goal."""
    return {"claim": claim, "value": round(value, 4), "unit": unit, "goal": goal, "holds": value <= goal}
