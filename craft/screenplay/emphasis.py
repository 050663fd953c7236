"""Emphasis: `*italic*`, `**bold**`, `***both***`, `_underline_`, and `\\*` for a star that is a star.

Marks pair within a line only, as Fountain says; what finds no partner stays in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from craft.screenplay.model import Span, Style

_MARK = re.compile(r"\\[*_\\\[\]/~.!@#>=^(]|\*+|_")
# Widest first: that is the order in which a run of stars closes.
_STYLES = {3: (Style.BOLD, Style.ITALIC), 2: (Style.BOLD,), 1: (Style.ITALIC,)}
_LONGEST_RUN = 3


@dataclass(slots=True)
class _Pairing:
    """The marks of one line: what is open, which characters go, which stretches are emphasised."""

    text: str
    opened: dict[str, int] = field(default_factory=dict)
    removed: list[tuple[int, int]] = field(default_factory=list)
    found: list[tuple[int, int, Style]] = field(default_factory=list)

    def escape(self, at: int) -> None:
        """The backslash goes, what it protects stays."""
        self.removed.append((at, at + 1))

    def underscore(self, at: int) -> None:
        """Close the underline that is open, or open one."""
        if self._closes("_", at):
            self._pair("_", at, (Style.UNDERLINE,))
        elif self._opens(at + 1):
            self.opened["_"] = at

    def stars(self, at: int, end: int) -> None:
        """A run of stars closes what is open, widest first; what is left of it opens."""
        for width, styles in _STYLES.items():
            if width <= end - at and self._closes("*" * width, at):
                self._pair("*" * width, at, styles)
                at += width
        if at < end and self._opens(end):
            self.opened["*" * (end - at)] = at

    def _opens(self, end: int) -> bool:
        return end < len(self.text) and not self.text[end].isspace()

    def _closes(self, mark: str, at: int) -> bool:
        start = self.opened.get(mark, at)
        return start + len(mark) < at and not self.text[at - 1].isspace()

    def _pair(self, mark: str, at: int, styles: tuple[Style, ...]) -> None:
        start, width = self.opened.pop(mark), len(mark)
        self.removed += [(start, start + width), (at, at + width)]
        self.found += [(start + width, at, style) for style in styles]


def plain(text: str) -> tuple[str, tuple[Span, ...]]:
    """Text without marks and escapes, and where the emphasis lies in it. Lines are taken one by one."""
    if "*" not in text and "_" not in text and "\\" not in text:
        return text, ()
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for line in text.split("\n"):
        bare, found = _line(line)
        spans += [Span(span.start + length, span.end + length, span.style) for span in found]
        pieces.append(bare)
        length += len(bare) + 1
    return "\n".join(pieces), tuple(spans)


def _line(text: str) -> tuple[str, list[Span]]:
    pairing = _Pairing(text)
    for mark in _MARK.finditer(text):
        if mark[0][0] == "\\":
            pairing.escape(mark.start())
        elif mark[0] == "_":
            pairing.underscore(mark.start())
        elif len(mark[0]) <= _LONGEST_RUN:
            pairing.stars(mark.start(), mark.end())
    return _without(text, sorted(pairing.removed), pairing.found)


def _without(
    text: str, removed: list[tuple[int, int]], raw: list[tuple[int, int, Style]]
) -> tuple[str, list[Span]]:
    """Take the removed ranges out and move the spans to where their text now stands."""
    pieces: list[str] = []
    wanted = sorted({p for start, end, _ in raw for p in (start, end)})
    moved: dict[int, int] = {}
    position = gone = index = 0
    for start, end in [*removed, (len(text), len(text))]:
        while index < len(wanted) and wanted[index] <= start:
            moved[wanted[index]] = wanted[index] - gone
            index += 1
        pieces.append(text[position:start])
        gone += end - start
        position = end
    spans = [Span(moved[start], moved[end], style) for start, end, style in raw]
    return "".join(pieces), sorted(spans, key=lambda span: (span.start, span.end, span.style))
