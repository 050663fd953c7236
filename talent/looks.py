"""A first look and voice for a character nobody has designed yet, from the words of the script and a stable seed.

The same name and description always give the same look; an operator changes it in the roster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from craft.terms.base import Term
from craft.terms.digest import digest
from craft.terms.looks import Beard, Body, Garment, Glasses, HairStyle, Hat, Legs, Pattern
from talent.look_words import (
    BEARDS,
    BODY_WORDS,
    COLOURS,
    GLASSES,
    HAIR_COLOURS,
    HAIR_WORDS,
    HATS,
    LEGS,
    PATTERNS,
    SKINS,
    age_of,
    first_of,
    worn,
)

CHOICES: dict[str, type[Term]] = {
    "body": Body,
    "hair.style": HairStyle,
    "beard": Beard,
    "hat.kind": Hat,
    "glasses.kind": Glasses,
    "wardrobe.garment": Garment,
    "wardrobe.legs": Legs,
    "wardrobe.pattern": Pattern,
}
PARTS = ("top", "bottom", "shoes", "shirt", "accent", "pattern_colour")
COLOUR_FIELDS = (
    "skin",
    "eyes",
    "hair.colour",
    "hat.colour",
    "glasses.colour",
    *(f"wardrobe.{part}" for part in PARTS),
)
NEEDED = (
    "body",
    "skin",
    "hair.style",
    "hair.colour",
    "wardrobe.garment",
    "wardrobe.top",
    "wardrobe.bottom",
    "wardrobe.shoes",
)
LOOK_PARTS = ("body", "age", "skin", "eyes", "hair", "beard", "hat", "glasses", "wardrobe")
AGES = (18, 95)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_WOMAN = re.compile(
    r"\b(she|her|woman|girl|mother|sister|captain's daughter|actress|queen|nun)\b", re.IGNORECASE
)
_CUT_BY_SEED = (Garment.COAT, Garment.SHIRT, Garment.HOODIE, Garment.SUIT, Garment.JACKET, Garment.SWEATER)
_HAIR_BY_SEED = (
    HairStyle.SHORT,
    HairStyle.BOB,
    HairStyle.LONG,
    HairStyle.BUN,
    HairStyle.CURLY,
    HairStyle.SIDE_PART,
    HairStyle.PONYTAIL,
    HairStyle.PIXIE,
)


def first_look(name: str, description: str) -> dict[str, Any]:
    """Body, age, skin, hair, face and wardrobe; what the description says wins over the seed."""
    seed = int(digest("look", 1, name.casefold()), 16)
    words = description.casefold()
    cut, colour = worn(words)
    look = {
        "body": first_of(BODY_WORDS, words) or list(Body)[seed % 3].value,
        "age": age_of(words) or 28 + (seed >> 4) % 28,
        "skin": SKINS[(seed >> 16) % len(SKINS)],
        "hair": {
            "style": first_of(HAIR_WORDS, words) or _HAIR_BY_SEED[(seed >> 24) % len(_HAIR_BY_SEED)].value,
            "colour": _hair_colour(words, seed),
        },
        "wardrobe": {
            "garment": cut or _CUT_BY_SEED[(seed >> 8) % len(_CUT_BY_SEED)].value,
            "top": colour or list(COLOURS.values())[seed % len(COLOURS)],
            "bottom": ("#23262b", "#2d3442", "#3a332c")[(seed >> 40) % 3],
            "shoes": "#17171a",
            "legs": first_of(LEGS, words) or Legs.TROUSERS.value,
            "pattern": first_of(PATTERNS, words) or Pattern.PLAIN.value,
        },
        "beard": first_of(BEARDS, words) or Beard.NONE.value,
    }
    for part, table in (("hat", HATS), ("glasses", GLASSES)):
        if kind := first_of(table, words):
            look[part] = {"kind": kind, "colour": "#26221f"}
    return look


def look_problems(look: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a look: field → message. A field nobody knows is wrong too."""
    given = dict(_flat(look))
    wrong = {name: "Needed." for name in NEEDED if name not in given}
    for name, value in given.items():
        if name in CHOICES:
            allowed = [t.value for t in CHOICES[name]]
            if value not in allowed:
                wrong[name] = f"One of {', '.join(allowed)}."
        elif name in COLOUR_FIELDS:
            if not _HEX.fullmatch(str(value or "")):
                wrong[name] = "A colour such as #2b4c7e."
        elif name == "age":
            if not isinstance(value, int) or isinstance(value, bool) or not AGES[0] <= value <= AGES[1]:
                wrong[name] = f"From {AGES[0]} to {AGES[1]} years."
        else:
            wrong[name] = "Not part of a look."
    return wrong


def _flat(look: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in look.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{part}", one) for part, one in value.items())
        else:
            yield str(name), value


def first_voice(name: str, description: str, language: str) -> dict[str, Any]:
    """An espeak voice with its own pitch, rate and formant."""
    seed = int(digest("voice", 1, name.casefold()), 16)
    woman = bool(_WOMAN.search(description))
    old = (age_of(description.casefold()) or 0) >= 55
    return {
        "espeak": language,
        "pitch": (62 if woman else 34) + seed % 14 - 7,
        "rate": (150 if old else 168) + (seed >> 8) % 16,
        "range": 45 + (seed >> 16) % 25,
        "formant": round((1.08 if woman else 0.94) + ((seed >> 24) % 9 - 4) / 100, 2),
        "breath": 0.15 if woman else 0.08,
    }


def _hair_colour(words: str, seed: int) -> str:
    for word, colour in HAIR_COLOURS.items():
        if re.search(rf"\b{word}\b[\w\s-]{{0,12}}\b(?:hair|bob|bun|braids?|ponytail|curls)", words):
            return colour
    return list(HAIR_COLOURS.values())[(seed >> 32) % len(HAIR_COLOURS)]
