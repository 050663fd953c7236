"""The speech engine as a function: segments of text → bare samples with the times of phonemes and marks."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from craft.sound.children import Children
from craft.sound.errors import SoundEngineMissing, SoundError, SpeechRefused
from craft.sound.registers import Register
from craft.sound.signals import Signal

TIMEOUT_SECONDS = 90
CHILD = Path(__file__).with_name("espeak_process.py")
CHILDREN = Children(CHILD, "-I", "-S")
_INSTALL = "install it with `apt-get install espeak-ng` (macOS: `brew install espeak-ng`)"
_SILENCE = 2e-3


@dataclass(frozen=True, slots=True)
class Segment:
    """Text for one of the engine's voices, plain or in the markup of `ssml.for_engine`, and the silence after
    it in ms of the finished line. A segment without text is silence alone.
    """

    text: str
    voice: str
    markup: bool = False
    pause_ms: int = 0


@dataclass(frozen=True, slots=True)
class Bare:
    """What the engine said: samples in ±1.0, their rate, [second, symbol] events, [second, name] marks."""

    signal: Signal
    rate: int
    events: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    version: str


def synthesised(segments: Sequence[Segment], register: Register, pitch_range: int) -> Bare:
    """Speak the segments one after another; several are joined with exactly their pauses.

    Raises `SpeechRefused` (unknown voice, or nothing was said), `SoundEngineMissing`, `SoundError`.
    """
    spoken = [segment for segment in segments if segment.text]
    library, data = bundled()
    told = [{"text": s.text, "markup": s.markup, "voice": s.voice} for s in spoken]
    figures = {"rate": register.rate, "pitch": register.pitch, "range": pitch_range}
    request = {"segments": told, **figures, "library": library, "data": data}
    key = spoken[0].voice.partition("+")[0]
    header, pcm = CHILDREN.ask(request, key=key, seconds=TIMEOUT_SECONDS)
    if not header["ok"]:
        raise _refusal(header)
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
    if not samples.size or not np.abs(samples).max():
        raise SpeechRefused(
            "The speech engine read the line and said nothing; check that its language is right.",
            code="sound.no_words",
        )
    return _joined(segments, header, samples, register.factor)


def engine_version() -> str:
    """The version of the speech engine. Raises `SoundEngineMissing`, `SoundError`."""
    return synthesised([Segment("a", "en")], Register(50, 175, "", 1.0), 50).version


def _joined(segments: Sequence[Segment], header: dict[str, Any], samples: Signal, factor: float) -> Bare:
    """The answers on one line of time."""
    rate: int = header["sample_rate"]
    parts: list[Signal] = []
    events: list[tuple[float, str]] = []
    marks: list[tuple[float, str]] = []
    done, read, answers = 0, 0, iter(header["segments"])
    for segment in segments:
        if segment.text:
            answer = next(answers)
            part = samples[read : read + answer["samples"]]
            read += answer["samples"]
            first, last = _ends(part) if len(segments) > 1 else (0, part.size)
            shift, end = (done - first) / rate, (done + last - first) / rate
            events += [(min(end, max(done / rate, ms / 1000 + shift)), s) for ms, s in answer["events"]]
            marks += [(min(end, max(done / rate, ms / 1000 + shift)), name) for ms, name in answer["marks"]]
            parts.append(part[first:last])
            done += last - first
        if segment.pause_ms:
            events.append((done / rate, ""))
            parts.append(np.zeros(round(segment.pause_ms * factor * rate / 1000), np.float32))
            done += parts[-1].size
    return Bare(np.concatenate(parts), rate, tuple(events), tuple(marks), header["version"])


def _ends(part: Signal) -> tuple[int, int]:
    loud = np.flatnonzero(np.abs(part) > _SILENCE)
    return (int(loud[0]), int(loud[-1]) + 1) if loud.size else (0, part.size)


def _refusal(header: dict[str, Any]) -> SoundError:
    if header["code"] == "missing":
        return SoundEngineMissing(f"espeak-ng is not here ({header['message']}); {_INSTALL}.")
    if header["code"] == "voice":
        return SpeechRefused(f"{header['message']}; choose another voice.", code="sound.unknown_voice")
    return SoundError(f"{header['message']}. Nothing was written.", code="sound.speech_process")


@functools.cache
def bundled() -> tuple[str | None, str | None]:
    """Library and data of the wheel that carries espeak-ng, for a machine whose system has none."""
    found = importlib.util.find_spec("espeakng_loader")
    if found is None or found.origin is None:
        return None, None
    folder = Path(found.origin).parent
    library = next(
        (str(p) for p in sorted(folder.glob("*espeak-ng*")) if p.suffix in (".so", ".dylib", ".dll")), None
    )
    data = folder / "espeak-ng-data"
    return library, str(data) if library and data.is_dir() else None
