"""The ground of a proof: a studio of its own, a priced fake engine in its own process, the books from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billing import services as billing
from engines import services as engines
from tenancy.models import Studio, User
from tenancy.scope import studio_scope
from tenancy.services import found_studio as found

ROOT = Path(__file__).resolve().parent.parent
Row = dict[str, Any]


def row(claim: str, value: Any, unit: str, goal: str, holds: bool) -> Row:
    """One line of a proof's result."""
    return {"claim": claim, "value": value, "unit": unit, "goal": goal, "holds": bool(holds)}


@dataclass(slots=True)
class Engine:
    """The fake engine of a proof."""

    url: str
    log: Path
    process: subprocess.Popen[str]

    def schedule(self, faults: Sequence[str]) -> None:
        """Faults of the next submits, in order; an empty name is none."""
        body = json.dumps({"next": list(faults)}).encode()
        asked = urllib.request.Request(f"{self.url}/_control/faults", data=body, method="POST")
        urllib.request.urlopen(asked, timeout=10).read()

    def charges(self) -> Counter[str]:
        """Charges by attempt key, from the engine's own log."""
        return Counter(entry["key"] for entry in self._entries() if "charge" in entry)

    def works(self) -> Counter[str]:
        """Charges by the engine's own number of the work."""
        return Counter(entry["charge"] for entry in self._entries() if "charge" in entry)

    def standing(self) -> Counter[str]:
        """Charges by attempt key, without those it took back because the work failed."""
        back = {entry["credit"] for entry in self._entries() if "credit" in entry}
        return Counter(e["key"] for e in self._entries() if "charge" in e and e["charge"] not in back)

    def charged_milli(self) -> int:
        """What it kept, credits taken off."""
        told = [entry for entry in self._entries() if "milli" in entry]
        return sum(entry["milli"] if "charge" in entry else -entry["milli"] for entry in told)

    def _entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


@contextmanager
def fake_engine(
    seed: int,
    *,
    faults: str = "",
    work_seconds: float = 0.3,
    late_seconds: float = 1.0,
    program: str = "fake_engines",
) -> Iterator[Engine]:
    """A fake engine on a free port, stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="slate-prove-") as folder:
        log = Path(folder) / "charges.jsonl"
        argv = [
            sys.executable,
            "-m",
            program,
            "--log",
            str(log),
            "--seed",
            str(seed),
            "--faults",
            faults,
        ]
        argv += ["--work-seconds", str(work_seconds), "--late-seconds", str(late_seconds)]
        process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            port = process.stdout.readline().split()[1]
            yield Engine(f"http://127.0.0.1:{port}", log, process)
        finally:
            process.terminate()
            process.wait(timeout=10)


def found_studio(engine: Engine | None = None, *, credits_milli: int = 0) -> Studio:
    """A fresh studio on the tier `studio`, connected to the engine, with extra credits when asked."""
    mark = uuid.uuid4().hex[:10]
    founder = User.objects.create_user(f"proof-{mark}@slate.invalid", None, name="Proof")
    studio = found(name=f"Proof {mark}", founder=founder, slug=f"proof-{mark}")
    with studio_scope(studio, actor=founder):
        billing.subscribe(tier="studio", actor=founder)
        if credits_milli:
            billing.grant(milli=credits_milli, key="proof", reason="proof", actor=None)
        if engine is not None:
            engines.connect(engine="fake", base_url=engine.url, token="", actor=founder)
    return studio
