"""Pictures, recordings and films people bring: looked at in the sandbox, and kept as what our own encoders made."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from craft.render.cutting import packed
from craft.render.errors import RenderError
from craft.sound.wav import read_wav, write_wav
from craft.terms.rates import FrameRate
from engines import foreign
from engines.adapters.base import BadOutput
from vault.errors import UploadRefused
from vault.kinds import Kind
from vault.models import Asset
from vault.services import store

MOST_SOUND_BYTES = 64 * 1024**2
LEAST_SECONDS, MOST_SECONDS = 5.0, 100.0
SOUND_MIME = "audio/wav"
MOST_PICTURE_BYTES = 24 * 1024**2
LEAST_SIDE = 256
PICTURE_MIME = "image/jpeg"
MOST_FILM_BYTES = 512 * 1024**2
LEAST_FILM_SECONDS, MOST_FILM_SECONDS = 3.0, 60.0
FILM_MIME = "video/mp4"


def picture(file: Path, folder: Path) -> Path:
    """The picture of a file as our own JPEG in `folder`. Raises UploadRefused, saying what is wrong with it."""
    _need_the_sandbox()
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


def keep_recording(file: Path, *, title: str) -> tuple[Asset, float]:
    """Check a recording that somebody brought and put it into the vault as mono WAV, at most its first 100 seconds;
    the asset and its seconds. Raises UploadRefused."""
    _need_the_sandbox()
    with tempfile.TemporaryDirectory(prefix="slate-recording-") as folder:
        whole, kept = Path(folder, "whole.wav"), Path(folder, "kept.wav")
        try:
            foreign.sound_of(file, whole, MOST_SECONDS)
        except BadOutput as error:
            raise UploadRefused("The file is no sound that can be used.", why=str(error)) from error
        signal, rate = read_wav(whole)
        mono = signal.mean(axis=0) if signal.ndim == 2 else signal
        seconds = write_wav(kept, mono, rate)
        if seconds < LEAST_SECONDS:
            why = f"It has {seconds:.1f} s; at least {LEAST_SECONDS:g} s are needed."
            raise UploadRefused("The recording is too short.", why=why)
        return store(kept, kind=Kind.REFERENCE, title=title, mime=SOUND_MIME), seconds


@dataclass(frozen=True, slots=True)
class Film:
    """A film that was looked at, as our own MP4: its frames, and its size in pixels."""

    path: Path
    frames: int
    width: int
    height: int


def film(file: Path, folder: Path, rate: FrameRate) -> Film:
    """The picture of a film somebody brought as our own MP4 in `folder`: without its sound, upright, at this rate.
    Raises UploadRefused, saying what is wrong with it."""
    _need_the_sandbox()
    loose, kept = folder / "loose.mp4", folder / "film.mp4"
    try:
        foreign.film_of(file, loose, str(rate), MOST_FILM_SECONDS)
        frames = packed(loose, rate, kept)
        facts = foreign.measured(kept)
    except (BadOutput, RenderError) as error:
        raise UploadRefused("The file is no film that can be used.", why=str(error)) from error
    _check_film(float(rate.seconds(frames)), facts["width"], facts["height"])
    return Film(kept, frames, facts["width"], facts["height"])


def _check_film(seconds: float, width: int, height: int) -> None:
    if seconds < LEAST_FILM_SECONDS:
        why = f"It has {seconds:.1f} s; at least {LEAST_FILM_SECONDS:g} s are needed."
        raise UploadRefused("The film is too short.", why=why)
    if seconds > MOST_FILM_SECONDS:
        why = f"It has more than {MOST_FILM_SECONDS:g} s. Bring the part that is used."
        raise UploadRefused("The film is too long.", why=why)
    if min(width, height) < LEAST_SIDE:
        why = f"It has {width} × {height} pixels; the shorter side needs {LEAST_SIDE}."
        raise UploadRefused("The film is too small to go by.", why=why)


def _need_the_sandbox() -> None:
    if not foreign.available():
        raise UploadRefused(
            "Files cannot be checked on this machine: the sandbox (bubblewrap) does not start."
        )
