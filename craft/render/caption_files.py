"""Caption files of others read as captions: SubRip, WebVTT and TTML, with a report of what was lost.

Captions know text, frames and a speaker. Everything else a file says (places, colours, italics, regions) is
counted and left out; times between frames are moved to the nearest one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree as ET

from craft.render.captions import WORD_JOINER
from craft.render.errors import TimelineError
from craft.render.model import Caption
from craft.render.ttml import METADATA, PARAMETER, STYLING, TT, XML, exact_rate
from craft.terms import rates

MOST_BYTES = 8 * 1024 * 1024
CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
TIMES = re.compile(rf"^\s*{CLOCK}\s+-->\s+{CLOCK}\s*(.*)$")
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>")
OVERRIDE = re.compile(r"\{\\[^}]*\}")
CLOCK_TIME = re.compile(r"(\d{2,}):(\d{2}):(\d{2})(?:\.(\d+)|:(\d{2,})(?:\.\d+)?)?")
OFFSET_TIME = re.compile(r"(\d+(?:\.\d+)?)(h|m|s|ms|f|t)")
SECONDS_OF = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}


@dataclass
class Losses:
    """What a file said that captions cannot hold, counted by kind; `skipped` blocks had no use at all."""

    styles: int = 0
    places: int = 0
    rounded: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)

    def sentences(self) -> tuple[str, ...]:
        """The report for people; nothing when nothing was lost."""
        said = (
            (self.styles, "marks of style were left out"),
            (self.places, "positions were left out"),
            (self.rounded, "times were moved to the nearest frame"),
            (self.skipped, "blocks could not be read"),
        )
        return (*(f"{count} {what}" for count, what in said if count), *self.notes)


@dataclass(frozen=True, slots=True)
class ReadCaptions:
    """Captions in order of their start, and what was lost on the way."""

    captions: tuple[Caption, ...]
    losses: Losses


def read_captions(data: bytes, kind: str, rate: rates.FrameRate) -> ReadCaptions:
    """Captions of a file of `kind` "srt", "vtt" or "ttml", in frames of `rate`.

    Raises `TimelineError` ("caption_kind", "caption_size", "caption_text" for bytes that are no UTF-8 or
    UTF-16 text, "caption_file" for what is not such a file).
    """
    if kind not in ("srt", "vtt", "ttml"):
        raise TimelineError("caption_kind", "captions", f"{kind!r} is not srt, vtt or ttml")
    if len(data) > MOST_BYTES:
        raise TimelineError("caption_size", "captions", f"{len(data)} bytes of captions")
    losses = Losses()
    text = _text(data)
    if kind == "ttml":
        found = list(_ttml(text, rate, losses))
    else:
        if kind == "vtt" and not text.startswith("WEBVTT"):
            raise TimelineError("caption_file", "captions", "the file does not begin with WEBVTT")
        found = list(_blocks(text, rate, losses, voices=kind == "vtt"))
        if not found and text.strip() and kind == "srt":
            raise TimelineError("caption_file", "captions", "no line of times was found")
    return ReadCaptions(tuple(sorted(found, key=lambda one: (one.start_frame, one.end_frame))), losses)


def _text(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise TimelineError(
            "caption_text", "captions", "the file is neither UTF-8 nor UTF-16 text"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _blocks(text: str, rate: rates.FrameRate, losses: Losses, *, voices: bool) -> Iterator[Caption]:
    """The cues between empty lines; in WebVTT notes and style sheets stand there too."""
    for block in re.split(r"\n[ \t]*\n+", text.strip("\n")):
        lines = block.split("\n")
        at = next((n for n, line in enumerate(lines[:2]) if TIMES.match(line)), None)
        if at is None:
            header = voices and lines[0].startswith(("WEBVTT", "NOTE", "STYLE", "REGION"))
            losses.styles += voices and lines[0].startswith("STYLE")
            losses.skipped += bool(block.strip()) and not header
            continue
        found = TIMES.match(lines[at])
        assert found is not None
        losses.places += bool(found[9].strip())
        start, end = (_frame(_seconds(found.groups()[n : n + 4]), rate, losses) for n in (0, 4))
        yield from _turns(lines[at + 1 :], start, end, losses, voices=voices)


def _seconds(clock: tuple[str | None, ...]) -> Fraction:
    hours, minutes, seconds, rest = (part or "0" for part in clock)
    return Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds)) + Fraction(
        int(rest), 10 ** len(rest)
    )


def _frame(seconds: Fraction, rate: rates.FrameRate, losses: Losses) -> int:
    frame = rate.frames(seconds)
    # a file in milliseconds cannot say every frame's time exactly; that is no loss
    losses.rounded += abs(rate.seconds(frame) - seconds) > Fraction(1, 1000)
    return frame


def _turns(lines: Iterable[str], start: int, end: int, losses: Losses, *, voices: bool) -> Iterator[Caption]:
    """One caption for every speaker of a cue; lines of one speaker are joined."""
    turns: list[tuple[str, list[str]]] = []
    for line in lines:
        said = VOICE.match(line.strip()) if voices else None
        speaker = html.unescape(said[1]).strip() if said else (turns[-1][0] if turns and voices else "")
        text, marks = _plain(line.strip()[said.end() :] if said else line, voices=voices)
        losses.styles += marks
        if not text:
            continue
        if not turns or turns[-1][0] != speaker or (text.startswith("- ") and len(turns[-1][1]) > 0):
            turns.append((speaker, []))
        turns[-1][1].append(text)
    several = len(turns) > 1
    if end <= start or not turns:
        losses.skipped += 1
        return
    for speaker, texts in turns:
        words = " ".join(texts)
        yield Caption(start, end, words.removeprefix("- ") if several else words, speaker)


def _plain(line: str, *, voices: bool) -> tuple[str, int]:
    """A line without marks, and how many of them there were."""
    text, tags = TAG.subn("", line.replace("</v>", ""))
    overrides = 0
    if not voices:
        text, overrides = OVERRIDE.subn("", text)
    text = html.unescape(text) if voices else text
    return " ".join(text.replace(WORD_JOINER, "").split()), tags + overrides


def _ttml(text: str, rate: rates.FrameRate, losses: Losses) -> Iterator[Caption]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        # entities could grow without end, and no caption needs them
        raise TimelineError("caption_file", "captions", "the file declares entities")
    try:
        root = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
        base = exact_rate(root)
        ticks = Fraction(root.get(f"{{{PARAMETER}}}tickRate", "1"))
    except (ET.ParseError, ValueError, ZeroDivisionError) as error:
        raise TimelineError("caption_file", "captions", f"the file is no TTML: {error}") from error
    if root.tag != f"{{{TT}}}tt":
        raise TimelineError("caption_file", "captions", "the file is no TTML")
    names = _speakers(root)
    for paragraph in root.iter(f"{{{TT}}}p"):
        losses.places += "region" in paragraph.attrib and paragraph.get("region") != "bottom"
        losses.styles += sum(
            key.startswith(f"{{{STYLING}}}") for one in paragraph.iter() for key in one.attrib
        )
        begin, end = (_moment(paragraph.get(name, ""), base, ticks) for name in ("begin", "end"))
        length = _moment(paragraph.get("dur", ""), base, ticks)
        if begin is not None and end is None and length is not None:
            end = begin + length
        if begin is None or end is None or end <= begin:
            losses.skipped += 1
            continue
        start, stop = _frame(begin, rate, losses), _frame(end, rate, losses)
        for speaker, words in _said(paragraph, names):
            yield Caption(start, stop, words, speaker)


def _speakers(root: ET.Element) -> dict[str, str]:
    found = {}
    for agent in root.iter(f"{{{METADATA}}}agent"):
        name = agent.find(f"{{{METADATA}}}name")
        if name is not None and name.text:
            found[agent.get(f"{{{XML}}}id", "")] = " ".join(name.text.split())
    return found


def _moment(text: str, base: Fraction, ticks: Fraction) -> Fraction | None:
    """Seconds of a time expression: a clock, a clock with frames, or a number with its unit."""
    if clock := CLOCK_TIME.fullmatch(text.strip()):
        hours, minutes, seconds, part, frames = clock.groups()
        whole = Fraction(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
        return whole + (Fraction(f"0.{part}") if part else 0) + (int(frames) / base if frames else 0)
    if offset := OFFSET_TIME.fullmatch(text.strip()):
        amount, unit = Fraction(offset[1]), offset[2]
        if unit in SECONDS_OF:
            return amount * SECONDS_OF[unit]
        return amount / (base if unit == "f" else ticks)
    return None


def _said(paragraph: ET.Element, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(speaker, words) of every turn of a paragraph."""
    agent = f"{{{METADATA}}}agent"
    turns: list[tuple[str, str]] = []

    def hear(node: ET.Element, speaker: str) -> None:
        own = names.get(node.get(agent, ""), speaker)
        gap = " " if node.tag == f"{{{TT}}}br" else ""
        turns.append((own, gap + (node.text or "")))
        for child in node:
            hear(child, own)
            turns.append((own, child.tail or ""))

    hear(paragraph, "")
    merged: list[tuple[str, str]] = []
    for speaker, text in turns:
        if merged and (merged[-1][0] == speaker or not text.strip()):
            merged[-1] = (merged[-1][0], merged[-1][1] + text)
        elif text.strip():
            merged.append((speaker, text))
    several = len(merged) > 1
    for speaker, text in merged:
        words = " ".join(text.split())
        yield speaker, words.removeprefix("- ") if several else words
