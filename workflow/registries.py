"""Names that a lower app asks for and a higher app answers, filled in `apps.ready()`.

A name that somebody needs and nobody answers stops the start (system check `workflow.E001`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from django.core.checks import CheckMessage, Error

V = TypeVar("V")
_all: list[Registry[Any]] = []


class Registry(Generic[V]):
    """A table of name → value (usually a callable). Names are unique; order is that of registration."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._values: dict[str, V] = {}
        self._needed: dict[str, str] = {}
        _all.append(self)

    def register(self, key: str, value: V) -> None:
        """Answer a name. Registering the same value again is harmless; another one raises."""
        if key in self._values and self._values[key] is not value:
            raise RuntimeError(f"{self.name}: {key!r} is answered twice")
        self._values[key] = value

    def need(self, key: str, by: str) -> None:
        """Say that `by` will ask for this name."""
        self._needed[key] = by

    def get(self, key: str) -> V:
        """The value of a name. Raises KeyError with the registry's name in it."""
        try:
            return self._values[key]
        except KeyError:
            raise KeyError(f"{self.name}: nobody answers {key!r}") from None

    def find(self, key: str) -> V | None:
        """The value of a name, or None."""
        return self._values.get(key)

    def items(self) -> Iterator[tuple[str, V]]:
        """All names and values in order of registration."""
        return iter(list(self._values.items()))

    def unanswered(self) -> list[tuple[str, str]]:
        """Needed names nobody answers, with who needs them."""
        return [(key, by) for key, by in self._needed.items() if key not in self._values]


def unanswered_names(**kwargs: Any) -> list[CheckMessage]:
    """E001: somebody asks a registry for a name that no app answers."""
    return [
        Error(f"{registry.name}: {by} asks for {key!r} and nobody answers.", id="workflow.E001")
        for registry in _all
        for key, by in registry.unanswered()
    ]


Panel = Callable[..., Any]
