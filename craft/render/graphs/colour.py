"""Colour on screen: grades as YUV primaries, everything else as one cube file in RGB of 16 bits."""

from __future__ import annotations

from craft.render.grade import Grade, curves
from craft.render.graphs.base import Stream
from craft.render.looks import Chain, needs_cube

HOP = {"filter": "bicubic"}
"""How zscale makes chroma as large as luma, and small again."""


def coloured(stream: Stream, chain: Chain, cube: str) -> Stream:
    """A colour chain on BT.709 video-range 4:2:0; `cube` names its file in the command's folder.

    The file is asked for only where `looks.needs_cube` says so; it is the bake of the whole chain.
    """
    if needs_cube(chain):
        return cubed(stream, cube)
    for effect in chain:
        if isinstance(effect, Grade):
            stream = primaries(stream, effect)
    return stream


def cubed(stream: Stream, cube: str) -> Stream:
    """Look every pixel up in a cube file: one conversion to RGB and one back.

    16 bits, because ffmpeg's 8-bit look-up is four times slower and bands; zscale, because it converts in
    half the time of swscale and keeps chroma where it is sited; bicubic, because its usual bilinear chroma
    loses twice as much on the way there and back. The tags are set first: zscale refuses pictures whose
    tags contradict each other, whatever it is told.
    """
    tagged = stream.filter(
        "setparams", range="tv", colorspace="bt709", color_primaries="bt709", color_trc="bt709"
    )
    wide = tagged.filter("zscale", matrixin="709", rangein="limited", matrix="gbr", range="full", **HOP)
    looked_up = wide.filter("format", "gbrp16").filter("lut3d", cube, interp="tetrahedral")
    back = looked_up.filter("zscale", matrixin="gbr", rangein="full", matrix="709", range="limited", **HOP)
    return back.filter("format", "yuv420p")


def primaries(stream: Stream, grade: Grade) -> Stream:
    """A grade without leaving YUV."""
    numbers = curves(grade)
    if numbers.shifts_chroma:
        # ahead of the luma table, because the offsets are functions of the luma before the grade
        stream = stream.filter(
            "colorcorrect",
            rl=f"{numbers.red_low:.6f}",
            rh=f"{numbers.red_high:.6f}",
            bl=f"{numbers.blue_low:.6f}",
            bh=f"{numbers.blue_high:.6f}",
            saturation=f"{numbers.chroma:.6f}",
        )
        return stream.filter("lutyuv", y=numbers.luma)
    chroma = f"clip(round((val-128)*{numbers.chroma:.6f}+128),16,240)"
    return stream.filter("lutyuv", y=numbers.luma, u=chroma, v=chroma)
