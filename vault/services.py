"""Verbs of the vault: stage bytes, attach them as an asset, hand them out again.

Storing is two steps, because copying and signing must not happen inside a transaction: `stage` touches no
database, `attach` nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse

from tenancy import rows
from tenancy.models import Studio
from tenancy.scope import current_scope, current_studio_id
from vault import storage
from vault.claims import SIGNABLE, Claim, Ingredient, ShotClaim
from vault.errors import NothingToStore
from vault.kinds import Kind
from vault.models import Asset, Blob, Lineage
from vault.provenance import ProvenanceReport, sign_file, verify_file
from workflow.events import emit

Parents = Sequence[tuple[Asset, str]]
TITLE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes that lie in the storage already and wait to become an asset."""

    studio_id: UUID
    key: str
    sha256: str
    size: int
    mime: str
    provenance: Mapping[str, Any] = field(default_factory=dict)


def stage(path: Path, *, mime: str, sign: Claim | None = None, studio_id: UUID | None = None) -> Staged:
    """Bring a file into the vault's storage, signed when a claim is given. Call outside a transaction.

    One that nobody may write to is not copied where the storage is a folder of the same disk: it lies in both places.

    Outside a scope name the studio. Raises NothingToStore, SignerDown, SigningFailed, IngredientInvalid; then
    nothing was stored. Staging the same bytes twice is harmless.
    """
    owner = studio_id or current_scope().studio_id
    if not path.is_file() or path.stat().st_size == 0:
        raise NothingToStore("There is no file to store, or it is empty.", kept="Nothing was stored.")
    if sign is None:
        return _put(path, owner, mime)
    # in its folder, so that it can be moved; named after it, so that it goes with it if we are lost meanwhile
    signed = path.with_name(f".{path.name}-{uuid4().hex}{SIGNABLE.get(mime, '')}")
    try:
        report = sign_file(path, sign, signed)
        return replace(_put(signed, owner, mime, spare=True), provenance=report.as_json())
    finally:
        signed.unlink(missing_ok=True)


def _put(path: Path, studio_id: UUID, mime: str, *, spare: bool = False) -> Staged:
    sha256, size = storage.digest(path), path.stat().st_size
    key = storage.key_of(studio_id, sha256)
    storage.put(path, key, sha256, spare=spare)
    return Staged(studio_id, key, sha256, size, mime)


def attach(
    staged: Staged,
    *,
    kind: Kind | str,
    title: str,
    project: UUID | None = None,
    meta: Mapping[str, Any] | None = None,
    parents: Parents = (),
) -> Asset:
    """Make an asset of staged bytes, with lineage. Call inside the studio's scope; emits `asset.stored`."""
    if staged.studio_id != current_scope().studio_id:
        raise RuntimeError("bytes staged for one studio were attached in another")
    asset = Asset(
        project_id=project,
        kind=Kind(kind).value,
        title=title[:TITLE_LENGTH],
        mime=staged.mime,
        size=staged.size,
        sha256=staged.sha256,
        meta=dict(meta or {}),
        provenance=dict(staged.provenance),
    )
    _write(asset, staged)
    for parent, role in dict.fromkeys((parent, role) for parent, role in parents):
        Lineage.objects.create(child=asset, parent=parent, role=role)
    emit(project, "asset.stored", {"id": str(asset.pk), "kind": asset.kind, "title": asset.title})
    return asset


def _write(asset: Asset, staged: Staged) -> None:
    """Write the asset, and the row of its bytes unless it is there."""
    blob = [staged.studio_id, staged.sha256, staged.size, staged.mime, staged.key, staged.sha256]
    if not rows.insert_with(asset, "blob_id", _BLOB, blob):
        # another transaction wrote the same bytes meanwhile, and it was waited for
        asset.blob_id = Blob.objects.values_list("pk", flat=True).get(sha256=staged.sha256)
        rows.insert(asset)


_BLOB = """made AS (
  INSERT INTO "vault_blob" (id, studio_id, created_at, updated_at, sha256, size, mime, key)
  VALUES (gen_random_uuid(), %s, clock_timestamp(), clock_timestamp(), %s, %s, %s, %s)
  ON CONFLICT (studio_id, sha256) DO NOTHING RETURNING id),
source AS (
  SELECT id FROM made
  UNION ALL SELECT id FROM "vault_blob" WHERE studio_id = (SELECT app_studio()) AND sha256 = %s
  LIMIT 1)"""


def store(
    path: Path,
    *,
    kind: Kind | str,
    title: str,
    mime: str,
    project: UUID | None = None,
    meta: Mapping[str, Any] | None = None,
    parents: Parents = (),
    sign: Claim | None = None,
) -> Asset:
    """Stage and attach small files in one go, inside a scope. Signed parents become a shot's ingredients."""
    with _inputs(sign, parents) as claim:
        staged = stage(path, mime=mime, sign=claim)
    return attach(staged, kind=kind, title=title, project=project, meta=meta, parents=parents)


@contextmanager
def _inputs(claim: Claim | None, parents: Parents) -> Iterator[Claim | None]:
    """The claim with the signed parents as its inputs, their files being at hand meanwhile."""
    if not isinstance(claim, ShotClaim) or claim.inputs:
        yield claim
        return
    with ExitStack() as stack:
        signed = [parent for parent, _ in parents if parent.signed and parent.mime in SIGNABLE]
        inputs = [Ingredient(parent.title, stack.enter_context(local_path(parent))) for parent in signed]
        yield replace(claim, inputs=inputs)


@contextmanager
def local_path(asset: Asset) -> Iterator[Path]:
    """The asset's file on this machine, to read from; checked against its digest.

    Needs no database, so it may be held outside the scope. Raises BlobMissing or BlobDamaged.
    """
    key = storage.key_of(asset.studio_id, asset.sha256)
    with storage.local_file(key, asset.sha256, asset.size, SIGNABLE.get(asset.mime, "")) as path:
        yield path


def url(asset: Asset) -> str:
    """The address of the asset's bytes for members of its studio."""
    return reverse("vault:file", kwargs={"studio": _slug(asset.studio_id), "asset": asset.pk})


@lru_cache(maxsize=1024)
def _slug(studio_id: UUID) -> str:
    """A studio's address never changes. Only the open scope's own row is visible."""
    if current_studio_id() != studio_id:
        raise RuntimeError("the address of another studio's asset was asked for")
    return Studio.objects.values_list("slug", flat=True).get(pk=studio_id)


def reread(asset: Asset) -> ProvenanceReport:
    """The provenance of the stored file as it reads now, in a process of its own.

    Raises BlobMissing, BlobDamaged, Unreadable (also for kinds of file that carry no provenance).
    """
    with local_path(asset) as path:
        return verify_file(path, isolated=True)
