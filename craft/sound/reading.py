"""What is really read aloud: a written line without marks that only a page needs, in a form the engine can
read.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

MOST_CHARACTERS = 20_000
_CHILD = Path(__file__).with_name("reading_process.py")
_TIMEOUT_SECONDS = 60

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


# Languages whose writing the engine cannot read as it stands, and the package that reads it.
_READERS = {"zh": "pypinyin", "ja": "janome"}


def readable(text: str, language: str) -> tuple[str, str]:
    """The text as the engine of a language can read it, and a note when it could not be prepared.

    language is a BCP-47 code of the studio's list; only Mandarin and Japanese need more than the text itself.
    """
    package = _READERS.get(language)
    if package is None or text.isascii():
        return text, ""
    done = subprocess.run(
        [sys.executable, "-I", str(_CHILD)],
        input=json.dumps({"language": language, "text": text}).encode(),
        capture_output=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    answer = json.loads(done.stdout) if done.returncode == 0 else {"ok": False}
    if answer["ok"]:
        return str(answer["text"]), ""
    return text, f"Signs without a reading are spelled or skipped; install {package} to have them read."
