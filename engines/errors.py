"""What people are told when an engine cannot do its part."""

from __future__ import annotations

from tenancy.errors import SlateError


class NoRoute(SlateError):
    """No engine can do it now; the message names each and why."""

    code = "engine.no_route"
    status = 409


class SpendRefused(SlateError):
    """A priced call was about to be made and nobody allowed it."""

    code = "engine.spend_refused"
    status = 402


class ConsentRefused(SlateError):
    """A voice or likeness was about to be used without a consent that covers it. The code says what is wrong:
    `consent.missing`, `revoked`, `expired`, `evidence`, `minor`, `scope`, `territory` or `engine`."""

    code = "consent.missing"
    status = 409


class EngineGaveUp(SlateError):
    """Every engine that could do it has failed at it."""

    code = "engine.failed"
    status = 502


class ResultExpired(SlateError):
    """A result that was paid for can no longer be fetched."""

    code = "engine.result_expired"
    status = 410


class CallConflict(SlateError):
    """The call is not in a state from which this can be decided."""

    code = "engine.call_state"
    status = 409


class AccountRefused(SlateError):
    """The engine account cannot be set up like this."""

    code = "engine.account"
    status = 422


class PolicyRefused(SlateError):
    """What was decided about engines cannot be kept like this."""

    code = "engine.policy"
    status = 422
