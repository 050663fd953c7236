"""What every graph shares: inputs that open one file and nothing else, time scales, colour tags."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from craft.render.probe import FORMATS, PictureInfo
from craft.terms import rates

Stream = Any
"""A node of ffmpeg-python, which has no types."""
Argv = list[str]

NO_CONCEALING = "-xerror"
"""The switch that ends a command at a frame that cannot be decoded: concealed, it would be grey or torn without
a word."""
AAC = {"acodec": "aac", "aac_coder": "fast", "aac_is": 0, "aac_pns": 0}
"""How sound is encoded: as a waveform in each channel, where the default draws noise by itself and folds channels into
one. At our bit rates that leaves less noise that could be heard, for half the time and less (`bench codec`)."""
COLOUR = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv"}


def ticks(rate: rates.FrameRate) -> int:
    """The MP4 time scale in which every frame of the rate is a whole number of ticks."""
    return rate.num if rate.den != 1 else rate.num * 1000


def argv_of(output: Stream, ffmpeg_path: str, *switches: str) -> Argv:
    """The argument list of a graph, with global switches ahead of it."""
    command: Argv = ffmpeg.compile(output, cmd=ffmpeg_path, overwrite_output=True)
    return [command[0], *switches, *command[1:]]


def opened(path: Path, **options: Any) -> Stream:
    """A file as an input that can open nothing but itself."""
    # absolute, or a name with a colon would be read as a protocol
    return ffmpeg.input(str(path.absolute()), protocol_whitelist="file", format_whitelist=FORMATS, **options)


def decimal(seconds: Fraction) -> str:
    """Seconds as ffmpeg reads them."""
    return f"{float(seconds):.9f}"


def upright(info: PictureInfo) -> tuple[int, int]:
    """Width and height of a picture once it is set upright."""
    return (info.height, info.width) if info.lies else (info.width, info.height)


def contained(info: PictureInfo, width: int, height: int) -> tuple[int, int]:
    """The largest even size of a picture's shape inside a room."""
    across, down = upright(info)
    # the samples are turned with the picture
    wide = across / info.sample_aspect if info.lies else across * info.sample_aspect
    factor = min(width / wide, Fraction(height, down))
    # the largest even size of the room itself, which an odd one does not have
    most = (width // 2 * 2, height // 2 * 2)
    return (
        max(2, min(most[0], round(wide * factor / 2) * 2)),
        max(2, min(most[1], round(down * factor / 2) * 2)),
    )
