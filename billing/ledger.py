"""The one writer of money: post a balanced movement under a key, once.

A movement locks the wallet first, then its other accounts, so two of them never wait for each other in a circle. The
key decides between replay (same amounts: nothing happens) and conflict (other amounts: refused).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from billing.errors import BadAmount, InsufficientCredits, LedgerConflict
from billing.models import Account, AccountKind, Currency, Entry, Txn, TxnKind
from tenancy import rows
from tenancy.models import StudioModel
from tenancy.scope import LEDGER, Scope, current_scope, register_sink

MOST = 2**53
GUARDED = (AccountKind.WALLET, AccountKind.HELD)
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


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement as the database takes it; `moves` are its legs without those of zero."""

    key: str
    kind: TxnKind
    moves: Legs
    subject: str = ""
    reason: str = ""

    def post(self) -> Posted:
        """Post it in the open scope. Raises like `answered`."""
        kinds, currencies = [k.value for k, _ in self.moves], [c.value for _, c in self.moves]
        values = [self.key, self.kind.value, self.subject[:160], self.reason[:300], who()]
        with connection.cursor() as cursor:
            cursor.execute(_POST, [*values, kinds, currencies, list(self.moves.values())])
            return self.answered(cursor.fetchone()[0])

    def answered(self, told: str) -> Posted:
        """What the database answered: posted, stands (the key is taken), or short (nothing was written).

        Raises LedgerConflict where another movement stands, InsufficientCredits.
        """
        if told == "short":
            raise _short(self.moves)
        if told == "stands":
            _check_replay(self.key, self.kind, self.moves)
        return Posted(self.key, told == "posted")


_POST = "SELECT billing_post(%s, %s, %s, %s, %s, %s::text[], %s::text[], %s::bigint[])"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reservation that is posted at the end of its transaction, with the row of what it is for; `refused` hears of it
    where the wallet has too little."""

    movement: Movement
    row: StudioModel
    refused: Callable[[InsufficientCredits], None]

    def post_with(self, question: str, values: Sequence[Any]) -> Any:
        """Write the row, and post with a settlement: the answer to `question`, which takes the reservation's key, what
        for and milli-credits behind its own values, and tells as `next_told`, its third column, what came of it. Raises
        LedgerConflict."""
        held = self.movement.moves[AccountKind.HELD, Currency.MILLI_CREDITS]
        what = self.movement.key, self.movement.subject[:160], held
        found = rows.insert_and_ask(self.row, question, [*values, *what])
        if found is not None:
            self._heard(lambda: self.movement.answered(found[2]))
        return found

    def post(self) -> None:
        """Write the row and post it alone. Raises LedgerConflict."""
        rows.insert(self.row)
        self._heard(self.movement.post)

    def _heard(self, of: Callable[[], Posted]) -> None:
        try:
            of()
        except InsufficientCredits as error:
            self.refused(error)


def post_last(
    reservation: Movement, row: StudioModel, refused: Callable[[InsufficientCredits], None]
) -> None:
    """Have a reservation posted, and the new row that it is for written, at the end of the open transaction: most often
    with the settlement of what was done in it. Both are one change of each balance then."""
    current_scope().collect(LEDGER, Waiting(reservation, row, refused))


def waiting() -> Waiting | None:
    """A reservation that waits for the end of the open transaction, for whoever posts it with a settlement now."""
    found: Waiting | None = current_scope().taken(LEDGER)
    return found


def _post_waiting(_scope: Scope, left: list[Waiting]) -> None:
    for one in left:
        one.post()


register_sink(LEDGER, _post_waiting)


def post(key: str, kind: TxnKind, legs: Legs, *, subject: str = "", reason: str = "") -> Posted:
    """Post a movement in the open scope. Raises LedgerConflict, InsufficientCredits.

    Legs of zero are left out; a movement without legs is not written. Raises RuntimeError when a currency's legs do
    not add up to zero: that is a programming error, and the database would refuse it at commit. Waits while another
    transaction is writing the key.
    """
    movement = moving(key, kind, legs, subject=subject, reason=reason)
    return movement.post() if movement.moves else Posted(key, False)


def moving(key: str, kind: TxnKind, legs: Legs, *, subject: str = "", reason: str = "") -> Movement:
    """The movement that `post` would write, checked."""
    moves = {place: amount for place, amount in legs.items() if amount}
    _check_balanced(moves)
    return Movement(key, kind, moves, subject, reason)


def who() -> str:
    """Who moves money in the open scope, as the ledger names them."""
    actor = current_scope().actor
    return actor.email[:160] if actor else "system"


def _check_balanced(moves: Legs) -> None:
    for currency in Currency:
        total = sum(amount for (_, c), amount in moves.items() if c is currency)
        if total:
            raise RuntimeError(f"the legs in {currency.value} add up to {total}")


def _check_replay(key: str, kind: TxnKind, moves: Legs) -> None:
    stands = Txn.objects.get(key=key)
    legs = Entry.objects.filter(txn=stands).values_list("account__kind", "account__currency", "amount")
    amounts = {(AccountKind(k), Currency(c)): amount for k, c, amount in legs}
    if stands.kind != kind.value or amounts != dict(moves):
        raise LedgerConflict(
            "This movement was posted before with other amounts.",
            kept="The first one stands.",
            charged="Nothing more was charged.",
            next_step="Look at the ledger; a correction is a movement of its own.",
        )


def _short(moves: Legs) -> InsufficientCredits:
    """What is missing, by the account that has too little."""
    balances = {(AccountKind(a.kind), Currency(a.currency)): a.balance for a in Account.objects.all()}
    taken = {place: -amount for place, amount in moves.items() if amount < 0 and place[0] in GUARDED}
    place = next((p for p, amount in taken.items() if balances.get(p, 0) < amount), next(iter(taken)))
    return InsufficientCredits(taken[place], balances.get(place, 0))
