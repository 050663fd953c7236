"""Workers killed with -9, and stopped past their lease, while they talk to a paid engine (reliability G1).

On ground of its own: a warm Celery parent whose children are hit while they hold a lease. The same work is done
undisturbed first, to compare the times. The judge is the engine's charge log and SQL.

python -m launcher.rows prove kill --episodes 60 --shots 24 --kills 500 --stops 150 --seed 1
"""

from __future__ import annotations

import argparse
import random
from uuid import UUID

from prove import ground, private, shots
from prove.disturb import Counted, Storm, until_done
from prove.ground import Engine, Row, row
from prove.judge import Wanted, judge
from prove.private import Ground

FAULTS = "rate_limit=0.06,error_before=0.02,reset_after=0.03,error_after=0.02,garbage=0.01,accept_late=0.02"
MODELS = (shots.KEYED, shots.LOOKED_UP, shots.STILL)
STUDIOS = 4
CREDITS = 50_000_000
SLOWER = 3.0
TAKEN_OVER = "SELECT coalesce(sum(attempts), 0) FROM workflow_job WHERE studio_id = ANY(%s)"


def options_of_work() -> argparse.ArgumentParser:
    """The options of any proof that has episodes made by workers who die: how they work, and for what engine."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--lease", type=float, default=2.0, help="seconds")
    parser.add_argument("--children", type=int, default=4, help="of the warm parent")
    parser.add_argument("--faults", default=FAULTS, help="of the engine, by rate")
    parser.add_argument("--late", type=float, default=1.5, help="how late the engine accepts, in seconds")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--give-up", type=float, default=1800.0, help="seconds for each run")
    parser.add_argument("--worker", default=private.WORKER, help="module of the workers' Celery application")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def arguments() -> argparse.ArgumentParser:
    """The options; without any it is the small form."""
    parser = argparse.ArgumentParser(prog="prove kill", parents=[options_of_work()])
    parser.add_argument("--episodes", type=int, default=4)
    parser.add_argument("--shots", type=int, default=8)
    parser.add_argument("--kills", type=int, default=16)
    parser.add_argument("--stops", type=int, default=5)
    parser.add_argument("--nap", type=float, default=1.0, help="seconds that a stop lasts beyond the lease")
    parser.add_argument(
        "--calm", action="store_true", help="do the same work undisturbed first, compare times"
    )
    return parser


def run(argv: list[str]) -> list[Row]:
    """Queue episodes, hit their workers, judge. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("kill", argv)
    with private.ground() as made:
        return on(made, argv)


def on(made: Ground, argv: list[str]) -> list[Row]:
    """The proof on ground that is there already."""
    told = arguments().parse_args(argv)
    with ground.fake_engine(told.seed, faults=told.faults, late_seconds=told.late) as engine:
        private.add_workers(made, children=told.children, lease=told.lease, app=told.worker)
        studios: list[UUID] = []
        calm, gates = 0.0, 0
        if told.calm:
            calm, gates = produce(made, engine, told, Storm(random.Random(told.seed)), studios)
        seconds = calm * 0.6 or 15.0
        storm = Storm(
            random.Random(told.seed),
            told.kills,
            told.stops,
            seconds,
            told.lease,
            told.nap,
            told.children // 2,
        )
        rough, more = produce(made, engine, told, storm, studios)
        gates += more
        wanted = Wanted(tuple(studios), gates * told.shots, gates)
        again = int(made.sql(TAKEN_OVER, studios)[0][0])
        return [*_storm(told, storm, calm, rough, again), *judge(made, engine, wanted)]


def produce(
    made: Ground, engine: Engine, told: argparse.Namespace, storm: Counted, studios: list[UUID]
) -> tuple[float, int]:
    """Queue everything in fresh studios, which join `studios`, then see it through. The seconds, and how many episodes.

    Where the work is over before the storm is, one more episode is queued for what is left of it: a proof of so many
    kills has had so many, on however quick a machine. `told` has episodes, shots, models and give_up.
    """
    fresh = [ground.found_studio(engine, credits_milli=CREDITS) for _ in range(min(STUDIOS, told.episodes))]
    studios += [studio.pk for studio in fresh]
    models = told.models.split(",")
    for number, studio in enumerate(fresh):
        mine = len(range(number, told.episodes, len(fresh)))
        shots.queue_episodes(studio, mine, told.shots, models)
    seconds, episodes = until_done(made, studios, storm, told.give_up), told.episodes
    while storm.left and seconds < told.give_up:
        shots.queue_episodes(fresh[0], 1, told.shots, models, first=episodes)
        seconds += until_done(made, studios, storm, told.give_up - seconds)
        episodes += 1
    return seconds, episodes


def _storm(told: argparse.Namespace, storm: Storm, calm: float, rough: float, again: int) -> list[Row]:
    rows = [
        row(
            "lease owners killed with -9", storm.killed, "kills", f"{told.kills}", storm.killed >= told.kills
        ),
        row(
            f"lease owners stopped past their lease of {told.lease:g} s",
            storm.stopped,
            "stops",
            f"{told.stops}",
            storm.stopped >= told.stops,
        ),
    ]
    if told.kills + told.stops:
        rows.append(row("claims of work that another worker had begun", again, "claims", "> 0", again > 0))
    if calm:
        slower = rough / calm
        rows.append(
            row(
                "run time against the undisturbed run",
                round(slower, 2),
                f"x ({rough:.0f} s against {calm:.0f} s)",
                f"<= {SLOWER:g}",
                slower <= SLOWER,
            )
        )
    return rows
