"""Placement of ambience: which bed belongs to a scene, from its set, its hour, its air and its words."""

from __future__ import annotations

import re

from craft.sound.wording import Params, Rule, rules, sets


def ambience_for(set_kind: str, time_of_day: str, atmosphere: str, words: str) -> tuple[str, Params]:
    """The ambience of a scene and its parameters.

    set_kind is the kind of set it is played in ("office", "street"), time_of_day and atmosphere are slugs
    (or ""), words its heading or name and then whatever else describes it. The heading says more than the set
    it is drawn with, and both more than what happens there. Weather outdoors wins over the place; indoors
    rain is heard on a window or a roof, and nothing else of it.
    """
    heading, stage, told = _heading(words), _plain(set_kind), _plain(words)
    place = _where(heading, stage, told)
    inside = _inside(heading, stage, place)
    weather = _weather(_plain(atmosphere), heading, told, stage, inside)
    if weather is not None:
        return weather
    if place is not None:
        return _by_hour(place, time_of_day)
    if inside:
        return "room_tone", {"size": 0.5}
    return ("city_night", {"traffic": 0.3}) if time_of_day in ("night", "dusk") else ("field", {})


_HEADING = re.compile(r"\s*(?:(?:int|ext|i/e)\b[./ ]*)*[^.;\n]{0,44}", re.IGNORECASE)
_WITHIN = re.compile(r"\b(int|interior|inside|indoors?)\b")
_ROOMS = re.compile(r"\b(room|office|kitchen|bedroom|hall|corridor|cellar|cabin|flat)\b")
_OPEN = re.compile(r"\b(ext|exterior|outside|outdoors?)\b")


def _plain(text: str) -> str:
    return text.casefold().replace("_", " ")


def _heading(words: str) -> str:
    """The heading that opens a description: up to its first full stop, or about as long as headings are."""
    found = _HEADING.match(words)
    return _plain(found.group()) if found else ""


def _first(source: str) -> tuple[int, Rule] | None:
    """Where the first place of a text begins and its rule: what is named first is where we are, and of what
    begins together the longest.
    """
    found = [
        (match.start(), -match.end(), order, rule)
        for order, rule in enumerate(rules("places"))
        if (match := rule.pattern.search(source))
    ]
    return (
        None if not found else (min(found, key=lambda item: item[:3])[0], min(found, key=lambda i: i[:3])[3])
    )


def _where(heading: str, stage: str, told: str) -> Rule | None:
    """The rule of the place: of the heading, else of the set, else of anything told."""
    named = _first(heading)
    if named is not None:
        return named[1]
    if stage in sets():
        return sets()[stage]
    last = _first(stage) or _first(told)
    return None if last is None else last[1]


def _inside(heading: str, stage: str, place: Rule | None) -> bool:
    if _OPEN.search(heading):
        return False
    if _WITHIN.search(heading):
        return True
    room, named = _ROOMS.search(heading), _first(heading)
    if room is not None and (named is None or room.start() < named[0]):
        return True
    if place is not None:
        return place.inside
    return _ROOMS.search(stage) is not None


_DENIED = re.compile(r"\b(?:no|not|never|without|n't|after the)\s+(?:\w+\s+)?$")
_ENDED = re.compile(r"^\s+(?:has|had|have)?\s*(?:stopped|ended|passed|ceased|cleared|is over|stops|ends)\b")


def _weather(atmosphere: str, heading: str, told: str, stage: str, inside: bool) -> tuple[str, Params] | None:
    """Weather that is heard. An atmosphere that is set speaks for itself, not what people say about rain."""
    source = f"{atmosphere} {heading}" if atmosphere else told
    for rule in rules("weather"):
        match = rule.pattern.search(source)
        if match is None or _DENIED.search(source[: match.start()]) or _ENDED.match(source[match.end() :]):
            continue
        if not inside:
            return rule.kind, dict(rule.params)
        if rule.kind in ("rain", "storm"):
            return _rain_indoors(heading, stage, 0.8 if rule.kind == "storm" else rule.params["density"])
    return None


def _rain_indoors(heading: str, stage: str, density: float) -> tuple[str, Params] | None:
    """Rain as it is heard from where we are: not at all underground or in space."""
    for source in (heading, stage):
        for rule in rules("indoor_rain"):
            if rule.pattern.search(source):
                return (rule.kind, {**rule.params, "density": density}) if rule.kind else None
        if _first(source) is not None:
            break
    return "rain_window", {"density": density}


def _by_hour(place: Rule, time_of_day: str) -> tuple[str, Params]:
    """A place at night is another sound."""
    if time_of_day == "night" and place.night is not None:
        return place.night[0], dict(place.night[1])
    return place.kind, dict(place.params)
