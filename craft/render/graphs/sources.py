"""A source as it comes, made into what every graph works on: upright, whole frames, BT.709 video range, no alpha.

    decode (turned by ffmpeg) → fields made whole → alpha laid on black → tones and colours → fitted into the frame

Steps that change nothing are left out: an idle filter still costs a copy of every frame.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from craft.render.graphs.base import Stream, contained, opened, upright
from craft.render.probe import PictureInfo

SCALER = "bicubic+accurate_rnd+full_chroma_int"
TOP_FIRST, BOTTOM_FIRST = ("tt", "bt"), ("bb", "tb")
"""Which field of a frame is shown first, as ffprobe tells it (stored order, then shown order)."""
MATRICES = {
    "smpte170m": "bt601",
    "bt470bg": "bt601",
    "smpte240m": "smpte240m",
    "fcc": "fcc",
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
}
HIGH_RANGE = {"smpte2084": "smpte2084", "arib-std-b67": "arib-std-b67"}
WIDE = {"bt2020": "2020", "smpte432": "smpte432", "smpte431": "smpte431"}
"""Primaries so far from BT.709 that colours look washed out when they are taken for it."""
ZIMG_MATRICES = {"bt2020nc": "2020_ncl", "bt2020c": "2020_cl", "bt709": "709", "ictcp": "ictcp"}
WHITE_NITS = 203
"""Where diffuse white lies in high dynamic range (ITU-R BT.2408)."""
PEAK_NITS = 1000
KNEE = 0.3
"""Light below this share of diffuse white keeps its level; what is above is bent towards white."""
TURNS: dict[int, tuple[tuple[str, dict[str, Any]], ...]] = {
    2: (("hflip", {}),),
    3: (("hflip", {}), ("vflip", {})),
    4: (("vflip", {}),),
    5: (("transpose", {"dir": "cclock_flip"}),),
    6: (("transpose", {"dir": "clock"}),),
    7: (("transpose", {"dir": "clock_flip"}),),
    8: (("transpose", {"dir": "cclock"}),),
}
"""How a picture is set upright, by the orientation that its Exif data names."""


def decoded_picture(path: Path, info: PictureInfo, **options: Any) -> Stream:
    """The frames of a file's picture, set upright and with their fields made whole."""
    turned = {"noautorotate": None} if info.exif in TURNS else {}
    # V leaves cover art out, as probing does
    stream = opened(path, threads=1, **turned, **options)["V"]
    for name, how in TURNS.get(info.exif, ()):
        stream = stream.filter(name, **how)
    if interlaced(info):
        parity = "tff" if info.field_order in TOP_FIRST else "bff"
        stream = stream.filter("bwdif", mode="send_frame", parity=parity, deint="all")
    return stream


def interlaced(info: PictureInfo) -> bool:
    """True when the stream says that its frames hold two fields of different times."""
    return info.field_order in (*TOP_FIRST, *BOTTOM_FIRST)


def needs_zscale(info: PictureInfo) -> bool:
    """True when its light or its primaries have to be converted, which swscale cannot."""
    return info.transfer in HIGH_RANGE or info.primaries in WIDE


def fitted(stream: Stream, info: PictureInfo, width: int, height: int, scaler: str = SCALER) -> Stream:
    """Into a frame (of even size) with bars where the shape differs, as BT.709 video range 4:2:0.

    `scaler` is how it is made larger or smaller, in the words of swscale.
    """
    fits = upright(info) == (width, height) and info.sample_aspect == 1
    size = None if fits else contained(info, width, height)
    if needs_zscale(info):
        stream = _toned(_scaled(stream, size, {}, scaler), info)
    else:
        if info.alpha:
            stream = _on_black(stream, info)
        if info.pixels.startswith("mono"):
            stream = stream.filter("format", "gray")  # or white would come out beyond video range
        stream = _scaled(stream, size, _conversion(info), scaler)
    stream = stream.filter("format", "yuv420p")
    if not fits:
        stream = stream.filter("pad", width, height, "(ow-iw)/2", "(oh-ih)/2", color="black")
    return stream.filter("setsar", 1)


def _scaled(stream: Stream, size: tuple[int, int] | None, colour: dict[str, str], scaler: str) -> Stream:
    if size is None and not colour:
        return stream
    room = {} if size is None else dict(zip("wh", size, strict=True))
    return stream.filter("scale", flags=scaler, **room, **colour)


def _conversion(info: PictureInfo) -> dict[str, str]:
    """Scaler options that bring the source to BT.709 video range; empty when it is there already.

    Tags are believed; untagged YUV is taken as BT.709 video range, which is what our own engines write.
    """
    wanted = {"out_color_matrix": "bt709", "out_range": "tv"}
    if info.alpha or info.rgb or info.pixels.startswith(("gray", "mono")):
        return wanted  # what had alpha is RGB by now
    matrix = MATRICES.get(info.matrix, "bt709")
    if matrix == "bt709" and not info.full_range:
        return {}
    return {"in_color_matrix": matrix, "in_range": "pc" if info.full_range else "tv", **wanted}


def _on_black(stream: Stream, info: PictureInfo) -> Stream:
    """Colours weighed by their alpha: what is transparent is black, as it is in an empty frame."""
    if not info.rgb:
        matrix = MATRICES.get(info.matrix, "bt709")
        read = {"in_color_matrix": matrix, "in_range": "pc" if info.full_range else "tv"}
        stream = stream.filter("scale", flags=SCALER, **read)
    return stream.filter("format", "gbrap").filter("premultiply", inplace=1).filter("format", "gbrp")


def _toned(stream: Stream, info: PictureInfo) -> Stream:
    """Light and colours brought to BT.709, above 8 bits.

    High dynamic range keeps its shadows and middle tones, with diffuse white a little below white, so that
    highlights up to 1000 nits have room; all three colours are bent by one factor, which keeps hues.
    """
    matrix = "gbr" if info.rgb else ZIMG_MATRICES.get(info.matrix, "2020_ncl")
    stream = stream.filter("format", "gbrp12le" if info.rgb else "yuv444p12le")
    read = {
        "matrixin": matrix,
        "rangein": "full" if info.rgb or info.full_range else "limited",
        "primariesin": WIDE.get(info.primaries, "709" if info.primaries == "bt709" else "2020"),
        "transferin": HIGH_RANGE.get(info.transfer, "709"),
    }
    # tags that contradict each other are refused, whatever is said here
    stream = stream.filter("setparams", range="unknown", colorspace="unknown")
    stream = stream.filter("setparams", color_primaries="unknown", color_trc="unknown")
    out = {"primaries": "709", "transfer": "709", "matrix": "709", "range": "limited"}
    if info.transfer not in HIGH_RANGE:
        return stream.filter("zscale", **read, **out)
    light = {"primaries": "709", "transfer": "linear", "matrix": "gbr", "range": "full"}
    stream = stream.filter("zscale", npl=WHITE_NITS, **read, **light).filter("format", "gbrpf32le")
    peak = float(Fraction(PEAK_NITS, WHITE_NITS))
    stream = stream.filter("tonemap", tonemap="mobius", param=KNEE, desat=0, peak=f"{peak:.4f}")
    return stream.filter("zscale", **out)
