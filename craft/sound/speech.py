"""Speech: text → a 48 kHz mono WAV in a character's voice, with phoneme times and mouth cues."""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from craft.sound import shaping
from craft.sound.errors import SoundError, SpeechRefused
from craft.sound.espeak import Bare, synthesised
from craft.sound.reading import MOST_CHARACTERS
from craft.sound.registers import Register, register_of
from craft.sound.script import Script, marked_script, plain_script
from craft.sound.voices import EMOTIONS, FASTEST, SLOWEST, Emotion, Voice, with_emotion
from craft.sound.wav import write_wav
from craft.terms.languages import Language, UnknownLanguage
from craft.terms.languages import language as language_of
from craft.terms.speech import Viseme, VisemeCue, viseme_of

# What the product shows beside a line of this engine.
DRAFT_LABEL = "Draft voice"
MOST_FASTER, MOST_SLOWER = 1.15, 0.85
LONGEST_WINDOW_SECONDS = 3600.0
_TRIES = 6
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One sound of speech: where it starts and how long it lasts, in ms; an empty symbol is a pause."""

    at_ms: int
    symbol: str
    ms: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A `<mark>` of SSML and the ms at which it is reached."""

    at_ms: int
    name: str


@dataclass(frozen=True, slots=True)
class Speech:
    """A spoken line.

    `fitted` is False when it could not be brought into the asked window within ±15 % of the rate; `note` says
    so, and everything else a listener should know. `said` is what was read (numbers and abbreviations in
    words); captions keep the written text. `substitute` names the language whose voice stands in, else "".
    `label` marks it as a draft wherever it is shown.
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
    marks: tuple[Mark, ...] = ()
    said: str = ""
    substitute: str = ""
    label: str = DRAFT_LABEL


@dataclass(frozen=True, slots=True)
class Line:
    """A line for `speak_many`; the fields are those of `speak`."""

    text: str
    voice: Voice
    out: Path
    language: str = "en"
    emotion: str = "neutral"
    min_seconds: float | None = None
    max_seconds: float | None = None
    ssml: bool = False


def speak(
    text: str,
    *,
    language: str = "en",
    voice: Voice,
    out: Path,
    max_seconds: float | None = None,
    emotion: str = "neutral",
    min_seconds: float | None = None,
    ssml: bool = False,
) -> Speech:
    """Speak a line into `out` (WAV, 48 kHz, mono, 16 bit).

    language is a BCP-47 code of the studio's list; emotion one of `EMOTIONS`. With `min_seconds` or
    `max_seconds` the rate changes by at most 15 % to fill or to fit that time. Text is plain unless `ssml` is
    asked for (`craft.sound.ssml`).

    Raises `SpeechRefused` (nothing to say, too long, unknown language, voice or emotion, unreadable SSML, an
    impossible window), `SoundEngineMissing` (no espeak-ng), `SoundError` (it failed or the file could not be
    written).
    """
    feeling = _checked(text, emotion, min_seconds, max_seconds)
    row = _row(language)
    british = language.replace("_", "-").casefold() == "en-gb" or voice.espeak.startswith("en-gb")
    script = (marked_script if ssml else plain_script)(text, row, british=british)
    felt = with_emotion(voice, feeling)
    bare, register, rate, fitted = _fitted(script, voice, felt, min_seconds, max_seconds)
    shaped = shaping.shape(bare.signal, bare.rate, felt, register, identity=voice, gain=feeling.gain)
    seconds = write_wav(out, shaped.signal)
    phonemes = _phonemes(bare, shaped, seconds)
    return Speech(
        path=out,
        seconds=seconds,
        sample_rate=48_000,
        phonemes=phonemes,
        visemes=_visemes(phonemes, seconds),
        rate_used=rate,
        fitted=fitted,
        version=f"espeak-ng {bare.version}, shaping {shaping.SHAPING_VERSION}",
        note=" ".join(
            filter(None, (script.note, "" if fitted else _unfitted(seconds, min_seconds, max_seconds)))
        ),
        marks=_marks(bare, shaped, seconds, script.names),
        said=script.said,
        substitute=row.substitute,
    )


def speak_many(lines: Iterable[Line], *, workers: int = 2) -> list[Speech | SoundError]:
    """Speak lines side by side, in their order; a line that fails is its error and stops no other."""

    def one(line: Line) -> Speech | SoundError:
        try:
            return speak(
                line.text,
                language=line.language,
                voice=line.voice,
                out=line.out,
                max_seconds=line.max_seconds,
                emotion=line.emotion,
                min_seconds=line.min_seconds,
                ssml=line.ssml,
            )
        except SoundError as error:
            return error

    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        return list(pool.map(one, lines))


def _row(language: str) -> Language:
    try:
        return language_of(language)
    except UnknownLanguage as error:
        raise SpeechRefused(str(error), code="sound.unknown_language") from error


def _checked(text: str, emotion: str, least: float | None, most: float | None) -> Emotion:
    if emotion not in EMOTIONS:
        raise SpeechRefused(f"{emotion!r} is no emotion; choose one of {', '.join(EMOTIONS)}.")
    if len(text) > MOST_CHARACTERS:
        raise SpeechRefused(
            f"The line has {len(text)} characters; at most {MOST_CHARACTERS} are spoken at once. Split it.",
            code="sound.speech_too_long",
        )
    for name, value in (("min_seconds", least), ("max_seconds", most)):
        if value is not None and not (math.isfinite(value) and 0 < value <= LONGEST_WINDOW_SECONDS):
            raise SpeechRefused(
                f"{name} is {value}; it lies above 0 and at most at {LONGEST_WINDOW_SECONDS:.0f} s.",
                code="sound.window",
            )
    if least is not None and most is not None and least > most:
        raise SpeechRefused(
            f"min_seconds ({least}) is more than max_seconds ({most}); exchange them.", code="sound.window"
        )
    return EMOTIONS[emotion]


def _fitted(
    script: Script, voice: Voice, felt: Voice, least: float | None, most: float | None
) -> tuple[Bare, Register, int, bool]:
    """The engine's answer at the rate that fits, its register, the rate in words per minute, and whether the
    window was reached. Only the engine is asked again; it takes a fraction of the shaping.
    """
    slowest = max(SLOWEST, math.ceil(felt.rate * MOST_SLOWER))
    fastest = min(FASTEST, int(felt.rate * MOST_FASTER))
    low, high, rate = slowest, fastest, felt.rate
    found: tuple[Bare, Register, int, bool] | None = None
    for _ in range(_TRIES):
        register = register_of(replace(felt, rate=rate), voice)
        bare = synthesised(script.segments(voice, register), register, felt.range)
        seconds = shaping.seconds_of(bare.signal, bare.rate, register.factor)
        long, short = (
            most is not None and seconds > most + _CLOSE,
            least is not None and seconds < least - _CLOSE,
        )
        found = (bare, register, rate, not long and not short)
        if not long and not short:
            break
        # silence between words does not shrink with the rate, so ask a little more than the ratio
        if long and most is not None:
            low = rate + 1
            wanted = int(rate * (seconds / most) * 1.01) + 1
        else:
            high = rate - 1
            wanted = math.floor(rate * (seconds / (least or seconds)) / 1.01)
        if low > high:
            break
        rate = min(high, max(low, wanted))
    assert found is not None
    return found


def _unfitted(seconds: float, least: float | None, most: float | None) -> str:
    if most is not None and seconds > most:
        return f"{seconds:.2f} s at +15 %, longer than {most:.2f} s."
    return f"{seconds:.2f} s at −15 %, shorter than {least or 0:.2f} s."


def _phonemes(bare: Bare, shaped: shaping.Shaped, seconds: float) -> tuple[Phoneme, ...]:
    """Events as phonemes with lengths, inside the file and in order."""
    end = int(seconds * 1000)
    times = shaped.moved(np.array([at for at, _ in bare.events], np.float64)) * 1000
    starts: list[tuple[int, str]] = []
    for at, (_, symbol) in zip(times, bare.events, strict=True):
        start = min(max(0, round(float(at))), end)
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


def _marks(bare: Bare, shaped: shaping.Shaped, seconds: float, names: tuple[str, ...]) -> tuple[Mark, ...]:
    """Marks in their order; those after the last word are at the end."""
    found = {int(name): at for at, name in bare.marks if name.isdecimal()}
    out: list[Mark] = []
    for index, name in enumerate(names):
        at = shaped.moved(np.array([found[index]]))[0] if index in found else seconds
        ms = min(round(float(at) * 1000), int(seconds * 1000))
        out.append(Mark(max(ms, out[-1].at_ms if out else 0), name))
    return tuple(out)


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
