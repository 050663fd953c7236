"""Single frames of a clip or a still as JPEG, for somebody who looks: a person or a model that sees."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from craft.vision import sandbox
from craft.vision.decode import tool
from craft.vision.errors import MediaError

QUALITY = 3
_BETWEEN = (b"\xff\xd9", b"\xff\xd8")


def evenly(frames: int, count: int) -> tuple[int, ...]:
    """The middles of `count` equal parts of a clip of so many frames, without repeats."""
    return tuple(dict.fromkeys(int((part + 0.5) * frames / count) for part in range(count)))


def jpegs(path: Path, at: Sequence[int], *, width: int = 768, timeout: float = 60.0) -> list[bytes]:
    """These frames (counted from 0, rising), at most `width` pixels across. Raises `MediaError`."""
    jailed = sandbox.available(tool("ffmpeg"))
    chosen = "+".join(f"eq(n,{number})" for number in at)
    graph = f"select='{chosen}',scale=w='min({width},iw)':h=-2"
    argv = ["-v", "error", "-nostdin", "-threads", "1", "-i", sandbox.media_name(path, jailed=jailed)]
    argv += ["-map", "0:V:0", "-vf", graph, "-fps_mode", "passthrough", "-frames:v", str(len(at))]
    argv += ["-c:v", "mjpeg", "-q:v", str(QUALITY), "-f", "image2pipe", "pipe:1"]
    child = sandbox.confined(tool("ffmpeg"), argv, path, seconds=timeout, jailed=jailed)
    try:
        done = subprocess.run(
            child.argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise MediaError("media.timeout", f"{path.name} took too long to decode.") from error
    found = _split(done.stdout)
    if done.returncode != 0 or len(found) != len(at):
        raise MediaError("media.damaged", f"{path.name} has not all frames that were asked for.")
    return found


def _split(data: bytes) -> list[bytes]:
    """Pictures written one after another: the end mark stands in a JPEG only at its end."""
    end, begin = _BETWEEN
    parts = data.split(end + begin)
    last = len(parts) - 1
    whole = [
        (begin if n else b"") + part + (end if n < last else b"") for n, part in enumerate(parts) if part
    ]
    return whole if data else []
