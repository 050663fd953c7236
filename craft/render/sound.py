"""Four stems for the whole programme, sample for sample, and their mix.

Sound is never cut at picture segments: one programme, one stem per layer, one codec run. Music and ambience
step back under dialogue by an envelope computed ahead of time, so they are out of the way before the first
word instead of reacting to it. The stems are what is heard: their plain sum is the mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from craft.render.cache import SegmentCache
from craft.render.decode import Sink, decode_sound
from craft.render.execute import Cancelled, finished_file, never
from craft.render.model import SoundClip, Timeline
from craft.render.picture import Resolve, resolved
from craft.render.tools import Tools, find_tools
from craft.render.wav import SAMPLE_RATE, Samples, create_wav, open_wav
from craft.terms import digest, rates, sound

VERSION = 1
BLOCK = 480
"""Samples per step of the ducking envelope: 10 ms."""
CHUNK = BLOCK * 1000
SUFFIX = ".wav"


@dataclass(frozen=True, slots=True)
class DuckSpec:
    """How far music and ambience step back under speech (dB), and how fast (ms).

    Speech is whatever lies less than `below_db` under the loud parts of the dialogue, and above `floor_db`.
    """

    music_db: float = 9.0
    ambience_db: float = 5.0
    attack_ms: int = 150
    hold_ms: int = 350
    release_ms: int = 700
    below_db: float = 30.0
    floor_db: float = -60.0

    def depth(self, layer: sound.Layer) -> float:
        """The dB a layer steps back."""
        return {sound.Layer.MUSIC: self.music_db, sound.Layer.AMBIENCE: self.ambience_db}.get(layer, 0.0)


def sample_at(frame: int, rate: rates.FrameRate) -> int:
    """The first sample of a frame at 48 kHz, rounded half up; exact arithmetic, so nothing drifts."""
    return (2 * frame * SAMPLE_RATE * rate.den + rate.num) // (2 * rate.num)


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
                envelope = duck_envelope(open_wav(paths[sound.Layer.DIALOGUE]), self.duck)
            self._render(layer, path, envelope if self._ducked(layer) else None)
            if self.cache is not None:
                self.cache.store(digests[layer], SUFFIX, path, {"samples": self.samples}, hashed=False)
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
        return facts is not None and facts.get("samples") == self.samples

    def _render(self, layer: sound.Layer, path: Path, envelope: NDArray[np.float32] | None) -> None:
        with finished_file(path) as partial:
            stem = create_wav(partial, self.samples)
            for clip in self.timeline.layer(layer):
                self._place(stem, clip, f"{layer} {clip.name or clip.media.sha256[:8]}")
            if envelope is not None:
                apply_duck(stem, envelope, self.duck.depth(layer))
            del stem

    def _place(self, stem: Samples, clip: SoundClip, name: str) -> None:
        """Add one clip to its stem."""
        rate = self.timeline.rate
        start, end = sample_at(clip.record, rate), min(sample_at(clip.at.end, rate), self.samples)
        window = stem[start:end]
        shape = _Shape(clip, rate, len(window))
        path = resolved(self.resolve, clip.media, name)
        first = sample_at(clip.source_start, rate)
        filled = 0

        def add(piece: Samples) -> None:
            nonlocal filled
            piece = piece[: len(window) - filled]
            window[filled : filled + len(piece)] += shape.applied(piece, filled)
            filled += len(piece)

        if clip.loop:
            self._repeat(path, first, len(window), add, name)
        else:
            decode_sound(self.tools, path, first, len(window), add, what=name, cancelled=self.cancelled)
        missing = len(window) - filled
        if missing > sample_at(1, rate):
            self.warnings.append(
                f"{name} is {missing / SAMPLE_RATE:.2f} s shorter than its place; silence follows"
            )

    def _repeat(self, path: Path, first: int, wanted: int, add: Sink, name: str) -> None:
        """The medium from `first` to its end, again and again until `wanted` samples are given."""
        pieces: list[Samples] = []
        decode_sound(self.tools, path, first, wanted, pieces.append, what=name, cancelled=self.cancelled)
        once = sum(len(piece) for piece in pieces)
        given = 0
        while once and given < wanted:
            for piece in pieces:
                add(piece)
            given += once


def _heard(clip: SoundClip) -> SoundClip:
    """The clip without what does not change its sound."""
    return replace(clip, name="", media=replace(clip.media, available=None))


class _Shape:
    """Gain, pan and fades of a clip of `length` samples.

    Fades follow a quarter sine, so two overlapping clips cross-fade at constant power; pan is constant power
    with unity in the middle.
    """

    def __init__(self, clip: SoundClip, rate: rates.FrameRate, length: int) -> None:
        self._length = length
        self._fade_in = sample_at(clip.fade_in, rate)
        self._fade_out = sample_at(clip.fade_out, rate)
        angle = (clip.pan + 1.0) * np.pi / 4.0
        gain = 10.0 ** (clip.gain_db / 20.0)
        sides = (
            (gain, gain) if clip.pan == 0 else (np.cos(angle) * 2**0.5 * gain, np.sin(angle) * 2**0.5 * gain)
        )
        self._sides = np.array(sides, np.float32)

    def applied(self, piece: Samples, offset: int) -> Samples:
        """The piece as it is heard when it begins `offset` samples into the clip."""
        heard: Samples = piece * self._sides
        end = offset + len(piece)
        if offset < self._fade_in:
            at = np.arange(offset, end)
            heard *= _quarter(at / self._fade_in)
        if self._fade_out and end > self._length - self._fade_out:
            left = self._length - np.arange(offset, end)
            heard *= _quarter(left / self._fade_out)
        return heard


def _quarter(share: NDArray[np.float64]) -> Samples:
    curve: Samples = np.sin(np.clip(share, 0.0, 1.0) * (np.pi / 2)).astype(np.float32)[:, None]
    return curve


def block_levels(stem: Samples) -> NDArray[np.float32]:
    """RMS of both channels per 10 ms block, in dB below full scale (-120 for nothing)."""
    count = -(-len(stem) // BLOCK)
    levels = np.full(count, -120.0, np.float32)
    for start in range(0, len(stem), CHUNK):
        chunk = np.asarray(stem[start : start + CHUNK], np.float32)
        padded = np.zeros((-(-len(chunk) // BLOCK) * BLOCK, 2), np.float32)
        padded[: len(chunk)] = chunk
        power = np.square(padded).reshape(-1, BLOCK * 2).mean(axis=1)
        levels[start // BLOCK : start // BLOCK + len(power)] = 10.0 * np.log10(np.maximum(power, 1e-12))
    return levels


def duck_envelope(dialogue: Samples, spec: DuckSpec) -> NDArray[np.float32]:
    """How far to step back, 0 to 1, per 10 ms block: full before the first word, held between words."""
    levels = block_levels(dialogue)
    loud = levels[levels > spec.floor_db]
    if loud.size == 0:
        return np.zeros(levels.size, np.float32)
    present = levels > max(spec.floor_db, float(np.percentile(loud, 95)) - spec.below_db)
    attack, hold, release = (max(1, ms // 10) for ms in (spec.attack_ms, spec.hold_ms, spec.release_ms))
    wanted = _widened(present, attack, hold)
    envelope = np.zeros(levels.size, np.float32)
    level = 0.0
    for at in range(levels.size):
        level = min(1.0, level + 1.0 / attack) if wanted[at] else max(0.0, level - 1.0 / release)
        envelope[at] = level
    return envelope


def _widened(present: NDArray[np.bool_], ahead: int, behind: int) -> NDArray[np.bool_]:
    """True from `ahead` blocks before to `behind` blocks after every True block."""
    marks = np.zeros(present.size + 1, np.int64)
    at = np.flatnonzero(present)
    np.add.at(marks, np.maximum(at - ahead, 0), 1)
    np.add.at(marks, np.minimum(at + behind + 1, present.size), -1)
    return np.cumsum(marks[:-1]) > 0


def apply_duck(stem: Samples, envelope: NDArray[np.float32], depth_db: float) -> None:
    """Lower a stem in place by up to `depth_db`, gliding from block to block."""
    gains = 10.0 ** (-depth_db * envelope / 20.0)
    centres = np.arange(envelope.size) * BLOCK + BLOCK / 2
    for start in range(0, len(stem), CHUNK):
        end = min(start + CHUNK, len(stem))
        if envelope[start // BLOCK : -(-end // BLOCK) + 1].any():
            stem[start:end] *= np.interp(np.arange(start, end), centres, gains).astype(np.float32)[:, None]


def mix(stems: Sequence[Path], out: Path) -> None:
    """Write the plain sum of the stems, all of one length, as a float WAV."""
    sources = [open_wav(path) for path in stems]
    with finished_file(out) as partial:
        total = create_wav(partial, len(sources[0]))
        for start in range(0, len(total), CHUNK):
            for source in sources:
                total[start : start + CHUNK] += source[start : start + CHUNK]
        del total
