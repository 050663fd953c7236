"""Raw frames straight into ffmpeg: H.264 yuv420p bt709, closed groups of 48, written beside the target
and renamed.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO

from craft.previs.errors import EncodeFailed


def _command(width: int, height: int, rate: str, target: Path) -> list[str]:
    matrix = "in_color_matrix=bt709:out_color_matrix=bt709:in_range=pc:out_range=tv:flags=bilinear"
    convert = f"vflip,scale={matrix},format=yuv420p"
    return [
        "ffmpeg",
        "-y",
        "-nostdin",
        "-loglevel",
        "error",
        "-filter_threads",
        "1",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{width}x{height}",
        "-r",
        rate,
        "-i",
        "pipe:0",
        "-an",
        "-vf",
        convert,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "16",
        "-threads",
        "1",
        "-g",
        "48",
        "-flags",
        "+cgop",
        "-bf",
        "2",
        "-pix_fmt",
        "yuv420p",
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-color_range",
        "tv",
        "-video_track_timescale",
        "90000",
        "-movflags",
        "+faststart",
        "-f",
        "mp4",
        str(target),
    ]


class Encoder:
    """Context manager: ``write`` frames (RGB, bottom row first); leaving without error puts the file
    in place.
    """

    def __init__(self, out: Path, width: int, height: int, rate: str) -> None:
        self.out = out
        self._draft = out.with_name(f".{out.name}.{os.getpid()}.part")
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        command = _command(width, height, rate, self._draft)
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
            raise EncodeFailed(f"the encoder stopped: {self._tail()}") from error

    def _tail(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-400:].decode(errors="replace").strip() or "no message"

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
            raise EncodeFailed(f"the encoder ended with status {code}: {self._tail()}")
        self._draft.replace(self.out)
