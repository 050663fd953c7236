"""Words that stand for sounds: the rules of data/placement.json as patterns, with all tenses of their verbs."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

Params = dict[str, Any]

# an article or the like and up to two more words before a noun: "the heavy oak" door
_BEFORE_NOUN = (
    r"(?:(?:the|an?|his|her|their|its|my|our|your|another|this|that|some|two|three|several)\s+)?"
    r"(?:[\w'’-]+\s+){0,2}?"
)
# what may stand between a noun and its verb: "the phone on the desk" rings
_BETWEEN = r"(?:(?!(?:and|but|then)\b)[\w'’-]+\s+){0,4}?"
_MACRO = re.compile(r"\{([A-Za-z]+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and the sound it stands for; `night` is what a place sounds like then, if that differs."""

    pattern: re.Pattern[str]
    kind: str
    params: Mapping[str, Any]
    inside: bool = False
    night: tuple[str, Mapping[str, Any]] | None = None
    row: Mapping[str, Any] = field(default_factory=dict)


@functools.cache
def _data() -> dict[str, Any]:
    text = resources.files("craft.sound").joinpath("data/placement.json").read_text("utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


@functools.cache
def rules(section: str) -> tuple[Rule, ...]:
    """The rules of a section of data/placement.json, in their order of preference."""
    return tuple(_rule(row, pattern(row["words"])) for row in _data()[section])


@functools.cache
def sets() -> Mapping[str, Rule]:
    """What each kind of set sounds like when no words say more."""
    return {kind: _rule(row, re.compile(re.escape(kind))) for kind, row in _data()["sets"].items()}


@functools.cache
def phrases(section: str) -> re.Pattern[str]:
    """A section that is only a list of phrases, as one pattern."""
    return pattern("|".join(_data()[section]))


def pattern(words: str) -> re.Pattern[str]:
    """Whole words, with {verb}, {D} and {W} spelt out."""
    return re.compile(rf"\b(?:{_MACRO.sub(_spelt, words)})(?!\w)")


def _rule(row: Mapping[str, Any], found: re.Pattern[str]) -> Rule:
    night = row.get("night")
    after_dark = None if night is None else (night["kind"], night.get("params", {}))
    return Rule(
        found, row.get("kind", ""), row.get("params", {}), bool(row.get("inside", False)), after_dark, row
    )


def _spelt(found: re.Match[str]) -> str:
    name = found.group(1)
    if name == "D":
        return _BEFORE_NOUN
    return _BETWEEN if name == "W" else f"(?:{'|'.join(tenses(name))})"


def tenses(verb: str) -> tuple[str, ...]:
    """All forms of a verb: "knock", "knocks", "knocked", "knocking"."""
    if verb in _data()["irregular"]:
        return (verb, *_data()["irregular"][verb].split())
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if re.search(r"[^aeiou]y$", verb):
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    third = f"{verb}es" if re.search(r"(?:s|sh|ch|x|z)$", verb) else f"{verb}s"
    stem = f"{verb}{verb[-1]}" if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb) else verb
    return verb, third, f"{stem}ed", f"{stem}ing"
