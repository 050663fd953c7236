"""A real signer process, small real media and, for Django, settings that point at them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vault.signer_client import SignerClient

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class RunningSigner:
    """The process, its socket and its home."""

    process: subprocess.Popen[str]
    socket: Path
    home: Path

    @property
    def client(self) -> SignerClient:
        return SignerClient(self.socket, patience=0.3)


def start_signer(folder: Path) -> RunningSigner:
    """Start `python -m vault.signer` and wait until it answers."""
    socket, home = folder / "s.sock", folder / "home"
    command = [sys.executable, "-m", "vault.signer", "--socket", str(socket), "--home", str(home)]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.DEVNULL)
    SignerClient(socket, patience=10).health()
    return RunningSigner(process, socket, home)


def stop(signer: RunningSigner) -> None:
    if signer.process.poll() is None:
        signer.process.terminate()
        signer.process.wait(10)


@pytest.fixture(scope="session")
def signer() -> Iterator[RunningSigner]:
    """One signer for the tests that only use it."""
    with tempfile.TemporaryDirectory(prefix="slate-s-") as folder:
        running = start_signer(Path(folder))
        yield running
        stop(running)


@pytest.fixture
def own_signer() -> Iterator[Callable[[], RunningSigner]]:
    """Starts a signer again and again on the same folder, for tests that stop it."""
    with tempfile.TemporaryDirectory(prefix="slate-s-") as folder:
        started: list[RunningSigner] = []

        def start() -> RunningSigner:
            started.append(start_signer(Path(folder)))
            return started[-1]

        yield start
        for running in started:
            stop(running)


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True, timeout=60)


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Unsigned files: a one-second clip with sound, another clip, a frame, a tone."""
    folder = tmp_path_factory.mktemp("media")
    files = {name: folder / name for name in ("clip.mp4", "other.mp4", "frame.png", "tone.wav")}
    tone = ("-f", "lavfi", "-i", "sine=d=1")
    for name, source in (("clip.mp4", "testsrc"), ("other.mp4", "testsrc2")):
        picture = ("-f", "lavfi", "-i", f"{source}=d=1:s=160x90:r=24")
        encode = (
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-shortest",
        )
        _ffmpeg(*picture, *tone, *encode, "-movflags", "+faststart", str(files[name]))
    _ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=160x90:r=1", "-frames:v", "1", str(files["frame.png"]))
    _ffmpeg(*tone, str(files["tone.wav"]))
    return files


def wait_until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Poll a condition."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


@pytest.fixture
def vault_ground(settings: Any, tmp_path: Path, signer: RunningSigner) -> Path:
    """The vault in a folder of this test, signing with the session's signer. Returns the folder."""
    folder = tmp_path / "vault"
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = {**settings.STORAGES, "vault": local}
    settings.SLATE_SIGNER_SOCKET, settings.SLATE_SIGNER_HOME = str(signer.socket), signer.home
    return folder
