"""What the fake engine makes: small real media, so that everything behind it treats them as foreign files."""

from __future__ import annotations

import io
import random
import shutil
import struct
import subprocess
import tempfile
import wave
import zlib
from pathlib import Path
from typing import Any


def make(kind: str, params: dict[str, Any], seed: int) -> tuple[str, bytes]:
    """(MIME type, bytes) of a result. Raises ValueError for an unknown kind, RuntimeError without ffmpeg."""
    if kind == "keyframe":
        return "image/png", png(int(params.get("width", 64)), int(params.get("height", 36)), seed)
    if kind == "clip":
        return "video/mp4", clip(params, seed)
    if kind in {"speech", "score", "effect"}:
        return "audio/wav", tone(float(params.get("seconds") or 1.0), seed)
    raise ValueError(f"this engine makes no {kind}")


def png(width: int, height: int, seed: int) -> bytes:
    """A gradient between two seeded colours, as PNG."""
    rng = random.Random(seed)
    a, b = ([rng.randrange(40, 216) for _ in range(3)] for _ in range(2))
    rows = bytearray()
    for y in range(height):
        t = y / max(1, height - 1)
        rows += b"\0" + bytes(round(p + (q - p) * t) for p, q in zip(a, b, strict=True)) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def tone(seconds: float, seed: int, rate: int = 24_000) -> bytes:
    """A decaying square tone, as mono 16-bit WAV."""
    period = 40 + seed % 160
    count = int(seconds * rate)
    samples = b"".join(
        struct.pack("<h", (6000 if n // period % 2 else -6000) * (count - n) // max(1, count))
        for n in range(count)
    )
    held = io.BytesIO()
    with wave.open(held, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples)
    return held.getvalue()


def clip(params: dict[str, Any], seed: int) -> bytes:
    """A moving test picture of exactly the asked frames, size and rate, as MP4; nothing to be seen in a `black` one."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise RuntimeError("the fake engine makes clips with ffmpeg, which is not installed")
    width, height = int(params.get("width", 64)), int(params.get("height", 36))
    frames, rate = int(params.get("frames", 24)), str(params.get("rate", "24"))
    drawn = "color=black:" if params.get("black") else f"gradients=seed={seed % 10_000}:speed=0.05:"
    source = f"{drawn}size={width}x{height}:rate={rate}"
    with tempfile.TemporaryDirectory(prefix="fake-engine-") as folder:
        out = Path(folder) / "clip.mp4"
        argv = [ffmpeg, "-v", "error", "-nostdin", "-f", "lavfi", "-i", source, "-frames:v", str(frames)]
        argv += [
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-threads",
            "1",
            "-pix_fmt",
            "yuv420p",
            "-y",
            str(out),
        ]
        subprocess.run(argv, check=True, timeout=120, stdin=subprocess.DEVNULL)
        return out.read_bytes()
