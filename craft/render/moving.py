"""Sides whose frames are made here, one by one, on their way from one ffmpeg to the next.

decode, rate, retime, fit ─raw→ frames between frames → warp (steady ∘ reframe) ─raw→ colours, join, words, encode
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from craft.render.animatic import frames_of, master_size_of, still_planes
from craft.render.effects import Reframe, Stabilise
from craft.render.execute import Cancelled, raw_frames
from craft.render.feeds import Feed
from craft.render.graphs import moves as graph
from craft.render.graphs import picture as picture_graph
from craft.render.graphs import timing
from craft.render.model import MediaKind
from craft.render.motion import interpolated
from craft.render.moves import Matrix, Planes, Pose, matrix, reframed, warped_by
from craft.render.plan import PictureSpec, Side
from craft.render.retime import BACKWARD_PIECE
from craft.render.steadying import ShakePath, measured, steady
from craft.render.tools import Tools
from craft.terms import rates

SMALL = (320, 180)
"""The size at which shake is measured."""


MOST_KEPT = BACKWARD_PIECE
"""Frames that a graph may keep in memory to turn them round."""


def moves(side: Side) -> bool:
    """True when a side's frames have to be made one by one: between frames, in an order that a graph would need
    too much memory for, or warped because it travels, is steadied, or is part of a still."""
    still = side.media is not None and side.media.kind is MediaKind.STILL
    order = timing.order_of(side)
    return (order is not None and (bool(order.times) or _by_disk(order))) or _warped(side, still)


def _by_disk(order: timing.Order | None) -> bool:
    return order is not None and timing.kept(order) > MOST_KEPT


def _warped(side: Side, still: bool) -> bool:
    return any(
        isinstance(effect, Stabilise) or (isinstance(effect, Reframe) and (effect.moves or still))
        for effect in side.effects
    )


@dataclass
class MovingSides:
    """Makes the frames of moving sides of one programme; shake is measured once for each medium."""

    tools: Tools
    spec: PictureSpec
    rate: rates.FrameRate
    _paths: dict[str, ShakePath] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def feed(
        self, side: Side, source: picture_graph.Source, length: int, room: Path, stopped: Cancelled
    ) -> Feed:
        """The pipe that carries a side's warped frames. `room` is where its command may leave notes."""
        assert side.media is not None
        if side.media.kind is MediaKind.STILL:
            return Feed(lambda: self._still(side, source, length, stopped))
        return Feed(lambda: self._video(side, source, length, room, stopped))

    def _still(
        self, side: Side, source: picture_graph.Source, length: int, stopped: Cancelled
    ) -> Iterator[bytes]:
        size, poses = self._size(), self._reframe(side, length)
        large = master_size_of(source.path, size, poses, self.tools)
        return frames_of(still_planes(self.tools, source.path, large, stopped), poses, size)

    def _video(
        self, side: Side, source: picture_graph.Source, length: int, room: Path, stopped: Cancelled
    ) -> Iterator[bytes]:
        size, poses = self._size(), self._reframe(side, length)
        found = self._prepared(side, source, length, room, stopped)
        if not _warped(side, still=False):
            yield from found
            return
        steadied = self._steadied(side, source, length, stopped)
        for raw, pose, still in zip(found, poses, steadied, strict=False):
            how = _composed(still, pose, size)
            yield warped_by(Planes.of(raw, *size), how, size)

    def _prepared(
        self, side: Side, source: picture_graph.Source, length: int, room: Path, stopped: Cancelled
    ) -> Iterator[bytes]:
        """The frames of a side as they are ahead of its warps."""
        size, order = self._size(), timing.order_of(side)
        if order is not None and _by_disk(order):
            found = self._by_way_of_the_disk(side, source, order, room, stopped)
        else:
            found = self._raw(side, source, length, room, stopped)
        if order is None or not order.times:
            return found
        times = order.times
        if order.backwards:
            # the frames come from the end, and so do their times
            times = tuple((length - 1) * timing.TICKS - at for at in reversed(times))
        note = room / timing.CUTS_FILE.format(number=uuid.uuid4().hex)

        def cut() -> None:
            with note.open("a", encoding="ascii") as lines:
                lines.write("cut\n")

        return interpolated(found, times, length, size, cut)

    def _raw(
        self,
        side: Side,
        source: picture_graph.Source,
        length: int,
        room: Path,
        stopped: Cancelled,
        as_they_come: bool = False,
    ) -> Iterator[bytes]:
        argv = picture_graph.prepared_command(
            self.tools.ffmpeg, side, source, self.spec, self.rate, length, as_they_come
        )
        return raw_frames(argv, self._frame_bytes(), what=side.name, cwd=room, cancelled=stopped)

    def _by_way_of_the_disk(
        self, side: Side, source: picture_graph.Source, order: timing.Order, room: Path, stopped: Cancelled
    ) -> Iterator[bytes]:
        """The frames of an order from a file with all that it wants; ends early where the source does."""
        path = room / f"{uuid.uuid4().hex}.yuv"
        with path.open("wb") as out:
            for frame in self._raw(side, source, len(order.wanted), room, stopped, as_they_come=True):
                out.write(frame)
        with path.open("rb") as kept:
            if order.times:
                yield from (self._at(kept, number) for number in reversed(range(len(order.times))))
                return
            for low, high, weight in zip(order.lower, order.upper, order.weights, strict=True):
                first, second = self._at(kept, low), self._at(kept, high)
                if len(first) < self._frame_bytes() or len(second) < self._frame_bytes():
                    return
                yield mixed(first, second, min(weight, 255)) if weight else first

    def _at(self, kept: BinaryIO, number: int) -> bytes:
        kept.seek(number * self._frame_bytes())
        return kept.read(self._frame_bytes())

    def _frame_bytes(self) -> int:
        return self.spec.width * self.spec.height * 3 // 2

    def _size(self) -> tuple[int, int]:
        return self.spec.width, self.spec.height

    def _reframe(self, side: Side, length: int) -> list[Pose]:
        effect = next((one for one in side.effects if isinstance(one, Reframe)), Reframe())
        offset, whole = side.span or (0, length)
        return reframed(effect, range(offset, offset + length), whole)

    def _steadied(
        self, side: Side, source: picture_graph.Source, length: int, stopped: Cancelled
    ) -> list[Pose]:
        effect = next((one for one in side.effects if isinstance(one, Stabilise)), None)
        if effect is None:
            return [Pose()] * length
        poses = steady(self._path(side, source, stopped), effect.strength, self.rate.fps)
        shown = range(length) if side.retime is None else side.retime.frames()
        return [poses[min(len(poses) - 1, max(0, side.frames.start + frame))] for frame in shown]

    def _path(self, side: Side, source: picture_graph.Source, stopped: Cancelled) -> ShakePath:
        """How the camera of a medium shook, over all its frames, so that every segment tells the same."""
        assert side.media is not None
        with self._lock:
            known = self._paths.get(side.media.sha256)
            if known is None:
                width, height = SMALL
                argv = graph.grey_command(self.tools.ffmpeg, source.path, self.rate, SMALL)
                found = raw_frames(argv, width * height, what=side.name, cancelled=stopped)
                known = measured(np.frombuffer(raw, np.uint8).reshape(height, width) for raw in found)
                self._paths[side.media.sha256] = known
        return known


def mixed(first: bytes, second: bytes, weight: int) -> bytes:
    """Two raw frames, the second by a weight of 0 to 255, rounded as ffmpeg's maskedmerge rounds."""
    low, high = (np.frombuffer(one, np.uint8).astype(np.uint16) for one in (first, second))
    made: NDArray[np.uint16] = ((255 - weight) * low + weight * high + 127) // 255
    return made.astype(np.uint8).tobytes()


def _composed(still: Pose, pose: Pose, size: tuple[int, int]) -> Matrix:
    """From a pixel of the frame through the reframe to the steadied picture, and from there to the bare one."""
    last = np.array([0.0, 0.0, 1.0])
    inner, outer = (np.vstack([matrix(one, size, size), last]) for one in (pose, still))
    both: Matrix = (outer @ inner)[:2]
    return both
