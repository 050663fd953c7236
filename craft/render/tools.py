"""Which ffmpeg is used, and what build it is."""

from __future__ import annotations

import functools
import hashlib
import shutil
import subprocess
from dataclasses import dataclass

from craft.render.errors import ToolMissing


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs a render runs. `build` names the exact ffmpeg and goes into every segment's digest."""

    ffmpeg: str
    ffprobe: str | None
    build: str


@functools.cache
def find_tools(ffmpeg: str = "ffmpeg", ffprobe: str = "ffprobe") -> Tools:
    """Find ffmpeg on the PATH (or at a path) and ask its build. Raises `ToolMissing`.

    ffprobe may be absent: our own MP4 files are read without it, other media then ask for it.
    """
    found = shutil.which(ffmpeg)
    if found is None:
        raise ToolMissing("no_ffmpeg", "ffmpeg is not installed; install it or put it on the PATH")
    try:
        answer = subprocess.run(
            [found, "-version"], stdin=subprocess.DEVNULL, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ToolMissing("no_ffmpeg", f"ffmpeg does not start: {error}") from error
    first = answer.stdout.decode("utf-8", "replace").splitlines()[0]
    # the whole text names the libraries and the configuration, which also change pixels
    exact = hashlib.sha256(answer.stdout).hexdigest()[:12]
    return Tools(found, shutil.which(ffprobe), f"{' '.join(first.split()[:3])} {exact}")


@functools.cache
def has_filter(tools: Tools, name: str) -> bool:
    """True when this ffmpeg was built with a filter."""
    argv = [tools.ffmpeg, "-v", "error", "-h", f"filter={name}"]
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.startswith(b"Filter ")
