"""The ledger: money is never lost, made or spent twice, whatever happens at once."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from billing import services
from billing.errors import BadAmount, InsufficientCredits, LedgerConflict, NotReserved
from billing.ledger import post
from billing.models import Account, AccountKind, Currency, Entry, Txn, TxnKind
from billing.queries import Closing, balance, closings, verify
from tenancy.errors import Forbidden
from tenancy.scope import studio_scope

MCR = Currency.MILLI_CREDITS


@pytest.fixture
def purse(scope: Any) -> Callable[[int], None]:
    """Leaves exactly this many milli-credits in the wallet."""

    def fill(milli: int) -> None:
        start = balance().wallet
        if start > milli:
            services.reserve(key="drain", milli=start - milli, subject="test:drain")
            services.settle(key="drain", actual_milli=start - milli)
        elif start < milli:
            services.grant(milli=milli - start, key="fill", reason="test", actor=None)

    return fill


def test_subscription_brings_the_months_credits_once(scope: Any, user: Any) -> None:
    assert balance().wallet == 200_000_000
    services.subscribe(tier="studio", actor=user)
    services.subscribe(tier="indie", actor=user)
    assert balance().wallet == 200_000_000
    assert verify().intact


def test_reservation_settles_with_the_surplus_back(scope: Any, purse: Any) -> None:
    purse(1_000)
    spent = balance().spent
    services.reserve(key="a", milli=700, subject="test:1")
    assert (balance().wallet, balance().held) == (300, 700)
    services.settle(key="a", actual_milli=450)
    assert (balance().wallet, balance().held, balance().spent - spent) == (550, 0, 450)
    assert verify().intact


def test_settling_books_what_the_engine_took_with_it_and_once(scope: Any, purse: Any) -> None:
    purse(1_000)
    services.reserve(key="a", milli=700, subject="test:1")
    for _ in range(2):
        services.settle(key="a", actual_milli=450, cost_micro_dollars=4_500)
    assert closings(["a"])["a"] == Closing("settle", 450, 4_500)
    services.reserve(key="free", milli=100, subject="test:2")
    services.settle(key="free", actual_milli=0)
    assert closings(["free"])["free"] == Closing("settle", 0, 0)
    services.book_loss(key="lost", micro_dollars=77)
    assert (balance().wallet, balance().held) == (550, 0) and verify().intact
    with pytest.raises(NotReserved):
        services.settle(key="never", actual_milli=1)
    services.reserve(key="less", milli=100, subject="test:3")
    with pytest.raises(BadAmount):
        services.settle(key="less", actual_milli=101)
    assert balance().held == 100


def test_release_and_refund_give_back(scope: Any, purse: Any) -> None:
    purse(1_000)
    services.reserve(key="a", milli=400, subject="test:1")
    services.release(key="a")
    services.reserve(key="b", milli=400, subject="test:2")
    services.settle(key="b", actual_milli=400)
    services.refund(key="b", milli=150)
    assert (balance().wallet, balance().held) == (750, 0)
    with pytest.raises(BadAmount):
        services.refund(key="b", milli=401)


def test_replay_is_a_no_op_and_other_amounts_conflict(scope: Any, purse: Any) -> None:
    purse(1_000)
    for _ in range(100):
        services.reserve(key="a", milli=300, subject="test:1")
    assert balance().held == 300
    with pytest.raises(LedgerConflict) as conflict:
        services.reserve(key="a", milli=301, subject="test:1")
    assert conflict.value.status == 409
    services.settle(key="a", actual_milli=200)
    assert not services.settle(key="a", actual_milli=200).fresh
    with pytest.raises(LedgerConflict):
        services.settle(key="a", actual_milli=199)
    with pytest.raises(LedgerConflict):
        services.release(key="a")
    assert (balance().wallet, balance().held) == (800, 0)


def test_empty_wallet_refuses_with_the_shortfall(scope: Any, purse: Any) -> None:
    purse(100)
    with pytest.raises(InsufficientCredits) as refused:
        services.reserve(key="a", milli=350, subject="test:1")
    assert (refused.value.status, refused.value.shortfall) == (402, 250)
    assert balance().wallet == 100 and not Txn.objects.filter(key="reserve:a").exists()


def _settle_and_reserve(key: str, actual: int, cost: int, after: str, milli: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT milli, told, next_told FROM billing_settle_and_reserve(%s, %s, %s, 'system', %s, %s, %s)",
            [key, actual, cost, f"reserve:{after}", f"test:{after}", milli],
        )
        return cursor.fetchone()


def _legs(key: str) -> dict[tuple[str, str], int]:
    entries = Entry.objects.filter(txn__key=key)
    return {(e.account.kind, e.account.currency): e.amount for e in entries.select_related("account")}


@pytest.mark.parametrize(("actual", "cost"), [(200, 2000), (300, 3000), (0, 0), (120, 0)])
def test_settlement_and_the_next_reservation_are_what_they_are_apart(
    scope: Any, purse: Any, actual: int, cost: int
) -> None:
    purse(10_000)
    for key in "ab":
        services.reserve(key=key, milli=300, subject=f"test:{key}")
    services.settle(key="a", actual_milli=actual, cost_micro_dollars=cost)
    services.reserve(key="c", milli=70, subject="test:c")
    assert _settle_and_reserve("b", actual, cost, "d", 70) == (300, "posted", "posted")
    assert _legs("close:b") == _legs("close:a") and _legs("reserve:d") == _legs("reserve:c")
    told = Txn.objects.filter(key__in=["close:a", "close:b", "reserve:c", "reserve:d"]).order_by("key")
    assert list(told.values_list("kind", "subject", "reason")) == [
        ("settle", "test:a", ""), ("settle", "test:b", ""), ("reserve", "test:c", ""), ("reserve", "test:d", ""),
    ]  # fmt: skip
    assert (balance().wallet, balance().held) == (10_000 - 2 * actual - 140, 140) and verify().intact


def test_settlement_stands_where_the_next_reservation_has_too_little(scope: Any, purse: Any) -> None:
    purse(400)
    services.reserve(key="a", milli=300, subject="test:a")
    assert _settle_and_reserve("a", 250, 0, "b", 151) == (300, "posted", "short")
    assert (balance().wallet, balance().held) == (150, 0)
    services.reserve(key="b", milli=100, subject="test:b")
    assert _settle_and_reserve("b", 30, 300, "c", 120) == (100, "posted", "posted"), "with what came back"
    assert (balance().wallet, balance().held) == (0, 120) and verify().intact


def test_key_that_is_taken_takes_both_movements_back(scope: Any, purse: Any) -> None:
    purse(1_000)
    for key in "abc":
        services.reserve(key=key, milli=100, subject="test:1")
    services.settle(key="a", actual_milli=50, cost_micro_dollars=500)
    with pytest.raises(DatabaseError, match="stands"), transaction.atomic():
        _settle_and_reserve("b", 50, 500, "c", 10)
    with pytest.raises(DatabaseError, match="stands"), transaction.atomic():
        _settle_and_reserve("a", 50, 500, "d", 10)
    assert (balance().wallet, balance().held) == (750, 200) and verify().intact


def test_reservation_at_the_end_comes_with_its_row(studio: Any) -> None:
    heard: list[InsufficientCredits] = []

    def reserve_last(kind: AccountKind, milli: int) -> None:
        row = Account(kind=kind.value, currency=Currency.MICRO_DOLLARS.value)
        services.reserve_last(key=kind, milli=milli, subject="test:1", row=row, refused=heard.append)
        assert not Account.objects.filter(kind=kind.value).exists(), "not before the end"

    with studio_scope(studio):
        reserve_last(AccountKind.EXPIRY, 30)
        assert balance().held == 0
    with studio_scope(studio):
        assert balance().held == 30 and Account.objects.filter(kind="expiry").exists() and not heard
        reserve_last(AccountKind.PROVIDER_LOSS, balance().wallet + 1)
    with studio_scope(studio):
        assert (balance().held, [short.shortfall for short in heard]) == (30, [1]) and verify().intact


@pytest.mark.parametrize("bad", [0, -1, 2**53, True, 1.5, "7"])
def test_bad_amount_is_refused_by_name(scope: Any, bad: Any) -> None:
    with pytest.raises(BadAmount) as refused:
        services.reserve(key="a", milli=bad, subject="test:1")
    assert "amount" in refused.value.fields


def test_settling_above_the_reservation_or_without_one_is_refused(scope: Any, purse: Any) -> None:
    purse(100)
    services.reserve(key="a", milli=50, subject="test:1")
    with pytest.raises(BadAmount):
        services.settle(key="a", actual_milli=51)
    with pytest.raises(NotReserved):
        services.release(key="b")


def test_member_cannot_grant_credits_to_their_own_studio(scope: Any, user: Any) -> None:
    with pytest.raises(Forbidden):
        services.grant(milli=1, key="x", reason="", actor=user)


def test_a_settlement_and_what_it_cost_us_are_one_movement(scope: Any, purse: Any) -> None:
    purse(1_000)
    services.reserve(key="a", milli=700, subject="test:1")
    services.settle(key="a", actual_milli=450, cost_micro_dollars=4_500)
    legs = Entry.objects.filter(txn__key="close:a").values_list(
        "account__kind", "account__currency", "amount"
    )
    assert set(legs) == {
        ("held", "mcr", -700),
        ("revenue", "mcr", 450),
        ("wallet", "mcr", 250),
        ("grant", "uusd", -4_500),
        ("provider_cost", "uusd", 4_500),
    }
    assert not Txn.objects.filter(key="cost:a").exists()
    with pytest.raises(LedgerConflict):
        services.settle(key="a", actual_milli=450, cost_micro_dollars=4_501)


def test_cost_that_was_booked_by_itself_still_counts(scope: Any, purse: Any) -> None:
    purse(1_000)
    services.reserve(key="a", milli=700, subject="test:1")
    services.settle(key="a", actual_milli=700)
    uusd = Currency.MICRO_DOLLARS
    legs = {(AccountKind.GRANT, uusd): -7_000, (AccountKind.PROVIDER_COST, uusd): 7_000}
    post("cost:a", TxnKind.COST, legs)
    assert closings(["a"])["a"].micro_dollars == 7_000


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_database_refuses_a_movement_that_does_not_add_up(studio: Any) -> None:
    def unbalanced() -> None:
        with studio_scope(studio):
            txn = Txn.objects.create(key="forged", kind=TxnKind.GRANT.value, actor_name="x")
            wallet = Account.objects.get(kind=AccountKind.WALLET.value, currency=MCR.value)
            Entry.objects.create(txn=txn, account=wallet, amount=5)

    def one_leg_more() -> None:
        with studio_scope(studio):
            revenue = Account.objects.get(kind=AccountKind.REVENUE.value, currency=MCR.value)
            Entry.objects.create(txn=Txn.objects.get(key="reserve:a"), account=revenue, amount=5)

    with studio_scope(studio):
        services.reserve(key="a", milli=5, subject="test:1")
        services.settle(key="a", actual_milli=5)
    for forged in (unbalanced, one_leg_more):
        with pytest.raises(DatabaseError, match="does not add up"):
            forged()
    with studio_scope(studio):
        assert verify().intact


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_database_refuses_negative_wallets_and_changed_entries(studio: Any) -> None:
    for sql, error in (
        ("UPDATE billing_account SET balance = -1 WHERE kind = 'wallet'", "account_never_negative"),
        ("UPDATE billing_entry SET amount = 1", "permission denied"),
        ("DELETE FROM billing_txn", "permission denied"),
    ):
        with pytest.raises(DatabaseError, match=error), studio_scope(studio), connection.cursor() as cursor:
            cursor.execute(sql)


def test_drifted_balance_is_found(scope: Any) -> None:
    Account.objects.filter(kind=AccountKind.WALLET.value).update(balance=7)
    report = verify()
    assert not report.intact and report.drifted == ("wallet mcr",)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_forty_racers_on_ten_credits_are_exactly_ten(studio: Any) -> None:
    with studio_scope(studio):
        start = balance().wallet
        services.reserve(key="drain", milli=start - 10, subject="test:drain")
        services.settle(key="drain", actual_milli=start - 10)
    granted, refused = _race(
        studio, [partial(services.reserve, key=f"r{n}", milli=1, subject="test:race") for n in range(40)]
    )
    assert (granted, refused) == (10, 30)
    with studio_scope(studio):
        assert (balance().wallet, balance().held) == (0, 10)
        assert verify().intact


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_one_key_raced_by_twenty_posts_once(studio: Any) -> None:
    granted, refused = _race(
        studio, [lambda: services.reserve(key="same", milli=5, subject="test:race")] * 20
    )
    assert (granted, refused) == (20, 0)
    with studio_scope(studio):
        assert balance().held == 5 and Txn.objects.filter(key="reserve:same").count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_movements_of_one_transaction_meet_nobody_in_a_circle(studio: Any) -> None:
    """One holds what is held and comes to the wallet; whoever goes by the accounts' ids has the wallet by then."""
    with studio_scope(studio):
        last = uuid.UUID(int=(1 << 128) - 1)
        Account.objects.create(id=last, kind=AccountKind.HELD.value, currency=MCR.value, balance=0)
        services.reserve(key="a", milli=5, subject="test:race")
    settled = threading.Event()

    def settle_and_reserve() -> None:
        services.settle(key="a", actual_milli=5)
        settled.set()
        time.sleep(0.5)  # the other one waits for an account meanwhile
        services.reserve(key="b", milli=1, subject="test:race")

    def reserve() -> None:
        assert settled.wait(10)
        services.reserve(key="c", milli=1, subject="test:race")

    assert _race(studio, [settle_and_reserve, reserve]) == (2, 0)
    with studio_scope(studio):
        assert balance().held == 2 and verify().intact


def _race(studio: Any, works: list[Callable[[], object]]) -> tuple[int, int]:
    done: list[bool] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            with studio_scope(studio.pk):
                work()
            done.append(True)
        except InsufficientCredits:
            done.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done.count(True), done.count(False)


class LedgerMachine(RuleBasedStateMachine):
    """Random movements against a model of three numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.wallet, self.held, self.base = balance().wallet, balance().held, Txn.objects.count()
        self.open: dict[str, int] = {}
        self.n = 0

    @rule(milli=st.integers(1, 5_000))
    def reserve(self, milli: int) -> None:
        self.n += 1
        key = f"m{self.base}-{self.n}"
        if milli > self.wallet:
            with pytest.raises(InsufficientCredits):
                services.reserve(key=key, milli=milli, subject="test:m")
            return
        services.reserve(key=key, milli=milli, subject="test:m")
        services.reserve(key=key, milli=milli, subject="test:m")
        self.open[key] = milli
        self.wallet, self.held = self.wallet - milli, self.held + milli

    @rule(share=st.floats(0, 1))
    def settle(self, share: float) -> None:
        if self.open:
            key, milli = self.open.popitem()
            actual = round(milli * share)
            services.settle(key=key, actual_milli=actual)
            self.wallet, self.held = self.wallet + milli - actual, self.held - milli

    @rule()
    def release(self) -> None:
        if self.open:
            key, milli = self.open.popitem()
            services.release(key=key)
            self.wallet, self.held = self.wallet + milli, self.held - milli

    @rule(milli=st.integers(1, 2_000))
    def drain(self, milli: int) -> None:
        self.n += 1
        if milli <= self.wallet:
            post(
                f"d{self.base}-{self.n}",
                TxnKind.SETTLE,
                {(AccountKind.WALLET, MCR): -milli, (AccountKind.REVENUE, MCR): milli},
            )
            self.wallet -= milli

    @invariant()
    def agrees(self) -> None:
        assert (balance().wallet, balance().held) == (self.wallet, self.held)
        assert verify().intact


def test_random_movements_agree_with_a_model(scope: Any, purse: Any) -> None:
    purse(20_000)
    with transaction.atomic():
        run_state_machine_as_test(
            LedgerMachine,
            settings=settings(
                max_examples=15,
                stateful_step_count=20,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
