"""Verbs of the graph: the ready ones, save a version, expand it for real subjects."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from craft.terms.people import Permission
from pipelines import expansion
from pipelines.catalogue import catalogue
from pipelines.drafts import faults
from pipelines.expansion import Planned, Subject
from pipelines.graph import Graph, GraphError, Per
from pipelines.models import Pipeline
from pipelines.queries import current
from studio.models import Project
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow.events import emit
from workflow.registries import Registry

HERE = Path(__file__).parent
# Who has to know that a project is worked by another graph from now on.
listeners: Registry[Callable[[uuid.UUID], object]] = Registry("graph listeners")


@dataclass(frozen=True, slots=True)
class Ready:
    """A graph that can be chosen: its name, its label, what it does in one sentence."""

    slug: str
    label: str
    says: str
    graph: Graph


class GraphRefused(SlateError):
    """The graph cannot be worked; `fields` maps node.port to what is wrong there."""

    code = "pipeline.refused"
    status = 422


class GraphMoved(SlateError):
    """Somebody saved another version after the one that was being changed."""

    code = "pipeline.moved"
    status = 409


@cache
def default_graph() -> Graph:
    """The graph a project starts with."""
    return Graph.from_json(json.loads((HERE / "default.json").read_text()))


@cache
def ready_graphs() -> dict[str, Ready]:
    """The graphs a person can choose by name, the default first."""
    says = (
        "Keyframe, approval, speech, clip, mouths and measures for every shot; score, ambience and effects."
    )
    found = {"default": Ready("default", "Default", says, default_graph())}
    for path in sorted((HERE / "ready").glob("*.json")):
        row = json.loads(path.read_text())
        found[path.stem] = Ready(path.stem, row["label"], row["says"], Graph.from_json(row))
    return found


def use_ready(*, project: Project, slug: str, actor: User | None) -> Pipeline:
    """Save a ready graph as the project's next version. Raises Forbidden, GraphRefused for an unknown name."""
    found = ready_graphs().get(slug)
    if found is None:
        raise GraphRefused(
            "There is no ready graph of this name.",
            fields={"ready": f"One of {', '.join(ready_graphs())}."},
            kept="The version before it stays.",
        )
    return save_version(project=project, graph=found.graph.as_json(), actor=actor, note=found.label)


def graph_of(project: Project | uuid.UUID) -> Graph:
    """The graph a project (or its id) is worked by: its newest version, else the default."""
    row = current(project)
    return Graph.from_json(row.graph) if row else default_graph()


def save_version(
    *, project: Project, graph: Any, actor: User | None, note: str = "", seen: int | None = None
) -> Pipeline:
    """Save a graph as the project's next version; the same graph as now is not saved again.

    `seen` is the number of the version that was changed (0: the default graph); without it nobody is asked whether
    there is a newer one. Raises GraphRefused, GraphMoved.
    """
    if actor is not None:
        require(actor, Permission.PROJECT, project.pk)
    checked = _checked(graph)
    # Two people who save at once take turns at the project's row, so numbers stay without gaps.
    Project.objects.select_for_update().get(pk=project.pk)
    newest = current(project)
    if newest is not None and newest.digest == checked.digest():
        return newest
    if seen is not None and seen != (newest.number if newest else 0):
        raise _moved(newest)
    row: Pipeline = Pipeline.objects.create(
        project=project,
        number=(newest.number if newest else 0) + 1,
        graph=checked.as_json(),
        digest=checked.digest(),
        note=note[:200],
        actor=actor,
    )
    record(
        actor, "pipeline.saved", row, {"project": str(project.pk), "number": row.number, "digest": row.digest}
    )
    emit(project.pk, "pipeline.saved", {"number": row.number})
    for _, tell in listeners.items():  # noqa: PERF102  reason: a registry has no values()
        tell(project.pk)
    return row


def _moved(newest: Pipeline | None) -> GraphMoved:
    who = newest.actor if newest and newest.actor else "Slate"
    return GraphMoved(
        f"{who} saved version {newest.number if newest else 0} meanwhile.",
        kept="Nothing was saved; your draft is still here.",
        next_step="Look at what changed in that version, then save yours after it, or leave yours.",
    )


def _checked(data: Any) -> Graph:
    graph, problems = faults(data, catalogue())
    if graph is None or problems:
        fields = {f"{p.node}.{p.port}".strip("."): p.message for p in problems}
        raise GraphRefused(str(problems[0]), fields=fields, kept="The version before it stays.")
    return graph


def expand(project: Project | uuid.UUID, *, subjects: Iterable[Subject]) -> tuple[Planned, ...]:
    """The project's graph worked out for these subjects, in an order of work. Raises GraphRefused."""
    try:
        return expansion.expand(graph_of(project), catalogue(), subjects)
    except GraphError as error:
        raise GraphRefused(str(error), next_step="Open the pipeline and mend it.") from error


def subject_of(per: str, pk: uuid.UUID | str, **parents: uuid.UUID | str) -> Subject:
    """A subject from plain ids: `subject_of("line", line.pk, shot=…, act=…)`."""
    return Subject(Per(per), str(pk), {name: str(value) for name, value in parents.items()})
