"""Read all that an ordinary H.264 film says about itself, from its boxes and the head of its coding.

Starting ffprobe costs far more than reading these few hundred bytes. Ordinary is what our own encoders write, and most
engines: one progressive 8-bit 4:2:0 track in one coding, upright, at one rate, shown from its first frame to its last.
Of anything else None is told, and ffprobe describes it.

Sources: ISO/IEC 14496-12 (boxes), 14496-15 (avcC), ITU-T H.264 7.3.2.1.1 and E.1.1 (sequence parameters).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from craft.render.mp4 import boxes, child, movie_box, movie_seconds
from craft.render.samples import SampleTable, tables_of

PROFILES = (66, 77, 100)
"""Baseline, Main and High: 8 bits, 4:2:0 unless High says otherwise."""
NAMES = {1: "bt709", 2: "", 6: "smpte170m"}
"""Matrix, primaries and transfer by their number; a file of others is not ordinary."""
UPRIGHT = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
HERE = struct.pack(">III4sI", 0, 1, 12, b"url ", 1)
"""The samples lie in the file itself."""
ENTRY_BYTES = 86
"""Of a picture's sample entry before the boxes in it, with its own head."""
_KEY_PICTURE = 5
_UNITS = frozenset({5, 6, 7, 8, 9})
"""Kinds of units that a key frame is made of, the bit that is always 0 among theirs."""
TOLD = frozenset({b"avcC", b"colr", b"pasp", b"btrt"})


class _NotOrdinary(ValueError):
    """There is more to this file than is read here."""


@dataclass(frozen=True, slots=True)
class Colour:
    """Names as ffprobe gives them, empty where nothing is said; `limited` is None where the range is not."""

    primaries: str = ""
    transfer: str = ""
    matrix: str = ""
    limited: bool | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """What the sequence parameters say: the size that is shown, in pixels, and the colours."""

    width: int
    height: int
    colour: Colour


@dataclass(frozen=True, slots=True)
class Film:
    """An ordinary film: its frames, the seconds they take, and those that the whole file says it lasts."""

    table: SampleTable
    fps: Fraction
    duration: Fraction
    movie: Fraction
    colour: Colour


def read_film(path: Path) -> Film | None:
    """The film in a file, or None where it is not an ordinary one, or not a whole one."""
    try:
        with path.open("rb") as file:
            if file.read(8)[4:] != b"ftyp":
                return None
        moov, end = movie_box(path)
        film = _film(moov, end) if end == path.stat().st_size else None
        return film if film and _begins(path, film.table) else None
    except (ValueError, KeyError, IndexError, struct.error, OSError):
        return None


def _film(moov: bytes, end: int) -> Film:
    (trak,) = [body for name, body in boxes(moov) if name == b"trak"]
    table = tables_of(moov, end)["video"]
    step, ticks = int(table.durations[0]), int(table.durations.sum())
    shown = np.arange(table.count, dtype=np.int64) * step
    if (
        table.count < 2
        or step < 1
        or (table.durations != step).any()
        or (np.sort(table.shown) != shown).any()
    ):
        raise _NotOrdinary
    matrices = child(moov, b"mvhd")[-64:-28], child(trak, b"tkhd")[-44:-8]
    if abs(table.length - ticks) * 1000 > table.timescale or set(matrices) != {UPRIGHT}:
        raise _NotOrdinary
    within = any(name == b"mvex" for name, _ in boxes(moov))
    if within or child(trak, b"mdia", b"minf", b"dinf", b"dref") != HERE:
        raise _NotOrdinary
    duration, colour = Fraction(ticks, table.timescale), _described(table)
    return Film(table, Fraction(table.timescale, step), duration, movie_seconds(moov), colour)


def _described(table: SampleTable) -> Colour:
    """The colour that the only sample entry and its coding agree on."""
    description = table.description
    length, codec = struct.unpack_from(">I4s", description, 8)
    if codec != b"avc1" or length + 8 != len(description):
        raise _NotOrdinary
    inside = list(boxes(description[8 + ENTRY_BYTES :]))
    told = dict(inside)
    if len(told) != len(inside) or not set(told) <= TOLD:
        raise _NotOrdinary
    found = read_sequence(_sequence_of(told[b"avcC"]))
    if (found.width, found.height) != (table.width, table.height):
        raise _NotOrdinary
    if b"pasp" in told and len(set(struct.unpack(">II", told[b"pasp"]))) != 1:
        raise _NotOrdinary
    return _agreed(found.colour, told.get(b"colr", b""))


def _agreed(coded: Colour, box: bytes) -> Colour:
    """The colour of the coding; where it says none, that of the box. Raises where they differ."""
    if not box:
        return coded
    kind, primaries, transfer, matrix, bits = struct.unpack_from(">4sHHHB", box)
    if kind != b"nclx":
        raise _NotOrdinary
    boxed = Colour(_name(primaries), _name(transfer), _name(matrix), not bits >> 7)
    if coded != Colour() and coded != boxed:
        raise _NotOrdinary
    return boxed


def _name(number: int) -> str:
    if number not in NAMES:
        raise _NotOrdinary
    return NAMES[number]


def _sequence_of(config: bytes) -> bytes:
    """The one set of sequence parameters of an avcC box."""
    (length,) = struct.unpack_from(">H", config, 6)
    if config[4] & 3 != 3 or config[5] & 31 != 1 or not length:
        raise _NotOrdinary
    pictures = config[8 + length :]
    # one set of picture parameters, number 0, that belongs to sequence 0
    if pictures[0] != 1 or pictures[3] & 0x9F != 8 or pictures[4] >> 6 != 3:
        raise _NotOrdinary
    return config[8 : 8 + length]


def _begins(path: Path, table: SampleTable) -> bool:
    """Whether a key frame lies there: units that fill the sample exactly, a picture that needs no other among them."""
    with path.open("rb") as file:
        file.seek(int(table.places[0]))
        sample = file.read(int(table.sizes[0]))
    kinds, place = set(), 0
    while place + 5 <= len(sample):
        kinds.add(sample[place + 4] & 0x9F)
        place += 4 + int.from_bytes(sample[place : place + 4], "big")
    return place == len(sample) and _KEY_PICTURE in kinds and kinds <= _UNITS


class _Bits:
    """Bits of a network abstraction unit, the bytes that keep start codes away taken out."""

    def __init__(self, unit: bytes) -> None:
        self.bits = "".join(f"{byte:08b}" for byte in unit.replace(b"\0\0\3", b"\0\0"))
        self.at = 0

    def take(self, count: int = 1) -> int:
        """The next bits as a number. Raises ValueError at the end."""
        self.at += count
        return int(self.bits[self.at - count : self.at], 2)

    def golomb(self) -> int:
        """The next unsigned Exp-Golomb number. Raises ValueError at the end."""
        zeros = self.bits.index("1", self.at) - self.at
        self.at += zeros
        return self.take(zeros + 1) - 1


def read_sequence(unit: bytes) -> Sequence:
    """What sequence parameters say. Raises ValueError where they are damaged or not of an ordinary film."""
    bits = _Bits(unit[1:])
    profile = bits.take(8)
    bits.take(16)
    bits.golomb()
    if unit[0] & 31 != 7 or profile not in PROFILES:
        raise _NotOrdinary
    # 4:2:0, 8 bits in luma and chroma, no bypass, no matrices of its own
    if profile == 100 and (bits.golomb(), bits.golomb(), bits.golomb(), bits.take(), bits.take()) != (
        1,
        0,
        0,
        0,
        0,
    ):
        raise _NotOrdinary
    _pass_order(bits)
    width, height = (bits.golomb() + 1) * 16, (bits.golomb() + 1) * 16
    if not bits.take():  # may hold fields
        raise _NotOrdinary
    bits.take()
    left, right, top, bottom = (bits.golomb() for _ in range(4)) if bits.take() else (0, 0, 0, 0)
    colour = _usability(bits) if bits.take() else Colour()
    return Sequence(width - 2 * (left + right), height - 2 * (top + bottom), colour)


def _pass_order(bits: _Bits) -> None:
    """Go past how frames are numbered and in which order they are shown."""
    bits.golomb()
    kind = bits.golomb()
    if kind == 0:
        bits.golomb()
    elif kind != 2:
        raise _NotOrdinary
    bits.golomb()
    bits.take()


def _usability(bits: _Bits) -> Colour:
    """The colour in the usability information. Square pixels or none are ordinary."""
    if bits.take() and bits.take(8) not in (0, 1):
        raise _NotOrdinary
    if bits.take():
        bits.take()
    if not bits.take():
        return Colour()
    bits.take(3)
    limited = not bits.take()
    if not bits.take():
        return Colour(limited=limited)
    return Colour(_name(bits.take(8)), _name(bits.take(8)), _name(bits.take(8)), limited)
