"""Counting and cutting words of any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from craft.terms.digest import digest

_TOKEN = re.compile(r"[^\W_](?:[\w'’.-]*\w)?")
# Scripts without spaces between words: about so many characters make one spoken word.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_RUNNING = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_DENSE_PER_WORD, _RUNNING_PER_WORD = 2, 5
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’)]*\s+|(?<=[。！？])|\n+")
_CLAUSE_END = re.compile(r"(?<=[,;:–—])\s+")
_SLUG_LENGTH = 80


def bag(words: str) -> frozenset[str]:
    """A set of words written with spaces between."""
    return frozenset(words.split())


def tokens(text: str) -> list[str]:
    """The words of a text as written."""
    return _TOKEN.findall(text)


def count_words(text: str) -> int:
    """How many words it takes to say a text aloud."""
    dense = len(_DENSE.findall(text))
    running = _RUNNING.findall(text)
    spaced = len(_TOKEN.findall(_RUNNING.sub(" ", _DENSE.sub(" ", text))))
    return spaced + -(-dense // _DENSE_PER_WORD) + sum(-(-len(part) // _RUNNING_PER_WORD) for part in running)


def sentences(text: str) -> list[str]:
    """The sentences of a text, trimmed, none empty."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def portions(parts: Sequence[str], most_words: int, *, whole: int = 0) -> Iterator[str]:
    """Join sentences into portions of at most `most_words` words.

    A sentence of at most `whole` words is never cut. A longer one is cut after a comma or its like where there is
    one, else between words, into pieces of about the same length.
    """
    kept: list[str] = []
    total = 0
    for part in (piece for sentence in parts for piece in _pieces(sentence, most_words, whole)):
        words = count_words(part)
        if kept and total + words > most_words:
            yield " ".join(kept)
            kept, total = [], 0
        kept.append(part)
        total += words
    if kept:
        yield " ".join(kept)


def _pieces(sentence: str, most_words: int, whole: int) -> Iterator[str]:
    if count_words(sentence) <= max(most_words, whole):
        yield sentence
        return
    for clause in _CLAUSE_END.split(sentence):
        words = clause.split()
        pieces = -(-len(words) // most_words)
        step = -(-len(words) // pieces) if pieces else 1
        for start in range(0, len(words), step):
            yield " ".join(words[start : start + step])


def one_line(text: str, most: int) -> str:
    """A text on one line, cut at `most` characters with an ellipsis."""
    flat = " ".join(text[: most * 4].split()) if len(text) > most * 4 else " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def fold(text: str) -> str:
    """The form in which two spellings of a name are the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .:,")


def slug(text: str) -> str:
    """Letters and digits of any script joined by hyphens; a long or letterless text gets a digest."""
    joined = "-".join(re.findall(r"[^\W_]+", fold(text)))
    if joined and len(joined) <= _SLUG_LENGTH:
        return joined
    tail = digest("screenplay.slug", 1, text)[:8]
    return f"{joined[:_SLUG_LENGTH]}-{tail}" if joined else tail
