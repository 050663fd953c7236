"""What stands for a studio's calls until somebody changes it: accounts, sealed ways in, tier, rules about engines.

A worker asks for the edition of the studio's settings with every transaction; while it is the same, what was read
under it still holds, to the commit. Nothing is kept that has been opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from uuid import UUID

from billing import queries
from billing.models import Tier
from engines.models import EngineAccount, EnginePolicy
from engines.policy import all_policies
from tenancy.scope import current_scope
from tenancy.secrets import Sealed, sealed

STUDIOS_KNOWN = 64


class Standing:
    """The settings of a studio under one edition, each read when it is first asked for. Shared: not to be changed."""

    def __init__(self, edition: int | None) -> None:
        self.edition = edition

    @cached_property
    def accounts(self) -> Mapping[str, EngineAccount]:
        """The enabled accounts, by engine."""
        return {account.engine: account for account in EngineAccount.objects.filter(enabled=True)}

    @cached_property
    def secrets(self) -> Mapping[str, Sealed]:
        """What the accounts are entered with, by name."""
        accounts = self.accounts.values()
        return sealed(*(name for a in accounts for name in (a.secret_name, a.hook_secret_name)))

    @cached_property
    def tier(self) -> Tier | None:
        """The studio's tier."""
        return queries.tier()

    @cached_property
    def policies(self) -> Mapping[str, EnginePolicy]:
        """The rules about engines, by what they are about."""
        return all_policies()


_known: dict[UUID, Standing] = {}


def standing() -> Standing:
    """What stands in the open scope: as this process read it before, where the scope knows that it still holds.

    Ask before the transaction changes any of it.
    """
    scope = current_scope()
    if scope.edition is None:
        return Standing(None)
    known = _known.get(scope.studio_id)
    if known is None or known.edition != scope.edition:
        known = _known[scope.studio_id] = Standing(scope.edition)
        while len(_known) > STUDIOS_KNOWN:
            del _known[next(iter(_known))]
    return known
