"""A first look and voice for a character nobody has designed yet, from the words of the script and a stable seed.

The same name and description always give the same look; an operator changes it in the roster.
"""

from __future__ import annotations

import re
from typing import Any

from craft.terms.digest import digest

BODIES = ("average", "slim", "broad")
SKINS = ("#f1c9a5", "#e0ac7e", "#c68642", "#a5673f", "#8d5524", "#5c3a21")
HAIR_COLOURS = {
    "black": "#1b1715",
    "brown": "#4a3020",
    "blond": "#c9a35a",
    "red": "#8c3b1c",
    "grey": "#8b8b8b",
    "white": "#dcdcdc",
}
HAIR_STYLES = ("short", "bob", "long", "bun", "curly", "cap")
COLOURS = {
    "yellow": "#d9a520",
    "red": "#a32424",
    "crimson": "#8f1d2c",
    "orange": "#c8641f",
    "green": "#2f6b45",
    "teal": "#1f6f74",
    "blue": "#2b4c7e",
    "navy": "#1f2c48",
    "purple": "#5b3a73",
    "pink": "#c06c84",
    "white": "#d9d9d4",
    "grey": "#6b7178",
    "gray": "#6b7178",
    "black": "#1c1d20",
    "brown": "#5e4130",
    "beige": "#bfa784",
    "tan": "#b08d5b",
    "olive": "#5d6532",
    "silver": "#a7adb4",
    "cream": "#e2d7bd",
    "rust": "#93431f",
}
GARMENTS = ("coat", "suit", "dress", "hoodie", "uniform", "shirt", "jacket", "sweater", "armour")
_SAME_CUT = {
    "jacket": "coat",
    "sweater": "hoodie",
    "armor": "armour",
    "raincoat": "coat",
    "parka": "coat",
    "blazer": "suit",
}
_WEARS = re.compile(
    r"\b(" + "|".join(COLOURS) + r")\b[\w\s-]{0,20}?\b(" + "|".join((*GARMENTS, *_SAME_CUT)) + r")\b",
    re.IGNORECASE,
)
_WOMAN = re.compile(
    r"\b(she|her|woman|girl|mother|sister|captain's daughter|actress|queen|nun)\b", re.IGNORECASE
)
_AGE = re.compile(r"\b([1-9]\d)s?\b")


def first_look(name: str, description: str) -> dict[str, Any]:
    """Body, skin, hair and wardrobe; what the description says wins over the seed."""
    seed = int(digest("look", 1, name.casefold()), 16)
    worn = _WEARS.search(description)
    colour = COLOURS[worn.group(1).lower()] if worn else list(COLOURS.values())[seed % len(COLOURS)]
    garment = worn.group(2).lower() if worn else ("coat", "shirt", "hoodie", "suit")[(seed >> 8) % 4]
    return {
        "body": _body(description, seed),
        "skin": SKINS[(seed >> 16) % len(SKINS)],
        "hair": {
            "style": HAIR_STYLES[(seed >> 24) % len(HAIR_STYLES)],
            "colour": _hair_colour(description, seed),
        },
        "wardrobe": {
            "garment": _SAME_CUT.get(garment, garment),
            "top": colour,
            "bottom": ("#23262b", "#2d3442", "#3a332c")[(seed >> 40) % 3],
            "shoes": "#17171a",
        },
    }


def first_voice(name: str, description: str, language: str) -> dict[str, Any]:
    """An espeak voice with its own pitch, rate and formant."""
    seed = int(digest("voice", 1, name.casefold()), 16)
    woman = bool(_WOMAN.search(description))
    age = _AGE.search(description)
    old = age is not None and int(age.group(1)) >= 55
    return {
        "espeak": language,
        "pitch": (62 if woman else 34) + seed % 14 - 7,
        "rate": (150 if old else 168) + (seed >> 8) % 16,
        "range": 45 + (seed >> 16) % 25,
        "formant": round((1.08 if woman else 0.94) + ((seed >> 24) % 9 - 4) / 100, 2),
        "breath": 0.15 if woman else 0.08,
    }


def _body(description: str, seed: int) -> str:
    for word, body in (
        ("broad", "broad"),
        ("heavy", "broad"),
        ("burly", "broad"),
        ("thin", "slim"),
        ("slim", "slim"),
        ("lean", "slim"),
    ):
        if word in description.lower():
            return body
    return BODIES[seed % len(BODIES)]


def _hair_colour(description: str, seed: int) -> str:
    for word, colour in HAIR_COLOURS.items():
        if re.search(rf"\b{word}\b[\w\s-]{{0,12}}\bhair", description, re.IGNORECASE):
            return colour
    return list(HAIR_COLOURS.values())[(seed >> 32) % len(HAIR_COLOURS)]
