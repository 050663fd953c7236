"""Names the roster asks for and higher apps answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from talent.models import Consent
from workflow.registries import Registry


@dataclass(frozen=True, slots=True)
class Touched:
    """Something finished that was made under a consent."""

    title: str
    detail: str
    url: str


# Who has finished work: name → a consent's works. They stay when it is taken back, and are listed.
works: Registry[Callable[[Consent], list[Touched]]] = Registry("works made under consents")

# Who knows of real people beside those that characters portray: name → the ids of their productions.
productions: Registry[Callable[[], Collection[UUID]]] = Registry("productions with real people")
