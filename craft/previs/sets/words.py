"""From a location's own words to the set that shows it best, with the era, wealth and clutter found in the words.

Case, accents and plural endings do not count, only whole words do. In "warehouse office" the last known word says what
the place is, in "office in a warehouse" the first part does. What nothing matches becomes the kind ``described``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from craft.previs.packet import SetSpec
from craft.previs.sets.described_places import PLACES
from craft.previs.sets.word_tables import (
    CLUTTER,
    COLOURED,
    COLOURS,
    ERA_WORDS,
    INDOORS,
    KINDS,
    OUTDOORS,
    SEEN_FROM_OUTSIDE,
    SPLITTERS,
    STYLES,
    WEALTH,
)

LONGEST = 2000
"""Characters of a location that are read."""
_LONGEST_PHRASE = 4
_BREAK, _DASH = "|", "-"
_NUMBERED = frozenset(
    {"room", "suite", "number", "no", "floor", "unit", "apartment", "flat", "gate", "platform"}
)
_INSIDE, _OUTSIDE = (
    frozenset({"int", "interior", "inside", "indoor"}),
    frozenset({"ext", "exterior", "outside", "outdoor"}),
)
Value = TypeVar("Value")


@dataclass(frozen=True)
class Choice:
    """A set for a location: its kind, what its words say of the dressing, and the words themselves."""

    kind: str
    dressing: Mapping[str, str | float] = field(default_factory=dict)
    words: str = ""

    def spec(self, seed: int = 0) -> SetSpec:
        """The packet's entry."""
        return SetSpec(self.kind, seed, dict(self.dressing), self.words)


def tokens(text: str) -> tuple[str, ...]:
    """Words in lower case without accents; what parts phrases becomes ``|``, a dash between words ``-``."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"['\u2019]s?\b", "", plain)
    plain = re.sub(r"\bsci-fi\b", "sci fi", plain)
    found = re.findall(r"[^\W_]+|\s[-\u2013\u2014]\s|[,;:/()|.\n]", plain)
    return tuple(_sorted_out(word) for word in found)


def _sorted_out(word: str) -> str:
    if word.strip().isalnum():
        return word
    return _DASH if word[:1].isspace() else _BREAK


@cache
def singular(word: str) -> str:
    """A word without its plural ending."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "xes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def phrase_at(
    words: Sequence[str], i: int, table: Mapping[tuple[str, ...], Value]
) -> tuple[Value, int] | None:
    """The longest phrase of the table that starts at word ``i``: its value and length. Plurals match."""
    for size in range(min(_LONGEST_PHRASE, len(words) - i), 0, -1):
        given = tuple(words[i : i + size])
        for key in (given, (*given[:-1], singular(given[-1]))):
            if key in table:
                return table[key], size
    return None


@cache
def _places() -> Mapping[tuple[str, ...], str]:
    """All words that say what a place is: kinds of sets and described places."""
    described = {tuple(name.split()): "described" for name in PLACES}
    return {**described, **KINDS}


@cache
def _phrases_of(table_id: str) -> Mapping[tuple[str, ...], int]:
    table = {"wealth": WEALTH, "clutter": CLUTTER}[table_id]
    return {tuple(name.split()): value for name, value in table.items()}


def stated_interior(words: Sequence[str]) -> bool | None:
    """Whether the words themselves say INT or EXT; None for neither or both."""
    inside, outside = any(w in _INSIDE for w in words), any(w in _OUTSIDE for w in words)
    return None if inside == outside else inside


def _kind(words: Sequence[str]) -> str | None:
    """The last known word of the first part that has one."""
    found: str | None = None
    i = 0
    while i < len(words):
        match = phrase_at(words, i, _places())
        if match:
            found, i = match[0], i + match[1]
            continue
        if found and (words[i] == _BREAK or words[i] in SPLITTERS):
            return found
        i += 1
    return found


def _parts(words: Sequence[str]) -> list[list[str]]:
    """The words between dashes: "apartment - kitchen" says the part after the whole."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word == _DASH:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _shown(words: Sequence[str], interior: bool | None) -> str:
    """The last part's kind that can be seen from where the scene is; a car in a street stays a car."""
    kinds = [kind for part in _parts(words) if (kind := _kind(part))]
    fitting = [kind for kind in kinds if _fitted(kind, interior) == kind]
    if fitting:
        return fitting[-1]
    return _fitted(kinds[0], interior) if kinds else "described"


def _fitted(kind: str, interior: bool | None) -> str:
    """The kind as seen from inside or outside, where the location says which."""
    if interior is True and kind in OUTDOORS:
        return "described"
    if interior is False and (kind in INDOORS or kind == "car"):
        return SEEN_FROM_OUTSIDE.get(kind, "described")
    return kind


def era_of(words: Sequence[str]) -> str | None:
    """The era that is named or dated; None where the words name none."""
    for i, word in enumerate(words):
        dated = _dated(word, words[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else "")
        if dated:
            return dated
        named = phrase_at(words, i, ERA_WORDS)
        if named:
            return named[0]
    return None


def _dated(word: str, before: str, after: str) -> str | None:
    century = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", word)
    if century and after == "century":
        number = int(century[1])
        return "period" if number < 20 else {20: "midcentury", 21: "modern"}.get(number, "future")
    short = re.fullmatch(r"([2-9])0s", word)
    if short:
        return {"2": "period", "3": "period", "8": "modern", "9": "modern"}.get(short[1], "midcentury")
    year = re.fullmatch(r"(1\d{3}|2\d{3})s?", word)
    if year is None or before in _NUMBERED:
        return None
    at = int(year[1])
    return "period" if at < 1940 else "midcentury" if at < 1980 else "modern" if at < 2040 else "future"


def _level(words: Sequence[str], table_id: str) -> float | None:
    """The strongest word wins: the one furthest from the middle."""
    table = _phrases_of(table_id)
    found = [match[0] for i in range(len(words)) if (match := phrase_at(words, i, table))]
    return float(max(found, key=lambda v: abs(v - 50))) if found else None


def _colours(words: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for i, word in enumerate(words[:-1]):
        for near in words[i + 1 : i + 3]:
            part = COLOURED.get(singular(near))
            if word in COLOURS and part and part not in found:
                found[part] = COLOURS[word]
    return found


def dressing_of(words: Sequence[str], kind: str) -> dict[str, str | float]:
    """Era, wealth, clutter, style and colours that the words name."""
    found: dict[str, str | float] = {}
    era, wealth, clutter = era_of(words), _level(words, "wealth"), _level(words, "clutter")
    if era:
        found["era"] = era
    if wealth is not None:
        found["wealth"] = wealth
    if clutter is not None:
        found["clutter"] = clutter
    styles = STYLES.get(kind, {})
    style = next((styles[singular(w)] for w in words if singular(w) in styles), None)
    if style:
        found["style"] = style
    return {**found, **_colours(words)}


def choose_set(words: str, interior: bool | None = None) -> Choice:
    """The set for a location named by ``words`` (a slug line or a description).

    ``interior`` says whether the scene is played inside; None reads it from the words. Never fails: what is not
    understood is ``described``.
    """
    found = tokens(words)
    inside = stated_interior(found) if interior is None else interior
    kind = _shown(found, inside)
    dressing = dressing_of(found, kind)
    return Choice(kind, dressing, words[:LONGEST])
