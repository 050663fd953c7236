"""From a timeline to a master file that was checked before anybody sees it.

    timeline → segments → (cache │ ffmpeg) ──────────┐
             → four stems → mix → loudness → AAC ────┤→ stream copy → checks → rename
             → captions (SRT, VTT beside it)         │

Nothing appears under its final name that did not pass its checks, and a second run of an unchanged timeline
renders nothing: it copies streams.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from craft.render import captions, loudness
from craft.render.cache import UNWRITTEN, SegmentCache
from craft.render.ducking import speech_steps
from craft.render.errors import RenderError
from craft.render.execute import STALL_SECONDS, Cancelled, finished_file, never, told_by_system
from craft.render.film import heard_in, matching, step_of
from craft.render.graphs import base
from craft.render.loudness import FinishedSound, LoudnessReport
from craft.render.metering import Mask
from craft.render.model import Timeline
from craft.render.mp4 import Mp4Track, read_mp4
from craft.render.muxer import mux
from craft.render.picture import PictureJob, Piece, Resolve, cores
from craft.render.plan import PictureSpec, segments
from craft.render.progress import Listener, Progress, deaf, one_at_a_time
from craft.render.sound import DuckSpec, SoundJob, mix
from craft.render.tools import Tools, find_tools
from craft.render.wav import SAMPLE_RATE, WavFile
from craft.terms import digest, rates, sound

SOUND_VERSION = 3
SOUND_SUFFIX = ".m4a"
MASTER = "master.mp4"
PICTURE_FOLDER = "segments"
STEM_FOLDER = "stems"
MIX = "mix.wav"
BETWEEN = (MIX, f"sound{SOUND_SUFFIX}")
"""Files that are gone when an assembly ends."""


@dataclass(frozen=True, slots=True)
class AssemblySpec:
    """What the master has to be."""

    picture: PictureSpec
    loudness: sound.LoudnessSpec = field(default_factory=lambda: sound.LOUDNESS["online"])
    duck: DuckSpec = field(default_factory=DuckSpec)
    sound_bitrate: int = 192_000
    workers: int = field(default_factory=cores)
    stall_seconds: float = STALL_SECONDS


@dataclass(frozen=True, slots=True)
class Checks:
    """What was measured on the finished file.

    `av_offset_seconds` is how much later sound is heard than its picture is seen, from mix to container:
    encoder delay by correlation plus the container's start times. None: not measured (silence).
    """

    frames: int
    pts_regular: bool
    duration_seconds: Fraction
    sound_seconds: Fraction
    av_offset_seconds: float | None
    av_offset_frames: float | None


@dataclass(frozen=True, slots=True)
class Assembly:
    """A finished programme and everything a gate wants to know about it."""

    master: Path
    frames: int
    rate: rates.FrameRate
    segments_total: int
    segments_rendered: int
    segments_cached: int
    sound_cached: bool
    loudness: LoudnessReport
    captions: dict[str, Path]
    stems: dict[sound.Layer, Path]
    checks: Checks
    warnings: tuple[str, ...]


def assemble(
    timeline: Timeline,
    resolve: Resolve,
    workdir: Path,
    cache: SegmentCache | None,
    *,
    spec: AssemblySpec,
    progress: Listener = deaf,
    cancelled: Cancelled = never,
    tools: Tools | None = None,
) -> Assembly:
    """Render a timeline into `workdir/master.mp4` with stems and captions beside it.

    Raises `TimelineError` before anything is started, `RenderCancelled` when `cancelled()` turns true and
    `RenderError` when a step fails; what was finished until then stays in `cache`, and no master appears.
    `workdir` belongs to one assembly at a time; what a killed one left half-written there is removed.
    """
    tools = tools or find_tools()
    stop = threading.Event()
    job = _Assembling(
        timeline=timeline,
        resolve=resolve,
        workdir=workdir.resolve(),
        cache=cache,
        spec=spec,
        progress=one_at_a_time(progress),
        cancelled=lambda: stop.is_set() or cancelled(),
        stop=stop,
        tools=tools,
    )
    try:
        with told_by_system(f"assembly in {workdir.name}"):
            return job.assemble()
    finally:
        job.clear()


@dataclass
class _Assembling:
    timeline: Timeline
    resolve: Resolve
    workdir: Path
    cache: SegmentCache | None
    spec: AssemblySpec
    progress: Listener
    cancelled: Cancelled
    stop: threading.Event
    tools: Tools

    def assemble(self) -> Assembly:
        parts = segments(self.timeline)
        self.workdir.mkdir(parents=True, exist_ok=True)
        self.clear()
        picture, sounds = self._picture_job(), self._sound_job()
        pieces, heard = self._side_by_side(
            lambda: picture.render(parts, self.progress), lambda: self._sound(sounds)
        )
        checks = self._join(pieces, heard.finished)
        words, caption_warnings = self._captions()
        if self.cache is not None:
            self.cache.prune()
        self.progress(Progress("master", self.timeline.length, self.timeline.length))
        cached = sum(piece.cached for piece in pieces)
        return Assembly(
            master=self.workdir / MASTER,
            frames=checks.frames,
            rate=self.timeline.rate,
            segments_total=len(pieces),
            segments_rendered=len(pieces) - cached,
            segments_cached=cached,
            sound_cached=heard.cached,
            loudness=heard.finished.report,
            captions=words,
            stems=heard.stems,
            checks=checks,
            warnings=tuple(dict.fromkeys((*picture.warnings, *sounds.warnings, *caption_warnings))),
        )

    def clear(self) -> None:
        """Remove what lies between the steps, also of a killed assembly; finished segments are in the cache."""
        halves = (*self.workdir.glob(".*.*"), *self.workdir.glob(f"{STEM_FOLDER}/.*.*"))
        for half in (*halves, *(self.workdir / name for name in BETWEEN)):
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)
        shutil.rmtree(self.workdir / PICTURE_FOLDER, ignore_errors=True)

    def _picture_job(self) -> PictureJob:
        return PictureJob(
            rate=self.timeline.rate,
            spec=self.spec.picture,
            resolve=self.resolve,
            folder=self.workdir / PICTURE_FOLDER,
            cache=self.cache,
            tools=self.tools,
            cancelled=self.cancelled,
            workers=self.spec.workers,
            stall_seconds=self.spec.stall_seconds,
        )

    def _sound_job(self) -> SoundJob:
        return SoundJob(
            timeline=self.timeline,
            resolve=self.resolve,
            folder=self.workdir / STEM_FOLDER,
            cache=self.cache,
            duck=self.spec.duck,
            tools=self.tools,
            cancelled=self.cancelled,
        )

    def _side_by_side(
        self, picture: Callable[[], tuple[Piece, ...]], heard: Callable[[], _Heard]
    ) -> tuple[tuple[Piece, ...], _Heard]:
        """Run both at once; when one fails the other is stopped and the first failure is raised."""
        with ThreadPoolExecutor(2, thread_name_prefix="assembly") as pool:
            seen_job, heard_job = pool.submit(picture), pool.submit(heard)
            jobs: list[Future[Any]] = [seen_job, heard_job]
            wait(jobs, return_when=FIRST_EXCEPTION)
            for job in jobs:
                if job.done() and job.exception() is not None:
                    self.stop.set()
                    job.result()
            return seen_job.result(), heard_job.result()

    @told_by_system("sound")
    def _sound(self, job: SoundJob) -> _Heard:
        """Stems, mix, loudness and codec; all of it from the cache when nothing is new."""
        total = self.timeline.length
        self.progress(Progress("sound", 0, total))
        name = digest.digest(
            "render.sound",
            SOUND_VERSION,
            {
                "stems": job.digests(),
                "loudness": self.spec.loudness,
                "gate": self.spec.duck if self.spec.loudness.dialogue_gate else None,
                "bitrate": self.spec.sound_bitrate,
                "build": self.tools.build,
            },
        )
        stems = job.stems()
        target = self.workdir / f"sound{SOUND_SUFFIX}"
        finished = self._known_sound(name, target)
        cached = finished is not None
        if finished is None:
            finished = self._new_sound(name, stems, target, job.warnings)
        self.progress(Progress("sound", total, total))
        return _Heard(finished, cached, stems)

    def _known_sound(self, name: str, target: Path) -> FinishedSound | None:
        facts = None if self.cache is None else self.cache.fetch(name, SOUND_SUFFIX, target)
        try:
            return (
                None
                if facts is None
                else FinishedSound(target, LoudnessReport(**facts["report"]), facts["delay"])
            )
        except (KeyError, TypeError):
            return None  # a note of another shape is a miss

    def _new_sound(
        self, name: str, stems: dict[sound.Layer, Path], target: Path, warnings: list[str]
    ) -> FinishedSound:
        mixed = self.workdir / MIX
        try:
            mix(list(stems.values()), mixed)
            finished = loudness.finish(
                self.tools,
                mixed,
                target,
                self.spec.loudness,
                self.spec.sound_bitrate,
                self.cancelled,
                speech=self._speech(stems) if self.spec.loudness.dialogue_gate else None,
            )
        finally:
            mixed.unlink(missing_ok=True)
        if self.cache is not None:
            facts = {"report": finished.report.plain(), "delay": finished.delay_samples}
            if not self.cache.store(name, SOUND_SUFFIX, target, facts):
                warnings.append(UNWRITTEN)
        return finished

    def _speech(self, stems: dict[sound.Layer, Path]) -> Mask:
        with WavFile(stems[sound.Layer.DIALOGUE]) as dialogue:
            return speech_steps(dialogue, self.spec.duck)

    def _join(self, pieces: Sequence[Piece], finished: FinishedSound) -> Checks:
        """Copy segments and sound into one file, check it, and only then give it its name."""
        pictures = matching([piece.path for piece in pieces], self.timeline.rate)
        try:
            with finished_file(self.workdir / MASTER) as partial:
                mux(
                    pictures,
                    heard_in(finished.path),
                    step_of(self.timeline.rate),
                    partial,
                    cancelled=self.cancelled,
                )
                return check_master(partial, self.timeline, finished.delay_samples)
        finally:
            finished.path.unlink(missing_ok=True)

    def _captions(self) -> tuple[dict[str, Path], tuple[str, ...]]:
        found, warnings = captions.cues(self.timeline.captions, self.timeline.rate)
        if not found:
            return {}, warnings
        written = {}
        for kind, writer in (("srt", captions.srt), ("vtt", captions.vtt)):
            path = self.workdir / f"captions.{kind}"
            with finished_file(path) as partial:
                partial.write_text(writer(found, self.timeline.rate), encoding="utf-8")
            written[kind] = path
        return written, warnings


@dataclass(frozen=True, slots=True)
class _Heard:
    """The sound side of an assembly."""

    finished: FinishedSound
    cached: bool
    stems: dict[sound.Layer, Path]


def check_master(path: Path, timeline: Timeline, delay_samples: int | None) -> Checks:
    """Measure a master against its timeline. Raises `RenderError` when a frame is missing or out of step."""
    tracks = {track.kind: track for track in read_mp4(path)}
    picture, heard = tracks.get("video"), tracks.get("audio")
    if picture is None or heard is None:
        raise RenderError("master_incomplete", "master", "picture or sound is missing")
    rate = timeline.rate
    step = base.ticks(rate) // rate.num * rate.den
    regular = picture.timescale == base.ticks(rate) and bool(picture.pts[0] == 0)
    regular = regular and (picture.samples < 2 or picture.step() == step)
    if picture.samples != timeline.length or not regular:
        state = f"{picture.samples} frames of {timeline.length}, evenly spaced: {regular}"
        raise RenderError("master_uneven", "master", state)
    offset = _offset(picture, heard, delay_samples)
    return Checks(
        frames=picture.samples,
        pts_regular=regular,
        duration_seconds=Fraction(picture.samples * step, picture.timescale),
        sound_seconds=heard.shown,
        av_offset_seconds=offset,
        av_offset_frames=None if offset is None else offset * rate.fps,
    )


def _offset(picture: Mp4Track, heard: Mp4Track, delay_samples: int | None) -> float | None:
    if delay_samples is None:
        return None
    return float(heard.start - picture.start) + delay_samples / SAMPLE_RATE
