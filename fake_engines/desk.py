"""The fake engine's books: what it accepted, under which key, what it charged, when it is ready."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fake_engines.faults import WORK_FAULTS, Fault
from fake_engines.works import make

if TYPE_CHECKING:
    from fake_engines.wires.wire import Ordered


LASTING = WORK_FAULTS | {Fault.MODERATED}


def _charge_for(milli: int, fault: Fault | None) -> int:
    if fault is Fault.MODERATED:
        return 0
    return milli * 3 if fault is Fault.OVERPRICED else milli


class Refused(Exception):
    """The engine says no: HTTP status and a code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(slots=True)
class Work:
    """One accepted (and charged) piece of work."""

    id: str
    model: str
    kind: str
    key: str
    params: dict[str, Any]
    milli: int
    ready_at: float
    fault: Fault | None
    engine: str = "fake"
    looked_up: bool = False
    number: int = 0
    made: tuple[str, bytes] | None = None
    credited: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Desk:
    """Accepts, charges and makes. Every charge is one line of the log, flushed to the disk before the answer.

    The log is read back at the start, so that a key is still honoured after the engine itself was restarted.
    """

    def __init__(self, log: Path, *, seed: int = 1, work_seconds: float = 0.2) -> None:
        self.seed, self.work_seconds = seed, work_seconds
        self.works: dict[str, Work] = {}
        self._by_key: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()
        for line in log.read_text().splitlines() if log.exists() else []:
            row = json.loads(line)
            if "charge" in row:
                self._remember(row)
        self._log = log.open("a", buffering=1)

    def _remember(self, row: dict[str, Any]) -> None:
        fault = Fault(row["fault"]) if row["fault"] else None
        work = Work(
            row["charge"],
            row["model"],
            row["kind"],
            row["key"],
            row["params"],
            row["milli"],
            0.0,
            fault,
            row["engine"],
            row["looked_up"],
            len(self.works),
        )
        self.works[work.id] = work
        self._by_key[work.engine, work.key] = work.id

    def accept(self, engine: str, order: Ordered, fault: Fault | None) -> Work:
        """Take the work and charge for it; a key that is honoured returns the first work."""
        with self._lock:
            known = self._by_key.get((engine, order.key)) if order.key and order.keyed else None
            if known is not None:
                return self.works[known]
            work = Work(
                f"w{secrets.token_hex(6)}",
                order.model,
                order.kind,
                order.key,
                dict(order.params),
                _charge_for(order.milli, fault),
                time.monotonic() + self.work_seconds,
                fault if fault in LASTING else None,
                engine,
                order.looked_up,
                len(self.works),
            )
            self._charge(work)
            self.works[work.id] = work
            self._by_key[engine, order.key] = work.id
            return work

    def _charge(self, work: Work) -> None:
        row = {
            "charge": work.id,
            "engine": work.engine,
            "looked_up": work.looked_up,
            "key": work.key,
            "model": work.model,
            "kind": work.kind,
            "milli": work.milli,
            "fault": work.fault.value if work.fault else "",
            "params": work.params,
            "at": time.time(),
        }
        self._write(row)

    def _write(self, row: dict[str, Any]) -> None:
        self._log.write(json.dumps(row) + "\n")
        self._log.flush()
        os.fsync(self._log.fileno())

    def _credit(self, work: Work) -> None:
        """What failed is not paid for: the charge is taken back, once."""
        with work.lock:
            if not work.credited:
                work.credited = True
                self._write({"credit": work.id, "key": work.key, "milli": work.milli, "at": time.time()})

    def find(self, number: str) -> Work:
        """Accepted work. Raises Refused (404) when there is none, or when it is to be lost after it was done."""
        work = self.works.get(number)
        if work is None:
            raise Refused(404, "not_found")
        if work.fault is Fault.GONE and time.monotonic() >= work.ready_at:
            raise Refused(404, "not_found")
        return work

    def by_key(self, key: str, engine: str = "fake") -> Work:
        """The work accepted under our key, for models that can be looked up. Raises Refused."""
        number = self._by_key.get((engine, key))
        if number is None or not self.works[number].looked_up:
            raise Refused(404, "not_found")
        return self.find(number)

    def ready(self, work: Work) -> bool:
        """Whether it has come to its end, good or bad."""
        return work.fault is not Fault.ENDLESS and time.monotonic() >= work.ready_at

    def take_back(self, work: Work) -> bool:
        """Stop work that would never end, and give its charge back; any other is as good as done."""
        if work.fault is not Fault.ENDLESS:
            return False
        self._credit(work)
        return True

    def failed(self, work: Work) -> bool:
        """Whether it came to a bad end; what failed is not paid for."""
        if work.fault is not Fault.FAILS:
            return False
        self._credit(work)
        return True

    def leaked(self, engine: str, header: str) -> None:
        """Note that a credential came to where it does not belong."""
        self._write({"leak": header, "engine": engine, "at": time.time()})

    def result(self, work: Work) -> tuple[str, bytes]:
        """The work itself, spoilt as its fault says. Made once."""
        with work.lock:
            if work.made is None:
                work.made = self._spoilt(work)
            return work.made

    def _spoilt(self, work: Work) -> tuple[str, bytes]:
        params = dict(work.params)
        if work.fault is Fault.WRONG_LENGTH:
            params["frames"] = max(1, int(params.get("frames", 24)) // 3)
        params["black"] = work.fault is Fault.BLACK
        mime, data = make(work.kind, params, self.seed + work.number)
        if work.fault is Fault.WRONG_MIME:
            return mime, b"<!doctype html><title>Please sign in</title>"
        if work.fault is Fault.TRUNCATED:
            return mime, data[: len(data) // 2]
        return mime, b"" if work.fault is Fault.EMPTY else data
