"""Makes the engine's bare voice a character's: throat size, living pitch, tone, air, dynamics and a small
room.

Everything is done at 24 kHz, where the engine's sound ends, and doubled at the end. Times are kept: the sound
is only moved by a curve that is known, and `Shaped.moved` gives the new time of every old one.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import fft

from craft.sound import loudness, signals
from craft.sound.convolution import Filter, causal, doubled, zero_phase
from craft.sound.registers import Register
from craft.sound.signals import Signal
from craft.sound.voices import Voice

SHAPING_VERSION = 2
WORKING_RATE = 24_000
LOUDNESS, CEILING = -21.0, -1.5
_OVERSAMPLE = 2
_SILENCE = 10 ** (-46 / 20)
_LEAD, _TAIL = 0.02, 0.12
_FRAME = 24
_TENTH = 100 * _FRAME
_PAUSE_SECONDS = 0.06
_PIECE_SECONDS = 3.0
# the pitch falls by so much (share of the frequency, either side of its mean) in a phrase of two seconds
_DECLINATION, _FADING_DB = 0.018, 1.5
_NOISE_SIZE = 1 << 17


@dataclass(frozen=True, eq=False)
class Shaped:
    """The shaped voice at 48 kHz, and where its moments were in the bare one."""

    signal: Signal
    _heard: Signal
    _bare: Signal

    def moved(self, bare_seconds: Signal) -> Signal:
        """Seconds of the shaped sound at which moments of the bare one (seconds) are heard."""
        return np.interp(bare_seconds, self._bare, self._heard)


@dataclass(frozen=True)
class Piece:
    """A stretch of the bare sound that begins and ends in a pause, and its phrases, in its samples."""

    start: int
    stop: int
    phrases: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Character:
    """What stays the same in every line of a voice: its tone (an up-sampling filter) and its room."""

    tone: Filter
    room: Filter


def shape(
    bare: Signal, bare_rate: int, voice: Voice, register: Register, *, identity: Voice, gain: float = 0.0
) -> Shaped:
    """The shaped voice at 48 kHz, trimmed to what sounds.

    bare is mono in ±1.0 as the engine spoke it; voice how it sounds in this line, identity the same voice
    without a feeling (it decides tone and room); gain in dB is the feeling's. Deterministic.
    """
    rng = np.random.default_rng(_seed(f"{voice}/{bare.size}"))
    character = character_of(identity, register.factor, bare_rate)
    first, last = sounding(bare, bare_rate)
    first = max(0, first - round(_LEAD * bare_rate))
    step = bare_rate * register.factor / WORKING_RATE
    out = np.zeros(round((last - first) / step) + round(_TAIL * WORKING_RATE), np.float32)
    heard_at, bare_at = [], []
    for piece in pieces(bare[first:last], bare_rate):
        start = round(piece.start / step)
        spoken, at = _spoken(
            bare[first + piece.start : first + piece.stop], piece, step, voice, character, rng
        )
        room = out[start : start + spoken.size + round(_TAIL * WORKING_RATE)]
        tailed = np.pad(spoken, (0, room.size - spoken.size))
        room += tailed + character.room(tailed)
        heard_at.append((start + np.arange(at.size) * _FRAME) / WORKING_RATE)
        bare_at.append((at + first + piece.start) / bare_rate)
    _fade(out)
    signal = doubled(signals.limited(_levelled(out, gain), CEILING))
    # between two samples the interpolation may pass what both keep below
    np.clip(signal, *_within(CEILING), out=signal)
    return Shaped(signal, np.concatenate(heard_at), np.concatenate(bare_at))


def sounding(bare: Signal, rate: int) -> tuple[int, int]:
    """First and one-past-last sample that is not silence."""
    size = np.abs(bare)
    loud = np.flatnonzero(size > _SILENCE * max(float(size.max(initial=0.0)), 1e-6))
    if loud.size == 0:
        return 0, bare.size
    return int(loud[0]), min(bare.size, int(loud[-1]) + round(0.02 * rate))


def seconds_of(bare: Signal, bare_rate: int, factor: float) -> float:
    """How long `shape` will make that bare sound."""
    first, last = sounding(bare, bare_rate)
    first = max(0, first - round(_LEAD * bare_rate))
    return round((last - first) * WORKING_RATE / (bare_rate * factor)) / WORKING_RATE + _TAIL


def pieces(bare: Signal, rate: int) -> list[Piece]:
    """The sound in pieces of a few seconds, cut in pauses where there are any, each with its phrases."""
    loud = np.flatnonzero(np.abs(bare) > 0)
    if not loud.size:
        return [Piece(0, bare.size, ())]
    gaps = np.flatnonzero(np.diff(loud) > _PAUSE_SECONDS * rate)
    starts = [int(loud[0]), *(int(n) for n in loud[gaps + 1])]
    stops = [*(int(n) + 1 for n in loud[gaps]), int(loud[-1]) + 1]
    found: list[Piece] = []
    phrases: list[tuple[int, int]] = []
    start = 0
    for phrase in _short(list(zip(starts, stops, strict=True)), bare, rate):
        if phrases and phrase[1] - start > _PIECE_SECONDS * rate:
            stop = (phrases[-1][1] + phrase[0]) // 2
            found.append(Piece(start, stop, tuple((a - start, b - start) for a, b in phrases)))
            start, phrases = stop, []
        phrases.append(phrase)
    return [*found, Piece(start, bare.size, tuple((a - start, b - start) for a, b in phrases))]


def _short(phrases: list[tuple[int, int]], bare: Signal, rate: int) -> Iterator[tuple[int, int]]:
    """The phrases, one without a breath for longer than a piece cut where it is quietest."""
    longest, step = round(_PIECE_SECONDS * rate), rate // 100
    for begin, stop in phrases:
        start = begin
        while stop - start > longest:
            part = bare[start + longest // 2 : start + longest]
            tenths = np.square(part[: part.size // step * step]).reshape(-1, step).sum(axis=1)
            cut = start + longest // 2 + int(np.argmin(tenths)) * step + step // 2
            yield start, cut
            start = cut
        yield start, stop


def _spoken(
    bare: Signal, piece: Piece, step: float, voice: Voice, character: Character, rng: np.random.Generator
) -> tuple[Signal, Signal]:
    """A piece without its room at 24 kHz, and the bare sample read at every 24th of its samples."""
    fine = character.tone(bare)
    n = max(_FRAME, round(bare.size / step))
    ms = -(-n // _FRAME)
    marks = [(round(a / step / _FRAME), round(b / step / _FRAME)) for a, b in piece.phrases]
    speed, level = _living(ms, marks, rng)
    at = np.concatenate([[0.0], np.cumsum(speed)])
    at *= bare.size * ms * _FRAME / n / at[-1]
    within = np.arange(_FRAME) / _FRAME
    every = (at[:-1, None] + np.diff(at)[:, None] * within).ravel()[:n]
    voiced = read_between(fine, every * _OVERSAMPLE) * _spread(level, n)
    return compressed(with_breath(voiced, voice.breath, rng)), at[:-1]


def _living(ms: int, phrases: list[tuple[int, int]], rng: np.random.Generator) -> tuple[Signal, Signal]:
    """A value for each millisecond of the speed of reading (drift, flutter, fall within each phrase) and of
    the level (shimmer, fading within each phrase).
    """
    speed = 1.0 + _wander(ms, rng, 3.0, 0.009) + _wander(ms, rng, 90.0, 0.007)
    level = np.exp(_wander(ms, rng, 80.0, 0.05))
    for start, stop in phrases:
        fall = np.linspace(1.0, -1.0, max(0, min(stop, ms) - start)) * min(1.0, (stop - start) / 2000)
        speed[start : start + fall.size] += _DECLINATION * fall
        # a decibel is a share of 1 / 8.7; half of the fading lies on either side
        level[start : start + fall.size] *= 1.0 + _FADING_DB / 17.4 * fall
    return speed, level.astype(np.float32)


def _wander(ms: int, rng: np.random.Generator, per_second: float, reach: float) -> Signal:
    """A curve of values within ±reach, with so many new ones each second and straight lines between."""
    points = max(3, round(ms / 1000 * per_second) + 1)
    return np.interp(np.linspace(0, points - 1, ms), np.arange(points), rng.uniform(-reach, reach, points))


def read_between(fine: Signal, at: Signal) -> Signal:
    """The signal at fractional positions, by cubics through four samples; silence outside."""
    padded = np.zeros(fine.size + 4, np.float32)
    padded[1:-3] = fine
    index = at.astype(np.intp)
    share = (at - index).astype(np.float32)
    slope, here, after, next_slope = (padded[k:].take(index, mode="clip") for k in range(4))
    # worked out in place: on lines of seconds the memory is what takes the time
    np.subtract(after, slope, out=slope)
    slope *= np.float32(0.5)
    next_slope -= here
    next_slope *= np.float32(0.5)
    after -= here
    out = next_slope
    out += slope
    out -= after
    out -= after
    curve = out * share
    curve -= out
    curve += after
    curve -= slope
    for part in (slope, here):
        curve *= share
        curve += part
    return curve


@functools.lru_cache(maxsize=64)
def character_of(identity: Voice, factor: float, bare_rate: int) -> Character:
    """The tone and the room of a voice that is played `factor` times as fast."""
    shape = tone_of(identity)
    edge = min(10_600.0, 0.48 * bare_rate * factor)

    def played(hz: Signal) -> signals.Gain:
        return shape(hz * np.float32(factor)) * signals.low(edge, 12)(hz * np.float32(factor))

    return Character(zero_phase(played, bare_rate, _OVERSAMPLE), causal(room_of(identity)))


def tone_of(voice: Voice) -> signals.Shape:
    """The voice's own colour: body, presence, softened buzz; where the bells sit depends on the voice."""
    digest = hashlib.sha256(f"{voice.espeak}/{voice.pitch}/{voice.formant}".encode()).digest()
    body, presence, bite = (b / 255 for b in digest[:3])
    whisper = max(0.0, voice.breath - 0.5)
    return signals.product(
        signals.high(70 + 60 * max(0.0, voice.formant - 0.8) + 400 * whisper, 2),
        signals.peak(190 * voice.formant, 2.5 - 2.0 * body, 1.2),
        signals.peak(900 + 500 * presence, -2.0 + 3.0 * presence, 1.4),
        signals.peak(3100 * voice.formant, -4.5 + 3.0 * bite, 0.9),
        # the engine's upper partials are as strong as its lower ones, which is the buzz that is heard first
        lambda f: np.asarray((1 + (f / (2300 * voice.formant)) ** 2) ** -0.35, np.float32),
        signals.low(7600 * voice.formant, 2),
    )


def with_breath(voiced: Signal, amount: float, rng: np.random.Generator) -> Signal:
    """Air that follows the voice's own pulses; with much of it the voice turns into a whisper.

    A whisper keeps the formants: each partial, multiplied with slow noise, becomes a band of noise.
    """
    air, slow = _noises()
    offsets = rng.integers(0, _NOISE_SIZE, 2)
    low = np.abs(_frames(voiced).mean(axis=1))
    pulses = _smoothed(low, 1) + 0.15 * np.sqrt(_smoothed(np.square(_frames(voiced)).mean(axis=1), 6))
    share = 0.05 + 0.8 * amount**1.5
    whispered = float(np.clip((amount - 0.3) / 0.5, 0.0, 1.0))
    breathy = _tiled(air, int(offsets[0]), voiced.size)
    breathy *= _spread(pulses.astype(np.float32) * np.float32(share), voiced.size)
    if not whispered:
        return voiced + breathy
    body = np.float32(1 - whispered) + np.float32(whispered) * _tiled(slow, int(offsets[1]), voiced.size)
    return np.asarray(voiced * body + breathy * np.float32(1 - 0.5 * whispered), np.float32)


def compressed(signal: Signal) -> Signal:
    """Loud parts two thirds as far above the mean as they were, so that words stay even under music."""
    follow = np.sqrt(_smoothed(np.square(_frames(signal)).mean(axis=1), 30))
    top = float(follow.max(initial=0.0))
    if top <= 0:
        return signal
    usual = float(np.sqrt(np.mean(follow[follow > top * 0.05] ** 2)))
    lowered = np.maximum(follow / usual, 1.0) ** -0.34
    return np.asarray(signal * _spread(lowered.astype(np.float32), signal.size), np.float32)


def room_of(identity: Voice) -> Signal:
    """What a furnished room adds to the voice at 24 kHz: six early reflections and a soft tail of 0.12 s."""
    rng = np.random.default_rng(_seed(f"room/{identity.espeak}/{identity.pitch}/{identity.formant}"))
    n = round(_TAIL * WORKING_RATE)
    response = np.zeros(n, np.float32)
    for at in np.sort(rng.uniform(0.004, 0.045, 6)):
        response[round(at * WORKING_RATE)] += 0.13 * (1 - at / 0.06) * rng.choice((-1.0, 1.0))
    tail = rng.standard_normal(n, dtype=np.float32) * signals.decay(_TAIL, 0.018)[::2][:n]
    soft = signals.shaped(tail, signals.band(250, 4200, 1), WORKING_RATE)
    return response + soft * np.float32(0.09 / max(signals.level(soft) * np.sqrt(n), 1e-6))


def _fade(signal: Signal) -> None:
    """Raised-cosine ends of 5 and 30 ms at 24 kHz, in place."""
    for part, seconds in ((signal, 0.005), (signal[::-1], 0.03)):
        n = min(round(seconds * WORKING_RATE), signal.size)
        part[:n] *= np.sin(np.linspace(0, np.pi / 2, n, dtype=np.float32)) ** 2


def _levelled(signal: Signal, gain: float) -> Signal:
    """The line, in place, at the loudness of every line, plus the feeling's gain in dB."""
    tenths = signal[: max(1, signal.size // _TENTH) * _TENTH].reshape(-1, min(signal.size, _TENTH))
    powers = np.einsum("ij,ij->i", tenths, tenths) / tenths.shape[1]
    block = 4096
    frames = signal[: max(1, signal.size // block) * block].reshape(-1, min(signal.size, block))
    # the balance of a long line is known from a part of it
    spectra = fft.rfft(frames[:: 1 + frames.shape[0] // 1024], axis=1)
    power = np.square(spectra.real).sum(axis=0) + np.square(spectra.imag).sum(axis=0)
    weight = loudness.heard(np.fft.rfftfreq(frames.shape[1], 1 / WORKING_RATE))
    share = float((power * weight**2).sum() / max(float(power.sum()), 1e-20))
    measured = loudness.gated(powers * share)
    if measured <= loudness.SILENT:
        return signal
    signal *= np.float32(10 ** ((LOUDNESS + gain - measured) / 20))
    return signal


@functools.cache
def _noises() -> tuple[Signal, Signal]:
    """Endless noise at 24 kHz: air (1.4-9 kHz) and a slow one (below 180 Hz), each with a mean square of 1.

    Shaped at 48 kHz's figures: a frequency there sounds at half of it here.
    """
    rng = np.random.default_rng(_seed("air"))
    air = signals.product(signals.band(2800, 18_000, 1), signals.peak(5200, 5, 1.5))
    slow = signals.noise(_NOISE_SIZE, rng, signals.low(360, 3))
    return signals.noise(_NOISE_SIZE, rng, air), slow


def _tiled(noise: Signal, offset: int, n: int) -> Signal:
    return (
        np.resize(np.roll(noise, -offset), n)
        if n > noise.size - offset
        else noise[offset : offset + n].copy()
    )


def _frames(signal: Signal) -> Signal:
    """The signal in rows of a millisecond, the last filled up with silence."""
    lacking = -signal.size % _FRAME
    return (np.pad(signal, (0, lacking)) if lacking else signal).reshape(-1, _FRAME)


def _smoothed(curve: Signal, reach: int) -> Signal:
    """Mean over `reach` values on either side."""
    total = np.cumsum(np.pad(curve.astype(np.float64), (reach + 1, reach)))
    width = 2 * reach + 1
    return np.maximum(total[width:] - total[:-width], 0) / width


def _spread(curve: Signal, n: int) -> Signal:
    """A curve of values in the middle of each millisecond as one of n samples, by straight lines."""
    padded = np.concatenate([curve[:1], curve, curve[-1:]])
    steps = (np.arange(_FRAME, dtype=np.float32) + 0.5) / _FRAME
    lines = padded[:-1, None] + np.diff(padded)[:, None] * steps
    return lines.ravel()[_FRAME // 2 : _FRAME // 2 + n]


def _within(decibels: float) -> tuple[float, float]:
    top = 10 ** (decibels / 20)
    return -top, top


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
