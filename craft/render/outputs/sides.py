"""What stands beside a master: thumbnails for scrubbing, contact sheet, poster, proxy, peaks, caption files.

All pictures come out of one decode. Without a proxy that is a decode of the key frames alone, a tenth of
the work; thumbnails then fall on key frames, which is where shots begin.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from craft.render import captions, ttml
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never, run
from craft.render.graphs import outputs as graph
from craft.render.graphs.outputs import Coding, SideGraph, Size
from craft.render.model import Caption
from craft.render.mp4 import read_mp4
from craft.render.outputs.profiles import PROFILES
from craft.render.outputs.waveform import peaks, write_peaks
from craft.render.samples import SampleTable, read_samples
from craft.render.tools import Tools, find_tools
from craft.terms import rates

THUMBNAILS = "thumbnails.vtt"


@dataclass(frozen=True, slots=True)
class SideSpec:
    """Sizes in pixels. `grid` and `contact_grid` are columns and rows; `most_tiles` bounds the thumbnails of
    a long programme; `poster_frame` (nearest key frame) None takes one a third into the programme."""

    tile_width: int = 160
    grid: Size = (10, 10)
    most_tiles: int = 400
    contact_tile_width: int = 320
    contact_grid: Size = (4, 4)
    poster_frame: int | None = None
    poster_width: int = 1280
    proxy: bool = False
    proxy_side: int = 540


@dataclass(frozen=True, slots=True)
class SideFiles:
    """What was written. `peaks` and `captions` are by the names they were asked for, then by kind."""

    sprites: tuple[Path, ...]
    thumbnails: Path
    contact_sheet: Path
    poster: Path
    proxy: Path | None
    peaks: Mapping[str, Mapping[str, Path]]
    captions: Mapping[str, Path]
    warnings: tuple[str, ...] = ()


def side_files(
    master: Path,
    out: Path,
    spec: SideSpec | None = None,
    *,
    sounds: Mapping[str, Path] | None = None,
    words: Sequence[Caption] = (),
    cancelled: Cancelled = never,
    tools: Tools | None = None,
) -> SideFiles:
    """Write all of it into the folder `out`. `sounds` are stems (or any sound) by name, for peaks.

    Raises `RenderError` ("no_picture", "size", "sides_short", "name"), `ProbeError`, `RenderCancelled`.
    """
    tools, spec = tools or find_tools(), spec or SideSpec()
    out.mkdir(parents=True, exist_ok=True)
    job = _Pictures(master, out, spec, tools, cancelled)
    sprites = job.write()
    heard = {name: _peaks(name, path, out, tools, cancelled) for name, path in (sounds or {}).items()}
    texts, warnings = caption_files(words, job.rate, out)
    return SideFiles(
        sprites=sprites,
        thumbnails=out / THUMBNAILS,
        contact_sheet=out / graph.CONTACT_SHEET,
        poster=out / graph.POSTER,
        proxy=out / graph.PROXY if spec.proxy else None,
        peaks=heard,
        captions=texts,
        warnings=warnings,
    )


def caption_files(
    words: Sequence[Caption], rate: rates.FrameRate, out: Path
) -> tuple[dict[str, Path], tuple[str, ...]]:
    """SRT, WebVTT and TTML in the folder `out`, by kind, and warnings; nothing without captions."""
    found, warnings = captions.cues(words, rate)
    if not found:
        return {}, warnings
    written = {}
    for kind, writer in (("srt", captions.srt), ("vtt", captions.vtt), ("ttml", ttml.ttml)):
        path = out / f"captions.{kind}"
        with finished_file(path) as partial:
            partial.write_text(writer(found, rate), encoding="utf-8")
        written[kind] = path
    return written, warnings


def _peaks(name: str, path: Path, out: Path, tools: Tools, cancelled: Cancelled) -> dict[str, Path]:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise RenderError("name", name, "names of sounds become file names: letters, digits, - and _")
    found = peaks(path, tools=tools, cancelled=cancelled)
    return {kind: write_peaks(found, out / f"peaks-{name}.{kind}") for kind in ("dat", "json")}


@dataclass
class _Pictures:
    master: Path
    out: Path
    spec: SideSpec
    tools: Tools
    cancelled: Cancelled
    table: SampleTable = field(init=False)
    heard: bool = field(init=False)

    def __post_init__(self) -> None:
        tables = read_samples(self.master)
        if "video" not in tables or not tables["video"].keys.size:
            raise RenderError("no_picture", self.master.name, "the file has no picture")
        self.table, self.heard = tables["video"], "audio" in tables
        if min(self.spec.tile_width, self.spec.contact_tile_width, self.spec.poster_width) < 2:
            raise RenderError("size", self.master.name, "pictures are at least two pixels wide")

    @property
    def rate(self) -> rates.FrameRate:
        return rates.FrameRate(self.table.timescale, int(self.table.durations[0]))

    def write(self) -> tuple[Path, ...]:
        """Decode once, check that everything came out, and put it into place."""
        sides = self._graph()
        room = Path(tempfile.mkdtemp(prefix=".sides-", dir=self.out))
        try:
            argv = graph.sides_command(
                self.tools.ffmpeg, self.master, sides, self._proxy_coding(), self.heard, room
            )
            run(argv, what=f"side files of {self.master.name}", cancelled=self.cancelled)
            tiles = -(-self.table.keys.size // sides.tile_step)
            sheets = -(-tiles // (sides.grid[0] * sides.grid[1]))
            names = [graph.SPRITES % number for number in range(sheets)]
            self._check(room, {*names, graph.CONTACT_SHEET, graph.POSTER})
            (room / THUMBNAILS).write_text(self._thumbnails(sides, names), encoding="ascii")
            for old in self.out.glob("sprites-*.jpg"):
                old.unlink()
            for made in room.iterdir():
                made.replace(self.out / made.name)
        finally:
            shutil.rmtree(room, ignore_errors=True)
        return tuple(self.out / name for name in names)

    def _check(self, room: Path, wanted: set[str]) -> None:
        if self.spec.proxy:
            wanted = {*wanted, graph.PROXY}
        made = {path.name for path in room.iterdir()}
        if made != wanted:
            raise RenderError("sides_short", self.master.name, f"{len(made)} of {len(wanted)} files came out")
        if self.spec.proxy:
            seen = next(track for track in read_mp4(room / graph.PROXY) if track.kind == "video")
            if seen.samples != self.table.count:
                raise RenderError("sides_short", self.master.name, f"{seen.samples} frames in the proxy")

    def _graph(self) -> SideGraph:
        keys = int(self.table.keys.size)
        wide, high = self.table.width, self.table.height
        small = min(Fraction(self.spec.proxy_side, min(wide, high)), Fraction(1))
        cells = self.spec.contact_grid[0] * self.spec.contact_grid[1]
        tile_step, sheet_step = -(-keys // self.spec.most_tiles), max(1, keys // cells)
        return SideGraph(
            tile_step=tile_step,
            tile=self._size(self.spec.tile_width),
            grid=_filled(self.spec.grid, -(-keys // tile_step)),
            sheet_step=sheet_step,
            sheet_tile=self._size(self.spec.contact_tile_width),
            sheet_grid=_filled(self.spec.contact_grid, -(-keys // sheet_step)),
            poster=self._poster(),
            poster_size=self._size(min(self.spec.poster_width, wide)),
            proxy=(graph.even(wide * small), graph.even(high * small)) if self.spec.proxy else None,
        )

    def _size(self, width: int) -> Size:
        wide = graph.even(width)
        return wide, graph.even(Fraction(wide * self.table.height, self.table.width))

    def _poster(self) -> int:
        wanted = self.spec.poster_frame
        wanted = self.table.count // 3 if wanted is None else wanted
        return int(abs(self.table.key_frames() - wanted).argmin())

    def _proxy_coding(self) -> Coding | None:
        profile = PROFILES["proxy_540"]
        if not self.spec.proxy or profile.picture is None:
            return None
        encoder = profile.picture.encoders[0]
        options = {**encoder.options, "g": max(1, round(self.rate.fps / 2))}
        return Coding(encoder.name, profile.picture.pixels, self.rate, options)

    def _thumbnails(self, sides: SideGraph, names: Sequence[str]) -> str:
        """A WebVTT track whose cues name a part of a sheet: what players show while somebody scrubs."""
        frames = [int(frame) for frame in self.table.key_frames()[:: sides.tile_step]]
        ends = [*frames[1:], self.table.count]
        columns, rows = sides.grid
        wide, high = sides.tile
        blocks = ["WEBVTT\n"]
        for number, (start, end) in enumerate(zip(frames, ends, strict=True)):
            sheet, cell = divmod(number, columns * rows)
            row, column = divmod(cell, columns)
            times = f"{self._clock(start)} --> {self._clock(end)}"
            place = f"#xywh={column * wide},{row * high},{wide},{high}"
            blocks.append(f"{times}\n{names[sheet]}{place}\n")
        return "\n".join(blocks)

    def _clock(self, frame: int) -> str:
        milliseconds = int(self.rate.seconds(frame) * 1000 + Fraction(1, 2))
        minutes, rest = divmod(milliseconds, 60_000)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _filled(grid: Size, pictures: int) -> Size:
    """The grid without the rows that a short programme leaves empty."""
    columns, rows = grid
    return columns, max(1, min(rows, -(-pictures // columns)))
