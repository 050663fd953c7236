"""Memory of all our processes: the sum of their proportional set sizes, so that shared pages count once."""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")
KIB_PER_MIB = 1024


def family(pid: int) -> list[int]:
    """A process and all its descendants. Linux only; just the process elsewhere."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in PROC.glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children[int(fields[1])].append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children[one]
    return found


def pss_mib(pids: list[int]) -> float:
    """Summed PSS of these processes in MiB; those that have ended count nothing."""
    total = 0
    for pid in pids:
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total / KIB_PER_MIB


class PeakMemory:
    """Samples once a second in a thread. `peak_mib` is None where the system does not tell (not Linux)."""

    def __init__(self, pids: Callable[[], list[int]], every: float = 1.0) -> None:
        self._pids = pids
        self._every = every
        self._stop = threading.Event()
        self._peak = 0.0
        self._thread = threading.Thread(target=self._sample, name="memory", daemon=True)
        self.supported = sys.platform.startswith("linux")

    def __enter__(self) -> PeakMemory:
        """Start sampling."""
        if self.supported:
            self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop sampling."""
        self._stop.set()
        if self.supported:
            self._thread.join(5.0)

    @property
    def peak_mib(self) -> float | None:
        """The highest sum seen, in MiB."""
        return round(self._peak, 1) if self.supported else None

    def _sample(self) -> None:
        while True:
            self._peak = max(self._peak, pss_mib(self._pids()))
            if self._stop.wait(self._every):
                return
