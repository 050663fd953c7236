"""From a fresh checkout to one that can start: environment, programs, front end, roles, tables, first rows."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from launcher import environment, frontend, layout, packages, services, stack
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout
from launcher.running import SetUp
from launcher.stamps import fingerprint
from launcher.state import set_up_lock

APPS = (
    "tenancy", "workflow", "billing", "vault", "studio", "pipelines", "engines", "talent", "scenes", "episodes",
    "edit_suite", "features", "distribution", "config",
)  # fmt: skip
MIGRATIONS = tuple(f"{app}/migrations/*.py" for app in APPS)
FIRST_ROWS = tuple(f"{app}/**/*.{kind}" for app in APPS for kind in ("py", "json"))
# Written by the command `bootstrap`, readable by this user alone.
SIGN_IN_FILE = "first-sign-in.txt"
STATIC = ("static/**/*",)


def set_up(found: Layout, console: Console, *, tests: bool = False) -> None:
    """Environment, programs and front end; only what changed. Raises Failure."""
    layout.prepare(found)
    with set_up_lock(found, lambda: console.say("Another ./slate sets this checkout up; waiting for it.")):
        _roll_log(found)
        environment.ensure(found, console, dev=tests)
        packages.install(found, console, tests=tests)
        frontend.ensure(found, console)


def _roll_log(found: Layout) -> None:
    log = found.logs / "setup.log"
    if log.exists() and log.stat().st_size > 5_000_000:
        log.replace(log.with_suffix(".log.1"))


def furnish(found: Layout, console: Console, port: int) -> None:
    """Roles, tables, static files, first rows, each only when its sources changed. Postgres must answer."""
    stamps = stack.stamps_of(found)
    services.make_roles(found, stamps)
    if not (found.root / "manage.py").exists():
        return
    set_up = SetUp(console, found.logs / "setup.log")
    packages_state = environment.requirements_state(found)
    steps = (
        (
            "Database tables",
            "migrate",
            fingerprint(found.root, MIGRATIONS, extra=packages_state),
            ("--database", "owner", "--no-input"),
        ),
        (
            "Static files",
            "collectstatic",
            _static_state(found, packages_state),
            ("--no-input", "--verbosity", "0"),
        ),
        ("First studio", "bootstrap", fingerprint(found.root, FIRST_ROWS, extra=packages_state), ()),
    )
    for stage, command, state, arguments in steps:
        if not stamps.fresh(command, state) and has_command(found, command):
            manage(found, set_up, port, stage, command, *arguments)
            stamps.set(command, state)


def _static_state(found: Layout, packages_state: str) -> str:
    built = found.root / "static" / "dist" / ".vite" / "slate-stamps.json"
    extra = built.read_text() if built.exists() else ""
    return fingerprint(found.root, STATIC, extra=packages_state + extra)


def has_command(found: Layout, name: str) -> bool:
    """Whether Django itself or one of our apps offers this management command."""
    if name in {"migrate", "collectstatic"}:
        return True
    return any(found.root.glob(f"*/management/commands/{name}.py"))


def manage(found: Layout, set_up: SetUp, port: int, stage: str, *arguments: str) -> None:
    """Run `manage.py` as a step of the set-up. Raises Failure."""
    env = stack.environment(found, port)
    set_up.run(stage, [found.python, "manage.py", *arguments], cwd=found.root, env=env)


def welcome(found: Layout) -> list[str]:
    """How to sign in: the first founder's password is in a file, never on the screen."""
    path = found.data / SIGN_IN_FILE
    return [f"Sign in  the address and the first password are in {path}"] if path.exists() else []


def pass_through(found: Layout, port: int, argv: Sequence[str], extra: dict[str, str] | None = None) -> int:
    """Run one of our commands on the operator's own terminal; returns its exit status.

    Ctrl-C reaches it directly (same terminal); the launcher waits for it to end by itself.
    """
    env = {**stack.environment(found, port), **(extra or {})}
    child = subprocess.Popen(list(argv), cwd=found.root, env=env)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def since(started: float) -> str:
    """Seconds since a monotonic time, for people."""
    return f"{time.monotonic() - started:.1f} s"


def missing_path(path: Path) -> Failure:
    """A file the operator named that is not there."""
    return Failure("launcher.no_file", f"There is no file {path}.", next_step="Check the path.")
