"""What one graph does otherwise than the one before it, in words; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelines.graph import Edge, Graph, Node, NodeType

Types = Mapping[str, NodeType]


def changes(before: Graph, after: Graph, types: Types) -> list[str]:
    """One sentence for each step that was added, removed, renamed, set or joined otherwise; empty when none was."""
    old, renamed = _renamed(before, after)
    was, now = {n.id: n for n in old.nodes}, {n.id: n for n in after.nodes}
    changed = {i for i in was.keys() & now.keys() if was[i].type != now[i].type}
    gone, new = (was.keys() - now.keys()) | changed, (now.keys() - was.keys()) | changed
    return [
        *(f"{_name(was[i], types)} removed" for i in sorted(gone)),
        *(_added(now[i], after, types) for i in sorted(new)),
        *(f"{first} is now called {second}" for first, second in renamed),
        *(line for i in sorted(was.keys() & now.keys() - changed) for line in _set(was[i], now[i], types)),
        *_joined(old, after, gone, new),
    ]


def _name(node: Node, types: Types) -> str:
    label = types[node.type].label if node.type in types else node.type
    return label if node.id == node.type else f"{label} “{node.id}”"


def _added(node: Node, graph: Graph, types: Types) -> str:
    fed = ", ".join(sorted(f"{e.into} from {e.source}" for e in graph.into(node.id)))
    return f"{_name(node, types)} added" + (f": {fed}" if fed else "")


def _renamed(before: Graph, after: Graph) -> tuple[Graph, list[tuple[str, str]]]:
    """`before` with the new names of those steps whose name alone changed, and the pairs of names."""
    found: list[tuple[str, str]] = []
    graph = before
    known, kept = {n.id for n in before.nodes}, {n.id for n in after.nodes}
    for node in (n for n in before.nodes if n.id not in kept):
        for other in (n for n in after.nodes if n.id not in known and n.type == node.type):
            moved = _called(graph, node.id, other.id)
            taken = any(second == other.id for _, second in found)
            if not taken and _around(moved, other.id) == _around(after, other.id):
                graph = moved
                found.append((node.id, other.id))
                break
    return graph, found


def _called(graph: Graph, name: str, other: str) -> Graph:
    def end(one: str) -> str:
        return other if one == name else one

    return Graph(
        tuple(replace(n, id=end(n.id)) for n in graph.nodes),
        tuple(Edge(end(e.source), e.out, end(e.target), e.into) for e in graph.edges),
    )


def _around(graph: Graph, name: str) -> set[Edge]:
    return {e for e in graph.edges if name in (e.source, e.target)}


def _set(was: Node, now: Node, types: Types) -> Iterator[str]:
    kind = types.get(now.type)
    first, second = (kind.settings(n.params) if kind else dict(n.params) for n in (was, now))
    for name in sorted(first.keys() | second.keys()):
        one, other = _value(first.get(name)), _value(second.get(name))
        if one != other:
            yield f"{_name(now, types)}: {name} {other} instead of {one}"


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "nothing"
    if isinstance(value, float):
        return f"{value:g}"
    return "nothing" if value in (None, "") else str(value)


def _joined(before: Graph, after: Graph, gone: set[str], new: set[str]) -> Iterator[str]:
    """Inputs of steps that stay, where something else lies now; what fed from a removed step is said only once."""
    was, now = _inputs(before, new | gone), _inputs(after, new | gone)
    for place in sorted(was.keys() | now.keys()):
        first, second = was[place] - now[place], now[place] - was[place]
        if first and second:
            yield f"{place} from {_ends(second)} instead of {_ends(first)}"
        elif second:
            yield f"{place} from {_ends(second)}" + (" too" if was[place] else "")
        elif first:
            yield f"{place} no longer from {_ends(first)}"


def _inputs(graph: Graph, left_out: set[str]) -> defaultdict[str, set[tuple[str, str]]]:
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for edge in graph.edges:
        if edge.target not in left_out:
            found[f"{edge.target}.{edge.into}"].add((edge.source, edge.out))
    return found


def _ends(ends: set[tuple[str, str]]) -> str:
    return ", ".join(f"{source}.{out}" for source, out in sorted(ends))
