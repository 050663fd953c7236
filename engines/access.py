"""An account's way in, put together from its row and its sealed secrets."""

from __future__ import annotations

from collections.abc import Mapping

from engines.adapters.base import Access
from engines.models import EngineAccount
from tenancy.secrets import Sealed, sealed


def access_of(
    account: EngineAccount | None, callback: str = "", *, kept: Mapping[str, Sealed] | None = None
) -> Access:
    """The access of an account; an empty one for an engine without. Call inside a scope.

    `kept` are the sealed secrets of the studio's accounts, where they have been read.
    """
    if account is None:
        return Access()
    names = account.secret_name, account.hook_secret_name
    found = sealed(*names) if kept is None else kept
    token, hook_secret = (found[name].opened() if name in found else "" for name in names)
    return Access(
        base_url=account.base_url,
        token=token,
        options=account.options,
        callback=callback,
        hook_secret=hook_secret,
    )


def known_access(account: EngineAccount | None) -> Access:
    """What may be known of an account without opening its secrets: enough to check, price and show an order."""
    return Access(account.base_url, options=account.options) if account else Access()
