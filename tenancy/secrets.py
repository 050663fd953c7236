"""Per-studio secrets: AES-256-GCM under the installation's key, bound to studio, table, column and row.

A ciphertext moved to another row, column or studio does not open (reliability.md §3.9).
"""

from __future__ import annotations

import base64
import os
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tenancy.errors import SlateError
from tenancy.models import Secret
from tenancy.scope import current_scope

KEY_ID = "k1"
NONCE_BYTES = 12


class SecretUnreadable(SlateError):
    """The stored value does not open: it was moved, damaged or sealed under another key."""

    code = "secret.unreadable"
    status = 409


def _studio_key(studio_id: uuid.UUID) -> bytes:
    kek = base64.b64decode(settings.SLATE_KEK)
    return HKDF(SHA256(), 32, salt=studio_id.bytes, info=b"slate studio data key " + KEY_ID.encode()).derive(
        kek
    )


def _aad(studio_id: uuid.UUID, place: str) -> bytes:
    return f"{studio_id}|{place}".encode()


def seal(value: str, *, place: str) -> bytes:
    """Encrypt for the open scope's studio; `place` is `table|column|pk`. Returns nonce + ciphertext + tag."""
    studio_id = current_scope().studio_id
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_studio_key(studio_id)).encrypt(nonce, value.encode(), _aad(studio_id, place))


def open_sealed(blob: bytes, *, place: str) -> str:
    """Decrypt what `seal` made for the same place in the same studio. Raises SecretUnreadable."""
    studio_id = current_scope().studio_id
    try:
        plain = AESGCM(_studio_key(studio_id)).decrypt(
            blob[:NONCE_BYTES], blob[NONCE_BYTES:], _aad(studio_id, place)
        )
    except (InvalidTag, ValueError) as error:
        raise SecretUnreadable("A stored secret could not be opened.", next_step="Enter it again.") from error
    return plain.decode()


def put_secret(name: str, value: str) -> None:
    """Store or replace a named secret of the open scope's studio."""
    row = Secret.objects.filter(name=name).first() or Secret(name=name)
    row.key_id = KEY_ID
    row.ciphertext = seal(value, place=f"tenancy_secret|ciphertext|{row.pk}")
    row.save()


def read_secret(name: str) -> str | None:
    """The named secret of the open scope's studio, or None."""
    return read_secrets(name).get(name)


def read_secrets(*names: str) -> dict[str, str]:
    """Those of the named secrets that there are, in one query."""
    return {name: one.opened() for name, one in sealed(*names).items()}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A stored secret as it lies there: it may be kept, and opened in its studio's scope."""

    place: str
    blob: bytes

    def opened(self) -> str:
        """The secret itself. Raises SecretUnreadable."""
        return open_sealed(self.blob, place=self.place)


def sealed(*names: str) -> dict[str, Sealed]:
    """Those of the named secrets that there are, unopened, in one query."""
    rows = Secret.objects.filter(name__in=names).values_list("name", "pk", "ciphertext")
    return {name: Sealed(f"tenancy_secret|ciphertext|{pk}", bytes(blob)) for name, pk, blob in rows}
