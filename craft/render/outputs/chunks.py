"""A master in pieces on all cores: cut at key frames, coded side by side, kept, joined by copy.

    master   │ G │ G │ G │ G │ G │ G │ G │ G │      groups of frames, each with the digest of its bytes
    chunks   │     chunk     │   chunk   │ … │      ends where a digest says so, not after a fixed count

Because content decides where a chunk ends, a shot that was put in or taken out moves the others without
changing their chunks: what was coded once is found again by its digest.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from craft.render.cache import SegmentCache
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never, run
from craft.render.graphs.base import Argv, ticks
from craft.render.mp4 import read_mp4
from craft.render.picture import Piece, check_joinable, cores
from craft.render.progress import FrameCount, Listener, deaf
from craft.render.samples import SampleTable, digest_of, read_samples
from craft.render.tools import Tools, find_tools
from craft.terms import digest as digests
from craft.terms import rates

VERSION = 1
LEAST_FRAMES = 96
MOST_FRAMES = 384
ENDS_ONE_IN = 4
"""About one group of frames in this many ends a chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """`frames` frames from frame `first`; `start` is the key frame's time, `digest` that of the coded bytes."""

    first: int
    frames: int
    start: Fraction
    digest: str

    @property
    def name(self) -> str:
        return f"frames {self.first}..{self.first + self.frames}"


def chunks_of(
    master: Path, *, least: int = LEAST_FRAMES, most: int = MOST_FRAMES
) -> tuple[rates.FrameRate, tuple[Chunk, ...]]:
    """The rate of a master and its chunks. Raises `RenderError("no_picture" or "uneven")`, `ProbeError`."""
    table = read_samples(master).get("video")
    if table is None or not table.count:
        raise RenderError("no_picture", master.name, "the file has no picture")
    rate = _rate(master, table)
    firsts = [*(int(frame) for frame in table.key_frames()), table.count]
    keys = [*(int(key) for key in table.keys), table.count]
    if firsts[0] != 0 or firsts != keys:
        # groups that lean on each other cannot be decoded one by one
        raise RenderError("open_groups", master.name, "its groups of frames do not stand for themselves")
    groups = [
        (start, end - start, digest_of(master, table, start, end)) for start, end in itertools.pairwise(keys)
    ]
    return rate, tuple(_gathered(groups, rate, least, most))


def _rate(master: Path, table: SampleTable) -> rates.FrameRate:
    lengths = set(table.durations.tolist())
    if len(lengths) != 1:
        raise RenderError("uneven", master.name, "its frames are not evenly spaced")
    exact = Fraction(table.timescale, lengths.pop())
    return rates.FrameRate(exact.numerator, exact.denominator)


def _gathered(
    groups: Sequence[tuple[int, int, str]], rate: rates.FrameRate, least: int, most: int
) -> list[Chunk]:
    found: list[Chunk] = []
    held: list[tuple[int, int, str]] = []
    for group in groups:
        held.append(group)
        frames = sum(length for _, length, _ in held)
        ends = frames >= least and int(group[2][:8], 16) % ENDS_ONE_IN == 0
        if ends or frames >= most or group is groups[-1]:
            first = held[0][0]
            name = digests.digest("render.chunk", VERSION, [one for _, _, one in held])
            found.append(Chunk(first, frames, rate.seconds(first), name))
            held = []
    return found


Command = Callable[[Chunk, int, Path], Argv]
"""The command that codes a chunk with a number of threads into a file."""


@dataclass
class ChunkJob:
    """What the chunks of one output share. `parameters` is the digest of everything `command` depends on."""

    rate: rates.FrameRate
    command: Command
    parameters: str
    folder: Path
    suffix: str
    stage: str
    cache: SegmentCache | None = None
    tools: Tools = field(default_factory=find_tools)
    cancelled: Cancelled = never
    workers: int = field(default_factory=cores)
    warnings: list[str] = field(default_factory=list)

    def encode(self, chunks: Sequence[Chunk], listener: Listener = deaf) -> tuple[Piece, ...]:
        """Every chunk as a file of `folder`, in order; the first failure stops the others and is raised."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unique = {self.digest(chunk): chunk for chunk in chunks}
        count = FrameCount(self.stage, sum(chunk.frames for chunk in unique.values()), listener)
        pieces = {}
        missing = []
        for number, (name, chunk) in enumerate(unique.items()):
            kept = self._from_cache(name, chunk)
            if kept is None:
                missing.append((number, name, chunk))
            else:
                pieces[name] = kept
                count.part(number, chunk.frames)
        pieces |= self._encode_missing(missing, count)
        found = tuple(pieces[self.digest(chunk)] for chunk in chunks)
        check_joinable(found)
        return found

    def digest(self, chunk: Chunk) -> str:
        """The name under which the coded chunk is kept."""
        value = {"chunk": chunk.digest, "how": self.parameters, "build": self.tools.build}
        return digests.digest("render.coded_chunk", VERSION, value)

    def _from_cache(self, name: str, chunk: Chunk) -> Piece | None:
        if self.cache is None:
            return None
        path = self.folder / f"{name}{self.suffix}"
        facts = self.cache.fetch(name, self.suffix, path)
        if facts is None or facts.get("frames") != chunk.frames or not facts.get("config_hash"):
            return None
        return Piece(path, name, chunk.frames, str(facts["config_hash"]), cached=True)

    def _encode_missing(self, missing: list[tuple[int, str, Chunk]], count: FrameCount) -> dict[str, Piece]:
        """Longest first, one thread each; two when there are fewer chunks than cores."""
        order = sorted(missing, key=lambda one: -one[2].frames)
        threads = 2 if len(order) < self.workers else 1
        stop = threading.Event()

        def one(number: int, name: str, chunk: Chunk) -> Piece:
            return self._one(
                name,
                chunk,
                threads,
                lambda n: count.part(number, n),
                lambda: stop.is_set() or self.cancelled(),
            )

        with ThreadPoolExecutor(self.workers, thread_name_prefix="chunk") as pool:
            jobs = {name: pool.submit(one, number, name, chunk) for number, name, chunk in order}
            try:
                done, _ = wait(jobs.values(), return_when=FIRST_EXCEPTION)
                for job in done:
                    job.result()
            except BaseException:  # whatever ends this, a keyboard too, ends the encoders before it goes up
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return {name: job.result() for name, job in jobs.items()}

    def _one(
        self, name: str, chunk: Chunk, threads: int, progress: Callable[[int], None], stopped: Cancelled
    ) -> Piece:
        target = self.folder / f"{name}{self.suffix}"
        with finished_file(target) as partial:
            argv = self.command(chunk, threads, partial)
            run(argv, what=f"{self.stage}, {chunk.name}", progress=progress, cancelled=stopped)
            config = _checked(partial, chunk, self.rate)
        piece = Piece(target, name, chunk.frames, config, cached=False)
        if self.cache is not None:
            facts = {"frames": chunk.frames, "config_hash": config}
            note = "the cache could not be written; a second run starts from nothing"
            if not self.cache.store(name, self.suffix, target, facts) and note not in self.warnings:
                self.warnings.append(note)
        return piece


def _checked(path: Path, chunk: Chunk, rate: rates.FrameRate) -> str:
    """The decoder configuration, once the file has the chunk's frames at the rate."""
    picture = next((track for track in read_mp4(path) if track.kind == "video"), None)
    frames = 0 if picture is None else picture.samples
    if picture is None or frames != chunk.frames:
        raise RenderError("chunk_short", chunk.name, f"{frames} frames came out of {chunk.frames}")
    if picture.timescale != ticks(rate) or picture.step() != rate.den * (ticks(rate) // rate.num):
        raise RenderError("chunk_uneven", chunk.name, "the frames are not evenly spaced")
    return picture.config_hash
