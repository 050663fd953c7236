"""Signals as float32 arrays in which time is a circle.

Noise is drawn in the frequency domain and events wrap round the end, so every bed of n samples repeats
without a seam: no cross-fade, no click. Shapes: mono `(n,)`, stereo `(2, n)`; full scale is ±1.0 at 48 kHz.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 48_000
# a tenth of a second: lengths in such steps have quick transforms
BLOCK = RATE // 10
_PHASES = 1 << 15
_CURVE_STEP = 32
Signal = npt.NDArray[np.floating[Any]]
Gain = npt.NDArray[np.floating[Any]]
Shape = Callable[[Signal], Gain]


@functools.lru_cache(maxsize=4)
def frequencies(n: int, rate: int = RATE) -> Signal:
    """Bin frequencies in Hz of the real transform of n samples; shape (n // 2 + 1,). Read-only."""
    bins = np.fft.rfftfreq(n, 1 / rate).astype(np.float32)
    bins.setflags(write=False)
    return bins


def low(hz: float, order: int = 2) -> Shape:
    """A low-pass shape with Butterworth magnitude."""
    return lambda f: (1.0 / np.sqrt(1.0 + (f / hz) ** (2 * order))).astype(np.float32)


def high(hz: float, order: int = 2) -> Shape:
    """A high-pass shape with Butterworth magnitude; the constant part is removed."""

    def gain(f: Signal) -> Gain:
        ratio = (f / hz) ** (2 * order)
        return np.sqrt(ratio / (1.0 + ratio)).astype(np.float32)

    return gain


def band(low_hz: float, high_hz: float, order: int = 2) -> Shape:
    """What lies between two frequencies; the upper edge is one order steeper, or noise would only hiss."""
    return product(high(low_hz, order), low(high_hz, order + 1))


def peak(hz: float, decibels: float, octaves: float = 1.0) -> Shape:
    """A bell round one frequency, in dB, as wide as `octaves` between its half-height points."""

    def gain(f: Signal) -> Gain:
        distance = np.log2(np.maximum(f, 1.0) / hz) / max(octaves, 0.05)
        return (10.0 ** (decibels * np.exp(-2.77 * distance**2) / 20.0)).astype(np.float32)

    return gain


def tilt(decibels_per_octave: float, pivot_hz: float = 1000.0, floor_hz: float = 20.0) -> Shape:
    """A straight slope on a logarithmic axis, 0 dB at the pivot; pink noise is −3 dB per octave."""
    return lambda f: (
        10.0 ** (decibels_per_octave * np.log2(np.maximum(f, floor_hz) / pivot_hz) / 20.0)
    ).astype(np.float32)


def product(*shapes: Shape) -> Shape:
    """Shapes in series."""

    def gain(f: Signal) -> Gain:
        out = shapes[0](f)
        for shape in shapes[1:]:
            out = out * shape(f)
        return out

    return gain


def noise(n: int, rng: np.random.Generator, shape: Shape) -> Signal:
    """n samples of periodic noise with the given spectrum, at a root mean square of 1.

    Each bin has exactly its magnitude and a random phase: many phases add up to noise as bells do to a
    murmur.
    """
    spectrum = _phases()[rng.integers(0, _PHASES, n // 2 + 1, dtype=np.uint16)] * shape(frequencies(n))
    spectrum[0] = 0
    out = np.fft.irfft(spectrum, n).astype(np.float32, copy=False)
    loud = level(out)
    return out / np.float32(loud) if loud > 0 else out


@functools.cache
def _phases() -> npt.NDArray[np.complex64]:
    """The unit circle in fine steps: a look-up is six times as quick as drawing sines and cosines."""
    return np.asarray(np.exp(2j * np.pi * np.arange(_PHASES) / _PHASES), np.complex64)


def shaped(signal: Signal, shape: Shape, rate: int = RATE) -> Signal:
    """The signal through a zero-phase filter, on the circle."""
    n = signal.shape[-1]
    spectrum = np.fft.rfft(signal, axis=-1) * shape(frequencies(n, rate))
    return np.fft.irfft(spectrum, n, axis=-1).astype(np.float32)


def convolved(signal: Signal, response: Signal) -> Signal:
    """Circular convolution with a shorter response: the tail of the end sounds at the beginning."""
    n = signal.shape[-1]
    return np.fft.irfft(np.fft.rfft(signal) * np.fft.rfft(response[:n], n), n).astype(np.float32)


def echoed(signal: Signal, response: Signal) -> Signal:
    """Open convolution: the result is longer than the signal by the response."""
    n = signal.shape[-1] + response.shape[-1] - 1
    size = fast_size(n)
    out = np.fft.irfft(
        np.fft.rfft(signal, size, axis=-1) * np.fft.rfft(response, size, axis=-1), size, axis=-1
    )
    return out[..., :n].astype(np.float32)


def fast_size(n: int) -> int:
    """The smallest size of at least n whose only factors are 2, 3 and 5: transforms of it are quick."""
    best = 1 << max(n - 1, 1).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            size = three << max(0, -(-n // three) - 1).bit_length()
            if n <= size < best:
                best = size
            three *= 3
        five *= 5
    return best


def drift(n: int, rng: np.random.Generator, per_second: float, lowest: float, highest: float) -> Signal:
    """A slow periodic curve between two values, with about `per_second` new levels each second (at most
    700).
    """
    points = max(3, round(n / RATE * per_second))
    levels = rng.uniform(lowest, highest, points)
    coarse = np.arange(0, n + _CURVE_STEP, _CURVE_STEP, dtype=np.float64)
    at = coarse * (points / n)
    index = at.astype(np.int64)
    share = 0.5 - 0.5 * np.cos(np.pi * (at - index))
    first, second = levels[index % points], levels[(index + 1) % points]
    curve = (first + (second - first) * share).astype(np.float32)
    # straight lines between every 32nd sample: a slow curve needs no more
    steps = np.arange(_CURVE_STEP, dtype=np.float32) / np.float32(_CURVE_STEP)
    filled = curve[:-1, None] + np.diff(curve)[:, None] * steps
    return filled.ravel()[:n]


def place(bed: Signal, event: Signal, at: int) -> None:
    """Add an event into a bed at a sample, wrapping past the end. Stereo events need a stereo bed."""
    n = bed.shape[-1]
    start, done = at % n, 0
    while done < event.shape[-1]:
        part = min(n - start, event.shape[-1] - done)
        bed[..., start : start + part] += event[..., done : done + part]
        done, start = done + part, 0


def decay(seconds: float, half_life: float) -> Signal:
    """An exponential that falls by half every `half_life` seconds."""
    at = np.arange(max(1, round(seconds * RATE)), dtype=np.float32) / RATE
    return (0.5 ** (at / half_life)).astype(np.float32)


def swell(n: int, rise: float = 0.5) -> Signal:
    """A smooth hill of n samples whose top is at `rise` of its length."""
    at = np.linspace(0.0, 1.0, n, dtype=np.float32)
    up = np.clip(at / max(rise, 1e-3), 0, 1)
    down = np.clip((1 - at) / max(1 - rise, 1e-3), 0, 1)
    return np.asarray(np.sin(np.minimum(up, down) * np.pi / 2) ** 2, np.float32)


def tone(seconds: float, hz: float, phase: float = 0.0) -> Signal:
    """A sine of constant pitch."""
    at = np.arange(max(1, round(seconds * RATE)), dtype=np.float64) / RATE
    return np.sin(2 * np.pi * hz * at + phase).astype(np.float32)


def glide(seconds: float, from_hz: float, to_hz: float) -> Signal:
    """A sine whose pitch moves evenly, in octaves, from one frequency to another."""
    n = max(1, round(seconds * RATE))
    pitch = from_hz * (to_hz / from_hz) ** np.linspace(0.0, 1.0, n)
    return np.sin(2 * np.pi * np.cumsum(pitch) / RATE).astype(np.float32)


def panned(signal: Signal, position: float) -> Signal:
    """Mono to stereo at equal power; −1 is left, +1 is right."""
    angle = (np.clip(position, -1.0, 1.0) + 1.0) * np.pi / 4
    return np.stack([signal * np.cos(angle), signal * np.sin(angle)]).astype(np.float32)


def faded(signal: Signal, fade_in: float, fade_out: float) -> Signal:
    """The signal with raised-cosine ends, in seconds."""
    out = signal.copy()
    n = out.shape[-1]
    first, last = min(round(fade_in * RATE), n), min(round(fade_out * RATE), n)
    if first:
        out[..., :first] *= np.sin(np.linspace(0, np.pi / 2, first, dtype=np.float32)) ** 2
    if last:
        out[..., n - last :] *= np.cos(np.linspace(0, np.pi / 2, last, dtype=np.float32)) ** 2
    return out


def level(signal: Signal) -> float:
    """Root mean square of all samples."""
    if not signal.size:
        return 0.0
    flat = signal.ravel()
    return float(np.sqrt(np.dot(flat, flat) / flat.size))


def settled(signal: Signal, decibels: float, ceiling: float = -1.5) -> Signal:
    """The signal brought to a level in dBFS (root mean square) with its peaks bent below a ceiling."""
    rms = level(signal)
    if rms <= 0:
        return signal
    return limited((signal * (10 ** (decibels / 20) / rms)).astype(np.float32), ceiling)


def limited(signal: Signal, ceiling: float = -1.5) -> Signal:
    """Peaks above two thirds of the ceiling are bent smoothly so that none passes it (dBFS)."""
    top = 10 ** (ceiling / 20)
    knee = top * 2 / 3
    size = np.abs(signal)
    if size.size == 0 or float(size.max()) <= knee:
        return signal
    over = np.nonzero(size > knee)
    out = signal.copy()
    bent = knee + (top - knee) * np.tanh((size[over] - knee) / (top - knee))
    out[over] = np.sign(signal[over]) * bent
    return out
