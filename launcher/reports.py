"""Commands that report by JSON lines: their progress as bars, their last line as the result."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launcher.console import Console, Redactor
from launcher.failures import Failure, tail_of
from launcher.progress import Bar


@dataclass
class Outcome:
    """What the command said at the end, and its exit status."""

    status: int
    result: dict[str, Any] = field(default_factory=dict)


def follow(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    console: Console,
    log: Path,
    stopping: threading.Event,
) -> Outcome:
    """Run a command, draw its `{"stage","done","total","note"}` lines and return its `{"result": …}`.

    Other lines are shown as they are. When `stopping` is set the command is asked to end. Raises Failure when
    it does not start.
    """
    redact, bar, outcome = Redactor(env), Bar(console), Outcome(1)
    with log.open("ab") as errors:
        try:
            child = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise Failure("launcher.start", f"{argv[0]} does not start: {error}.") from error
        watcher = threading.Thread(target=_end_when, args=(child, stopping), daemon=True)
        watcher.start()
        with child:
            assert child.stdout is not None
            for raw in child.stdout:
                _take(redact(raw.decode("utf-8", "replace").rstrip()), bar, console, outcome)
    outcome.status = child.returncode
    if child.returncode == 0:
        bar.close()
    else:
        bar.abandon()
    return outcome


def _end_when(child: subprocess.Popen[bytes], stopping: threading.Event) -> None:
    while child.poll() is None:
        if stopping.wait(0.2):
            child.terminate()
            return


def _take(line: str, bar: Bar, console: Console, outcome: Outcome) -> None:
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        if line:
            console.say(line)
    elif isinstance(told.get("result"), dict):
        outcome.result = told["result"]
    elif "stage" in told:
        bar.draw(
            str(told["stage"]),
            _number(told.get("done")),
            _number(told.get("total")),
            str(told.get("note") or ""),
        )


def _number(raw: object) -> float:
    return float(raw) if isinstance(raw, int | float) else 0.0


def refused(name: str, outcome: Outcome, log: Path) -> Failure:
    """The failure of a command that ended badly."""
    return Failure(
        "launcher.command",
        f"{name} ended with status {outcome.status}.",
        tail=tail_of(log),
        log=log,
        next_step="./slate logs worker",
    )
