"""Named points in a worker's way through a job, at each of which it can be made to die (`prove failpoints`).

A point is just before or just after a function of the product. `arm` puts a fuse there, in the process of a proof's
worker; the product knows nothing of it. A death that is to come is a file: whoever takes it away kills itself with -9
on the spot, so the files that are gone are the deaths there were, whatever became of the process.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import random
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENVIRONMENT = "SLATE_PROVE_POINTS"
CHANCE, FEW = 0.3, 4
"""How likely a worker dies at a point where it may: with certainty one job would meet them all. Where no more than a
few deaths are left it is certain: they wait where workers seldom come by."""


@dataclass(frozen=True, slots=True)
class Point:
    """Before or after the function at `where`, which reads `package.module:name` or `package.module:Class.name`."""

    name: str
    where: str
    after: bool = False


POINTS = (
    Point("job is being claimed", "workflow.lines:claim"),
    Point("job is claimed, not committed", "workflow.lines:claim", after=True),
    Point("claim is committed", "workflow.runner:_do"),
    Point("work folder is made", "workflow.runner:_carry_out"),
    Point("consents are read", "engines.intents:leave_for", after=True),
    Point("earlier calls are read", "engines.calls:book_of", after=True),
    Point("engine is chosen", "engines.intents:_decide", after=True),
    Point("slot is taken, not committed", "engines.intents:take_slot", after=True),
    Point("money is about to be reserved", "billing.services:_reserving"),
    Point("intent is written, not committed", "engines.calls:create", after=True),
    Point("call is carried on", "engines.protocol:Attempt.run"),
    Point("sending again is stamped", "engines.protocol:Attempt._stamp", after=True),
    Point("order is about to leave", "engines.adapters.fake:Fake.submit"),
    Point("order is answered, nothing written", "engines.adapters.fake:Fake.submit", after=True),
    Point("call is about to move", "engines.protocol:Attempt._move"),
    Point("call has moved, not committed", "engines.calls:move", after=True),
    Point("call has moved and is committed", "engines.protocol:Attempt._move", after=True),
    Point("engine is about to be asked", "engines.adapters.fake:Fake.poll"),
    Point("engine has told its state", "engines.adapters.fake:Fake.poll", after=True),
    Point("lost order is looked up", "engines.adapters.fake:Fake.lookup", after=True),
    Point("file is about to be fetched", "engines.adapters.fake:Fake.fetch"),
    Point("file is fetched", "engines.adapters.fake:Fake.fetch", after=True),
    Point("file is checked", "engines.foreign:check", after=True),
    Point("settlement is due, nothing written", "engines.protocol:Attempt._collect", after=True),
    Point("file is about to be kept", "vault.services:stage"),
    Point("file is kept, no asset", "vault.services:stage", after=True),
    Point("asset is written, not committed", "vault.services:attach", after=True),
    Point("call is about to be settled", "engines.calls:settle"),
    Point("call is done and paid, not committed", "engines.calls:settle", after=True),
    Point("job is about to end", "workflow.runner:Context.finish"),
    Point("job has ended, not committed", "workflow.runner:Context.finish", after=True),
    Point("next job is claimed with the end", "workflow.lines:end_and_claim", after=True),
    Point("call written ahead is about to be carried on", "engines.intents:find_or_write"),
    Point("end is committed, bell unanswered", "workflow.runner:_carry_out", after=True),
    Point("job is about to be put off", "workflow.closing:postpone"),
    Point("job is put off, not committed", "workflow.closing:postpone", after=True),
)


def lay(folder: Path, times: int) -> None:
    """Let `times` deaths wait at every point, in place of those that wait there."""
    shutil.rmtree(folder, ignore_errors=True)
    for number, _ in enumerate(POINTS):
        place = folder / str(number)
        place.mkdir(parents=True)
        for death in range(times):
            (place / str(death)).touch()


def left(folder: Path) -> dict[str, int]:
    """Deaths that nobody has met yet, by point; points without any are left out."""
    found = {point.name: len(list((folder / str(n)).glob("*"))) for n, point in enumerate(POINTS)}
    return {name: count for name, count in found.items() if count}


@dataclass(slots=True)
class Fuses:
    """What a worker process keeps: where the deaths wait, and how many workers its job has lost so far."""

    folder: Path
    most_lost: int
    rng: random.Random = field(default_factory=random.SystemRandom)
    """Of the system: children of a warm parent would all go on from its state."""
    lost: int = 0

    def reach(self, number: int) -> None:
        """Be at a point; dies there by chance where a death waits.

        Whose job has lost nearly as many workers as it may goes on: the product is right to give such a job up.
        """
        waiting = list((self.folder / str(number)).glob("*"))
        if not waiting or self.lost >= self.most_lost:
            return
        if self.rng.random() >= CHANCE and sum(left(self.folder).values()) > FEW:
            return
        for path in waiting:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                os.kill(os.getpid(), signal.SIGKILL)


def arm(folder: Path, most_lost: int) -> Fuses:
    """Put a fuse at every point of this process's product. Raises AttributeError for a point that is not there."""
    fuses = Fuses(folder, most_lost)
    _note_losses(fuses)
    for number, point in enumerate(POINTS):
        owner, name = _found(point.where)
        setattr(owner, name, _fused(getattr(owner, name), fuses, number, point.after))
    return fuses


def _found(where: str) -> tuple[Any, str]:
    """What has the function, and its name there."""
    module, _, path = where.partition(":")
    *above, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in above:
        owner = getattr(owner, part)
    getattr(owner, name)
    return owner, name


def _fused(function: Callable[..., Any], fuses: Fuses, number: int, after: bool) -> Callable[..., Any]:
    @functools.wraps(function)
    def passing(*args: Any, **named: Any) -> Any:
        if not after:
            fuses.reach(number)
        found = function(*args, **named)
        if after:
            fuses.reach(number)
        return found

    return passing


def _note_losses(fuses: Fuses) -> None:
    """Know of each job that is begun how many workers it has lost."""
    owner, name = _found("workflow.runner:_begun")
    begin = getattr(owner, name)

    @functools.wraps(begin)
    def begun(*args: Any, **named: Any) -> Any:
        context = begin(*args, **named)
        fuses.lost = context.attempt
        return context

    setattr(owner, name, begun)
