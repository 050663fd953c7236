"""Bytes in and out of the storage named `vault`: a folder of this machine, or S3 by setting.

Keys are made of the studio and the content's digest, so the same bytes lie there once and a second copy is
free.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.core.files import File
from django.core.files.storage import storages

from vault.errors import BlobDamaged, BlobMissing

CHUNK = 1 << 20
WRITABLE = 0o222


def digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_of(studio_id: UUID, sha256: str) -> str:
    """Where these bytes lie for this studio."""
    return f"studio/{studio_id}/{sha256}"


def put(path: Path, key: str, sha256: str, *, spare: bool = False) -> None:
    """Bring a file to `key`, whole or not at all. The same bytes lying there already are left alone. A `spare` file is
    not needed any more where it is: it is moved where it can be. One that nobody may write to gets a second name."""
    status = path.stat()
    size = status.st_size
    store = storages["vault"]
    local = _local(key)
    if local is None:
        if not (store.exists(key) and store.size(key) == size):
            with path.open("rb") as file:
                store.save(key, File(file))
        return
    if local.is_file() and _intact(local, sha256, size):
        return
    finished = not status.st_mode & WRITABLE
    if not ((spare and _moved(path, local)) or (finished and _linked(path, local))):
        _copy(path, local)


def _linked(path: Path, to: Path) -> bool:
    try:
        os.link(path, to)
    except OSError:  # another disk, no folder yet, or something damaged in its place
        return False
    return True


def _moved(path: Path, to: Path) -> bool:
    try:
        os.replace(path, to)
    except OSError:  # another disk, or no folder yet
        return False
    return True


def _copy(path: Path, to: Path) -> None:
    """Whole or not at all; the folder is made where there is none yet."""
    try:
        handle, part = tempfile.mkstemp(prefix=".part-", dir=to.parent)
    except FileNotFoundError:
        to.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".part-", dir=to.parent)
    try:
        with path.open("rb") as source, os.fdopen(handle, "wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
        os.replace(part, to)
    finally:
        Path(part).unlink(missing_ok=True)


def opened(key: str, size: int) -> IO[bytes]:
    """The bytes, seekable. Raises BlobMissing, or BlobDamaged when the size is wrong."""
    store = storages["vault"]
    try:
        found = store.size(key)
        if found != size:
            raise _damaged(f"it has {found} bytes instead of {size}")
        file: Any = store.open(key, "rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _missing() from error
    return file  # type: ignore[no-any-return]


@contextmanager
def local_file(key: str, sha256: str, size: int, suffix: str = "") -> Iterator[Path]:
    """A path of this machine with exactly these bytes, to read from. Raises BlobMissing or BlobDamaged."""
    local = _local(key)
    if local is not None:
        if not local.is_file():
            raise _missing()
        _check(local, sha256, size)
        yield local
        return
    with tempfile.TemporaryDirectory(prefix="slate-vault-") as folder:
        copy = Path(folder) / f"{sha256}{suffix}"
        with opened(key, size) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
        _check(copy, sha256, size)
        yield copy


def _local(key: str) -> Path | None:
    """The path of a key where the storage is a folder of this machine."""
    try:
        return Path(storages["vault"].path(key))
    except NotImplementedError:
        return None


def _check(path: Path, sha256: str, size: int) -> None:
    if not _intact(path, sha256, size):
        found = path.stat().st_size
        raise _damaged(
            f"it has {found} bytes instead of {size}" if found != size else "its contents have changed"
        )


def _intact(path: Path, sha256: str, size: int) -> bool:
    status = path.stat()
    # The same unchanged file is read through once for each process.
    known = (str(path), status.st_ino, status.st_mtime_ns, status.st_size)
    return status.st_size == size and _digest_of(*known) == sha256


@lru_cache(maxsize=4096)
def _digest_of(path: str, inode: int, modified_ns: int, size: int) -> str:
    return digest(Path(path))


def _missing() -> BlobMissing:
    return BlobMissing(
        "The stored file is not there any more.",
        kept="Its record and lineage are kept.",
        next_step="Restore the vault's files from a backup, or make this file again.",
    )


def _damaged(why: str) -> BlobDamaged:
    return BlobDamaged(
        f"The stored file is not the one that entered the vault: {why}.",
        kept="Its record and lineage are kept.",
        next_step="Restore the vault's files from a backup, or make this file again.",
    )
