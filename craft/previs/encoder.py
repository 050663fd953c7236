"""Raw frames straight into ffmpeg, written beside the target and renamed.

``CLIP`` is the picture everybody can play: H.264 yuv420p bt709, closed groups of 48. The other forms are
lossless FFV1 in Matroska, for passes whose numbers are read back.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from craft.previs.errors import EncodeFailed


@dataclass(frozen=True)
class Form:
    """How frames come in (ffmpeg pixel format, whether the bottom row is first) and how they are coded."""

    pixels: str
    arguments: tuple[str, ...]
    flipped: bool = False


_BT709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
_H264 = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-threads", "1", "-g", "48", "-flags", "+cgop"),
    *("-bf", "2", "-pix_fmt", "yuv420p", *_BT709),
    *("-video_track_timescale", "90000", "-movflags", "+faststart", "-f", "mp4"),
)


def _lossless(pixels: str) -> tuple[str, ...]:
    return (
        *("-c:v", "ffv1", "-level", "3", "-g", "1", "-threads", "1", "-pix_fmt", pixels),
        "-f",
        "matroska",
    )


CLIP = Form("rgb24", _H264, flipped=True)
PREVIEW = Form("rgb24", _H264)
GREY = Form("gray", _lossless("gray"))
GREY16 = Form("gray16le", _lossless("gray16le"))
RGB = Form("rgb24", _lossless("gbrp"))
RGB16 = Form("gbrp16le", _lossless("gbrp16le"))


def _filters(form: Form) -> list[str]:
    if "libx264" not in form.arguments:
        return []
    matrix = "in_color_matrix=bt709:out_color_matrix=bt709:in_range=pc:out_range=tv:flags=bilinear"
    return ["-vf", f"{'vflip,' if form.flipped else ''}scale={matrix},format=yuv420p"]


def _command(width: int, height: int, rate: str, target: Path, form: Form) -> list[str]:
    return [
        *("ffmpeg", "-y", "-nostdin", "-loglevel", "error", "-filter_threads", "1"),
        *("-f", "rawvideo", "-pix_fmt", form.pixels, "-s", f"{width}x{height}", "-r", rate, "-i", "pipe:0"),
        *("-an", *_filters(form), *form.arguments, str(target)),
    ]


class Encoder:
    """Context manager: ``write`` frames as the form says; leaving without error puts the file in place."""

    def __init__(self, out: Path, width: int, height: int, rate: str, form: Form = CLIP) -> None:
        self.out = out
        self._draft = out.with_name(f".{out.name}.{os.getpid()}.part")
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        command = _command(width, height, rate, self._draft, form)
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors
            )
        except OSError as error:
            self._errors.close()
            raise EncodeFailed(f"ffmpeg could not be started: {error}; nothing was written") from error

    def __enter__(self) -> Encoder:
        return self

    def write(self, frame: bytes) -> None:
        """One frame. Raises EncodeFailed when the encoder has gone."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(frame)
        except BrokenPipeError as error:
            self._process.wait()
            raise EncodeFailed(
                f"{self.out}: the encoder stopped ({self._tail()}); nothing was left"
            ) from error

    def _tail(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read()[-400:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no message"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._close(failed=kind is not None)
        finally:
            self._errors.close()
            self._draft.unlink(missing_ok=True)

    def _close(self, *, failed: bool) -> None:
        if failed:
            self._process.kill()
        stdin = self._process.stdin
        try:
            if stdin is not None:
                stdin.close()
        except BrokenPipeError:
            pass  # the exit status below tells the story
        code = self._process.wait()
        if failed:
            return
        if code != 0:
            raise EncodeFailed(
                f"{self.out}: the encoder ended with status {code} ({self._tail()}); nothing was left"
            )
        self._draft.replace(self.out)
