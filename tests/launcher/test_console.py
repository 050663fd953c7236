"""What is shown: no secrets, no half lines, every failure with its next step."""

from __future__ import annotations

from pathlib import Path

from launcher.console import Console, Redactor
from launcher.failures import Failure, tail_of
from launcher.progress import Bar, estimate
from tests.launcher.conftest import text_of


def test_redactor_strikes_out_secrets_and_passwords_in_addresses() -> None:
    redact = Redactor(
        {"SECRET_KEY": "abcdefghij", "SLATE_KEK": "kkkkkkkkkkkk", "HOME": "/home/ada", "MY_TOKEN": "short"}
    )
    told = redact("abcdefghij kkkkkkkkkkkk at /home/ada with postgres://ada:hunter2@db/x and short")
    assert told == "[secret] [secret] at /home/ada with postgres://ada:[secret]@db/x and short"


def test_redactor_strikes_out_the_longer_of_two_overlapping_secrets() -> None:
    redact = Redactor({"A_KEY": "abcdefgh", "B_KEY": "abcdefghijkl"})
    assert redact("abcdefghijkl") == "[secret]"


def test_failure_shows_tail_log_and_next_step(console: Console, tmp_path: Path) -> None:
    console.failure(
        Failure("launcher.x", "It broke.", next_step="Mend it.", tail=["a", "b"], log=tmp_path / "x.log")
    )
    told = text_of(console)
    assert told.index("It broke.") < told.index("  | b") < told.index("x.log") < told.index("Mend it.")


def test_tail_reads_the_last_lines_of_a_big_log(tmp_path: Path) -> None:
    log = tmp_path / "big.log"
    log.write_text("".join(f"line {n}\n" for n in range(50_000)))
    assert tail_of(log, 2) == ["line 49998", "line 49999"]
    assert tail_of(tmp_path / "none.log") == []


def test_estimate_waits_for_evidence_and_then_scales() -> None:
    assert estimate(0, 100, 5) is None
    assert estimate(1, 100, 5) is None
    assert estimate(25, 100, 10) == 30


def test_bar_without_a_terminal_writes_each_stage_once(console: Console) -> None:
    times = iter([0.0, 0.0, 0.0, 1.0, 2.0, 65.0, 65.0, 65.0, 65.0, 66.0])
    bar = Bar(console, now=lambda: next(times))
    bar.draw("Keyframes", 0, 4)
    bar.draw("Keyframes", 2, 4)
    bar.draw("Clips", 1, 4)
    lines = text_of(console).splitlines()
    assert [line.split()[0] for line in lines] == ["Keyframes", "Keyframes", "Clips"]
    assert "done in" in lines[1]
