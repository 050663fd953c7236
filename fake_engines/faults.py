"""The ways the fake engine misbehaves: by rate (seeded) or one after the other as a test scripts them."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable
from enum import StrEnum


class Fault(StrEnum):
    """One way to fail. The first group decides the submit, the second what becomes of accepted work."""

    RATE_LIMIT = "rate_limit"
    RATE_LIMIT_BARE = "rate_limit_bare"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    RESET_AFTER = "reset_after"
    HANG = "hang"
    ACCEPT_LATE = "accept_late"
    GARBAGE = "garbage"
    MODERATED = "moderated"
    FAILS = "fails"
    GONE = "gone"
    WRONG_MIME = "wrong_mime"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    WRONG_LENGTH = "wrong_length"
    OVERPRICED = "overpriced"
    ENDLESS = "endless"
    BLACK = "black"


SUBMIT_FAULTS = frozenset(list(Fault)[:9])
WORK_FAULTS = frozenset(list(Fault)[9:])


class Script:
    """Chooses the fault of the next submit: scripted ones first, then by rate from a seeded generator."""

    def __init__(self, seed: int, rates: dict[Fault, float]) -> None:
        if sum(rates.values()) > 1:
            raise ValueError("the rates of all faults together exceed 1")
        self._random, self._rates, self._next = random.Random(seed), rates, deque[Fault | None]()

    def schedule(self, faults: Iterable[str]) -> None:
        """Use these for the next submits, in order; an empty name is a submit without a fault."""
        self._next.extend(Fault(name) if name else None for name in faults)

    def draw(self) -> Fault | None:
        """The fault of this submit, or None."""
        if self._next:
            return self._next.popleft()
        point = self._random.random()
        for fault, rate in self._rates.items():
            if point < rate:
                return fault
            point -= rate
        return None


def parse_rates(text: str) -> dict[Fault, float]:
    """`rate_limit=0.1,reset_after=0.05` as a table. Raises ValueError naming what is wrong."""
    rates: dict[Fault, float] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        rates[Fault(name.strip())] = float(value)
    return rates
