"""Pictures people bring: looked at in the sandbox, and kept as the JPEG that our own encoder made of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from engines import foreign
from engines.adapters.base import BadOutput
from vault.errors import UploadRefused
from vault.kinds import Kind
from vault.models import Asset
from vault.services import store

MOST_PICTURE_BYTES = 24 * 1024**2
LEAST_SIDE = 256
PICTURE_MIME = "image/jpeg"


def picture(file: Path, folder: Path) -> Path:
    """The picture of a file as our own JPEG in `folder`. Raises UploadRefused, saying what is wrong with it."""
    if not foreign.available():
        raise UploadRefused(
            "Files cannot be checked on this machine: the sandbox (bubblewrap) does not start."
        )
    into = folder / "picture.jpg"
    try:
        width, height = foreign.picture_of(file, into)
    except BadOutput as error:
        raise UploadRefused("The file is no picture that can be used.", why=str(error)) from error
    if min(width, height) < LEAST_SIDE:
        why = f"It has {width} × {height} pixels; the shorter side needs {LEAST_SIDE}."
        raise UploadRefused("The picture is too small to go by.", why=why)
    return into


def keep_picture(file: Path, *, title: str, project: UUID | None = None) -> Asset:
    """Check a picture that somebody brought and put it into the vault as a reference. Raises UploadRefused."""
    with tempfile.TemporaryDirectory(prefix="slate-picture-") as folder:
        made = picture(file, Path(folder))
        return store(made, kind=Kind.REFERENCE, title=title, mime=PICTURE_MIME, project=project)
