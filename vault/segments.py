"""Finished segments for every machine: a shelf of the render cache in the vault's own storage.

Only where the vault is not a folder of this machine: there the cache's own directory is as near. The vault's
promise does not hold here: whatever lies on this shelf can be made again, so it may go at any time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.storage import storages

log = structlog.get_logger(__name__)
PREFIX = "segments"
FAILURES = (OSError, BotoCoreError, ClientError)


@dataclass(frozen=True, slots=True)
class VaultShelf:
    """A studio's segments in the storage named `vault`."""

    studio_id: UUID

    def fetch(self, name: str, into: Path) -> bool:
        """Copy a segment to `into`; False when it is not there, or the storage does not answer."""
        try:
            with storages["vault"].open(self._key(name), "rb") as source, into.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
        except FileNotFoundError:
            return False
        except FAILURES as error:
            log.warning("segment shelf did not answer", error=str(error))
            return False
        return True

    def keep(self, name: str, path: Path) -> None:
        """Put a segment there for other machines. A storage that does not answer costs a rendering elsewhere."""
        store, key = storages["vault"], self._key(name)
        try:
            if not store.exists(key):
                with path.open("rb") as file:
                    store.save(key, File(file))
        except FAILURES as error:
            log.warning("segment shelf did not take a segment", error=str(error))

    def prune(self, limit_bytes: int) -> int:
        """Drop the oldest files until the rest fits into `limit_bytes`; how many went."""
        store, dropped = storages["vault"], 0
        try:
            found = sorted(self._listed(store))
            total = sum(size for _, size, _ in found)
            for _, size, key in found:
                if total <= limit_bytes:
                    break
                store.delete(key)
                total, dropped = total - size, dropped + 1
        except FAILURES as error:
            log.warning("segment shelf could not be pruned", error=str(error))
        return dropped

    def _key(self, name: str) -> str:
        return f"{PREFIX}/{self.studio_id}/{name}"

    def _listed(self, store: Any) -> Iterator[tuple[float, int, str]]:
        """(time stored, size, key) of every file."""
        for name in store.listdir(f"{PREFIX}/{self.studio_id}")[1]:
            key = self._key(name)
            yield store.get_modified_time(key).timestamp(), store.size(key), key


def segment_shelf(studio_id: UUID) -> VaultShelf | None:
    """The shelf of a studio where its vault is shared by machines, else None."""
    try:
        storages["vault"].path("x")
    except NotImplementedError:
        return VaultShelf(studio_id)
    return None
