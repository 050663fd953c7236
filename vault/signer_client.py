"""The callers' side of the signer's socket. Holds certificates, never a key."""

from __future__ import annotations

import base64
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenancy.errors import SlateError
from vault.errors import LeafRenewed, SignerDown, SigningFailed
from vault.wire import WireError, receive, send

ANSWER_SECONDS = 10.0
RESTART_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Chain:
    """The certificates for a signed file (PEM: leaf, issuing authority) and the leaf's fingerprint."""

    pem: str
    leaf: str


@dataclass(frozen=True, slots=True)
class SignerClient:
    """Talks to the signer on `socket_path`; waits up to `patience` seconds for one that is restarting."""

    socket_path: Path
    patience: float = 10.0

    def sign(self, claim: bytes, leaf: str) -> bytes:
        """ES256 signature of `claim`, raw r and s (64 bytes), by the leaf with this fingerprint.

        Raises SignerDown, or SigningFailed when the signer refuses.
        """
        answer = self._ask({"op": "sign", "data": base64.b64encode(claim).decode(), "leaf": leaf})
        return base64.b64decode(answer["signature"])

    def chain(self) -> Chain:
        """The certificates of the moment. Raises SignerDown."""
        answer = self._ask({"op": "chain"})
        return Chain(answer["chain"], answer["leaf"])

    def root(self) -> str:
        """The root certificate (PEM) that readers have to trust. Raises SignerDown."""
        return str(self._ask({"op": "root"})["root"])

    def health(self) -> dict[str, Any]:
        """ok, leaf, leaf_ends (ISO), leaf_days_left, signed. Raises SignerDown."""
        return self._ask({"op": "health"})

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            with self._connect() as connection:
                send(connection, request)
                answer = receive(connection)
        except (WireError, OSError) as error:
            raise _down(str(error)) from error
        if answer is None:
            raise _down("the connection was closed without an answer")
        refusal = answer.get("error")
        if refusal:
            raise _refused(refusal)
        return answer

    def _connect(self) -> socket.socket:
        """Connect, trying again while the signer restarts. Raises OSError when patience ends."""
        until = time.monotonic() + self.patience
        while True:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(ANSWER_SECONDS)
            try:
                connection.connect(str(self.socket_path))
                return connection
            except OSError:
                connection.close()
                if time.monotonic() >= until:
                    raise
                time.sleep(RESTART_PAUSE)


def _down(why: str) -> SignerDown:
    return SignerDown(
        f"The signer does not answer ({why}).",
        kept="The unsigned work is kept; nothing was certified.",
        next_step="Start the signer and try again.",
    )


def _refused(refusal: dict[str, Any]) -> SlateError:
    code, message = str(refusal.get("code")), str(refusal.get("message"))
    if code == "signer_broken":
        return _down(message)
    if code == "leaf_changed":
        return LeafRenewed(message, kept="Nothing was certified.", next_step="Try again.")
    return SigningFailed(
        f"The signer refused: {message}", kept="Nothing was certified.", next_step="Try again."
    )
