"""Bytes into the vault and out again: once per content, signed or not at all, damaged never silently."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from django.http import StreamingHttpResponse
from django.test import AsyncRequestFactory
from django.utils import timezone
from moto import mock_aws

from tenancy.scope import studio_scope
from tests.vault.conftest import RunningSigner, stop
from vault import delivery, services, storage
from vault.claims import ShotClaim
from vault.errors import BlobDamaged, BlobMissing, NothingToStore, SignerDown
from vault.models import Asset, Blob, Lineage
from vault.provenance import verify_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
CLAIM = ShotClaim("Previs", "renderer", "1.0", "ab" * 32)


def text(
    folder: Path, content: str = "1\n00:00:00,000 --> 00:00:01,000\nAhoy\n", name: str = "a.srt"
) -> Path:
    path = folder / name
    path.write_text(content)
    return path


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def store(path: Path, **more: Any) -> Asset:
    given = {"kind": "caption", "title": "English", "mime": "application/x-subrip", **more}
    return services.store(path, **given)


def test_the_same_bytes_are_kept_once(scope: Any, vault_ground: Path, tmp_path: Path) -> None:
    first, second = store(text(tmp_path)), store(text(tmp_path, name="b.srt"), title="Copy")
    assert first.pk != second.pk and first.blob_id == second.blob_id
    assert Blob.objects.count() == 1
    assert [path.name for path in files(vault_ground)] == [first.sha256]


def test_two_studios_do_not_share_bytes(
    studio: Any, other_studio: Any, vault_ground: Path, tmp_path: Path
) -> None:
    for owner in (studio, other_studio):
        with studio_scope(owner):
            store(text(tmp_path))
            assert Blob.objects.count() == 1
    assert len(files(vault_ground)) == 2


def test_a_shot_is_signed_with_its_signed_parents_as_ingredients(
    scope: Any, media: dict[str, Path], signer: RunningSigner
) -> None:
    frame = store(media["frame.png"], kind="keyframe", title="Keyframe S01", mime="image/png", sign=CLAIM)
    clip = store(
        media["clip.mp4"],
        kind="clip",
        title="Clip S01",
        mime="video/mp4",
        sign=CLAIM,
        parents=[(frame, "keyframe")],
    )
    with services.local_path(clip) as path:
        report = verify_file(path)
    assert report.trusted and [item.title for item in report.ingredients] == ["Keyframe S01"]
    assert clip.provenance["state"] == "trusted"
    assert [(row.parent_id, row.role) for row in Lineage.objects.filter(child=clip)] == [
        (frame.pk, "keyframe")
    ]


def test_without_the_signer_a_shot_is_not_stored(
    scope: Any,
    vault_ground: Path,
    media: dict[str, Path],
    own_signer: Callable[[], RunningSigner],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = own_signer()
    stop(gone)
    monkeypatch.setattr("vault.provenance.signer", lambda: gone.client)
    before = sorted(path.name for path in media["clip.mp4"].parent.iterdir())
    with pytest.raises(SignerDown):
        store(media["clip.mp4"], kind="clip", mime="video/mp4", sign=CLAIM)
    assert (Asset.objects.count(), files(vault_ground)) == (0, [])
    assert sorted(path.name for path in media["clip.mp4"].parent.iterdir()) == before


def test_an_empty_file_is_not_stored(scope: Any, tmp_path: Path) -> None:
    with pytest.raises(NothingToStore):
        store(text(tmp_path, ""))
    with pytest.raises(NothingToStore):
        store(tmp_path / "absent")


def test_a_missing_file_is_named(scope: Any, vault_ground: Path, tmp_path: Path) -> None:
    asset = store(text(tmp_path))
    files(vault_ground)[0].unlink()
    with pytest.raises(BlobMissing) as error, services.local_path(asset):
        pass
    assert error.value.code == "vault.blob_missing"


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: bytes([b[0] ^ 1]) + b[1:]])
def test_a_changed_file_is_named_and_healed_by_storing_it_again(
    scope: Any, vault_ground: Path, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    asset = store(text(tmp_path))
    stored = files(vault_ground)[0]
    stored.write_bytes(change(stored.read_bytes()))
    with pytest.raises(BlobDamaged), services.local_path(asset):
        pass
    store(text(tmp_path))
    with services.local_path(asset) as path:
        assert path.read_text() == text(tmp_path).read_text()


def test_staged_bytes_stay_in_their_studio(studio: Any, other_studio: Any, tmp_path: Path) -> None:
    staged = services.stage(text(tmp_path), mime="text/plain", studio_id=studio.pk)
    with studio_scope(other_studio), pytest.raises(RuntimeError, match="another"):
        services.attach(staged, kind="document", title="x")
    with studio_scope(studio):
        assert services.attach(staged, kind="document", title="x" * 300).title == "x" * 200


def test_a_local_path_is_held_without_a_scope(studio: Any, tmp_path: Path) -> None:
    with studio_scope(studio):
        asset = store(text(tmp_path))
    with services.local_path(asset) as path:
        assert path.read_text().endswith("Ahoy\n")


def test_s3_keeps_and_gives_the_same_bytes(scope: Any, settings: Any, tmp_path: Path) -> None:
    options = {"bucket_name": "vault", "access_key": "x", "secret_key": "y", "region_name": "us-east-1"}
    s3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="vault")
        settings.STORAGES = {**settings.STORAGES, "vault": s3}
        asset = store(text(tmp_path))
        with services.local_path(asset) as path:
            assert path.read_text() == text(tmp_path).read_text()
        boto3.client("s3", region_name="us-east-1").delete_object(Bucket="vault", Key=asset.blob.key)
        with pytest.raises(BlobMissing), services.local_path(asset):
            pass


def test_a_range_is_streamed_in_parts_under_asgi(vault_ground: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django would gather a plain iterator in memory here; and the body may not touch the database."""
    monkeypatch.setattr(delivery, "CHUNK", 1000)
    owner, content = uuid4(), bytes(range(256)) * 20
    path = vault_ground.parent / "x.bin"
    path.write_bytes(content)
    staged = services.stage(path, mime="audio/midi", studio_id=owner)
    asset = Asset(studio_id=owner, title="x", mime="audio/midi", size=staged.size, sha256=staged.sha256)
    asset.created_at = timezone.now()
    answer = delivery.send_asset(AsyncRequestFactory().get("/", headers={"range": "bytes=100-4099"}), asset)
    assert isinstance(answer, StreamingHttpResponse)

    async def parts() -> list[bytes]:
        return [part async for part in answer]

    received = asyncio.run(parts())
    assert (answer.status_code, answer.is_async, len(received)) == (206, True, 4)
    assert b"".join(received) == content[100:4100]


def test_spare_file_is_moved_where_it_can_be(vault_ground: Path, tmp_path: Path) -> None:
    folder = f"studio/{uuid4()}"
    for n, (spare, stays) in enumerate([(True, True), (False, True), (True, False)]):
        path, key = tmp_path / f"{n}.bin", f"{folder}/{n}"
        path.write_bytes(b"x" * (n + 1))
        storage.put(path, key, storage.digest(path), spare=spare)
        assert path.exists() is stays, "the first one has no folder to be moved to yet"
        with storage.opened(key, n + 1) as file:
            assert file.read() == b"x" * (n + 1)


def test_file_that_nobody_may_write_to_is_not_copied(vault_ground: Path, tmp_path: Path) -> None:
    finished, open_one = tmp_path / "finished.bin", tmp_path / "open.bin"
    for path in (finished, open_one):
        path.write_bytes(b"x" * 9)
    finished.chmod(0o400)
    folder = f"studio/{uuid4()}"
    for n, (path, same) in enumerate([(open_one, False), (finished, True), (open_one, False)]):
        key = f"{folder}/{n}"
        storage.put(path, key, storage.digest(path))
        stored = storage._local(key)
        assert stored is not None and stored.samefile(path) is same
        assert stored.read_bytes() == b"x" * 9
    assert finished.stat().st_nlink == 2
    finished.unlink()
    with storage.opened(f"{folder}/1", 9) as file:
        assert file.read() == b"x" * 9


def test_damaged_file_is_replaced_by_one_that_nobody_may_write_to(vault_ground: Path, tmp_path: Path) -> None:
    path, key = tmp_path / "finished.bin", f"studio/{uuid4()}/one"
    path.write_bytes(b"whole")
    path.chmod(0o400)
    sha256 = storage.digest(path)
    stored = storage._local(key)
    assert stored is not None
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"other")
    storage.put(path, key, sha256)
    assert storage.digest(stored) == sha256


def test_file_of_another_disk_is_copied(vault_ground: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path, key = Path(folder) / "finished.bin", f"studio/{uuid4()}/one"
        path.write_bytes(b"from elsewhere")
        path.chmod(0o400)
        if path.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("this machine has one disk")
        storage.put(path, key, storage.digest(path))
        with storage.opened(key, 14) as file:
            assert file.read() == b"from elsewhere"
