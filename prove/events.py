"""Browsers cut off at random, slow ones, Redis emptied and restarted: nobody misses an event or gets it twice (G6).

Several writers commit (and sometimes roll back) in the same streams. What was committed is read by SQL; what was
delivered is what came over real sockets.

python -m launcher.rows prove events --clients 500 --events 20000 --redis 5 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import threading
import time
import uuid
from functools import partial

import redis
from django.db import connection

from prove import ground, private
from prove.audience import Audience, gather
from prove.ground import Row, row
from prove.judge import gaps, zero
from prove.private import Ground
from prove.reader import add_web
from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow.events import emit

NEWEST = "SELECT stream_id, max(seq) FROM workflow_event WHERE studio_id = %s GROUP BY stream_id"
WRITERS = 4
PATIENCE = 120.0


class Withdrawn(Exception):
    """A writer thinks better of it: its transaction is rolled back."""


def run(argv: list[str]) -> list[Row]:
    """On ground of its own. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("events", argv)
    with private.ground() as made:
        return on(made, argv)


def on(made: Ground, argv: list[str]) -> list[Row]:
    """Follow, write, cut, judge."""
    parser = argparse.ArgumentParser(prog="prove events")
    parser.add_argument("--clients", type=int, default=40)
    parser.add_argument("--streams", type=int, default=8)
    parser.add_argument("--events", type=int, default=1200)
    parser.add_argument("--rate", type=float, default=80.0, help="events a second, all writers together")
    parser.add_argument("--redis", type=int, default=2, help="times Redis is killed or emptied, in turn")
    parser.add_argument("--cut-after", type=float, default=6.0, help="seconds a line holds at most")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(argv)
    add_web(made)
    studio = ground.found_studio()
    rng = random.Random(told.seed)
    streams = [uuid.UUID(int=rng.getrandbits(128), version=4) for _ in range(told.streams)]
    audience = gather(made, studio, streams, told.clients, rng, (0.5, told.cut_after))
    _play(made, studio, streams, audience, told)
    return _judge(made, studio, audience, told)


def _play(
    made: Ground, studio: Studio, streams: list[uuid.UUID], audience: Audience, told: argparse.Namespace
) -> None:
    """Everybody listens, then the writers write and Redis suffers; ends when all are served or patience is out."""
    loop = threading.Thread(target=lambda: asyncio.run(audience.follow()), name="audience")
    loop.start()
    try:
        _until(lambda: audience.ready == told.clients)
        shares = [told.events // WRITERS] * WRITERS
        writers = [
            threading.Thread(target=partial(_write, studio, streams, n, share, told), name=f"writer-{n}")
            for n, share in enumerate(shares)
        ]
        for writer in writers:
            writer.start()
        _trouble(made, told, told.events / told.rate)
        for writer in writers:
            writer.join()
        newest = dict(made.sql(NEWEST, studio.pk))
        _until(lambda: audience.behind(newest) == 0)
    finally:
        audience.stopping = True
        loop.join(60)


def _until(true: object) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and not true():  # type: ignore[operator]
        time.sleep(0.1)


def _write(
    studio: Studio, streams: list[uuid.UUID], number: int, count: int, told: argparse.Namespace
) -> None:
    """Commit `count` events in small transactions; one in ten is rolled back first."""
    rng, written = random.Random(told.seed * 100 + number), 0
    pause = WRITERS / told.rate
    while written < count:
        some = min(rng.choice((1, 1, 2, 3)), count - written)
        stream = rng.choice(streams)
        for withdrawn in [True, False] if rng.random() < 0.1 else [False]:
            try:
                with studio_scope(studio.pk):
                    for n in range(some):
                        emit(stream, "prove.event", {"writer": number, "n": written + n})
                    if withdrawn:
                        raise Withdrawn
            except Withdrawn:
                continue
        written += some
        time.sleep(some * pause)
    connection.close()


def _trouble(made: Ground, told: argparse.Namespace, seconds: float) -> None:
    """Kill Redis and empty it in turn, spread over the writing."""
    for n in range(told.redis):
        time.sleep(seconds / (told.redis + 1))
        if n % 2:
            redis.Redis(unix_socket_path=str(made.layout.redis_socket)).flushall()
        else:
            made.redis.kill()
            time.sleep(1.0)
            made.redis.start()
        print(f"Redis {'emptied' if n % 2 else 'killed'}", file=sys.stderr, flush=True)


def _judge(made: Ground, studio: Studio, audience: Audience, told: argparse.Namespace) -> list[Row]:
    newest = dict(made.sql(NEWEST, studio.pk))
    total = sum(newest.values())
    missed = sum(one.missed(newest.get(one.stream, 0)) for one in audience.followers)
    repeated = sum(one.repeated for one in audience.followers)
    cuts = sum(one.cuts for one in audience.followers)
    delivered = sum(len(one.seen) for one in audience.followers)
    steady = sum(one.steady for one in audience.followers)
    return [
        row(
            "events committed",
            total,
            f"in {len(newest)} streams",
            f"{told.events}",
            total >= told.events // WRITERS * WRITERS,
        ),
        gaps(made, [studio.pk]),
        zero(
            "events missed",
            missed,
            f"of {delivered} deliveries to {told.clients} browsers, {steady} never cut",
        ),
        zero("events out of order or repeated", repeated, "deliveries"),
        row("lines cut", cuts, "times", "> 0", cuts > 0),
    ]
