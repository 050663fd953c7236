"""The libraries of self-hosted models: asked for by name, installed by pip, once."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from launcher import cli, doctor, environment, extras
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout
from tests.launcher.test_tools import program


@pytest.fixture
def own(checkout: Layout) -> Layout:
    """The checkout with an environment folder of its own; its interpreter is ours."""
    checkout.venv.unlink()
    interpreter(checkout, f'exec {sys.executable} "$@"')
    wanted(checkout, f"pluggy=={version('pluggy')}")
    return checkout


def interpreter(layout: Layout, does: str) -> None:
    program(layout.python, "")
    layout.python.write_text(f"#!/bin/sh\n{does}\n")


def wanted(layout: Layout, *lines: str) -> None:
    (layout.root / environment.ENGINES).write_text("\n".join(lines) + "\n")


def test_they_are_installed_once_and_again_when_the_file_changes(own: Layout, console: Console) -> None:
    environment.ensure_engines(own, console, cpu=False)
    interpreter(own, "exit 1")
    environment.ensure_engines(own, console, cpu=False)
    wanted(own, "pluggy==0.0.1")
    with pytest.raises(Failure, match=environment.ENGINES):
        environment.ensure_engines(own, console, cpu=False)


def test_without_a_gpu_torch_comes_first_and_from_its_own_index(
    own: Layout, console: Console, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    interpreter(own, f'echo "$@" >> {heard}')
    wanted(own, "# torch", "torch==2.13.0", "peft==0.21.2")
    environment.ensure_engines(own, console, cpu=True)
    first, second = heard.read_text().splitlines()
    assert f"--index-url {environment.CPU_INDEX} torch==2.13.0" in first and "--no-deps" in first
    assert "--index-url" not in second and f"-r {own.root / environment.ENGINES}" in second


def test_nothing_else_asks_for_them(own: Layout) -> None:
    told = cli.parse(["engines", "install", "--cpu"])
    assert (told.run, told.what, told.cpu) == (extras.engines, "install", True)
    row = next(row for row in doctor.examine(own) if row.name == "own models")
    assert (row.state == "note" and "./slate engines install" in row.next_step) or row.version
    assert environment.ENGINES not in environment.FILES.values()
