"""WAV files: 48 kHz, 16 bit, written beside the target and renamed, so that half a file is never seen."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np

from craft.sound.errors import SoundError
from craft.sound.signals import RATE, Signal

# small enough to stay near the processor
_BLOCK = 1 << 15


def write_wav(out: Path, signal: Signal, rate: int = RATE) -> float:
    """Write mono `(n,)` or stereo `(2, n)` in ±1.0 and return its seconds. Raises `SoundError`."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with wave.open(str(part), "wb") as file:
            file.setnchannels(1 if signal.ndim == 1 else signal.shape[0])
            file.setsampwidth(2)
            file.setframerate(rate)
            for start in range(0, signal.shape[-1], _BLOCK):
                file.writeframesraw(_packed(signal[..., start : start + _BLOCK]))
        os.replace(part, out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SoundError(
            f"The sound could not be written to {out.name}: {error.strerror}. Nothing was kept; free "
            "the disk or choose another folder and run it again.",
            code="sound.not_written",
        ) from error
    return float(signal.shape[-1] / rate)


def _packed(signal: Signal) -> bytes:
    """Samples of all channels in turn, as 16-bit numbers."""
    samples = signal if signal.ndim == 1 else signal.T
    scaled = samples * 32767.0
    np.clip(np.rint(scaled, out=scaled), -32768, 32767, out=scaled)
    return np.ascontiguousarray(scaled.astype("<i2")).tobytes()


def read_wav(path: Path) -> tuple[Signal, int]:
    """Samples in ±1.0 (mono `(n,)` or `(channels, n)`) and the sample rate of a 16-bit WAV. Raises
    `SoundError`.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise SoundError(f"{path.name} is not 16 bit; convert it first.", code="sound.format")
            channels, rate = file.getnchannels(), file.getframerate()
            raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    except (OSError, EOFError, wave.Error) as error:
        raise SoundError(f"{path.name} is not a readable WAV file: {error}.", code="sound.damaged") from error
    signal = raw.astype(np.float32) / np.float32(32768.0)
    return (signal if channels == 1 else signal.reshape(-1, channels).T), rate
