"""What a location's words ask for: inside or outside, size, materials, era, and the things they name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from craft.previs.sets.described_places import PLACES, TWINS
from craft.previs.sets.described_tables import GROUNDS, ROWS, SIZE_WORDS, STUFF_WORDS, Row
from craft.previs.sets.pieces.catalogue import ITEMS
from craft.previs.sets.room import Dressing
from craft.previs.sets.thing_words import THING_WORDS
from craft.previs.sets.words import dressing_of, phrase_at, singular, stated_interior, tokens

MOST_THINGS = 22
_NUMBERS = {
    word: count
    for count, words in (
        (2, "two pair few"),
        (3, "three several full filled"),
        (4, "four many row lots"),
        (5, "five forest"),
    )
    for word in words.split()
}
_NUMBERS |= dict.fromkeys(["six", "seven", "eight", "nine", "ten", "dozen"], 6)
_PLACES = {tuple(phrase.split()): row for phrase, row in PLACES.items()}
_ANYWHERE = ("room", "hall", "cellar", "cabin", "bunker", "studio", "attic", "works")
_OUTSIDE = ("field", "yard", "ruins", "park", "mountain", "village", "square")
_ITSELF = {"lighthouse": "lighthouse", "farm": "barn", "tower": "tower", "shipdeck": "boat"}


@dataclass(frozen=True)
class Plan:
    """A place to build. Sizes in metres; ``wall`` is a stuff inside and a backdrop outside."""

    words: str
    row: str
    inside: bool
    size: tuple[float, float, float]
    wall: str
    floor: str
    light: str
    era: str
    things: tuple[str, ...]
    dressing: Dressing


def _row_of(words: Sequence[str], inside: bool | None, dressing: Dressing) -> str:
    """The place that is named last before anything parts the words; what names none is left to the seed."""
    found, i = "", 0
    while i < len(words):
        match = phrase_at(words, i, _PLACES)
        if match:
            found = match[0] if not found or match[1] > 1 or not _parted(words[:i]) else found
            i += match[1]
        else:
            i += 1
    if not found:
        pool = _OUTSIDE if inside is False or (inside is None and _open_air(words)) else _ANYWHERE
        found = dressing.chance("place " + (" ".join(words) or dressing.words.strip())).choice(pool)
    twin = TWINS.get(found)
    if inside is None or ROWS[found].inside == inside:
        return found
    if twin:
        return twin[0] if inside else twin[1]
    return "hall" if inside else "yard"


def _parted(words: Sequence[str]) -> bool:
    return any(w in ("in", "at", "on", "of", "by", "near", "with", "behind", "|", "-") for w in words)


def _open_air(words: Sequence[str]) -> bool:
    stuffs = {STUFF_WORDS.get(singular(w), STUFF_WORDS.get(w, "")) for w in words}
    named = {THING_WORDS.get((singular(w),), "") for w in words}
    return bool(stuffs & (GROUNDS - {"carpet"})) or any(ITEMS[n].zone == "far" for n in named if n in ITEMS)


def _things(words: Sequence[str]) -> list[str]:
    """Things in the order named, as often as a number or a plural asks."""
    found: list[str] = []
    i = 0
    while i < len(words):
        match, place = phrase_at(words, i, THING_WORDS), phrase_at(words, i, _PLACES)
        if place and place[1] > 1:
            # The lamp of a lamp room is the room's own affair.
            i += place[1]
            continue
        if match is None:
            i += 1
            continue
        last = words[i + match[1] - 1]
        near = [_NUMBERS[w] for w in words[max(0, i - 3) : i] if w in _NUMBERS]
        plural = singular(last) != last
        found += [match[0]] * (near[-1] if near else 3 if plural else 1)
        i += match[1]
    return found


def _stuffs(words: Sequence[str], row: Row) -> tuple[str, str]:
    """Wall and floor: named stuffs over the row's own."""
    wall, floor = row.wall, row.floor
    for word in words:
        stuff = STUFF_WORDS.get(word) or STUFF_WORDS.get(singular(word))
        if stuff is None:
            continue
        if stuff in GROUNDS or not row.inside:
            floor = stuff if stuff not in ("glass", "velvet", "canvas", "panelling", "gold") else floor
        if row.inside and stuff not in GROUNDS | {"water"}:
            wall = stuff
        if stuff in ("ice", "rock") and row.inside:
            wall = stuff
    return wall, floor


def _sized(words: Sequence[str], row: Row) -> tuple[float, float, float]:
    factor = 1.0
    for word in words:
        factor *= SIZE_WORDS.get(word, 1.0)
    factor = min(1.8, max(0.55, factor))
    w, d, h = row.size
    if not row.inside:
        return w, d, h
    return (
        min(20.0, max(3.6, w * factor)),
        min(20.0, max(3.6, d * factor)),
        min(10.0, max(2.4, h * math.sqrt(factor))),
    )


def plan_for(dressing: Dressing) -> Plan:
    """Read the dressing's words. Any text gives a plan; the same text the same one."""
    words = tokens(dressing.words)
    name = " ".join(words) or dressing.words.strip()
    inside = stated_interior(words)
    kind = _row_of(words, inside, dressing)
    row = ROWS[kind]
    read = dressing_of(words, "described")
    given = dict(dressing.options)
    options = {**read, **given}
    if "era" not in options and row.era:
        options["era"] = row.era
    dressed = Dressing(dressing.seed, dressing.time_of_day, tuple(sorted(options.items())), name)
    named = _things(words)
    # A place that is called after a thing does not hold another one.
    own = [n for n in row.wanted if n not in named]
    itself = _ITSELF.get(kind, "")
    named = [n for n in named if not (row.inside and n == itself)]
    wall, floor = _stuffs(words, row)
    things = tuple((named + own)[:MOST_THINGS])
    era = str(options.get("era", "modern"))
    return Plan(
        dressed.words, name, row.inside, _sized(words, row), wall, floor, row.light, era, things, dressed
    )
