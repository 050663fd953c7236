"""What is really read aloud: a written line without marks that only a page needs, in a form the engine can
read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

MOST_CHARACTERS = 20_000

_QUIET = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2026": "... ",
    "\u2014": ", ",
    "\u2013": ", ",
    "\u00a0": " ",
    "\u200b": "",
    "\ufeff": "",
    "\u00ad": "",
}
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_|_(?!\w))")
_ASIDE = re.compile(r"\((?:[^()]{0,80})\)")


def spoken_text(text: str) -> str:
    """The line as it is spoken: no control characters, no emphasis marks, no stage directions, one space
    between words.

    The result may be empty: the line had nothing to say.
    """
    visible = "".join(_QUIET.get(c, c) for c in text)
    visible = "".join(
        " " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else c for c in visible
    )
    visible = _EMPHASIS.sub("", _ASIDE.sub(" ", visible)).replace("--", ", ")
    return re.sub(r"\s+", " ", visible).strip()


def has_speech(text: str) -> bool:
    """Is there anything in it that a voice can say (a letter or a digit of any script)?"""
    return any(unicodedata.category(c)[0] in "LN" for c in text)


Reader = Callable[[str], str]
# Languages whose writing the engine cannot read as it stands register a reader: text → what it can read.
READERS: dict[str, Reader] = {}


def readable(text: str, language: str) -> str:
    """The text as the engine of a language needs it (letters of another script, syllables, as it is)."""
    reader = READERS.get(language.split("-", maxsplit=1)[0])
    return reader(text) if reader else text
