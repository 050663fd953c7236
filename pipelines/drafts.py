"""A graph somebody is drawing: read and checked against the node types, pure; nothing is saved by asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.branches import check
from pipelines.graph import Graph, GraphError, NodeType, Problem

MAX_NODES = 200
Types = Mapping[str, NodeType]


def read(data: Any, types: Types) -> Graph:
    """The graph in `data`, its numbers written as its node types write them. Raises GraphError when it is no graph."""
    graph = Graph.from_json(data)
    nodes = tuple(
        replace(node, params={name: _written(types, node.type, name, v) for name, v in node.params.items()})
        for node in graph.nodes
    )
    return Graph(nodes, graph.edges)


def _written(types: Types, kind: str, name: str, value: Any) -> Any:
    # A browser writes 1.0 as 1: the same setting must not become another cache key by being looked at.
    param = types[kind].params.get(name) if kind in types else None
    whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if param is not None and isinstance(param.default, float) and whole else value


def faults(data: Any, types: Types) -> tuple[Graph | None, list[Problem]]:
    """The graph, if it is one, and everything that keeps it from being worked."""
    try:
        graph = read(data, types)
    except GraphError as error:
        return None, list(error.problems)
    if len(graph.nodes) > MAX_NODES:
        return graph, [Problem("", "", f"a graph has at most {MAX_NODES} nodes")]
    return graph, check(graph, types)
