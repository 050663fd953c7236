"""Where foreign bytes are decoded: a child that sees one file and nothing else.

Every child runs under limits on processor time, memory, open files and written bytes. Where bubblewrap starts, it also
runs without network, without the machine's other files and without its environment; where not, `Child.sandboxed` is
False and the report says so.
"""

from __future__ import annotations

import functools
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MEMORY_MIB = 2048
OPEN_FILES = 64
WRITTEN_BLOCKS = 2048
"""512-byte blocks a child may write to files, its standard output among them where that is one: what leaves through a
pipe does not count.
"""
_BLOCK_BYTES = 512
INSIDE = "/in/media"
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Child:
    """An argument list ready to run, and whether the child sees nothing but its file."""

    argv: tuple[str, ...]
    sandboxed: bool


def confined(
    program: str,
    arguments: Sequence[str],
    media: Path,
    *,
    seconds: float,
    written: int = WRITTEN_BLOCKS * _BLOCK_BYTES,
    jailed: bool | None = None,
) -> Child:
    """The command that runs a program on one file under limits, in the sandbox where there is one.

    Arguments name the file as `media_name(media, …)` does. `seconds` bounds processor time, `written` the bytes it may
    write to any file, rounded up to whole blocks; `jailed` False forgoes the sandbox, None takes it where it works.
    """
    inside = available(program) if jailed is None else jailed
    command = [*_jail(program, media), program, *arguments] if inside else [program, *arguments]
    return Child((*_limits(seconds, math.ceil(written / _BLOCK_BYTES)), *command), inside)


def media_name(media: Path, *, jailed: bool) -> str:
    """What the child calls the file. The scheme keeps a name such as "concat:a|b" or "-y" from being read as anything
    but a file.
    """
    return f"file:{INSIDE}" if jailed else f"file:{media.resolve()}"


@functools.cache
def available(program: str) -> bool:
    """Whether the sandbox starts here and the program runs in it."""
    if shutil.which("bwrap") is None:
        return False
    command = [*_limits(_START_SECONDS), *_jail(program, Path(os.devnull)), program, "-version"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_START_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _limits(seconds: float, blocks: int = WRITTEN_BLOCKS) -> list[str]:
    """A shell that limits itself and becomes the command. A limit that cannot be set is already stricter.

    Limits set between fork and exec by Python itself would keep `subprocess` from vfork, and a large process pays more
    for a fork than the command costs.
    """
    wanted = {"t": math.ceil(seconds), "n": OPEN_FILES, "c": 0, "f": blocks}
    if sys.platform == "linux":
        wanted["v"] = MEMORY_MIB * 1024
    steps = "".join(f"ulimit -{what} {most} 2>/dev/null; " for what, most in wanted.items())
    return ["/bin/sh", "-c", f'{steps}exec "$@"', "sh"]


def _jail(program: str, media: Path) -> list[str]:
    argv = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    argv += ["--setenv", "PATH", os.defpath, "--ro-bind", "/usr", "/usr"]
    for name in ("lib", "lib64", "bin"):
        argv += ["--symlink", f"usr/{name}", f"/{name}"]
    for system in ("/etc/alternatives", "/etc/ld.so.cache"):
        argv += ["--ro-bind-try", system, system]
    real = str(Path(program).resolve())
    for own in {program, real} - {p for p in (program, real) if p.startswith(("/usr/", "/bin/"))}:
        argv += ["--ro-bind", real, own]
    argv += ["--proc", "/proc", "--dev", "/dev", "--size", str(16 << 20), "--tmpfs", "/tmp"]
    return [*argv, "--ro-bind", str(media.resolve()), INSIDE, "--"]
