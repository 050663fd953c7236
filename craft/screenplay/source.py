"""The lines of a script before grammar: cleaned, numbered, with notes and boneyard lifted out.

One pass over the text; every search remembers what it found, so that hostile text stays linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from craft.screenplay.model import Boneyard, Element, Note, ScriptNote

# Controls (NUL among them), direction overrides and lone surrogates: nobody means them, stores refuse them.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_OPENING = re.compile(r"/\*|\[\[")
_GAP = re.compile(r"\n[ \t]?\n")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line as the grammar sees it: `blank` as written; `lifted` when it held only notes or boneyard."""

    number: int
    text: str
    blank: bool
    lifted: bool


@dataclass(slots=True)
class _Scan:
    text: str
    notes: list[ScriptNote] = field(default_factory=list)
    lifted: list[Element] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    line: int = 1
    counted: int = 0

    def line_at(self, position: int) -> int:
        """The line of a position; positions must not go back."""
        self.line += self.text.count("\n", self.counted, position)
        self.counted = position
        return self.line

    def next(self, token: str, start: int) -> int:
        """Where a token next stands, −1 for nowhere; each stretch of text is searched once."""
        found = self.known.get(token, -2)
        if found == -1 or found >= start:
            return found
        found = self.text.find(token, start)
        self.known[token] = found
        return found

    def next_gap(self, start: int) -> int:
        """Where an empty line next stands (two spaces on it keep a note open), −1 for nowhere."""
        found = self.known.get("gap", -2)
        if found == -1 or found >= start:
            return found
        match = _GAP.search(self.text, start)
        found = match.start() if match else -1
        self.known["gap"] = found
        return found


def read_lines(raw: str) -> tuple[list[SourceLine], list[Element], list[ScriptNote]]:
    """Numbered lines, the notes and boneyards lifted out of them, and remarks about what was cleaned."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    cleaned, removed = _INVISIBLE.subn("", text)
    scan = _Scan(cleaned)
    if removed:
        found = _INVISIBLE.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        message = f"{removed} invisible control characters were left out."
        scan.notes.append(ScriptNote(line, "script.control_characters", message))
    _lift(scan)
    return _cut(scan), scan.lifted, scan.notes


def _lift(scan: _Scan) -> None:
    position = 0
    while found := _OPENING.search(scan.text, position):
        boneyard = found[0] == "/*"
        end = scan.next("*/" if boneyard else "]]", found.end())
        if end < 0:
            _unclosed(scan, found.start(), boneyard)
        gap = -1 if boneyard else scan.next_gap(found.end())
        if end < 0 or 0 <= gap < end:
            position = found.end()
            continue
        line = scan.line_at(found.start())
        body = scan.text[found.end() : end].strip()
        kind = Boneyard if boneyard else Note
        scan.lifted.append(kind(line, scan.line_at(end), body))
        scan.cuts.append((found.start(), end + 2))
        position = end + 2


def _unclosed(scan: _Scan, position: int, boneyard: bool) -> None:
    """Say once for each kind that an opening has no end; its text stays in the script."""
    code = "script.boneyard_open" if boneyard else "script.note_open"
    if any(note.code == code for note in scan.notes):
        return
    mark, closing = ("/*", "*/") if boneyard else ("[[", "]]")
    message = f"{mark} is never closed by {closing}; it is read as text."
    scan.notes.append(ScriptNote(scan.line_at(position), code, message))


def _cut(scan: _Scan) -> list[SourceLine]:
    """Split into lines with the cuts taken out; a cut over several lines leaves them lifted, not blank."""
    lines: list[SourceLine] = []
    start = cut = 0
    for number, whole in enumerate(scan.text.split("\n"), 1):
        end = start + len(whole)
        pieces, position, touched = [], start, False
        while cut < len(scan.cuts) and scan.cuts[cut][0] <= end:
            begin, stop = scan.cuts[cut]
            touched = True
            pieces.append(scan.text[position : max(begin, position)])
            position = min(stop, end)
            if stop > end:
                break
            cut += 1
        pieces.append(scan.text[position:end])
        text = _joined(pieces)
        empty = not text.strip()
        kept = "" if touched and empty else text
        lines.append(SourceLine(number, kept, empty and not touched, empty and touched))
        start = end + 1
    return lines


def _joined(pieces: list[str]) -> str:
    """The pieces round cuts, with one space where a cut stood between two."""
    whole, last = "", ""
    for piece in pieces:
        kept = piece[1:] if pieces[0] is not piece and last in ("", " ") and piece.startswith(" ") else piece
        last = kept[-1:] or last
        whole += kept
    return whole.rstrip() if len(pieces) > 1 else whole
