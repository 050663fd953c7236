"""Fountain: text → `Script`. Never raises on text; every line is looked at once or twice, whatever it holds.

Beyond Fountain 1.1: names in scripts without capitals may be marked `健太：`; `FADE IN:` and its kin are
transitions; lines in capitals that direct the camera (`CLOSE ON MARA`) are action, not speakers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from heapq import merge

from craft.screenplay import recognise
from craft.screenplay.emphasis import plain
from craft.screenplay.model import (
    Action,
    Boneyard,
    Centred,
    Character,
    Dialogue,
    Element,
    Lyrics,
    Note,
    PageBreak,
    Parenthetical,
    SceneHeading,
    Script,
    ScriptNote,
    Section,
    Span,
    Synopsis,
    TransitionCue,
)
from craft.screenplay.source import SourceLine, read_lines
from craft.screenplay.title_page import read_title_page

_PAGE_BREAK = re.compile(r"={3,}")
_SECTION = re.compile(r"(#{1,6})(?!#)\s*(.*)", re.DOTALL)
# Emphasis is looked for in lines people write, not in a pasted file without line ends.
_LONGEST_MARKED = 20_000
# After these a new paragraph begins even without an empty line.
_BOUNDARIES = (SceneHeading, Section, Synopsis, PageBreak, TransitionCue, Centred)


def parse(text: str) -> Script:
    """Read a Fountain screenplay. Never raises; what is odd is told in `notes` with its line."""
    lines, lifted, notes = read_lines(text)
    seen = [line for line in lines if not line.lifted]
    title_page, start = read_title_page(seen)
    reader = _Reader(seen, start, notes)
    elements = reader.read()
    ordered = merge(lifted, elements, key=lambda e: (e.line, not isinstance(e, Note | Boneyard)))
    remarks = sorted(notes, key=lambda n: (n.line, n.code))
    return Script(title_page, tuple(ordered), tuple(remarks), len(lines))


class _Reader:
    """Walks the lines once; each recogniser takes the lines it understands and says how far it went."""

    def __init__(self, lines: Sequence[SourceLine], start: int, notes: list[ScriptNote]) -> None:
        self._lines = lines
        self._at = start
        self._notes = notes
        self._out: list[Element] = []
        self._steps: tuple[Callable[[SourceLine, str], bool], ...] = (
            self._heading,
            self._transition,
            self._cue,
        )

    def read(self) -> list[Element]:
        """All elements of the body, in order."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.blank:
                self._at += 1
                continue
            text = line.text.strip()
            if text[0] == "!":
                self._action(line)
            elif self._marked(line, text):
                continue
            elif len(text) > recognise.LONGEST_LINE or not any(step(line, text) for step in self._steps):
                self._action(line)
        return self._out

    # -- forced and marked lines

    def _marked(self, line: SourceLine, text: str) -> bool:
        """Lines whose first character says what they are."""
        n, short = line.number, len(text) <= recognise.LONGEST_LINE
        if _PAGE_BREAK.fullmatch(text):
            self._add(PageBreak(n, n, ""))
        elif text[0] == "=":
            self._add(Synopsis(n, n, *_marked_text(text[1:].strip())))
        elif found := _SECTION.fullmatch(text):
            words, spans = _marked_text(found[2].strip())
            self._add(Section(n, n, words, spans, level=len(found[1])))
        elif text[0] == "~":
            self._add(Lyrics(n, n, *_marked_text(text[1:].strip())))
        elif text[0] == ">":
            self._arrow(n, text)
        elif text[0] == "." and text[1:2].isalnum() and short and self._fresh():
            self._add(self._scene(n, text[1:], forced=True))
        elif text[0] == "@" and short and self._fresh():
            return self._speech(line, recognise.cue(text[1:].strip(), forced=True), forced=True)
        else:
            return False
        return True

    def _arrow(self, number: int, text: str) -> None:
        if text.endswith("<") and len(text) > 1:
            self._add(Centred(number, number, *_marked_text(text[1:-1].strip())))
        else:
            words, spans = _marked_text(text[1:].strip())
            self._add(TransitionCue(number, number, words, spans, forced=True))

    # -- headings and transitions

    def _heading(self, line: SourceLine, text: str) -> bool:
        if not recognise.scene_heading(plain(text)[0]):
            return False
        if not self._fresh():
            message = "This looks like a scene heading; an empty line before it would make it one."
            self._notes.append(ScriptNote(line.number, "script.heading_without_gap", message))
            return False
        self._add(self._scene(line.number, text, forced=False))
        return True

    def _scene(self, number: int, text: str, *, forced: bool) -> SceneHeading:
        words, spans = plain(text.strip())
        parts = recognise.scene_heading(words) or recognise.heading_parts(words)
        return SceneHeading(
            number, number, words, spans, parts.setting, parts.place, parts.time, parts.number, forced
        )

    def _transition(self, line: SourceLine, text: str) -> bool:
        words, spans = plain(text)
        if not self._fresh() or not recognise.is_transition(words):
            return False
        self._add(TransitionCue(line.number, line.number, words, spans))
        return True

    # -- speech

    def _cue(self, line: SourceLine, text: str) -> bool:
        if not self._fresh():
            return False
        words = plain(text)[0]
        return self._speech(line, recognise.cue(words)) or self._bare_speech(line, words)

    def _bare_speech(self, line: SourceLine, words: str) -> bool:
        found = recognise.bare_cue(words)
        if not found or not found.said:
            return self._speech(line, found)
        self._add(Character(line.number, line.number, words, (), found.name, found.extensions))
        self._add(Dialogue(line.number, line.number, found.said))
        return True

    def _speech(self, line: SourceLine, found: recognise.Cue | None, *, forced: bool = False) -> bool:
        """A cue counts only when somebody speaks on the next line."""
        after = self._at + 1
        if not found or after >= len(self._lines) or self._lines[after].blank:
            return False
        text = plain(line.text.strip())[0]
        self._add(
            Character(line.number, line.number, text, (), found.name, found.extensions, found.dual, forced)
        )
        self._spoken()
        return True

    def _spoken(self) -> None:
        """Dialogue, parentheticals and lyrics up to the next empty line (two spaces keep the speech open)."""
        said: list[SourceLine] = []
        while self._at < len(self._lines) and self._continues(self._lines[self._at]):
            line = self._lines[self._at]
            text = line.text.strip()
            if text.startswith("(") and self._closing(text):
                self._say(said)
                self._parenthetical()
            elif text.startswith("~"):
                self._say(said)
                self._add(Lyrics(line.number, line.number, *_marked_text(text[1:].strip())))
            else:
                said.append(line)
                self._at += 1
        self._say(said)

    def _continues(self, line: SourceLine) -> bool:
        return not line.blank or (len(line.text) > 1 and not line.text.strip(" "))

    def _closing(self, text: str) -> bool:
        """Whether a bracket opened here ends a line of this speech: at once, or a few lines on."""
        if text.endswith(")"):
            return True
        following = self._lines[self._at + 1 : self._at + 4]
        for line in following:
            if line.blank or "(" in line.text:
                return False
            if line.text.rstrip().endswith(")"):
                return True
        return False

    def _parenthetical(self) -> None:
        first = self._lines[self._at]
        words = [first.text.strip()]
        while not words[-1].endswith(")"):
            self._at += 1
            words.append(self._lines[self._at].text.strip())
        text, spans = _marked_text(" ".join(words)[1:-1].strip())
        self._add(Parenthetical(first.number, self._lines[self._at].number, text, spans))

    def _say(self, said: list[SourceLine]) -> None:
        while said and said[-1].blank:
            said.pop()
        if said:
            text, spans = _marked_text("\n".join(line.text.strip() for line in said))
            self._out.append(Dialogue(said[0].number, said[-1].number, text, spans))
            said.clear()

    # -- action

    def _action(self, line: SourceLine) -> None:
        """A paragraph: to the next empty line, or to a line that says it is something else."""
        forced = line.text.lstrip().startswith("!")
        first = line.text.lstrip()[1:] if forced else line.text
        lines, last = [first], line.number
        self._at += 1
        while self._at < len(self._lines) and not self._ends_paragraph(self._lines[self._at]):
            lines.append(self._lines[self._at].text)
            last = self._lines[self._at].number
            self._at += 1
        text, spans = _marked_text("\n".join(one.rstrip().replace("\t", "    ") for one in lines))
        self._out.append(Action(line.number, last, text, spans, forced))

    def _ends_paragraph(self, line: SourceLine) -> bool:
        text = line.text.lstrip()
        if line.blank or text[0] in "#=~>!":
            return True
        if len(text) <= recognise.LONGEST_LINE and recognise.scene_heading(text):
            message = "This looks like a scene heading; an empty line before it would make it one."
            self._notes.append(ScriptNote(line.number, "script.heading_without_gap", message))
        return False

    # -- common

    def _fresh(self) -> bool:
        """Whether a new block may begin here: after an empty line, or right after a structural line."""
        if self._at == 0 or self._lines[self._at - 1].blank:
            return True
        last = self._out[-1] if self._out else None
        before = self._lines[self._at - 1].number
        return last is None or (isinstance(last, _BOUNDARIES) and last.line == before)

    def _add(self, element: Element) -> None:
        self._out.append(element)
        self._at += 1


def _marked_text(text: str) -> tuple[str, tuple[Span, ...]]:
    return plain(text) if len(text) <= _LONGEST_MARKED else (text, ())
