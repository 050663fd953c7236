"""Verbs of billing: subscribe, grant, and the life of a reservation. Call inside a scope; one movement each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, cast

from django.db import connection
from django.utils import timezone

from billing.errors import InsufficientCredits, LedgerDrift, NotReserved
from billing.ledger import Movement, Posted, checked, moving, post, post_last, who
from billing.models import AccountKind, Currency, Entry, Subscription, Tier, TxnKind
from billing.queries import verify
from billing.tiers import FIGURES
from craft.terms.people import Permission
from tenancy.audit import record
from tenancy.errors import Forbidden, SlateError
from tenancy.models import Studio, StudioModel, User
from tenancy.rules import require
from tenancy.scope import current_scope
from workflow import steering
from workflow.events import emit
from workflow.models import Job

MILLI = 1000
_MCR, _UUSD = Currency.MILLI_CREDITS, Currency.MICRO_DOLLARS
_K = AccountKind


class NoSuchTier(SlateError):
    """The tier does not exist."""

    code = "tier.unknown"
    status = 422


def install_tiers() -> int:
    """Write the tiers that are missing, with the vocabulary's figures. Rows that exist stay as they were edited."""
    made = 0
    for position, (slug, figures) in enumerate(FIGURES.items()):
        defaults = {"label": slug.label, "position": position, "figures": figures}
        made += int(Tier.objects.get_or_create(slug=slug.value, defaults=defaults)[1])
    return made


def subscribe(*, tier: str, actor: User | None) -> Subscription:
    """Put the studio on a tier, give it its slots and this month's credits. Raises Forbidden, NoSuchTier."""
    if actor is not None:
        require(actor, Permission.BILLING)
    plan = Tier.objects.filter(slug=tier).first()
    if plan is None:
        raise NoSuchTier(f"There is no tier “{tier[:40]}”.", fields={"tier": "Choose one of the list."})
    subscription, _ = Subscription.objects.update_or_create(defaults={"tier": plan})
    Studio.objects.filter(pk=current_scope().studio_id).update(jobs_at_once=plan.figure("jobs_at_once", 1))
    record(actor, "billing.subscribed", subscription, {"tier": plan.slug})
    emit(None, "billing.subscribed", {"tier": plan.slug})
    grant_month()
    return cast(Subscription, subscription)


def grant_month() -> int:
    """This month's credits of the tier, less what the month has brought already. Returns the milli-credits granted."""
    subscription = Subscription.objects.select_related("tier").first()
    if subscription is None:
        return 0
    month = f"month:{timezone.now():%Y-%m}:"
    entries = Entry.objects.filter(txn__key__startswith=month, account__kind=_K.WALLET.value)
    granted = sum(entries.values_list("amount", flat=True))
    due = subscription.tier.figure("credits_per_month", 0) * MILLI - granted
    if due <= 0:
        return 0
    # The key carries what was granted before: two at once post once, and a tier raised later in the month posts again.
    post(
        f"{month}{granted}",
        TxnKind.GRANT,
        {(_K.GRANT, _MCR): -due, (_K.WALLET, _MCR): due},
        reason=f"credits of the month, tier {subscription.tier_id}",
    )
    return int(due)


def grant(*, milli: int, key: str, reason: str, actor: User | None) -> Posted:
    """Put credits into the wallet. Only the system or staff may. Raises Forbidden, LedgerConflict."""
    if actor is not None and not actor.is_staff:
        raise Forbidden("Credits are granted by the installation's staff.", kept="Nothing was posted.")
    amount = checked(milli)
    posted = post(
        f"grant:{key}", TxnKind.GRANT, {(_K.GRANT, _MCR): -amount, (_K.WALLET, _MCR): amount}, reason=reason
    )
    if posted.fresh:
        record(actor, "credits.granted", f"billing.Txn:grant:{key}", {"milli": amount, "reason": reason})
        _wake_the_broke()
    return posted


def _wake_the_broke() -> None:
    for job in Job.objects.filter(waiting_for="funds", state="queued"):
        steering.release(job)


def reserve(*, key: str, milli: int, subject: str) -> Posted:
    """Move credits from the wallet to held. Raises InsufficientCredits (402), LedgerConflict (409)."""
    return _reserving(key, milli, subject).post()


def reserve_last(
    *, key: str, milli: int, subject: str, row: StudioModel, refused: Callable[[InsufficientCredits], None]
) -> None:
    """Like `reserve`, at the end of the open transaction, with the new row that it is for; `refused` hears of it where
    the wallet has too little then. Raises LedgerConflict."""
    post_last(_reserving(key, milli, subject), row, refused)


def _reserving(key: str, milli: int, subject: str) -> Movement:
    amount = checked(milli)
    legs = {(_K.WALLET, _MCR): -amount, (_K.HELD, _MCR): amount}
    return moving(f"reserve:{key}", TxnKind.RESERVE, legs, subject=subject)


def settle(*, key: str, actual_milli: int, cost_micro_dollars: int = 0) -> Posted:
    """Turn a reservation into revenue, the surplus back to the wallet. At most what was reserved is charged.

    What the engine charged for it is booked with it as its cost, where given. Raises NotReserved, BadAmount (more than
    reserved), LedgerConflict (released or settled otherwise before).
    """
    actual, cost = checked(actual_milli, least=0), checked(cost_micro_dollars, least=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT milli, told FROM billing_settle(%s, %s, %s, %s)", [key, actual, cost, who()])
        found: tuple[int, str] | None = cursor.fetchone()
    return settled(found, key=key, actual_milli=actual, cost_micro_dollars=cost)


def settled(
    found: tuple[int | None, str] | None, *, key: str, actual_milli: int, cost_micro_dollars: int = 0
) -> Posted:
    """What `billing_settle` answered, for whoever had the database call it beside a write of his own. Raises like
    `settle`."""
    reserved, told = found or (None, "")
    if reserved is None:
        _nothing_reserved()
    back = reserved - actual_milli
    checked(back, least=0)
    legs = {
        (_K.HELD, _MCR): -reserved,
        (_K.REVENUE, _MCR): actual_milli,
        (_K.WALLET, _MCR): back,
        (_K.GRANT, _UUSD): -cost_micro_dollars,
        (_K.PROVIDER_COST, _UUSD): cost_micro_dollars,
    }
    moves = {place: amount for place, amount in legs.items() if amount}
    return _freed(Movement(f"close:{key}", TxnKind.SETTLE, moves).answered(told), back)


def release(*, key: str) -> Posted:
    """Give a reservation back. Raises NotReserved, LedgerConflict (settled before)."""
    reserved, subject = _reservation(key)
    legs = {(_K.HELD, _MCR): -reserved, (_K.WALLET, _MCR): reserved}
    return _freed(post(f"close:{key}", TxnKind.RELEASE, legs, subject=subject), reserved)


def _freed(posted: Posted, milli: int) -> Posted:
    """Credits that came back may be what another job waits for."""
    if posted.fresh and milli:
        _wake_the_broke()
    return posted


def refund(*, key: str, milli: int, reason: str = "", actor: User | None = None) -> Posted:
    """Give back part or all of what a settlement charged. Raises NotReserved, BadAmount, LedgerConflict."""
    amount = checked(milli)
    charged = Entry.objects.filter(
        txn__key=f"close:{key}", txn__kind=TxnKind.SETTLE.value, account__kind=_K.REVENUE.value
    ).first()
    if charged is None:
        raise NotReserved("Nothing was charged under this key.", kept="Nothing was posted.")
    checked(charged.amount - amount, least=0)
    legs = {(_K.REFUND, _MCR): -amount, (_K.WALLET, _MCR): amount}
    posted = post(f"refund:{key}", TxnKind.REFUND, legs, subject=charged.txn.subject, reason=reason)
    if posted.fresh:
        record(actor, "credits.refunded", charged.txn, {"milli": amount, "reason": reason})
        _wake_the_broke()
    return posted


def book_loss(*, key: str, micro_dollars: int, subject: str = "") -> Posted:
    """Note what an engine charged us and no customer pays. The cost of a settled call is booked by `settle`."""
    amount = checked(micro_dollars)
    legs = {(_K.GRANT, _UUSD): -amount, (_K.PROVIDER_LOSS, _UUSD): amount}
    return post(f"loss:{key}", TxnKind.LOSS, legs, subject=subject)


def _reservation(key: str) -> tuple[int, str]:
    """Milli-credits that were reserved under the key, and what for. Raises NotReserved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT milli, about FROM billing_reserved(%s)", [f"reserve:{key}"])
        found: tuple[int, str] | None = cursor.fetchone()
    return found or _nothing_reserved()


def _nothing_reserved() -> NoReturn:
    raise NotReserved("There is no reservation under this key.", kept="Nothing was posted.")


def require_intact() -> None:
    """Raise LedgerDrift when the balances are not the sum of the entries."""
    if not verify().intact:
        raise LedgerDrift(
            "The ledger's balances are not the sum of its entries.",
            kept="Nothing was reserved.",
            next_step="Ask the installation's staff to look at it.",
        )


__all__ = [
    "MILLI",
    "NoSuchTier",
    "book_loss",
    "grant",
    "grant_month",
    "install_tiers",
    "refund",
    "release",
    "require_intact",
    "reserve",
    "reserve_last",
    "settle",
    "settled",
    "subscribe",
]
