"""The two keys of one installation: made once, kept in the data folder, readable by this user alone."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from launcher.failures import Failure

NAMES = ("SECRET_KEY", "SLATE_KEK")


def keys_in(data: Path) -> dict[str, str]:
    """SECRET_KEY and SLATE_KEK (32 bytes, base64) of this data folder; made at the first call.

    Raises Failure when the file is there but broken: new keys would make sealed secrets unreadable.
    """
    path = data / "keys.json"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SLATE_KEK": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    with os.fdopen(handle, "w") as out:
        json.dump(fresh, out)
        out.flush()
        os.fsync(out.fileno())
    return fresh


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text())
        return {name: str(found[name]) for name in NAMES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(
            "launcher.keys",
            f"The keys in {path} cannot be read: {error!r}.",
            next_step="Restore it from a backup. Only if the data may be lost: remove the whole data folder.",
        ) from error
