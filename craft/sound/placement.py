"""Placement: which ambience belongs to a scene, which effects to the words of an action, and when they
sound.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern and the sound it stands for."""

    pattern: re.Pattern[str]
    kind: str
    params: Mapping[str, Any]


@functools.cache
def _rules(section: str) -> tuple[_Rule, ...]:
    """The rules of a section of data/placement.json, in their order of preference."""
    text = resources.files("craft.sound").joinpath("data/placement.json").read_text("utf-8")
    return tuple(
        _Rule(re.compile(rf"\b(?:{row['words']})\b"), row["kind"], row.get("params", {}))
        for row in json.loads(text)[section]
    )


def ambience_for(set_kind: str, time_of_day: str, atmosphere: str, words: str) -> tuple[str, Params]:
    """The ambience of a scene and its parameters.

    set_kind is the kind of set it is played in ("office", "street"), time_of_day and atmosphere are slugs
    (or ""), words its heading or name and then whatever else describes it. The heading says more than the set
    it is drawn with, and both more than what happens there. Weather outdoors wins over the place; indoors
    rain is heard through a window.
    """
    heading, stage, told = _heading(words), _plain(set_kind), _plain(words)
    inside = _inside(heading, stage)
    weather = _weather(_plain(atmosphere), heading, told, inside)
    if weather is not None:
        return weather
    for source in (heading, stage, told):
        if (place := _place(source)) is not None:
            return _by_hour(place[1].kind, time_of_day, dict(place[1].params))
    if inside:
        return "room_tone", {"size": 0.5}
    return ("city_night", {"traffic": 0.3}) if time_of_day in ("night", "dusk") else ("field", {})


_HEADING = re.compile(r"\s*(?:(?:int|ext|i/e)\b[./ ]*)*[^.;\n]{0,44}", re.IGNORECASE)
_ROOMS = re.compile(
    r"\b(int|interior|inside|indoors?|room|office|kitchen|bedroom|hall|corridor|cellar|cabin|flat)\b"
)
_OPEN = re.compile(r"\b(ext|exterior|outside|outdoors?)\b")


def _plain(text: str) -> str:
    return text.casefold().replace("_", " ")


def _heading(words: str) -> str:
    """The heading that opens a description: up to its first full stop, or about as long as headings are."""
    found = _HEADING.match(words)
    return _plain(found.group()) if found else ""


def _place(source: str) -> tuple[int, _Rule] | None:
    """Where the first place of a text ends and its rule: what is named first is where we are."""
    found = [(match.start(), order, match.end(), rule) for order, rule in enumerate(_rules("places"))
             if (match := rule.pattern.search(source))]  # fmt: skip
    if not found:
        return None
    _, _, end, rule = min(found, key=lambda item: item[:2])
    return end, rule


def _inside(heading: str, stage: str) -> bool:
    if _OPEN.search(heading):
        return False
    room, place = _ROOMS.search(heading), _place(heading)
    if room is not None and (place is None or room.start() < place[0]):
        return True
    return place is None and _ROOMS.search(stage) is not None


def _weather(atmosphere: str, heading: str, told: str, inside: bool) -> tuple[str, Params] | None:
    """Weather that is heard. An atmosphere that is set speaks for itself, not what people say about rain."""
    source = f"{atmosphere} {heading}" if atmosphere else told
    for rule in _rules("weather"):
        if rule.pattern.search(source):
            if not inside:
                return rule.kind, dict(rule.params)
            if rule.kind in ("rain", "storm"):
                return "rain_window", {"density": 0.8 if rule.kind == "storm" else 0.5}
    return None


def _by_hour(kind: str, time_of_day: str, params: Params) -> tuple[str, Params]:
    """A place at night is another sound."""
    if time_of_day == "night":
        night = {"forest": "night_insects", "field": "night_insects", "street": "city_night"}
        if kind in night:
            return night[kind], {"traffic": 0.4} if kind == "street" else {"density": 0.4}
    return kind, params


def effects_for(action_text: str) -> list[tuple[str, Params, float]]:
    """Effects named by an action, each with its parameters and its place in the shot (0 its start, 1 its
    end).

    A sound's place is its word's place in the text, since action lines are written in the order things
    happen; the same kind is not placed twice within a fifth of the shot.
    """
    text = action_text.casefold()
    found: list[tuple[str, Params, float]] = []
    for rule in _rules("effects"):
        for match in rule.pattern.finditer(text):
            at = round(min(0.92, 0.05 + 0.9 * match.start() / max(1, len(text))), 3)
            if any(kind == rule.kind and abs(at - other) < 0.2 for kind, _, other in found):
                continue
            found.append((rule.kind, _surface(rule.kind, text, dict(rule.params)), at))
    return sorted(found, key=lambda item: item[2])[:6]


_SURFACES = (
    (r"gravel|shingle|pebble", "gravel"),
    (r"snow|ice", "snow"),
    (r"puddle|shallows|mud|wades?|flooded", "water"),
    (r"grass|meadow|lawn", "grass"),
    (r"metal|gangway|grating|deck|hull", "metal"),
    (r"carpet|rug", "carpet"),
    (r"stone|concrete|street|pavement|quay|asphalt|corridor", "concrete"),
)


def _surface(kind: str, text: str, params: Params) -> Params:
    if kind == "steps" and "surface" not in params:
        params["surface"] = next((s for p, s in _SURFACES if re.search(rf"\b(?:{p})", text)), "wood")
    return params
