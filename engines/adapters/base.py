"""The one interface behind which every engine stands, built-in or paid.

An adapter is plain Python: it gets its credentials, an HTTP client or a work folder, and a clock. It never retries a
submit, never touches a database and never decides about money; `engines.services` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from craft.terms.base import Term
from engines.adapters.errors import (
    AuthRefused,
    BadOutput,
    Billed,
    EngineDown,
    EngineError,
    GenerationFailed,
    InvalidInput,
    ModelRetired,
    ModerationInput,
    ModerationOutput,
    NotReached,
    NotSupported,
    OutcomeUnknown,
    PollFailed,
    QuotaExhausted,
    RateLimited,
    ResultGone,
    Retry,
    Stopped,
    TooLate,
)
from engines.adapters.inputs import Input, Performance
from engines.adapters.requests import (
    Clip,
    Effect,
    Guides,
    Judge,
    Keyframe,
    LipSync,
    Outline,
    Request,
    Score,
    Speech,
    Text,
    Units,
    Upscale,
)

__all__ = [
    "Access",
    "AuthRefused",
    "BadOutput",
    "Billed",
    "Capability",
    "Clip",
    "Done",
    "Effect",
    "EngineAdapter",
    "EngineClass",
    "EngineDown",
    "EngineError",
    "Fetched",
    "GenerationFailed",
    "Guides",
    "Health",
    "Input",
    "InvalidInput",
    "Issue",
    "Judge",
    "KeepsVoices",
    "Keyframe",
    "LipSync",
    "Model",
    "ModelRetired",
    "ModerationInput",
    "ModerationOutput",
    "NotReached",
    "NotSupported",
    "OutcomeUnknown",
    "Outline",
    "Output",
    "Performance",
    "PollFailed",
    "PriceRule",
    "QuotaExhausted",
    "Quote",
    "RateLimited",
    "Request",
    "ResultGone",
    "Retry",
    "Score",
    "Speech",
    "State",
    "Stopped",
    "Submitted",
    "Text",
    "TooLate",
    "Units",
    "Upscale",
    "Watch",
]


class EngineClass(Term):
    """What can be done about a lost answer (reliability §3.3)."""

    P1 = "p1"
    P2 = "p2"
    P3 = "p3"


class State(Term):
    """Where a submitted piece of work is at the engine."""

    RUNNING = "running"
    DONE = "done"


UNITS = ("call", "image", "second", "character", "frame", "thousand tokens")


@dataclass(frozen=True, slots=True)
class PriceRule:
    """Milli-credits for one unit; the money of the engine is ten micro-dollars for a milli-credit. Rounded up.

    `by_width` holds prices for larger pictures, (pixels across up to which it holds, milli), rising; `milli` is that of
    everything wider, and of work without a picture. `spread` is what the engine may charge beyond it, in percent, where
    it prices by a count that nobody knows beforehand. `answer_milli` is the price of a thousand tokens of the answer,
    where `milli` is that of the question's.
    """

    unit: str = "call"
    milli: int = 0
    by_width: tuple[tuple[int, int], ...] = ()
    least: int = 0
    spread: int = 0
    answer_milli: int = 0

    def of(self, units: Units, width: int = 0) -> int:
        """The price of these units in milli-credits."""
        counts = {
            "call": units.calls,
            "image": units.images,
            "second": units.seconds,
            "character": units.characters,
            "frame": units.frames,
            "thousand tokens": units.tokens / 1000,
        }
        each = next((milli for most, milli in self.by_width if 0 < width <= most), self.milli)
        thousandths = round(counts[self.unit] * 1000) * each + units.answer_tokens * self.answer_milli
        return max(self.least, -(-thousandths // 1000))

    def quote(self, units: Units, width: int = 0) -> Quote:
        """What these units cost, with the spread as the upper end."""
        price = self.of(units, width)
        return Quote(price, price, -(-price * (100 + self.spread) // 100))


@dataclass(frozen=True, slots=True)
class Quote:
    """What a piece of work will cost, in milli-credits. Nobody is charged more than `high`."""

    low: int = 0
    expected: int = 0
    high: int = 0

    def __add__(self, other: Quote) -> Quote:
        return Quote(self.low + other.low, self.expected + other.expected, self.high + other.high)


@dataclass(frozen=True, slots=True)
class Capability:
    """What a model can express. What is absent is refused and named, never bent.

    `lengths` are the only lengths in seconds it makes, rising, when it cannot make any: the shortest that covers a shot
    is ordered and paid, and the edit takes what it needs of it; `least_seconds` is the shortest where it makes any
    other. `wording` names its camera words (`engines.adapters.wording`). `performance` says that it acts out a
    performer's film, and makes nothing without one.
    """

    kinds: frozenset[str]
    draws_packets: bool = False
    needs_first_frame: bool = False
    last_frame: bool = False
    performance: bool = False
    max_references: int = 0
    needs_reference: bool = False
    max_loras: int = 0
    max_seconds: float | None = None
    lengths: tuple[float, ...] = ()
    least_seconds: float = 0.0
    min_width: int = 0
    max_prompt: int | None = None
    languages: frozenset[str] | None = None
    wording: str = "plain"
    max_characters: int | None = None
    max_width: int = 8192
    movements: frozenset[str] | None = None
    controls: frozenset[str] = frozenset()
    negative: bool = True
    seed: bool = True

    def ordered(self, seconds: float) -> float:
        """The length that is ordered for a shot of so many seconds; the same where every length is made."""
        least = max(seconds, self.least_seconds)
        return next((length for length in self.lengths if length >= least - 1e-6), least)


@dataclass(frozen=True, slots=True)
class Model:
    """One model of one engine: a row of `engines/data/crew/<engine>.json`.

    `vendor` is what the engine calls it and the settings that make it this row (model name, endpoint, mode);
    `deadline_seconds` the time after which accepted work is taken back, where the engine lets us.
    """

    engine: str
    slug: str
    label: str
    version: str
    engine_class: EngineClass
    capability: Capability
    price: PriceRule
    quality: float = 0.5
    poll_seconds: float = 2.0
    accept_delay_seconds: float = 5.0
    deadline_seconds: float = 1800.0
    builtin: bool = False
    vendor: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """`engine/model`, as pins and routes name it."""
        return f"{self.engine}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing a model cannot do about a request."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Output:
    """A result as the engine offers it: a local file (built-in) or something to download."""

    name: str
    mime: str
    path: Path | None = None
    url: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """Finished work. `cost_milli` is what the engine says it charged, None when it does not say."""

    ref: str
    outputs: tuple[Output, ...]
    cost_milli: int | None = None
    version: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submitted:
    """Work the engine has accepted, with its reference; `done` when it is finished already."""

    ref: str
    state: State = State.RUNNING
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A result file on this machine."""

    path: Path
    mime: str
    meta: Mapping[str, Any] = field(default_factory=dict)


Place = Callable[[str], Path]
"""Where a result of this name is brought to."""
FINISHED = 0o400
"""The mode of a result's file: nobody writes to it any more, so whoever keeps it need not copy it."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the engine can work now, and why not. `detail` is for the health page."""

    ok: bool
    message: str
    version: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Access:
    """The studio's way into a remote engine: where it is, the credential, and what else its account says.

    `callback` is the address at which the engine may ring us, with a word in it that nobody can guess; `hook_secret`
    signs or proves such a call. Both are empty where this studio cannot be rung.
    """

    base_url: str = ""
    token: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    callback: str = field(default="", repr=False)
    hook_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Watch:
    """How work in this process reports progress (done, total, stage) and learns that it should stop."""

    progress: Callable[[int, int, str], None] = lambda done, total, stage: None
    cancelled: Callable[[], bool] = lambda: False


@runtime_checkable
class KeepsVoices(Protocol):
    """What an adapter whose engine makes voices can do besides."""

    def delete_voice(self, number: str) -> bool:
        """Delete a voice that was made; False where the account knows none of that number. It may be repeated.
        Raises PollFailed (ask again)."""


class EngineAdapter(Protocol):
    """One class per API surface; many `Model` rows. See each method for what it may raise."""

    key: str

    def capabilities(self, model: Model) -> Capability:
        """What the model can express."""

    def validate(self, request: Request | Outline, model: Model) -> Sequence[Issue]:
        """What the model cannot do about this request. Pure."""

    def quote(self, request: Request | Outline, model: Model) -> Quote:
        """The price. Pure."""

    def submit(self, request: Request, model: Model, attempt_key: str, watch: Watch) -> Submitted:
        """Hand the work over, exactly once. Raises EngineError; OutcomeUnknown when it may have been accepted."""

    def poll(self, ref: str) -> Submitted:
        """Ask for the state. Raises PollFailed (ask again), ResultGone, GenerationFailed and its kin."""

    def fetch(self, done: Done, into: Place) -> list[Fetched]:
        """Bring the results here. Raises PollFailed (ask again) or BadOutput."""

    def cancel(self, ref: str) -> bool:
        """Ask the engine to stop; True when it says it did."""

    def progress(self, ref: str) -> tuple[int, int, str] | None:
        """(done, total, stage) of accepted work, None where the engine does not tell. Never raises."""

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes) -> str:
        """The reference a verified call-back is about; the state is always fetched. Raises NotSupported."""

    def lookup(self, attempt_key: str) -> Submitted | None:
        """What the engine accepted under our key, None when nothing. Raises NotSupported, PollFailed."""

    def health(self) -> Health:
        """Whether it can work now. Never raises."""
