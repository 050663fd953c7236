"""The file of a form on disk, as it came: whoever takes it checks it before anything of it is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from vault.errors import UploadRefused


@contextmanager
def given_file(request: HttpRequest, most: int) -> Iterator[tuple[Path, str]]:
    """The form's `file`, at most so many bytes, and its name for people. Raises UploadRefused."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise UploadRefused("Choose a file.")
    if file.size > most:
        raise UploadRefused(f"The file is larger than {most >> 20} MiB.")
    with tempfile.NamedTemporaryFile(prefix="slate-upload-") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        yield Path(kept.name), Path(file.name or "file").name[-160:]
