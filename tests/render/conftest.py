"""Tiny media made by ffmpeg: every frame of a `ramp` clip tells its own number by its grey."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.cache import SegmentCache
from craft.render.master import AssemblySpec
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, SoundClip
from craft.render.plan import PictureSpec
from craft.terms import digest, rates

WIDTH, HEIGHT = 160, 90
RATE = rates.FrameRate(24, 1)
FIRST_GREY, GREY_STEP = 20, 4


def ffmpeg(*argv: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *argv], check=True)


@dataclass
class Shelf:
    """Generated media by content, as a resolver."""

    folder: Path
    paths: dict[str, Path] = field(default_factory=dict)

    def __call__(self, sha256: str) -> Path:
        return self.paths[sha256]

    def keep(self, path: Path) -> str:
        sha256 = digest.file_sha256(path)
        self.paths[sha256] = path
        return sha256

    def video(self, name: str, source: str, frames: int, *options: str) -> MediaRef:
        # two modules may give one name to two pictures
        about = digest.digest("test.media", 1, [source, frames, list(options)])[:10]
        path = self.folder / f"{name}-{about}.mp4"
        if not path.exists():
            ffmpeg(
                "-f",
                "lavfi",
                "-i",
                source,
                "-frames:v",
                str(frames),
                "-pix_fmt",
                "yuv420p",
                *options,
                str(path),
            )
        return MediaRef(self.keep(path), MediaKind.VIDEO, FrameRange(0, frames))

    def ramp(self, name: str = "ramp", frames: int = 48, rate: rates.FrameRate = RATE) -> MediaRef:
        """Frame n is all grey of code value 20 + 4n (n up to 48)."""
        grey = f"geq=lum='{FIRST_GREY}+{GREY_STEP}*mod(N,50)':cb=128:cr=128"
        source = f"color=s={WIDTH}x{HEIGHT}:r={rate},format=yuv420p,{grey}"
        tags = ("-crf", "4", "-colorspace", "bt709", "-color_range", "tv")
        return self.video(name, source, frames, *tags)

    def flat(self, grey: int, frames: int = 48) -> MediaRef:
        source = f"color=s={WIDTH}x{HEIGHT}:r=24,format=yuv420p,geq=lum={grey}:cb=128:cr=128"
        return self.video(f"flat{grey}_{frames}", source, frames, "-crf", "4")

    def sound(self, name: str, samples: NDArray[np.float32], rate: int = 48_000) -> MediaRef:
        """A float WAV of samples of shape (n,) or (n, channels)."""
        path = self.folder / f"{name}.wav"
        channels = 1 if samples.ndim == 1 else samples.shape[1]
        raw = self.folder / f"{name}.f32"
        raw.write_bytes(np.ascontiguousarray(samples, np.float32).tobytes())
        layout = ("-f", "f32le", "-ar", str(rate), "-ac", str(channels))
        ffmpeg(*layout, "-i", str(raw), "-c:a", "pcm_f32le", str(path))
        return MediaRef(self.keep(path), MediaKind.SOUND)


def clip(media: MediaRef, start: int = 0, length: int | None = None, name: str = "") -> Clip:
    """A clip of a medium from `start`, by default to its end."""
    assert media.available is not None or length is not None
    frames = length if length is not None else (media.available.end if media.available else 0) - start
    return Clip(media, FrameRange(start, frames), (), name)


def heard(media: MediaRef, record: int, length: int) -> SoundClip:
    return SoundClip(media, record, length)


def noise(seconds: float, level: float = 0.2, seed: int = 1) -> NDArray[np.float32]:
    """Mono noise with no offset, `level` RMS."""
    count = round(seconds * 48_000)
    return (np.random.default_rng(seed).standard_normal(count) * level).astype(np.float32)


def greys(path: Path) -> NDArray[np.float64]:
    """Mean luma code value of every frame."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:v", "-fps_mode", "passthrough"]
    argv += ["-vf", f"crop={WIDTH}:{HEIGHT}:0:0,extractplanes=y", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    means: NDArray[np.float64] = np.frombuffer(raw, np.uint8).reshape(-1, WIDTH * HEIGHT).mean(axis=1)
    return means


def numbers(values: NDArray[np.float64]) -> list[int]:
    """The frame numbers that greys of a ramp clip stand for."""
    return [round((value - FIRST_GREY) / GREY_STEP) for value in values]


def pcm(path: Path) -> NDArray[np.float32]:
    """The decoded sound of a file, shape (n, 2), 48 kHz."""
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a", "-f", "f32le", "-ac", "2"]
    raw = subprocess.run([*argv, "-ar", "48000", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("media"))


@pytest.fixture
def cache(tmp_path: Path) -> SegmentCache:
    return SegmentCache(tmp_path / "cache")


@pytest.fixture(scope="session")
def spec() -> AssemblySpec:
    return AssemblySpec(PictureSpec(WIDTH, HEIGHT), workers=2)
