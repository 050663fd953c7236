"""From beats to shots: what the script directs wins; the rest follows the habits of coverage.

A place is established when it first appears; the camera cuts to whoever speaks and comes closer as a scene
goes on; a hard question gets its listener's face; a move is not repeated at once. Two people keep their sides
of the line: the first of a scene is seen from azimuth 45, the second from 315, all else from the front.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from craft.screenplay import habits
from craft.screenplay.beats import Beat, BeatScene, divided
from craft.screenplay.breakdown_model import LinePlan
from craft.screenplay.camera import NOTHING, Directive
from craft.screenplay.cast import Cast
from craft.screenplay.model import ScriptNote
from craft.screenplay.speech import speech_seconds, turns
from craft.screenplay.words import count_words, fold, portions, sentences
from craft.terms.cuts import EditorialCut, Transition
from craft.terms.shots import DIRECTIONS, Angle, Direction, Framing, Movement, Purpose, Size, Speed

# Reading speed of action, in words a second, and what any picture needs to be understood.
_ACTION_WORDS_PER_SECOND, _SETTLE_SECONDS = 3.5, 1.0
_SIDES = (45, 315)
_BEHIND = (135, 180, 225)
_REACTION_EVERY = 3
_MOST_IN_ONE_SHOT = 12.0
_DUTCH_ROLL = 10.0
_ARC_DEGREES = {Speed.SLOW: 45.0, Speed.MEDIUM: 75.0, Speed.FAST: 120.0, Speed.WHIP: 160.0}


@dataclass(slots=True)
class Draft:
    """A shot before its length is settled."""

    scene: int
    line: int
    end_line: int
    size: Size = Size.MS
    framing: Framing = Framing.SINGLE
    purpose: Purpose = Purpose.COVERAGE
    angle: Angle = Angle.EYE_LEVEL
    movement: Movement = Movement.STATIC
    direction: Direction = Direction.NONE
    speed: Speed = Speed.SLOW
    focal_mm: int = 0
    azimuth: int = 0
    roll_degrees: float = 0.0
    arc_degrees: float = 0.0
    characters: tuple[str, ...] = ()
    emotion: str = "neutral"
    action: str = ""
    lines: list[LinePlan] = field(default_factory=list)
    directive: Directive = NOTHING
    transition: Transition = Transition.CUT
    editorial: EditorialCut | None = None
    # Whether the speech of those in the frame still belongs to it.
    open: bool = False
    wish: float = 0.0

    @property
    def floor(self) -> float:
        """Seconds its lines need."""
        return speech_seconds(self.lines)


class Coverage:
    """Turns the scenes of one script into drafts, in order. Deterministic: it counts, it never draws lots."""

    def __init__(self, cast: Cast, pacing: tuple[float, float]) -> None:
        self._cast = cast
        self._shortest, self._longest = pacing
        self._shots: list[Draft] = []
        self._places: set[str] = set()
        self.notes: list[ScriptNote] = []
        self._present: list[str] = []
        self._speeches = 0
        self._subject = ""

    def scene(self, scene: BeatScene, place: str) -> list[Draft]:
        """The drafts of one scene of the script; there is always one."""
        start = len(self._shots)
        self._present, self._speeches, self._subject = [], 0, ""
        new_place = place not in self._places
        self._places.add(place)
        beats = [part for beat in scene.beats for part in self._parts(beat)]
        if not beats or (new_place and beats[0].speaker and not beats[0].directive.named):
            self._establish(scene, beats)
        for index, beat in enumerate(beats):
            first = len(self._shots) == start
            following = beats[index + 1] if index + 1 < len(beats) else None
            if beat.speaker:
                self._speech(scene, beat, following)
            else:
                self._action(scene, beat, establishing=first and new_place, opening=first)
        return self._shots[start:]

    # -- beats

    def _parts(self, beat: Beat) -> list[Beat]:
        """A long beat as several that a shot can hold."""
        if beat.speaker:
            whole = turns(beat.lines)
            first, *rest = whole or [[]]
            following = replace(beat, directive=NOTHING, transition=None, editorial=None)
            return [replace(beat, lines=first)] + [replace(following, lines=part) for part in rest]
        most = max(4, int((self._longest - _SETTLE_SECONDS) * _ACTION_WORDS_PER_SECOND))
        if beat.directive.named or count_words(beat.text) <= most:
            return [beat]
        parts = list(portions(sentences(beat.text), most, whole=2 * most))
        return divided(beat, parts) if parts else [beat]

    def _establish(self, scene: BeatScene, beats: Sequence[Beat]) -> None:
        """A shot of the place for a scene whose text begins with speech, or has none."""
        text = scene.heading.text if scene.heading else ""
        beat = Beat(scene.line, scene.line, text)
        if beats:
            beat.transition, beat.editorial = beats[0].transition, beats[0].editorial
            beats[0].transition = beats[0].editorial = None
        self._action(scene, beat, establishing=True, opening=True)

    def _action(self, scene: BeatScene, beat: Beat, *, establishing: bool, opening: bool) -> None:
        # The words of a heading name a place, even when it is somebody's.
        subjects = () if scene.heading and beat.line == scene.heading.line else self._subjects(beat)
        self._arrive(subjects)
        if beat.directive.hold and self._same_scene(scene):
            self._join(beat)
            return
        draft = Draft(scene.number, beat.line, beat.end_line, characters=subjects, action=beat.text)
        choice = habits.action(beat.text, len(subjects), len(self._shots), establishing, opening)
        self._take_choice(draft, choice)
        draft.wish = self._action_seconds(beat.text, draft.purpose)
        self._finish(draft, beat)
        draft.open = bool(beat.directive.named)

    def _speech(self, scene: BeatScene, beat: Beat, following: Beat | None) -> None:
        if not beat.lines:
            return
        listeners = [name for name in self._present if name != beat.speaker]
        hidden = beat.lines[0].off_screen
        if not hidden:
            self._arrive((beat.speaker,))
        if self._joins(scene, beat):
            self._join(beat)
            return
        draft = Draft(scene.number, beat.line, beat.end_line, lines=list(beat.lines))
        draft.characters = tuple(listeners[:1]) if hidden else (beat.speaker,)
        choice = habits.speech(beat.lines, self._speeches, len(self._shots), hidden, bool(listeners))
        self._take_choice(draft, choice)
        if choice.framing in (Framing.OTS, Framing.DIRTY, Framing.TWO_SHOT) and not hidden:
            draft.characters = (beat.speaker, *listeners[:1])
        self._speeches += 1
        draft.wish = max(draft.floor, self._shortest)
        self._finish(draft, beat)
        draft.open = bool(beat.directive.named)
        self._react(scene, beat, following, listeners)

    def _react(self, scene: BeatScene, beat: Beat, following: Beat | None, listeners: list[str]) -> None:
        """After every third strong line that nothing follows at once: the listener's face."""
        strong = beat.lines[-1].text.rstrip("\"”'’)").endswith(("?", "!"))
        alone = following is None or bool(following.speaker and not following.directive.named)
        if not (strong and alone and listeners and self._speeches % _REACTION_EVERY == 0):
            return
        draft = Draft(scene.number, beat.end_line, beat.end_line, characters=tuple(listeners[-1:]))
        self._take_choice(draft, habits.reaction(len(self._shots)))
        draft.wish = self._shortest
        self._finish(draft, Beat(beat.end_line, beat.end_line))

    # -- joining

    def _same_scene(self, scene: BeatScene) -> bool:
        return bool(self._shots) and self._shots[-1].scene == scene.number

    def _joins(self, scene: BeatScene, beat: Beat) -> bool:
        """Whether a speech stays in the shot before: told to, spoken over it, or its speaker is seen."""
        if not self._same_scene(scene):
            return False
        if beat.directive.hold:
            return True
        last = self._shots[-1]
        if beat.directive.named or beat.transition:
            return False
        if speech_seconds([*last.lines, *beat.lines]) > _MOST_IN_ONE_SHOT:
            return False
        if beat.dual and last.lines:
            return True
        return last.open and (beat.speaker in last.characters or beat.lines[0].off_screen)

    def _join(self, beat: Beat) -> None:
        last = self._shots[-1]
        last.lines += beat.lines
        last.action = f"{last.action} {beat.text}".strip()
        last.end_line = max(last.end_line, beat.end_line)
        if beat.dual and beat.speaker not in last.characters:
            last.characters = (*last.characters, beat.speaker)
            last.framing, last.size = Framing.TWO_SHOT, Size.MS
        if last.purpose is Purpose.REACTION and beat.speaker in last.characters:
            last.purpose = Purpose.COVERAGE
        extra = self._action_seconds(beat.text, last.purpose) if beat.text else 0.0
        last.wish = max(last.wish + extra, last.floor)
        last.directive = beat.directive.over(last.directive)
        self._direct(last)

    # -- people

    def _subjects(self, beat: Beat) -> tuple[str, ...]:
        """Who a paragraph is about: named, else whoever "she" was."""
        named = self._cast.mentioned(beat.text)
        if named:
            self._subject = named[0]
        elif self._subject and self._cast.has_pronoun(beat.text):
            return (self._subject,)
        return named

    def _arrive(self, names: Sequence[str]) -> None:
        self._present += [name for name in names if name not in self._present]

    def _directed_subjects(self, directive: Directive, line: int) -> tuple[str, ...]:
        found: list[str] = []
        for wanted in directive.subjects:
            names = self._cast.mentioned(wanted.upper()) or self._cast.mentioned(wanted)
            if names:
                found += [name for name in names if name not in found]
            elif fold(wanted) not in ("nobody", "none", "place"):
                message = f"{wanted[:40]} is nobody of this script; the shot note's subject is left out."
                self.notes.append(ScriptNote(line, "script.subject_unknown", message))
        return tuple(found)

    # -- putting a shot together

    def _take_choice(self, draft: Draft, choice: habits.Choice) -> None:
        draft.size, draft.framing, draft.purpose = choice.size, choice.framing, choice.purpose
        draft.angle, draft.emotion = choice.angle, choice.emotion
        move = choice.move
        if self._shots and self._shots[-1].movement is move[0]:
            move = habits.other_move(move, len(self._shots))
        draft.movement, draft.direction, draft.speed = move

    def _finish(self, draft: Draft, beat: Beat) -> None:
        draft.directive = beat.directive
        draft.transition = beat.directive.transition or beat.transition or Transition.CUT
        draft.editorial = beat.editorial
        if beat.directive.subjects:
            draft.characters = self._directed_subjects(beat.directive, beat.line)
            self._arrive(draft.characters)
            if not beat.directive.framing:
                draft.framing = habits.framing_of(len(draft.characters))
        draft.azimuth = self._side(draft)
        self._direct(draft)
        self._shots.append(draft)

    def _side(self, draft: Draft) -> int:
        """The camera's side for singles: each of two people keeps theirs."""
        if draft.framing in (Framing.TWO_SHOT, Framing.GROUP) or not draft.characters or not self._present:
            return 0
        index = self._present.index(draft.characters[0]) if draft.characters[0] in self._present else 0
        return _SIDES[index % len(_SIDES)] if len(self._present) > 1 else 0

    def _direct(self, draft: Draft) -> None:
        """What the script fixes, over the habits; then what follows from both."""
        order = draft.directive
        draft.size = order.size or draft.size
        draft.angle = order.angle or draft.angle
        draft.framing = order.framing or draft.framing
        draft.purpose = order.purpose or habits.purpose_for(draft.size, draft.purpose, len(draft.characters))
        draft.emotion = order.emotion or draft.emotion
        draft.speed = order.speed or draft.speed
        if order.movement:
            draft.movement = order.movement
            draft.direction = order.direction or DIRECTIONS[order.movement][0]
        if order.azimuth is not None:
            self._check_side(draft, order.azimuth)
            draft.azimuth = order.azimuth
        draft.focal_mm = order.focal_mm or habits.FOCAL_MM[draft.size]
        draft.roll_degrees = _or(order.roll_degrees, _DUTCH_ROLL if draft.angle is Angle.DUTCH else 0.0)
        arc = _ARC_DEGREES[draft.speed] if draft.movement is Movement.ARC else 0.0
        draft.arc_degrees = _or(order.arc_degrees, arc)

    def _check_side(self, draft: Draft, azimuth: int) -> None:
        if azimuth in _BEHIND and len(self._present) > 1 and draft.framing is not Framing.OTS:
            message = f"Azimuth {azimuth} crosses the line between {self._present[0]} and {self._present[1]}."
            self.notes.append(ScriptNote(draft.line, "script.crosses_line", message))

    def _action_seconds(self, text: str, purpose: Purpose) -> float:
        if purpose in (Purpose.INSERT_DETAIL, Purpose.REACTION):
            return self._shortest
        if purpose is Purpose.ESTABLISHING:
            return self._longest
        wanted = _SETTLE_SECONDS + count_words(text) / _ACTION_WORDS_PER_SECOND
        return min(max(wanted, self._shortest), self._longest)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
