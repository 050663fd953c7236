"""From elements to beats: what happens (action) and who speaks, scene by scene, with what the script directs.

Notes and transitions are tied to the beat they stand in or before; the coverage then turns beats into shots.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from craft.screenplay.breakdown_model import LinePlan
from craft.screenplay.camera import NOTHING, Directive, direction_in, shot_note
from craft.screenplay.cast import Cast
from craft.screenplay.model import (
    Action,
    Boneyard,
    Character,
    Dialogue,
    Element,
    Lyrics,
    Note,
    Parenthetical,
    SceneHeading,
    Script,
    ScriptNote,
    Synopsis,
    TransitionCue,
)
from craft.screenplay.speech import LineReader
from craft.screenplay.transitions import transition_of
from craft.terms.cuts import EditorialCut, Transition


@dataclass(slots=True)
class Beat:
    """One thing that happens: a paragraph of action, or one speaker's turn."""

    line: int
    end_line: int
    text: str = ""
    speaker: str = ""
    dual: bool = False
    lines: list[LinePlan] = field(default_factory=list)
    directive: Directive = NOTHING
    transition: Transition | None = None
    editorial: EditorialCut | None = None


@dataclass(slots=True)
class BeatScene:
    """A scene of the script with its beats."""

    number: int
    heading: SceneHeading | None
    line: int
    end_line: int
    synopsis: str = ""
    beats: list[Beat] = field(default_factory=list)


@dataclass(slots=True)
class Beats:
    """All scenes, how the script ends, and remarks."""

    scenes: list[BeatScene]
    ending: Transition
    notes: list[ScriptNote]


def read_beats(script: Script, cast: Cast, language: str) -> Beats:
    """Order the script into scenes and beats. Scenes without heading are told in a note."""
    reader = _Reader(script, cast, language)
    for element in script.elements:
        reader.take(element)
    reader.close()
    _attach(reader)
    return Beats(reader.scenes, reader.pending[0] if reader.pending else Transition.CUT, reader.notes)


class _Reader:
    def __init__(self, script: Script, cast: Cast, language: str) -> None:
        self.scenes: list[BeatScene] = []
        self.notes: list[ScriptNote] = []
        self.shot_notes: list[Note] = []
        self.pending: tuple[Transition, EditorialCut | None] | None = None
        self._cast = cast
        self._lines = LineReader(language)
        self._speech: Beat | None = None
        # The last line of the speech so far, with the notes inside it: what is sung later is not part of it.
        self._reach = 0

    def take(self, element: Element) -> None:
        """Put one element where it belongs."""
        spoken = isinstance(element, Parenthetical | Dialogue | Lyrics)
        if spoken and self._speech and element.line <= self._reach + 1:
            self._say(self._speech, element)
            return
        if isinstance(element, Note | Boneyard):
            self._reach = max(self._reach, element.end_line if element.line <= self._reach + 1 else 0)
            if isinstance(element, Note):
                self.shot_notes.append(element)
            return
        self._speech = None
        if isinstance(element, SceneHeading):
            self._open(element, element.line)
        elif isinstance(element, Action | Lyrics) and element.text.strip():
            self._beat(Beat(element.line, element.end_line, element.text.strip()))
        elif isinstance(element, Character):
            self._cue(element)
        elif isinstance(element, TransitionCue):
            self.pending = transition_of(element.text)
        elif isinstance(element, Synopsis) and self.scenes and not self.scenes[-1].beats:
            self.scenes[-1].synopsis = element.text

    def close(self) -> None:
        """Every scene ends where the next begins."""
        for scene, following in zip(self.scenes, self.scenes[1:], strict=False):
            scene.end_line = following.line - 1
        if self.scenes:
            last = self.scenes[-1]
            last.end_line = max([last.line, *(beat.end_line for beat in last.beats)])

    def _open(self, heading: SceneHeading | None, line: int) -> None:
        self.scenes.append(BeatScene(len(self.scenes) + 1, heading, line, line))

    def _beat(self, beat: Beat) -> None:
        if not self.scenes:
            self._open(None, beat.line)
            message = "The script begins without a scene heading; it is taken as one scene."
            self.notes.append(ScriptNote(beat.line, "script.implicit_scene", message))
        if self.pending:
            beat.transition, beat.editorial = self.pending
            self.pending = None
        self.scenes[-1].beats.append(beat)

    def _cue(self, cue: Character) -> None:
        name = self._cast.name(cue.name)
        self._speech = Beat(cue.line, cue.end_line, speaker=name, dual=cue.dual)
        self._reach = cue.end_line
        self._lines.begin(name, cue)
        self._beat(self._speech)

    def _say(self, beat: Beat, element: Element) -> None:
        beat.end_line = self._reach = max(self._reach, element.end_line)
        if line := self._lines.take(element):
            beat.lines.append(line)
            self._cast.count(beat.speaker, line.text)


def _attach(reader: _Reader) -> None:
    """Tie each shot note to the beat it stands in, else to the next; words of direction to their own beat."""
    beats = [beat for scene in reader.scenes for beat in scene.beats]
    for beat in beats:
        if beat.text:
            beat.directive = direction_in(beat.text)
    ends = [beat.end_line for beat in beats]
    for index, (note, directive) in _directives(reader, ends):
        if index == len(beats):
            message = "This shot note has no action or speech after it; write what is seen."
            reader.notes.append(ScriptNote(note.line, "script.shot_note_unused", message))
        else:
            beats[index].directive = directive.over(beats[index].directive)


def _directives(reader: _Reader, ends: list[int]) -> Iterator[tuple[int, tuple[Note, Directive]]]:
    for note in reader.shot_notes:
        found = shot_note(note.text)
        if not found:
            continue
        directive, unknown = found
        if unknown:
            words = ", ".join(word[:30] for word in unknown[:5])
            message = f"A shot note has words nobody understands: {words}."
            reader.notes.append(ScriptNote(note.line, "script.shot_note_unknown", message))
        yield bisect_left(ends, note.line), (note, directive)


def divided(beat: Beat, parts: list[str]) -> list[Beat]:
    """An action beat as several; what is directed holds for the first."""
    first, *rest = parts
    return [replace(beat, text=first)] + [
        replace(beat, text=part, directive=NOTHING, transition=None, editorial=None) for part in rest
    ]
