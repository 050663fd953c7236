"""Running other programs: set-up commands with a live line and a log, and one-off questions."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Account
from launcher.progress import Bar


def answer(argv: Sequence[str | Path], *, env: Mapping[str, str] | None = None, seconds: float = 20.0) -> str:
    """What a program prints, stripped; empty when it is missing, fails or takes too long."""
    try:
        done = subprocess.run(
            [str(part) for part in argv], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", check=False, timeout=seconds, env=None if env is None else dict(env),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).strip() if done.returncode == 0 else ""


def as_account(account: Account | None) -> dict[str, object]:
    """Popen arguments that drop to an account; `cwd` because it may not be able to stand in ours."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": [], "cwd": "/"}


class SetUp:
    """Runs the set-up's commands: output into one log, a live row on the console, a Failure when one fails."""

    def __init__(self, console: Console, log: Path) -> None:
        self.console = console
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)

    def run(
        self,
        stage: str,
        argv: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        counts: Callable[[str], bool] | None = None,
        total: int = 0,
        next_step: str = "",
    ) -> list[str]:
        """Run one command and return its lines. `counts` says which lines move the bar. Raises Failure."""
        bar, done, lines = Bar(self.console), 0, []
        bar.draw(stage, 0, total)
        command = [str(part) for part in argv]
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            try:
                child = subprocess.Popen(
                    command, cwd=cwd, env=dict(os.environ if env is None else env), stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                )  # fmt: skip
            except OSError as error:
                raise Failure(
                    "launcher.set_up", f"{stage}: {command[0]} does not start: {error}.", next_step=next_step
                ) from error
            with child:
                assert child.stdout is not None
                for line in child.stdout:
                    log.write(line)
                    log.flush()
                    lines.append(line.rstrip())
                    done += 1 if counts and counts(line) else 0
                    bar.draw(stage, min(done, total) if total else done, total, line.strip()[:60])
        if child.returncode != 0:
            bar.abandon()
            what = f"{stage}: {Path(command[0]).name} ended with status {child.returncode}."
            raise Failure("launcher.set_up", what, tail=lines, log=self.log, next_step=next_step)
        bar.close()
        return lines
