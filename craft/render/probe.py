"""What a media file is: streams, exact frame count, rate, colour tags.

An ordinary H.264 film without sound is read by us (`avc.py`): that is most of what is cut here. ffprobe answers for
anything else; where it is missing, MP4 and MOV files are still read from their own boxes (fields the boxes do not carry
stay empty) and other files raise `ProbeError("no_ffprobe")`.
"""

from __future__ import annotations

import functools
import hashlib
import json
import subprocess
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

from craft.render.avc import Film, read_film
from craft.render.errors import ProbeError
from craft.render.mp4 import read_mp4
from craft.render.tools import Tools, find_tools

PROBE_SECONDS = 60
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,avi,wav,flac,ogg,mp3,aac,image2,png_pipe,jpeg_pipe,webp_pipe,"
    "bmp_pipe,tiff_pipe,gif"
)
"""Containers that hold their own bytes. Play lists are not among them: those name other files to read."""

CONTAINER = "mov,mp4,m4a,3gp,3g2,mj2"
"""What ffprobe calls an MP4."""
STILLS = ("image2", "jpeg_pipe", "png_pipe", "webp_pipe", "tiff_pipe")
PATTERN_SIGNS = frozenset("%*?{[")
"""Signs by which ffmpeg takes the name of a picture for a pattern of many."""
ORIENTATION = 0x0112
EXACT = ("mov,mp4", *STILLS, "bmp_pipe", "avi")
"""Containers whose tables tell the rate of their frames exactly, and stills."""
INDEXED = ("mov,mp4", "matroska")
"""Containers (as ffprobe calls them) with an index that finds the key frame before a time."""


RGB = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "x2rgb", "x2bgr", "pal", "ya", "xyz", "bayer")
ALPHA = ("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya", "pal")
"""How names of pixel formats begin. Grey with alpha is drawn as RGB is."""


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """A picture stream. `frames` is counted, not announced; `fps` is None for a still.

    `seekable` says that the key frame before a time can be found; `rotation` is how far it has to be turned
    against the clock, in degrees, by its container, `exif` the orientation (1 to 8) that a still asks for.
    """

    codec: str
    width: int
    height: int
    frames: int
    fps: Fraction | None
    average_fps: Fraction | None
    start: Fraction
    pixels: str = ""
    matrix: str = ""
    primaries: str = ""
    transfer: str = ""
    colour_range: str = ""
    rotation: int = 0
    field_order: str = ""
    sample_aspect: Fraction = Fraction(1)
    config_hash: str = ""
    seekable: bool = False
    duration: Fraction | None = None
    exif: int = 1
    uneven: bool = False

    @property
    def lies(self) -> bool:
        """True when the picture is stored on its side."""
        return self.rotation in (90, 270) or self.exif >= 5

    @property
    def rgb(self) -> bool:
        """True for red, green and blue, with a palette or without."""
        return self.pixels.startswith(RGB)

    @property
    def alpha(self) -> bool:
        """True when the pixels may be transparent."""
        return self.pixels.startswith(ALPHA)

    @property
    def full_range(self) -> bool:
        """True when black is 0 and white the highest value."""
        return self.colour_range == "pc" or self.pixels.startswith("yuvj")

    @property
    def variable(self) -> bool:
        """True when the frames do not keep one rate."""
        if self.fps is None or self.average_fps is None:
            return False
        return self.uneven or abs(self.fps - self.average_fps) > self.fps / 1000


@dataclass(frozen=True, slots=True)
class SoundInfo:
    """A sound stream; `duration` is None where nothing says."""

    codec: str
    sample_rate: int
    channels: int
    duration: Fraction | None
    start: Fraction


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A media file: its first picture and its first sound stream, where it has them."""

    container: str
    duration: Fraction | None
    picture: PictureInfo | None
    sound: SoundInfo | None


def probe(path: Path, tools: Tools | None = None) -> MediaInfo:
    """Describe a media file. Raises `ProbeError` when it is not one or cannot be read to its end."""
    tools = tools or find_tools()
    if not path.is_file():
        raise ProbeError("missing", f"{path.name} does not exist")
    if (film := read_film(path)) is not None:
        return _from_film(film)
    if tools.ffprobe is None:
        return _from_boxes(path)
    return _from_report(_report(path, tools.ffprobe), path, tools.ffprobe)


def picture_start(path: Path, tools: Tools) -> Fraction | None:
    """The time stamp of a file's first picture, in seconds; None for a file that is sound alone.

    Sound of a file with a picture is counted from there, so that both begin together where one is late. None
    also for what cannot be read: whoever decodes it says so.
    """
    state = path.stat()
    return _picture_start(path, state.st_mtime_ns, state.st_size, tools.ffprobe)


@functools.lru_cache(maxsize=1024)
def _picture_start(path: Path, changed: int, size: int, ffprobe: str | None) -> Fraction | None:
    if read_film(path) is not None:
        return Fraction(0)
    if ffprobe is None:
        return None
    shown = "stream=codec_type,start_time:stream_disposition=attached_pic"
    argv = [ffprobe, "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", FORMATS]
    argv += ["-show_entries", shown, "-of", "json", str(path)]
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=PROBE_SECONDS
        )
        report = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    starts = [
        _number(stream.get("start_time"))
        for stream in report.get("streams", [])
        if stream.get("codec_type") == "video" and not _cover(stream)
    ]
    return starts[0] if starts else None


def _report(path: Path, ffprobe: str) -> dict[str, Any]:
    argv = [ffprobe, "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", FORMATS]
    argv += [
        "-count_packets",
        "-show_data_hash",
        "sha256",
        "-show_streams",
        "-show_format",
        "-of",
        "json",
        str(path),
    ]
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=PROBE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProbeError("unreadable", f"{path.name} could not be read", str(error)) from error
    tail = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0:
        raise ProbeError("unreadable", f"{path.name} is not a readable media file", tail)
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise ProbeError("unreadable", f"{path.name} could not be described", tail) from error
    return report


def _from_report(report: dict[str, Any], path: Path, ffprobe: str) -> MediaInfo:
    pictures = [s for s in report.get("streams", []) if s.get("codec_type") == "video" and not _cover(s)]
    sounds = [s for s in report.get("streams", []) if s.get("codec_type") == "audio"]
    if not pictures and not sounds:
        raise ProbeError("no_streams", f"{path.name} has neither picture nor sound")
    layout = report.get("format", {})
    container = str(layout.get("format_name", ""))
    if container == "image2" and PATTERN_SIGNS.intersection(str(path)):
        raise ProbeError("pattern_name", f"{path.name} is a name that means other files too; rename it")
    picture = _picture(pictures[0], container, path) if pictures else None
    if picture is not None and picture.fps is not None and not container.startswith(EXACT):
        picture = _timed(picture, path, ffprobe)
    return MediaInfo(
        container=container,
        duration=_number(layout.get("duration")),
        picture=picture,
        sound=_sound(sounds[0]) if sounds else None,
    )


def _cover(stream: dict[str, Any]) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _number(text: Any) -> Fraction | None:
    try:
        value = Fraction(str(text).replace(":", "/"))
    except (ValueError, ZeroDivisionError):
        return None
    return value


def _picture(stream: dict[str, Any], container: str, path: Path) -> PictureInfo:
    if not stream.get("width") or not stream.get("height"):
        raise ProbeError("unreadable", f"{path.name} does not say how large its picture is")
    rotation = next((side["rotation"] for side in stream.get("side_data_list", []) if "rotation" in side), 0)
    return PictureInfo(
        codec=str(stream.get("codec_name", "")),
        width=int(stream["width"]),
        height=int(stream["height"]),
        frames=int(stream.get("nb_read_packets", 0)),
        fps=_number(stream.get("r_frame_rate")) or None,
        average_fps=_number(stream.get("avg_frame_rate")) or None,
        start=_number(stream.get("start_time")) or Fraction(0),
        pixels=str(stream.get("pix_fmt", "")),
        matrix=str(stream.get("color_space", "")),
        primaries=str(stream.get("color_primaries", "")),
        transfer=str(stream.get("color_transfer", "")),
        colour_range=str(stream.get("color_range", "")),
        rotation=int(rotation) % 360,
        field_order=str(stream.get("field_order", "")),
        sample_aspect=_number(stream.get("sample_aspect_ratio")) or Fraction(1),
        config_hash=str(stream.get("extradata_hash", "")).removeprefix("SHA256:").lower(),
        seekable=container.startswith(INDEXED),
        duration=_number(stream.get("duration")),
        exif=_orientation(path) if container in STILLS else 1,
    )


def _orientation(path: Path) -> int:
    """How a still is to be set upright, from its Exif data; 1 (as it is) where nothing says."""
    try:
        with Image.open(path) as image:
            told = image.getexif().get(ORIENTATION, 1)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 1  # a kind of picture that only ffmpeg reads, or damaged data of this kind
    return told if isinstance(told, int) and 1 <= told <= 8 else 1


def _timed(picture: PictureInfo, path: Path, ffprobe: str) -> PictureInfo:
    """The picture with its rate, start and duration by the time stamps of its packets.

    Some containers announce a rate that their frames do not keep. Raises `ProbeError("no_times")` where some
    frames have a time and others have none.
    """
    argv = [ffprobe, "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", FORMATS]
    argv += ["-select_streams", "V:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0", str(path)]
    try:
        told = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=PROBE_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise ProbeError("unreadable", f"{path.name} could not be read", str(error)) from error
    found = [_number(line.split(b",")[0].decode("ascii", "replace")) for line in told.splitlines() if line]
    times = sorted(time for time in found if time is not None)
    if not times or picture.fps is None:
        return picture  # AVI frames have an order and no times
    if len(times) < len(found):
        raise ProbeError("no_times", f"{path.name} has frames without a time")
    step, first = 1 / picture.fps, times[0]
    even = all(abs(time - first - number * step) < step / 4 for number, time in enumerate(times))
    span = times[-1] - first
    return replace(
        picture,
        average_fps=picture.fps if even or not span else (len(times) - 1) / span,
        uneven=not even,
        duration=span + step,
    )


def _sound(stream: dict[str, Any]) -> SoundInfo:
    return SoundInfo(
        codec=str(stream.get("codec_name", "")),
        sample_rate=int(stream.get("sample_rate", 0)),
        channels=int(stream.get("channels", 0)),
        duration=_number(stream.get("duration")),
        start=_number(stream.get("start_time")) or Fraction(0),
    )


def _from_film(film: Film) -> MediaInfo:
    """An ordinary film as ffprobe would describe it, to the millionth of a second that it gives."""
    table, limits = film.table, {None: "", True: "tv", False: "pc"}
    picture = PictureInfo(
        codec="h264",
        width=table.width,
        height=table.height,
        frames=table.count,
        fps=film.fps,
        average_fps=film.fps,
        start=Fraction(0),
        pixels="yuv420p" if film.colour.limited is not False else "yuvj420p",
        matrix=film.colour.matrix,
        primaries=film.colour.primaries,
        transfer=film.colour.transfer,
        colour_range=limits[film.colour.limited],
        field_order="progressive",
        config_hash=hashlib.sha256(table.configuration).hexdigest(),
        seekable=True,
        duration=_microseconds(film.duration),
    )
    return MediaInfo(CONTAINER, _microseconds(film.movie), picture, None)


def _microseconds(seconds: Fraction) -> Fraction:
    return Fraction(round(seconds * 1_000_000), 1_000_000)


def _from_boxes(path: Path) -> MediaInfo:
    if path.suffix.lower() not in {".mp4", ".mov", ".m4a", ".m4v"}:
        raise ProbeError(
            "no_ffprobe", f"{path.name} can only be described by ffprobe, which is not installed"
        )
    tracks = read_mp4(path)
    picture = next((track for track in tracks if track.kind == "video"), None)
    heard = next((track for track in tracks if track.kind == "audio"), None)
    seen = None
    if picture is not None:
        step = picture.step()
        seen = PictureInfo(
            codec=picture.codec,
            width=picture.width,
            height=picture.height,
            frames=picture.samples,
            fps=Fraction(picture.timescale, step) if step else None,
            average_fps=Fraction(picture.timescale * picture.samples, picture.media_ticks),
            start=picture.start,
            config_hash=picture.config_hash,
        )
    sound = None
    if heard is not None:
        length = Fraction(heard.media_ticks, heard.timescale)
        sound = SoundInfo(heard.codec, heard.timescale, 0, length, heard.start)
    longest = max((track.shown for track in tracks), default=None)
    return MediaInfo("mov,mp4", longest, seen, sound)


def transparent(path: Path) -> bool:
    """True when a still hides something: pixels that may be transparent often are not."""
    try:
        with Image.open(path) as image:
            shares = image.convert("RGBA").getchannel("A").histogram()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return True
    return any(shares[:255])
