"""Frame shapes as engines name them. A shape that an engine does not have is refused, never stretched."""

from __future__ import annotations

from collections.abc import Iterable

# 1366 × 768 is still 16:9 to everybody.
TOLERANCE = 0.02


def aspect_of(width: int, height: int, allowed: Iterable[str]) -> str | None:
    """Which of `allowed` ("16:9", "1280:720") a frame has, within 2 %; the first that fits, None for none."""
    for name in allowed:
        across, down = (float(part) for part in name.split(":"))
        if abs(width / height * down / across - 1) <= TOLERANCE:
            return name
    return None


def enough(width: int, sizes: Iterable[tuple[str, int]]) -> str | None:
    """The smallest of (name, pixels across), rising, that is at least so wide; None when all are smaller."""
    return next((name for name, across in sizes if across >= width), None)


def on_grid(width: int, height: int, grid: int) -> tuple[int, int]:
    """The frame on an engine's grid of so many pixels: never smaller, at most a grid step larger."""
    return -(-width // grid) * grid, -(-height // grid) * grid
