"""Ordinary silent clips in the codings that engines send, made by ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

_H264 = ["-c:v", "libx264", "-threads", "1", "-pix_fmt"]
_SLICES = ["-x264-params", "cabac=0:slices=4"]
_BT709 = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
_HEVC = ["-c:v", "libx265", "-x265-params", "log-level=none", "-tag:v", "hvc1", "-pix_fmt", "yuv420p"]
CODINGS: dict[str, tuple[str, list[str]]] = {
    "reordered": ("s=160x90:r=24:d=1.5", [*_H264, "yuv420p", "-bf", "3"]),
    "in_order": ("s=160x90:r=30:d=1", [*_H264, "yuv420p", "-bf", "0", "-movflags", "+faststart"]),
    "film_on_television": ("s=160x90:r=24000/1001:d=1.5", [*_H264, "yuv420p"]),
    "odd_sides": ("s=161x91:r=25:d=1", [*_H264, "yuv444p", *_SLICES]),
    "ten_bits": ("s=160x90:r=24:d=0.5", [*_H264, "yuv420p10le"]),
    "cropped": ("s=1920x1080:r=24:d=0.2", [*_H264, "yuv420p", "-preset", "ultrafast"]),
    "one_frame": ("s=64x36:r=24:d=0.04", [*_H264, "yuv420p"]),
    "turned": ("s=160x90:r=24:d=0.5", [*_H264, "yuv420p", "-metadata:s:v", "rotate=90"]),
    "named_colours": ("s=160x90:r=24:d=0.5", [*_H264, "yuv420p", *_BT709, "-movflags", "+write_colr"]),
    "hevc": ("s=160x90:r=24:d=1", _HEVC),
}


def clip(path: Path, coding: str = "reordered") -> Path:
    """A moving test picture in one of the codings."""
    source, options = CODINGS[coding]
    return encoded(path, ["-f", "lavfi", "-i", f"testsrc2={source}"], options)


def encoded(path: Path, sources: list[str], options: list[str]) -> Path:
    """What ffmpeg makes of the sources with the options."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", *sources, *options, str(path)], check=True, timeout=60)
    return path
