"""Captions as SRT and WebVTT beside the picture, with warnings where they cannot be read in time."""

from __future__ import annotations

import html
import unicodedata
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
SHAPING = "\u200c\u200d\u200e\u200f"
"""Invisible letters that text needs: joiners of Persian, Hindi and emoji, marks of direction."""
GLUE = "\ufeff"
"""Marks a piece that follows the one before it without a space; `_one_line` keeps it out of texts."""
OPENING = "「『（〔［｛〈《【“‘([{เแโใไ"
NEVER_FIRST = "、。，．・：；？！」』）〕］｝〉》】”’)]},.!?:;…ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々ำ"
"""No line begins with these."""


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
    return " ".join("".join(char if char.isprintable() or char in SHAPING else " " for char in text).split())


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
    """Lines of at most 42 letters, as equal in length as they come.

    A full-width letter counts as two. Text without spaces (Chinese, Japanese, Thai) is broken between
    letters, ahead of none that belongs to the one before it.
    """
    words = [part for word in text.split(" ") for part in _breakable(word)]
    lines = _filled(words, LINE_LETTERS)
    if len(lines) < 2:
        return [text]
    for width in range(-(-columns(text) // len(lines)), LINE_LETTERS):
        tighter = _filled(words, width)
        if len(tighter) == len(lines) and all(columns(line) <= width for line in tighter):
            return tighter
    return lines


def columns(text: str) -> int:
    """The width of a text in letters: marks have none, full-width letters two."""
    return sum(_column(char) for char in text)


def _column(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _breakable(word: str) -> list[str]:
    """A word as the pieces a line may end after, each but the first marked by a leading joiner."""
    if columns(word) <= LINE_LETTERS and not any(_column(char) == 2 for char in word):
        return [word]
    pieces: list[str] = []
    for char in word:
        if pieces and (_clings(char) or pieces[-1][-1] in OPENING or _one_word(pieces[-1], char)):
            pieces[-1] += char
        else:
            pieces.append(char)
    return [pieces[0], *(GLUE + piece for piece in pieces[1:])] if pieces else [word]


def _clings(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or char in NEVER_FIRST or _column(char) == 0


def _one_word(piece: str, char: str) -> bool:
    """True for letters of an alphabet among full-width ones; a word longer than a line is cut all the same."""
    alphabetic = piece[-1].isalnum() and char.isalnum() and char < "\u0e00" and piece[-1] < "\u0e00"
    return alphabetic and columns(piece) < LINE_LETTERS


def _filled(words: Sequence[str], width: int) -> list[str]:
    """As many words on each line as fit; a piece that carries the glue follows without a space."""
    lines = [""]
    for word in words:
        glued = word.startswith(GLUE)
        shown = word.removeprefix(GLUE)
        joined = f"{lines[-1]}{'' if glued or not lines[-1] else ' '}{shown}"
        if lines[-1] and columns(joined) > width:
            lines.append(shown)
        else:
            lines[-1] = joined
    return lines


def burnt(captions: Sequence[Caption], rate: rates.FrameRate) -> tuple[Caption, ...]:
    """Captions as they are drawn into the picture: like the files beside it, lines already broken."""
    found, _ = cues(captions, rate)
    return tuple(
        Caption(cue.start_frame, cue.end_frame, "\n".join(line for _, line in _wrapped(cue))) for cue in found
    )


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
