"""What ffmpeg says while it decodes: facts of the stream, the time of every frame, and what went wrong."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import IO

from craft.vision.reports import StreamFacts

_LONGEST_LINE = 4096
_SHOWINFO = b"[Parsed_showinfo"
_UNREAD = "unread"
_KEPT_COMPLAINTS = 20
_STREAM = re.compile(r"Stream #0:\d+.*?: Video: (\w+)")
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d\.\d+)")
_FRAME = re.compile(r"\] n: *\d+ pts: *(-?\d+|NOPTS)\b")
_PICTURE = re.compile(r"fmt:(\w+) sar:(\d+)/(\d+) s:(\d+)x(\d+) i:(.)")
_TAGS = re.compile(r"color_range:(\S+) color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)")
_CONFIG = re.compile(r"config in time_base: (\d+)/(\d+), frame_rate: (\d+)/(\d+)")
_TURNED = re.compile(r"rotation of (-?[\d.]+) degrees")
_BENCH = re.compile(r"bench: utime=([\d.]+)s stime=([\d.]+)s")
_BITS = re.compile(r"p(9|10|12|14|16)(?:le|be)$|(48|64)(?:le|be)$|^gray(9|10|12|14|16)|^p0(10|12|16)")
# Words by which a decoder says that picture is missing, unlike those by which it grumbles about odd headers.
_MISSING = re.compile(
    r"partial file|ended prematurely|error while decoding|invalid data found|corrupt|concealing|truncat"
    r"|invalid nal unit|missing picture|decode_slice|buffer underflow|premature end|incomplete frame",
    re.IGNORECASE,
)
_FIELDS = {"P": "progressive", "T": "top_first", "B": "bottom_first"}
_NO_PICTURE = re.compile(r"matches no streams|does not contain any stream")


@dataclass(slots=True)
class Told:
    """What has been said so far. `pts` are ticks of `time_base`, one per frame."""

    facts: StreamFacts = field(default_factory=StreamFacts)
    width: int = 0
    height: int = 0
    rate: Fraction | None = None
    time_base: Fraction | None = None
    duration: float | None = None
    turned: float = 0.0
    pts: list[int | None] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    last_error: str = ""
    without_picture: bool = False
    cpu_seconds: float = 0.0
    codec: str = ""
    other_streams: bool = False
    mapped: bool = False

    @property
    def full_range(self) -> bool:
        """Whether levels run from 0 to 255; otherwise black is 16 and white 235."""
        return self.facts.colour_range == "full"


class Listener(threading.Thread):
    """Reads a decoder's error output to its end, line by line, and remembers what matters."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.told = Told()
        self.described = threading.Event()
        """Set once the facts of the picture are known, or never will be."""
        self._stream = stream

    def run(self) -> None:
        """Until the child closes its end."""
        told = self.told
        while line := self._stream.readline(_LONGEST_LINE):
            if self.described.is_set() and line.startswith(_SHOWINFO):
                # Two lines a frame: only the time of the first is news.
                at = line.find(b"] n:")
                if at >= 0 and (pts := line.find(b" pts:", at)) >= 0:
                    told.pts.append(_ticks(line[pts + 5 : pts + 32]))
                continue
            hear(told, line.decode("utf-8", "replace").rstrip())
            if told.width and told.facts.colour_range != _UNREAD:
                self.described.set()
        self.described.set()


def _ticks(text: bytes) -> int | None:
    word = text.split(None, 1)[0]
    return None if word == b"NOPTS" else int(word)


def hear(told: Told, line: str) -> None:
    """Add one line of the log."""
    if "showinfo" in line and "[info]" in line:
        _heard_frame(told, line)
    elif "[error]" in line or "[fatal]" in line:
        _heard_error(told, line)
    elif cost := _BENCH.search(line):
        told.cpu_seconds = float(cost[1]) + float(cost[2])
    elif line.startswith("[info]"):
        _heard_header(told, line)


def _heard_frame(told: Told, line: str) -> None:
    if frame := _FRAME.search(line):
        told.pts.append(None if frame[1] == "NOPTS" else int(frame[1]))
        if not told.width and (picture := _PICTURE.search(line)):
            told.width, told.height = int(picture[4]), int(picture[5])
            told.facts = _picture_facts(told, picture)
    elif told.facts.colour_range == _UNREAD and (tags := _TAGS.search(line)):
        told.facts = _with_tags(told.facts, tags)
    elif told.time_base is None and (config := _CONFIG.search(line)):
        told.time_base = Fraction(int(config[1]), int(config[2]) or 1)
        told.rate = Fraction(int(config[3]), int(config[4])) if int(config[3]) and int(config[4]) else None


def _picture_facts(told: Told, picture: re.Match[str]) -> StreamFacts:
    sample = Fraction(int(picture[2]) or 1, int(picture[3]) or 1)
    deep = _BITS.search(picture[1])
    bits = int(next(g for g in deep.groups() if g)) if deep else 8
    return StreamFacts(
        codec=told.codec,
        pixel_format=picture[1],
        bits={48: 16, 64: 16}.get(bits, bits),
        pixel_aspect=round(float(sample), 4),
        field_order=_FIELDS.get(picture[6], "progressive"),
        rotation=round(told.turned),
        colour_range=_UNREAD,
    )


def _with_tags(facts: StreamFacts, tags: re.Match[str]) -> StreamFacts:
    rgb = facts.pixel_format.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal8", "0rgb", "0bgr", "mono"))
    full = rgb or "yuvj" in facts.pixel_format or tags[1] == "pc"
    # Grey pictures without a tag come from picture formats, which use every level.
    full = full or (facts.pixel_format.startswith(("gray", "ya")) and tags[1] != "tv")
    return replace(
        facts,
        colour_range="full" if full else "limited",
        matrix=_named(tags[2]),
        primaries=_named(tags[3]),
        transfer=_named(tags[4]),
        hdr=tags[4] in ("smpte2084", "arib-std-b67"),
    )


def _named(tag: str) -> str:
    return "" if tag in ("unknown", "reserved", "unspecified") else tag


def _heard_error(told: Told, line: str) -> None:
    said = line.rpartition("[error] ")[2].rpartition("[fatal] ")[2]
    told.last_error = said
    told.without_picture = told.without_picture or bool(_NO_PICTURE.search(said))
    if _MISSING.search(said) and len(told.missing) < _KEPT_COMPLAINTS:
        told.missing.append(said)


def _heard_header(told: Told, line: str) -> None:
    if told.mapped or line.startswith("[info] Stream mapping"):
        told.mapped = True
    elif told.duration is None and (length := _DURATION.search(line)):
        told.duration = int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3])
    elif line.startswith("[info]   Stream #0:"):
        if not told.codec and (stream := _STREAM.search(line)):
            told.codec = stream[1]
        else:
            told.other_streams = True
    elif turned := _TURNED.search(line):
        told.turned = float(turned[1])
