"""CMX 3600 edit decision lists, our own: true start timecode, reel names at full length.

    001  S01_1a2b3c  V     C        00:00:00:00 00:00:04:00 01:00:00:00 01:00:04:00
    002  S01_1a2b3c  V     C        00:00:04:00 00:00:04:00 01:00:04:00 01:00:04:00
    002  S02_9f8e7d  V     D    012 00:00:00:00 00:00:03:00 01:00:04:00 01:00:07:00
    * FROM CLIP NAME: S01
    * TO CLIP NAME: S02

An event that dissolves has two lines: nothing more of the outgoing clip, and the incoming one from where the
transition begins. At 29.97 and 59.94 timecode is drop-frame, as the head says; lists that count every number are read
too. (SMPTE 258M.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from craft.render.errors import TimelineError
from craft.render.exchange.losses import Losses, Names, Shelf
from craft.render.model import (
    Clip,
    FrameRange,
    Gap,
    Item,
    MediaRef,
    Timeline,
    Track,
    Transition,
)
from craft.render.retime import Retime
from craft.terms import cuts
from craft.terms.rates import FrameRate

BLACK = "BL"
WIPES: Mapping[cuts.Transition, str] = {
    cuts.Transition.WIPE_LEFT: "W001",
    cuts.Transition.WIPE_RIGHT: "W002",
    cuts.Transition.WIPE_UP: "W003",
    cuts.Transition.WIPE_DOWN: "W004",
}
MOST_BYTES = 8 * 1024 * 1024
_EVENT = re.compile(
    r"^(?P<event>\d{1,6})\s+(?P<reel>\S+)\s+(?P<channels>\S+)\s+(?P<kind>C|D|W\d{3})\s+(?:(?P<frames>\d{1,4})\s+)?"
    r"(?P<times>(?:\d{2}[:;]\d{2}[:;]\d{2}[:;]\d{2}\s*){4})$"
)
_COUNTED = re.compile(r"^FCM:\s*(?P<non>NON[- ])?DROP", re.IGNORECASE)
_SPEED = re.compile(r"^M2\s+(?P<reel>\S+)\s+(?P<fps>-?\d+(?:\.\d+)?)\s")


def write_edl(timeline: Timeline, names: Names, losses: Losses) -> str:
    """The picture as an EDL. What an EDL has no word for is told as a loss."""
    return _Writer(timeline, names, losses).text()


def reel(file_name: str) -> str:
    """A reel name of a file: its name without the ending, with nothing that would break a column."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", file_name.rsplit(".", 1)[0]) or "AX"


class _Writer:
    def __init__(self, timeline: Timeline, names: Names, losses: Losses) -> None:
        self._line, self._names, self._losses = timeline, names, losses
        self._items = timeline.picture.items
        self._places = {placed.index: placed.at for placed in timeline.picture.placed()}

    def text(self) -> str:
        self._tell_losses()
        title = re.sub(r"\s+", " ", self._line.title).strip()[:70] or "PROGRAMME"
        counted = "DROP FRAME" if self._line.rate.dropped else "NON-DROP FRAME"
        lines = [f"TITLE: {title}", f"FCM: {counted}", ""]
        number = 0
        for index, item in enumerate(self._items):
            if isinstance(item, Transition):
                continue
            number += 1
            lines += self._event(number, index, item)
        fade = self._items[-1] if self._items else None
        if isinstance(fade, Transition):
            lines += self._out(number + 1, fade)
        return "\n".join(lines) + "\n"

    def _tell_losses(self) -> None:
        line = self._line
        for present, code, what in (
            (any(track.clips for track in line.sound), "sound", "sound is not in an EDL; take the stems"),
            (line.titles, "titles", "titles are not in an EDL"),
            (line.overlays, "overlays", "pictures in the picture are not in an EDL"),
            (line.captions, "captions", "captions are not in an EDL; take the SRT"),
            (line.finish.effects or line.finish.letterbox, "finish", "the finish is not in an EDL"),
        ):
            if present:
                self._losses.tell(code, "programme", what)

    def _event(self, number: int, index: int, item: Clip | Gap) -> Iterator[str]:
        """The lines of one clip or gap, with the transition that leads into it."""
        ahead = self._items[index - 1] if index else None
        behind = self._items[index + 1] if index + 1 < len(self._items) else None
        at = self._places[index]
        head = ahead.before if isinstance(ahead, Transition) else 0
        tail = behind.before if isinstance(behind, Transition) else 0
        record = FrameRange(at.start - head, at.length + head - tail)
        source = self._source(item, -head)
        yield from self._outgoing(number, index, ahead, record.start)
        kind = self._kind(ahead) if isinstance(ahead, Transition) else "C       "
        yield self._row(number, self._reel(item), kind, source, record)
        if isinstance(item, Clip):
            word = "TO" if isinstance(ahead, Transition) else "FROM"
            yield f"* {word} CLIP NAME: {_comment(item.name)}"
            yield f"* SOURCE FILE: {self._names[item.media.sha256]}"
            yield from self._notes(item, source)

    def _outgoing(self, number: int, index: int, ahead: Item | None, record: int) -> Iterator[str]:
        """The first line of a transition: no more of the outgoing side."""
        if not isinstance(ahead, Transition):
            return
        out = self._items[index - 2] if index >= 2 else None
        solid = out if isinstance(out, Clip | Gap) else None
        source = self._source(solid, solid.length - ahead.before) if solid is not None else 0
        yield self._row(number, self._reel(solid), "C       ", source, FrameRange(record, 0))
        if isinstance(solid, Clip):
            yield f"* FROM CLIP NAME: {_comment(solid.name)}"

    def _out(self, number: int, fade: Transition) -> list[str]:
        """The fade at the end: a transition to black."""
        last = self._items[-2]
        assert isinstance(last, Clip | Gap)
        end = self._line.length
        record = FrameRange(end - fade.before, fade.before)
        source = self._source(last, last.length - fade.before)
        return [
            self._row(number, self._reel(last), "C       ", source, FrameRange(record.start, 0)),
            self._row(number, BLACK, self._kind(fade), 0, record),
        ]

    def _source(self, item: Clip | Gap | None, offset: int) -> int:
        return item.part(offset, 1).source.start if isinstance(item, Clip) else 0

    def _reel(self, item: Clip | Gap | None) -> str:
        return reel(self._names[item.media.sha256]) if isinstance(item, Clip) else BLACK

    def _kind(self, item: Transition) -> str:
        word = "D" if item.kind is cuts.Transition.DISSOLVE else WIPES.get(item.kind)
        if word is None:
            self._losses.tell("transition", item.kind.value, f"{item.kind.label} becomes a dissolve")
            word = "D"
        return f"{word:<4} {item.length:03d}"

    def _row(self, number: int, name: str, kind: str, source: int, record: FrameRange) -> str:
        rate, start = self._line.rate, self._line.start
        times = (source, source + record.length, start + record.start, start + record.end)
        return f"{number:03d}  {name:<8} V     {kind} {' '.join(rate.timecode(at) for at in times)}"

    def _notes(self, clip: Clip, source: int) -> Iterator[str]:
        if clip.effects:
            self._losses.tell("effects", clip.name, "grades and effects are not in an EDL; take the LUT")
        if clip.retime is None:
            return
        (_, first), (frames, last) = clip.retime.keys[0], clip.retime.keys[-1]
        speed = Fraction(last - first, frames)
        if any(at != first + speed * frame for frame, at in clip.retime.keys):
            self._losses.tell("ramp", clip.name, f"a ramp is one speed of {float(speed):.2f} in an EDL")
        shown = self._line.rate.timecode(source)
        fps = float(speed * self._line.rate.nominal)
        yield f"M2   {self._reel(clip):<8} {fps:05.1f}                {shown}"


def _comment(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip()[:120]


@dataclass(slots=True)
class _Event:
    """A line of an EDL with what was said about it."""

    number: int
    reel: str
    kind: str
    frames: int
    source: FrameRange
    record: FrameRange
    name: str = ""
    file: str = ""
    speed: Fraction = Fraction(1)


def read_edl(text: str, rate: FrameRate, shelf: Shelf, losses: Losses) -> Timeline:
    """The timeline of an EDL's picture. Raises `TimelineError("exchange")` naming the line."""
    events = list(_events(text, rate, losses))
    if not events:
        raise TimelineError("exchange", "line 1", "there is no event in the list")
    reels = {reel(name): media for name, media in shelf.items()}
    title = next((line[6:].strip() for line in text.splitlines() if line.startswith("TITLE:")), "")
    shown = [event for event in events if event.record.length]
    start = min(event.record.start for event in shown) if shown else 0
    items, at = list[Item](), start
    for event in sorted(shown, key=lambda one: (one.record.start, one.number)):
        overlap = event.frames if event.kind != "C" else 0
        if event.record.start > at:
            items.append(Gap(event.record.start - at))
        items += _joined(event, overlap, reels, losses, rate)
        at = event.record.end
    return Timeline(rate, Track(_settled(items)), start=start, title=title)


def _joined(
    event: _Event, overlap: int, reels: Mapping[str, MediaRef], losses: Losses, rate: FrameRate
) -> list[Item]:
    """A transition of the event's length, all of it behind the cut, and its clip from there on."""
    name = event.name or event.reel
    media = reels.get(event.reel) or reels.get(reel(event.file))
    item: Clip | Gap
    if event.reel == BLACK or media is None:
        if event.reel != BLACK:
            losses.tell("media", name, f"the reel {event.reel!r} is not known here")
        item = Gap(event.record.length)
    elif event.speed != 1:
        item = _at_speed(media, event, name)
    else:
        item = Clip(media, FrameRange(event.source.start, event.record.length), (), name)
    if not overlap:
        return [item]
    kinds = {word: kind for kind, word in WIPES.items()}
    return [Transition(kinds.get(event.kind, cuts.Transition.DISSOLVE), 0, overlap), item]


def _at_speed(media: MediaRef, event: _Event, name: str) -> Clip:
    frames = event.record.length
    keys = ((0, Fraction(0)), (frames, event.speed * frames))
    if event.speed < 0:
        keys = ((0, -event.speed * frames), (frames, Fraction(0)))
    retime = Retime(keys)
    first, end = retime.touched()
    return Clip(media, FrameRange(event.source.start + first, end - first), (), name, retime.moved(first))


def _settled(items: list[Item]) -> tuple[Item, ...]:
    """A list that ends with a fade to black has the black as an item; here the fade stands alone at the end."""
    if len(items) >= 2 and isinstance(items[-1], Gap) and isinstance(items[-2], Transition):
        fade, last = items[-2], items[-3] if len(items) >= 3 else None
        if isinstance(last, Clip) and items[-1].length == fade.length:
            longer = last.part(0, last.length + fade.length)
            return (*items[:-3], longer, Transition(fade.kind, fade.length, 0))
    return tuple(items)


def _events(text: str, rate: FrameRate, losses: Losses) -> Iterator[_Event]:
    """The picture's events in order, each with the notes that follow it."""
    found: _Event | None = None
    drop = False
    for number, line in enumerate(text.splitlines(), 1):
        line = line.rstrip()
        counted = _COUNTED.match(line)
        if counted:
            drop = counted["non"] is None
        match = _EVENT.match(line)
        if match:
            if found is not None:
                yield found
            found = _event(match, rate, number, losses, drop)
        elif found is not None:
            _noted(found, line, rate)
    if found is not None:
        yield found


def _event(match: re.Match[str], rate: FrameRate, number: int, losses: Losses, drop: bool) -> _Event | None:
    if "V" not in match["channels"].upper() and match["channels"].upper() != "B":
        losses.tell("sound", f"line {number}", "sound of an EDL is not read")
        return None
    times = match["times"].split()
    if rate.dropped and not drop and ";" not in times[2]:
        told = f"the list counts every number; at {rate} timecode is drop-frame here, so its numbers differ"
        losses.tell("timecode", "programme", told)
    source_in, source_out, record_in, record_out = (_frames(time, rate, number, drop) for time in times)
    if record_out < record_in or source_out < source_in:
        raise TimelineError("exchange", f"line {number}", "an event ends before it begins")
    frames = int(match["frames"] or 0)
    return _Event(
        int(match["event"]),
        match["reel"],
        match["kind"],
        frames,
        FrameRange(source_in, source_out - source_in),
        FrameRange(record_in, record_out - record_in),
    )


def _noted(event: _Event, line: str, rate: FrameRate) -> None:
    words = line.lstrip("* ").strip()
    upper = words.upper()
    if upper.startswith("TO CLIP NAME:") or (upper.startswith("FROM CLIP NAME:") and event.kind == "C"):
        event.name = words.split(":", 1)[1].strip()
    elif upper.startswith("SOURCE FILE:"):
        event.file = words.split(":", 1)[1].strip()
    elif (speed := _SPEED.match(line)) and speed["reel"] == event.reel:
        event.speed = (Fraction(speed["fps"]) / rate.nominal).limit_denominator(1000)


def _frames(time: str, rate: FrameRate, number: int, drop: bool) -> int:
    try:
        return rate.frame_of(time, drop=drop)
    except ValueError as error:
        raise TimelineError("exchange", f"line {number}", str(error)) from None
