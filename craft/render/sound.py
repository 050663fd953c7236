"""Four stems for the whole programme, sample for sample, and their mix.

Sound is never cut at picture segments: one programme, one stem per layer, one codec run. Music and ambience
step back under dialogue by an envelope computed ahead of time, so they are out of the way before the first
word instead of reacting to it. The stems are what is heard: their plain sum is the mix.

A clip goes:   medium → (retime) → gain, pan, fades → (room, which rings on after it) → its stem → (ducking)
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from craft.render.cache import UNWRITTEN, SegmentCache
from craft.render.convolution import Convolver
from craft.render.decode import Sink, decode_sound
from craft.render.ducking import DuckSpec, apply_duck, duck_envelope
from craft.render.envelopes import Shape, sample_at
from craft.render.errors import RenderCancelled, RenderError
from craft.render.execute import Cancelled, finished_file, never
from craft.render.model import Room, SoundClip, Timeline
from craft.render.picture import Resolve, resolved
from craft.render.retime import Retime
from craft.render.rooms import ROOMS, Impulse, by_content, impulse_response, levelled
from craft.render.stretch import stretched, unheard
from craft.render.tools import Tools, find_tools
from craft.render.wav import SAMPLE_RATE, Samples, WavFile
from craft.terms import digest, sound

__all__ = ["DuckSpec", "SoundJob", "mix", "sample_at"]

VERSION = 3
SUFFIX = ".wav"
LONGEST_RESPONSE = 8 * SAMPLE_RATE


@dataclass
class SoundJob:
    """The stems of one programme, kept in `folder` and in the cache."""

    timeline: Timeline
    resolve: Resolve
    folder: Path
    cache: SegmentCache | None
    duck: DuckSpec = field(default_factory=DuckSpec)
    tools: Tools = field(default_factory=find_tools)
    cancelled: Cancelled = never
    warnings: list[str] = field(default_factory=list)

    @property
    def samples(self) -> int:
        """Samples of the whole programme."""
        return sample_at(self.timeline.length, self.timeline.rate)

    def digests(self) -> dict[sound.Layer, str]:
        """One digest per layer; a ducked layer's includes the dialogue it gives way to."""
        own = {layer: self._layer_digest(layer, "") for layer in sound.Layer}
        speech = own[sound.Layer.DIALOGUE]
        return {
            layer: self._layer_digest(layer, speech) if self._ducked(layer) else own[layer]
            for layer in sound.Layer
        }

    def stems(self) -> dict[sound.Layer, Path]:
        """Render (or fetch) the four stems: float WAV, 48 kHz stereo, exactly `samples` long each."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digests = self.digests()
        envelope: NDArray[np.float32] | None = None
        paths: dict[sound.Layer, Path] = {}
        for layer in (sound.Layer.DIALOGUE, *(one for one in sound.Layer if one != sound.Layer.DIALOGUE)):
            path = self.folder / f"{layer}{SUFFIX}"
            paths[layer] = path
            if self._fetched(digests[layer], path):
                continue
            if self._ducked(layer) and envelope is None:
                with WavFile(paths[sound.Layer.DIALOGUE]) as speech:
                    envelope = duck_envelope(speech, self.duck)
            before = len(self.warnings)
            self._render(layer, path, envelope if self._ducked(layer) else None)
            if self.cache is not None:
                facts = {"samples": self.samples, "warnings": self.warnings[before:]}
                if not self.cache.store(digests[layer], SUFFIX, path, facts, hashed=False):
                    self.warnings.append(UNWRITTEN)
        return paths

    def _ducked(self, layer: sound.Layer) -> bool:
        speech = self.timeline.layer(sound.Layer.DIALOGUE)
        return bool(speech) and self.duck.depth(layer) > 0 and bool(self.timeline.layer(layer))

    def _layer_digest(self, layer: sound.Layer, speech: str) -> str:
        return digest.digest(
            "render.stem",
            VERSION,
            {
                "samples": self.samples,
                "rate": str(self.timeline.rate),
                "clips": [_heard(clip) for clip in self.timeline.layer(layer)],
                "speech": speech,
                "duck": self.duck if speech else None,
                "build": self.tools.build if self.timeline.layer(layer) else "",
            },
        )

    def _fetched(self, name: str, path: Path) -> bool:
        if self.cache is None:
            return False
        facts = self.cache.fetch(name, SUFFIX, path)
        if facts is None or facts.get("samples") != self.samples:
            return False
        self.warnings += [str(warning) for warning in facts.get("warnings", ())]
        return True

    def _render(self, layer: sound.Layer, path: Path, envelope: NDArray[np.float32] | None) -> None:
        with finished_file(path) as partial, WavFile.create(partial, self.samples) as stem:
            for clip in self.timeline.layer(layer):
                self._place(stem, clip, place_of(clip, layer))
            if envelope is not None:
                apply_duck(stem, envelope, self.duck.depth(layer))

    def _place(self, stem: WavFile, clip: SoundClip, name: str) -> None:
        """Add one clip to its stem."""
        reason = "" if clip.retime is None else unheard(clip.retime)
        if reason:
            self.warnings.append(f"{name} is muted: {reason}")
            return
        rate = self.timeline.rate
        start = sample_at(clip.record, rate)
        length = min(sample_at(clip.at.end, rate), self.samples) - start
        shape = Shape(clip, rate, length)
        room = self._room(clip, name)
        filled = 0

        def add(piece: Samples) -> None:
            nonlocal filled
            heard = shape.applied(piece[: length - filled], filled)
            if len(heard):
                stem.add(start + filled, heard if room is None else room.take(heard))
                filled += len(heard)

        had = self._deliver(clip, length, add, name)
        if room is not None:
            stem.add(start + filled, room.rest())
        if had == 0:
            raise RenderError("sound_empty", name, "its medium has no sound from there on")
        if length - had > sample_at(1, rate):
            short = (length - had) / SAMPLE_RATE
            self.warnings.append(f"{name} is {short:.2f} s shorter than its place; silence follows")

    def _deliver(self, clip: SoundClip, length: int, add: Sink, name: str) -> int:
        """Give the clip's sound to `add`; how many of its `length` samples there were."""
        path = resolved(self.resolve, clip.media, name)
        first = sample_at(clip.source_start, self.timeline.rate)
        if clip.retime is not None:
            return self._follow(clip.retime, path, first, length, add, name)
        if clip.loop:
            return self._repeat(path, first, length, add, name)
        had = 0

        def counted(piece: Samples) -> None:
            nonlocal had
            had += len(piece)
            add(piece)

        decode_sound(self.tools, path, first, length, counted, what=name, cancelled=self.cancelled)
        return had

    def _repeat(self, path: Path, first: int, wanted: int, add: Sink, name: str) -> int:
        """The medium from `first` to its end, again and again until `wanted` samples are given."""
        with self._decoded(path, first, wanted, name) as medium:
            once, given = medium.samples, 0
            while once and given < wanted:
                for _, piece in medium.pieces():
                    self._stop_if_cancelled(name)
                    add(piece)
                given += once
        return min(given, wanted)

    def _follow(self, retime: Retime, path: Path, first: int, length: int, add: Sink, name: str) -> int:
        """The medium as a ramped shot plays it, at its own pitch."""
        rate = self.timeline.rate
        reach = sample_at(retime.touched()[1] + 1, rate) + SAMPLE_RATE // 20
        with self._decoded(path, first, reach, name) as medium:
            for piece in stretched(medium.read, retime, rate, length):
                self._stop_if_cancelled(name)
                add(piece)
            ends = float(retime.position(Fraction(retime.length))) * SAMPLE_RATE * rate.den / rate.num
            had = 0 if medium.samples == 0 else min(1.0, medium.samples / ends) * length
        return round(had)

    @contextlib.contextmanager
    def _decoded(self, path: Path, first: int, length: int, name: str) -> Iterator[WavFile]:
        """A medium's samples in a file of ours, from which they can be read in any order."""
        scratch = self.folder / f".{digest.digest('render.scratch', VERSION, name)[:16]}{SUFFIX}"
        given = 0
        try:
            with WavFile.create(scratch, length) as made:

                def keep(piece: Samples) -> None:
                    nonlocal given
                    made.write(given, piece)
                    given += len(piece)

                decode_sound(self.tools, path, first, length, keep, what=name, cancelled=self.cancelled)
                made.samples = min(given, length)
                yield made
        finally:
            scratch.unlink(missing_ok=True)

    def _room(self, clip: SoundClip, name: str) -> Convolver | None:
        room = clip.room
        if room is None or room.wet == 0:
            return None
        if room.name in ROOMS:
            return Convolver(impulse_response(room.name), room.wet)
        if not by_content(room.name):
            raise RenderError("unknown_room", name, f"there is no room {room.name!r}")
        return Convolver(self._recorded_room(room, name), room.wet)

    def _recorded_room(self, room: Room, name: str) -> Impulse:
        """A room by the impulse response in a file: each side is heard on its own side."""
        what = f"{name}, its room {room.name[:8]}"
        try:
            path = self.resolve(room.name)
        except (KeyError, OSError) as error:
            raise RenderError("missing_media", what, str(error)) from error
        pieces: list[Samples] = []
        decode_sound(
            self.tools, path, 0, LONGEST_RESPONSE, pieces.append, what=what, cancelled=self.cancelled
        )
        recorded = np.concatenate(pieces) if pieces else np.zeros((0, 2), np.float32)
        if not np.abs(recorded).max(initial=0.0) > 0:
            raise RenderError("sound_empty", what, "its impulse response is silent")
        response = np.zeros((2, 2, len(recorded)), np.float32)
        response[0, 0], response[1, 1] = recorded[:, 0], recorded[:, 1]
        return levelled(response)

    def _stop_if_cancelled(self, name: str) -> None:
        if self.cancelled():
            raise RenderCancelled(name)


def _heard(clip: SoundClip) -> SoundClip:
    """The clip without what does not change its sound."""
    room = None if clip.room is None or clip.room.wet == 0 else clip.room
    retime = None if clip.retime is None else Retime(clip.retime.keys)
    return replace(clip, name="", media=replace(clip.media, available=None), room=room, retime=retime)


def place_of(clip: SoundClip, layer: sound.Layer) -> str:
    """A sound clip as errors and warnings call it."""
    return f"{layer} {clip.name or clip.media.sha256[:8]} at frame {clip.record}"


def mix(stems: Sequence[Path], out: Path) -> None:
    """Write the plain sum of the stems, all of one length, as a float WAV."""
    with contextlib.ExitStack() as opened, finished_file(out) as partial:
        sources = [opened.enter_context(WavFile(path)) for path in stems]
        total = opened.enter_context(WavFile.create(partial, sources[0].samples))
        for start, first in sources[0].pieces():
            for source in sources[1:]:
                first += source.read(start, start + len(first))
            total.write(start, first)
