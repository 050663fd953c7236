"""The front end: packages from the lock file, one build into `static/dist`, nothing while unchanged."""

from __future__ import annotations

import os
from pathlib import Path

from launcher import tools
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout
from launcher.running import SetUp
from launcher.stamps import Stamps, fingerprint

SOURCES = ("frontend/**/*", "templates/**/*.html")
LOCK = ("frontend/package-lock.json",)
MANIFEST = Path("static/dist/.vite/manifest.json")


def ensure(layout: Layout, console: Console) -> None:
    """A built front end. Raises Failure with npm's log."""
    folder = layout.root / "frontend"
    if not (folder / "package.json").exists():
        return
    built = Stamps(layout.root / "static" / "dist" / ".vite" / "slate-stamps.json")
    state = fingerprint(layout.root, SOURCES)
    if built.fresh("sources", state) and (layout.root / MANIFEST).exists():
        return
    packages(layout, console)
    npm(layout, console, "Front end", "run", "build")
    if not (layout.root / MANIFEST).exists():
        raise Failure(
            "launcher.no_manifest", f"The front-end build left no {MANIFEST}.", log=layout.logs / "setup.log"
        )
    Stamps(layout.root / "static" / "dist" / ".vite" / "slate-stamps.json").set("sources", state)


def packages(layout: Layout, console: Console) -> None:
    """`npm ci` when the lock file changed. No package may run a script of its own."""
    stamps = Stamps(layout.root / "frontend" / "node_modules" / ".slate-stamps.json")
    state = fingerprint(layout.root, LOCK)
    if not stamps.fresh("lock", state):
        npm(layout, console, "Front-end packages", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        Stamps(layout.root / "frontend" / "node_modules" / ".slate-stamps.json").set("lock", state)


def npm(layout: Layout, console: Console, stage: str, *arguments: str) -> list[str]:
    """Run npm in `frontend/` and return its lines. Raises Failure."""
    found = tools.node(layout)
    command = tools.npm_of(found.path) if found else []
    if found is None or not command:
        raise Failure(
            "launcher.no_node", "No Node of at least 20.19 with npm was found.", next_step="./slate doctor"
        )
    # npm and the tools it starts look for `node` on the PATH.
    path = os.pathsep.join([str(Path(found.path).parent), os.environ.get("PATH", os.defpath)])
    env = {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1", "CI": "1", "NO_COLOR": "1"}
    return SetUp(console, layout.logs / "setup.log").run(
        stage, [*command, *arguments], cwd=layout.root / "frontend", env=env
    )
