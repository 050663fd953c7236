"""The programme's sound ahead of a codec: the stems' sum at the master's gain, never over its ceiling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from craft.render.errors import RenderCancelled
from craft.render.levelled import levelled_mix
from craft.render.wav import WavFile, create_wav

SECONDS = 3


def stem(path: Path, level: float, seed: int) -> Path:
    samples = create_wav(path, SECONDS * 48_000)
    noise = np.fft.rfft(np.random.default_rng(seed).standard_normal((SECONDS * 48_000, 2)), axis=0)
    # sound: nothing above 16 kHz
    noise[SECONDS * 16_000 :] = 0
    samples[:] = (np.fft.irfft(noise, axis=0) * level).astype(np.float32)
    del samples
    return path


def heard(path: Path) -> np.ndarray:
    with WavFile(path) as wav:
        return np.array(wav.read(0, wav.samples))


def test_quiet_stems_are_summed_and_raised_and_nothing_else(tmp_path: Path) -> None:
    stems = [stem(tmp_path / f"{n}.wav", 0.01, n) for n in range(3)]
    out = levelled_mix(stems, 6.0, -1.0, tmp_path / "out.wav")
    expected = sum(heard(path) for path in stems) * 10 ** (6 / 20)
    assert np.abs(heard(out) - expected).max() < 1e-4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.wav", "1.wav", "2.wav", "out.wav"]


def test_loud_stems_stay_under_the_ceiling_between_samples_too(tmp_path: Path) -> None:
    stems = [stem(tmp_path / f"{n}.wav", 0.2, n) for n in range(2)]
    found = heard(levelled_mix(stems, 12.0, -1.0, tmp_path / "out.wav"))
    spectrum = np.fft.rfft(found, axis=0)
    padded = np.zeros((2 * len(found) + 1, 2), complex)
    padded[: len(spectrum)] = spectrum
    between = np.fft.irfft(padded, 4 * len(found), axis=0) * 4
    assert 20 * np.log10(np.abs(between).max()) <= -0.9
    assert np.abs(found).max() > 0.5


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    stems = [stem(tmp_path / "0.wav", 0.01, 0)]
    with pytest.raises(RenderCancelled):
        levelled_mix(stems, 0.0, -1.0, tmp_path / "out.wav", lambda: True)
    assert [path.name for path in tmp_path.iterdir()] == ["0.wav"]
