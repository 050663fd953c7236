"""One decode: a confined ffmpeg child turns a file into small raw frames on a pipe, and nothing else of it reaches us.

The argument list is fixed, only the file's own name is put in, only formats of pictures and recordings are opened, and
a watchdog ends a child that takes too long. Luma comes for every frame, at most 57,600 pixels (320 by 180, or 180 by
320), limited range as OpenCV and the thresholds know it. Whole pictures ("looks") come for a few frames, on a second
pipe of the same decode: what shrinking would hide is measured there.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import IO

import cv2
import numpy as np
import numpy.typing as npt

from craft.vision import sandbox
from craft.vision.decoder_log import Listener, Told
from craft.vision.errors import MediaError

MOST_PIXELS = 320 * 180
LOOK_EVERY = 48
EARLY_LOOK = 12
"""Short clips are looked at more than once, too."""
_PICTURE_PIXELS = 8192 * 4320
_PIPE_BYTES = 1 << 20
_HEADER_SECONDS = 5.0
_HEADER_BYTES = 512
_DEFAULT_RATE = Fraction(25)
Plane = npt.NDArray[np.uint8]
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_RECORDINGS = (b"RIFF", b"\x1aE\xdf\xa3", b"OggS", b"\0\0\x01\xba", b"fLaC", b"FLV", b"ID3", b"\x06\x0e+4")
_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,mxf,yuv4mpegpipe,ivf,"
    "wav,mp3,flac,aac,aiff,gif,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,apng"
)
_TO_LIMITED = np.round(16 + np.arange(256) * 219 / 255).astype(np.uint8)
_STOPPED = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Look:
    """A whole picture: its frame number and its planes, luma `(h, w)` and two of colour at half the size, in the
    file's own range.
    """

    number: int
    y: Plane
    u: Plane
    v: Plane


def tool(name: str) -> str:
    """The path of ffmpeg or ffprobe. Raises `MediaError` media.tool."""
    found = shutil.which(name)
    if found is None:
        raise MediaError(
            "media.tool", f"{name} is not installed; install ffmpeg (it carries {name}) and run it again."
        )
    return found


class Decoding:
    """A file being decoded, as a context that iterates over the luma of every frame in order.

    With `looks`, `look_at` must be given a function before the first frame is taken. `only_first` ends after one frame.
    Raises `MediaError` on
    entering (media.missing, media.empty, media.tool, media.format, media.damaged) and on iterating (media.damaged,
    media.stopped, media.timeout).
    """

    def __init__(
        self,
        path: Path,
        *,
        most_pixels: int = MOST_PIXELS,
        looks: bool = False,
        only_first: bool = False,
        timeout: float = 300.0,
        jailed: bool | None = None,
    ) -> None:
        self.path, self.width, self.height = path, 0, 0
        self.sandboxed = False
        self.frames = 0
        self._most, self._only_first = most_pixels, only_first
        self._timeout, self._jailed = timeout, jailed
        self._expired = threading.Event()
        self._looks = looks
        self._look_pipe: IO[bytes] | None = None
        self._looker: _Looker | None = None

    def __enter__(self) -> Decoding:
        _present(self.path)
        self._start()
        try:
            self.width, self.height, self._rate = _y4m_header(self._out)
            self._listener.described.wait(_HEADER_SECONDS)
        except EOFError:
            self._end()
            raise self._failed() or MediaError(
                "media.empty", f"{self.path.name} has no frames. Fetch or make it again."
            ) from None
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def __iter__(self) -> Iterator[Plane]:
        full = self.told.full_range
        while self._more():
            luma = np.empty((self.height, self.width), np.uint8)
            if self._out.readinto(luma.data) < luma.size:  # type: ignore[attr-defined]  # a buffered reader
                break
            self.frames += 1
            yield np.asarray(cv2.LUT(luma, _TO_LIMITED), np.uint8) if full else luma
        self._end(wait=True)
        if failure := self._failed():
            raise failure

    def look_at(self, show: Callable[[Look], None]) -> None:
        """Call `show` for every look, from another thread, until the last frame."""
        assert self._look_pipe is not None  # opened with looks
        self._looker = _Looker(self._look_pipe, show)
        self._looker.start()

    @property
    def told(self) -> Told:
        """What ffmpeg has said so far; complete after the last frame."""
        return self._listener.told

    @property
    def rate(self) -> Fraction:
        """Frames per second as the file tells it."""
        return self.told.rate or self._rate

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def _more(self) -> bool:
        head = self._out.readline(_HEADER_BYTES)
        if head and not head.startswith(b"FRAME"):
            raise MediaError(
                "media.damaged", f"{self.path.name} changes its picture size midway; convert it."
            )
        return bool(head)

    def _start(self) -> None:
        jailed = sandbox.available(tool("ffmpeg")) if self._jailed is None else self._jailed
        source, stdin = _source(self.path, jailed=jailed)
        ours, theirs = os.pipe() if self._looks else (-1, -1)
        arguments = _arguments(source, self._most, theirs, only_first=self._only_first)
        child = sandbox.confined(
            tool("ffmpeg"), arguments, self.path, seconds=self._timeout + 1, jailed=jailed
        )
        self.sandboxed = child.sandboxed
        passed = (theirs,) if self._looks else ()
        with stdin.open("rb") as given:
            self._child = subprocess.Popen(
                child.argv, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=passed
            )
        assert self._child.stdout is not None and self._child.stderr is not None  # asked for above
        self._out: IO[bytes] = self._child.stdout
        _widen(self._out.fileno())
        self._listener = Listener(self._child.stderr)
        self._listener.start()
        if self._looks:
            os.close(theirs)
            _widen(ours)
            self._look_pipe = os.fdopen(ours, "rb")
        self._watchdog = threading.Timer(self._timeout, self._expire)
        self._watchdog.start()

    def _expire(self) -> None:
        self._expired.set()
        self._child.kill()

    def _end(self, *, wait: bool = False) -> None:
        """Let the child finish, or end it, and gather what its threads know."""
        if not wait:
            self._child.kill()
        self._child.wait()
        self._watchdog.cancel()
        self._listener.join()
        if self._looker is not None:
            self._looker.join()
        for stream in (self._child.stdout, self._child.stderr, self._look_pipe):
            if stream is not None:
                stream.close()

    def _failed(self) -> MediaError | BaseException | None:
        """Why the decode is not to be believed, if it is not."""
        name, told, status = self.path.name, self.told, self._child.returncode
        if self._expired.is_set():
            return MediaError(
                "media.timeout", f"{name} took longer than {self._timeout:.0f} s to decode and was stopped."
            )
        ended_by = -status if status < 0 else status - 128
        if ended_by in _STOPPED or status == 255:
            return MediaError("media.stopped", f"Decoding {name} was stopped from outside. Measure it again.")
        if told.without_picture:
            return MediaError("media.format", f"{name} has no picture; give a video or an image.")
        if status != 0 and not told.codec:
            return _unreadable(self.path)
        if status != 0 or told.missing:
            why = (told.missing or [told.last_error or "it gave no reason"])[0].split(": ")[-1][:160]
            return MediaError("media.damaged", f"{name} cannot be decoded: {why}. Fetch or make it again.")
        return self._looker.failure if self._looker else None


class _Looker(threading.Thread):
    """Reads whole pictures from the second pipe and shows them to a function."""

    def __init__(self, stream: IO[bytes], show: Callable[[Look], None]) -> None:
        super().__init__(daemon=True)
        self.failure: BaseException | None = None
        self._stream, self._show = stream, show

    def run(self) -> None:
        """Until the child closes its end; a failure is kept for whoever waits, and the rest is read away."""
        with self._stream as stream:
            try:
                width, height, _rate = _y4m_header(stream)
                for number in look_numbers():
                    if not stream.readline(_HEADER_BYTES).startswith(b"FRAME"):
                        return
                    self._show(_look(stream, number, width, height))
            except EOFError:
                return
            except Exception as error:
                self.failure = error
                while stream.read(_PIPE_BYTES):
                    pass


def look_numbers() -> Iterator[int]:
    """The frames that are looked at whole, without end."""
    yield from (0, EARLY_LOOK)
    number = LOOK_EVERY
    while True:
        yield number
        number += LOOK_EVERY


def _look(stream: IO[bytes], number: int, width: int, height: int) -> Look:
    across, down = (width + 1) // 2, (height + 1) // 2
    planes = []
    for h, w in ((height, width), (down, across), (down, across)):
        plane = np.empty((h, w), np.uint8)
        if stream.readinto(plane.data) < plane.size:  # type: ignore[attr-defined]  # a buffered reader
            raise EOFError
        planes.append(plane)
    return Look(number, *planes)


def _y4m_header(stream: IO[bytes]) -> tuple[int, int, Fraction]:
    """Width, height and rate of "YUV4MPEG2 W640 H360 F24:1 …". Raises EOFError."""
    header = stream.readline(_HEADER_BYTES).decode("ascii", "replace")
    words = {word[0]: word[1:] for word in header.split()[1:]}
    if not header.startswith("YUV4MPEG2 ") or not {"W", "H"} <= words.keys():
        raise EOFError
    top, _, bottom = words.get("F", "0:0").partition(":")
    rate = Fraction(int(top), int(bottom)) if int(top) and int(bottom or 0) else _DEFAULT_RATE
    return int(words["W"]), int(words["H"]), rate


def _arguments(source: list[str], most_pixels: int, look_pipe: int, *, only_first: bool) -> list[str]:
    """Luma of every frame to stdout and, with a second pipe, whole pictures of a few frames to it.

    Levels are passed on as they are ("in_range=pc" on both sides): a conversion between ranges or matrices would cost
    more than all checks, and the tags tell what they mean.
    """
    side = f"max(16,trunc({{0}}*min(1,sqrt({most_pixels}/(iw*ih)))/2)*2)"
    small = f"scale=w='{side.format('iw')}':h='{side.format('ih')}':flags=area:in_range=pc"
    told = "sidedata=mode=delete,showinfo=checksum=0"
    once = ["-frames:v", "1"] if only_first else []
    out = [*once, "-fps_mode", "passthrough", "-f", "yuv4mpegpipe"]
    argv = ["-hide_banner", "-nostats", "-benchmark", "-v", "level+info", "-nostdin", "-filter_threads", "1"]
    argv += ["-threads", "1", *source]
    argv += ["-map", "0:V:0", "-vf", f"{told},{small},format=gray", *out, "pipe:1"]
    if look_pipe >= 0:
        chosen = f"select='eq(n,{EARLY_LOOK})+not(mod(n,{LOOK_EVERY}))',scale=in_range=pc:out_range=pc,format=yuv420p"
        argv += ["-map", "0:V:0", "-vf", chosen, *out, f"pipe:{look_pipe}"]
    return argv


def samples(path: Path, *, rate: int = 8000, timeout: float = 300.0) -> npt.NDArray[np.int16]:
    """The first audio stream as mono 16-bit samples; none when there is no sound. Raises `MediaError`."""
    _present(path)
    jailed = sandbox.available(tool("ffmpeg"))
    source, stdin = _source(path, jailed=jailed)
    arguments = ["-v", "error", "-nostdin", "-threads", "1", *source, "-map", "0:a:0", "-ac", "1"]
    arguments += ["-ar", str(rate), "-f", "s16le", "pipe:1"]
    child = sandbox.confined(tool("ffmpeg"), arguments, path, seconds=timeout, jailed=jailed)
    try:
        with stdin.open("rb") as given:
            done = subprocess.run(child.argv, stdin=given, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise MediaError(
            "media.timeout", f"{path.name} took longer than {timeout:.0f} s to decode and was stopped."
        ) from error
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = lines[-1].split(": ")[-1][:160] if lines else "it gave no reason"
        raise MediaError("media.damaged", f"{path.name} cannot be decoded: {why}. Fetch or make it again.")
    return np.frombuffer(done.stdout[: len(done.stdout) // 2 * 2], "<i2")


def _widen(pipe: int) -> None:
    """A pipe that holds many frames wakes both sides less often; where that is refused it stays as it was."""
    if sys.platform == "linux":
        try:
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        except OSError:
            return


def _present(path: Path) -> None:
    if not path.is_file():
        raise MediaError("media.missing", f"{path.name} is not there.")
    if path.stat().st_size == 0:
        raise MediaError("media.empty", f"{path.name} is an empty file. Fetch or make it again.")


def _unreadable(path: Path) -> MediaError:
    start = _beginning(path)
    if start.startswith(_PICTURES + _RECORDINGS) or start[4:8] in (b"ftyp", b"moov", b"mdat"):
        return MediaError("media.damaged", f"{path.name} is cut short or damaged. Fetch or make it again.")
    return MediaError("media.format", f"{path.name} is not a picture or a video that can be read.")


def _source(path: Path, *, jailed: bool) -> tuple[list[str], Path]:
    """The input arguments for a file, and what the child's stdin is.

    Pictures go through stdin, because a number sign in a picture's name would be read as a series of pictures. Only
    formats of pictures and recordings are opened: a text, a playlist or a script is not.
    """
    allowed = ["-format_whitelist", _FORMATS, "-max_pixels", str(_PICTURE_PIXELS), "-max_streams", "16"]
    start = _beginning(path)
    if start.startswith(_PICTURES) or start[8:12] == b"WEBP":
        return ["-protocol_whitelist", "pipe", *allowed, "-i", "pipe:0"], path
    name = sandbox.media_name(path, jailed=jailed)
    return ["-protocol_whitelist", "file", *allowed, "-i", name], Path(os.devnull)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(12)
