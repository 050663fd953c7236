"""A Google service account: its signed word (RS256) is exchanged for a token that lasts an hour. It costs nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from engines.adapters.errors import AuthRefused, NotReached

EXCHANGE = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE_SECONDS, EARLY_SECONDS = 3600, 120
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
HERE = ("127.0.0.1", "localhost", "::1")
_tokens: dict[str, tuple[float, str]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What Google's key file says. `project` is the one the account belongs to."""

    email: str
    key_id: str
    private_key: str = field(repr=False)
    exchange: str
    project: str

    @classmethod
    def read(cls, text: str) -> ServiceAccount:
        """From the JSON of the key file. Raises AuthRefused for anything else; the text is never told on."""
        try:
            row: Mapping[str, Any] = json.loads(text)
            return cls(
                email=str(row["client_email"]),
                key_id=str(row.get("private_key_id", "")),
                private_key=str(row["private_key"]),
                exchange=str(row.get("token_uri") or EXCHANGE),
                project=str(row.get("project_id", "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise AuthRefused("The credential is not the JSON key of a service account.") from None

    def assertion(self, now: float) -> str:
        """The signed word: who asks, for what, for whom, until when. Raises AuthRefused for a key that is none."""
        head = {"alg": "RS256", "typ": "JWT", "kid": self.key_id}
        claims = {
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.exchange,
            "iat": int(now),
            "exp": int(now) + LIFE_SECONDS,
        }
        signed = b".".join(_packed(json.dumps(part).encode()) for part in (head, claims))
        try:
            key = load_pem_private_key(self.private_key.encode(), password=None)
        except (ValueError, TypeError):
            raise AuthRefused("The key in the service account's JSON cannot be read.") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise AuthRefused("The key in the service account's JSON is not an RSA key.")
        mark = key.sign(signed, padding.PKCS1v15(), SHA256())
        return (signed + b"." + _packed(mark)).decode("ascii")


def bearer(text: str, *, local: bool) -> str:
    """The token of a service account's JSON: the one at hand, else a new one.

    `local` allows an exchange on this machine. Raises AuthRefused, NotReached.
    """
    name = _name(text)
    with _lock:
        until, token = _tokens.get(name, (0.0, ""))
    if time.monotonic() < until:
        return token
    account = ServiceAccount.read(text)
    token, seconds = _exchanged(account, local=local)
    with _lock:
        _tokens[name] = time.monotonic() + max(0.0, seconds - EARLY_SECONDS), token
    return token


def forget(text: str) -> None:
    """Ask for a new token next time: the engine no longer takes this one."""
    with _lock:
        _tokens.pop(_name(text), None)


def _exchanged(account: ServiceAccount, *, local: bool) -> tuple[str, float]:
    _check(account.exchange, local=local)
    asked = {"grant_type": GRANT, "assertion": account.assertion(time.time())}
    try:
        with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
            answer = client.post(account.exchange, data=asked)
    except httpx.HTTPError as error:
        raise NotReached(
            "The token of the service account could not be fetched.", detail=repr(error)
        ) from error
    if 400 <= answer.status_code < 500 and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
        raise AuthRefused(AuthRefused.says, detail=answer.text[:500])
    try:
        body = answer.json()
        return str(body["access_token"]), float(body.get("expires_in", LIFE_SECONDS))
    except (ValueError, KeyError, TypeError):
        # its body is not told on: it may hold a token
        raise NotReached(
            "The token of the service account could not be fetched.", detail=f"{answer.status_code}"
        ) from None


def _check(address: str, *, local: bool) -> None:
    """The key file names where the account's word is sent: Google's own address, or this machine for a local engine."""
    if address == EXCHANGE or (local and urlsplit(address).hostname in HERE):
        return
    raise AuthRefused(
        "The service account's JSON names another token address than Google's.", detail=address[:200]
    )


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _packed(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
