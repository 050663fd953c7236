"""What can go wrong at an engine, as classes that say what may happen next.

Nobody branches on an engine's name or on message text: the class carries whether it was billed, whether the same
engine may be asked again and whether another one may be asked instead (engines-summary §3).
"""

from __future__ import annotations

from typing import ClassVar

from craft.terms.base import Term


class Billed(Term):
    """Whether the engine has charged for the attempt."""

    NO = "no"
    YES = "yes"
    MAYBE = "maybe"


class Retry(Term):
    """Whether the same engine may be asked again."""

    NEVER = "never"
    SAME_ATTEMPT = "same_attempt"
    NEW_ATTEMPT = "new_attempt"
    RECONCILE = "reconcile"


class EngineError(Exception):
    """A refusal or failure of an engine. `after` is the wait the engine asked for, in seconds; `cost_milli` what the
    engine says it charged all the same, None where it does not say."""

    code: ClassVar[str] = "engine.failed"
    says: ClassVar[str] = "The engine failed."
    billed: ClassVar[Billed] = Billed.NO
    retry: ClassVar[Retry] = Retry.NEVER
    failover: ClassVar[bool] = True
    breaks: ClassVar[bool] = False

    def __init__(
        self, message: str, *, after: float | None = None, detail: str = "", cost_milli: int | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.after, self.detail = message, after, detail[:2000]
        self.cost_milli = cost_milli

    def as_json(self) -> dict[str, str]:
        """Plain data for the call's row."""
        return {
            "code": self.code,
            "message": self.message,
            "detail": self.detail,
            "billed": self.billed.value,
        }


class InvalidInput(EngineError):
    """The engine cannot do what was asked; another one may be able to."""

    code = "engine.invalid_input"
    says = "The engine refuses this request."


class ModerationInput(EngineError):
    """The engine's rules refuse the request. Never sent elsewhere to get round them."""

    code = "engine.moderation_input"
    says = "The engine's rules refuse this request."
    failover = False


class ModerationOutput(EngineError):
    """The engine withheld its own result."""

    code = "engine.moderation_output"
    says = "The engine withheld its result."
    billed = Billed.MAYBE


class RateLimited(EngineError):
    """Too many requests: certainly not accepted; the same attempt later."""

    code = "engine.rate_limited"
    says = "The engine asks to slow down."
    retry = Retry.SAME_ATTEMPT


class NotReached(EngineError):
    """The connection was refused before anything was sent: certainly not accepted."""

    code = "engine.not_reached"
    says = "The engine could not be reached."
    retry = Retry.SAME_ATTEMPT
    breaks = True


class QuotaExhausted(EngineError):
    """The account with the engine is empty."""

    code = "engine.quota"
    says = "The account with the engine is empty."
    breaks = True


class AuthRefused(EngineError):
    """The engine does not accept the credentials."""

    code = "engine.auth"
    says = "The engine does not accept the credentials."
    breaks = True


class ModelRetired(EngineError):
    """The engine no longer offers this model."""

    code = "engine.model_retired"
    says = "The engine does not offer this model."
    breaks = True


class GenerationFailed(EngineError):
    """The engine accepted the work and reports that it failed, without a charge."""

    code = "engine.generation_failed"
    says = "The engine accepted the work and failed at it."
    retry = Retry.NEW_ATTEMPT


class BadOutput(EngineError):
    """What came back is not what was asked for: wrong type, damaged, wrong length."""

    code = "engine.bad_output"
    says = "The engine sent something else than was asked for."
    billed = Billed.YES
    retry = Retry.NEW_ATTEMPT


class ResultGone(EngineError):
    """The engine accepted the work and now does not know it (expired, lost)."""

    code = "engine.result_gone"
    says = "The engine does not know this work."
    billed = Billed.MAYBE
    retry = Retry.RECONCILE
    failover = False


class OutcomeUnknown(EngineError):
    """Sent, and the answer was lost or unreadable: it may have been accepted. Never repeated blindly."""

    code = "engine.outcome_unknown"
    says = "The engine did not answer; it may have accepted the work."
    billed = Billed.MAYBE
    retry = Retry.RECONCILE
    failover = False
    breaks = True


class PollFailed(EngineError):
    """Asking for the state failed; asking again costs nothing."""

    code = "engine.poll_failed"
    says = "The engine did not say how far it is."
    billed = Billed.MAYBE
    retry = Retry.SAME_ATTEMPT
    failover = False


class EngineDown(EngineError):
    """A built-in engine cannot run on this machine; the message says what is missing."""

    code = "engine.down"
    says = "The engine cannot run on this machine."
    breaks = True


class Stopped(EngineError):
    """The caller asked the engine to stop."""

    code = "engine.stopped"
    failover = False


class TooLate(EngineError):
    """Accepted, not done by its deadline, and taken back by the engine at our word: nothing is charged."""

    code = "engine.too_late"
    says = "The engine did not finish in time and took the work back."
    breaks = True


class NotSupported(EngineError):
    """The engine's interface has no such operation."""

    code = "engine.not_supported"
    failover = False
