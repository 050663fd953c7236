"""From the commit of an event to the browsers that follow its stream, over real sockets of the web process."""

from __future__ import annotations

import asyncio
import random
import statistics
import threading
import time
import uuid

from django.db import transaction

from prove.audience import Audience, gather
from prove.ground import Row, row
from prove.private import Ground
from prove.reader import add_web
from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow.events import emit

GOAL_MS, EVERY, PATIENCE = 100.0, 0.25, 60.0


def to_browser(made: Ground, studio: Studio, browsers: int, events: int) -> list[Row]:
    """One stream, `browsers` on it, four events a second."""
    add_web(made)
    stream = uuid.uuid4()
    audience = gather(made, studio, [stream], browsers, random.Random(1), (0, 0), steady=1.0, slow=0.0)
    loop = threading.Thread(target=lambda: asyncio.run(audience.follow()), name="audience")
    loop.start()
    try:
        _until(audience, lambda: audience.ready == browsers)
        committed = [_commit(studio, stream) for _ in range(events)]
        _until(audience, lambda: audience.behind({stream: events}) == 0)
    finally:
        audience.stopping = True
        loop.join(30)
    late = [
        (at - committed[seq - 1]) * 1000
        for one in audience.followers
        for seq, at in zip(one.seen, one.at, strict=True)
    ]
    if len(late) < 2:
        return [row("commit to browser", 0, "deliveries", f"{browsers * events}", False)]
    cuts = statistics.quantiles(late, n=100)
    label = f"at {browsers} browsers, {len(late)} of {browsers * events} deliveries"
    return [
        row(f"commit to browser, median, {label}", round(cuts[49], 1), "ms", "–", True),
        row(
            f"commit to browser, p95, {label}",
            round(cuts[94], 1),
            "ms",
            f"<= {GOAL_MS:g}",
            cuts[94] <= GOAL_MS and len(late) == browsers * events,
        ),
    ]


def _commit(studio: Studio, stream: uuid.UUID) -> float:
    """Commit one event; the time right after the commit, before anything is announced."""
    at: list[float] = []
    with studio_scope(studio):
        transaction.on_commit(lambda: at.append(time.time()))
        emit(stream, "bench.event", {})
    time.sleep(EVERY)
    return at[0]


def _until(audience: Audience, true: object) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and not true():  # type: ignore[operator]
        time.sleep(0.05)
