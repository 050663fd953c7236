"""Captions as SRT and WebVTT beside the picture, with warnings where they cannot be read in time."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from craft.render.model import Caption
from craft.terms import rates

GAP_FRAMES = 2
"""The least pause between two captions, so that the eye sees the change."""
LINE_LETTERS = 42
LINES = 2
LETTERS_PER_SECOND = 20
SHORTEST_SECONDS = 0.7
WORD_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption as it is written: frames, and the lines with who speaks each (one line per speaker)."""

    start_frame: int
    end_frame: int
    lines: tuple[tuple[str, str], ...]

    @property
    def letters(self) -> int:
        return sum(len(text) for _, text in self.lines)


def cues(captions: Sequence[Caption], rate: rates.FrameRate) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """Captions in order, never overlapping, with at least two frames between them; and warnings.

    A caption that runs into the next is cut short; where that leaves too little to read, the two are shown
    together as two speakers. Empty captions are dropped.
    """
    shortest = max(1, rate.frames(SHORTEST_SECONDS))
    found: list[Cue] = []
    for caption in sorted(captions, key=lambda one: (one.start_frame, one.end_frame)):
        text = _one_line(caption.text)
        if not text:
            continue
        cue = Cue(caption.start_frame, caption.end_frame, ((_one_line(caption.character), text),))
        if found and found[-1].end_frame + GAP_FRAMES > cue.start_frame:
            room = cue.start_frame - GAP_FRAMES - found[-1].start_frame
            full = found[-1].end_frame - found[-1].start_frame
            if room < min(shortest, full):
                cue = _together(found.pop(), cue)
            else:
                found[-1] = replace(found[-1], end_frame=cue.start_frame - GAP_FRAMES)
        found.append(cue)
    return tuple(found), tuple(_warnings(found, rate))


def _together(one: Cue, other: Cue) -> Cue:
    return Cue(one.start_frame, max(one.end_frame, other.end_frame), one.lines + other.lines)


def _one_line(text: str) -> str:
    """One line without control characters: an empty line would end a cue."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _warnings(found: Sequence[Cue], rate: rates.FrameRate) -> list[str]:
    warnings = []
    for number, cue in enumerate(found, 1):
        seconds = float(rate.seconds(cue.end_frame - cue.start_frame))
        place = f"caption {number} at {_clock(cue.start_frame, rate, '.')}"
        if cue.letters > LETTERS_PER_SECOND * seconds:
            warnings.append(f"{place} asks for {cue.letters / seconds:.0f} letters a second")
        if len(_wrapped(cue)) > LINES:
            warnings.append(f"{place} has more than {LINES} lines")
    return warnings


def _clock(frame: int, rate: rates.FrameRate, point: str) -> str:
    """A frame's time as hours:minutes:seconds and milliseconds, rounded to the nearest."""
    milliseconds = int(rate.seconds(frame) * 1000 + Fraction(1, 2))
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}{point}{rest:03d}"


def _wrapped(cue: Cue) -> list[tuple[str, str]]:
    """(speaker, line) for every line to show; two speakers get a dash each."""
    shown = []
    several = len(cue.lines) > 1
    for speaker, text in cue.lines:
        marked = f"- {text}" if several else text
        shown += [(speaker, line) for line in balanced(marked)]
    return shown


def balanced(text: str) -> list[str]:
    """Lines of at most 42 letters, as equal in length as they come."""
    lines = textwrap.wrap(text, LINE_LETTERS, break_long_words=False, break_on_hyphens=False)
    if len(lines) < 2:
        return [text]
    for width in range(-(-len(text) // len(lines)), LINE_LETTERS):
        tighter = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
        if len(tighter) == len(lines):
            return tighter
    return lines


def srt(found: Sequence[Cue], rate: rates.FrameRate) -> str:
    """A SubRip file. The format has no escapes, so marks a player could take for tags are broken up."""
    blocks = []
    for number, cue in enumerate(found, 1):
        times = f"{_clock(cue.start_frame, rate, ',')} --> {_clock(cue.end_frame, rate, ',')}"
        lines = "\n".join(_inert(line) for _, line in _wrapped(cue))
        blocks.append(f"{number}\n{times}\n{lines}\n")
    return "\n".join(blocks)


def _inert(line: str) -> str:
    for mark in ("<", "{", "--"):
        line = line.replace(mark, mark + WORD_JOINER)
    return line


def vtt(found: Sequence[Cue], rate: rates.FrameRate) -> str:
    """A WebVTT file; speakers are voice tags, text is escaped."""
    blocks = ["WEBVTT\n"]
    for number, cue in enumerate(found, 1):
        times = f"{_clock(cue.start_frame, rate, '.')} --> {_clock(cue.end_frame, rate, '.')}"
        lines = "\n".join(_voiced(speaker, line) for speaker, line in _wrapped(cue))
        blocks.append(f"{number}\n{times}\n{lines}\n")
    return "\n".join(blocks)


def _voiced(speaker: str, line: str) -> str:
    text = html.escape(line, quote=False)
    # a voice tag ends at '>', and its name has escapes like the text
    return f"<v {html.escape(speaker, quote=False)}>{text}" if speaker else text
