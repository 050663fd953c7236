"""Frame rates: an exact fraction, integer frames, timecode. Seconds never accumulate in floats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

_FRACTION = re.compile(r"(\d{1,9})(?:/(\d{1,9}))?")
_DECIMAL = re.compile(r"\d{1,4}\.\d{1,6}")
_TIMECODE = re.compile(r"(\d{2})[:;](\d{2})[:;](\d{2})([:;.,])(\d{2})")
# People write the NTSC rates as decimals; the exact value is the nearest whole rate × 1000/1001.
_NTSC_TOLERANCE = Fraction(1, 200)


class BadFrameRate(ValueError):
    """A text that is no frame rate."""

    code = "terms.bad_frame_rate"


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames per second as num/den, in lowest terms. Raises BadFrameRate when it is not positive."""

    num: int
    den: int = 1

    def __post_init__(self) -> None:
        if self.num <= 0 or self.den <= 0:
            raise BadFrameRate(f"a frame rate is positive, not {self.num}/{self.den}")
        exact = Fraction(self.num, self.den)
        object.__setattr__(self, "num", exact.numerator)
        object.__setattr__(self, "den", exact.denominator)

    @classmethod
    def parse(cls, text: str | FrameRate) -> FrameRate:
        """ "24", "24000/1001", "23.976", "29.97" → the exact rate. Raises BadFrameRate."""
        return text if isinstance(text, FrameRate) else _parsed(str(text))

    @property
    def fraction(self) -> Fraction:
        """Frames per second, exact."""
        return Fraction(self.num, self.den)

    @property
    def fps(self) -> float:
        """Frames per second, for tools that want a float."""
        return self.num / self.den

    @property
    def nominal(self) -> int:
        """Frames counted to a second of timecode: 24 for 24000/1001."""
        return -(-self.num // self.den)

    def frames(self, seconds: Fraction | float) -> int:
        """Seconds → whole frames, halves rounded up."""
        return int((Fraction(seconds) * self.fraction + Fraction(1, 2)).__floor__())

    def seconds(self, frames: int) -> Fraction:
        """Frames → seconds, exact."""
        return Fraction(frames * self.den, self.num)

    @property
    def dropped(self) -> int:
        """Numbers that drop-frame timecode leaves out at the start of a minute: 2 at 29.97, 4 at 59.94, else 0."""
        return self.nominal // 15 if self.den == 1001 and self.nominal % 30 == 0 else 0

    def timecode(self, frames: int, *, drop: bool = True) -> str:
        """Timecode HH:MM:SS:FF of a frame count ≥ 0. Raises ValueError below 0.

        At 29.97 and 59.94 it is drop-frame, HH:MM:SS;FF, which keeps pace with the clock by leaving out numbers,
        never frames (SMPTE ST 12-1); `drop` False counts every number there too.
        """
        if frames < 0:
            raise ValueError("timecode counts from frame 0")
        left_out = self.dropped if drop else 0
        whole, rest = divmod(frames + self._left_out(frames, left_out), self.nominal)
        sign = ";" if left_out else ":"
        return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{sign}{rest:02d}"

    def _left_out(self, frames: int, each: int) -> int:
        """Numbers left out before a frame: `each` at every minute but each tenth."""
        minute, ten = 60 * self.nominal - each, 600 * self.nominal - 9 * each
        tens, rest = divmod(frames, ten)
        return each * (9 * tens + (0 if rest < minute + each else (rest - each) // minute))

    def frame_of(self, timecode: str, *, drop: bool = False) -> int:
        """The frame that a timecode names. It is read as drop-frame where the rate has that and `drop` says so, or
        the last sign but the frames is a semicolon. Raises ValueError for what is no timecode at this rate."""
        parts = _TIMECODE.fullmatch(timecode.strip())
        if parts is None:
            raise ValueError(f"{timecode[:20]!r} is no timecode")
        hours, minutes, seconds, frames = (int(parts[n]) for n in (1, 2, 3, 5))
        if minutes > 59 or seconds > 59 or frames >= self.nominal:
            raise ValueError(f"{timecode} is no timecode at {self}")
        left_out = self.dropped if drop or parts[4] in ";," else 0
        if left_out and seconds == 0 and frames < left_out and minutes % 10:
            raise ValueError(f"{timecode} is a number that drop-frame timecode leaves out")
        whole = 60 * hours + minutes
        return (60 * whole + seconds) * self.nominal + frames - left_out * (whole - whole // 10)

    def __str__(self) -> str:
        return str(self.num) if self.den == 1 else f"{self.num}/{self.den}"


@lru_cache(maxsize=256)
def _parsed(text: str) -> FrameRate:
    stripped = text.strip()
    if found := _FRACTION.fullmatch(stripped):
        return FrameRate(int(found[1]), int(found[2] or 1))
    if _DECIMAL.fullmatch(stripped):
        return _from_decimal(Fraction(stripped))
    raise BadFrameRate(f"{stripped[:40]!r} is no frame rate; write 24, 25, 23.976 or 24000/1001")


def _from_decimal(value: Fraction) -> FrameRate:
    whole = round(value * Fraction(1001, 1000))
    ntsc = Fraction(whole * 1000, 1001)
    exact = ntsc if value.denominator != 1 and abs(ntsc - value) < _NTSC_TOLERANCE else value
    return FrameRate(exact.numerator, exact.denominator)


RATES: list[FrameRate] = [
    FrameRate(24000, 1001),
    FrameRate(24),
    FrameRate(25),
    FrameRate(30000, 1001),
    FrameRate(30),
    FrameRate(48),
    FrameRate(50),
    FrameRate(60000, 1001),
    FrameRate(60),
]
