"""Reads of billing: balance, ledger, the check that both agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Prefetch, QuerySet

from billing.models import Account, AccountKind, Currency, Entry, Subscription, Tier, Txn, TxnKind
from tenancy.scope import current_scope


@dataclass(frozen=True, slots=True)
class Balance:
    """Milli-credits: free, held for open calls, spent (net of refunds)."""

    wallet: int
    held: int
    spent: int


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """The replay of all entries: sums by currency, accounts whose balance differs, movements that do not balance."""

    sums: dict[str, int]
    drifted: tuple[str, ...]
    unbalanced: tuple[str, ...]
    movements: int

    @property
    def intact(self) -> bool:
        """Whether balances are the sum of entries and every currency adds up to zero."""
        return not self.drifted and not self.unbalanced and not any(self.sums.values())


COSTS = (AccountKind.PROVIDER_COST, AccountKind.PROVIDER_LOSS)


@dataclass(frozen=True, slots=True)
class Closing:
    """How a reservation ended: `kind` settle or release ("" while it is held), what was taken, what was booked as cost
    or loss in micro-dollars."""

    kind: str = ""
    revenue: int = 0
    micro_dollars: int = 0


def closings(keys: Sequence[str]) -> dict[str, Closing]:
    """How these reservations ended, by key; a key that was never reserved is left out. One query."""
    prefixes = ("reserve", "close", TxnKind.COST.value, TxnKind.LOSS.value)
    names = {f"{prefix}:{key}": key for key in keys for prefix in prefixes}
    found: dict[str, Closing] = {}
    for txn in Txn.objects.filter(key__in=names).prefetch_related("entries__account"):
        key, entries = names[txn.key], {entry.account.kind: entry.amount for entry in txn.entries.all()}
        known = found.get(key, Closing())
        if txn.key.startswith("close:"):
            known = replace(known, kind=txn.kind, revenue=entries.get(AccountKind.REVENUE.value, 0))
        booked = sum(entries.get(kind.value, 0) for kind in COSTS)
        found[key] = replace(known, micro_dollars=known.micro_dollars + booked)
    return found


def balance() -> Balance:
    """The studio's balance in milli-credits."""
    rows = {a.kind: a.balance for a in Account.objects.filter(currency=Currency.MILLI_CREDITS.value)}
    spent = rows.get(AccountKind.REVENUE.value, 0) + rows.get(AccountKind.REFUND.value, 0)
    return Balance(rows.get(AccountKind.WALLET.value, 0), rows.get(AccountKind.HELD.value, 0), spent)


def ledger(limit: int | None = None) -> QuerySet[Txn]:
    """Movements with their legs, newest first."""
    legs = Prefetch(
        "entries", Entry.objects.select_related("account").order_by("account__currency", "account__kind")
    )
    rows: QuerySet[Txn] = Txn.objects.order_by("-created_at", "-id").prefetch_related(legs)
    return rows if limit is None else rows[:limit]


def movements_of(subject: str) -> QuerySet[Txn]:
    """All movements about one thing, oldest first."""
    rows: QuerySet[Txn] = ledger().filter(subject=subject).order_by("created_at")
    return rows


def tier() -> Tier | None:
    """The studio's tier, or None before it has subscribed."""
    subscription = Subscription.objects.select_related("tier").first()
    return subscription.tier if subscription else None


def figure(name: str, default: Any = None) -> Any:
    """One limit of the studio's tier."""
    found = tier()
    return found.figure(name, default) if found else default


_VERIFY = """
WITH legs AS (SELECT e.txn_id, e.account_id, e.amount, a.currency
              FROM billing_entry e JOIN billing_account a ON a.id = e.account_id)
SELECT
  (SELECT coalesce(jsonb_object_agg(currency, total), '{}')
     FROM (SELECT currency, sum(amount) total FROM legs GROUP BY currency) s),
  (SELECT coalesce(jsonb_agg(kind || ' ' || currency ORDER BY kind), '[]') FROM billing_account a
    WHERE balance <> coalesce((SELECT sum(amount) FROM legs WHERE account_id = a.id), 0)),
  (SELECT coalesce(jsonb_agg(DISTINCT key), '[]') FROM (
     SELECT t.key FROM legs l JOIN billing_txn t ON t.id = l.txn_id GROUP BY t.key, l.currency HAVING sum(amount) <> 0
     UNION ALL SELECT t.key FROM billing_txn t WHERE NOT EXISTS (SELECT FROM billing_entry e WHERE e.txn_id = t.id)) u),
  (SELECT count(*) FROM billing_txn)
"""


def verify() -> LedgerReport:
    """Replay all entries of the studio against its balances, in the database. O(entries)."""
    current_scope()  # raises outside a scope; inside, the row policies keep this to the studio's own rows
    with connection.cursor() as cursor:
        cursor.execute(_VERIFY)
        sums, drifted, unbalanced, movements = cursor.fetchone()
    return LedgerReport(_plain(sums), tuple(_plain(drifted)), tuple(_plain(unbalanced)), movements)


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
