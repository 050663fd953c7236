"""Which letters the installed fonts can draw. libass falls back from font to font by fontconfig, like this."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

LIST_SECONDS = 60
INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Categories that draw nothing: control and format characters, spaces."""
SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""Variation selectors choose a form of the letter before them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Code points that some font has, as ranges: sorted starts and their last points."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, char: str) -> bool:
        place = bisect_right(self.starts, ord(char)) - 1
        return place >= 0 and ord(char) <= self.ends[place]


@cache
def installed() -> Coverage | None:
    """What the outline fonts of this machine cover together; None where fontconfig's tools are missing.

    Coloured bitmap fonts are left out: libass draws outlines only.
    """
    program = shutil.which("fc-list")
    if program is None:
        return None
    argv = [program, ":outline=true:color=false", "--format", "%{charset}\n"]
    try:
        answer = subprocess.run(argv, capture_output=True, check=True, timeout=LIST_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    return covering(answer.stdout.decode("ascii", "replace"))


def covering(charsets: str) -> Coverage:
    """The union of fontconfig's charsets: hexadecimal points and ranges between spaces."""
    ranges = set()
    for word in set(charsets.split()):
        first, _, last = word.partition("-")
        try:
            ranges.add((int(first, 16), int(last or first, 16)))
        except ValueError:
            continue
    joined: list[list[int]] = []
    for first_point, last_point in sorted(ranges):
        if joined and first_point <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last_point)
        else:
            joined.append([first_point, last_point])
    return Coverage(tuple(one[0] for one in joined), tuple(one[1] for one in joined))


def missing_glyphs(text: str, coverage: Coverage | None = None) -> set[str]:
    """The visible characters of a text that no installed font has; they would be drawn as empty boxes.

    Empty where the fonts cannot be listed: then nothing is known.
    """
    known = coverage or installed()
    if known is None:
        return set()
    return {char for char in set(text) if _visible(char) and char not in known}


def _visible(char: str) -> bool:
    selector = any(ord(char) in points for points in SELECTORS)
    return unicodedata.category(char) not in INVISIBLE and not selector
