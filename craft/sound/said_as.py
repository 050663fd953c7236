"""`say-as` of SSML: what a text stands for decides how it is read."""

from __future__ import annotations

import re

from craft.sound.english_numbers import cardinal, digits, ordinal


def said_as(text: str, kind: str, language: str, *, british: bool = False) -> str:
    """The text so that the normaliser reads it as that kind; "" changes nothing.

    Letters and digits one by one in every language; cardinals and ordinals in words in English, where other
    languages read the figure as their engine does. Dates and times are left to the normaliser.
    """
    english = language == "en"
    if kind in ("characters", "spell-out"):
        signs = [digits(c) if english and c.isdecimal() and c.isascii() else c for c in text if c.isalnum()]
        return " ".join(signs).upper() if english and text.isascii() else " ".join(signs)
    if kind in ("digits", "telephone"):
        groups = re.findall(r"\d+", text)
        return ", ".join(digits(group) if english else " ".join(group) for group in groups) or text
    number = re.fullmatch(r"\s*([\d,]{1,24})(?:st|nd|rd|th)?\s*", text)
    if english and number and kind in ("cardinal", "number", "ordinal"):
        value = int(number[1].replace(",", "") or 0)
        return (ordinal if kind == "ordinal" else cardinal)(value, british=british)
    return text
