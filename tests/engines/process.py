"""The fake engines as their own process. The judge of every test is the charge log that this process writes."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WORK_SECONDS, LATE_SECONDS = 0.15, 0.3


@dataclass(slots=True)
class FakeEngine:
    """The running process: its address and its log."""

    port: int
    log: Path
    since: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fresh(self) -> FakeEngine:
        """The same process with its log from here on."""
        return FakeEngine(self.port, self.log, len(self.log.read_text()))

    def schedule(self, *faults: str) -> None:
        """Faults of the next submits, in order."""
        body = json.dumps({"next": faults}).encode()
        asked = urllib.request.Request(f"{self.url}/_control/faults", data=body, method="POST")
        urllib.request.urlopen(asked, timeout=5).read()

    def callback(self, work: str, secret: str, *, forged: bool = False) -> tuple[dict[str, str], bytes]:
        """The call-back about a work as its vendor would send it."""
        query = f"secret={secret}" + ("&forged=1" if forged else "")
        with urllib.request.urlopen(f"{self.url}/_control/callback/{work}?{query}", timeout=5) as answer:
            found = json.load(answer)
        return dict(found["headers"]), str(found["body"]).encode()

    def rows(self) -> list[dict[str, Any]]:
        """What it wrote since the test began: charges, credits, leaks."""
        return [json.loads(line) for line in self.log.read_text()[self.since :].splitlines()]

    def charged(self) -> list[dict[str, Any]]:
        """Every charge."""
        return [row for row in self.rows() if "charge" in row]

    def charges(self) -> list[str]:
        """The key of every charge."""
        return [row["key"] for row in self.charged()]


@contextmanager
def running(log: Path, work_seconds: float = WORK_SECONDS) -> Iterator[FakeEngine]:
    """The process, stopped at the end."""
    argv = [sys.executable, "-m", "fake_engines", "--log", str(log)]
    argv += ["--work-seconds", str(work_seconds), "--late-seconds", str(LATE_SECONDS)]
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield FakeEngine(int(process.stdout.readline().split()[1]), log)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
