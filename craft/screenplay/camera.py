"""What a script says about the camera: shot notes and plain words of direction.

A shot note is optional and exact: `[[shot: cu low_angle dolly in slow 35mm 4.5s az45 on MARA + IDRIS]]`.
Its words, in any order: a size, an angle, a framing, a purpose, a movement followed by its direction, a
speed, a lens move (`zoom in`, `dolly zoom out`, `rack focus`, `roll cw`), `35mm`, `f2.8`, `4.5s` or `108f`
(length), `az45` (azimuth), `roll8`, `60deg` (of an arc), a transition slug such as `dissolve` (into this
shot), an emotion, `hold` (stay in the shot before); last `on NAME + NAME`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from craft.screenplay.words import sentences
from craft.terms.base import Term
from craft.terms.cuts import Transition
from craft.terms.shots import (
    DIRECTIONS,
    OPTICS_DIRECTIONS,
    Angle,
    Direction,
    Framing,
    Movement,
    Optics,
    Purpose,
    Size,
    Speed,
)

EMOTIONS = ("neutral", "joy", "sadness", "anger", "fear", "surprise", "disgust")
_NOTE = re.compile(r"shot\s*[:：]\s*(.*)", re.IGNORECASE | re.DOTALL)
_SUBJECTS = re.compile(r"(|.*? )on (.+)", re.IGNORECASE)
_AND = re.compile(r"\s*[+&,]\s*| and ", re.IGNORECASE)
_MOST_TEXT = 4000
_AZIMUTH_STEP = 45


@dataclass(frozen=True, slots=True)
class Directive:
    """What the script fixes about a shot; None (or empty) leaves it to the rules."""

    size: Size | None = None
    angle: Angle | None = None
    framing: Framing | None = None
    purpose: Purpose | None = None
    movement: Movement | None = None
    direction: Direction | None = None
    speed: Speed | None = None
    focal_mm: int | None = None
    azimuth: int | None = None
    roll_degrees: float | None = None
    arc_degrees: float | None = None
    optics: Optics | None = None
    optics_direction: Direction | None = None
    aperture: float | None = None
    seconds: float | None = None
    frames: int | None = None
    transition: Transition | None = None
    emotion: str | None = None
    subjects: tuple[str, ...] = ()
    hold: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """The names of what is fixed."""
        # By identity: azimuth 0 is fixed, and equal to False.
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return tuple(name for name, value in values if not (value is None or value is False or value == ()))

    def over(self, other: Directive) -> Directive:
        """This one, completed by the other."""
        return replace(other, **{name: getattr(self, name) for name in self.named})


NOTHING = Directive()

_TERMS: dict[str, dict[str, object]] = {}
_KINDS: dict[str, type[Term]] = {
    "transition": Transition,
    "purpose": Purpose,
    "framing": Framing,
    "angle": Angle,
    "size": Size,
}
for _field, _kind in _KINDS.items():
    for _term in _kind:
        _TERMS[_term.value] = {_field: _term}
del _TERMS[Transition.WHIP.value]  # in a shot note "whip" is a speed; WHIP PAN TO: is the transition
_TERMS.update(
    {
        "closeup": {"size": Size.CU},
        "close_up": {"size": Size.CU},
        "medium_close": {"size": Size.MCU},
        "full": {"size": Size.FS},
        "wide": {"size": Size.WS},
        "extreme_wide": {"size": Size.EWS},
        "over_shoulder": {"framing": Framing.OTS},
        "hold": {"hold": True},
    }
)
for _lens, _ways in OPTICS_DIRECTIONS.items():
    if _lens is not Optics.NONE:
        _TERMS[_lens.value] = {"optics": _lens, **({"optics_direction": _ways[0]} if _ways else {})}
    for _way in _ways:
        _TERMS[f"{_lens}_{_way}"] = {"optics": _lens, "optics_direction": _way}
for _emotion in EMOTIONS:
    _TERMS[_emotion] = {"emotion": _emotion}
_MOVES = {move.value: move for move in Movement}
_SPEEDS = {speed.value: speed for speed in Speed} | {"slowly": Speed.SLOW, "quick": Speed.FAST}
_DIRECTION_WORDS = {way.value: way for way in Direction} | {"clockwise": Direction.CW}
_FIGURES: tuple[tuple[re.Pattern[str], Callable[[float], dict[str, object]]], ...] = (
    (re.compile(r"(\d{1,3})mm"), lambda x: {"focal_mm": int(min(max(x, 8), 300))}),
    (re.compile(r"(\d{1,3}(?:\.\d{1,3})?)s(?:ec)?"), lambda x: {"seconds": min(max(x, 0.2), 600.0)}),
    (re.compile(r"(\d{1,5})f"), lambda x: {"frames": int(min(max(x, 2), 20_000))}),
    (re.compile(r"az(?:imuth)?(-?\d{1,3})"), lambda x: {"azimuth": _stepped(x)}),
    (re.compile(r"roll(-?\d{1,2})"), lambda x: {"roll_degrees": min(max(x, -45.0), 45.0)}),
    (re.compile(r"f/?(\d{1,2}(?:\.\d)?)"), lambda x: {"aperture": min(max(x, 0.7), 32.0)}),
    (re.compile(r"(\d{1,3})deg"), lambda x: {"arc_degrees": min(max(x, 5.0), 360.0)}),
)


def _stepped(degrees: float) -> int:
    return round(degrees / _AZIMUTH_STEP) * _AZIMUTH_STEP % 360


def shot_note(text: str) -> tuple[Directive, tuple[str, ...]] | None:
    """The directive of a `[[shot: …]]` note and the words nobody understands; None for any other note."""
    found = _NOTE.fullmatch(text.strip()[:_MOST_TEXT])
    if not found:
        return None
    flat = " ".join(found[1].split())
    body, names = (on[1], on[2]) if (on := _SUBJECTS.fullmatch(flat)) else (flat, "")
    subjects = tuple(name for part in _AND.split(names) if (name := part.strip()))
    directive, unknown = _read(re.findall(r"[^\s,;]+", body.casefold()))
    return replace(directive, subjects=subjects), unknown


def _read(words: list[str]) -> tuple[Directive, tuple[str, ...]]:
    values: dict[str, object] = {}
    unknown: list[str] = []
    at = 0
    while at < len(words):
        pair = "_".join(words[at : at + 2])
        word = words[at].replace("-", "_")
        if len(words) > at + 1 and pair in _TERMS:
            values |= _TERMS[pair]
            at += 2
            continue
        at += 1
        if word in _MOVES:
            values["movement"] = _MOVES[word]
        elif (way := _direction(word, values)) is not None:
            values["direction"] = way
        elif (way := _lens_direction(word, values)) is not None:
            values["optics_direction"] = way
        elif found := _single(word, words[at - 1]):
            values |= found
        else:
            unknown.append(words[at - 1])
    return replace(NOTHING, **values), tuple(unknown)  # type: ignore[arg-type]


def _direction(word: str, values: dict[str, object]) -> Direction | None:
    """A direction counts when the movement before it has it; "medium" is otherwise a speed."""
    way = _DIRECTION_WORDS.get(word)
    move = values.get("movement")
    if way is None or not isinstance(move, Movement) or "direction" in values:
        return None
    return way if way in DIRECTIONS[move] else None


def _lens_direction(word: str, values: dict[str, object]) -> Direction | None:
    """The way of the lens move named before it: in "dolly zoom out" the last word."""
    way, lens = _DIRECTION_WORDS.get(word), values.get("optics")
    return way if isinstance(lens, Optics) and way in OPTICS_DIRECTIONS[lens] else None


def _single(word: str, raw: str) -> dict[str, object] | None:
    if word in _SPEEDS:
        return {"speed": _SPEEDS[word]}
    if word in _TERMS:
        return _TERMS[word]
    for pattern, read in _FIGURES:
        if found := pattern.fullmatch(raw):
            return read(float(found[1]))
    return None


# -- plain words ---------------------------------------------------------------------------------------------

_M, _D, _A, _S = Movement, Direction, Angle, Size
# (pattern, what it fixes, whether small letters are enough). Longer phrases stand before their parts.
_PHRASES: tuple[tuple[str, dict[str, object], bool], ...] = (
    (r"extreme close[ -]?up", {"size": _S.ECU}, True),
    (r"medium close[ -]?up|\bMCU\b", {"size": _S.MCU}, True),
    (r"(?:very |tight )?close[ -]?up", {"size": _S.CU}, True),
    (r"close on|tight on|close shot", {"size": _S.CU}, True),
    (r"extreme(?:ly)? wide(?: shot)?", {"size": _S.EWS}, True),
    (r"wide (?:shot|angle|on|of)", {"size": _S.WS}, True),
    (r"full shot|full figure", {"size": _S.FS}, True),
    (r"medium wide|cowboy shot", {"size": _S.MWS}, True),
    (r"medium shot|mid shot", {"size": _S.MS}, True),
    (r"insert(?: shot)?(?=$|[\s:,.–—-])", {"size": _S.INSERT, "purpose": Purpose.INSERT_DETAIL}, False),
    (r"establishing(?: shot)?", {"purpose": Purpose.ESTABLISHING, "size": _S.WS}, False),
    (r"wide|wider", {"size": _S.WS}, False),
    (r"close", {"size": _S.CU}, False),
    (r"over(?:[ -]the)?[ -](?:\w+(?:'s)? )?shoulder", {"framing": Framing.OTS}, True),
    (r"OTS", {"framing": Framing.OTS}, False),
    (r"two[ -]shot", {"framing": Framing.TWO_SHOT}, True),
    (r"worm'?s[ -]eye", {"angle": _A.WORMS_EYE}, True),
    (r"bird'?s[ -]eye", {"angle": _A.OVERHEAD}, True),
    (r"low[ -]angle", {"angle": _A.LOW_ANGLE}, True),
    (r"high[ -]angle", {"angle": _A.HIGH_ANGLE}, True),
    (r"dutch(?: angle| tilt)", {"angle": _A.DUTCH}, True),
    (r"eye[ -]level", {"angle": _A.EYE_LEVEL}, True),
    (r"shoulder[ -]level", {"angle": _A.SHOULDER_LEVEL}, True),
    (r"hip[ -]level", {"angle": _A.HIP_LEVEL}, True),
    (r"knee[ -]level", {"angle": _A.KNEE_LEVEL}, True),
    (r"ground[ -]level", {"angle": _A.GROUND_LEVEL}, True),
    (r"point of view|POV", {"angle": _A.POV}, True),
    (r"overhead|top[ -]down|from above", {"angle": _A.OVERHEAD}, False),
    (r"aerial", {"angle": _A.AERIAL}, False),
    (r"dutch", {"angle": _A.DUTCH}, False),
    (r"dolly(?:ing)?[ -]in|push(?:ing)? in(?: on)?", {"movement": _M.DOLLY, "direction": _D.IN}, True),
    (r"dolly(?:ing)?[ -]out|pull(?:ing)? (?:back|out)", {"movement": _M.DOLLY, "direction": _D.OUT}, True),
    (r"pan(?:ning)? left", {"movement": _M.PAN, "direction": _D.LEFT}, True),
    (r"pan(?:ning)? right", {"movement": _M.PAN, "direction": _D.RIGHT}, True),
    (r"tilt(?:ing)? up", {"movement": _M.TILT, "direction": _D.UP}, True),
    (r"tilt(?:ing)? down", {"movement": _M.TILT, "direction": _D.DOWN}, True),
    (r"(?:truck|track)(?:ing)? left", {"movement": _M.TRUCK, "direction": _D.LEFT}, True),
    (r"(?:truck|track)(?:ing)? right", {"movement": _M.TRUCK, "direction": _D.RIGHT}, True),
    (
        r"tracking shot|track(?:ing)? with|truck(?:ing)? with|camera follows",
        {"movement": _M.TRUCK, "direction": _D.FOLLOW},
        True,
    ),
    (r"cran(?:e|ing) up", {"movement": _M.CRANE, "direction": _D.UP}, True),
    (r"cran(?:e|ing) down", {"movement": _M.CRANE, "direction": _D.DOWN}, True),
    (r"arc(?:ing)? (?:left|counter-?clockwise|ccw)", {"movement": _M.ARC, "direction": _D.CCW}, True),
    (r"arc(?:ing)? (?:right|clockwise|cw|a?round)", {"movement": _M.ARC, "direction": _D.CW}, True),
    (r"hand-?held", {"movement": _M.HANDHELD}, False),
    (r"arc", {"movement": _M.ARC}, False),
    (r"dolly", {"movement": _M.DOLLY}, False),
    (r"static|locked[ -]off", {"movement": _M.STATIC}, False),
)
_ANY = re.compile(
    "|".join(rf"(?P<p{i}>(?<!\w)(?:{pattern})(?!\w))" for i, (pattern, _, _) in enumerate(_PHRASES)),
    re.IGNORECASE,
)
_CAMERA_TALK = re.compile(
    r"\b(?:camera|lens|the shot|we (?:see|push|pull|move|drift|pan|crane|float|start|hold))\b", re.I
)
_SPEED_WORD = re.compile(r"\b(slow(?:ly)?|fast|quick(?:ly)?|whip)\b", re.IGNORECASE)
_LENS = re.compile(r"\b(\d{2,3}) ?mm\b")
_FILLER = re.compile(
    r"[^\w]+|\b(?:slow|slowly|fast|quickly|whip|medium|and|then|the|to|on|in|a|an|shot|angle|from|of|low|high)\b",
    re.IGNORECASE,
)


def direction_in(text: str) -> Directive:
    """What plain action directs: sure phrases in any letters; "WIDE", "OVERHEAD" and kin in capitals, in a
    sentence about the camera, or in one made of directions only."""
    found = NOTHING
    for sentence in sentences(text[:_MOST_TEXT]):
        matches = list(_ANY.finditer(sentence))
        if matches:
            found = found.over(_sentence(sentence, matches))
    return found


def _sentence(sentence: str, matches: list[re.Match[str]]) -> Directive:
    loose = bool(_CAMERA_TALK.search(sentence)) or not _FILLER.sub("", _ANY.sub("", sentence))
    values: dict[str, object] = {}
    for match in matches:
        _, fixed, sure = _PHRASES[int(str(match.lastgroup)[1:])]
        if sure or loose or match[0].isupper():
            values = fixed | values
    if not values:
        return NOTHING
    if "movement" in values and (speed := _SPEED_WORD.search(sentence)):
        values["speed"] = _SPEEDS[speed[1].casefold().replace("quickly", "quick")]
    if lens := _LENS.search(sentence):
        values["focal_mm"] = int(lens[1])
    return replace(NOTHING, **values)  # type: ignore[arg-type]
