"""Bars that give the picture another shape."""

from __future__ import annotations

from fractions import Fraction

from craft.render.graphs.base import Stream


def bars(width: int, height: int, shape: Fraction) -> tuple[int, int]:
    """The width of a bar at each side and the height of one at top and bottom; one of them is 0.

    Even, so that no bar ends within a chroma sample, and the same on both sides.
    """
    whole = Fraction(width, height)
    if shape > whole:
        return 0, 2 * round((height - width / shape) / 4)
    return 2 * round((width - height * shape) / 4), 0


def barred(stream: Stream, width: int, height: int, shape: Fraction | None) -> Stream:
    """Black outside `shape` of the frame; the stream itself where nothing is left to cover."""
    if shape is None:
        return stream
    side, top = bars(width, height, shape)
    if not side and not top:
        return stream
    return stream.filter(
        "fillborders", left=side, right=side, top=top, bottom=top, mode="fixed", color="black"
    )
