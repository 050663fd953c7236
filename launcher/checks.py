"""The checks of `.ci/run` that need our environment or look at files: set-up, types, front end, locks."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from launcher import frontend, preparing, stack
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout

PINNED_FILES = ("requirements.txt", "requirements-dev.txt", "requirements-engine.txt", "constraints.txt")
NPM_LOCKS = "*/package-lock.json"
HOST = re.compile(r"https?://|\bfile:|--(?:extra-)?index-url|--find-links", re.IGNORECASE)
PIN = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[^\s;]+( ?;.*)?")


def run(layout: Layout, console: Console, told: argparse.Namespace) -> int:
    """`./slate check prepare|types|frontend|locks`. Raises Failure when the check does not hold."""
    {"prepare": _prepare, "types": _types, "frontend": _front_end, "locks": _locks}[told.what](
        layout, console
    )
    return 0


def _prepare(layout: Layout, console: Console) -> None:
    preparing.set_up(layout, console, tests=True)


def _types(layout: Layout, console: Console) -> None:
    preparing.set_up(layout, console, tests=True)
    # The Django plugin imports the settings, which read the environment but open no connection.
    env = stack.environment(layout, stack.FIRST_PORT)
    status = preparing.pass_through(layout, stack.FIRST_PORT, [str(layout.python), "-m", "mypy", "."], env)
    if status != 0:
        raise Failure("launcher.types", "mypy found errors.", next_step="They are listed above.")


def _front_end(layout: Layout, console: Console) -> None:
    if not (layout.root / "frontend" / "package.json").exists():
        raise Failure("launcher.no_front_end", "There is no frontend/package.json.")
    frontend.packages(layout, console)
    for stage, words in (("Front-end checks", ("run", "check")), ("Front-end tests", ("test",))):
        for line in frontend.npm(layout, console, stage, *words)[-3:]:
            console.say(f"  {line}")


def _locks(layout: Layout, console: Console) -> None:
    if faults := lock_faults(layout.root):
        raise Failure("launcher.locks", f"{len(faults)} faults in lock files.", tail=faults)
    console.say("  Lock files name exact versions and no host.")


def lock_faults(root: Path) -> list[str]:
    """Lines of lock files that name a host, a download address or an inexact version."""
    faults = []
    for name in PINNED_FILES:
        for number, line in enumerate((root / name).read_text().splitlines(), 1):
            text = line.split("#")[0].strip()
            if text and (HOST.search(text) or not PIN.fullmatch(text)):
                faults.append(f"{name}:{number}: {line}")
    for path in sorted(root.glob(NPM_LOCKS)):
        packages = json.loads(path.read_text()).get("packages", {})
        faults += [
            f"{path.relative_to(root)}: {name or 'the project'} names where it is fetched from"
            for name, entry in packages.items()
            if "resolved" in entry or "://" in str(entry.get("version", ""))
        ]
    return faults
