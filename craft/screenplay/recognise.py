"""What a single line is: heading, transition, cue. Pure questions about one line, no state.

Every pattern is anchored and bounded: a line longer than `LONGEST_LINE` is never asked.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from craft.screenplay.model import Setting
from craft.screenplay.times import time_of_day

LONGEST_LINE = 500
LONGEST_NAME = 60
LONGEST_BARE_NAME = 24

_HEADING = re.compile(
    r"(?P<both>(?:INT\.?|ИНТ\.?) ?/ ?(?:EXT|НАТ|ЭКСТ)|(?:EXT|НАТ|ЭКСТ)\.? ?/ ?(?:INT|ИНТ)|I ?/ ?E|И ?/ ?Н)"
    r"|(?P<in>INT|ИНТ)|(?P<out>EXT|НАТ|ЭКСТ)|(?P<est>EST)",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s+(?:-|--|–|—)\s+")
_TRANSITIONS = re.compile(
    r"FADE (?:IN|OUT|UP)(?: ON| FROM (?:BLACK|WHITE))?[.:]?|FADE TO (?:BLACK|WHITE)[.:]?"
    r"|(?:SMASH |HARD )?CUT TO BLACK[.:]?|IRIS (?:IN|OUT)[.:]?|(?:CROSS)?DISSOLVE[.:]|BLACK ?OUT[.:]?"
)
# Capitals that direct the camera or the cut; as a line of their own they introduce action, never a speaker.
_SHOT_LINE = re.compile(
    r"(?:EXTREME |MEDIUM |TIGHT |VERY )?(?:CLOSE(?:[ -]?UP)?(?: SHOT)?|WIDER?(?: SHOT| ANGLE)?"
    r"|LONG SHOT|FULL SHOT)(?: ON\b| OF\b|:| -|,|\.|$)"
    r"|(?:ANGLE|CAMERA|FOCUS|PUSH IN|DOLLY|PAN|TILT|CRANE|TRACKING|TRUCK|PULL)(?:$|[ :,.-].*)"
    r"|(?:LOW|HIGH|DUTCH|REVERSE|NEW|WORM'S[- ]EYE|BIRD'S[- ]EYE|EYE[- ]LEVEL)[- ](?:ANGLE|LEVEL|VIEW)\b.*"
    r"|(?:INSERT|OVERHEAD|AERIAL|HANDHELD|ESTABLISHING|TWO[- ]SHOT|OVER THE SHOULDER|OTS|MASTER SHOT"
    r"|ECU|MCU|EWS|MWS|POV|CU)(?:$|[ :,.-].*)|.*'S? POV\.?|.*(?:^| )POINT OF VIEW\.?"
    r"|(?:SERIES OF SHOTS|MONTAGE|END (?:OF )?MONTAGE|INTERCUT|BACK TO SCENE|FLASHBACK"
    r"|END (?:OF )?FLASHBACK|(?:MOMENTS |MINUTES |HOURS |DAYS |A BEAT )?LATER|SAME TIME|MEANWHILE|SUPER"
    r"|TITLE CARD|CHYRON|THE END)(?:$|[ :.-].*)"
)
_EXTENSION = re.compile(r"\(([^()]*)\)")
_CUE = re.compile(r"(?P<name>[^()^]+?)\s*(?P<extensions>(?:\([^()]*\)\s*)*)(?P<dual>\^?)\s*")
_BARE_CUE = re.compile(r"(?P<name>[^:：。、，؟！!?.,]{1,40}?)\s*[:：]\s*(?P<said>.*)")


@dataclass(frozen=True, slots=True)
class Heading:
    """The parts of a scene heading."""

    setting: Setting
    place: str
    time: str
    number: str


@dataclass(frozen=True, slots=True)
class Cue:
    """The parts of a character cue; `said` is what follows the colon of `健太：…` on the same line."""

    name: str
    extensions: tuple[str, ...]
    dual: bool
    said: str = ""


def scene_heading(line: str) -> Heading | None:
    """The parts of `INT. CABIN - NIGHT #4#`, or None when the line is no heading."""
    prefix = _HEADING.match(line)
    if not prefix:
        return None
    rest = line[prefix.end() :]
    if not rest.startswith((".", " ")) or (not rest.startswith(".") and not prefix[0].isupper()):
        return None
    if prefix["est"] and not prefix[0].isupper():
        return None  # the French verb
    setting = Setting.INTERIOR if prefix["in"] else Setting.EXTERIOR if prefix["out"] else Setting.BOTH
    return heading_parts(rest.lstrip(". "), Setting.ESTABLISHING if prefix["est"] else setting)


def heading_parts(text: str, setting: Setting = Setting.UNKNOWN) -> Heading:
    """Place, time and scene number of a heading's words after INT. or EXT."""
    text, number = _numbered(text.strip())
    parts = _DASH.split(text)
    if len(parts) == 1 and "," in text:
        head, _, tail = text.rpartition(",")
        parts = [head, tail.strip()] if time_of_day(tail) else parts
    if len(parts) > 1 and (time_of_day(parts[-1]) or _continues(parts[-1])):
        return Heading(setting, " - ".join(parts[:-1]).strip(), parts[-1].strip(), number)
    return Heading(setting, " - ".join(parts).strip(), "", number)


def _continues(text: str) -> bool:
    return text.casefold().strip(" .").removeprefix("moments ").removeprefix("minutes ") in (
        "continuous",
        "later",
        "same",
        "same time",
        "day later",
        "the next day",
        "hours later",
    )


def _numbered(text: str) -> tuple[str, str]:
    if not text.endswith("#"):
        return text, ""
    start = text.rfind("#", 0, len(text) - 1)
    number = text[start + 1 : -1].strip() if start >= 0 else ""
    return (text[:start].strip(), number) if number else (text, "")


def is_transition(line: str) -> bool:
    """Whether a line of its own is a transition: capitals ending in TO:, or one of the known others."""
    if not is_capitals(line):
        return False
    return line.endswith("TO:") or bool(_TRANSITIONS.fullmatch(line))


def is_shot_line(line: str) -> bool:
    """Whether capitals direct the camera instead of naming a speaker."""
    return bool(_SHOT_LINE.match(line))


def is_capitals(text: str) -> bool:
    """At least one capital and no small letter, in any script that has them."""
    return any(c.isupper() for c in text) and not any(c.islower() for c in text)


def cue(line: str, *, forced: bool = False) -> Cue | None:
    """The speaker a line announces, or None. Forced cues (`@`) may have any case and script."""
    found = _CUE.fullmatch(line)
    if not found:
        return None
    name = " ".join(found["name"].strip().rstrip(":：").split())
    if not 0 < len(name) <= LONGEST_NAME or not any(c.isalpha() for c in name):
        return None
    if not forced and (not is_capitals(name) or is_shot_line(name)):
        return None
    extensions = tuple(" ".join(e.split()) for e in _EXTENSION.findall(found["extensions"]))
    return Cue(name, tuple(filter(None, extensions)), bool(found["dual"]))


def bare_cue(line: str) -> Cue | None:
    """`健太：` or `健太：おはよう`: a speaker in a script without capitals, marked by a colon."""
    found = _BARE_CUE.fullmatch(line)
    if not found:
        return None
    plain = _EXTENSION.sub("", found["name"]).strip()
    letters = [c for c in plain if c.isalpha()]
    caseless = all(unicodedata.category(c) in ("Lo", "Lm") for c in letters)
    if not letters or not caseless or len(plain) > LONGEST_BARE_NAME:
        return None
    extensions = tuple(e.strip() for e in _EXTENSION.findall(found["name"]) if e.strip())
    return Cue(plain, extensions, False, found["said"].strip())
