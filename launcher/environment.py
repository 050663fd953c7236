"""The Python environment in `.slate/venv`, made from the pinned requirement files."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

from launcher import tools
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout
from launcher.packages import apt_install, privileged
from launcher.running import SetUp, answer
from launcher.stamps import Stamps, fingerprint

PINS = "constraints.txt"
FILES = {"base": "requirements.txt", "dev": "requirements-dev.txt"}
ENGINES = "requirements-engine.txt"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def ensure(layout: Layout, console: Console, *, dev: bool) -> None:
    """An environment that holds exactly what the requirement files pin. Does nothing when that is stamped.

    Raises Failure with the installer's log.
    """
    set_up = SetUp(console, layout.logs / "setup.log")
    stamps = _make(layout, set_up)
    for kind in ("base", "dev") if dev else ("base",):
        file = layout.root / FILES[kind]
        state = fingerprint(layout.root, [FILES[kind], PINS], extra=platform.python_version())
        if file.exists() and not stamps.fresh(kind, state):
            _install(layout, set_up, file)
            stamps.set(kind, state)


def ensure_engines(layout: Layout, console: Console, *, cpu: bool) -> None:
    """The libraries of self-hosted models beside ours, by pip. `cpu` takes torch without what a GPU needs.

    Does nothing when that is stamped. Raises Failure with the installer's log.
    """
    set_up, stamps = SetUp(console, layout.logs / "setup.log"), Stamps(layout.venv / "slate-stamps.json")
    state = fingerprint(layout.root, [ENGINES, PINS], extra=f"{platform.python_version()} {cpu}")
    if stamps.fresh("engines", state):
        return
    if cpu:
        # the index has torch alone; what it needs beside itself comes from the usual one below
        pin = next(
            line for line in (layout.root / ENGINES).read_text().splitlines() if line.startswith("torch==")
        )
        options = ("--no-input", "--no-deps", "--progress-bar", "off", "--index-url", CPU_INDEX, pin)
        set_up.run("torch for the processor", [layout.python, "-m", "pip", "install", *options])
    _with_pip(layout, set_up, layout.root / ENGINES)
    stamps.set("engines", state)


def requirements_state(layout: Layout) -> str:
    """A hash that changes with the installed packages."""
    return fingerprint(layout.root, [FILES["base"], PINS], extra=platform.python_version())


def _make(layout: Layout, set_up: SetUp) -> Stamps:
    stamp_file = layout.venv / "slate-stamps.json"
    works = answer([layout.python, "-c", "import pip, sys; print(sys.prefix)"]) == str(layout.venv)
    if works:
        return Stamps(stamp_file)
    # A moved checkout or a removed Python leaves an environment that cannot be repaired.
    shutil.rmtree(layout.venv, ignore_errors=True)
    if _made_by_uv(layout, set_up):
        return Stamps(stamp_file)
    if not answer([sys.executable, "-c", "import ensurepip, venv; print('ok')"]):
        _install_venv_module(set_up)
    set_up.run("Python environment", [sys.executable, "-m", "venv", layout.venv])
    return Stamps(stamp_file)


def _made_by_uv(layout: Layout, set_up: SetUp) -> bool:
    uv = tools.uv(layout)
    if uv is None:
        return False
    argv = (uv.path, "venv", "--seed", "--quiet", "--python", sys.executable, layout.venv)
    try:
        set_up.run("Python environment (uv)", argv)
    except Failure:
        # uv does not read pip's configuration; behind a mirror it may not reach the seed packages.
        shutil.rmtree(layout.venv, ignore_errors=True)
        return False
    return True


def _install_venv_module(set_up: SetUp) -> None:
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    before = privileged()
    if before is None or shutil.which("apt-get") is None:
        raise Failure(
            "launcher.no_venv",
            "This Python comes without the module venv.",
            next_step=f"sudo apt-get install {name}",
        )
    apt_install([name], set_up, before)


def _install(layout: Layout, set_up: SetUp, file: Path) -> None:
    if uv := tools.uv(layout):
        argv = [uv.path, "pip", "install", "--python", layout.python, "-r", file, *_pins(layout)]
        try:
            set_up.run("Python packages", argv)
            return
        except Failure:
            # uv does not read pip's configuration; pip may still reach the packages.
            set_up.console.say("  uv could not install the packages; trying pip.")
    _with_pip(layout, set_up, file)


def _pins(layout: Layout) -> list[str | Path]:
    return ["-c", layout.root / PINS] if (layout.root / PINS).exists() else []


def _with_pip(layout: Layout, set_up: SetUp, file: Path) -> None:
    total = sum(1 for line in file.read_text().splitlines() if line and line[0].isalnum())
    options = ("--no-input", "--prefer-binary", "--progress-bar", "off", "-r", file, *_pins(layout))
    set_up.run(
        f"Python packages ({file.name})",
        [layout.python, "-m", "pip", "install", *options],
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        counts=_is_direct,
        total=total,
        next_step="Check the network, then run the same command again; what is installed stays.",
    )


def _is_direct(line: str) -> bool:
    """Whether this line of pip's speaks of a package our file names (others say "a->b")."""
    return (
        line.startswith(("Collecting ", "Requirement already satisfied: "))
        and "==" in line
        and "->" not in line
    )
