"""A segment made on one machine is fetched on another, through the vault's storage; damage is a miss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from craft.render.cache import SegmentCache
from vault.segments import VaultShelf, segment_shelf

NAME = "a" * 64


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    """The vault on S3."""
    options = {"bucket_name": "vault", "access_key": "x", "secret_key": "y", "region_name": "us-east-1"}
    s3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="vault")
        settings.STORAGES = {**settings.STORAGES, "vault": s3}
        yield client


def made(folder: Path, content: bytes = b"pixels" * 100) -> Path:
    path = folder / "made.mp4"
    path.write_bytes(content)
    return path


def test_another_machine_finds_what_this_one_made(bucket: Any, tmp_path: Path) -> None:
    studio = uuid4()
    here = SegmentCache(tmp_path / "here", shelf=VaultShelf(studio))
    there = SegmentCache(tmp_path / "there", shelf=VaultShelf(studio))
    stranger = SegmentCache(tmp_path / "stranger", shelf=VaultShelf(uuid4()))
    assert here.store(NAME, ".mp4", made(tmp_path), {"frames": 7})
    out = tmp_path / "out.mp4"
    assert there.fetch(NAME, ".mp4", out) == {"frames": 7}
    assert out.read_bytes() == b"pixels" * 100
    assert stranger.fetch(NAME, ".mp4", tmp_path / "x.mp4") is None
    assert there.fetch("b" * 64, ".mp4", tmp_path / "x.mp4") is None


def test_a_damaged_copy_is_a_miss(bucket: Any, tmp_path: Path) -> None:
    studio = uuid4()
    SegmentCache(tmp_path / "here", shelf=VaultShelf(studio)).store(NAME, ".mp4", made(tmp_path), {})
    bucket.put_object(Bucket="vault", Key=f"segments/{studio}/{NAME}.mp4", Body=b"pixelz" * 100)
    there = SegmentCache(tmp_path / "there", shelf=VaultShelf(studio))
    assert there.fetch(NAME, ".mp4", tmp_path / "x.mp4") is None
    assert not list((tmp_path / "there").rglob("*.mp4"))


def test_large_things_that_are_cheap_to_make_stay_here(bucket: Any, tmp_path: Path) -> None:
    shelf = VaultShelf(uuid4())
    SegmentCache(tmp_path / "here", shelf=shelf).store(NAME, ".wav", made(tmp_path), {}, hashed=False)
    assert bucket.list_objects_v2(Bucket="vault")["KeyCount"] == 0


def test_the_oldest_go_first_when_the_shelf_is_full(bucket: Any, tmp_path: Path) -> None:
    shelf = VaultShelf(uuid4())
    for name in "abc":
        shelf.keep(name, made(tmp_path, name.encode() * 1000))
    assert shelf.prune(2000) == 1
    assert shelf.prune(2000) == 0
    assert bucket.list_objects_v2(Bucket="vault")["KeyCount"] == 2


def test_a_storage_that_is_gone_costs_a_rendering_and_nothing_else(bucket: Any, tmp_path: Path) -> None:
    bucket.delete_bucket(Bucket="vault")
    cache = SegmentCache(tmp_path / "here", shelf=VaultShelf(uuid4()))
    assert cache.fetch(NAME, ".mp4", tmp_path / "x.mp4") is None
    assert cache.store(NAME, ".mp4", made(tmp_path), {"frames": 1})
    assert cache.fetch(NAME, ".mp4", tmp_path / "x.mp4") == {"frames": 1}
    assert cache.prune() == 0


def test_a_vault_on_this_machine_needs_no_shelf(settings: Any, bucket: Any) -> None:
    assert segment_shelf(uuid4()) is not None
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "/tmp/x"}}
    settings.STORAGES = {**settings.STORAGES, "vault": local}
    assert segment_shelf(uuid4()) is None
