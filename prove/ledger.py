"""The ledger under load: threads race on wallets; never negative, sum zero, one posting a key (reliability G5, small).

python -m launcher.rows prove ledger --ops 2000 --threads 16 --seed 1
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.db import connection

from billing import services
from billing.errors import InsufficientCredits, LedgerConflict
from billing.queries import balance as balance_now
from prove import ground, private
from prove.ground import Row, row
from prove.judge import books, zero
from prove.private import Ground
from tenancy.models import Studio
from tenancy.scope import studio_scope

WALLETS_NOW = (
    "SELECT a.studio_id, sum(e.amount) FROM billing_entry e JOIN billing_account a ON a.id = e.account_id"
    " WHERE a.studio_id = ANY(%s) AND a.kind = 'wallet' GROUP BY 1"
)
WALLETS, START, RACERS, TEN = 4, 100_000, 40, 10
REFILLED, REFUNDED = 0.3, 0.1


@dataclass(slots=True)
class Model:
    """What must be true of one studio, counted by the callers themselves."""

    wallet: int
    held: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def run(argv: list[str]) -> list[Row]:
    """On ground of its own. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("ledger", argv)
    with private.ground() as made:
        return on(made, argv)


def on(made: Ground, argv: list[str]) -> list[Row]:
    """Race and judge."""
    parser = argparse.ArgumentParser(prog="prove ledger")
    parser.add_argument("--ops", type=int, default=1600)
    parser.add_argument("--threads", type=int, default=12)
    parser.add_argument("--wallets", type=int, default=WALLETS)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(argv)
    studios = [ground.found_studio() for _ in range(told.wallets)]
    models = [_emptied(studio, START) for studio in studios]
    began, outcomes = time.monotonic(), Counter[str]()
    each = told.ops // told.threads
    seeds = [random.Random(told.seed * 1000 + n) for n in range(told.threads)]
    _together([partial(_work, studios, models, rng, f"t{n}", each, outcomes) for n, rng in enumerate(seeds)])
    rows = _judge(made, studios, models, outcomes, time.monotonic() - began)
    return [*rows, *books(made, [studio.pk for studio in studios]), _exactly_ten()]


def _emptied(studio: Studio, keep: int) -> Model:
    with studio_scope(studio):
        surplus = balance_now().wallet - keep
        services.reserve(key="drain", milli=surplus, subject="prove:drain")
        services.settle(key="drain", actual_milli=surplus)
    return Model(keep)


def _together(works: list[Callable[[], object]]) -> None:
    def closing(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=closing, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _work(
    studios: list[Studio],
    models: list[Model],
    rng: random.Random,
    name: str,
    count: int,
    outcomes: Counter[str],
) -> None:
    """Reserve, then settle or release, now and then refund; postings are repeated under their own keys. An empty
    wallet is filled again sooner or later, so that all the while most of the work is let through and some is not."""
    for n in range(count):
        place = rng.randrange(len(studios))
        studio, model, key, milli = studios[place], models[place], f"{name}-{n}", rng.randrange(1, 4000)
        try:
            with studio_scope(studio.pk):
                for _ in range(rng.choice((1, 1, 2))):
                    services.reserve(key=key, milli=milli, subject="prove:op")
        except InsufficientCredits:
            outcomes["refused"] += 1
            if rng.random() < REFILLED:
                _refill(studio, model, f"{key}-more")
            continue
        actual = rng.choice((0, milli, rng.randrange(0, milli + 1)))
        with studio_scope(studio.pk):
            if rng.random() < 0.3:
                services.release(key=key)
                actual = 0
            else:
                services.settle(key=key, actual_milli=actual)
        try:
            with studio_scope(studio.pk):
                services.reserve(key=key, milli=milli + 1, subject="prove:op")
            outcomes["conflicts missed"] += 1
        except LedgerConflict:
            outcomes["posted"] += 1
        back = rng.randrange(0, actual + 1) if actual and rng.random() < REFUNDED else 0
        if back:
            with studio_scope(studio.pk):
                services.refund(key=key, milli=back, reason="prove")
        with model.lock:
            model.wallet += back - actual


def _refill(studio: Studio, model: Model, key: str) -> None:
    with studio_scope(studio.pk):
        for _ in range(2):
            services.grant(milli=START, key=key, reason="prove", actor=None)
    with model.lock:
        model.wallet += START


def _judge(
    made: Ground, studios: list[Studio], models: list[Model], outcomes: Counter[str], seconds: float
) -> list[Row]:
    wallets = dict(made.sql(WALLETS_NOW, [studio.pk for studio in studios]))
    drift = sum(
        abs(int(wallets[studio.pk]) - model.wallet) for studio, model in zip(studios, models, strict=True)
    )
    return [
        zero("wallets differ from what the callers counted", drift, "milli-credits"),
        zero("same key with another amount let through", outcomes["conflicts missed"], "times"),
        row(
            "reservations let through to their end",
            outcomes["posted"],
            f"in {seconds:.1f} s, {outcomes['refused']} refused for want of credits",
            "> refused",
            outcomes["posted"] > outcomes["refused"],
        ),
    ]


def _exactly_ten() -> Row:
    """Forty at once want one credit each out of ten."""
    studio, granted = ground.found_studio(), Counter[bool]()
    _emptied(studio, TEN * services.MILLI)
    gate = threading.Barrier(RACERS)

    def one(n: int) -> None:
        gate.wait()
        try:
            with studio_scope(studio.pk):
                services.reserve(key=f"race-{n}", milli=services.MILLI, subject="prove:race")
            granted[True] += 1
        except InsufficientCredits:
            granted[False] += 1

    _together([partial(one, n) for n in range(RACERS)])
    return row(
        f"{RACERS} racers on {TEN} credits: granted",
        granted[True],
        "reservations",
        f"{TEN}",
        granted[True] == TEN and sum(granted.values()) == RACERS,
    )
