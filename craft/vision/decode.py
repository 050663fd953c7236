"""One decode: an ffmpeg child turns a file into small raw frames on a pipe, and nothing else of it reaches
us.

The argument list is fixed, only the file's own path is put in, only the `file` protocol is allowed, and a
watchdog ends a child that takes too long. Frames are limited-range YUV 4:2:0 in the BT.601 matrix (what
OpenCV converts from), at most 57,600 pixels (320 by 180, or 180 by 320).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from craft.vision.errors import MediaError

MOST_PIXELS = 320 * 180
PROBE_SECONDS = 30
Plane = npt.NDArray[np.uint8]
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_RECORDINGS = (b"RIFF", b"\x1aE\xdf\xa3", b"OggS", b"\0\0\x01\xba", b"fLaC", b"FLV", b"ID3", b"\x06\x0e+4")
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,mxf,yuv4mpegpipe,ivf,"
    "wav,mp3,flac,aac,aiff,gif,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,apng"
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What the container says: display size in pixels, frames per second, seconds, and frames when it counts
    them.
    """

    width: int
    height: int
    rate: Fraction
    seconds: float
    frames: int | None

    def small(self, most_pixels: int = MOST_PIXELS) -> tuple[int, int]:
        """The size frames are measured at: even, never larger than the picture or than so many pixels."""
        scale = min(1.0, (most_pixels / (self.width * self.height)) ** 0.5)
        return max(16, int(self.width * scale) // 2 * 2), max(16, int(self.height * scale) // 2 * 2)


@dataclass(frozen=True, slots=True)
class Frame:
    """One small frame: luma `(h, w)` and the whole I420 buffer `(h * 3 / 2, w)`, limited range."""

    luma: Plane
    i420: Plane


def tool(name: str) -> str:
    """The path of ffmpeg or ffprobe. Raises `MediaError` media.tool."""
    found = shutil.which(name)
    if found is None:
        raise MediaError(
            "media.tool", f"{name} is not installed; install ffmpeg (it carries {name}) and run it again."
        )
    return found


def probe(path: Path) -> Probe:
    """Read size, rate and length of the first video stream. Raises `MediaError`.

    Without ffprobe (some packages of ffmpeg leave it out) ffmpeg tells size and rate, not the length.
    """
    _present(path)
    if shutil.which("ffprobe") is None:
        return _probe_by_frame(path)
    entries = "stream=width,height,avg_frame_rate,r_frame_rate,nb_frames,duration"
    entries += ":stream_side_data=rotation:format=duration"
    source, stdin = _source(path)
    command = [tool("ffprobe"), "-v", "error", "-select_streams", "v:0", "-show_entries", entries]
    done = _asked([*command, "-of", "json", *source], path, stdin)
    if done.returncode != 0:
        raise _unreadable(path)
    told = json.loads(done.stdout or b"{}")
    streams = told.get("streams") or []
    if not streams or not streams[0].get("width"):
        raise MediaError("media.format", f"{path.name} has no picture; give a video or an image.")
    return _probe(streams[0], told.get("format", {}))


def _probe_by_frame(path: Path) -> Probe:
    """Size and rate from the header of one frame in the YUV4MPEG2 format: "YUV4MPEG2 W640 H360 F24:1 …"."""
    source, stdin = _source(path)
    command = [tool("ffmpeg"), "-v", "error", "-nostdin", *source, "-map", "0:v:0", "-frames:v", "1"]
    done = _asked([*command, "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe", "pipe:1"], path, stdin)
    if b"matches no streams" in done.stderr:
        raise MediaError("media.format", f"{path.name} has no picture; give a video or an image.")
    header = done.stdout.partition(b"\n")[0].decode("ascii", "replace")
    words = {word[0]: word[1:] for word in header.split()[1:]}
    if not header.startswith("YUV4MPEG2 ") or not {"W", "H", "F"} <= words.keys():
        raise _unreadable(path)
    rate = _rate(words["F"].replace(":", "/")) or Fraction(25)
    return Probe(int(words["W"]), int(words["H"]), rate, 0.0, None)


def _asked(command: list[str], path: Path, stdin: Path) -> subprocess.CompletedProcess[bytes]:
    try:
        with stdin.open("rb") as given:
            return subprocess.run(
                command, stdin=given, capture_output=True, timeout=PROBE_SECONDS, check=False
            )
    except subprocess.TimeoutExpired as error:
        raise MediaError("media.timeout", f"{path.name} could not be read in {PROBE_SECONDS} s.") from error


def _probe(stream: dict[str, Any], container: dict[str, Any]) -> Probe:
    width, height = int(stream["width"]), int(stream["height"])
    turned = any(abs(int(side.get("rotation", 0))) % 180 == 90 for side in stream.get("side_data_list", []))
    rate = _rate(stream.get("avg_frame_rate")) or _rate(stream.get("r_frame_rate")) or Fraction(25)
    seconds = float(stream.get("duration") or container.get("duration") or 0.0)
    frames = int(stream["nb_frames"]) if str(stream.get("nb_frames", "")).isdigit() else None
    return Probe(height if turned else width, width if turned else height, rate, seconds, frames)


def _rate(text: str | None) -> Fraction | None:
    top, _, bottom = (text or "0/0").partition("/")
    return Fraction(int(top), int(bottom)) if int(top) and int(bottom or 0) else None


def frames(
    path: Path, found: Probe, *, timeout: float = 300.0, most_pixels: int = MOST_PIXELS
) -> Iterator[Frame]:
    """Every frame of the first video stream, in order. Raises `MediaError` media.damaged, media.timeout."""
    width, height = found.small(most_pixels)
    scale = f"scale={width}:{height}:flags=area:out_color_matrix=bt601:out_range=tv,format=yuv420p"
    source, stdin = _source(path)
    command = [tool("ffmpeg"), "-v", "error", "-nostdin", "-threads", "1", *source]
    command += ["-map", "0:v:0", "-vf", scale, "-fps_mode", "passthrough"]
    command += ["-f", "rawvideo", "pipe:1"]
    for buffer in _pieces(command, width * height * 3 // 2, path, timeout, stdin):
        picture = np.frombuffer(buffer, np.uint8).reshape(height * 3 // 2, width)
        yield Frame(picture[:height], picture)


def samples(path: Path, *, rate: int = 8000, timeout: float = 300.0) -> npt.NDArray[np.int16]:
    """The first audio stream as mono 16-bit samples. Raises `MediaError`."""
    _present(path)
    source, stdin = _source(path)
    command = [tool("ffmpeg"), "-v", "error", "-nostdin", *source]
    command += ["-map", "0:a:0", "-ac", "1", "-ar", str(rate), "-f", "s16le", "pipe:1"]
    return np.frombuffer(b"".join(_pieces(command, 1 << 16, path, timeout, stdin, whole=False)), "<i2")


def _pieces(
    command: list[str], size: int, path: Path, timeout: float, stdin: Path, *, whole: bool = True
) -> Iterator[bytes]:
    """The child's output in pieces of one size; the child is ended when the caller stops early."""
    expired = threading.Event()
    with tempfile.TemporaryFile() as log, stdin.open("rb") as given:
        child = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=log, bufsize=size)

        def expire() -> None:
            expired.set()
            child.kill()

        watchdog = threading.Timer(timeout, expire)
        watchdog.start()
        try:
            assert child.stdout is not None  # it was asked for above
            while piece := child.stdout.read(size):
                if len(piece) == size or not whole:
                    yield piece
            status = child.wait()
        finally:
            watchdog.cancel()
            child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()
        if expired.is_set():
            raise MediaError(
                "media.timeout", f"{path.name} took longer than {timeout:.0f} s to decode and was stopped."
            )
        if status != 0:
            raise MediaError(
                "media.damaged", f"{path.name} cannot be decoded: {_tail(log)}. Fetch or make it again."
            )


def _tail(log: IO[bytes]) -> str:
    """The decoder's last words, without the file's path."""
    log.seek(0, 2)
    log.seek(max(0, log.tell() - 400))
    lines = log.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].split(": ")[-1][:160] if lines else "it gave no reason"


def _present(path: Path) -> None:
    if not path.is_file():
        raise MediaError("media.missing", f"{path.name} is not there.")
    if path.stat().st_size == 0:
        raise MediaError("media.empty", f"{path.name} is an empty file. Fetch or make it again.")


def _unreadable(path: Path) -> MediaError:
    start = _start(path)
    if start.startswith(_PICTURES + _RECORDINGS) or start[4:8] in (b"ftyp", b"moov", b"mdat"):
        return MediaError("media.damaged", f"{path.name} is cut short or damaged. Fetch or make it again.")
    return MediaError("media.format", f"{path.name} is not a picture or a video that can be read.")


def _source(path: Path) -> tuple[list[str], Path]:
    """The input arguments for a file, and what the child's stdin is.

    Pictures go through stdin, because a number sign in a picture's name would be read as a series of
    pictures. For
    all others the scheme keeps a name such as "concat:a|b" or "-y" from being read as anything but a file.
    Only formats of pictures and recordings are opened: a text, a playlist or a script is not.
    """
    allowed = ["-format_whitelist", _FORMATS]
    if _start(path).startswith(_PICTURES) or _start(path)[8:12] == b"WEBP":
        return ["-protocol_whitelist", "pipe", *allowed, "-i", "pipe:0"], path
    return ["-protocol_whitelist", "file", *allowed, "-i", f"file:{path.resolve()}"], Path(os.devnull)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(12)
