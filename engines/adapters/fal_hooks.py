"""Call-backs of fal: signed with Ed25519, by keys that the house publishes.

They name a work by its number, and its state is asked by model and number. So the number is noted when the work is
accepted; where the note is not to be had, the number is what a call-back can tell.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from engines.adapters.errors import AuthRefused, InvalidInput, PollFailed

TOLERANCE = 300.0
KEPT_SECONDS = 86_400.0
# a forged call-back must not make us ask for the keys each time
LEAST_SECONDS = 60.0
SIGNED = ("x-fal-webhook-request-id", "x-fal-webhook-user-id", "x-fal-webhook-timestamp")
Keys = Callable[[], Sequence[bytes]]
_known: dict[str, tuple[float, list[bytes]]] = {}


def verified(headers: Mapping[str, str], raw: bytes, known: Keys, fresh: Keys) -> str:
    """The number of the work a call-back is about. Raises AuthRefused, InvalidInput, PollFailed."""
    named = {name.lower(): value for name, value in headers.items()}
    try:
        facts = [named[name] for name in SIGNED]
        signature = bytes.fromhex(named["x-fal-webhook-signature"])
        late = abs(time.time() - float(facts[2]))
    except (KeyError, ValueError) as error:
        raise AuthRefused("The call-back is not signed.", detail=repr(error)) from error
    if late > TOLERANCE:
        raise AuthRefused("The call-back is too old.")
    message = "\n".join([*facts, hashlib.sha256(raw).hexdigest()]).encode()
    # a new key is published before it signs; one that we do not know yet is worth one look
    if not (_signed(message, signature, known()) or _signed(message, signature, fresh())):
        raise AuthRefused("The call-back is not signed by the engine.")
    return _number(raw, facts[0])


def _number(raw: bytes, signed: str) -> str:
    try:
        body = json.loads(raw)
        number = str(body["request_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput("The call-back cannot be read.", detail=repr(error)) from error
    if number != signed or not number.replace("-", "").isalnum():
        raise InvalidInput("The call-back names another work than its signature.")
    return number


def _signed(message: bytes, signature: bytes, keys: Sequence[bytes]) -> bool:
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def keys(client: httpx.Client, address: str, *, fresh: bool) -> list[bytes]:
    """The published keys, asked once a day, or once a minute where a new one is suspected. Raises PollFailed."""
    then, held = _known.get(address, (0.0, []))
    if held and time.monotonic() - then < (LEAST_SECONDS if fresh else KEPT_SECONDS):
        return held
    try:
        answer = client.get(address)
        answer.raise_for_status()
        found = [_bytes(row) for row in answer.json()["keys"] if row.get("kty") == "OKP"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise PollFailed("The engine's signing keys could not be fetched.", detail=repr(error)) from error
    _known[address] = time.monotonic(), found
    return found


def _bytes(row: Mapping[str, Any]) -> bytes:
    text = str(row["x"])
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def note(spool: Path, number: str, ref: str) -> None:
    """Remember which reference a number belongs to. A full disk must not lose work that was just accepted."""
    with suppress(OSError):
        spool.mkdir(parents=True, exist_ok=True)
        (spool / f"fal-{number}.txt").write_text(ref)


def noted(spool: Path, number: str) -> str:
    """The reference of a number, noted in this folder or in a work folder below it; else an empty text.

    Who takes call-backs knows no work yet, so it stands above all their folders.
    """
    name = f"fal-{number}.txt"
    try:
        found = next((path for pattern in (name, f"*/*/{name}") for path in spool.glob(pattern)), None)
        return found.read_text() if found else ""
    except OSError:
        return ""
