"""Everything written on the picture, drawn in one pass from one file of fixed name."""

from __future__ import annotations

from craft.render.graphs.base import Stream
from craft.render.plan import Segment
from craft.render.titles import has_words, lead
from craft.terms import rates

WORDS_FILE = "words.ass"
"""Stands in the directory the command runs in, so that neither path nor text enters the graph."""


def worded(stream: Stream, segment: Segment, rate: rates.FrameRate) -> Stream:
    """Draw the segment's words; the stream's clock is shifted for titles that begin before the segment."""
    if not has_words(segment):
        return stream
    early = lead(segment)
    if not early:
        return stream.filter("ass", WORDS_FILE)
    late = stream.filter("setpts", f"PTS+{early * rate.den}/{rate.num}/TB")
    return late.filter("ass", WORDS_FILE).filter("setpts", "PTS-STARTPTS")
