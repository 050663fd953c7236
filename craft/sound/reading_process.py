"""Turns writing the engine cannot read into writing it can, in a process of its own: dictionaries are large.

Run as `python -I reading_process.py`; it answers until nobody asks for two minutes.
stdin   {"language": "zh" | "ja", "text"} newline
stdout  {"ok": true, "text", "bytes": 0} or {"ok": false, "message", "bytes": 0}, newline
"""

from __future__ import annotations

import functools
import json
import select
import sys
from typing import Any

IDLE_SECONDS = 120


def mandarin(text: str) -> str:
    """Hanzi → pinyin with tone numbers, phrases decide between readings; everything else stays."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  (only one dictionary is loaded)

    return " ".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))


def japanese(text: str) -> str:
    """Kanji → katakana as spoken (the particle は is ワ); words without a reading stay."""
    words = _tokenizer().tokenize(text)
    return "".join(word.surface if word.phonetic == "*" else word.phonetic for word in words)


@functools.cache
def _tokenizer() -> Any:
    # only one dictionary is loaded
    from janome.tokenizer import Tokenizer  # type: ignore[import-untyped]  # noqa: PLC0415

    return Tokenizer(mmap=True)


def main() -> int:
    """Answer until nobody asks any more."""
    selects = sys.platform != "win32"
    while not selects or select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            break
        request = json.loads(line)
        try:
            text = {"zh": mandarin, "ja": japanese}[request["language"]](request["text"])
            answer: dict[str, Any] = {"ok": True, "text": text}
        except ImportError as error:
            answer = {"ok": False, "message": str(error.name)}
        sys.stdout.buffer.write(json.dumps({**answer, "bytes": 0}).encode() + b"\n")
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
