"""The title page: `Key: value` lines before the script, values over several indented lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from craft.screenplay.emphasis import plain
from craft.screenplay.model import TitleEntry, TitlePage
from craft.screenplay.source import SourceLine

_KEY = re.compile(r"([^\W\d_][^:\n]{0,40}?)\s*:(?!\w)\s*(.*)")
# One of these must stand in the block, or a script that begins "He says: run." would lose its first line.
_KNOWN = frozenset(
    {
        "title",
        "credit",
        "author",
        "authors",
        "written by",
        "story by",
        "source",
        "notes",
        "date",
        "draft date",
        "contact",
        "copyright",
        "revision",
        "format",
        "genre",
        "tone",
        "series",
        "season",
        "episode",
        "language",
        "logline",
        "aspect",
        "pacing",
        "structure",
        "act structure",
    }
)
_LONGEST = 2000


def read_title_page(lines: Sequence[SourceLine]) -> tuple[TitlePage, int]:
    """The title page and the index of the first line after it (0 when there is none)."""
    start = 0
    while start < len(lines) and lines[start].blank:
        start += 1
    stop = start
    while stop < len(lines) and not lines[stop].blank:
        stop += 1
    entries: list[tuple[str, int, list[str]]] = []
    for line in lines[start:stop]:
        found = _KEY.match(line.text) if len(line.text) <= _LONGEST and not line.text[:1].isspace() else None
        if found:
            entries.append((found[1].strip(), line.number, [found[2]]))
        elif entries:
            entries[-1][2].append(line.text)
        else:
            return TitlePage(), 0
    if not any(key.casefold() in _KNOWN for key, _, _ in entries):
        return TitlePage(), 0
    made = (TitleEntry(key, _values(values), number) for key, number, values in entries)
    return TitlePage(tuple(made)), stop


def _values(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain(value.strip())[0] for value in values if value.strip())
