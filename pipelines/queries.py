"""Reads of the graph."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pipelines.catalogue import catalogue
from pipelines.graph import Graph, steps_of
from pipelines.models import Pipeline
from studio.models import Project


def current(project: Project | UUID) -> Pipeline | None:
    """The newest version of a project's graph, or None while it uses the default."""
    return Pipeline.objects.filter(project=project).order_by("-number").first()


def versions(project: Project) -> list[Pipeline]:
    """All versions, newest first."""
    return list(Pipeline.objects.filter(project=project).select_related("actor").order_by("-number"))


def steps_for_people(graph: Graph) -> list[dict[str, Any]]:
    """The graph in an order of work, with what flows into each node, for pages and the API. Raises GraphError."""
    kinds = catalogue()
    return [
        {
            "id": step.node.id,
            "label": kinds[step.node.type].label,
            "per": kinds[step.node.type].per.value,
            "human": kinds[step.node.type].human,
            "role": kinds[step.node.type].role,
            "depth": step.depth,
            "inputs": [{"port": e.into, "source": e.source, "out": e.out} for e in graph.into(step.node.id)],
            "outputs": [
                {"port": name, "kind": port.kind.value}
                for name, port in kinds[step.node.type].outputs.items()
            ],
            "params": kinds[step.node.type].settings(step.node.params),
        }
        for step in steps_of(graph, kinds)
    ]
