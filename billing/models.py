"""What it costs: tiers and subscriptions as rows, and the double-entry ledger.

Two currencies that never mix: `mcr`, thousandths of a credit, is what the studio pays; `uusd`, millionths of a
dollar, is what engines charge. In each transaction the legs of a currency add up to zero, which the database
checks at commit; wallet and held are never negative, which it checks at once.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from craft.terms.base import Term
from craft.terms.people import Tier as TierSlug
from tenancy.models import StudioModel


class AccountKind(Term):
    """What an account holds. `grant` is the outside world: money comes from it, so it is negative."""

    WALLET = "wallet"
    HELD = "held"
    REVENUE = "revenue"
    GRANT = "grant"
    REFUND = "refund"
    PROVIDER_COST = "provider_cost"
    PROVIDER_LOSS = "provider_loss"
    EXPIRY = "expiry"


class Currency(Term):
    """Milli-credits of the studio, micro-dollars of the engines."""

    MILLI_CREDITS = "mcr"
    MICRO_DOLLARS = "uusd"


class TxnKind(Term):
    """Why money moved."""

    GRANT = "grant"
    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    REFUND = "refund"
    COST = "cost"
    LOSS = "loss"


def choices(terms: type[Term]) -> list[tuple[str, str]]:
    """A list of the vocabulary as Django choices."""
    return [(term.value, term.label) for term in terms]


class Tier(models.Model):
    """A plan. `figures` are the limits of the vocabulary; None in it means “by agreement”. The same for all studios."""

    slug = models.CharField(max_length=20, primary_key=True, choices=choices(TierSlug))
    label = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    figures = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]

    def __str__(self) -> str:
        return self.label

    def figure(self, name: str, default: Any = None) -> Any:
        """One limit of the tier; `default` when the tier does not say."""
        return self.figures.get(name, default)


class Subscription(StudioModel):
    """Which tier the studio is on: one row."""

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio"], name="subscription_one_per_studio"),
        ]


class Account(StudioModel):
    """A balance: the sum of its entries, kept beside them so that a reservation is one conditional update."""

    kind = models.CharField(max_length=20, choices=choices(AccountKind))
    currency = models.CharField(max_length=4, choices=choices(Currency))
    balance = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "kind", "currency"], name="account_one_per_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["wallet", "held"]) | models.Q(balance__gte=0),
                name="account_never_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency}"


class Txn(StudioModel):
    """One movement of money under a unique key. Never changed: a correction is another movement."""

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=choices(TxnKind))
    subject = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    actor_name = models.CharField(max_length=160)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "key"], name="txn_one_per_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "-created_at"]),
            models.Index(fields=["studio", "subject"]),
        ]


class Entry(StudioModel):
    """One leg of a movement. Insert only; the database refuses a movement whose legs do not add up to zero.

    Its references are held by the wall's keys, which name the studio too; plain ones would ask the same once more.
    """

    txn = models.ForeignKey(
        Txn, on_delete=models.PROTECT, related_name="entries", db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_constraint=False, db_index=False
    )
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "txn", "account"], name="entry_one_leg_per_account"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="entry_not_zero"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "account"])]
