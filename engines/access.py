"""An account's way in, put together from its row and its sealed secrets."""

from __future__ import annotations

from engines.adapters.base import Access
from engines.models import EngineAccount
from tenancy.secrets import read_secrets


def access_of(account: EngineAccount | None, callback: str = "") -> Access:
    """The access of an account; an empty one for an engine without. Call inside a scope."""
    if account is None:
        return Access()
    secrets = read_secrets(account.secret_name, account.hook_secret_name)
    return Access(
        base_url=account.base_url,
        token=secrets.get(account.secret_name, ""),
        options=account.options,
        callback=callback,
        hook_secret=secrets.get(account.hook_secret_name, ""),
    )


def known_access(account: EngineAccount | None) -> Access:
    """What may be known of an account without opening its secrets: enough to check, price and show an order."""
    return Access(account.base_url, options=account.options) if account else Access()
