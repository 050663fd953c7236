"""A small checkout of its own: the real launcher over a product of fifty lines, with real Postgres and Redis."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.console import Console
from launcher.layout import Layout, layout_of, prepare
from launcher.state import clear_leftovers

ROOT = Path(__file__).resolve().parents[2]

ASGI = """
import os

async def application(scope, receive, send):
    assert scope["type"] == "http"
    body = os.environ["DATABASE_URL"].encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""
CELERY = """
import os
from celery import Celery

app = Celery("tiny", broker=os.environ["REDIS_URL"].replace("unix://", "redis+socket://"))
"""
MANAGE = """
import os, sys, time
command = sys.argv[1]
if command == "sweep":
    print("sweeper ready; the key is", os.environ["SECRET_KEY"], flush=True)
    time.sleep(600)
elif command == "bootstrap":
    open(os.environ["SLATE_DATA"] + "/first-sign-in.txt", "w").close()
elif command == "demo":
    print('{"stage": "Keyframes", "done": 1, "total": 2, "note": ""}')
    print('{"result": {"master": "/m.mp4", "frames": 48, "fps": 24, "shots": 2}}')
elif command == "say":
    print("args", sys.argv[2:], os.environ["DJANGO_SETTINGS_MODULE"])
    sys.exit(int(sys.argv[2]))
with open("commands.txt", "a") as out:
    out.write(command + "\\n")
"""
SIGNER = """
import socket, sys, time
with socket.socket(socket.AF_UNIX) as server:
    server.bind(sys.argv[sys.argv.index("--socket") + 1])
    server.listen()
    time.sleep(600)
"""
FILES = {
    "config/__init__.py": "from config.celery import app\n",
    "config/asgi.py": ASGI,
    "config/celery.py": CELERY,
    "config/settings.py": "SECRET_KEY = 'x'\nINSTALLED_APPS = []\n",
    "manage.py": MANAGE,
    "vault/__init__.py": "",
    "vault/signer.py": SIGNER,
    "tiny/management/commands/bootstrap.py": "",
    "tiny/management/commands/demo.py": "",
}


@pytest.fixture
def console() -> Console:
    """A console that writes into memory."""
    return Console(io.StringIO())


def text_of(console: Console) -> str:
    """What a console of these tests was told."""
    assert isinstance(console.out, io.StringIO)
    return console.out.getvalue()


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Layout]:
    """A prepared layout in an empty checkout; whatever still runs in it is ended afterwards."""
    layout = layout_of(tmp_path / "checkout")
    layout.root.mkdir()
    prepare(layout)
    layout.venv.symlink_to(sys.prefix)
    yield layout
    clear_leftovers(layout)
    shutil.rmtree(layout.data, ignore_errors=True)
    shutil.rmtree(layout.sockets, ignore_errors=True)


@pytest.fixture
def tiny(checkout: Layout) -> Layout:
    """The checkout with the launcher and a tiny product in it."""
    shutil.copytree(
        ROOT / "launcher", checkout.root / "launcher", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "slate", checkout.root / "slate")
    for name, text in FILES.items():
        path = checkout.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return checkout


def start(layout: Layout, *words: str) -> subprocess.Popen[str]:
    """Start `./slate …` in a checkout, as a newcomer's shell would."""
    inherited = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return subprocess.Popen(
        [sys.executable, "slate", *words],
        cwd=layout.root,
        env=inherited,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
