"""The one writer of money: post a balanced movement under a key, once.

A movement locks its accounts in order of their ids, so two movements never wait for each other in a circle. The key
decides between replay (same amounts: nothing happens) and conflict (other amounts: refused).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F

from billing.errors import BadAmount, InsufficientCredits, LedgerConflict
from billing.models import Account, AccountKind, Currency, Entry, Txn, TxnKind
from tenancy.scope import current_scope

MOST = 2**53
Legs = Mapping[tuple[AccountKind, Currency], int]


@dataclass(frozen=True, slots=True)
class Posted:
    """A movement that stands; `fresh` is False when it stood already."""

    key: str
    fresh: bool


def checked(milli: int, *, least: int = 1) -> int:
    """The amount itself. Raises BadAmount unless it is a whole number from `least` to 2**53."""
    if isinstance(milli, bool) or not isinstance(milli, int) or not least <= milli < MOST:
        raise BadAmount(
            "An amount is a whole, positive number of milli-credits.",
            kept="Nothing was posted.",
            fields={"amount": "Not an amount."},
        )
    return milli


def post(key: str, kind: TxnKind, legs: Legs, *, subject: str = "", reason: str = "") -> Posted:
    """Post a movement in the open scope. Raises LedgerConflict, InsufficientCredits.

    Legs of zero are left out; a movement without legs is not written. Raises RuntimeError when a currency's legs do
    not add up to zero: that is a programming error, and the database would refuse it at commit.
    """
    moves = {place: amount for place, amount in legs.items() if amount}
    _check_balanced(moves)
    if not moves:
        return Posted(key, False)
    accounts = _accounts(moves)
    with transaction.atomic():
        txn_id = _insert_txn(key, kind, subject, reason)
        wanted = {accounts[place].pk: amount for place, amount in moves.items()}
        if txn_id is None:
            _check_replay(key, kind, wanted)
            return Posted(key, False)
        for account in sorted(accounts.values(), key=lambda a: a.pk):
            _move(account, wanted[account.pk])
        Entry.objects.bulk_create(
            Entry(txn_id=txn_id, account_id=a, amount=n) for a, n in sorted(wanted.items())
        )
    return Posted(key, True)


def _check_balanced(moves: Legs) -> None:
    for currency in Currency:
        total = sum(amount for (_, c), amount in moves.items() if c is currency)
        if total:
            raise RuntimeError(f"the legs in {currency.value} add up to {total}")


def _accounts(moves: Legs) -> dict[tuple[AccountKind, Currency], Account]:
    found = {(AccountKind(a.kind), Currency(a.currency)): a for a in Account.objects.all()}
    missing = [place for place in moves if place not in found]
    if missing:
        # Two first movements of a studio may both find no account; the unique constraint lets one row stand.
        Account.objects.bulk_create(
            (Account(kind=k.value, currency=c.value) for k, c in sorted(missing)), ignore_conflicts=True
        )
        found = {(AccountKind(a.kind), Currency(a.currency)): a for a in Account.objects.all()}
    return {place: found[place] for place in moves}


def _insert_txn(key: str, kind: TxnKind, subject: str, reason: str) -> uuid.UUID | None:
    """The new movement's id, or None when the key is taken. Waits while another transaction is writing the key."""
    scope = current_scope()
    actor = scope.actor.email if scope.actor else "system"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_txn (id, studio_id, key, kind, subject, reason, actor_name, created_at, updated_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp(), clock_timestamp())"
            " ON CONFLICT (studio_id, key) DO NOTHING RETURNING id",
            [uuid.uuid4(), scope.studio_id, key, kind.value, subject[:160], reason[:300], actor[:160]],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _check_replay(key: str, kind: TxnKind, wanted: Mapping[uuid.UUID, int]) -> None:
    stands = Txn.objects.get(key=key)
    amounts = dict(Entry.objects.filter(txn=stands).values_list("account_id", "amount"))
    if stands.kind != kind.value or amounts != dict(wanted):
        raise LedgerConflict(
            "This movement was posted before with other amounts.",
            kept="The first one stands.",
            charged="Nothing more was charged.",
            next_step="Look at the ledger; a correction is a movement of its own.",
        )


def _move(account: Account, amount: int) -> None:
    rows = Account.objects.filter(pk=account.pk)
    if account.kind in (AccountKind.WALLET, AccountKind.HELD) and amount < 0:
        rows = rows.filter(balance__gte=-amount)
    if rows.update(balance=F("balance") + amount) == 0:
        raise InsufficientCredits(-amount, Account.objects.get(pk=account.pk).balance)
