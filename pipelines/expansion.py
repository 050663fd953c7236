"""From a planned graph to the nodes of real subjects: which step for which shot, line, act or scene waits for which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipelines.graph import Graph, NodeType, Per, plan


@dataclass(frozen=True, slots=True)
class Subject:
    """Something the graph is worked for. `parents` names its subject on the other levels: {"shot": id, "act": id}."""

    per: Per
    id: str
    parents: Mapping[str, str] = field(default_factory=dict)

    def at(self, per: Per) -> str | None:
        """Its own id or that of its parent on a level."""
        return self.id if per is self.per else self.parents.get(per.value)


@dataclass(frozen=True, slots=True)
class Planned:
    """One step for one subject. `after` are (node, subject id) pairs; `cache_key` that of the graph's step."""

    node: str
    type: NodeType
    subject: Subject
    after: tuple[tuple[str, str], ...]
    cache_key: str

    @property
    def key(self) -> tuple[str, str]:
        """What others name it by."""
        return self.node, self.subject.id


def expand(
    graph: Graph, catalogue: Mapping[str, NodeType], subjects: Iterable[Subject]
) -> tuple[Planned, ...]:
    """Every step of every subject, in an order of work. Raises GraphError.

    A step of a line waits for its shot's; a step of a shot waits for those of all its lines; a step of an act for
    those of all its shots. A subject without inner subjects (a shot without lines) waits for nothing there.
    """
    by_level: dict[Per, list[Subject]] = {per: [] for per in Per}
    for subject in subjects:
        by_level[subject.per].append(subject)
    found: list[Planned] = []
    level_of: dict[str, Per] = {}
    for step in plan(graph, catalogue):
        kind = catalogue[step.node.type]
        level_of[step.node.id] = kind.per
        for subject in by_level[kind.per]:
            after = [
                (source, other.id)
                for source in step.after
                for other in _feeding(subject, by_level[level_of[source]])
            ]
            found.append(Planned(step.node.id, kind, subject, tuple(after), step.cache_key))
    return tuple(found)


def _feeding(subject: Subject, others: list[Subject]) -> list[Subject]:
    """Those of the others that lie in, or around, this subject."""
    return [
        other for other in others if other.at(subject.per) == subject.id or subject.at(other.per) == other.id
    ]
