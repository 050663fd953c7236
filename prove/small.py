"""The small form of every proof, one after the other on one ground: what runs before each commit, within five minutes.

python -m launcher.rows prove small --seed 1
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from prove import broker, engine, events, failpoints, hooks, kill, ledger, pg, private
from prove.ground import Row
from prove.private import Ground

CHILDREN, LEASE = 3, 2.0
PARTS: dict[str, tuple[Callable[[Ground, list[str]], list[Row]], str]] = {
    "kill": (kill.on, "--episodes 4 --shots 6 --kills 12 --stops 4"),
    "failpoints": (failpoints.on, "--episodes 2 --shots 6"),
    "broker": (broker.on, "--episodes 2 --shots 12 --flush 2 --down 1 --away 4 --resumes 90"),
    "pg": (pg.on, "--episodes 2 --shots 10 --crash 3 --pause 3"),
    "engine": (engine.on, "--per-mode 1"),
    "ledger": (ledger.on, "--ops 800 --threads 8"),
    "hooks": (hooks.on, "--jobs 8"),
    "events": (events.on, "--clients 24 --streams 6 --events 600 --rate 60 --redis 2"),
}


def run(argv: list[str]) -> list[Row]:
    """All parts; their claims begin with the part's name. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("small", argv)
    rows: list[Row] = []
    with private.ground() as made:
        private.add_workers(made, children=CHILDREN, lease=LEASE, fuses=True)
        for name, (part, words) in PARTS.items():
            began = time.monotonic()
            rows += [
                {**row, "claim": f"{name}: {row['claim']}"} for row in part(made, [*words.split(), *argv])
            ]
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return rows
