"""What a media file is: streams, exact frame count, rate, colour tags.

ffprobe answers for anything; where it is missing, MP4 and MOV files are still read from their own boxes
(fields the boxes do not carry stay empty) and other files raise `ProbeError("no_ffprobe")`.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from craft.render.errors import ProbeError
from craft.render.mp4 import read_mp4
from craft.render.tools import Tools, find_tools

PROBE_SECONDS = 60
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,avi,wav,flac,ogg,mp3,aac,image2,png_pipe,jpeg_pipe,webp_pipe,"
    "bmp_pipe,tiff_pipe,gif"
)
"""Containers that hold their own bytes. Play lists are not among them: those name other files to read."""

INDEXED = ("mov,mp4", "matroska")
"""Containers (as ffprobe calls them) with an index that finds the key frame before a time."""


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """A picture stream. `frames` is counted, not announced; `fps` is None for a still.

    `seekable` says that the key frame before a time can be found.
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

    @property
    def variable(self) -> bool:
        """True when the frames do not keep one rate."""
        if self.fps is None or self.average_fps is None:
            return False
        return abs(self.fps - self.average_fps) > self.fps / 1000


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
    if tools.ffprobe is None:
        return _from_boxes(path)
    return _from_report(_report(path, tools.ffprobe), path)


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
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _from_report(report: dict[str, Any], path: Path) -> MediaInfo:
    pictures = [s for s in report.get("streams", []) if s.get("codec_type") == "video" and not _cover(s)]
    sounds = [s for s in report.get("streams", []) if s.get("codec_type") == "audio"]
    if not pictures and not sounds:
        raise ProbeError("no_streams", f"{path.name} has neither picture nor sound")
    layout = report.get("format", {})
    return MediaInfo(
        container=str(layout.get("format_name", "")),
        duration=_number(layout.get("duration")),
        picture=_picture(pictures[0], str(layout.get("format_name", ""))) if pictures else None,
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


def _picture(stream: dict[str, Any], container: str) -> PictureInfo:
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
    )


def _sound(stream: dict[str, Any]) -> SoundInfo:
    return SoundInfo(
        codec=str(stream.get("codec_name", "")),
        sample_rate=int(stream.get("sample_rate", 0)),
        channels=int(stream.get("channels", 0)),
        duration=_number(stream.get("duration")),
        start=_number(stream.get("start_time")) or Fraction(0),
    )


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
