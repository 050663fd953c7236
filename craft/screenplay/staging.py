"""What people do and carry in a shot, read from its action text by rules: who sits, walks, points, holds what.

English verbs as data. What no rule knows is left out: a figure that only stands is better than one that does something
nobody wrote. What lasts (sitting, a telephone at the ear, a thing in the hand) goes on in the scene's next shots.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from craft.screenplay.words import fold, sentences
from craft.terms.staging import Action, Emotion, Prop

_HIS = r"(?:his|her|their|its|the|an?)"
_ARMS = r"(?:his|her|their) arms"
_TAKES_UP = r"(?:lifts?|picks? up|raises?|grabs?|takes?|answers?)"
_RULES: dict[Action, str] = {
    Action.PHONE: rf"\b{_TAKES_UP} {_HIS} (?:\w+ )?(?:receiver|phone|telephone|handset|call)\b"
    rf"|\b(?:receiver|phone|telephone|handset) (?:at|to|against|pressed to|held to) {_HIS} ear"
    r"|\bon the (?:phone|telephone)\b|\bdials\b",
    Action.DRINK: r"\b(?:drinks|sips|swallows|gulps|drains|takes a (?:sip|drink|swig))\b",
    Action.SIT: r"\b(?:sits(?! up)|is sitting|is seated|seated|takes a seat|perches)\b"
    r"|\bslumps (?:in|on|into|down)\b|\bsinks into\b",
    Action.STAND: r"\b(?:stands up|rises|gets up|gets to (?:his|her|their) feet|jumps up)\b",
    Action.EMBRACE: rf"\b(?:embraces?|hugs?|throws? {_ARMS} around)\b",
    Action.FALL: r"\b(?:collapses|faints|keels over|falls (?:to the|down|over|backwards?))\b"
    r"|\bdrops to the (?:floor|ground)\b",
    Action.SHAKE_HEAD: r"\bshakes (?:his|her|their) head\b",
    Action.NOD: r"\bnods\b",
    Action.POINT: r"\bpoints (?!out)",
    Action.GIVE: rf"\b(?:hands|gives|passes) (?:him|her|them|over|{_HIS}|[^\W\d]\w+)\b",
    Action.WALK: r"\b(?:walks|crosses|strides|paces|approaches|hurries|runs|wanders|backs (?:off|away))\b"
    r"|\bsteps (?:out|back|forward|closer|away|up)\b",
    Action.TURN: r"\bturns (?:to|towards?|round|around|away|back)\b",
    Action.LOOK: r"\b(?:looks|stares|glances|gazes|peers) (?:at|up|down|away|over|round|around|out|into)\b",
}
_PATTERNS = {action: re.compile(pattern) for action, pattern in _RULES.items()}
_LOWERS = re.compile(
    r"\b(?:hangs? up|puts? (?:down|back)|sets? down|lowers|drops|lets? go of)\b"
    r"|\b(?:receiver|phone|handset) (?:swings|dangles|falls)\b"
)
_FEELINGS: tuple[tuple[Emotion, re.Pattern[str]], ...] = (
    (Emotion.JOY, re.compile(r"\b(?:smiles|grins|laughs|beams)\b")),
    (Emotion.SADNESS, re.compile(r"\b(?:cries|weeps|sobs)\b")),
    (Emotion.ANGER, re.compile(r"\b(?:glares|scowls|snarls|rages)\b")),
    (Emotion.FEAR, re.compile(r"\b(?:flinches|recoils|trembles|shudders)\b")),
    (Emotion.SURPRISE, re.compile(r"\b(?:gasps|gapes|starts back)\b")),
    (Emotion.DISGUST, re.compile(r"\b(?:grimaces|gags|sneers)\b")),
)
_THINGS: dict[Prop, str] = {
    Prop.PHONE: "phone|telephone|receiver|handset|mobile|cellphone",
    Prop.CUP: "cup|mug|coffee|tea",
    Prop.GLASS: "glass|whisky|whiskey|wine|martini|tumbler",
    Prop.BOTTLE: "bottle|beer",
    Prop.PAPER: "paper|papers|letter|note|envelope|photograph|photo|map|file|report|document",
    Prop.BOOK: "book|ledger|notebook|diary|bible",
    Prop.BRIEFCASE: "briefcase|attache case",
    Prop.BAG: "bag|handbag|suitcase|backpack|sack",
    Prop.UMBRELLA: "umbrella",
    Prop.TORCH: "torch|flashlight|lantern",
    Prop.KEYS: "key|keys",
    Prop.PISTOL: "gun|pistol|revolver|handgun",
    Prop.KNIFE: "knife|dagger|blade",
    Prop.BOX: "box|crate|parcel|package",
    Prop.FLOWERS: "flowers|roses|bouquet",
    Prop.LAPTOP: "laptop",
    Prop.TABLET: "tablet",
    Prop.RADIO: "radio|walkie-talkie",
    Prop.STAFF: "staff|cane|walking stick|spear",
    Prop.TOOL: "hammer|wrench|spanner|screwdriver|crowbar",
}
_HOLDS = re.compile(
    r"\b(?:holds?|holding|carries|carrying|clutches|clutching|grips|gripping|draws|raises|aims|lifts|takes)\b"
    r"|\b(?:picks up|pulls out|with|under)\b"
)
_RINGS = re.compile(r"\b(?:phone|telephone) (?:rings|buzzes|is ringing)\b")
_PRONOUN = re.compile(
    r"\b(?:he|she|they|his|her|their)\b|\bthe (?:old |young )?(?:man|woman|girl|boy|stranger|figure)\b"
)
_MOST_CUES = 16
_LAST = 0.8
"""Share of a shot by which its last action has begun."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Somebody does something at a share of the shot (0 = at its first frame)."""

    who: str
    action: Action
    at: float = 0.0
    target: str = ""
    prop: Prop | None = None
    emotion: Emotion | None = None


@dataclass(frozen=True, slots=True)
class Bearing:
    """How somebody comes into a shot: what lasts from the shots before."""

    seated: bool = False
    phoning: bool = False
    holds: Prop | None = None


@dataclass(frozen=True, slots=True)
class Staging:
    """A shot's cues in order, how everybody comes in, and how they leave it; `lying` are things in nobody's hand."""

    cues: tuple[Cue, ...] = ()
    before: Mapping[str, Bearing] = field(default_factory=dict)
    after: Mapping[str, Bearing] = field(default_factory=dict)
    lying: tuple[Prop, ...] = ()


def staging(action: str, people: Sequence[str], before: Mapping[str, Bearing] | None = None) -> Staging:
    """The staging of a shot in which `people` (names as in the script) are seen.

    `before` is how the scene's last shot left everybody.
    """
    arriving = {name: bearing for name, bearing in (before or {}).items() if name in people}
    parts = sentences(action)
    cues: list[Cue] = []
    leaving, current = dict(before or {}), people[0] if len(people) == 1 else ""
    for index, sentence in enumerate(parts):
        words = fold(sentence)
        current = _actor(words, people, current)
        if not current:
            continue
        at = round(_LAST * index / max(1, len(parts)), 3)
        found = _cues(words, current, people, at, leaving.get(current, Bearing()))
        cues += found
        leaving[current] = _left(leaving.get(current, Bearing()), words, found)
    kept = {name: bearing for name, bearing in leaving.items() if bearing != Bearing()}
    rings = _RINGS.search(fold(action)) and not any(cue.prop is Prop.PHONE for cue in cues)
    return Staging(tuple(cues[:_MOST_CUES]), arriving, kept, (Prop.PHONE,) if rings else ())


def _actor(words: str, people: Sequence[str], current: str) -> str:
    """Who a sentence is about: whom its first pronoun or first name means, else whom a later pronoun does."""
    if current and re.match(r"(?:he|she|they)\b", words):
        return current
    spots = {name: re.search(rf"\b{re.escape(fold(name))}\b", words) for name in people}
    named = [(at.start(), name) for name, at in spots.items() if at]
    if named:
        return min(named)[1]
    return current if _PRONOUN.search(words) else ""


def _cues(words: str, who: str, people: Sequence[str], at: float, now: Bearing) -> list[Cue]:
    other = next((name for name in people if name != who), "")
    prop = _held(words)
    found: list[Cue] = []
    for action, pattern in _PATTERNS.items():
        if not pattern.search(words) or any(cue.action is action for cue in found):
            continue
        if action in (Action.EMBRACE, Action.GIVE) and not other:
            continue
        target = other if action in (Action.EMBRACE, Action.GIVE) else _aimed(words, people, who, action)
        thing = _thing_of(action, words, now)
        if action is Action.GIVE and thing is None:
            continue
        found.append(Cue(who, action, at, target, thing))
    for emotion, pattern in _FEELINGS:
        if pattern.search(words):
            found.append(Cue(who, Action.EMOTE, at, emotion=emotion))
    if prop is not None and not any(cue.prop for cue in found):
        found.append(Cue(who, Action.LOOK, at, prop=prop))
    return found


def _aimed(words: str, people: Sequence[str], who: str, action: Action) -> str:
    if action not in (Action.POINT, Action.TURN, Action.LOOK, Action.WALK):
        return ""
    for name in people:
        if name != who and re.search(rf"\b(?:to|at|towards?|approaches) {re.escape(fold(name))}\b", words):
            return name
    return ""


def _thing_of(action: Action, words: str, now: Bearing) -> Prop | None:
    if action is Action.PHONE:
        return Prop.PHONE
    if action is Action.DRINK:
        named = _named(words)
        return named if named in (Prop.CUP, Prop.GLASS, Prop.BOTTLE) else Prop.CUP
    if action is Action.GIVE:
        return _named(words) or now.holds
    return None


def _named(words: str) -> Prop | None:
    return next((prop for prop, pattern in _THINGS.items() if re.search(rf"\b(?:{pattern})\b", words)), None)


def _held(words: str) -> Prop | None:
    """A thing that stands after a word of holding in the same sentence."""
    verb = _HOLDS.search(words)
    return _named(words[verb.end() :]) if verb and not _LOWERS.search(words) else None


def _left(bearing: Bearing, words: str, cues: Sequence[Cue]) -> Bearing:
    for cue in cues:
        if cue.action is Action.SIT:
            bearing = replace(bearing, seated=True)
        elif cue.action in (Action.STAND, Action.WALK, Action.FALL):
            bearing = replace(bearing, seated=False)
        elif cue.action is Action.PHONE:
            bearing = replace(bearing, phoning=True, holds=Prop.PHONE)
        if cue.action is Action.GIVE:
            bearing = replace(bearing, holds=None)
        elif cue.prop is not None:
            bearing = replace(bearing, holds=cue.prop)
    if _LOWERS.search(words):
        bearing = replace(bearing, phoning=False, holds=None)
    return bearing
