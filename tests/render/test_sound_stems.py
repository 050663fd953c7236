"""Exported stems add up to the master before its limiter, and other programs can read them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from craft.render.errors import RenderCancelled
from craft.render.stems import LABELS, export_stems
from craft.render.wav import WavFile
from craft.terms.sound import Layer
from tests.render.conftest import noise


def stems(folder: Path, level: float = 0.05) -> dict[Layer, Path]:
    made = {}
    for seed, layer in enumerate(Layer):
        path = folder / f"{layer}.wav"
        with WavFile.create(path, 100_001) as file:
            file.write(
                0,
                np.stack((noise(100_001 / 48_000, level, seed), noise(100_001 / 48_000, level, seed + 9)), 1),
            )
        made[layer] = path
    return made


def pcm24(path: Path) -> np.ndarray:
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-f", "s32le", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.int32).reshape(-1, 2) / 2.0**31


def test_stems_add_up_to_the_raised_mix(tmp_path: Path) -> None:
    sources = stems(tmp_path)
    made = {one.code: one for one in export_stems(sources, tmp_path / "out", 3.0, title="Episode 1: Öl")}
    assert set(made) == {"D", "M", "E", "A", "ME"}
    assert made["D"].path.name == "Episode_1__Öl_D.wav" and made["ME"].label == LABELS["ME"]
    total = np.sum([pcm24(made[code].path) for code in "DMEA"], axis=0)
    wanted = np.zeros((100_001, 2))
    for path in sources.values():
        with WavFile(path) as source:
            wanted = wanted + source.read(0, source.samples)
    assert total.shape == (100_001, 2)
    assert np.allclose(total, wanted * 10 ** (3 / 20), atol=4e-7)
    others = sum(pcm24(made[code].path) for code in "MEA")
    assert np.allclose(pcm24(made["ME"].path), others, atol=4e-7)
    assert all(one.clipped == 0 for one in made.values())


def test_stem_is_a_broadcast_wav(tmp_path: Path) -> None:
    made = export_stems(stems(tmp_path), tmp_path / "out", 0.0, start_samples=3_600 * 48_000)
    path = next(one.path for one in made if one.code == "M")
    argv = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "stream=codec_name,sample_rate,channels:format_tags",
        str(path),
    ]
    told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    for line in ("codec_name=pcm_s24le", "sample_rate=48000", "channels=2", "TAG:comment=Music"):
        assert line in told
    assert "TAG:time_reference=172800000" in told and "TAG:encoded_by=Slate" in told


def test_level_and_clipping_are_told(tmp_path: Path) -> None:
    sources = stems(tmp_path)
    with WavFile(sources[Layer.EFFECTS], writable=True) as file:
        file.write(0, np.full((3, 2), 0.9, np.float32))
    with WavFile(sources[Layer.MUSIC], writable=True) as file:
        file.write(0, np.zeros((100_001, 2), np.float32))
    made = {one.code: one for one in export_stems(sources, tmp_path / "out", 6.0)}
    assert made["E"].clipped == 3 and made["E"].peak_dbfs == pytest.approx(20 * np.log10(0.9) + 6, abs=0.01)
    assert made["M"].peak_dbfs is None and made["M"].clipped == 0
    assert np.abs(pcm24(made["E"].path)).max() <= 1.0


def test_cancelled_export_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RenderCancelled):
        export_stems(stems(tmp_path), tmp_path / "out", 0.0, cancelled=lambda: True)
    assert not list((tmp_path / "out").iterdir())


def test_a_file_is_read_to_both_sides_of_its_ends_and_says_where_it_was_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    samples = np.arange(2000, dtype=np.float32).reshape(-1, 2) + 1
    with WavFile.create(path, 1000) as file:
        file.write(0, samples[:600])
        file.write(600, samples[600:])
        file.write(1000, samples[:5])  # nothing of it is inside
        file.write(3, samples[:0])
        around = file.read(-10, 1010)
        assert not around[:10].any() and not around[-10:].any() and np.array_equal(around[10:-10], samples)
        assert not file.read(1000, 1005).any() and file.read(5, 5).shape == (0, 2)
        os.truncate(path, path.stat().st_size - 8 * 400)
        assert np.array_equal(file.read(500, 600), samples[500:600])
        with pytest.raises(OSError, match="cut short"):
            file.read(500, 1000)
