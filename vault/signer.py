"""The signer: the only process that holds the key which certifies files.

    python -m vault.signer --socket PATH --home FOLDER

It answers four questions on a unix socket: `sign` (claim bytes → ES256 signature), `chain`, `root` and
`health`. It knows nothing of studios, Django or files. Each signature is noted in `claims.log` (hash of the
claim, never the claim) before it leaves. Callers run as the same user; on Linux the kernel vouches for that
with each connection. In a bigger installation the same four answers come from a key service.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import fcntl
import hashlib
import json
import os
import resource
import signal
import socket
import socketserver
import stat
import struct
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vault.authority import RENEW_BEFORE, Authority, AuthorityBroken, open_authority
from vault.wire import WireError, receive, send

IDLE_SECONDS = 30.0
PEER_CREDENTIALS = struct.Struct("3i")


class Refused(Exception):
    """A request that is not answered; the code and text go back to the caller."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ClaimLog:
    """Append-only list of what was signed: time, SHA-256 of the claim bytes, leaf. One JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.count = 0

    def note(self, claim: bytes, leaf_id: str) -> None:
        """Append one line; raises OSError when it cannot, and then nothing is signed."""
        row = {
            "at": datetime.now(UTC).isoformat(),
            "claim": hashlib.sha256(claim).hexdigest(),
            "leaf": leaf_id,
        }
        os.write(self._handle, (json.dumps(row) + "\n").encode())
        self.count += 1


class Desk:
    """Holds the authority and answers requests; safe for many threads."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._authority = open_authority(home)
        self._log = ClaimLog(home / "claims.log")
        self._answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "sign": self._sign,
            "chain": self._chain,
            "root": self._root,
            "health": self._health,
        }

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request. Raises Refused."""
        verb = self._answers.get(str(request.get("op")))
        if verb is None:
            raise Refused("unknown_op", "Ask for sign, chain, root or health.")
        return verb(request)

    def authority(self) -> Authority:
        """The authority of this moment; the leaf is renewed when it has signed for 30 days."""
        with self._lock:
            if self._authority.not_after - datetime.now(UTC) < RENEW_BEFORE:
                self._authority = open_authority(self._home)
            return self._authority

    def _sign(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            claim = base64.b64decode(str(request.get("data", "")), validate=True)
        except binascii.Error as error:
            raise Refused("bad_data", "The claim is not base64.") from error
        authority = self.authority()
        if not claim:
            raise Refused("bad_data", "There is nothing to sign.")
        if request.get("leaf") != authority.leaf_id:
            raise Refused("leaf_changed", "The signing certificate was renewed; fetch the chain again.")
        with self._lock:
            self._log.note(claim, authority.leaf_id)
        return {"signature": base64.b64encode(authority.leaf.sign_raw(claim)).decode()}

    def _chain(self, request: dict[str, Any]) -> dict[str, Any]:
        authority = self.authority()
        return {"chain": authority.chain_pem.decode(), "leaf": authority.leaf_id}

    def _root(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"root": self.authority().root_pem.decode()}

    def _health(self, request: dict[str, Any]) -> dict[str, Any]:
        authority = self.authority()
        left = authority.not_after - datetime.now(UTC)
        return {
            "ok": True,
            "leaf": authority.leaf_id,
            "leaf_ends": authority.not_after.isoformat(),
            "leaf_days_left": left.days,
            "signed": self._log.count,
        }


class Connection(socketserver.BaseRequestHandler):
    """One caller; may ask many times."""

    server: SignerServer

    def handle(self) -> None:
        """Answer until the caller closes, falls silent or sends nonsense."""
        self.request.settimeout(IDLE_SECONDS)
        if not _same_user(self.request):
            send(
                self.request,
                {"error": {"code": "stranger", "message": "Another user's process is not served."}},
            )
            return
        try:
            while (request := receive(self.request)) is not None:
                send(self.request, self._reply(request))
        except (WireError, OSError) as error:
            _say(f"a connection ended: {error}")

    def _reply(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.server.desk.answer(request)
        except Refused as refusal:
            return {"error": {"code": refusal.code, "message": str(refusal)}}
        except (AuthorityBroken, OSError) as error:
            _say(f"cannot answer {request.get('op')!r}: {error}")
            return {"error": {"code": "signer_broken", "message": str(error)}}


class SignerServer(socketserver.ThreadingUnixStreamServer):
    """Listens on a socket only its own user can open."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, desk: Desk) -> None:
        self.desk = desk
        _clear_stale(path)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), Connection)
        finally:
            os.umask(before)


def _same_user(connection: socket.socket) -> bool:
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:  # not Linux: the socket's mode (0600 in a 0700 folder) is the guard
        return True
    raw = connection.getsockopt(socket.SOL_SOCKET, option, PEER_CREDENTIALS.size)
    _pid, uid, _gid = PEER_CREDENTIALS.unpack(raw)
    return bool(uid == os.getuid())


def _clear_stale(path: Path) -> None:
    """Remove a socket nobody answers on. Exits when a signer is alive there or it is not a socket."""
    if not path.exists():
        return
    if not stat.S_ISSOCK(path.stat().st_mode):
        raise SystemExit(f"signer: {path} exists and is not a socket")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise SystemExit(f"signer: another signer already answers on {path}")


def _lock_home(home: Path) -> int:
    """Hold the home for this process: two signers must not found two roots in it."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(home / "signer.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit(f"signer: another signer already uses {home}") from None
    return handle


def _say(text: str) -> None:
    print(f"signer: {text}", file=sys.stderr, flush=True)


def _stop_on_signals(server: SignerServer) -> None:
    def stop(number: int, frame: object) -> None:
        # shutdown() waits for the serving loop, which runs in this very thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def serve(socket_path: Path, home: Path) -> None:
    """Serve until SIGTERM or SIGINT, then remove the socket."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash must not write the key to disk
    os.umask(0o077)
    lock = _lock_home(home)
    server = SignerServer(socket_path, Desk(home))
    _stop_on_signals(server)
    _say(f"ready on {socket_path}, leaf until {server.desk.authority().not_after:%Y-%m-%d}")
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
        socket_path.unlink(missing_ok=True)
        os.close(lock)
        _say("stopped")


def main(arguments: list[str] | None = None) -> int:
    """Command line. Returns the exit status: 0 after a clean stop, 1 when the home is broken."""
    parser = argparse.ArgumentParser(
        prog="python -m vault.signer", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--socket", type=Path, required=True, help="path of the unix socket (at most 107 bytes)"
    )
    parser.add_argument(
        "--home", type=Path, required=True, help="folder of keys and certificates; made at first start"
    )
    options = parser.parse_args(arguments)
    try:
        serve(options.socket, options.home)
    except AuthorityBroken as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
