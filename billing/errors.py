"""What can go wrong with money, as people read it."""

from __future__ import annotations

from tenancy.errors import SlateError


class InsufficientCredits(SlateError):
    """The wallet does not hold enough; `shortfall` milli-credits are missing."""

    code = "credits.insufficient"
    status = 402

    def __init__(self, wanted: int, available: int) -> None:
        self.shortfall = wanted - available
        super().__init__(
            f"This needs {credits_text(wanted)} credits and the wallet holds {credits_text(available)}.",
            kept="Nothing was started.",
            charged="Nothing was charged.",
            next_step=f"Add at least {credits_text(self.shortfall)} credits, or choose a cheaper route.",
        )


class LedgerConflict(SlateError):
    """A movement under this key exists already with other amounts."""

    code = "ledger.conflict"
    status = 409


class NotReserved(SlateError):
    """There is no reservation under this key."""

    code = "ledger.not_reserved"
    status = 409


class BadAmount(SlateError):
    """An amount that is not a positive whole number of milli-credits within bounds."""

    code = "ledger.amount"
    status = 422


class LedgerDrift(SlateError):
    """The balances are not the sum of the entries: nothing more is reserved until somebody has looked."""

    code = "ledger.drift"
    status = 409


def credits_text(milli: int) -> str:
    """Milli-credits as people read them: 2.5, 1 200, 0."""
    whole, rest = divmod(abs(milli), 1000)
    text = f"{whole:,}".replace(",", "\u202f") + (f".{rest:03d}".rstrip("0") if rest else "")
    return f"−{text}" if milli < 0 else text
