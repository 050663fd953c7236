"""English numbers in words: cardinals, ordinals, years, digits, decimals, fractions and Roman numerals."""

from __future__ import annotations

import re

_UNITS_TEXT = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
"""
_UNITS = tuple(_UNITS_TEXT.split())
_TENS_TEXT = """
twenty thirty forty fifty sixty seventy eighty ninety
"""
_TENS = tuple(_TENS_TEXT.split())
_SCALES = ("", " thousand", " million", " billion", " trillion", " quadrillion")
_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_ROMAN = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def cardinal(number: int, *, british: bool = False) -> str:
    """123 → "one hundred twenty-three", British with "and"; beyond 10¹⁸ its digits."""
    if number < 0:
        return f"minus {cardinal(-number, british=british)}"
    if number >= 10**18:
        return digits(str(number))
    if number == 0:
        return "zero"
    parts = []
    for power in range(len(_SCALES) - 1, -1, -1):
        if group := number // 1000**power % 1000:
            last = british and power == 0 and group < 100 and number >= 1000
            parts.append(("and " if last else "") + _below_thousand(group, british) + _SCALES[power])
    return " ".join(parts)


def ordinal(number: int, *, british: bool = False) -> str:
    """21 → "twenty-first"."""
    head, joint, last = _split_last(cardinal(number, british=british))
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last = f"{last}th"
    return f"{head}{joint}{last}"


def year(number: int) -> str:
    """1984 → "nineteen eighty-four", 1905 → "nineteen oh five", 2007 → "two thousand seven"."""
    high, low = divmod(number, 100)
    if not 1000 <= number <= 2999 or (number % 1000 < 10):
        return cardinal(number)
    if low == 0:
        return f"{cardinal(high)} hundred"
    return f"{cardinal(high)} {cardinal(low) if low > 9 else f'oh {cardinal(low)}'}"


def digits(text: str) -> str:
    """ "407" → "four oh seven"."""
    return " ".join("oh" if digit == "0" else _UNITS[int(digit)] for digit in text if digit.isdigit())


def number(text: str, *, british: bool = False) -> str:
    """A written number with separators, a sign or decimals: "-1,234.50" → "minus one thousand … point five
    zero".
    """
    sign = "minus " if text[:1] in "-\u2212" else ""
    whole, point, rest = text.lstrip("+-\u2212").replace(",", "").partition(".")
    if len(whole) > 1 and whole[0] == "0" and not point:
        return sign + digits(whole)
    said = cardinal(int(whole or 0), british=british)
    if point and rest:
        said += " point " + " ".join(_UNITS[int(digit)] for digit in rest)
    return sign + said


def fraction(above: int, below: int) -> str:
    """3/4 → "three quarters"; odd ones as "three over seventeen"."""
    names = {2: "half", 4: "quarter"}
    if below < 2 or (below > 10 and below not in (12, 16, 20, 100)):
        return f"{cardinal(above)} over {cardinal(below)}"
    name = names.get(below) or ordinal(below)
    if above == 1:
        return f"one {name}"
    return f"{cardinal(above)} {'halves' if below == 2 else name + 's'}"


def plural(word: str) -> str:
    """ "sixty" → "sixties", "hundred" → "hundreds"."""
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}es" if word.endswith("x") else f"{word}s"


def roman(text: str) -> int | None:
    """The value of a Roman numeral in capitals, None when it is none."""
    if not text or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(v if v >= max(values[i:]) else -v for i, v in enumerate(values))


def _below_thousand(group: int, british: bool) -> str:
    hundreds, rest = divmod(group, 100)
    said = [f"{_UNITS[hundreds]} hundred"] if hundreds else []
    if rest:
        joint = "and " if said and british else ""
        tens = _UNITS[rest] if rest < 20 else _TENS[rest // 10 - 2]
        said.append(joint + tens + (f"-{_UNITS[rest % 10]}" if rest > 20 and rest % 10 else ""))
    return " ".join(said)


def _split_last(words: str) -> tuple[str, str, str]:
    match = re.fullmatch(r"(.*)([ -])([a-z]+)", words)
    return (match[1], match[2], match[3]) if match else ("", "", words)
