"""`./slate doctor`: what this machine has, where from, what works, and the next step for what does not."""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from launcher import frontend
from launcher.console import Console
from launcher.layout import Layout
from launcher.packages import NEEDS, Need, by_hand
from launcher.preparing import cores
from launcher.running import answer
from launcher.state import is_running, read_state

LEAST_FREE_GB = 4.0
# A picture has to come out: on some machines the libraries open and no device answers.
EGL_SCRIPT = """
import moderngl
context = moderngl.create_context(standalone=True, backend="egl", libgl="libGL.so.1", libegl="libEGL.so.1")
target = context.simple_framebuffer((4, 4)); target.use(); context.clear(1.0, 0.0, 0.0, 1.0)
assert target.read(components=3)[:3] == bytes((255, 0, 0)), "the drawn colour is wrong"
print(context.info["GL_RENDERER"])
"""


@dataclass(frozen=True)
class Row:
    """One line of the report. `state` is ok, missing, broken or note."""

    name: str
    state: str
    version: str = ""
    where: str = ""
    next_step: str = ""


def examine(layout: Layout) -> list[Row]:
    """All rows, read only: nothing is installed or started."""
    rows = [_python(), _environment(layout)]
    rows += [_need(layout, need) for need in NEEDS]
    rows += [_egl_draws(layout), _front_end(layout), _models(layout), _disk(layout), _services(layout)]
    rows.append(Row("cores", "ok", str(cores())))
    if sys.platform == "darwin":
        rows.append(
            Row("macOS", "note", platform.mac_ver()[0], next_step="Slate has not been verified on macOS.")
        )
    return rows


def report(layout: Layout, console: Console, *, as_json: bool) -> int:
    """Print the report. 0 when nothing required is missing or broken."""
    rows = examine(layout)
    optional = {need.name for need in NEEDS if not need.required} | {"3D drawing"}
    sound = all(row.state in {"ok", "note"} or row.name in optional for row in rows)
    if as_json:
        console.say(json.dumps({"ok": sound, "rows": [asdict(row) for row in rows]}, indent=1))
        return 0 if sound else 1
    for row in rows:
        console.say(f"{row.state:<8} {row.name:<16} {row.version:<24} {row.where}".rstrip())
        if row.next_step:
            console.say(f"{'':<8} → {row.next_step}")
    console.say(
        "Ready."
        if sound
        else "Something required is missing: see the arrows. ./slate up installs what it can by itself."
    )
    return 0 if sound else 1


def _python() -> Row:
    return Row("Python", "ok", platform.python_version(), sys.executable)


def _environment(layout: Layout) -> Row:
    version = answer(
        [
            layout.python,
            "-c",
            "import django, platform; print(platform.python_version(), 'Django', django.__version__)",
        ]
    )
    if version:
        return Row("environment", "ok", version, str(layout.venv))
    return Row("environment", "missing", where=str(layout.venv), next_step="./slate up makes it.")


def _models(layout: Layout) -> Row:
    """The libraries of self-hosted models; nobody needs them who has no weights."""
    script = (
        "from importlib.metadata import version; print('torch', version('torch'), 'peft', version('peft'))"
    )
    seen = answer([layout.python, "-c", script])
    step = "" if seen else "./slate engines install, for weights of your own; nothing else needs it."
    return Row("own models", "ok" if seen else "note", seen, next_step=step)


def _need(layout: Layout, need: Need) -> Row:
    found = need.find(layout)
    if found is None:
        step = "./slate up fetches it" if need.wheel else by_hand([need])
        step += f" (without it {need.without})" if need.without else ""
        return Row(need.name, "missing", next_step=step)
    where = f"{found.path} (from a wheel)" if found.carried else found.path
    return Row(need.name, "ok", _version(need.name, found.path), where)


VERSIONS: dict[str, Callable[[str], str]] = {
    "Postgres": lambda path: answer([Path(path) / "postgres", "--version"]),
    "Redis": lambda path: answer([path, "--version"]),
    "ffmpeg": lambda path: answer([path, "-version"]),
    "ffprobe": lambda path: answer([path, "-version"]),
    "fluidsynth": lambda path: answer([path, "--version"]),
    "bubblewrap": lambda path: answer([path, "--version"]),
    "Node": lambda path: answer([path, "--version"]),
    "Chromium": lambda path: answer([path, "--version"]),
}


def _version(name: str, path: str) -> str:
    ask = VERSIONS.get(name)
    text = ask(path) if ask else ""
    found = re.search(r"\d+\.\d+(?:\.\d+)*", text)
    return found[0] if found else ""


def _egl_draws(layout: Layout) -> Row:
    if not layout.python.exists():
        return Row(
            "3D drawing",
            "note",
            "not measured",
            next_step="It is tried once ./slate up made the environment.",
        )
    drawn = answer([layout.python, "-c", EGL_SCRIPT], seconds=60.0)
    if drawn:
        return Row("3D drawing", "ok", drawn.splitlines()[-1][:40])
    return Row(
        "3D drawing",
        "broken",
        next_step="EGL gives no picture: keyframes will be 2D board cards. "
        + by_hand([n for n in NEEDS if "EGL" in n.name]),
    )


def _front_end(layout: Layout) -> Row:
    manifest = layout.root / frontend.MANIFEST
    if manifest.exists():
        return Row("front end", "ok", where=str(manifest.relative_to(layout.root)))
    return Row("front end", "missing", next_step="./slate up builds it.")


def _disk(layout: Layout) -> Row:
    there = next(path for path in (layout.data, *layout.data.parents) if path.exists())
    free = shutil.disk_usage(there).free / 1e9
    low = free < LEAST_FREE_GB
    return Row(
        "disk",
        "broken" if low else "ok",
        f"{free:.0f} GB free",
        str(there),
        f"Slate wants {LEAST_FREE_GB:.0f} GB free." if low else "",
    )


def _services(layout: Layout) -> Row:
    if is_running(layout):
        return Row("services", "ok", "running", str(read_state(layout).get("address", "")))
    return Row("services", "note", "not running", str(layout.data), "./slate up starts them.")
