"""What the operator sees: steps, bars, prefixed log lines and failures, with secrets struck out."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Mapping
from typing import TextIO

from launcher.failures import Failure

COLOURS = {"postgres": 34, "redis": 31, "web": 32, "worker": 36, "sweeper": 35, "signer": 33}
SECRET_NAME = re.compile(r"(SECRET|TOKEN|PASSWORD|PASSPHRASE|_KEY|KEK)", re.IGNORECASE)
PASSWORD_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):([^/\s@]+)@")
SHORTEST_SECRET = 8
PLAIN_EVERY = 10.0


class Redactor:
    """Strikes out the values of secret variables and passwords in addresses."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        found = {
            v
            for k, v in environment.items()
            if SECRET_NAME.search(k) and len(v) >= SHORTEST_SECRET and not v.startswith("/")
        }
        self._values = sorted(found, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for value in self._values:
            text = text.replace(value, "[secret]")
        return PASSWORD_IN_URL.sub(r"\1:[secret]@", text)


class Console:
    """Writes whole lines from any thread, and at most one live line at the bottom of a terminal."""

    def __init__(self, out: TextIO | None = None, *, verbose: bool = False) -> None:
        self.out = out or sys.stdout
        self.verbose = verbose
        self.live = self.out.isatty() and os.environ.get("TERM") != "dumb" and "CI" not in os.environ
        self.colour = self.live and "NO_COLOR" not in os.environ
        self._lock = threading.RLock()
        self._bottom = ""
        self._plain_at = 0.0
        self._plain_stage = ""

    def say(self, text: str = "") -> None:
        """One or more finished lines."""
        with self._lock:
            self._wipe()
            self._write(text + "\n" + self._bottom)

    def log(self, name: str, text: str) -> None:
        """A line of a process, with its name in front. Silent unless verbose."""
        if not self.verbose:
            return
        prefix = f"{name:<9}"
        self.say(
            f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m {text}" if self.colour else f"{prefix} {text}"
        )

    def bottom(self, stage: str, text: str) -> None:
        """Replace the live line; without a terminal a plain line for each new stage and every ten seconds."""
        with self._lock:
            if self.live:
                self._wipe()
                self._bottom = text[: self._width() - 1]
                self._write(self._bottom)
                return
            now = time.monotonic()
            if stage != self._plain_stage or now - self._plain_at >= PLAIN_EVERY:
                self._plain_stage, self._plain_at = stage, now
                self._write(text.rstrip() + "\n")

    def settle(self) -> None:
        """Take the live line away."""
        with self._lock:
            self._wipe()
            self._bottom, self._plain_stage = "", ""
            self._write("")

    def failure(self, failure: Failure) -> None:
        """What failed, the log's tail, the next step."""
        self.settle()
        lines = [f"Failed: {failure.what}  [{failure.code}]"]
        if failure.tail:
            lines.append("The log ends with:")
            lines += [f"  | {line}" for line in failure.tail]
        if failure.log:
            lines.append(f"Whole log: {failure.log}")
        if failure.next_step:
            lines.append(f"Next step: {failure.next_step}")
        self.say("\n".join(lines))

    def _wipe(self) -> None:
        if self._bottom:
            self._write("\r\033[K")

    def _write(self, text: str) -> None:
        try:
            self.out.write(text)
            self.out.flush()
        except BrokenPipeError:
            # The reader has gone (`./slate up | head`); the services go on.
            self._bottom = ""

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self.out.fileno()).columns
        except OSError:
            return 100
