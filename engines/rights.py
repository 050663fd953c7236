"""Whose voice, likeness and performance a call uses, and who may be given them: asked before every attempt.

Whoever makes it. The caller says what its call uses; the app that keeps consents answers. A call that uses nobody real
asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from engines import crew
from engines.adapters.base import Model
from engines.errors import ConsentRefused
from workflow.registries import Registry

BUILT_IN = "builtin"
"""In a consent's list of engines: those that come with Slate and work on its own machine."""


@dataclass(frozen=True, slots=True)
class Use:
    """A voice, likeness or performance that a call uses: whose (a character that portrays somebody), for which
    production, in which languages it speaks. `training` says that something is learned from it. A performer (`person`,
    born on `born_on`) is somebody real whoever the character is that they act, and even where it is invented."""

    character: UUID
    kind: str
    project: UUID | None
    languages: frozenset[str] = frozenset()
    training: bool = False
    person: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A consent that covers a use, and to whom the work may be given under it; an empty list is no limit."""

    consent: str
    subject: str
    engines: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def reason(self, model: Model) -> str:
        """Why this model may not do it under this consent; an empty text when it may."""
        names = {model.engine, model.key, *([BUILT_IN] if model.builtin else [])}
        if self.engines and not names & set(self.engines):
            return f"the consent of {self.subject} allows only {', '.join(self.engines)}"
        where = crew.regions_of(model)
        if not self.regions or model.builtin or (where and set(where) <= set(self.regions)):
            return ""
        allowed = ", ".join(self.regions)
        told = f"works in {', '.join(where)}" if where else "does not say where it works"
        return f"{told}; the consent of {self.subject} allows only {allowed}"


@dataclass(frozen=True, slots=True)
class Leave:
    """What holds for a call: for each use the consents that cover it. Empty where nobody real takes part."""

    grants: tuple[tuple[Grant, ...], ...] = ()

    def reason(self, model: Model) -> str:
        """Why this model may not be given the work; an empty text when every use has a consent that lets it."""
        for grants in self.grants:
            reasons = [grant.reason(model) for grant in grants]
            if all(reasons):
                return "; ".join(dict.fromkeys(reasons))
        return ""

    def consents(self, model: Model) -> list[str]:
        """The ids of the consents under which this model works, one for each use."""
        found = [next(one.consent for one in grants if not one.reason(model)) for grants in self.grants]
        return list(dict.fromkeys(found))


NOBODY = Leave()

# "consents": uses → what holds for them. Raises ConsentRefused. Answered by the roster.
rights: Registry[Callable[[Sequence[Use]], Leave]] = Registry("rights")
rights.need("consents", "engines.services.run_call")


def leave_for(uses: Sequence[Use]) -> Leave:
    """What people have agreed to, as it stands now. Call inside a scope. Raises ConsentRefused."""
    return rights.get("consents")(uses) if uses else NOBODY


def require_leave(leave: Leave, model: Model) -> None:
    """Raise ConsentRefused when this model may not have what a call uses (any more)."""
    reason = leave.reason(model)
    if reason:
        raise not_allowed(reason)


def not_allowed(reason: str) -> ConsentRefused:
    """The refusal of work that no connected engine may be given."""
    return ConsentRefused(
        f"No engine may have this: {reason}.",
        code="consent.engine",
        kept="Everything made before stays.",
        charged="Nothing was charged for this step.",
        next_step="Connect an engine that the consent names, or record a wider consent.",
    )
