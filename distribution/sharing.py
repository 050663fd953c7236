"""Share links: made and ended by members, used by guests who have no account.

A guest's way: secret address → the studio it belongs to (one function that may look across studios) →
passphrase → a signed cookie for this link only. Every request asks the database again, so a revoked link
ends at once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from craft.terms.people import Permission
from distribution.errors import ShareEnded, ShareLocked, ShareNotFound, ShareRefused
from distribution.models import LONGEST_SHARE, Release, ShareLink
from tenancy.audit import record
from tenancy.models import User
from tenancy.rules import require
from tenancy.scope import studio_scope

TOKEN_BYTES = 32
TOKEN_LENGTHS = range(40, 48)
SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 8, 200
TRIES, TRIES_WINDOW = 5, timedelta(minutes=15)
VISIT = timedelta(hours=12)
COOKIE_SALT = "distribution.share"


@dataclass(frozen=True, slots=True)
class Visit:
    """A link somebody stands before: whose it is and which."""

    studio_id: UUID
    link_id: UUID


def share(
    *,
    release: Release,
    actor: User,
    passphrase: str,
    days: int = 7,
    max_views: int | None = None,
    label: str = "",
    allow_download: bool = False,
) -> tuple[ShareLink, str]:
    """Make a link to a released master. Returns it with its secret token, which is kept nowhere.

    Raises Forbidden, ShareRefused.
    """
    require(actor, Permission.PUBLISH, release.project_id)
    problems = _problems(passphrase, days, max_views)
    if not release.is_released:
        raise ShareRefused("Only a released master can be shared.", next_step="Release it first.", status=409)
    if problems:
        raise ShareRefused("The link cannot be made as asked.", fields=problems, kept="Nothing was changed.")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link: ShareLink = ShareLink.objects.create(
        release=release,
        label=label.strip()[:120],
        token_hash=_hash(token),
        passphrase=make_password(passphrase),
        # A little inside the limit: the row's own clock starts a moment later than this one.
        expires_at=timezone.now() + timedelta(days=days),
        max_views=max_views,
        allow_download=allow_download,
        created_by=actor,
    )
    record(actor, "share.made", link, {"release": str(release.pk), "expires_at": link.expires_at.isoformat()})
    return link, token


def _problems(passphrase: str, days: int, max_views: int | None) -> dict[str, str]:
    problems = {}
    if not SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
        problems["passphrase"] = f"Use {SHORTEST_PASSPHRASE} to {LONGEST_PASSPHRASE} characters."
    if not 1 <= days <= LONGEST_SHARE.days:
        problems["days"] = f"Between 1 and {LONGEST_SHARE.days} days."
    if max_views is not None and not 1 <= max_views <= 1000:
        problems["max_views"] = "Between 1 and 1000, or empty for no limit."
    return problems


def revoke(*, link: ShareLink, actor: User) -> ShareLink:
    """End a link at once. Ending it twice is harmless."""
    require(actor, Permission.PUBLISH, link.release.project_id)
    if ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(actor, "share.revoked", link)
    link.refresh_from_db()
    return link


def find(token: str) -> Visit:
    """Whose link this secret address is. Works outside a scope. Raises ShareNotFound."""
    if len(token) in TOKEN_LENGTHS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT studio_id, link_id FROM share_link_of(%s)", [_hash(token)])
            row = cursor.fetchone()
        if row is not None:
            return Visit(*row)
    raise ShareNotFound("This link leads nowhere.", next_step="Ask whoever sent it for a new one.")


def open_link(visit: Visit) -> ShareLink:
    """The link while it may be used, with its release; call inside the visit's scope. Raises ShareEnded."""
    link: ShareLink | None = (
        ShareLink.objects.select_related("release__master").filter(pk=visit.link_id).first()
    )
    ended = link is None or link.revoked_at is not None or link.expires_at <= timezone.now()
    if link is None or ended or not link.release.is_released:
        raise _ended()
    return link


def enter(visit: Visit, passphrase: str, *, address: str = "") -> str:
    """Try a passphrase; the answer is the value of the visit's cookie. Call outside a scope.

    Each try is counted before it is checked, so guessing in parallel gains nothing. Raises ShareEnded,
    ShareLocked, ShareRefused.
    """
    with studio_scope(visit.studio_id):
        hashed = _count_try(visit)
    right = len(passphrase) <= LONGEST_PASSPHRASE and check_password(passphrase, hashed)
    if not right:
        raise ShareRefused("That is not the passphrase.", fields={"passphrase": "Try again."}, status=403)
    with studio_scope(visit.studio_id):
        link = open_link(visit)
        room = Q(max_views=None) | Q(views__lt=F("max_views"))
        entered = ShareLink.objects.filter(room, pk=link.pk)
        if not entered.update(views=F("views") + 1, tries=0, tries_since=None):
            raise _ended()
        record(None, "share.entered", link, {"address": address})
        return signing.dumps(_stamp(link), salt=COOKIE_SALT)


def _count_try(visit: Visit) -> str:
    link = open_link(visit)
    locked = ShareLink.objects.select_for_update().get(pk=link.pk)
    now, since = timezone.now(), locked.tries_since
    fresh = since is None or now - since > TRIES_WINDOW
    if not fresh and locked.tries >= TRIES:
        minutes = int((since + TRIES_WINDOW - now).total_seconds() // 60) + 1
        raise ShareLocked("Too many wrong passphrases.", next_step=f"Try again in {minutes} minutes.")
    if link.max_views is not None and locked.views >= link.max_views:
        raise _ended()
    locked.tries, locked.tries_since = (1, now) if fresh else (locked.tries + 1, since)
    locked.save(update_fields=["tries", "tries_since", "updated_at"])
    return str(locked.passphrase)


def is_inside(link: ShareLink, cookie: str) -> bool:
    """Whether this cookie was given for this very link, lately."""
    try:
        stamp = signing.loads(cookie, salt=COOKIE_SALT, max_age=VISIT)
    except signing.BadSignature:
        return False
    return bool(stamp == _stamp(link))


def cookie_until(link: ShareLink) -> datetime:
    """When a cookie given now ends: after a visit, or with the link."""
    return min(link.expires_at, timezone.now() + VISIT)


def _stamp(link: ShareLink) -> Mapping[str, str]:
    """Bound to the passphrase's hash: a new passphrase would end all visits."""
    return {"link": str(link.pk), "key": hashlib.sha256(link.passphrase.encode()).hexdigest()[:16]}


def _hash(token: str) -> str:
    """The token has 256 random bits, so a plain digest is enough (a slow hash would only slow us)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _ended() -> ShareEnded:
    return ShareEnded("This link has ended.", next_step="Ask whoever sent it for a new one.")
