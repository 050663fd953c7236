"""Text as it is said: what a voice should read instead of what is written. Captions keep the written text.

English is done in full: numbers, ordinals, years, dates, times, money, measures, percentages, ranges,
fractions, telephone numbers, abbreviations, acronyms, capitals for shouting, Roman numerals after names and
headings, addresses of the net. Mandarin and Japanese have their figures written out so that the reader knows
their readings. In every other language numbers, abbreviations and signs are read by the engine's own rules
for that language; here only what none of them can say is done: emoji and invisible marks are dropped,
dashes and ellipses become pauses, quotation marks and ranges are made plain.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from craft.sound.chinese_numbers import figures_in_japanese, figures_in_mandarin
from craft.sound.english_figures import figures_said
from craft.sound.english_words import abbreviations_said, capitals_said, romans_said

_DASHES = re.compile(r"\s*(?:--+|[\u2014\u2015\u2E3A\u2E3B])\s*|\s+[-\u2013]\s+")
_ELLIPSES = re.compile(r"\s*(?:\u2026|\.(?:\s?\.){2,})+")
_NUMBER_RANGE = re.compile(r"(?<=\d)\s?[\u2013\u2212-]\s?(?=\d)")
_PAUSE = {"zh": "，", "ja": "、"}


def normalised(text: str, language: str, *, british: bool = False) -> str:
    """The words to read for a line in a language (BCP-47, the studio's list).

    british writes numbers with "and" and puts the day before the month. Idempotent on plain words.
    """
    text = paused(text, language)
    if language == "en":
        text = figures_said(romans_said(abbreviations_said(text)), british=british)
        text = capitals_said(text)
    elif language == "zh":
        text = figures_in_mandarin(text)
    elif language == "ja":
        text = figures_in_japanese(text)
    else:
        text = _NUMBER_RANGE.sub(" ", text)
    return re.sub(r"\s+", " ", re.sub(r"\s+([,.;!?])", r"\1", text)).strip()


def paused(text: str, language: str) -> str:
    """Dashes and ellipses as the pauses they stand for; at an end they are the end of a sentence."""
    comma = _PAUSE.get(language, ", ")
    text = _ELLIPSES.sub(_pause_of(text, _PAUSE.get(language, "... ")), text)
    text = _DASHES.sub(_pause_of(text, comma), text)
    text = re.sub(r"[\s,.，、]*\.(?:[\s,.，、]*\.)+$", ".", text)
    return re.sub(r"^[\s,.，、]+(?=\w)|(?<=[,，、])\s*[,，、.](?!\d)", "", text)


def _pause_of(text: str, pause: str) -> Callable[[re.Match[str]], str]:
    """What stands for a mark: a pause, or a full stop where nothing but marks follows."""
    return lambda match: pause if re.search(r"\w", text[match.end() :]) else "."


def without_pictures(text: str) -> str:
    """Without emoji and without marks that nobody sees; joiners stay inside words, where they are spelling."""
    kept = []
    for index, sign in enumerate(text):
        category = unicodedata.category(sign)
        if sign in "\u200c\u200d":
            around = text[index - 1 : index] + text[index + 1 : index + 2]
            if len(around) == 2 and all(unicodedata.category(c)[0] in "LM" for c in around):
                kept.append(sign)
        elif _is_picture(sign) or category == "Cf" or sign == "\ufe0f":
            # a soft hyphen or a direction mark stands inside a word, a picture between words
            kept.append(" " if _is_picture(sign) else "")
        else:
            kept.append(" " if category in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") else sign)
    return "".join(kept)


def _is_picture(sign: str) -> bool:
    code = ord(sign)
    return (
        0x1F000 <= code <= 0x1FAFF or 0x2600 <= code <= 0x27BF or 0x2B00 <= code <= 0x2BFF or code == 0x20E3
    )
