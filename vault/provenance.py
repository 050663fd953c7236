"""Certify files and check them: the studio's side of C2PA.

`sign_file` signs last (any later ffmpeg pass drops a manifest) and refuses an ingredient that is not what was
signed; `verify_file` names what failed. The key stays in the signer; here are certificates and sockets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from c2pa import Builder, C2paError, C2paSigningAlg, Context, Settings, Signer
from django.conf import settings

from tenancy.errors import SlateError
from vault import strict
from vault.claims import CONTAINER_ASSERTION, Claim, DigitalSource, Ingredient, MasterClaim, ShotClaim, labels
from vault.errors import IngredientInvalid, LeafRenewed, SigningFailed, Unreadable
from vault.formats import sniff
from vault.reading import CannotRead, IngredientReport, Issue, ProvenanceReport, read, reader_settings
from vault.signer_client import Chain, SignerClient

__all__ = [
    "DigitalSource",
    "Ingredient",
    "IngredientReport",
    "Issue",
    "MasterClaim",
    "ProvenanceReport",
    "ShotClaim",
    "root_certificate",
    "sign_file",
    "signer",
    "verify_file",
]

ROOT_FOLDER = Path(__file__).resolve().parent.parent
ISOLATED_SECONDS = 60
CERTIFICATES_SECONDS = 5.0
KINDS = "MP4, PNG, JPEG or WAV"


def signer() -> SignerClient:
    """The signer of this installation."""
    return SignerClient(Path(settings.SLATE_SIGNER_SOCKET))


def root_certificate() -> str:
    """The root (PEM) readers have to trust. Raises SignerDown where it is not on disk and nobody answers."""
    path = Path(settings.SLATE_SIGNER_HOME) / "root.pem"
    try:
        return path.read_text()
    except OSError:  # another host or another user keeps the signer's home
        return signer().root()


def sign_file(path: Path, claim: Claim, out: Path, *, by: SignerClient | None = None) -> ProvenanceReport:
    """Write a signed copy of `path` to `out` and return its report, which is always `trusted`.

    MP4, PNG, JPEG and WAV. On any failure `out` does not exist. Raises SignerDown, SigningFailed,
    IngredientInvalid (an ingredient was changed, is unsigned or comes from a signer we do not know),
    Unreadable.
    """
    client = by or signer()
    mime, root = _kind(path), _known(client).root
    sources = [_checked(ingredient, root) for ingredient in claim.ingredients]
    part = out.with_name(f".{out.name}.part")
    try:
        manifest = _manifest(path, mime, claim, sources)
        try:
            _build(path, part, mime, claim, manifest, client, root)
        except LeafRenewed:
            _told.pop(client.socket_path, None)
            root = _known(client).root
            _build(path, part, mime, claim, manifest, client, root)
        report = read(part, mime, root, second=False)
        if not report.trusted:
            raise _failed(
                "; ".join(issue.message for issue in report.issues) or f"the result reads as {report.state}"
            )
        part.replace(out)
    except CannotRead as error:
        raise _failed(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return report


@dataclass(frozen=True, slots=True)
class _Certificates:
    """What a signer said of itself, and when (monotonic seconds)."""

    root: str
    chain: Chain
    at: float


_told: dict[Path, _Certificates] = {}


def _known(client: SignerClient) -> _Certificates:
    """The signer's certificates, asked for every few seconds: a renewed leaf is refused by the signer itself."""
    known = _told.get(client.socket_path)
    if known is None or time.monotonic() - known.at > CERTIFICATES_SECONDS:
        known = _told[client.socket_path] = _Certificates(client.root(), client.chain(), time.monotonic())
    return known


def verify_file(path: Path, *, isolated: bool = False, root: str | None = None) -> ProvenanceReport:
    """Read a file's provenance. With `isolated`, a stranger's file is parsed in a limited process of its own.

    Raises Unreadable when it is missing, damaged or of another kind, and SignerDown where the root is
    unknown.
    """
    mime, anchor = _kind(path), root or root_certificate()
    if isolated:
        return _read_isolated(path, mime, anchor)
    try:
        return read(path, mime, anchor)
    except CannotRead as error:
        raise _unreadable(str(error)) from error


def _kind(path: Path) -> str:
    try:
        mime = sniff(path)
    except OSError as error:
        raise _unreadable(error.strerror or str(error)) from error
    if mime is None:
        raise _unreadable(f"it is not one of {KINDS}")
    return mime


def _checked(ingredient: Ingredient, root: str) -> str:
    """The digital source type an intact ingredient declares. Raises IngredientInvalid."""
    try:
        report = read(ingredient.path, _kind(ingredient.path), root, second=False)
    except (CannotRead, Unreadable) as error:
        raise _refuse(ingredient, f"it cannot be read: {error}") from error
    if not report.trusted:
        reasons = "; ".join(issue.message for issue in report.issues) or f"it is {report.state}"
        raise _refuse(ingredient, reasons)
    return report.digital_source


def _manifest(path: Path, mime: str, claim: Claim, sources: list[str]) -> dict[str, Any]:
    manifest = claim.manifest(mime, sources)
    note = {"label": CONTAINER_ASSERTION, "data": {"ftyp": strict.file_type(path, mime)}}
    return {**manifest, "assertions": [*manifest["assertions"], note]}


def _build(
    path: Path,
    out: Path,
    mime: str,
    claim: Claim,
    manifest: dict[str, Any],
    client: SignerClient,
    root: str,
) -> None:
    failures: list[SlateError] = []
    chain = _known(client).chain
    callback = _remembering(lambda data: client.sign(data, chain.leaf), failures)
    # `verify_after_sign` would read everything once more; sign_file reads the result itself.
    config = reader_settings(root) | {"verify": {"verify_trust": True, "verify_after_sign": False}}
    try:
        with (
            Context(
                Settings.from_dict(config), Signer.from_callback(callback, C2paSigningAlg.ES256, chain.pem)
            ) as context,
            Builder(manifest, context) as builder,
        ):
            _add(builder, claim)
            with path.open("rb") as source, _exclusive(out) as target:
                builder.sign(mime, source, target)
    except C2paError as error:
        raise (failures[0] if failures else _failed(str(error))) from error
    except OSError as error:
        raise _failed(error.strerror or str(error)) from error


def _add(builder: Builder, claim: Claim) -> None:
    for label, ingredient in zip(labels(claim.ingredients), claim.ingredients, strict=True):
        about = {"title": ingredient.title, "relationship": ingredient.relationship, "label": label}
        with ingredient.path.open("rb") as file:
            builder.add_ingredient(about, _kind(ingredient.path), file)


def _exclusive(path: Path) -> IO[bytes]:
    """A new file for reading and writing, its owner's only."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def _remembering(sign: Callable[[bytes], bytes], failures: list[SlateError]) -> Callable[[bytes], bytes]:
    """The library swallows what a callback raises; keep the typed error so that it can be raised again."""

    def callback(data: bytes) -> bytes:
        try:
            return sign(data)
        except SlateError as error:
            failures.append(error)
            raise

    return callback


def _read_isolated(path: Path, mime: str, root: str) -> ProvenanceReport:
    command = [sys.executable, "-m", "vault.reading", str(path.resolve()), mime]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(
            command,
            input=root,
            check=False,
            capture_output=True,
            text=True,
            timeout=ISOLATED_SECONDS,
            cwd=ROOT_FOLDER,
            env=environment,
        )
    except subprocess.TimeoutExpired as error:
        raise _unreadable("reading it took too long") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise _unreadable("its reader gave up on it") from error
    if "cannot_read" in answer:
        raise _unreadable(str(answer["cannot_read"]))
    return ProvenanceReport.from_json(answer)


def _unreadable(why: str) -> Unreadable:
    return Unreadable(f"The file cannot be read: {why}.", next_step=f"Give a whole {KINDS} file.")


def _failed(why: str) -> SigningFailed:
    return SigningFailed(
        f"The file could not be signed: {why}.", kept="The unsigned work is kept; nothing was certified."
    )


def _refuse(ingredient: Ingredient, why: str) -> IngredientInvalid:
    return IngredientInvalid(
        f"“{ingredient.title}” was refused as an ingredient: {why}",
        kept="Nothing was certified.",
        next_step="Make this file again; the others are kept.",
        fields={"ingredient": ingredient.title},
    )
