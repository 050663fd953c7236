"""Frame rates: an exact fraction, integer frames, timecode. Seconds never accumulate in floats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_FRACTION = re.compile(r"(\d{1,9})(?:/(\d{1,9}))?")
_DECIMAL = re.compile(r"\d{1,4}\.\d{1,6}")
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
        if isinstance(text, FrameRate):
            return text
        stripped = str(text).strip()
        if found := _FRACTION.fullmatch(stripped):
            return cls(int(found[1]), int(found[2] or 1))
        if _DECIMAL.fullmatch(stripped):
            return _from_decimal(Fraction(stripped))
        raise BadFrameRate(f"{stripped[:40]!r} is no frame rate; write 24, 25, 23.976 or 24000/1001")

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
        return Fraction(frames) / self.fraction

    def timecode(self, frames: int) -> str:
        """Non-drop timecode HH:MM:SS:FF of a frame count ≥ 0. Raises ValueError below 0."""
        if frames < 0:
            raise ValueError("timecode counts from frame 0")
        whole, rest = divmod(frames, self.nominal)
        return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{rest:02d}"

    def __str__(self) -> str:
        return str(self.num) if self.den == 1 else f"{self.num}/{self.den}"


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
