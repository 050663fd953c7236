"""From a planned graph to the steps of real subjects: which step for which shot, line, act or scene waits for which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from pipelines.branches import branch, check, sources
from pipelines.graph import Graph, GraphError, Node, NodeType, Per, PortKind, Step, steps_of

# What a step is given by name; lines are found by their shot, gates and numbers hold nothing.
GIVEN = (PortKind.IMAGE, PortKind.VIDEO)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something the graph is worked for. `parents` names its subject on the other levels: {"shot": id, "act": id}.

    `role` is the shot's role, for a shot and its lines: it decides which branch of a switch is worked.
    """

    per: Per
    id: str
    parents: Mapping[str, str] = field(default_factory=dict)
    role: str = ""

    def at(self, per: Per) -> str | None:
        """Its own id or that of its parent on a level."""
        return self.id if per is self.per else self.parents.get(per.value)


@dataclass(frozen=True, slots=True)
class Planned:
    """One step for one subject. `after` are (node, subject id) pairs; `cache_key` that of the graph's step.

    `given` names for each input the takes that may lie there, nearest first, as (stage, subject) pairs; `makes` is
    such a pair for what the step itself leaves, None when it leaves no take. `wired` are the inputs in use.
    """

    node: str
    type: NodeType
    subject: Subject
    after: tuple[tuple[str, str], ...]
    cache_key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    makes: tuple[str, str] | None = None
    wired: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What others name it by."""
        return self.node, self.subject.id


@dataclass(frozen=True, slots=True)
class _Part:
    """A branch with its steps by node."""

    graph: Graph
    steps: Mapping[str, Step]

    @classmethod
    def of(cls, graph: Graph, catalogue: Mapping[str, NodeType], role: str) -> _Part:
        part = branch(graph, catalogue, role)
        return cls(part, {step.node.id: step for step in steps_of(part, catalogue)})


def expand(
    graph: Graph, catalogue: Mapping[str, NodeType], subjects: Iterable[Subject]
) -> tuple[Planned, ...]:
    """Every step of every subject, in an order of work. Raises GraphError.

    A step of a line waits for its shot's; a step of a shot waits for those of all its lines; a step of an act for
    those of all its shots. A subject without inner subjects (a shot without lines) waits for nothing there. Steps of
    a branch that a shot's role does not take are not among them, and nothing waits for them.
    """
    if problems := check(graph, catalogue):
        raise GraphError(problems)
    by_level: dict[Per, list[Subject]] = {per: [] for per in Per}
    for subject in subjects:
        by_level[subject.per].append(subject)
    roles = {"", *(subject.role for rows in by_level.values() for subject in rows)}
    parts = {role: _Part.of(graph, catalogue, role) for role in roles}
    level_of = {node.id: catalogue[node.type].per for node in graph.nodes}
    found: list[Planned] = []
    for name in parts[""].steps:
        for subject in by_level[level_of[name]]:
            part = parts[subject.role]
            if name not in part.steps:
                continue
            after = [
                (source, other.id)
                for source in part.steps[name].after
                for other in _feeding(subject, by_level[level_of[source]])
                if source in parts[other.role].steps
            ]
            found.append(_planned(part, catalogue, part.steps[name], subject, tuple(after)))
    return tuple(found)


def _planned(
    part: _Part,
    types: Mapping[str, NodeType],
    step: Step,
    subject: Subject,
    after: tuple[tuple[str, str], ...],
) -> Planned:
    kind = types[step.node.type]
    given = {
        name: tuple(
            take_of(one, types[one.type], subject.id)
            for one in sources(part.graph, types, step.node.id, name)
            if types[one.type].per is kind.per
        )
        for name, port in kind.inputs.items()
        if port.kind in GIVEN
    }
    return Planned(
        step.node.id,
        kind,
        subject,
        after,
        step.cache_key,
        kind.settings(step.node.params),
        {name: pairs for name, pairs in given.items() if pairs},
        take_of(step.node, kind, subject.id) if kind.stage else None,
        tuple(sorted({edge.into for edge in part.graph.into(step.node.id)})),
    )


def take_of(node: Node, kind: NodeType, subject: str) -> tuple[str, str]:
    """(stage, subject) of the takes a node leaves for a subject; of types that may repeat, each node has its own."""
    if kind.repeats and node.id != kind.slug:
        return kind.stage, str(uuid5(UUID(subject), node.id))
    return kind.stage, subject


def _feeding(subject: Subject, others: list[Subject]) -> list[Subject]:
    """Those of the others that lie in, or around, this subject."""
    return [
        other for other in others if other.at(subject.per) == subject.id or subject.at(other.per) == other.id
    ]
