"""Folders, modes and the length of socket paths."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from launcher.failures import Failure
from launcher.layout import LONGEST_SOCKET, Layout, layout_of, prepare


def test_layout_keeps_data_beside_the_checkout_for_a_user_and_outside_for_root(tmp_path: Path) -> None:
    assert layout_of(tmp_path, uid=1000).data == tmp_path / ".slate" / "data"
    as_root = layout_of(tmp_path, uid=0)
    assert as_root.data.parent == Path("/var/lib")
    assert as_root.account is not None
    assert as_root.account.uid != 0


def test_layout_differs_for_two_checkouts(tmp_path: Path) -> None:
    one, two = layout_of(tmp_path / "a"), layout_of(tmp_path / "b")
    assert one.sockets != two.sockets
    assert layout_of(tmp_path / "x" / ".." / "a") == one


def test_sockets_stay_short_when_the_temporary_folder_is_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    found = layout_of(tmp_path).sockets
    assert len(os.fsencode(found / LONGEST_SOCKET)) <= 103


def test_prepare_makes_private_folders_and_may_run_twice(checkout: Layout) -> None:
    prepare(checkout)
    assert {oct(p.stat().st_mode & 0o777) for p in (checkout.sockets, checkout.cluster, checkout.queue)} == {
        "0o700"
    }
    assert not checkout.data.stat().st_mode & 0o066
    owner = checkout.account.uid if checkout.account else os.geteuid()
    assert checkout.sockets.stat().st_uid == owner


def test_prepare_refuses_a_socket_folder_that_is_a_link(checkout: Layout, tmp_path: Path) -> None:
    checkout.sockets.rmdir()
    checkout.sockets.symlink_to(tmp_path)
    with pytest.raises(Failure) as caught:
        prepare(checkout)
    assert caught.value.code == "launcher.foreign_folder"
    checkout.sockets.unlink()
