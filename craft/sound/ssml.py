"""A safe part of SSML 1.1: speak, p, s, break, prosody, emphasis, say-as, sub and mark.

Markup is read here and written anew for the engine, so that nothing a user wrote reaches it as markup: no
files, no entities but the five of XML, no element or value outside these. Anything else is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from craft.sound.errors import SpeechRefused

MOST_ELEMENTS, DEEPEST = 2000, 16
LONGEST_BREAK_MS, LONGEST_BREAKS_MS = 10_000, 60_000
_CODE = "sound.ssml"
_STRENGTHS = {"none": 0, "x-weak": 80, "weak": 150, "medium": 300, "strong": 600, "x-strong": 1000}
_RATES = {"x-slow": 0.6, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_PITCHES = {"x-low": 0.75, "low": 0.87, "medium": 1.0, "default": 1.0, "high": 1.15, "x-high": 1.33}
_VOLUMES = {"x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 3.0, "x-loud": 6.0}
_LEVELS = ("strong", "moderate", "none", "reduced")
_ATTRIBUTES = {
    "speak": {"version", "lang", "schemaLocation"},
    "p": {"lang"},
    "s": {"lang"},
    "break": {"time", "strength"},
    "prosody": {"rate", "pitch", "volume"},
    "emphasis": {"level"},
    "say-as": {"interpret-as", "format"},
    "sub": {"alias"},
    "mark": {"name"},
}
SAID_AS = ("characters", "spell-out", "digits", "telephone", "cardinal", "number", "ordinal", "date", "time")


@dataclass(frozen=True, slots=True)
class Manner:
    """How words are said: factors on rate and pitch, gain in dB, an emphasis level and what they stand for."""

    rate: float = 1.0
    pitch: float = 1.0
    volume: float = 0.0
    emphasis: str = "none"
    said_as: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Text to be said in one manner."""

    text: str
    manner: Manner = Manner()


@dataclass(frozen=True, slots=True)
class Break:
    """Silence."""

    ms: int


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place whose time is told."""

    name: str


Token = Words | Break | Bookmark


def tokens_of(markup: str) -> list[Token]:
    """The words, breaks and marks of an SSML document or of a piece of one without its `speak`.

    Raises `SpeechRefused` (code `sound.ssml`) for markup that is not well formed or not of this part of SSML;
    the message names the element or the place.
    """
    if re.search(r"<[!?]", re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", markup)):
        raise _refused("declarations, comments and processing instructions are not read; remove them")
    bare = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", markup).strip()
    whole = bare if re.match(r"<speak[\s>/]", bare) else f"<speak>{bare}</speak>"
    try:
        root = ET.fromstring(whole)
    except (ET.ParseError, ValueError) as error:
        raise _refused(
            f"it is not well formed ({error}); close every element and write & as &amp;"
        ) from error
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise _refused(f"it has more than {MOST_ELEMENTS} elements; split the line")
    found = list(_walked(root, Manner(), 0))
    if sum(token.ms for token in found if isinstance(token, Break)) > LONGEST_BREAKS_MS:
        raise _refused(f"its breaks are longer than {LONGEST_BREAKS_MS // 1000} s together")
    return found


def plain_text(tokens: Sequence[Token]) -> str:
    """The words alone, as a caption would show them."""
    return re.sub(r"\s+", " ", "".join(t.text for t in tokens if isinstance(t, Words))).strip()


def for_engine(words: Words, text: str, pitch_percent: Callable[[float], float]) -> str:
    """The engine's markup for words that are read as `text`; pitch_percent gives its figure for a factor."""
    manner, out = words.manner, escape(text)
    if manner.emphasis != "none":
        out = f'<emphasis level="{manner.emphasis}">{out}</emphasis>'
    if (manner.rate, manner.pitch, manner.volume) == (1.0, 1.0, 0.0):
        return out
    figures = f'rate="{100 * manner.rate:.0f}%" pitch="{pitch_percent(manner.pitch):.0f}%"'
    volume = 100 * 10 ** (manner.volume / 20)
    return f'<prosody {figures} volume="{volume:.0f}">{out}</prosody>'


def _walked(element: ET.Element, manner: Manner, depth: int) -> Iterator[Token]:
    name = _local(element.tag)
    given = {_local(key): value.strip() for key, value in element.attrib.items()}
    if name not in _ATTRIBUTES:
        raise _refused(f"<{name[:40]}> is not read; it knows {', '.join(_ATTRIBUTES)}")
    if depth > DEEPEST or (name == "speak" and depth):
        raise _refused(f"<{name}> stands too deep")
    if strange := set(given) - _ATTRIBUTES[name]:
        raise _refused(f"<{name}> has no {min(strange)[:40]}")
    if name == "break":
        yield Break(_pause(given))
    elif name == "mark":
        if not re.fullmatch(r"[^\x00-\x1f<>]{1,80}", given.get("name", "")):
            raise _refused("<mark> needs a name of at most 80 characters")
        yield Bookmark(given["name"])
    elif name == "sub":
        if "alias" not in given:
            raise _refused("<sub> needs an alias")
        yield Words(given["alias"], manner)
    else:
        yield from _content(element, _changed(name, given, manner), depth)
    if name in ("break", "mark", "sub") and len(element):
        raise _refused(f"<{name}> holds no elements")


def _content(element: ET.Element, manner: Manner, depth: int) -> Iterator[Token]:
    if element.text:
        yield Words(element.text, manner)
    for child in element:
        yield from _walked(child, manner, depth + 1)
        if child.tail:
            yield Words(child.tail, manner)
    if _local(element.tag) in ("p", "s"):
        yield Break(_STRENGTHS["strong" if _local(element.tag) == "p" else "medium"])


def _changed(name: str, given: dict[str, str], manner: Manner) -> Manner:
    """The manner inside an element."""
    if name == "prosody":
        rate = manner.rate * _factor("rate", given.get("rate", "100%"), _RATES)
        pitch = manner.pitch * _factor("pitch", given.get("pitch", "100%"), _PITCHES)
        volume = manner.volume + _decibels(given.get("volume", "medium"))
        return replace(
            manner,
            rate=min(2.0, max(0.5, rate)),
            pitch=min(2.0, max(0.5, pitch)),
            volume=min(6.0, max(-60.0, volume)),
        )
    if name == "emphasis":
        level = given.get("level", "moderate")
        if level not in _LEVELS:
            raise _refused(f"the level of <emphasis> is {level[:40]!r}; it is one of {', '.join(_LEVELS)}")
        return replace(manner, emphasis=level)
    if name == "say-as":
        kind = given.get("interpret-as", "")
        if kind not in SAID_AS:
            raise _refused(f"<say-as> interprets as {', '.join(SAID_AS)}, not as {kind[:40]!r}")
        return replace(manner, said_as=kind)
    return manner


def _pause(given: dict[str, str]) -> int:
    if "time" not in given:
        strength = given.get("strength", "medium")
        if strength not in _STRENGTHS:
            raise _refused(f"the strength of <break> is one of {', '.join(_STRENGTHS)}")
        return _STRENGTHS[strength]
    match = re.fullmatch(r"\+?(\d{1,5}(?:\.\d{1,3})?)(ms|s)", given["time"])
    ms = round(float(match[1]) * (1000 if match[2] == "s" else 1)) if match else LONGEST_BREAK_MS + 1
    if ms > LONGEST_BREAK_MS:
        raise _refused(f"<break time={given['time'][:20]!r}> is no time up to {LONGEST_BREAK_MS // 1000} s")
    return ms


def _factor(what: str, value: str, words: dict[str, float]) -> float:
    if value in words:
        return words[value]
    if match := re.fullmatch(r"([+-]?)(\d{1,3}(?:\.\d{1,3})?)(%|st)", value):
        sign, number = match[1], float(match[2])
        if match[3] == "st" and sign and what == "pitch":
            return float(2 ** (float(f"{sign}{number}") / 12))
        if match[3] == "%":
            factor = 1 + float(f"{sign}{number}") / 100 if sign else number / 100
            if factor > 0:
                return factor
    raise _refused(f"the {what} of <prosody> is {value[:40]!r}; write a percentage such as 90% or +10%")


def _decibels(value: str) -> float:
    if value in _VOLUMES:
        return _VOLUMES[value]
    if value == "silent":
        return -60.0
    if match := re.fullmatch(r"([+-]\d{1,2}(?:\.\d{1,3})?)dB", value):
        return float(match[1])
    raise _refused(f"the volume of <prosody> is {value[:40]!r}; write soft, loud or decibels such as -6dB")


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _refused(why: str) -> SpeechRefused:
    return SpeechRefused(f"The SSML cannot be spoken: {why}.", code=_CODE)
