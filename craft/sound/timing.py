"""How long a line will be, from its text alone: for planning shots before anything is spoken.

A language's voice takes a steady time for a letter, measured with the engine over the sample of the language
table and, for twenty-nine languages, over the first article of the Universal Declaration of Human Rights
(`data/speaking_times.json`, ms at 165 words per minute). Punctuation adds the engine's pauses.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Sequence
from importlib import resources

from craft.sound import ssml as markup
from craft.sound.errors import SpeechRefused
from craft.sound.normalising import normalised
from craft.sound.reading import reader_of, spoken_text
from craft.sound.said_as import said_as
from craft.sound.voices import EMOTIONS, Voice, with_emotion
from craft.terms.languages import Language, UnknownLanguage
from craft.terms.languages import language as language_of

_MEASURED_RATE = 165
# What the shaping leaves before and after the words.
_ENDS_SECONDS = 0.14
_COMMA_SECONDS, _STOP_SECONDS = 0.27, 0.36
_STOPS = re.compile(r"(?:[.!?;:…。！？；：।։۔؟]+)(?=\s+\S|[^\s\w.,!?。！？]*\w)")
_COMMAS = re.compile(r"[,，、،՝](?=\s*\S)")
_SYLLABIC = frozenset(("Deva", "Beng", "Guru", "Gujr", "Taml", "Telu", "Knda", "Mlym", "Thai"))


def predict_seconds(
    text: str, *, language: str = "en", voice: Voice, emotion: str = "neutral", ssml: bool = False
) -> float:
    """The expected length of `speak`'s file in seconds, without asking the engine; 0 for nothing to say.

    Over held-out sentences the error is a tenth in the middle (`tests/sound/test_speech_timing.py`).
    Raises `SpeechRefused` for an unknown language or emotion, and for unreadable SSML.
    """
    try:
        row = language_of(language)
    except UnknownLanguage as error:
        raise SpeechRefused(str(error), code="sound.unknown_language") from error
    if emotion not in EMOTIONS:
        raise SpeechRefused(f"{emotion!r} is no emotion; choose one of {', '.join(EMOTIONS)}.")
    pace = _MEASURED_RATE / with_emotion(voice, EMOTIONS[emotion]).rate
    tokens: Sequence[markup.Token] = markup.tokens_of(text) if ssml else [markup.Words(text)]
    reader = reader_of(markup.plain_text(tokens), row)[0]
    total = 0.0
    for token in tokens:
        if isinstance(token, markup.Break):
            total += token.ms / 1000
        elif isinstance(token, markup.Words):
            said = spoken_text(token.text, asides=ssml)
            said = said_as(said, token.manner.said_as, reader.bcp47)
            total += words_seconds(normalised(said, reader.bcp47), reader) * pace / token.manner.rate
    return total + _ENDS_SECONDS if total else 0.0


def words_seconds(said: str, row: Language) -> float:
    """Seconds at 165 words per minute of words as they are read, with the pauses between them."""
    pauses = len(_STOPS.findall(said)) * _STOP_SECONDS + len(_COMMAS.findall(said)) * _COMMA_SECONDS
    spoken = letters(said, row) * _milliseconds()[row.bcp47] / 1000
    return spoken + pauses if spoken else 0.0


def letters(text: str, row: Language) -> float:
    """Letters and figures that take time: a vowel sign takes part of it, a kanji that of two kana."""
    count = 0.0
    for sign in text:
        category = unicodedata.category(sign)
        if category[0] in "LN":
            count += 2.0 if row.bcp47 == "ja" and "CJK" in unicodedata.name(sign, "") else 1.0
        elif category == "Mc":
            count += 1.0
        elif category == "Mn" and row.script in _SYLLABIC:
            count += 0.6
    return count


@functools.cache
def _milliseconds() -> dict[str, float]:
    text = resources.files("craft.sound").joinpath("data", "speaking_times.json").read_text(encoding="utf-8")
    return {code: float(ms) for code, ms in json.loads(text)["ms_per_letter"].items()}
