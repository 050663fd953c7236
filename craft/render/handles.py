"""Handles: frames of a clip beyond its cut, which a transition shows, decoded once together with the clip's body.

    frames of the source   ├──────── body A ────────┼── handle ──┤
    commands               decode, fit ─┬─ colours, words ─ encode
                                        └─ raw file ─→ the transition's command: colours, join, words ─ encode

By itself a transition reads both its sides from their last key frames, which can lie hundreds of frames ahead of
the dozen that it shows. A handle is left as it is before any effect, so that a transition's pixels are the same
either way.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from craft.render.model import FrameRange, MediaKind
from craft.render.moving import moves
from craft.render.plan import PictureSpec, Segment, Side

MOST_BYTES = 512 << 20
"""What the handles of one programme may take on the disk at a time."""
FREE_SHARE = 4
"""The disk has to have this many times the room that a handle takes."""


@dataclass(frozen=True, slots=True)
class Handle:
    """`frames` of a medium, at the programme's rate, for a side of a transition, and the file they are left in."""

    transition: str
    frames: FrameRange
    path: Path


class Handles:
    """Which body leaves handles for which transition, and which transitions wait for that.

    For one rendering: `missing` is what it renders, by digest; files go into `folder`.
    """

    def __init__(self, missing: Mapping[str, Segment], folder: Path, spec: PictureSpec) -> None:
        self._frame_bytes = spec.width * spec.height * 3 // 2
        self._folder = folder
        self._given: dict[str, list[Handle]] = {}
        self._taken: dict[tuple[str, int], Handle] = {}
        self._awaited: dict[str, set[str]] = {}
        self._lent: set[Path] = set()
        self._held = 0
        self._lock = threading.Lock()
        bodies = {edge: digest for digest, part in missing.items() for edge in _edges(part)}
        for digest, part in missing.items():
            self._ask(digest, part, bodies)

    def _ask(self, digest: str, part: Segment, bodies: Mapping[tuple[str, str, int], str]) -> None:
        """Note which bodies can leave the frames that the sides of a transition show."""
        for number, (side, edge) in enumerate(_wanted(part)):
            giver = bodies.get(edge) if edge is not None else None
            if giver is None:
                continue
            handle = Handle(digest, side.frames, self._folder / f".{digest}-{number}.yuv")
            self._given.setdefault(giver, []).append(handle)
            self._taken[digest, number] = handle
            self._awaited.setdefault(digest, set()).add(giver)

    def waits(self, digest: str) -> bool:
        """Whether a segment is better rendered after others."""
        return digest in self._awaited

    def lent_by(self, digest: str) -> tuple[Handle, ...]:
        """The handles that a body shall leave now: as many as there is room for."""
        with self._lock:
            return tuple(handle for handle in self._given.get(digest, ()) if self._admitted(handle))

    def _admitted(self, handle: Handle) -> bool:
        size = handle.frames.length * self._frame_bytes
        if self._held + size > MOST_BYTES or shutil.disk_usage(self._folder).free < FREE_SHARE * size:
            return False
        self._held += size
        self._lent.add(handle.path)
        return True

    def withdraw(self, handles: Sequence[Handle]) -> None:
        """The body could not leave these: their transitions decode for themselves."""
        with self._lock:
            for handle in handles:
                self._drop(handle)

    def ended(self, digest: str) -> list[str]:
        """A segment is rendered: the transitions that wait for nothing more. What it took is removed."""
        with self._lock:
            for number in (0, 1):
                taken = self._taken.get((digest, number))
                if taken is not None:
                    self._drop(taken)
            free = []
            for handle in self._given.get(digest, ()):
                waiting = self._awaited[handle.transition]
                if digest in waiting:
                    waiting.discard(digest)
                    if not waiting:
                        free.append(handle.transition)
            return free

    def taken_by(self, digest: str, number: int) -> Path | None:
        """The file with the frames of a transition's side; None where it has to decode them itself."""
        handle = self._taken.get((digest, number))
        if handle is None or handle.path not in self._lent or not handle.path.is_file():
            return None
        # a source that is too short leaves too little; the transition's own command says so by its name
        whole = handle.path.stat().st_size == handle.frames.length * self._frame_bytes
        return handle.path if whole else None

    def _drop(self, handle: Handle) -> None:
        if handle.path in self._lent:
            self._lent.discard(handle.path)
            self._held -= handle.frames.length * self._frame_bytes
        handle.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove what is left, whatever happened."""
        for handle in self._taken.values():
            handle.path.unlink(missing_ok=True)


def plain(side: Side) -> bool:
    """Whether a side's frames follow each other as in its source, and no command of its own makes them."""
    return (
        side.media is not None
        and side.media.kind is MediaKind.VIDEO
        and side.retime is None
        and not moves(side)
    )


def _edges(part: Segment) -> Iterator[tuple[str, str, int]]:
    """The places of a source at which a body begins and ends: (medium, "head" or "tail", frame)."""
    if part.kind is None and plain(part.sides[0]):
        side = part.sides[0]
        assert side.media is not None
        yield side.media.sha256, "head", side.frames.start
        yield side.media.sha256, "tail", side.frames.end


def _wanted(part: Segment) -> Iterator[tuple[Side, tuple[str, str, int] | None]]:
    """The sides of a transition, each with the edge at which its frames begin or end; None where none would do."""
    if part.kind is None or len(part.sides) != 2:
        return
    for side, edge in zip(part.sides, ("tail", "head"), strict=True):
        if not plain(side) or side.media is None:
            yield side, None
        else:
            place = side.frames.start if edge == "tail" else side.frames.end
            yield side, (side.media.sha256, edge, place)
