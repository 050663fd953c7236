"""The habits of coverage as tables: what a paragraph or a line suggests when the script directs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from craft.screenplay.breakdown_model import LinePlan
from craft.screenplay.words import bag, tokens
from craft.terms.shots import Angle, Direction, Framing, Movement, Purpose, Size, Speed

Move = tuple[Movement, Direction, Speed]
_T = TypeVar("_T")

FOCAL_MM: dict[Size, int] = {
    Size.EWS: 18,
    Size.WS: 24,
    Size.FS: 28,
    Size.MWS: 35,
    Size.MS: 40,
    Size.MCU: 50,
    Size.CU: 85,
    Size.ECU: 100,
    Size.INSERT: 100,
}
_MOST_WORDS = 400
_SHORT_ACTION = 6

_HOLD: Move = (Movement.STATIC, Direction.NONE, Speed.SLOW)
_IN: Move = (Movement.DOLLY, Direction.IN, Speed.SLOW)
_FOLLOW: Move = (Movement.TRUCK, Direction.FOLLOW, Speed.MEDIUM)
_NERVOUS: Move = (Movement.HANDHELD, Direction.HIGH, Speed.FAST)
_TENSE: Move = (Movement.HANDHELD, Direction.LOW, Speed.SLOW)
# The order in which moves are taken when nothing asks for one.
_MOVES: tuple[Move, ...] = (
    _IN,
    (Movement.PAN, Direction.RIGHT, Speed.SLOW),
    _HOLD,
    (Movement.TRUCK, Direction.LEFT, Speed.SLOW),
    (Movement.TILT, Direction.UP, Speed.SLOW),
    (Movement.ARC, Direction.CW, Speed.SLOW),
    _TENSE,
    (Movement.CRANE, Direction.DOWN, Speed.SLOW),
)
_ESTABLISHING_MOVES: tuple[Move, ...] = (
    (Movement.CRANE, Direction.DOWN, Speed.SLOW),
    (Movement.TRUCK, Direction.RIGHT, Speed.SLOW),
    (Movement.PAN, Direction.LEFT, Speed.SLOW),
    _IN,
)
_SPEECH_MOVES: tuple[Move, ...] = (
    _HOLD,
    _IN,
    _HOLD,
    _TENSE,
    (Movement.ARC, Direction.CCW, Speed.SLOW),
    _HOLD,
    (Movement.TRUCK, Direction.RIGHT, Speed.SLOW),
)
_ACTION_ANGLES = (
    Angle.EYE_LEVEL,
    Angle.HIP_LEVEL,
    Angle.EYE_LEVEL,
    Angle.LOW_ANGLE,
    Angle.HIGH_ANGLE,
    Angle.KNEE_LEVEL,
)
_SPEECH_ANGLES = (Angle.EYE_LEVEL, Angle.SHOULDER_LEVEL, Angle.EYE_LEVEL, Angle.LOW_ANGLE, Angle.EYE_LEVEL)
# A conversation comes closer.
_LADDER = (Size.MS, Size.MCU, Size.MCU, Size.CU, Size.CU, Size.MCU, Size.CU, Size.ECU)

_MOVE_WORDS: tuple[tuple[frozenset[str], Move], ...] = (
    (bag("runs run running sprints chases chase flees races"), _NERVOUS),
    (bag("walks walk crosses enters strides steps follows leaves"), _FOLLOW),
    (bag("rises stands climbs lifts rise"), (Movement.TILT, Direction.UP, Speed.SLOW)),
    (bag("falls drops sinks kneels sits collapses"), (Movement.TILT, Direction.DOWN, Speed.MEDIUM)),
    (bag("turns spins circles"), (Movement.ARC, Direction.CW, Speed.SLOW)),
    (bag("looks scans watches searches along"), (Movement.PAN, Direction.RIGHT, Speed.SLOW)),
    (bag("reveals reveal revealing beyond empty alone"), (Movement.CRANE, Direction.UP, Speed.SLOW)),
    (bag("stares freezes still silence nothing waits"), _HOLD),
    (bag("panic struggles fights grabs shoves slams"), _NERVOUS),
)
_ANGLE_WORDS: tuple[tuple[frozenset[str], Angle], ...] = (
    (bag("looms towers threatens tall giant above"), Angle.LOW_ANGLE),
    (bag("alone small below helpless lost tiny"), Angle.HIGH_ANGLE),
    (bag("floor feet boots shoes crawls ground puddle"), Angle.GROUND_LEVEL),
    (bag("dizzy drunk wrong tilts reels panic nightmare"), Angle.DUTCH),
    (bag("peers binoculars keyhole through"), Angle.POV),
    (bag("map table plan"), Angle.OVERHEAD),
)
_DETAILS = bag(
    "hand hands phone key keys letter screen watch ring photo photograph knife gun paper ticket switch "
    "button clock glass envelope finger fingers lock badge coin map note needle dial lever"
)
_FACES = bag("eyes eye face stares tear tears lips smile smiles blinks frowns gaze swallows breath")
_EMOTION_STEMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("anger", ("angr", "furious", "rage", "slam", "shout", "snap", "yell", "seeth")),
    ("fear", ("afraid", "fear", "terrif", "trembl", "scared", "panic", "frighten", "shak", "freez")),
    ("sadness", ("cry", "cries", "tear", "sob", "grief", "sad", "weep", "mourn")),
    ("surprise", ("surpris", "startl", "shock", "gasp", "stunned", "astonish")),
    ("joy", ("smil", "laugh", "grin", "joy", "happy", "cheer", "beam")),
    ("disgust", ("disgust", "retch", "revolt", "sneer")),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the habits choose for a shot."""

    size: Size
    framing: Framing
    purpose: Purpose
    angle: Angle
    move: Move
    emotion: str = "neutral"


def action(text: str, people: int, shot: int, establishing: bool, opening: bool) -> Choice:
    """A paragraph of action with so many people in it, as shot number `shot` of the script (from 0)."""
    words = [token.casefold() for token in tokens(text)[:_MOST_WORDS]]
    found = frozenset(words)
    if establishing:
        angle = Angle.HIGH_ANGLE if shot % 2 == 0 else Angle.EYE_LEVEL
        size = Size.EWS if shot == 0 else Size.WS
        move = _ESTABLISHING_MOVES[shot % len(_ESTABLISHING_MOVES)]
        framing = framing_of(people)
        return Choice(size, framing, Purpose.ESTABLISHING, angle, move, feeling(words))
    size, purpose = _action_size(found, people, len(words), opening)
    angle = _by_words(_ANGLE_WORDS, found) or _ACTION_ANGLES[shot % len(_ACTION_ANGLES)]
    move = _by_words(_MOVE_WORDS, found) or _MOVES[shot % len(_MOVES)]
    return Choice(size, framing_of(people), purpose, angle, move, feeling(words))


def _action_size(words: frozenset[str], people: int, length: int, opening: bool) -> tuple[Size, Purpose]:
    if opening:
        return (Size.WS if people > 1 else Size.FS), Purpose.MASTER
    if words & _DETAILS and people <= 1:
        return Size.INSERT, Purpose.INSERT_DETAIL
    if people == 0:
        return Size.WS, Purpose.B_ROLL
    if words & _FACES and people == 1:
        return Size.CU, Purpose.REACTION
    if people == 1:
        return (Size.MCU, Purpose.REACTION) if length <= _SHORT_ACTION else (Size.MWS, Purpose.COVERAGE)
    return (Size.MWS if people == 2 else Size.WS), Purpose.MASTER


def speech(lines: Sequence[LinePlan], speeches: int, shot: int, hidden: bool, partner: bool) -> Choice:
    """A speaker's turn, the `speeches`-th of its scene (from 0)."""
    said = " ".join(f"{line.parenthetical} {line.text}" for line in lines)
    words = tokens(said)[:_MOST_WORDS]
    how = " ".join(line.parenthetical for line in lines).casefold()
    if hidden:
        purpose = Purpose.REACTION if partner else Purpose.B_ROLL
        size = Size.CU if partner else Size.WS
        framing = Framing.SINGLE if partner else Framing.CLEAN
        return Choice(size, framing, purpose, Angle.EYE_LEVEL, _IN, feeling(words))
    size = _LADDER[min(speeches, len(_LADDER) - 1)]
    angle = _SPEECH_ANGLES[speeches % len(_SPEECH_ANGLES)]
    move = _SPEECH_MOVES[shot % len(_SPEECH_MOVES)]
    if "whisper" in how or "quiet" in how:
        size, move = Size.CU, _IN
    elif lines[-1].text.endswith("!") or "shout" in how:
        angle, move = Angle.LOW_ANGLE, _NERVOUS
    framing = Framing.OTS if partner and speeches < 2 else Framing.SINGLE
    return Choice(size, framing, Purpose.COVERAGE, angle, move, feeling(tokens(how)))


def reaction(shot: int) -> Choice:
    """The face of whoever listens."""
    move = _IN if shot % 2 else _HOLD
    return Choice(Size.CU, Framing.SINGLE, Purpose.REACTION, Angle.EYE_LEVEL, move)


def other_move(move: Move, shot: int) -> Move:
    """Another move than this one, taken in turn."""
    others = [one for one in _MOVES if one[0] is not move[0]]
    return others[shot % len(others)]


def purpose_for(size: Size, purpose: Purpose, people: int) -> Purpose:
    """The purpose that fits a size: a detail is an insert, nobody establishes a place in a close-up."""
    if size is Size.INSERT:
        return Purpose.INSERT_DETAIL
    wide = size in (Size.EWS, Size.WS, Size.FS, Size.MWS)
    lost = (
        purpose is Purpose.INSERT_DETAIL
        or (purpose in (Purpose.ESTABLISHING, Purpose.MASTER) and not wide)
        or (purpose is Purpose.B_ROLL and people > 0)
    )
    return Purpose.COVERAGE if lost else purpose


def framing_of(people: int) -> Framing:
    """The plain framing of so many people."""
    plain = (Framing.CLEAN, Framing.SINGLE, Framing.TWO_SHOT)
    return plain[people] if people < len(plain) else Framing.GROUP


def feeling(words: Sequence[str]) -> str:
    """The drawable emotion the words suggest; neutral when none."""
    for emotion, stems in _EMOTION_STEMS:
        if any(word.casefold().startswith(stems) for word in words):
            return emotion
    return "neutral"


def _by_words(table: Sequence[tuple[frozenset[str], _T]], words: frozenset[str]) -> _T | None:
    return next((value for known, value in table if known & words), None)
