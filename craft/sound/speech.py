"""Speech: text → a 48 kHz mono WAV in a character's voice, with phoneme times and mouth cues."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from craft.sound import shaping
from craft.sound.errors import SoundEngineMissing, SoundError, SpeechRefused
from craft.sound.reading import MOST_CHARACTERS, has_speech, readable, spoken_text
from craft.sound.signals import Signal
from craft.sound.voices import EMOTIONS, FASTEST, Emotion, Voice, with_emotion
from craft.sound.wav import write_wav
from craft.terms.languages import Language, UnknownLanguage
from craft.terms.languages import language as language_of
from craft.terms.speech import Viseme, VisemeCue, viseme_of

MOST_FASTER = 1.15
TIMEOUT_SECONDS = 90
_CHILD = Path(__file__).with_name("espeak_process.py")
_INSTALL = "install it with `apt-get install espeak-ng` (macOS: `brew install espeak-ng`)"


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One sound of speech: where it starts and how long it lasts, in ms; an empty symbol is a pause."""

    at_ms: int
    symbol: str
    ms: int


@dataclass(frozen=True, slots=True)
class Speech:
    """A spoken line. `fitted` is False when it is longer than asked even at the fastest allowed rate; `note`
    says so.
    """

    path: Path
    seconds: float
    sample_rate: int
    phonemes: tuple[Phoneme, ...]
    visemes: tuple[VisemeCue, ...]
    rate_used: int
    fitted: bool
    version: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Bare:
    """What the engine said: samples in ±1.0, their rate, [ms, symbol] events and the engine's version."""

    signal: Signal
    rate: int
    events: tuple[tuple[int, str], ...]
    version: str


def speak(
    text: str,
    *,
    language: str = "en",
    voice: Voice,
    out: Path,
    max_seconds: float | None = None,
    emotion: str = "neutral",
) -> Speech:
    """Speak a line into `out` (WAV, 48 kHz, mono, 16 bit).

    language is a BCP-47 code of the studio's list; emotion one of `EMOTIONS`. With `max_seconds` the rate
    rises by at most 15 % to fit. Raises `SpeechRefused` (nothing to say, too long, unknown language, voice or
    emotion), `SoundEngineMissing` (no espeak-ng), `SoundError` (it failed or the file could not be written).
    """
    said, feeling = _checked(text, language, emotion)
    shaped_voice = with_emotion(voice, feeling)
    row, name = engine_voice(voice.espeak, language)
    text_read, note = readable(said, row.bcp47)
    note = note if row.native else f"{row.name} has no voice of its own; {name} stands in for timing."
    signal, spoken, rate = _fitted(text_read, name, shaped_voice, feeling, max_seconds)
    seconds = write_wav(out, signal)
    phonemes = _phonemes(spoken, seconds)
    fits = max_seconds is None or seconds <= max_seconds + 1e-6
    if not fits:
        note = f"{note} {seconds:.2f} s at +15 %, longer than {max_seconds:.2f} s.".strip()
    return Speech(
        path=out,
        seconds=seconds,
        sample_rate=48_000,
        phonemes=phonemes,
        visemes=_visemes(phonemes, seconds),
        rate_used=rate,
        fitted=fits,
        version=f"espeak-ng {spoken.version}, shaping {shaping.SHAPING_VERSION}",
        note=note,
    )


def engine_voice(wanted: str, language: str) -> tuple[Language, str]:
    """The language's row and the engine's voice for it, with the wanted accent (when it speaks it) and
    variant.

    Raises `SpeechRefused` for an unknown language.
    """
    try:
        row = language_of(language)
    except UnknownLanguage as error:
        raise SpeechRefused(str(error), code="sound.unknown_language") from error
    base, _, variant = wanted.partition("+")
    speaks = row.voice
    if base.split("-")[0] == speaks.split("-")[0]:
        speaks = base
    return row, (f"{speaks}+{variant}" if variant else speaks)


def engine_version() -> str:
    """The version of the speech engine. Raises `SoundEngineMissing`."""
    return _engine("a", "en", Voice("en", 50, 175, 50)).version


def _checked(text: str, language: str, emotion: str) -> tuple[str, Emotion]:
    if emotion not in EMOTIONS:
        raise SpeechRefused(f"{emotion!r} is no emotion; choose one of {', '.join(EMOTIONS)}.")
    if len(text) > MOST_CHARACTERS:
        raise SpeechRefused(
            f"The line has {len(text)} characters; at most {MOST_CHARACTERS} are spoken at once. Split it.",
            code="sound.speech_too_long",
        )
    said = spoken_text(text)
    if not has_speech(said):
        raise SpeechRefused(
            "The line has nothing to say aloud; write words or remove it.", code="sound.no_words"
        )
    return said, EMOTIONS[emotion]


def _fitted(
    text: str, name: str, voice: Voice, feeling: Emotion, most: float | None
) -> tuple[Signal, _Bare, int]:
    """The shaped samples, the engine's answer with times moved to match, and the rate in words per minute."""
    rate, top = voice.rate, min(FASTEST, int(voice.rate * MOST_FASTER))
    while True:
        faster = replace(voice, rate=rate)
        bare = _engine(text, name, faster)
        signal, cut = shaping.shape(bare.signal, bare.rate, faster, feeling.gain)
        seconds = signal.size / 48_000
        if most is None or seconds <= most or rate >= top:
            return signal, _moved(bare, voice.formant, cut), rate
        # silence between words does not shrink with the rate, so ask a little more than the ratio
        rate = min(top, max(rate + 1, int(rate * (seconds / most) * 1.01) + 1))


def _engine(text: str, name: str, voice: Voice) -> _Bare:
    pitch, rate = shaping.engine_figures(voice)
    library, data = _bundled()
    request = {"text": text, "voice": name, "rate": rate, "pitch": pitch, "range": voice.range}
    header, pcm = _ask({**request, "library": library, "data": data})
    if not header["ok"]:
        raise _refusal(header)
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
    if not samples.size or not np.abs(samples).max():
        raise SpeechRefused(
            "The speech engine read the line and said nothing; check that its language is right.",
            code="sound.no_words",
        )
    return _Bare(
        samples, header["sample_rate"], tuple((a, s) for a, s in header["events"]), header["version"]
    )


def _ask(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """One exchange with the speech process."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(_CHILD)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SoundError(
            f"Speech took longer than {TIMEOUT_SECONDS} s and was stopped. Nothing was written; "
            "shorten the line.",
            code="sound.timeout",
        ) from error
    line, _, pcm = done.stdout.partition(b"\n")
    try:
        header: dict[str, Any] = json.loads(line)
    except ValueError as error:
        tail = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise SoundError(
            f"The speech process ended with status {done.returncode} and no answer. {tail}".strip(),
            code="sound.speech_process",
        ) from error
    return header, pcm


def _refusal(header: dict[str, Any]) -> SoundError:
    if header["code"] == "missing":
        return SoundEngineMissing(f"espeak-ng is not here ({header['message']}); {_INSTALL}.")
    if header["code"] == "voice":
        return SpeechRefused(f"{header['message']}; choose another voice.", code="sound.unknown_voice")
    return SoundError(header["message"], code="sound.speech_process")


def _bundled() -> tuple[str | None, str | None]:
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


def _moved(bare: _Bare, formant: float, cut: float) -> _Bare:
    """Event times in ms of the shaped sound."""
    events = tuple((round(ms / formant - cut * 1000), symbol) for ms, symbol in bare.events)
    return replace(bare, events=events)


def _phonemes(spoken: _Bare, seconds: float) -> tuple[Phoneme, ...]:
    """Events as phonemes with lengths, inside the file and in order."""
    end = int(seconds * 1000)
    starts: list[tuple[int, str]] = []
    for at, symbol in spoken.events:
        start = min(max(0, at), end)
        start = max(start, starts[-1][0] if starts else 0)
        if symbol.startswith("("):
            # "(en)" only says that the engine reads on with another language's rules
            continue
        if symbol or (starts and starts[-1][1]):
            starts.append((start, symbol))
    ends = [at for at, _ in starts[1:]] + [end]
    return tuple(
        Phoneme(at, symbol, stop - at) for (at, symbol), stop in zip(starts, ends, strict=True) if stop > at
    )


def _visemes(phonemes: tuple[Phoneme, ...], seconds: float) -> tuple[VisemeCue, ...]:
    """A cue wherever the mouth changes; it is closed before the first sound and after the last."""
    cues = [VisemeCue(0, Viseme.REST)]
    for phoneme in phonemes:
        shape = viseme_of(phoneme.symbol) if phoneme.symbol else Viseme.REST
        if shape == cues[-1].viseme:
            continue
        if cues[-1].at_ms == phoneme.at_ms:
            cues.pop()
        cues.append(VisemeCue(phoneme.at_ms, shape))
    last = phonemes[-1].at_ms + phonemes[-1].ms if phonemes else int(seconds * 1000)
    if cues[-1].viseme != Viseme.REST:
        cues.append(VisemeCue(last, Viseme.REST))
    return tuple(cues)
