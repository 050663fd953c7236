"""Finished pieces by content: what was rendered once is not rendered again.

An entry is a file named by its digest and a small JSON note beside it (size, sha256, facts measured when it
was made). Anything that does not fit its note, for whatever reason, is a miss and is removed: damage costs
one rendering, never a wrong picture. The cache only helps; when it cannot be written, rendering goes on.

Several processes may share one directory: entries appear by rename, and a fetched entry is linked into the
caller's own folder, so that pruning elsewhere cannot take it away.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from craft.render.errors import RenderError
from craft.render.execute import finished_file
from craft.terms import digest as digests

DEFAULT_LIMIT = 20 * 1024**3
HALF_SECONDS = 3600
UNWRITTEN = "the cache could not be written; the next render starts from nothing"
"""What a caller is told when `store` says no."""
Facts = dict[str, Any]


class Shelf(Protocol):
    """A store that several machines share (the vault). It may fail at any time: then it is as if it were empty."""

    def fetch(self, name: str, into: Path) -> bool:
        """Write the file of that name to `into`; False when there is none."""

    def keep(self, name: str, path: Path) -> None:
        """Keep a copy of a file under a name."""

    def prune(self, limit_bytes: int) -> int:
        """Drop the oldest files until the rest fits; how many went."""


@dataclass(frozen=True, slots=True)
class SegmentCache:
    """A directory of finished pieces, kept under `limit_bytes` by dropping the longest unused first.

    With a `shelf`, what is not here is looked for there, and what was made here is put there for others.
    """

    root: Path
    limit_bytes: int = DEFAULT_LIMIT
    shelf: Shelf | None = None

    def fetch(self, digest: str, suffix: str, into: Path) -> Facts | None:
        """Place the entry at `into` and return its facts, or None when there is no sound entry."""
        entry, note = self._paths(digest, suffix)
        if self.shelf is not None and not note.exists():
            self._from_shelf(self.shelf, entry, note)
        try:
            recorded = json.loads(note.read_bytes())
            if not _fits(entry, recorded):
                raise ValueError("the entry does not fit its note")
            facts: Facts = dict(recorded["facts"])
            place(entry, into)
            os.utime(note)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            self._drop(entry, note)
            return None
        return facts

    def store(
        self, digest: str, suffix: str, made: Path, facts: Mapping[str, Any], *, hashed: bool = True
    ) -> bool:
        """Keep a finished file. False when the directory cannot take it (full, read-only).

        An entry that is not `hashed` (large and cheap to make again) is a miss as soon as it was touched.
        """
        entry, note = self._paths(digest, suffix)
        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            with finished_file(entry) as partial:
                place(made, partial)
            state = entry.stat()
            recorded = {
                "suffix": suffix,
                "size": state.st_size,
                "mtime_ns": state.st_mtime_ns,
                "sha256": digests.file_sha256(entry) if hashed else "",
                "facts": dict(facts),
            }
            with finished_file(note) as partial:
                partial.write_text(json.dumps(recorded), encoding="utf-8")
        except (OSError, RenderError):
            self._drop(entry, note)
            return False
        if self.shelf is not None and hashed:
            # the note last: an entry counts once its note is there
            self.shelf.keep(entry.name, entry)
            self.shelf.keep(note.name, note)
        return True

    def _from_shelf(self, shelf: Shelf, entry: Path, note: Path) -> None:
        """Bring an entry here. Its time is not the one in its note, so it counts only if its hash is right."""
        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            with finished_file(entry) as partial:
                if not shelf.fetch(entry.name, partial):
                    return
            with finished_file(note) as partial:
                shelf.fetch(note.name, partial)
        except (OSError, RenderError):
            self._drop(entry, note)

    def prune(self) -> int:
        """Drop the longest unused entries until the limit holds; returns how many went."""
        self._sweep()
        entries = sorted(self._entries(), key=lambda found: found[0])
        total = sum(size for _, size, _, _ in entries)
        dropped = 0
        for _, size, entry, note in entries:
            if total <= self.limit_bytes:
                break
            self._drop(entry, note)
            total -= size
            dropped += 1
        if self.shelf is not None:
            dropped += self.shelf.prune(self.limit_bytes)
        return dropped

    def _sweep(self) -> None:
        """Remove what a killed process left half-written."""
        for half in self.root.glob("??/.*"):
            try:
                if time.time() - half.stat().st_mtime > HALF_SECONDS:
                    half.unlink(missing_ok=True)
            except OSError:
                continue

    def size(self) -> int:
        """Bytes of all entries."""
        return sum(size for _, size, _, _ in self._entries())

    def _entries(self) -> list[tuple[int, int, Path, Path]]:
        """(last use, size, entry, note) of all entries."""
        found = []
        for note in self.root.glob("??/*.json"):
            try:
                entry = note.with_suffix(json.loads(note.read_bytes())["suffix"])
                found.append((note.stat().st_mtime_ns, entry.stat().st_size, entry, note))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return found

    def _paths(self, digest: str, suffix: str) -> tuple[Path, Path]:
        folder = self.root / digest[:2]
        return folder / f"{digest}{suffix}", folder / f"{digest}.json"

    def _drop(self, entry: Path, note: Path) -> None:
        for path in (note, entry):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                return  # a read-only cache keeps its damage; the entry stays a miss


def _fits(entry: Path, recorded: Mapping[str, Any]) -> bool:
    """Size and time as recorded, or else the same bytes.

    An unchanged time is trusted: hashing every segment would cost as much as the stream copy it saves.
    """
    state = entry.stat()
    if state.st_size != recorded["size"]:
        return False
    return bool(state.st_mtime_ns == recorded["mtime_ns"] or digests.file_sha256(entry) == recorded["sha256"])


def place(source: Path, target: Path) -> None:
    """Put a file's content at `target`: a hard link where possible, else a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
