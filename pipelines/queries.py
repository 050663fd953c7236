"""Reads of the graph."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pipelines.branches import ROLES, branch, check, pictures
from pipelines.catalogue import catalogue
from pipelines.changes import changes
from pipelines.drafts import faults
from pipelines.graph import Graph, Port, PortKind, relatives, steps_of
from pipelines.models import Pipeline
from pipelines.params import Param
from studio.models import Project

_KINDS = {int: "whole", float: "number"}
PORT_KINDS = [kind.value for kind in PortKind]


def current(project: Project | UUID) -> Pipeline | None:
    """The newest version of a project's graph, or None while it uses the default."""
    return Pipeline.objects.filter(project=project).order_by("-number").first()


def versions(project: Project) -> list[Pipeline]:
    """All versions, newest first."""
    return list(Pipeline.objects.filter(project=project).select_related("actor").order_by("-number"))


def versions_for_people(project: Project, first: Graph) -> list[dict[str, Any]]:
    """All versions, newest first, each with what it does otherwise than the one before it, or than `first`."""
    rows = versions(project)
    graphs = [*(Graph.from_json(row.graph) for row in rows), first]
    return [
        {"row": row, "changes": changes(graphs[place + 1], graphs[place], catalogue())}
        for place, row in enumerate(rows)
    ]


def draft_for_people(data: Any, used: Graph) -> dict[str, Any]:
    """A draft as it would be saved: its faults by node and port, what it does otherwise than the graph in use."""
    graph, problems = faults(data, catalogue())
    return {
        "faults": [{"node": p.node, "port": p.port, "message": p.message} for p in problems],
        "changes": changes(used, graph, catalogue()) if graph else [],
        "same": graph is not None and graph.digest() == used.digest(),
    }


def steps_for_people(graph: Graph) -> list[dict[str, Any]]:
    """The graph in an order of work, with what flows into each node, for pages and the API.

    A step whose type nobody knows any more is left out; it is among the faults.
    """
    kinds, graph = catalogue(), _known(graph)
    return [
        {
            "id": step.node.id,
            "type": step.node.type,
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


def branches_for_people(graph: Graph) -> list[dict[str, Any]]:
    """What shots of which roles are worked by, where switches part them: roles with the same steps stand together."""
    kinds, graph = catalogue(), _known(graph)
    rows: list[dict[str, Any]] = []
    if not any(kinds[node.type].chooses for node in graph.nodes):
        return []
    for role in ROLES:
        part = branch(graph, kinds, role)
        steps = [
            step.node.id
            for step in steps_of(part, kinds)
            if kinds[step.node.type].per.value in ("shot", "line")
        ]
        picture = [node.id for node in reversed(pictures(part, kinds))]
        same = next((row for row in rows if (row["steps"], row["picture"]) == (steps, picture)), None)
        if same is None:
            rows.append({"roles": [role], "steps": steps, "picture": picture})
        else:
            same["roles"].append(role)
    return rows


def _known(graph: Graph) -> Graph:
    kinds = catalogue()
    kept = {node.id for node in graph.nodes if node.type in kinds}
    return Graph(
        tuple(node for node in graph.nodes if node.id in kept),
        tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept),
    )


def faults_of(graph: Graph) -> list[str]:
    """What keeps a saved graph from being worked today, in words; node types may have changed since it was saved."""
    return [str(problem) for problem in check(graph, catalogue())]


def node_types_for_people() -> list[dict[str, Any]]:
    """Every node type with its ports and params, for those who draw a graph."""
    return [
        {
            "type": kind.slug,
            "label": kind.label,
            "per": kind.per.value,
            "joins": [per.value for per in relatives(kind.per)],
            "group": kind.group,
            "human": kind.human,
            "chooses": kind.chooses,
            "inputs": [_port(name, port) for name, port in kind.inputs.items()],
            "outputs": [_port(name, port) for name, port in kind.outputs.items()],
            "params": [_param(name, param) for name, param in kind.params.items()],
        }
        for kind in sorted(catalogue().values(), key=lambda kind: kind.slug)
    ]


def _param(name: str, param: Param) -> dict[str, Any]:
    listed = isinstance(param.default, tuple)
    return {
        "name": name,
        "kind": "list" if listed else _KINDS.get(type(param.default), "text"),
        "default": list(param.default) if listed else param.default,
        "choices": list(param.choices),
        "low": param.low,
        "high": param.high,
        "longest": param.longest,
    }


def _port(name: str, port: Port) -> dict[str, Any]:
    return {"port": name, "kind": port.kind.value, "required": port.required, "many": port.many}
