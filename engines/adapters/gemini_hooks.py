"""Call-backs signed as Standard Webhooks sign: an HMAC over number, time and body, with a shared secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from engines.adapters.errors import AuthRefused, ResultGone

TOLERANCE_SECONDS = 300.0


def believed(headers: Mapping[str, str], raw: bytes, secret: str) -> dict[str, Any]:
    """The event in a call-back that bears our secret's signature. Raises AuthRefused, ResultGone for no event."""
    said = {name.lower(): value for name, value in headers.items()}
    number, at = said.get("webhook-id", ""), said.get("webhook-timestamp", "")
    key = _key(secret)
    signed = hmac.new(key, f"{number}.{at}.".encode() + raw, hashlib.sha256).digest()
    # several stand there, apart by spaces, while a secret is being changed
    given = [
        one.partition(",")[2] for one in said.get("webhook-signature", "").split() if one.startswith("v1,")
    ]
    wanted = base64.b64encode(signed).decode("ascii")
    if (
        not key
        or not _fresh(at)
        or not any(hmac.compare_digest(one.encode(), wanted.encode()) for one in given)
    ):
        raise AuthRefused("The call-back is not signed by the engine.")
    try:
        event = json.loads(raw)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise ResultGone("The call-back holds no event.")
    return event


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return b""


def _fresh(at: str) -> bool:
    try:
        return abs(time.time() - float(at)) <= TOLERANCE_SECONDS
    except ValueError:
        return False
