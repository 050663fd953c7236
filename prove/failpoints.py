"""Workers that die with -9 at every named point of a shot's way, so many times at each (reliability G1).

`prove kill` strikes at random moments, most of which lie in waiting; here every gap between two writes gets its deaths.
The judge is the engine's charge log and SQL.

python -m launcher.rows prove failpoints --times 10 --seed 1
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from uuid import UUID

from prove import ground, kill, points, private
from prove.ground import Row, row
from prove.judge import Wanted, judge
from prove.private import Ground


@dataclass(slots=True)
class Deaths:
    """The deaths as what disturbs: they wait, and workers come by."""

    ground: Ground

    @property
    def left(self) -> int:
        """Deaths that are still to come."""
        return sum(points.left(self.ground.deaths).values())

    def strike(self, ground: Ground) -> None:
        """Nothing: the workers do it themselves."""

    def over(self) -> None:
        """Nothing: what is left waits for the next episode."""


def arguments() -> argparse.ArgumentParser:
    """The options; without any it is the small form."""
    parser = argparse.ArgumentParser(prog="prove failpoints", parents=[kill.options_of_work()])
    parser.add_argument("--times", type=int, default=1, help="deaths at each point")
    parser.add_argument("--episodes", type=int, default=2)
    parser.add_argument("--shots", type=int, default=8)
    return parser


def run(argv: list[str]) -> list[Row]:
    """Queue episodes, let their workers die, judge. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("failpoints", argv)
    with private.ground() as made:
        return on(made, argv)


def on(made: Ground, argv: list[str]) -> list[Row]:
    """The proof on ground that is there already; workers that are there must have been added with fuses."""
    told = arguments().parse_args(argv)
    with ground.fake_engine(told.seed, faults=told.faults, late_seconds=told.late) as engine:
        private.add_workers(made, children=told.children, lease=told.lease, app=told.worker, fuses=True)
        points.lay(made.deaths, told.times)
        studios: list[UUID] = []
        try:
            _, gates = kill.produce(made, engine, told, Deaths(made), studios)
            unmet = points.left(made.deaths)
        finally:
            points.lay(made.deaths, 0)  # what comes after on this ground is to be disturbed by itself only
        again = int(made.sql(kill.TAKEN_OVER, studios)[0][0])
        wanted = Wanted(tuple(studios), gates * told.shots, gates)
        return [*_deaths(told.times, unmet, again), *judge(made, engine, wanted)]


def _deaths(times: int, unmet: dict[str, int], again: int) -> list[Row]:
    count, met = len(points.POINTS), len(points.POINTS) - len(unmet)
    missed = "".join(f" · {name}: {left} left" for name, left in unmet.items())
    died = count * times - sum(unmet.values())
    return [
        row(
            f"named points at which workers died {times} times", met, f"points{missed}", str(count), not unmet
        ),
        row("workers that died there", died, "kills", str(count * times), not unmet),
        row("claims of work that another worker had begun", again, "claims", "> 0", again > 0),
    ]
