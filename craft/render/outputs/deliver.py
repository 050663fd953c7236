"""One finished master into one deliverable, probed before anybody sees it.

master ─┬─ packets as they are ─────────────────────────────┐
        └─ decode → shape → encode (whole, or in chunks) ───┤→ probe → rename
sound ──── the master's packets, or PCM of the mix ─────────┘
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from craft.render.cache import place
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never, run
from craft.render.graphs import outputs as graph
from craft.render.graphs.outputs import Coding, Heard, Shape
from craft.render.mp4 import read_mp4
from craft.render.outputs.chunks import Chunk, ChunkJob, chunks_of
from craft.render.outputs.profiles import (
    HALF_SECOND,
    PROFILES,
    Codec,
    Encoder,
    Profile,
    Reshape,
    availability,
    has_zscale,
)
from craft.render.picture import cores
from craft.render.probe import MediaInfo, PictureInfo, SoundInfo, probe
from craft.render.progress import Listener, Progress, deaf, one_at_a_time
from craft.render.sound import sample_at
from craft.render.tools import Tools, find_tools
from craft.render.wav import SAMPLE_RATE
from craft.terms import digest, rates

STAGE = "deliver"
KEY_SECONDS = 2
MOST_OFFSET = 0.001
"""Seconds that sound may begin away from the picture, beyond what the master's does."""
CHUNKED_FROM_WORKERS = 4
"""With fewer cores the encoder's own threads keep them as busy as chunks would."""


@dataclass(frozen=True, slots=True)
class DeliverySpec:
    """What a delivery may be told.

    `sound` is the finished mix ahead of the codec (any file that lasts as long as the picture), for PCM
    deliverables; None decodes the master's. `start` is the timecode of the first frame, in frames. `size`
    overrides the profile's frame, `reshape` its aspect. `hardware` prefers encoders of the machine.
    """

    sound: Path | None = None
    start: int = 0
    size: tuple[int, int] | None = None
    reshape: Reshape | None = None
    hardware: bool = False
    workers: int = field(default_factory=cores)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A finished deliverable. `encoder` is "copy" where the master was taken as it is, and the
    sound's codec where there is no picture (then `frames` is 0).

    `av_offset_seconds` is where sound begins against picture in the container, None without one of them.
    """

    profile: str
    path: Path
    encoder: str
    frames: int
    size: tuple[int, int] | None
    duration_seconds: Fraction
    av_offset_seconds: float | None
    bytes: int
    warnings: tuple[str, ...] = ()


def deliver(
    master: Path,
    profile: Profile | str,
    out: Path,
    spec: DeliverySpec | None = None,
    *,
    progress: Listener = deaf,
    cancelled: Cancelled = never,
    tools: Tools | None = None,
) -> Delivered:
    """Make `out` from a finished master. Reports frames under the stage "deliver".

    Raises `RenderError`: "unknown_profile", "unavailable" (with the reason), "suffix" (a name that does not
    fit the container), "no_picture", "no_sound", "sound_length", "size" (no even frame, or another
    shape without a reshape), "delivery_wrong" when what came out
    is not what was asked for; `RenderCancelled`. Nothing is left at `out` unless it passed.
    """
    chosen = PROFILES.get(profile) if isinstance(profile, str) else profile
    if chosen is None:
        raise RenderError("unknown_profile", str(profile), f"there are {', '.join(PROFILES)}")
    if out.suffix.lower() != chosen.suffix:
        raise RenderError("suffix", out.name, f"{chosen.label} is written as {chosen.suffix}")
    tools = tools or find_tools()
    job = _Delivery(
        master,
        chosen,
        out,
        spec or DeliverySpec(),
        one_at_a_time(progress),
        cancelled,
        tools,
        probe(master, tools),
    )
    return job.make()


@dataclass
class _Delivery:
    master: Path
    profile: Profile
    out: Path
    spec: DeliverySpec
    progress: Listener
    cancelled: Cancelled
    tools: Tools
    info: MediaInfo
    warnings: list[str] = field(default_factory=list)

    @property
    def seen(self) -> PictureInfo:
        if self.info.picture is None or self.info.picture.fps is None:
            raise RenderError("no_picture", self.master.name, "the master has no picture")
        return self.info.picture

    @property
    def rate(self) -> rates.FrameRate:
        exact = self.seen.fps or Fraction(1)
        return rates.FrameRate(exact.numerator, exact.denominator)

    @property
    def samples(self) -> int:
        return sample_at(self.seen.frames, self.rate)

    def make(self) -> Delivered:
        total = self.seen.frames
        self.progress(Progress(STAGE, 0, total))
        reshape = self.spec.reshape or self.profile.reshape
        copies = self.profile.copies and reshape is None and self.spec.size is None
        with finished_file(self.out) as partial:
            if copies:
                place(self.master.absolute(), partial)
                used, shape, codec = "copy", self._shape(None), None
            elif self.profile.picture is None:
                self._sound_alone(partial)
                return self._heard_delivered(partial)
            else:
                codec, shape = self.profile.picture, self._shape(reshape)
                used = self._encode(codec, shape, partial)
            found = self._checked(partial, codec, shape)
        self.progress(Progress(STAGE, total, total))
        return self._delivered(used, shape.size, found, self.out.stat().st_size)

    def _delivered(
        self, used: str, size: tuple[int, int] | None, offset: float | None, length: int
    ) -> Delivered:
        return Delivered(
            self.profile.slug,
            self.out,
            used,
            0 if size is None else self.seen.frames,
            size,
            self.rate.seconds(self.seen.frames),
            offset,
            length,
            tuple(self.warnings),
        )

    def _shape(self, reshape: Reshape | None) -> Shape:
        source = (self.seen.width, self.seen.height)
        try:
            size = reshape.size(source) if reshape else source
        except KeyError as error:
            raise RenderError("size", self.profile.slug, f"no aspect {error}") from error
        short = self.profile.short_side
        if short is not None and short < min(size):
            factor = Fraction(short, min(size))
            size = (graph.even(size[0] * factor), graph.even(size[1] * factor))
        size = self.spec.size or size
        if min(size) < 2 or size[0] % 2 or size[1] % 2:
            raise RenderError("size", self.profile.slug, f"{size[0]}x{size[1]} is no frame of even numbers")
        zscale = has_zscale(self.tools)
        if size != source and not zscale:
            self.warnings.append("this ffmpeg has no zscale; its own scaler was used")
        if graph.alike(source, size):
            return Shape(source, size, "stretch", zscale)
        if reshape is None:
            wanted = f"{source[0]}x{source[1]} has another shape than {size[0]}x{size[1]}: say how to reshape"
            raise RenderError("size", self.profile.slug, wanted)
        return Shape(source, size, str(reshape.fill), zscale)

    def _encode(self, codec: Codec, shape: Shape, partial: Path) -> str:
        able = availability(self.profile, self.tools, hardware=self.spec.hardware)
        if able.encoder is None:
            raise RenderError("unavailable", self.profile.slug, able.reason or "no encoder for another shape")
        coding = self._coding(codec, able.encoder)
        if codec.alone and self.spec.workers >= CHUNKED_FROM_WORKERS:
            self._in_chunks(coding, shape, partial)
        else:
            coding = Coding(
                coding.encoder, coding.pixels, coding.rate, {**coding.options, **self._labels(codec)}
            )
            argv = graph.encode_command(
                self.tools.ffmpeg, self.master, shape, coding, self._sound(), self.spec.workers, partial
            )
            run(argv, what=self.profile.slug, progress=self._count, cancelled=self.cancelled)
        return able.encoder.name

    def _count(self, frames: int) -> None:
        self.progress(Progress(STAGE, min(frames, self.seen.frames), self.seen.frames))

    def _coding(self, codec: Codec, encoder: Encoder) -> Coding:
        fps = self.rate.fps
        every = round(fps / 2) if self.profile.key_frames == HALF_SECOND else round(fps * KEY_SECONDS)
        options: dict[str, Any] = {**encoder.options, "tag:v": codec.tag}
        if not codec.alone:
            options |= {"g": every}
        return Coding(encoder.name, codec.pixels, self.rate, options)

    def _labels(self, codec: Codec) -> dict[str, Any]:
        labels: dict[str, Any] = {}
        if self.profile.timecode:
            labels["timecode"] = self.rate.timecode(self.spec.start)
        if codec.alone:
            labels |= {"metadata:s:v": f"encoder={self.profile.label}"}
        return labels

    def _sound(self) -> Heard | None:
        if self.profile.sound == "copy":
            return None if self.info.sound is None else Heard(self.master, "copy", self.samples)
        if self.spec.sound is not None:
            self._check_length(self.spec.sound)
            return Heard(self.spec.sound, self.profile.sound, self.samples)
        return None if self.info.sound is None else Heard(self.master, self.profile.sound, self.samples)

    def _check_length(self, path: Path) -> None:
        heard = probe(path, self.tools).sound
        if heard is None:
            raise RenderError("no_sound", path.name, "the mix has no sound")
        wanted = self.rate.seconds(self.seen.frames)
        if heard.duration is not None and abs(heard.duration - wanted) > 1 / self.rate.fraction:
            lasts = f"it lasts {float(heard.duration):.3f} s, the picture {float(wanted):.3f} s"
            raise RenderError("sound_length", path.name, lasts)

    def _in_chunks(self, coding: Coding, shape: Shape, partial: Path) -> None:
        rate, chunks = chunks_of(self.master)

        def command(chunk: Chunk, threads: int, out: Path) -> list[str]:
            return graph.chunk_command(
                self.tools.ffmpeg, self.master, chunk.start, chunk.frames, shape, coding, threads, out
            )

        with tempfile.TemporaryDirectory(prefix=".chunks-", dir=self.out.parent) as room:
            folder = Path(room)
            job = ChunkJob(
                rate=rate,
                command=command,
                parameters=digest.digest("render.delivery", 1, [shape, coding]),
                folder=folder,
                suffix=self.profile.suffix,
                stage=STAGE,
                tools=self.tools,
                cancelled=self.cancelled,
                workers=self.spec.workers,
            )
            pieces = job.encode(chunks, self.progress)
            listing = folder / "chunks.ffconcat"
            parts = [(piece.path.name, piece.frames) for piece in pieces]
            listing.write_text(graph.concat_list(parts, rate), encoding="ascii")
            assert self.profile.picture is not None
            labels = {"tag:v": self.profile.picture.tag, **self._labels(self.profile.picture)}
            argv = graph.join_command(self.tools.ffmpeg, listing, self._sound(), rate, labels, partial)
            run(argv, what=self.profile.slug, code="join_failed", cancelled=self.cancelled)

    def _sound_alone(self, partial: Path) -> None:
        heard = self._sound()
        if heard is None:
            raise RenderError("no_sound", self.master.name, "the master has no sound")
        clock = sample_at(self.spec.start, self.rate)
        argv = graph.sound_command(self.tools.ffmpeg, heard, clock, partial)
        run(argv, what=self.profile.slug, cancelled=self.cancelled)

    def _heard_delivered(self, partial: Path) -> Delivered:
        heard = probe(partial, self.tools).sound
        self._check_sound(heard)
        self.progress(Progress(STAGE, self.seen.frames, self.seen.frames))
        return self._delivered(self.profile.sound, None, None, partial.stat().st_size)

    def _check_sound(self, heard: SoundInfo | None) -> None:
        if heard is None:
            raise self._wrong("it has no sound")
        if self.profile.sound != "copy":
            found = None if heard.duration is None else round(heard.duration * SAMPLE_RATE)
            if heard.codec != self.profile.sound or heard.sample_rate != SAMPLE_RATE or found != self.samples:
                raise self._wrong(f"sound is {heard.codec}, {heard.sample_rate} Hz, {found} samples")

    def _checked(self, path: Path, codec: Codec | None, shape: Shape) -> float | None:
        """The start of sound against picture, once everything about the file is as asked for."""
        made = probe(path, self.tools)
        seen = made.picture
        if seen is None or seen.frames != self.seen.frames:
            raise self._wrong(f"{seen.frames if seen else 0} frames of {self.seen.frames}")
        if (seen.width, seen.height) != shape.size or seen.fps != self.seen.fps or seen.start != 0:
            raise self._wrong(f"{seen.width}x{seen.height} at {seen.fps} from {seen.start} s")
        if codec is not None:
            self._check_coding(seen, codec)
        if self._sound() is None:
            return None
        self._check_sound(made.sound)
        offset = _offset(path)
        if abs(offset - _offset(self.master)) > MOST_OFFSET:
            raise self._wrong(f"sound begins {offset * 1000:.1f} ms after the picture")
        return offset

    def _check_coding(self, seen: PictureInfo, codec: Codec) -> None:
        # the picture's own boxes say less than ffprobe; what is empty was not read
        tags = {tag for tag in (seen.matrix, seen.primaries, seen.transfer) if tag}
        known = seen.pixels != ""
        if known and (seen.codec != codec.name or seen.pixels != codec.pixels):
            raise self._wrong(f"it is {seen.codec} in {seen.pixels}")
        if known and (tags != {"bt709"} or seen.colour_range != "tv"):
            raise self._wrong(f"its colour is tagged {sorted(tags)} {seen.colour_range}")
        if seen.field_order not in ("", "progressive", "unknown"):
            raise self._wrong(f"its fields are {seen.field_order}")

    def _wrong(self, why: str) -> RenderError:
        return RenderError("delivery_wrong", self.profile.slug, why)


def _offset(path: Path) -> float:
    """Seconds that sound begins after the picture, by the container's own tables."""
    tracks = {track.kind: track for track in read_mp4(path)}
    heard, seen = tracks.get("audio"), tracks.get("video")
    return 0.0 if heard is None or seen is None else float(heard.start - seen.start)
