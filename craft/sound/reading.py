"""What is really read aloud: a written line without marks that only a page needs, in a form the engine can
read.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from craft.sound.children import Children
from craft.sound.normalising import normalised, without_pictures
from craft.terms.languages import LANGUAGES, Language

MOST_CHARACTERS = 20_000
_TIMEOUT_SECONDS = 60
_READERS = Children(Path(__file__).with_name("reading_process.py"), "-I")

_QUIET = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u00a0": " ",
        "\u202f": " ",
    }
)
_EMPHASIS = re.compile(r"(\*{1,3}|~~|(?<!\w)_{1,2}|_{1,2}(?!\w))")
_ASIDE = re.compile(r"\((?!\d{3}\)\s?\d)(?:[^()]{0,80})\)")

# Script of a row → the names Unicode gives its letters, the usual one first.
_SCRIPTS: dict[str, tuple[str, ...]] = {
    "Latn": ("LATIN",),
    "Cyrl": ("CYRILLIC",),
    "Grek": ("GREEK",),
    "Arab": ("ARABIC",),
    "Hebr": ("HEBREW",),
    "Deva": ("DEVANAGARI",),
    "Beng": ("BENGALI",),
    "Guru": ("GURMUKHI",),
    "Gujr": ("GUJARATI",),
    "Taml": ("TAMIL",),
    "Telu": ("TELUGU",),
    "Knda": ("KANNADA",),
    "Mlym": ("MALAYALAM",),
    "Thai": ("THAI",),
    "Armn": ("ARMENIAN",),
    "Geor": ("GEORGIAN",),
    "Hans": ("CJK",),
    "Jpan": ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "CJK", "IDEOGRAPHIC"),
    "Kore": ("HANGUL", "CJK"),
}
# Who reads a line whose letters its own language does not have.
_READ_AS = {
    "LATIN": "en",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "THAI": "th",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
}
# Languages that are also written in another script, which the engine's voice for them reads.
_ALSO = {"sr": ("LATIN",), "bs": ("CYRILLIC",), "kk": ("LATIN",)}


@dataclass(frozen=True, slots=True)
class Run:
    """Words that one language's voice reads."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as it is read: runs for the engine, the same in its own script, and a note when a part of it
    could not be prepared.
    """

    runs: tuple[Run, ...]
    said: str
    note: str = ""


def spoken_text(text: str, *, asides: bool = False) -> str:
    """The line as it is spoken: no control characters, emoji, emphasis marks or stage directions (kept with
    `asides`), one space between words.

    The result may be empty: the line had nothing to say.
    """
    visible = _EMPHASIS.sub("", without_pictures(text.translate(_QUIET)))
    return re.sub(r"\s+", " ", visible if asides else _ASIDE.sub(" ", visible)).strip()


def has_speech(text: str) -> bool:
    """Is there anything in it that a voice can say (a letter or a digit of any script)?"""
    return any(unicodedata.category(c)[0] in "LN" for c in text)


def reader_of(text: str, row: Language) -> tuple[Language, str]:
    """The language that can read the letters of a line, and a note when it is not the line's own.

    A line of which most letters belong to another script is read by the usual language of that script.
    """
    letters = Counter(
        unicodedata.name(c, "?").split(" ")[0] for c in text if unicodedata.category(c)[0] == "L"
    )
    own = (*_SCRIPTS.get(row.script, ()), *_ALSO.get(row.bcp47, ()))
    strange = Counter({script: n for script, n in letters.items() if script not in own})
    if not strange or sum(strange.values()) <= 0.6 * sum(letters.values()):
        return row, ""
    script = strange.most_common(1)[0][0]
    if script == "LATIN" and sum(strange.values()) < sum(letters.values()):
        # names and foreign words stand in every language; its own voice reads them
        return row, ""
    name = script.capitalize()
    if script not in _READ_AS:
        return row, f"The line is written in {name} letters, which {row.name} does not have."
    other = LANGUAGES[_READ_AS[script]]
    return (
        other,
        f"The line is written in {name} letters, not in those of {row.name}; it is read as {other.name}.",
    )


def readable(text: str, language: str, *, british: bool = False) -> Reading:
    """The words to read in the form the engine's voices of their languages can read.

    language is a BCP-47 code of the studio's list. Numbers and abbreviations are written out first
    (`normalising`); Mandarin becomes pinyin and Japanese kana, Latin words in Mandarin are read as English.
    """
    said = normalised(text, language, british=british)
    if language in ("zh", "ja"):
        runs, note = _apart(said, language)
        return Reading(runs, said, note)
    return Reading((Run(said, language),), said)


_LATIN_WORDS = re.compile(r"[A-Za-z][A-Za-z'.&-]*[A-Za-z](?:\s+[A-Za-z][A-Za-z'.&-]*)*")
_CHINESE_MARKS = str.maketrans(
    {
        "，": ", ",
        "、": ", ",
        "。": ". ",
        "！": "! ",
        "？": "? ",
        "；": "; ",
        "：": ": ",
        "《": " ",
        "》": " ",
        "「": " ",
        "」": " ",
        "『": " ",
        "』": " ",
        "（": " ",
        "）": " ",
        "·": " ",
        "・": " ",
    }
)


def _apart(said: str, language: str) -> tuple[tuple[Run, ...], str]:
    """Pinyin or kana, with runs of Latin words in between as English."""
    runs, notes, done = [], [], 0
    for match in (*_LATIN_WORDS.finditer(said), None):
        own = said[done : match.start() if match else len(said)]
        if has_speech(own):
            told, note = _asked(language, own)
            runs.append(Run(_plain_marks(_japanese(told) if language == "ja" else told), language))
            notes.append(note)
        if match:
            runs.append(Run(normalised(match[0], "en"), "en"))
            done = match.end()
    return tuple(runs), next(filter(None, notes), "")


_LONG_ROWS = (
    "アカサタナハマヤラワガザダバパァャヮ",
    "イキシチニヒミリギジヂビピィ",
    "ウクスツヌフムユルグズヅブプゥュヴ",
    "エケセテネヘメレゲゼデベペェ",
    "オコソトノホモヨロヲゴゾドボポォョ",
)
_VOWELS = {kana: vowel for vowel, kanas in zip("アイウエオ", _LONG_ROWS, strict=True) for kana in kanas}


def _japanese(told: str) -> str:
    """Katakana the engine's rules know: long vowels written out."""
    katakana = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in told)
    out = ""
    for sign in katakana:
        out += _VOWELS.get(out[-1:], "") if sign == "ー" else sign
    return out


def _plain_marks(text: str) -> str:
    marked = re.sub(r"\s+", " ", text.translate(_CHINESE_MARKS))
    return re.sub(r"\s+([,.;:!?])", r"\1", marked).strip()


def _asked(language: str, text: str) -> tuple[str, str]:
    """The reader's answer, or the text itself with a note that it is not installed."""
    if text.isascii():
        return text, ""
    answer, _ = _READERS.ask({"language": language, "text": text}, key=language, seconds=_TIMEOUT_SECONDS)
    if answer["ok"]:
        return str(answer["text"]), ""
    return (
        text,
        f"Signs without a reading are spelled or skipped; install {answer['message']} to have them read.",
    )
