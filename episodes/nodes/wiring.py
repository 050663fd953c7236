"""How a step stands in its graph: its node, its params, and which takes lie at its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from episodes.models import Shot, Take
from episodes.queries import Chosen
from tenancy.errors import SlateError


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a job was told of its place when it was queued; a graph that is changed meanwhile changes nothing here."""

    node: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    wired: Sequence[str] = ()

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Wiring:
        """From what the job holds beside its episode and subject."""
        return cls(**{name: payload[name] for name in cls.__dataclass_fields__ if name in payload})

    def take(self, takes: Chosen, port: str) -> Take | None:
        """The take at an input: the nearest step before it that has made one."""
        pairs = ((stage, UUID(subject)) for stage, subject in self.given.get(port, ()))
        return next((takes[pair] for pair in pairs if pair in takes), None)

    def needed(self, takes: Chosen, port: str, shot: Shot) -> Take:
        """`take`, where the step cannot do without. Raises SlateError."""
        found = self.take(takes, port)
        if found is None:
            raise SlateError(
                f"{shot.label} has nothing at {self.node}.{port} yet.",
                code="step.input_missing",
                kept="Everything made before stays.",
                next_step="Make the step before it again.",
            )
        return found
