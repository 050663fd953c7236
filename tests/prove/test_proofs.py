"""The small form has every proof; that of worker death turns red without the fence, the quarantine, the intent row."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from prove.small import PARTS

ROOT = Path(__file__).parents[2]
SLOW = [pytest.mark.slow, pytest.mark.timeout(600)]
CLASS_P2 = ("--models", "fake/clip-lookup")


def _prove(name: str, *words: str, target: Path) -> set[str]:
    """The claims that did not hold, from a process of its own on ground of its own."""
    argv = [sys.executable, "-m", "launcher.rows", "prove", name, "--json", str(target), *words]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert target.exists(), done.stderr[-3000:]
    rows: list[dict[str, Any]] = json.loads(target.read_text())
    broken = {row["claim"] for row in rows if not row["holds"]}
    assert done.returncode == int(bool(broken))
    return broken


class TestSmall:
    """`./slate prove small` runs in `.ci/run`."""

    def test_small_form_has_every_proof(self) -> None:
        proofs = {path.stem for path in (ROOT / "prove").glob("*.py") if "def on(" in path.read_text()}
        assert set(PARTS) == proofs
        assert proofs == {"kill", "failpoints", "broker", "pg", "engine", "ledger", "events", "hooks"}

    def test_ci_runs_the_small_form(self) -> None:
        assert "./slate prove small" in (ROOT / ".ci" / "run").read_text()


class TestMutations:
    """One guard less, and the judge notices."""

    pytestmark = SLOW

    def test_proof_turns_red_without_the_fence(self, tmp_path: Path) -> None:
        words = (
            "--worker",
            "tests.prove.mutants.fence",
            "--kills",
            "0",
            "--stops",
            "30",
            "--nap",
            "6",
            "--give-up",
            "240",
        )
        broken = _prove("kill", *words, "--episodes", "2", target=tmp_path / "rows.json")
        assert broken & {"shots kept twice", "jobs that ended twice"}

    def test_proof_turns_red_without_the_quarantine(self, tmp_path: Path) -> None:
        words = (
            "--worker",
            "tests.prove.mutants.quarantine",
            "--kills",
            "0",
            "--stops",
            "0",
            "--give-up",
            "90",
        )
        words_of_engine = (*CLASS_P2, "--faults", "accept_late=0.6", "--late", "8", "--episodes", "1")
        broken = _prove("kill", *words, *words_of_engine, target=tmp_path / "rows.json")
        assert "shots charged more than once" in broken

    def test_proof_turns_red_without_the_intent_row(self, tmp_path: Path) -> None:
        words = ("--worker", "tests.prove.mutants.intent", "--kills", "8", "--stops", "0", "--give-up", "120")
        words_of_engine = (*CLASS_P2, "--faults", "hang=0.7", "--episodes", "1")
        broken = _prove("kill", *words, *words_of_engine, target=tmp_path / "rows.json")
        assert "shots charged more than once" in broken

    def test_proof_of_named_points_turns_red_without_the_intent_row(self, tmp_path: Path) -> None:
        words = ("--worker", "tests.prove.mutants.intent", "--episodes", "1", "--give-up", "60")
        broken = _prove("failpoints", *words, *CLASS_P2, "--faults", "", target=tmp_path / "rows.json")
        assert "shots charged more than once" in broken
