"""Render what the cache does not have, on every core, and prove that the pieces fit together."""

from __future__ import annotations

import math
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from craft.render.cache import UNWRITTEN, SegmentCache
from craft.render.errors import ProbeError, RenderCancelled, RenderError
from craft.render.execute import STALL_SECONDS, Cancelled, finished_file, never, run, told_by_system
from craft.render.feeds import Feed
from craft.render.graphs import base, timing
from craft.render.graphs import picture as picture_graph
from craft.render.graphs import sources as sources_graph
from craft.render.handles import Handle, Handles
from craft.render.model import FrameRange, MediaKind, MediaRef, Overlay
from craft.render.moving import MovingSides, moves
from craft.render.mp4 import read_mp4
from craft.render.plan import PictureSpec, Segment, Side, segment_digest
from craft.render.probe import PATTERN_SIGNS, PictureInfo, probe, transparent
from craft.render.progress import FrameCount, Listener, deaf
from craft.render.segment_files import SegmentFiles, glyph_warnings
from craft.render.tools import Tools, find_tools, has_filter
from craft.terms import rates

Resolve = Callable[[str], Path]
"""Content digest → path of the medium; raises KeyError or FileNotFoundError for what it does not have."""
SUFFIX = ".mp4"
DAMAGE = ("Error while decoding", "corrupt input packet", "corrupt decoded frame")
"""What ffmpeg's log says of a source whose frames cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A finished segment: its file, its frames, its decoder configuration, and whether the cache had it."""

    path: Path
    digest: str
    frames: int
    config_hash: str
    cached: bool


_Given = tuple[Sequence[picture_graph.Source | None], Sequence[picture_graph.Source]]
"""The sources of a segment's sides, and of its overlays."""


@dataclass(frozen=True, slots=True)
class _Share:
    """A segment's part of a rendering."""

    digest: str
    part: Segment
    threads: int
    progress: Callable[[int], None]
    stopped: Cancelled


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class PictureJob:
    """Everything the segments of one programme share while they are rendered."""

    rate: rates.FrameRate
    spec: PictureSpec
    resolve: Resolve
    folder: Path
    cache: SegmentCache | None
    tools: Tools = field(default_factory=find_tools)
    cancelled: Cancelled = never
    workers: int = field(default_factory=cores)
    stall_seconds: float = STALL_SECONDS
    warnings: list[str] = field(default_factory=list)
    _sources: dict[str, picture_graph.Source] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _files: SegmentFiles = field(init=False)
    _moving: MovingSides = field(init=False)

    def __post_init__(self) -> None:
        self._files = SegmentFiles(self.resolve, self.spec, self.rate)
        self._moving = MovingSides(self.tools, self.spec, self.rate)

    def render(self, wanted: Sequence[Segment], listener: Listener = deaf) -> tuple[Piece, ...]:
        """All segments as files of `folder`, in order. The first failure stops the others and is raised."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digests = [segment_digest(part, self.spec, self.rate, self.tools.build) for part in wanted]
        unique = dict(zip(digests, wanted, strict=True))
        count = FrameCount("picture", sum(part.length for part in unique.values()), listener)
        self.warnings += glyph_warnings(wanted)
        pieces = {}
        for number, (digest, part) in enumerate(unique.items()):
            kept = self._from_cache(digest, part)
            if kept is not None:
                pieces[digest] = kept
                count.part(number, part.length)
        missing = {digest: part for digest, part in unique.items() if digest not in pieces}
        numbers = {digest: number for number, digest in enumerate(unique)}
        pieces.update(self._render_missing(missing, numbers, count))
        found = tuple(pieces[digest] for digest in digests)
        check_joinable(found)
        return found

    def _from_cache(self, digest: str, part: Segment) -> Piece | None:
        if self.cache is None:
            return None
        path = self.folder / f"{digest}{SUFFIX}"
        facts = self.cache.fetch(digest, SUFFIX, path)
        if facts is None or facts.get("frames") != part.length or not facts.get("config_hash"):
            return None
        for note in facts.get("notes", []):
            self._warn(str(note))
        return Piece(path, digest, part.length, str(facts["config_hash"]), cached=True)

    def _render_missing(
        self, missing: dict[str, Segment], numbers: dict[str, int], count: FrameCount
    ) -> dict[str, Piece]:
        """Longest first, one thread each; two when there are fewer segments than cores.

        A transition that is left frames by its neighbours follows the later of them at once.
        """
        if not missing:
            return {}
        order = sorted(missing, key=lambda digest: -missing[digest].length)
        threads = 2 if len(order) < self.workers else 1
        stop = threading.Event()
        handles = Handles(missing, self.folder, self.spec)

        def stopped() -> bool:
            return stop.is_set() or self.cancelled()

        def one(digest: str) -> list[Piece]:
            number = numbers[digest]
            share = _Share(digest, missing[digest], threads, lambda n: count.part(number, n), stopped)
            made = [self._render_one(share, handles)]
            return made + [piece for after in handles.ended(digest) for piece in one(after)]

        with ThreadPoolExecutor(self.workers, thread_name_prefix="segment") as pool:
            jobs = [pool.submit(one, digest) for digest in order if not handles.waits(digest)]
            try:
                _settle(jobs)
            except BaseException:
                # the other segments must end now, and the pool waits for them before the error goes on
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
            finally:
                handles.close()
        return {piece.digest: piece for job in jobs for piece in job.result()}

    def _render_one(self, share: _Share, handles: Handles) -> Piece:
        part, digest = share.part, share.digest
        with told_by_system(part.name):
            sources = [self._side_source(share, number, handles) for number in range(len(part.sides))]
            laid_over = [self._inset(number, overlay, part) for number, overlay in enumerate(part.overlays)]
            room = self.folder / f".{digest}"
            room.mkdir(exist_ok=True)
            try:
                target = self.folder / f"{digest}{SUFFIX}"
                config = self._render_leaving(target, share, (sources, laid_over), room, handles)
                notes = timing.shortcomings(part) + timing.cuts_met(part, room)
            finally:
                shutil.rmtree(room, ignore_errors=True)
        notes += [
            f"{part.name}: {one.note}" for one in (*sources, *laid_over) if one is not None and one.note
        ]
        for note in notes:
            self._warn(note)
        self._keep(digest, target, {"frames": part.length, "config_hash": config, "notes": notes})
        return Piece(target, digest, part.length, config, cached=False)

    def _side_source(self, share: _Share, number: int, handles: Handles) -> picture_graph.Source | None:
        side = share.part.sides[number]
        source = self._source(side.media, share.part.name, side.frames)
        left = handles.taken_by(share.digest, number)
        return source if source is None or left is None else replace(source, handle=left)

    def _render_leaving(
        self, target: Path, share: _Share, given: _Given, room: Path, handles: Handles
    ) -> str:
        """Write a segment and what it leaves for transitions; where that fails, the segment alone.

        The transition then fails by its own name, or finds room.
        """
        left = handles.lent_by(share.digest)
        if left:
            try:
                return self._render_into(target, share, given, room, left)
            except RenderCancelled:
                raise
            except RenderError:
                handles.withdraw(left)
        return self._render_into(target, share, given, room)

    def _render_into(
        self, target: Path, share: _Share, given: _Given, room: Path, left: Sequence[Handle] = ()
    ) -> str:
        """Write a segment from the sources of its sides and overlays; its decoder configuration."""
        part = share.part
        self._files.write(part, room)
        feeds: list[Feed] = []
        sources = [
            self._fed(side, source, part, room, share.stopped, feeds)
            for side, source in zip(part.sides, given[0], strict=True)
        ]
        taps = [(handle.frames, handle.path) for handle in left]
        with finished_file(target) as partial:
            argv = picture_graph.segment_command(
                self.tools.ffmpeg, part, sources, self.spec, self.rate, share.threads, partial, given[1], taps
            )
            try:
                run(
                    argv,
                    what=part.name,
                    cwd=room,
                    progress=share.progress,
                    cancelled=share.stopped,
                    stall_seconds=self.stall_seconds,
                    feeds=feeds,
                )
            except RenderError as error:
                if isinstance(error, RenderCancelled):
                    raise
                # a side that is made here is read by a command of its own, which knows no place
                hurt = error.code == "ffmpeg_failed" and any(sign in error.tail for sign in DAMAGE)
                raise RenderError("source_damaged" if hurt else error.code, part.name, error.tail) from error
            return check_segment(partial, part, self.rate)

    def _keep(self, digest: str, target: Path, facts: dict[str, Any]) -> None:
        if self.cache is not None and not self.cache.store(digest, SUFFIX, target, facts):
            self._warn(UNWRITTEN)

    def _warn(self, note: str) -> None:
        with self._lock:
            if note not in self.warnings:
                self.warnings.append(note)

    def _fed(
        self,
        side: Side,
        source: picture_graph.Source | None,
        part: Segment,
        room: Path,
        stopped: Cancelled,
        feeds: list[Feed],
    ) -> picture_graph.Source | None:
        """The source of a side; one whose frames are warped comes through a pipe, which is put on `feeds`."""
        if source is None or not moves(side):
            return source
        feeds.append(self._moving.feed(side, source, part.length, room, stopped))
        return replace(source, feed=feeds[-1].url)

    def _inset(self, number: int, overlay: Overlay, part: Segment) -> picture_graph.Source:
        called = overlay.name or f"{number} ({overlay.media.sha256[:8]})"
        frames = FrameRange(overlay.source_start, overlay.at.length)
        source = self._source(overlay.media, f"overlay {called} over {part.name}", frames)
        assert source is not None
        return source

    def _source(self, media: MediaRef | None, name: str, frames: FrameRange) -> picture_graph.Source | None:
        """A medium as graphs open it, probed once. Raises `RenderError` that names the segment."""
        if media is None:
            return None
        path = resolved(self.resolve, media, name)
        with self._lock:
            known = self._sources.get(media.sha256)
        if known is None:
            known = self._described(path, media, name)
            with self._lock:
                self._sources[media.sha256] = known
        if media.kind is MediaKind.VIDEO and known.info.fps is None:
            raise RenderError("no_rate", name, "the source does not say how fast its frames run")
        if media.kind is MediaKind.VIDEO:
            check_long_enough(known.info, frames, self.rate, name)
        return known

    def _described(self, path: Path, media: MediaRef, name: str) -> picture_graph.Source:
        if PATTERN_SIGNS.intersection(str(path)):
            path = self._plainly_named(path, media)
        try:
            info = probe(path, self.tools).picture
        except ProbeError as error:
            raise ProbeError(error.code, name, f"{error.tail.rstrip()}\n{error.what}") from error
        if info is None:
            raise RenderError("no_picture", name, f"{path.name} has no picture")
        if sources_graph.needs_zscale(info) and not has_filter(self.tools, "zscale"):
            tones = f"its colours ({info.transfer}, {info.primaries}) need zscale, which this ffmpeg lacks"
            raise RenderError("no_zscale", name, tones)
        see_through = info.alpha and (media.kind is MediaKind.VIDEO or transparent(path))
        note = "what is transparent in it shows black" if see_through else ""
        return picture_graph.Source(path, info, note=note)

    def _plainly_named(self, path: Path, media: MediaRef) -> Path:
        """A link of a name that cannot be taken for a pattern, which would open other files."""
        link = self.folder / f"medium-{media.sha256[:16]}{path.suffix if path.suffix[1:].isalnum() else ''}"
        link.unlink(missing_ok=True)
        link.symlink_to(path)
        return link


def _settle(jobs: list[Future[list[Piece]]]) -> None:
    """Wait for all, or for the first failure, and raise it."""
    done, _ = wait(jobs, return_when=FIRST_EXCEPTION)
    for job in jobs:
        if job in done:
            job.result()


def resolved(resolve: Resolve, media: MediaRef, name: str) -> Path:
    """The absolute path of a medium. Raises `RenderError("missing_media")`."""
    try:
        path = resolve(media.sha256)
    except (KeyError, FileNotFoundError) as error:
        raise RenderError("missing_media", name, f"no medium {media.sha256[:12]}") from error
    if not path.is_file():
        raise RenderError("missing_media", name, f"no file for medium {media.sha256[:12]}")
    return path.resolve()


def check_long_enough(info: PictureInfo, frames: FrameRange, rate: rates.FrameRate, name: str) -> None:
    """Refuse frames beyond the end of a source, which a transition or a ramp would fill with its last one."""
    if info.fps is None or not info.frames:
        return
    if not info.variable:
        there = math.ceil(info.frames * rate.fraction / info.fps)
    elif info.duration is not None:
        there = math.ceil(info.duration * rate.fraction)
    else:
        return
    if frames.end > there + (info.fps != rate.fraction):
        asked = f"frames {frames.start}..{frames.end} are asked for"
        raise RenderError("segment_short", name, f"the source is too short: {asked}, it has {there}")


def check_segment(path: Path, part: Segment, rate: rates.FrameRate) -> str:
    """Its decoder configuration, once the file has exactly the frames asked for at exactly the rate."""
    try:
        tracks = read_mp4(path)
    except ProbeError as error:
        raise RenderError("segment_damaged", part.name, str(error)) from error
    picture = next((track for track in tracks if track.kind == "video"), None)
    frames = 0 if picture is None else picture.samples
    if picture is None or frames != part.length:
        short = f"{frames} frames came out where {part.length} were asked for; the source may be too short"
        raise RenderError("segment_short", part.name, short)
    if picture.timescale != base.ticks(rate) or (frames > 1 and picture.step() != rate.den * _scale(rate)):
        raise RenderError("segment_uneven", part.name, "the frames are not evenly spaced")
    return picture.config_hash


def _scale(rate: rates.FrameRate) -> int:
    """Ticks of `base.ticks` per unit of the rate's denominator."""
    return base.ticks(rate) // rate.num


def check_joinable(pieces: Sequence[Piece]) -> None:
    """Refuse a stream copy of pieces whose decoder configurations differ: players would show garbage."""
    odd = {piece.config_hash for piece in pieces}
    if len(odd) > 1:
        raise RenderError("not_joinable", f"{len(odd)} different decoder configurations in one programme")
