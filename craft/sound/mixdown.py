"""Mix-down: raw takes become WAV files of exact length, even loudness and bounded peaks, in blocks of a few
seconds.

The gain is found on the mix and laid on every stem alike, so that stems add up to their mix.
"""

from __future__ import annotations

import os
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import sosfilt

from craft.sound.errors import SoundError
from craft.sound.loudness import gated
from craft.sound.signals import RATE

Frames = npt.NDArray[np.float32]
Read = Callable[[int, int], Frames]
CEILING_DB = -1.5
_BLOCK = 8 * RATE
# the limiter's grid, and its reach to either side: 64 samples, 43 ms
_GRID, _REACH = 64, 32
# ITU-R BS.1770 weighting at 48 kHz: a high shelf, then a high-pass
_WEIGHTING = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)
_STEP = RATE // 10
_SILENT_LUFS = -70.0


class Take:
    """Stereo samples of a performance, read in blocks: exactly `frames` of them, silence where it is shorter.

    A `looped` take has what sounds after its end added to its beginning.
    """

    def __init__(self, read: Read, length: int, frames: int, *, looped: bool = False) -> None:
        self.frames, self.looped = frames, looped
        self._read, self._length = read, length

    @classmethod
    def of_samples(cls, samples: Frames, frames: int, *, looped: bool = False) -> Take:
        """A take of frames in memory, shape (n, 2)."""
        return cls(lambda first, count: samples[first : first + count], len(samples), frames, looped=looped)

    @classmethod
    def of_raw(cls, path: Path, frames: int, *, looped: bool = False) -> Take:
        """A take of interleaved float32 in a file; one block is in memory at a time."""

        def read(first: int, count: int) -> Frames:
            return np.fromfile(path, "<f4", 2 * count, offset=8 * first).reshape(-1, 2)

        return cls(read, path.stat().st_size // 8, frames, looped=looped)

    @classmethod
    def of_takes(cls, takes: Sequence[Take]) -> Take:
        """Takes of the same length at once: their plain sum."""

        def read(first: int, count: int) -> Frames:
            out = np.zeros((count, 2), np.float32)
            for take in takes:
                part = take._read(first, max(0, min(count, take._length - first)))
                out[: len(part)] += part
            return out

        longest = max(take._length for take in takes)
        return cls(read, longest, takes[0].frames, looped=takes[0].looped)

    def blocks(self) -> Iterator[tuple[int, Frames]]:
        """(first frame, samples of shape (n, 2)) in order; the arrays are the caller's to change."""
        for start in range(0, self.frames, _BLOCK):
            count = min(_BLOCK, self.frames - start)
            out = np.zeros((count, 2), np.float32)
            for first in range(start, self._length if self.looped else start + 1, self.frames):
                part = self._read(first, max(0, min(count, self._length - first)))
                out[: len(part)] += part
            yield start, out


@dataclass(frozen=True, slots=True)
class Finish:
    """What is laid on a take and its stems: a gain, one more for every 64 samples, and fades in frames."""

    gain: float
    limits: Frames
    fade_in: int
    fade_out: int
    frames: int

    def laid(self, start: int, block: Frames) -> Frames:
        """A block with its gain."""
        at = np.arange(start, start + len(block), dtype=np.float32)
        curve = np.full(len(block), self.gain, np.float32)
        if self.limits[start // _GRID : (start + len(block)) // _GRID + 2].min() < 1.0:
            curve *= np.interp(at, np.arange(len(self.limits)) * _GRID, self.limits).astype(np.float32)
        if self.fade_in and start < self.fade_in:
            curve *= np.sin(np.minimum(1.0, at / self.fade_in) * np.float32(np.pi / 2)) ** 2
        if self.fade_out and start + len(block) > self.frames - self.fade_out:
            left = np.minimum(1.0, (self.frames - 1 - at) / self.fade_out)
            curve *= np.sin(left * np.float32(np.pi / 2)) ** 2
        return block * curve[:, None]


def finish_for(take: Take, lufs: float, fade_in: float, fade_out: float) -> Finish:
    """The finish that brings a take to a loudness with no sample above the ceiling; fades in seconds."""
    energies: list[float] = []
    peaks: list[npt.NDArray[np.float32]] = []
    rest, state = np.zeros((0, 2), np.float32), np.zeros((2, 2, 2))
    for _, block in take.blocks():
        whole = len(block) // _GRID * _GRID
        top = np.maximum(np.abs(block[:, 0]), np.abs(block[:, 1]))
        peaks.append(top[:whole].reshape(-1, _GRID).max(axis=1))
        if whole < len(block):
            peaks.append(top[whole:].max(keepdims=True))
        weighted, state = sosfilt(_WEIGHTING, block, axis=0, zi=state)
        joined = np.concatenate([rest, weighted.astype(np.float32)])
        count = len(joined) // _STEP
        energies += np.square(joined[: count * _STEP]).reshape(count, -1).sum(axis=1).tolist()
        rest = joined[count * _STEP :]
    found = gated(np.array(energies) / _STEP)
    gain = 10 ** ((lufs - found) / 20) if found > _SILENT_LUFS else 1.0
    limits = _limits(np.concatenate(peaks) * gain, around=take.looped)
    frames = take.frames
    return Finish(
        gain, limits, min(frames, round(fade_in * RATE)), min(frames, round(fade_out * RATE)), frames
    )


def _limits(peaks: Frames, *, around: bool) -> Frames:
    """A gain for each grid point that keeps every peak under the ceiling and moves smoothly."""
    needed = np.minimum(1.0, 10 ** (CEILING_DB / 20) / np.maximum(peaks, 1e-9))
    if needed.min() >= 1.0:
        return np.ones(len(peaks) + 1, np.float32)
    mode = "wrap" if around else "nearest"
    # the gain between two grid points lies between theirs, so each minds the peaks on both sides
    lowest = minimum_filter1d(needed, 2 * _REACH + 3, mode=mode)
    smooth = uniform_filter1d(lowest, 2 * _REACH + 1, mode=mode)
    return np.asarray(np.append(smooth, smooth[0] if around else smooth[-1]), np.float32)


def loudness(take: Take) -> float:
    """Integrated loudness of a take in LUFS."""
    return -20 * float(np.log10(finish_for(take, 0.0, 0.0, 0.0).gain))


def write_take(part: Path, take: Take, finish: Finish) -> None:
    """Write a take with its finish as a 16-bit stereo WAV. Raises `SoundError`; the caller renames it."""
    try:
        with wave.open(str(part), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            for start, block in take.blocks():
                data = np.clip(np.rint(finish.laid(start, block) * 32767.0), -32768, 32767)
                file.writeframes(data.astype("<i2").tobytes())
    except OSError as error:
        raise not_written(part, error) from error


def keep(written: dict[Path, Path]) -> None:
    """Give finished parts their names, in the order given; when one cannot have its own, none stays. Raises
    `SoundError`.
    """
    kept: list[Path] = []
    for part, out in written.items():
        try:
            os.replace(part, out)
        except OSError as error:
            for path in kept:
                path.unlink(missing_ok=True)
            raise not_written(out, error) from error
        kept.append(out)


def not_written(out: Path, error: OSError) -> SoundError:
    """The error of a file that cannot be written."""
    return SoundError(
        f"The score could not be written to {out.name.lstrip('.')}: {error.strerror}. Nothing was kept; "
        "free the disk or choose another folder and run it again.",
        code="sound.not_written",
    )
