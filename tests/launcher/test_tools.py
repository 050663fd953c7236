"""Finding what the machine has, and refusing what only looks like it."""

from __future__ import annotations

import dataclasses
import os
import stat
from pathlib import Path

import pytest

from launcher import packages, tools
from launcher.layout import Account, Layout


def program(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def test_a_lone_postgres_on_the_path_is_not_a_cluster(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "postgres", "postgres (PostgreSQL) 15.3")
    assert not tools.is_complete(tmp_path / "bin")
    for name in ("initdb", "pg_ctl", "psql"):
        program(tmp_path / "bin" / name, "x")
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "postgres.bki").touch()
    assert tools.is_complete(tmp_path / "bin")
    program(tmp_path / "bin" / "postgres", "postgres (PostgreSQL) 11.3")
    assert not tools.is_complete(tmp_path / "bin")


def test_the_machines_postgres_is_found_complete(checkout: Layout) -> None:
    found = tools.postgres(checkout)
    assert found is not None
    assert (Path(found.path) / "initdb").exists()


def test_an_old_node_is_passed_over(
    checkout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin" / "node", "v18.20.1")
    program(tmp_path / "bin" / "npm", "10.0.0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = tools.node(checkout)
    assert found is None or found.carried
    program(tmp_path / "bin" / "node", "v20.19.0")
    assert tools.node(checkout) == tools.Found(str(tmp_path / "bin" / "node"))


def test_a_chromium_that_only_asks_for_a_snap_is_passed_over(
    checkout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin" / "chromium", "please: snap install chromium")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tools.chromium(checkout) is None


def test_what_cannot_be_installed_is_named_with_its_command() -> None:
    wanted = [need for need in packages.NEEDS if need.name in {"Postgres", "Redis"}]
    assert packages.by_hand(wanted).endswith("install postgresql redis-server")


def test_only_what_has_a_fallback_is_optional() -> None:
    assert [need.name for need in packages.NEEDS if need.required] == [
        "Postgres",
        "Redis",
        "ffmpeg",
        "espeak-ng",
        "Node",
    ]
    assert all(need.wheel for need in packages.NEEDS if need.required)


def test_carried_programs_are_copied_out_of_a_private_home(checkout: Layout, tmp_path: Path) -> None:
    private = tmp_path / "home"
    program(private / "tree" / "bin" / "postgres", "x")
    private.chmod(0o700)
    layout = dataclasses.replace(checkout, account=Account("nobody", 65534, 65534))
    found = packages.reachable(private / "tree" / "bin", layout, private / "tree")
    assert found == layout.data / "programs" / "tree" / "bin"
    assert os.access(found / "postgres", os.X_OK)
    assert stat.S_IMODE((layout.data / "programs").stat().st_mode) == 0o755
    assert (
        packages.reachable(private / "tree" / "bin", dataclasses.replace(layout, account=None), private)
        == private / "tree" / "bin"
    )


def test_fonts_count_only_when_they_reach_every_script(
    checkout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    program(tmp_path / "bin" / "fc-list", "/usr/share/fonts/all.ttf")
    assert tools.fonts(checkout) == tools.Found("/usr/share/fonts/all.ttf")
    lister = tmp_path / "bin" / "fc-list"
    lister.write_text('#!/bin/sh\ncase "$1" in *=ja) ;; *) echo /usr/share/fonts/latin.ttf ;; esac\n')
    assert tools.fonts(checkout) is None
