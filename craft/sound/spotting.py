"""Spotting: which effects the words of an action ask for, how they sound and when in the shot."""

from __future__ import annotations

import re
from dataclasses import dataclass

from craft.sound.catalogue import Choice, Figure
from craft.sound.foley import HITS
from craft.sound.wording import Params, Rule, phrases, rules

MOST = 6
"""A shot takes no more single sounds than this; what is named first is kept."""
FIRST, LAST, GAP = 0.05, 0.92, 0.06
"""Shares of the shot: where the first and the last sound may begin and how far apart two of them are."""
_SAME = 0.2
_FAR = 0.7


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in the text where a rule holds."""

    start: int
    end: int
    rule: Rule


def effects_for(action_text: str, place: str = "") -> list[tuple[str, Params, float]]:
    """Effects named by an action, each with its parameters and its place in the shot (0 its start, 1 its
    end).

    A sound's place is its word's place in the text, since action lines are written in the order things
    happen; sounds are at least 0.06 apart, and a sound named twice in a sentence or at once is one.
    What is said in quotes, denied ("does not knock") or only intended ("is about to knock") makes no sound.
    `place` is where it happens ("rooftop", "INT. HOSPITAL"): it tells what people walk on when the action
    does not.
    """
    text = _heard(action_text)
    whole = max(1, len(text))
    found: list[tuple[str, Params, float]] = []
    last: dict[str, int] = {}
    for spot in sorted(_spots(text), key=lambda one: one.start):
        kind, before = spot.rule.kind, last.get(spot.rule.kind)
        last[kind] = spot.end
        if before is not None and _goes_on(text[before : spot.end], whole):
            continue
        at = FIRST + (LAST - FIRST) * spot.start / whole
        found.append((kind, _params(spot, text, place.casefold()), at))
    return _spread(found[:MOST])


def _goes_on(between: str, whole: int) -> bool:
    """Is a second mention of a sound still the first one: soon after it, or in its sentence?"""
    return len(between) < _SAME * whole or re.search(r"[.;!?]|\bagain\b", between) is None


def _spread(found: list[tuple[str, Params, float]]) -> list[tuple[str, Params, float]]:
    """The same sounds with the least gap between them, none of them past the last place."""
    times = [at for _, _, at in found]
    for index in range(1, len(times)):
        times[index] = max(times[index], times[index - 1] + GAP)
    for index in range(len(times)):
        times[index] = min(times[index], LAST - GAP * (len(times) - 1 - index))
    return [(kind, params, round(at, 3)) for (kind, params, _), at in zip(found, times, strict=True)]


_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|‘[^’]*’(?!\w)')
_SPEECH = re.compile(r"^[ \t]*(?!SFX|SOUND|FX)[A-Z][A-Z .'’-]{1,24}(?:\([^)\n]*\))?:.*$", re.MULTILINE)
# a capital inside a sentence is a name: Chase, Bell, Will. Words in capitals throughout are sounds: RINGS
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][a-z]+\b|\bWill\b")


def _heard(action: str) -> str:
    """The action in lower case, of the same length, with speech, names and idioms blanked."""
    text = action
    for hidden in (_SPEECH, _QUOTED):
        text = hidden.sub(lambda found: " " * len(found.group()), text)
    text = _NAME.sub(lambda found: "x" * len(found.group()), text)
    text = text.lower().replace("\n", ".")
    return phrases("idioms").sub(lambda found: "_" * len(found.group()), text)


def _spots(text: str) -> list[_Spot]:
    """Where rules hold: the earlier rule wins where two overlap, and what makes no sound is left out."""
    taken: list[_Spot] = []
    for rule in rules("effects"):
        match = rule.pattern.search(text)
        while match is not None:
            spot = _Spot(match.start(), match.end(), rule)
            free = not any(spot.start < other.end and other.start < spot.end for other in taken)
            if free:
                taken.append(spot)
            match = rule.pattern.search(text, spot.end if free else spot.start + 1)
    return [spot for spot in taken if not _silent(spot, text)]


_CLAUSE = re.compile(r"[.;:!?,—–]|\b(?:and|but|then|while|until|when|as(?! (?:if|though)\b))\b")


def _clause(spot: _Spot, text: str) -> tuple[int, int]:
    """Where the clause of a spot begins and ends."""
    borders = list(_CLAUSE.finditer(text))
    begin = max((b.end() for b in borders if b.end() <= spot.start), default=0)
    return begin, min((b.start() for b in borders if b.start() >= spot.end), default=len(text))


def _silent(spot: _Spot, text: str) -> bool:
    """Is the sound denied, only intended, or said to make no noise?"""
    begin, end = _clause(spot, text)
    if phrases("unheard").search(text[begin : spot.end]):
        return True
    return phrases("unheard_after").search(text[spot.end : end]) is not None


def _params(spot: _Spot, text: str, place: str) -> Params:
    """The rule's parameters and what its clause says: how often, how, on what, how far away."""
    begin, end = _clause(spot, text)
    clause, known = text[begin:end], HITS.get(spot.rule.kind).params
    params: Params = dict(spot.rule.params)
    for manner in rules("manner"):
        if manner.pattern.search(clause):
            params.update({name: value for name, value in manner.row["set"].items() if name in known})
    often = _count(clause, spot.start - begin)
    rule = known.get("count")
    if often and isinstance(rule, Figure):
        params["count"] = int(min(often, rule.highest))
    if phrases("far").search(clause):
        params["distance"] = _FAR
    params.update(_stuff(clause, text, place, spot.rule.kind, params))
    return params


def _stuff(clause: str, text: str, place: str, kind: str, params: Params) -> Params:
    """What is walked on, what a door is made of."""
    known, out = HITS.get(kind).params, {}
    surface, material = known.get("surface"), known.get("material")
    if isinstance(surface, Choice) and "surface" not in params:
        for source in (clause, text, place.replace("_", " ")):
            if (found := _named("surfaces", "surface", source)) is not None:
                out["surface"] = found
                break
        else:
            out["surface"] = "wood" if kind == "steps" else surface.default
    if isinstance(material, Choice) and "material" not in params:
        found = _named("materials", "material", clause)
        if found in material.options:
            out["material"] = found
    return out


def _named(section: str, key: str, text: str) -> str | None:
    return next((str(rule.row[key]) for rule in rules(section) if rule.pattern.search(text)), None)


_NUMBERS = {
    "once": 1, "one": 1, "twice": 2, "two": 2, "a couple of": 2, "thrice": 3, "three": 3, "a few": 3,
    "several": 4, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "dozen": 12, "twelve": 12, "again and again": 5, "repeatedly": 5, "many": 6,
}  # fmt: skip
_WORDS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_COUNTED = r"(?:knocks?|shots?|steps|blows|rings|barks|notes|strokes)"
_TIMES = re.compile(rf"\b(?:({_WORDS}|\d+)\s+times|(once|twice|thrice|repeatedly|again and again))\b")
_BEFORE = re.compile(rf"\b({_WORDS}|\d+)\s+(?:\w+\s+)?$")
_AFTER = re.compile(
    rf"^\w+(?:\s+\w+){{0,2}}?\s+({_WORDS}|\d+)\s+(?:knocks?|shots?|steps|blows|rings|barks|notes|strokes)\b"
)


def _count(clause: str, at: int) -> int | None:
    """How often it sounds: "three shots", "knocks twice", "rings four times"."""
    found = _TIMES.search(clause) or _BEFORE.search(clause[:at]) or _AFTER.search(clause[at:])
    if found is None:
        return None
    word = next(group for group in found.groups() if group)
    return _NUMBERS[word] if word in _NUMBERS else max(1, min(99, int(word)))
