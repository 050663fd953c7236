"""What can go wrong on the way out."""

from __future__ import annotations

from tenancy.errors import SlateError


class NotReleasable(SlateError):
    """The episode has no master that Gate C stands for."""

    code = "release.not_approved"
    status = 409


class MasterNotWhole(SlateError):
    """The master's provenance does not hold, so it is not certified."""

    code = "release.provenance"
    status = 409


class ShareRefused(SlateError):
    """The link cannot be made as asked."""

    code = "share.refused"
    status = 422


class ShareNotFound(SlateError):
    """There is no such link. Says nothing of what might have been behind it."""

    code = "share.not_found"
    status = 404


class ShareEnded(SlateError):
    """The link was withdrawn, has expired or was used up. Says nothing of what was behind it."""

    code = "share.ended"
    status = 410


class ShareLocked(SlateError):
    """Too many wrong passphrases."""

    code = "share.locked"
    status = 429
