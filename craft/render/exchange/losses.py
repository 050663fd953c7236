"""What a format cannot carry, said where it happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from craft.render.model import MediaRef

Names = Mapping[str, str]
"""Content digest → the name of the file that holds it."""
Shelf = Mapping[str, MediaRef]
"""Name of a file → what it holds."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that was left out or simplified: a stable code, its place, and words for people."""

    code: str
    where: str
    message: str


@dataclass(slots=True)
class Losses:
    """Losses as they are found; the same one is told once."""

    found: list[Loss] = field(default_factory=list)

    def tell(self, code: str, where: str, message: str) -> None:
        """Note a loss."""
        loss = Loss(code, where, message)
        if loss not in self.found:
            self.found.append(loss)

    def all(self) -> tuple[Loss, ...]:
        """Every loss, in the order it was found."""
        return tuple(self.found)
