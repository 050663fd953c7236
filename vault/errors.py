"""What can go wrong with stored files and their provenance, as people read it."""

from __future__ import annotations

from tenancy.errors import SlateError


class SignerDown(SlateError):
    """The signer does not answer, so nothing can be certified now."""

    code = "provenance.signer_down"
    status = 503


class SigningFailed(SlateError):
    """The file could not be signed: its format does not carry provenance, or the claim was not accepted."""

    code = "provenance.signing_failed"
    status = 422


class LeafRenewed(SigningFailed):
    """The signing certificate was renewed between asking for it and using it; once more will do."""

    code = "provenance.leaf_renewed"


class IngredientInvalid(SlateError):
    """A file that should become part of another is not what was signed."""

    code = "provenance.ingredient_invalid"
    status = 409


class Unreadable(SlateError):
    """The file is missing, damaged or of a kind that is not read here."""

    code = "provenance.unreadable"
    status = 422


class UploadTooLarge(SlateError):
    """The file is larger than may be checked here."""

    code = "provenance.too_large"
    status = 413


class BlobMissing(SlateError):
    """The vault knows the asset but its storage has no such file."""

    code = "vault.blob_missing"
    status = 410


class BlobDamaged(SlateError):
    """The stored file is not the one that entered the vault."""

    code = "vault.blob_damaged"
    status = 409


class NothingToStore(SlateError):
    """The file to store is not there or is empty."""

    code = "vault.nothing_to_store"
    status = 422


class RangeNotSatisfiable(SlateError):
    """The asked byte range lies outside the file."""

    code = "vault.range"
    status = 416


class UploadRefused(SlateError):
    """A file that somebody brought cannot be used; nothing of it was kept."""

    code = "upload.refused"
    status = 422

    def __init__(self, message: str, *, why: str = "") -> None:
        super().__init__(message, kept="Nothing was changed.", fields={"file": why or message})
