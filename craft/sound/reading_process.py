"""Turns writing the engine cannot read into writing it can, in a process that ends: dictionaries are large.

Run as `python -I reading_process.py`.
stdin   {"language": "zh" | "ja", "text"}
stdout  {"ok": true, "text"} or {"ok": false, "message"}
"""

from __future__ import annotations

import json
import sys


def mandarin(text: str) -> str:
    """Hanzi → pinyin with tone numbers, phrases decide between readings; everything else stays."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  (only one dictionary is loaded)

    return " ".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))


def japanese(text: str) -> str:
    """Kanji → katakana as spoken (the particle は is ワ); words without a reading stay."""
    # only one dictionary is loaded
    from janome.tokenizer import Tokenizer  # type: ignore[import-untyped]  # noqa: PLC0415

    words = Tokenizer(mmap=True).tokenize(text)
    return "".join(word.surface if word.phonetic == "*" else word.phonetic for word in words)


def main() -> int:
    """Answer one request and leave."""
    request = json.loads(sys.stdin.buffer.read())
    try:
        text = {"zh": mandarin, "ja": japanese}[request["language"]](request["text"])
        answer = {"ok": True, "text": text}
    except ImportError as error:
        answer = {"ok": False, "message": str(error.name)}
    sys.stdout.buffer.write(json.dumps(answer).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
