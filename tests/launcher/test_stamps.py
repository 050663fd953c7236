"""Nothing unchanged is done twice; a changed source is seen."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from launcher.failures import Failure
from launcher.keys import keys_in
from launcher.stamps import Stamps, fingerprint


def test_fingerprint_sees_content_and_names_and_skips_what_is_built(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.py").write_text("1")
    first = fingerprint(tmp_path, ["**/*.py"])
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "y.py").write_text("1")
    assert fingerprint(tmp_path, ["**/*.py"]) == first
    (tmp_path / "a" / "x.py").rename(tmp_path / "a" / "z.py")
    renamed = fingerprint(tmp_path, ["**/*.py"])
    (tmp_path / "a" / "z.py").write_text("2")
    assert (
        len(
            {
                first,
                renamed,
                fingerprint(tmp_path, ["**/*.py"]),
                fingerprint(tmp_path, ["**/*.py"], extra="n"),
            }
        )
        == 4
    )


def test_stamps_survive_a_restart_and_a_broken_file_is_empty(tmp_path: Path) -> None:
    Stamps(tmp_path / "deep" / "s.json").set("migrate", "abc")
    assert Stamps(tmp_path / "deep" / "s.json").fresh("migrate", "abc")
    (tmp_path / "deep" / "s.json").write_text("{broken")
    assert not Stamps(tmp_path / "deep" / "s.json").fresh("migrate", "abc")


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    first = keys_in(tmp_path)
    assert keys_in(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_broken_keys_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(Failure, match=r"cannot be read"):
        keys_in(tmp_path)
    assert (tmp_path / "keys.json").read_text() == "{}"
