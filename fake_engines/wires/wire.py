"""What every wire format says of itself: how an order is read, and how work, refusals and call-backs are written.

A wire refuses what its vendor refuses (a missing field, a wrong value, a missing header), so an adapter that drifts
from the documented shape fails against it. It never sees the adapter's code.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_engines.desk import Desk, Refused, Work
from fake_engines.http import Answer, Call, reply


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as the engine understood it. `milli` is its price; `key` the caller's own word for it.

    `keyed`: the same key twice is one work. `looked_up`: it can be asked for by the key.
    """

    model: str
    kind: str
    milli: int
    params: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    keyed: bool = False
    looked_up: bool = False


class Wire(ABC):
    """Base of the wire formats. `home` is where this one is mounted, `files` where its results lie (another host)."""

    engine = ""
    moderates_later = False
    """Whether a request that the rules refuse is accepted first, free of charge, and refused in its state."""

    def __init__(self, home: str, files: str) -> None:
        self.home, self.files = home, files

    def admit(self, call: Call) -> None:
        """Look at the credential. Raises Refused(401)."""
        if not call.headers.get("authorization", "").startswith("Bearer "):
            raise Refused(401, "unauthorized")

    @abstractmethod
    def order(self, call: Call) -> Ordered | None:
        """The order in a call, None when the call is something else. Raises Refused, KeyError, ValueError (400)."""

    @abstractmethod
    def accepted(self, work: Work, desk: Desk) -> Answer:
        """The answer to an accepted order."""

    def other(self, call: Call, desk: Desk) -> Answer:
        """Everything that is not an order: states, uploads, look-ups, cancels, facts of the account."""
        raise Refused(404, "no_such_address")

    def refused(self, status: int, code: str) -> Answer:
        """A refusal in the vendor's words. `code` is ours: unauthorized, invalid, not_found, rate_limited, internal,
        moderation_input, quota, or what the wire itself raised."""
        return reply(status, {"error": {"code": code, "message": code}})

    def busy(self, wait: str) -> Answer:
        """429, with a wait in seconds or without (an empty text)."""
        answer = self.refused(429, "rate_limited")
        return Answer(429, answer.body, answer.mime, (("Retry-After", wait),) if wait else ())

    def garbage(self) -> Answer:
        """A 200 whose body is cut off."""
        return Answer(200, b'{"id": "w0')

    def callback(self, work: Work, secret: str) -> tuple[dict[str, str], bytes]:
        """A call-back about a work, signed as the vendor signs it. Raises Refused where it sends none."""
        raise Refused(404, "no_callbacks")

    def file(self, work: Work) -> str:
        """Where the result of a work lies."""
        return f"{self.files}/{work.id}"
