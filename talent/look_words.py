"""The words of a description that say how somebody looks, as tables: word → value of the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping

from craft.terms.looks import Beard, Body, Garment, Glasses, HairStyle, Hat, Legs, Pattern

SKINS = ("#f1c9a5", "#e0ac7e", "#c68642", "#a5673f", "#8d5524", "#5c3a21")
HAIR_COLOURS = {
    "black": "#1b1715",
    "dark": "#241712",
    "brown": "#4a3020",
    "blonde": "#c9a35a",
    "blond": "#c9a35a",
    "fair": "#c9a35a",
    "red": "#8c3b1c",
    "ginger": "#a4511f",
    "grey": "#8b8b8b",
    "gray": "#8b8b8b",
    "silver": "#b4b7ba",
    "white": "#dcdcdc",
}
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
CUTS: dict[str, Garment] = {
    **{cut.value: cut for cut in Garment},
    "t-shirt": Garment.TEE,
    "sweatshirt": Garment.HOODIE,
    "cardigan": Garment.SWEATER,
    "jumper": Garment.SWEATER,
    "blouse": Garment.SHIRT,
    "armor": Garment.ARMOUR,
    "raincoat": Garment.COAT,
    "overcoat": Garment.COAT,
    "trench coat": Garment.COAT,
    "parka": Garment.COAT,
    "blazer": Garment.SUIT,
    "tuxedo": Garment.SUIT,
    "gown": Garment.DRESS,
    "cape": Garment.CLOAK,
    "robe": Garment.CLOAK,
}
BODY_WORDS: dict[str, Body] = {
    "broad": Body.BROAD,
    "burly": Body.BROAD,
    "stocky": Body.BROAD,
    "heavy": Body.HEAVY,
    "heavyset": Body.HEAVY,
    "fat": Body.HEAVY,
    "large": Body.HEAVY,
    "thin": Body.SLIM,
    "slim": Body.SLIM,
    "lean": Body.SLIM,
    "gaunt": Body.SLIM,
    "petite": Body.PETITE,
    "small": Body.PETITE,
    "short woman": Body.PETITE,
    "tall": Body.TALL,
    "lanky": Body.TALL,
    "athletic": Body.ATHLETIC,
    "muscular": Body.ATHLETIC,
    "fit": Body.ATHLETIC,
}
HAIR_WORDS: dict[str, HairStyle] = {
    "bald": HairStyle.BALD,
    "shaved head": HairStyle.BUZZ,
    "buzz cut": HairStyle.BUZZ,
    "crew cut": HairStyle.BUZZ,
    "side part": HairStyle.SIDE_PART,
    "parted hair": HairStyle.SIDE_PART,
    "slicked": HairStyle.SLICKED,
    "undercut": HairStyle.UNDERCUT,
    "pixie": HairStyle.PIXIE,
    "bob": HairStyle.BOB,
    "bun": HairStyle.BUN,
    "ponytail": HairStyle.PONYTAIL,
    "braid": HairStyle.BRAID,
    "braids": HairStyle.BRAID,
    "plait": HairStyle.BRAID,
    "afro": HairStyle.AFRO,
    "curly": HairStyle.CURLY,
    "curls": HairStyle.CURLY,
    "long hair": HairStyle.LONG,
    "short hair": HairStyle.SHORT,
    "cropped": HairStyle.SHORT,
}
BEARDS: dict[str, Beard] = {
    "unshaven": Beard.STUBBLE,
    "stubble": Beard.STUBBLE,
    "stubbled": Beard.STUBBLE,
    "moustache": Beard.MOUSTACHE,
    "mustache": Beard.MOUSTACHE,
    "goatee": Beard.GOATEE,
    "beard": Beard.FULL,
    "bearded": Beard.FULL,
}
HATS: dict[str, Hat] = {
    "wide-brimmed": Hat.WIDE_BRIM,
    "sun hat": Hat.WIDE_BRIM,
    "cowboy hat": Hat.WIDE_BRIM,
    "fedora": Hat.FEDORA,
    "trilby": Hat.FEDORA,
    "beanie": Hat.BEANIE,
    "woolly hat": Hat.BEANIE,
    "helmet": Hat.HELMET,
    "hard hat": Hat.HELMET,
    "cap": Hat.CAP,
    "baseball cap": Hat.CAP,
}
GLASSES: dict[str, Glasses] = {
    "sunglasses": Glasses.SUNGLASSES,
    "round glasses": Glasses.ROUND,
    "spectacles": Glasses.ROUND,
    "glasses": Glasses.SQUARE,
    "bespectacled": Glasses.ROUND,
}
LEGS: dict[str, Legs] = {
    "jeans": Legs.JEANS,
    "denim": Legs.JEANS,
    "shorts": Legs.SHORTS,
    "skirt": Legs.SKIRT,
}
PATTERNS: dict[str, Pattern] = {
    "pinstripe": Pattern.PINSTRIPE,
    "pinstriped": Pattern.PINSTRIPE,
    "striped": Pattern.STRIPES,
    "stripes": Pattern.STRIPES,
    "checked": Pattern.CHECK,
    "plaid": Pattern.CHECK,
    "tartan": Pattern.CHECK,
    "tweed": Pattern.CHECK,
    "polka": Pattern.DOTS,
    "dotted": Pattern.DOTS,
    "camouflage": Pattern.CAMO,
    "camo": Pattern.CAMO,
}
_WEARS = re.compile(
    r"\b(" + "|".join(COLOURS) + r")\b[\w\s-]{0,20}?\b(" + "|".join(map(re.escape, CUTS)) + r")\b"
)
_CUT = re.compile(r"\b(" + "|".join(sorted(map(re.escape, CUTS), key=len, reverse=True)) + r")\b")
_YEARS = re.compile(r"\b([1-9]\d)s?\b")
_AGES = {
    "teenage": 18,
    "young": 24,
    "middle-aged": 48,
    "elderly": 74,
    "aged": 72,
    "old man": 72,
    "old woman": 72,
    "grandmother": 72,
    "grandfather": 74,
    "child": 18,
    "girl": 18,
    "boy": 18,
}


def first_of(table: Mapping[str, str], words: str) -> str:
    """The value of the first word of the table that stands in the text (lower case), or nothing."""
    for word, value in table.items():
        if re.search(rf"\b{re.escape(word)}\b", words):
            return str(value)
    return ""


def worn(words: str) -> tuple[str, str]:
    """Garment and colour a description names ("rust-red jacket"); empty where it names none."""
    if found := _WEARS.search(words):
        return CUTS[found[2]].value, COLOURS[found[1]]
    if found := _CUT.search(words):
        return CUTS[found[1]].value, ""
    return "", ""


def age_of(words: str) -> int | None:
    """Age in years, from a number (42, 30s) or a word; None when nothing says it. Nobody drawn is under 18."""
    if found := _YEARS.search(words):
        return min(95, max(18, int(found[1])))
    return int(named) if (named := first_of({word: str(age) for word, age in _AGES.items()}, words)) else None
