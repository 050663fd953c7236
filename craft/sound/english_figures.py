"""English figures as they are said: addresses of the net, dates, times, money, measures, ranges, numbers.

Each rule is a pattern and what is said for it; the first that fits a place wins, in the order of `RULES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from craft.sound.english_numbers import cardinal, digits, fraction, number, ordinal, plural, year

Rule = tuple[re.Pattern[str], Callable[[re.Match[str], bool], str]]
MONTHS_TEXT = """
January February March April May June July August September October November December
"""
MONTHS = tuple(MONTHS_TEXT.split())
_MONTH = r"(Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
_MONTH += r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_DASH = r"\s?[-\u2013\u2014\u2212]\s?"
_ORD = r"(?:st|nd|rd|th)"
_SCALE_WORDS = {
    "k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion", "tn": "trillion",
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
}  # fmt: skip
_CURRENCIES = {
    "$": ("dollar", "cent"), "US$": ("dollar", "cent"), "A$": ("Australian dollar", "cent"),
    "C$": ("Canadian dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent"), "¥": ("yen", ""),
    "₹": ("rupee", "paisa"), "₽": ("rouble", "kopeck"), "₩": ("won", ""), "₴": ("hryvnia", "kopiyka"),
    "₺": ("lira", "kurush"), "₪": ("shekel", "agora"), "₿": ("bitcoin", ""),
    "USD": ("dollar", "cent"), "GBP": ("pound", "penny"), "EUR": ("euro", "cent"), "JPY": ("yen", ""),
    "CHF": ("Swiss franc", "centime"), "CAD": ("Canadian dollar", "cent"), "INR": ("rupee", "paisa"),
}  # fmt: skip
_PLURALS = {"penny": "pence", "yen": "yen", "won": "won", "paisa": "paise", "foot": "feet", "inch": "inches",
            "hertz": "hertz", "kilohertz": "kilohertz", "megahertz": "megahertz", "gigahertz": "gigahertz",
            "degrees Celsius": "degrees Celsius", "degrees Fahrenheit": "degrees Fahrenheit",
            "percent": "percent"}  # fmt: skip
_UNITS = {
    "km/h": "kilometer per hour", "kph": "kilometer per hour", "mph": "mile per hour", "m/s": "meter per second",
    "km²": "square kilometer", "m²": "square meter", "m³": "cubic meter", "sq ft": "square foot",
    "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "m": "meter", "mi": "mile", "yd": "yard",
    "yds": "yard", "ft": "foot", "kg": "kilogram", "mg": "milligram", "g": "gram", "lb": "pound",
    "lbs": "pound", "oz": "ounce", "ml": "milliliter", "mL": "milliliter", "l": "liter", "L": "liter",
    "GB": "gigabyte", "MB": "megabyte", "KB": "kilobyte", "kB": "kilobyte", "TB": "terabyte",
    "GHz": "gigahertz", "MHz": "megahertz", "kHz": "kilohertz", "Hz": "hertz", "kW": "kilowatt",
    "MW": "megawatt", "W": "watt", "kWh": "kilowatt hour", "V": "volt", "dB": "decibel", "hrs": "hour",
    "hr": "hour", "mins": "minute", "min": "minute", "secs": "second", "sec": "second", "ms": "millisecond",
    "fps": "frame per second", "°C": "degrees Celsius", "°F": "degrees Fahrenheit", "°": "degree",
    "%": "percent", "px": "pixel",
}  # fmt: skip
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_SIGNS = "|".join(
    re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True) if not sign.isalpha()
)
_CODES = "|".join(code for code in _CURRENCIES if code.isalpha())
_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8), "⅜": (3, 8),
           "⅝": (5, 8), "⅞": (7, 8), "⅕": (1, 5)}  # fmt: skip
_WORD_DOMAINS = {"com", "org", "net", "info", "gov", "edu", "dev", "app", "film", "tv", "io"}


def _spelled(label: str) -> str:
    """A part of an address: a word is read, what has no vowel or is a short code is spelled."""
    out = []
    for piece in re.findall(r"[A-Za-z]+|\d+", label):
        spell = piece.lower() in ("tv", "io") or (len(piece) < 4 and not re.search(r"[aeiouyAEIOUY]", piece))
        spell = spell or piece.lower() in ("uk", "us", "eu", "au")
        out.append(digits(piece) if piece.isdigit() else " ".join(piece.upper()) if spell else piece)
    return " ".join(out)


def _address(match: re.Match[str], british: bool) -> str:
    text = re.sub(r"^https?://", "", match[0]).rstrip("/")
    said = []
    for piece in re.findall(r"[A-Za-z0-9]+|[^A-Za-z0-9]", text):
        signs = {".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", "+": "plus", "?": "?"}
        said.append("double-u double-u double-u" if piece == "www" else signs.get(piece) or _spelled(piece))
    return " ".join(word for word in said if word and word != "?")


def _month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3]))


def _day(month: str, day: int, british: bool) -> str:
    return f"the {ordinal(day)} of {month}" if british else f"{month} {ordinal(day)}"


def _dated(day: int, month: int, year_number: int, british: bool, text: str) -> str:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return " ".join(digits(part) for part in re.findall(r"\d+", text))
    return f"{_day(MONTHS[month - 1], day, british)}, {year(year_number)}"


def _numeric_date(match: re.Match[str], british: bool) -> str:
    first, second, last = int(match[1]), int(match[3]), int(match[4])
    last += 0 if len(match[4]) == 4 else 2000 if last < 50 else 1900
    day_first = first > 12 or (british and second <= 12)
    day, month = (first, second) if day_first else (second, first)
    return _dated(day, month, last, british, match[0])


def _clock(match: re.Match[str], british: bool) -> str:
    hour, minute, half = int(match[1]), match[2], match[3] or ""
    if hour > 24 or (minute and int(minute) > 59):
        return f"{cardinal(hour)} {cardinal(int(minute))}" if minute else match[0]
    half = " ".join(half.upper().replace(".", "")) if half else ""
    if minute and int(minute):
        low = int(minute)
        said = f"{cardinal(hour)} {cardinal(low) if low > 9 else f'oh {cardinal(low)}'}"
    elif half:
        said = cardinal(hour)
    elif hour == 0 or hour > 12:
        said = f"{cardinal(hour)} hundred" if hour else "midnight"
    else:
        said = f"{cardinal(hour)} o'clock"
    return f"{said} {half}".strip()


def _many(amount: str, one: str) -> str:
    if amount.replace(",", "") == "1":
        return "degree" + one[7:] if one.startswith("degrees ") else one
    head, _, per = one.partition(" per ")
    said = _PLURALS.get(head) or (
        f"{head.rpartition(' ')[0]} feet".strip() if head.endswith("foot") else plural(head)
    )
    if head.endswith(("meter", "liter")):
        said = f"{head}s"
    return f"{said} per {per}" if per else said


def _money(amount: str, scale: str, sign: str, british: bool) -> str:
    main, minor = _CURRENCIES[sign]
    if scale:
        return f"{number(amount, british=british)} {_SCALE_WORDS[scale.lower()]} {_many('2', main)}"
    whole, _, cents = amount.replace(",", "").partition(".")
    if len(cents) == 2 and minor:
        low = f"{cardinal(int(cents))} {_many(str(int(cents)), minor)}" if int(cents) else ""
        high = f"{cardinal(int(whole), british=british)} {_many(whole, main)}" if int(whole or 0) else ""
        return " and ".join(part for part in (high, low) if part) or f"zero {_many('0', main)}"
    return f"{number(amount, british=british)} {_many(amount, main)}"


def _money_before(match: re.Match[str], british: bool) -> str:
    sign = "minus " if match["minus"] else ""
    if match["upto"]:
        return (
            f"{sign}{number(match['amount'], british=british)} to "
            f"{_money(match['upto'], match['scale'] or '', match['sign'], british)}"
        )
    return sign + _money(match["amount"], match["scale"] or "", match["sign"], british)


def _measure(match: re.Match[str], british: bool) -> str:
    amount, upto, unit = match["amount"], match["upto"], _UNITS[match["unit"]]
    if british:
        unit = unit.replace("meter", "metre").replace("liter", "litre")
    said = number(amount, british=british)
    if upto:
        said, amount = f"{said} to {number(upto, british=british)}", upto
    named = _many(amount, unit)
    sign = "minus " if match["minus"] else ""
    return f"{sign}{said} {named}"


def _range(match: re.Match[str], british: bool) -> str:
    first, last = match[1], match[2]
    if len(first) == 4 and "," not in first and 1100 <= int(first) <= 2099 and len(last) in (2, 4):
        high = year(int(last)) if len(last) == 4 else number(last)
        return f"{year(int(first))} to {high}"
    return f"{number(first, british=british)} to {number(last, british=british)}"


def _slashed(match: re.Match[str], british: bool) -> str:
    above, below = int(match[1]), int(match[2])
    if (above, below) in ((24, 7), (9, 11), (7, 7)):
        return f"{cardinal(above)} {cardinal(below)}"
    return fraction(above, below)


def _mixed(match: re.Match[str], british: bool) -> str:
    above, below = _VULGAR[match[2]]
    part = fraction(above, below)
    if not match[1]:
        return part
    joined = part.replace("one ", "a ", 1) if above == 1 else part
    return f"{number(match[1], british=british)} and {joined}"


def _years(match: re.Match[str], british: bool) -> str:
    return year(int(match[0]))


def _decade(match: re.Match[str], british: bool) -> str:
    written = match[1]
    tens = cardinal(int(written[-2:])) if written[-2:] != "00" else "hundred"
    high = f"{cardinal(int(written[:-2]))} " if len(written) == 4 else ""
    if written in ("2000", "1000"):
        return f"{cardinal(int(written[0]))} thousands"
    return f"{high}{plural(tens)}"


def _rule(pattern: str, say: Callable[[re.Match[str], bool], str]) -> Rule:
    return re.compile(pattern), say


_B, _E = r"(?<![\w.,])", r"(?![\w]|[.,]\d)"
RULES: tuple[Rule, ...] = (
    _rule(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b", _address),
    _rule(r"\bhttps?://[^\s<>\"]*[\w/]|\bwww\.[\w-]+(?:\.[\w-]+)+(?:/[\w./-]*\w)?", _address),
    _rule(r"\b(?:[a-z0-9-]{2,}\.)+(?:com|org|net|edu|gov|info|io|dev|app|tv|film|co\.uk)(?:/[\w./-]*\w)?\b",
          _address),
    _rule(r"(?<![\w-])(?:\+\d{1,3}[ -])?(?:\(\d{3}\) ?|\d{3}[-. ])?\d{3}[-.]\d{4}(?![\w-])",
          lambda m, b: ", ".join(digits(part) for part in re.findall(r"\d+", m[0]))),
    _rule(rf"{_B}(\d{{4}})-(\d\d)-(\d\d){_E}",
          lambda m, b: _dated(int(m[3]), int(m[2]), int(m[1]), b, m[0])),
    _rule(rf"{_B}(\d{{1,2}})([/.])(\d{{1,2}})\2(\d{{4}}|\d\d){_E}", _numeric_date),
    _rule(rf"\b{_MONTH}\s(\d{{1,2}}){_ORD}?(?:,?\s(\d{{4}}))?{_E}",
          lambda m, b: _day(_month(m[1]), int(m[2]), b) + (f", {year(int(m[3]))}" if m[3] else "")),
    _rule(rf"(?:\b[Tt]he\s)?{_B}(\d{{1,2}}){_ORD}?(?:\sof)?\s{_MONTH}(?:,?\s(\d{{4}}))?(?!\w)",
          lambda m, b: _day(_month(m[2]), int(m[1]), True) + (f", {year(int(m[3]))}" if m[3] else "")),
    _rule(rf"\b{_MONTH},?\s(\d{{4}}){_E}", lambda m, b: f"{_month(m[1])} {year(int(m[2]))}"),
    _rule(rf"{_B}(\d{{1,2}}):([0-5]\d)\s?([AaPp]\.?[Mm]\b\.?)?(?![\w:])", _clock),
    _rule(rf"{_B}(\d{{1,2}})()\s?([AaPp]\.?[Mm]\b\.?)", _clock),
    _rule(rf"(?<![\w.])(?P<minus>[-\u2212])?(?P<sign>{_SIGNS})\s?(?P<amount>{_NUM})"
          rf"(?:{_DASH}(?:{_SIGNS})?(?P<upto>{_NUM}))?"
          r"(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn|tn|[kKmMbB])\b)?", _money_before),
    _rule(rf"{_B}(?P<amount>{_NUM})\s?(?P<sign>{_SIGNS}|(?:{_CODES})\b)",
          lambda m, b: _money(m["amount"], "", m["sign"], b)),
    _rule(r"(?<![\w.])(\d)['\u2019](\d{1,2})(?:\"|''|\u201d)?(?!\w)",
          lambda m, b: f"{cardinal(int(m[1]))} foot {cardinal(int(m[2]))}"),
    _rule(rf"(?<![\w.,])(?P<minus>(?<!\d)[-\u2212])?(?P<amount>{_NUM})(?:{_DASH}(?P<upto>{_NUM}))?"
          rf"\s?(?P<unit>{_UNIT})(?![\w])", _measure),
    _rule(rf"{_B}(\d+)?\s?([{''.join(_VULGAR)}])", _mixed),
    _rule(r"(?<![\w/.])(\d{1,3})/(\d{1,3})(?![\w/])", _slashed),
    _rule(r"(?<!\w)['\u2019](\d0)s\b", _decade),
    _rule(r"\b(\d{2}00|\d{3}0|\d0)['\u2019]?s\b", _decade),
    _rule(rf"{_B}({_NUM}){_DASH}({_NUM})(?![\w-])", _range),
    _rule(rf"{_B}(\d{{1,3}}(?:,\d{{3}})*|\d+){_ORD}\b",
          lambda m, b: ordinal(int(m[1].replace(",", "")), british=b)),
    _rule(rf"(?<=\b[Ii]n )1\d{{3}}{_E}", _years),
    _rule(rf"{_B}(?:1[1-9]\d\d|20\d\d){_E}(?!\s[a-z]+s\b|\s(?:people|men|women|children)\b)", _years),
    _rule(r"(?<![\d.])(\d+)((?:\.\d+){2,})(?!\w)",
          lambda m, b: " " + cardinal(int(m[1])) + "".join(f" point {cardinal(int(p))}" for p in m[2].split(".")[1:])),
    _rule(rf"{_B}({_NUM})([kK])\b", lambda m, b: f"{number(m[1], british=b)} thousand"),
    _rule(rf"(?<![\w.])([-\u2212]?)({_NUM})(?=\D|$)",
          lambda m, b: ("minus " if m[1] else "") + number(m[2], british=b)),
    _rule(r"\d+", lambda m, b: f" {cardinal(int(m[0])) if m[0][0] != '0' else digits(m[0])} "),
)  # fmt: skip


def figures_said(text: str, *, british: bool = False) -> str:
    """The text with every figure in words."""
    for pattern, say in RULES:
        text = pattern.sub(lambda match, say=say: say(match, british), text)  # type: ignore[misc]
    return text
