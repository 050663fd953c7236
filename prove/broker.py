"""Redis emptied and killed while episodes are produced: nothing is lost, reading goes on (reliability G2).

python -m launcher.rows prove broker --flush 20 --down 3 --away 60 --seed 1
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from dataclasses import dataclass, field

import redis

from prove import ground, private, shots
from prove.disturb import until_done
from prove.ground import Row, row
from prove.judge import Wanted, judge
from prove.private import Ground
from prove.reader import Reader, add_web

FAULTS = "rate_limit=0.05,error_before=0.02,reset_after=0.03"
MODELS = (shots.KEYED, shots.LOOKED_UP, shots.STILL)
LONGEST = 90.0
LAST_DONE = (
    "SELECT count(*) FROM workflow_event WHERE kind = 'job.done' AND created_at > now() - interval '1 s' * %s"
)


@dataclass(slots=True)
class Outages:
    """FLUSHALL `flushes` times; kill -9 with an empty start `downs` times, `away` seconds each; in turn."""

    rng: random.Random
    flushes: int
    downs: int
    away: float
    pause: float
    flushed: int = 0
    downed: int = 0
    resumed: list[float] = field(default_factory=list)
    at: float = 0.0

    def strike(self, ground: Ground) -> None:
        """One outage when it is time."""
        left = self.flushes - self.flushed + self.downs - self.downed
        if left == 0 or time.monotonic() - self.at < self.pause * self.rng.uniform(0.6, 1.4):
            return
        if self.rng.randrange(left) < self.flushes - self.flushed:
            redis.Redis(unix_socket_path=str(ground.layout.redis_socket)).flushall()
            self.flushed += 1
        else:
            self._down(ground)
            self.downed += 1
        self.at = time.monotonic()

    def _down(self, ground: Ground) -> None:
        ground.redis.kill()
        time.sleep(self.away)
        for part in ground.layout.queue.glob("appendonlydir*"):
            shutil.rmtree(part, ignore_errors=True)
        ground.redis.start()
        back = time.monotonic()
        while not ground.sql(LAST_DONE, time.monotonic() - back)[0][0]:
            ground.revive()
            if time.monotonic() - back > LONGEST:
                break
            time.sleep(0.1)
        self.resumed.append(time.monotonic() - back)

    def over(self) -> None:
        """Nothing is left to be undone."""


def run(argv: list[str]) -> list[Row]:
    """On ground of its own. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("broker", argv)
    with private.ground() as made:
        return on(made, argv)


def on(made: Ground, argv: list[str]) -> list[Row]:
    """Produce, take Redis away, judge."""
    parser = argparse.ArgumentParser(prog="prove broker")
    parser.add_argument("--episodes", type=int, default=3)
    parser.add_argument("--shots", type=int, default=16)
    parser.add_argument("--flush", type=int, default=3)
    parser.add_argument("--down", type=int, default=1)
    parser.add_argument("--away", type=float, default=5.0, help="seconds that Redis is down")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two outages")
    parser.add_argument("--resumes", type=float, default=15.0, help="seconds within which work goes on again")
    parser.add_argument("--give-up", type=float, default=1800.0)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(argv)
    with ground.fake_engine(told.seed, faults=FAULTS) as engine:
        private.add_workers(made, lease=3.0)
        add_web(made)
        studio = ground.found_studio(engine, credits_milli=50_000_000)
        shots.queue_episodes(studio, told.episodes, told.shots, MODELS)
        outages = Outages(random.Random(told.seed), told.flush, told.down, told.away, told.pause)
        with Reader(made, studio) as reader:
            until_done(made, [studio.pk], outages, told.give_up)
        wanted = Wanted((studio.pk,), told.episodes * told.shots, told.episodes)
        return [*_outages(told, outages, reader), *judge(made, engine, wanted)]


def _outages(told: argparse.Namespace, outages: Outages, reader: Reader) -> list[Row]:
    worst = max(outages.resumed, default=0.0)
    bad = sum(n for status, n in reader.statuses.items() if status != 200)
    return [
        row(
            "Redis emptied while work was open",
            outages.flushed,
            "times",
            f"{told.flush}",
            outages.flushed == told.flush,
        ),
        row(
            f"Redis killed, away {told.away:g} s, back empty",
            outages.downed,
            "times",
            f"{told.down}",
            outages.downed == told.down,
        ),
        row(
            "longest until work went on after it was back",
            round(worst, 1),
            "s",
            f"<= {told.resumes:g}",
            worst <= told.resumes,
        ),
        row(
            "answers of the API that were not 200",
            bad,
            f"of {reader.statuses.total()}",
            "0",
            bad == 0 and reader.statuses.total() > 0,
        ),
    ]
