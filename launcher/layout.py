"""Where one checkout keeps its things.

`.slate/` in the checkout holds the Python environment, logs, a lock and `state.json`. The data (cluster, queue,
media, keys) lies in `.slate/data`, or, when root starts Slate, under `/var/lib`, where the unprivileged account of
Postgres can reach it. Sockets lie in a short private folder: their paths may have 107 bytes (103 on macOS).
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from launcher.failures import Failure

SOCKET_BYTES = 103 if sys.platform == "darwin" else 107
LONGEST_SOCKET = ".s.PGSQL.5432"
SERVICE_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The unprivileged account Postgres and Redis run as when Slate is started by root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Layout:
    """All folders of one checkout. Paths are absolute; `account` is None unless root starts Slate."""

    root: Path
    state: Path
    data: Path
    sockets: Path
    account: Account | None = None

    @property
    def venv(self) -> Path:
        """The Python environment."""
        return self.state / "venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def logs(self) -> Path:
        """One file per process, and setup.log."""
        return self.state / "logs"

    @property
    def cluster(self) -> Path:
        """Postgres' data folder."""
        return self.data / "pg"

    @property
    def queue(self) -> Path:
        """Redis' data folder."""
        return self.data / "redis"

    @property
    def redis_socket(self) -> Path:
        """Redis' unix socket."""
        return self.sockets / "redis.sock"

    @property
    def signer_socket(self) -> Path:
        """The signer's unix socket."""
        return self.sockets / "signer.sock"


def layout_of(root: Path, *, uid: int | None = None) -> Layout:
    """The layout of a checkout for the user who starts it (default: the present one)."""
    root = root.resolve()
    mark = hashlib.sha1(str(root).encode(), usedforsecurity=False).hexdigest()[:10]
    as_root = (os.geteuid() if uid is None else uid) == 0
    state = root / ".slate"
    data = Path("/var/lib") / f"slate-{mark}" if as_root else state / "data"
    return Layout(root, state, data, _short_folder(mark), service_account() if as_root else None)


def service_account() -> Account:
    """The account for Postgres and Redis under root. Raises Failure when the system has none."""
    for name in SERVICE_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Failure(
        "launcher.no_account",
        "Postgres refuses to run as root, and neither the account postgres nor nobody exists.",
        next_step="Start ./slate as an ordinary user.",
    )


def _short_folder(mark: str) -> Path:
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):
        folder = base / f"slate-{mark}"
        if len(os.fsencode(folder / LONGEST_SOCKET)) <= SOCKET_BYTES:
            return folder
    raise Failure(
        "launcher.long_path",
        f"No folder short enough for sockets ({SOCKET_BYTES} bytes).",
        next_step="Set TMPDIR to a short path.",
    )


def prepare(layout: Layout) -> None:
    """Make the folders with their owners and modes. Safe to repeat. Raises Failure."""
    try:
        for folder in (layout.state, layout.logs):
            folder.mkdir(parents=True, exist_ok=True)
        # Others' accounts may pass through (Postgres has its own), not look in.
        layout.data.mkdir(parents=True, exist_ok=True)
        layout.data.chmod(0o711 if layout.account else 0o700)
        for folder in (layout.cluster, layout.queue):
            _private(folder, layout.account)
        _private(layout.sockets, layout.account)
    except OSError as error:
        raise Failure(
            "launcher.folders",
            f"A folder cannot be made: {error}.",
            next_step="Check the rights and the free space of that path.",
        ) from error


def _private(folder: Path, account: Account | None) -> None:
    """A folder of mode 0700 that belongs to the service account; refuses one that somebody else put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise Failure(
            "launcher.foreign_folder",
            f"{folder} is not a folder of this user; sockets would not be private there.",
            next_step="Remove it or set TMPDIR to a folder of your own.",
        )
    folder.chmod(0o700)
    if account and found.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
