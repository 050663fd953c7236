"""Makes the engine's bare voice a character's: throat size, living pitch, tone, air, dynamics and a small
room.
"""

from __future__ import annotations

import hashlib

import numpy as np

from craft.sound import signals
from craft.sound.signals import RATE, Signal
from craft.sound.voices import Voice

SHAPING_VERSION = 1
_OVERSAMPLE = 4
_SILENCE = 10 ** (-46 / 20)
_LEAD, _TAIL = 0.02, 0.12


def engine_figures(voice: Voice) -> tuple[int, int]:
    """Pitch (0-99) and words per minute to ask of the engine so that, played `formant` times as fast, both
    are right.

    Playing faster raises formants and pitch together and shortens time; the engine's pitch scale doubles
    every 50 steps, so the wanted pitch is asked lower by the same interval and the rate slower by the same
    factor.
    """
    pitch = voice.pitch - 50 * float(np.log2(voice.formant))
    return max(0, min(99, round(pitch))), max(80, min(450, round(voice.rate / voice.formant)))


def shape(bare: Signal, bare_rate: int, voice: Voice, gain: float = 0.0) -> tuple[Signal, float]:
    """The shaped voice at 48 kHz, trimmed, and the seconds cut from its beginning (in the result's time).

    bare is mono in ±1.0 as the engine spoke it; gain in dB is the feeling's. Deterministic.
    """
    seed = hashlib.sha256(f"{voice}/{bare.size}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(seed[:8], "big"))
    first, last = sounding(bare, bare_rate)
    kept = bare[max(0, first - round(_LEAD * bare_rate)) : last]
    cut = max(0, first - round(_LEAD * bare_rate)) / bare_rate / voice.formant
    voiced = retimed(kept, bare_rate, voice.formant, rng)
    voiced = np.concatenate([voiced, np.zeros(round(_TAIL * RATE), np.float32)])
    toned = signals.shaped(voiced, tone_of(voice))
    dry = compressed(with_breath(toned, voice.breath, rng))
    wet = in_room(dry, room_of(rng))
    return signals.faded(signals.settled(wet, -21.0 + gain, -1.5), 0.005, 0.03), cut


def sounding(bare: Signal, rate: int) -> tuple[int, int]:
    """First and one-past-last sample that is not silence."""
    loud = np.flatnonzero(np.abs(bare) > _SILENCE * max(float(np.abs(bare).max(initial=0.0)), 1e-6))
    if loud.size == 0:
        return 0, bare.size
    return int(loud[0]), min(bare.size, int(loud[-1]) + round(0.02 * rate))


def retimed(bare: Signal, bare_rate: int, factor: float, rng: np.random.Generator) -> Signal:
    """The recording played `factor` times as fast at 48 kHz, its pitch alive: slow drift and fast flutter."""
    fine = oversampled(bare)
    n = int(bare.size / bare_rate / factor * RATE)
    if n < 2:
        return np.zeros(max(n, 1), np.float32)
    slow = signals.drift(n, rng, 3.0, -0.008, 0.008)
    fast = signals.drift(n, rng, 28.0, -0.004, 0.004)
    speed = 1.0 + (slow - slow.mean()) + (fast - fast.mean())
    at = np.cumsum(speed, dtype=np.float64) * (bare_rate * _OVERSAMPLE * factor / RATE)
    return np.interp(at, np.arange(fine.size), fine).astype(np.float32)


def oversampled(bare: Signal) -> Signal:
    """The same sound with four times the samples, so that reading between them adds no images."""
    size = signals.fast_size(bare.size)
    spectrum = np.fft.rfft(bare, size)
    wide = np.zeros(size * _OVERSAMPLE // 2 + 1, spectrum.dtype)
    wide[: spectrum.size] = spectrum
    fine = np.fft.irfft(wide, size * _OVERSAMPLE) * _OVERSAMPLE
    return fine[: bare.size * _OVERSAMPLE].astype(np.float32)


def tone_of(voice: Voice) -> signals.Shape:
    """The voice's own colour: body, presence, softened buzz; where the bells sit depends on the voice."""
    digest = hashlib.sha256(f"{voice.espeak}/{voice.pitch}/{voice.formant}".encode()).digest()
    body, presence, bite = (b / 255 for b in digest[:3])
    return signals.product(
        signals.high(70 + 60 * max(0.0, voice.formant - 0.8), 2),
        signals.peak(190 * voice.formant, 2.5 - 2.0 * body, 1.2),
        signals.peak(900 + 500 * presence, -2.0 + 3.0 * presence, 1.4),
        signals.peak(3100 * voice.formant, -4.0 + 3.5 * bite, 0.9),
        signals.low(7200 * voice.formant, 2),
    )


def with_breath(voiced: Signal, amount: float, rng: np.random.Generator) -> Signal:
    """Air that follows the voice; with much of it the voice itself loses body, as in a whisper."""
    air = signals.noise(
        voiced.size, rng, signals.product(signals.band(1400, 9000, 1), signals.peak(2600, 5, 1.5))
    )
    follow = envelope(voiced, 0.012)
    share = 0.035 + 0.55 * amount**1.5
    body = (
        signals.shaped(voiced, signals.high(100 + 700 * max(0.0, amount - 0.5), 1))
        if amount > 0.5
        else voiced
    )
    return np.asarray(body * (1.0 - 0.6 * amount**2) + air * follow * share, np.float32)


def envelope(signal: Signal, seconds: float) -> Signal:
    """The level over time, smoothed over a window of that length."""
    width = max(1, round(seconds * RATE))
    total = np.cumsum(np.pad(np.square(signal, dtype=np.float64), (width, width)))
    mean = (total[2 * width :] - total[: -2 * width]) / (2 * width)
    return np.asarray(np.sqrt(np.maximum(mean[: signal.size], 0)), np.float32)


def compressed(signal: Signal) -> Signal:
    """Loud parts two thirds as far above the mean as they were, so that words stay even under music."""
    follow = envelope(signal, 0.03)
    usual = (
        float(np.sqrt(np.mean(follow[follow > follow.max(initial=0) * 0.05] ** 2))) if follow.any() else 1.0
    )
    lowered = np.maximum(follow / max(usual, 1e-6), 1.0) ** np.float32(-0.34)
    return np.asarray(signal * lowered, np.float32)


def room_of(rng: np.random.Generator) -> Signal:
    """A short response of a furnished room: six early reflections and a soft tail of 0.16 s."""
    n = round(0.16 * RATE)
    response = np.zeros(n, np.float32)
    for at in np.sort(rng.uniform(0.004, 0.045, 6)):
        response[round(at * RATE)] += 0.16 * (1 - at / 0.06) * rng.choice((-1.0, 1.0))
    tail = rng.standard_normal(n, dtype=np.float32) * signals.decay(0.16, 0.022)[:n]
    soft = signals.shaped(tail, signals.band(250, 4200, 1))
    response += soft * (0.10 / max(signals.level(soft) * np.sqrt(n), 1e-6))
    return response


def in_room(dry: Signal, response: Signal) -> Signal:
    """The voice with its room behind it, as long as the voice."""
    return (dry + signals.echoed(dry, response)[: dry.size]).astype(np.float32)
