"""A production graph, pure: typed ports, validation with messages that name node and port, plan with cache keys.

    keyframe ──image──▶ approve ──image──▶ clip ──video──▶ lips ──video──▶ judge
    speech ──audio──────────────────────────┴───────────────┘
    score, ambience: sound per act and per scene, from numbers only

A node is an instance of a node type. Edges join an output port to an input port of the same kind. Nothing here
knows a database or a queue; `branches` says what of a graph a shot of some role is worked by, and `expansion` turns
that into steps of real subjects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from craft.terms.base import Term
from craft.terms.digest import digest
from pipelines.params import Param

GRAPH_VERSION = 1


class PortKind(Term):
    """What flows along an edge."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    REFERENCES = "references"
    GATE = "gate"
    NUMBER = "number"


class Per(Term):
    """What a node is made once for."""

    LINE = "line"
    SHOT = "shot"
    SCENE = "scene"
    ACT = "act"
    EPISODE = "episode"


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a node type. `many` inputs take several edges, `required` ones at least one."""

    kind: PortKind
    required: bool = True
    many: bool = False


@dataclass(frozen=True, slots=True)
class NodeType:
    """What a node does: its ports, what it is made per, the job that makes it (empty where there is nothing to do).

    `stage` is that of the takes it leaves, empty when it leaves none. `passes` names, for an output, the input whose
    content comes out of it when the node itself makes nothing. `picture` marks what makes the moving picture of a
    shot, `repeats` what may stand more than once in a shot's work, `chooses` a switch: of its inputs, named by shot
    role, one goes on. `version` goes into the cache key: raise it when the same inputs give another result.
    """

    slug: str
    label: str
    per: Per
    inputs: Mapping[str, Port] = field(default_factory=dict)
    outputs: Mapping[str, Port] = field(default_factory=dict)
    job: str = ""
    role: str = ""
    version: int = 1
    params: Mapping[str, Param] = field(default_factory=dict)
    stage: str = ""
    passes: Mapping[str, str] = field(default_factory=dict)
    picture: bool = False
    repeats: bool = False
    chooses: bool = False

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every param with its value: what is given, else the default."""
        return {name: param.default for name, param in self.params.items()} | dict(given)

    @property
    def human(self) -> bool:
        """Whether a person makes this step."""
        return not self.chooses and any(port.kind is PortKind.GATE for port in self.outputs.values())

    @property
    def group(self) -> str:
        """The shelf of the library it stands on."""
        kinds = {port.kind for port in self.outputs.values()}
        if self.chooses:
            return "Switches"
        if self.human:
            return "Decisions"
        if PortKind.AUDIO in kinds:
            return "Sound"
        if PortKind.NUMBER in kinds:
            return "Checks"
        return "Pictures" if self.stage else "Sources"


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a graph; `params` override those of its type."""

    id: str
    type: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """From an output port to an input port."""

    source: str
    out: str
    target: str
    into: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a graph cannot be used: which node, which port (empty for the node itself), what is wrong."""

    node: str
    port: str
    message: str

    def __str__(self) -> str:
        place = f"{self.node}.{self.port}" if self.port else self.node
        return f"{place}: {self.message}" if place else self.message


@dataclass(frozen=True, slots=True)
class Step:
    """A node in the order of work: what it waits for, how deep it lies and the key of what it makes."""

    node: Node
    after: tuple[str, ...]
    depth: int
    cache_key: str


class GraphError(ValueError):
    """A graph that cannot be read or planned; `problems` names each fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges; order means nothing."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @classmethod
    def from_json(cls, data: Any) -> Graph:
        """Read `{"version": 1, "nodes": [{id, type, params}], "edges": ["a.out -> b.in"]}`. Raises GraphError."""
        if not isinstance(data, Mapping) or data.get("version") != GRAPH_VERSION:
            raise GraphError([Problem("", "", f"a graph has version {GRAPH_VERSION}")])
        problems: list[Problem] = []
        nodes = [n for raw in _rows(data, "nodes") if (n := _node(raw, problems))]
        edges = [e for raw in _rows(data, "edges") if (e := _edge(raw, problems))]
        if problems:
            raise GraphError(problems)
        return cls(tuple(nodes), tuple(edges))

    def as_json(self) -> dict[str, Any]:
        """The same as `from_json` reads, in a fixed order."""
        nodes = [
            {"id": n.id, "type": n.type, "params": dict(n.params)}
            for n in sorted(self.nodes, key=lambda n: n.id)
        ]
        edges = sorted(f"{e.source}.{e.out} -> {e.target}.{e.into}" for e in self.edges)
        return {"version": GRAPH_VERSION, "nodes": nodes, "edges": edges}

    def digest(self) -> str:
        """Content hash: independent of the order in which nodes and edges were drawn."""
        return digest("pipeline.graph", GRAPH_VERSION, self.as_json())

    def into(self, node: str) -> tuple[Edge, ...]:
        """Edges that end at a node."""
        return tuple(e for e in self.edges if e.target == node)


def _rows(data: Mapping[str, Any], name: str) -> list[Any]:
    rows = data.get(name, [])
    return rows if isinstance(rows, list) else []


def _node(raw: Any, problems: list[Problem]) -> Node | None:
    if not isinstance(raw, Mapping) or not _name(raw.get("id")) or not _name(raw.get("type")):
        problems.append(
            Problem("", "", f"a node needs an id and a type: {json.dumps(raw, default=str)[:80]}")
        )
        return None
    params = raw.get("params") or {}
    if not isinstance(params, Mapping):
        problems.append(Problem(raw["id"], "", "params are a table of names and values"))
        return None
    return Node(raw["id"], raw["type"], dict(params))


def _edge(raw: Any, problems: list[Problem]) -> Edge | None:
    ends = [part.strip() for part in raw.split("->")] if isinstance(raw, str) else []
    if len(ends) == 2 and all(end.count(".") == 1 and all(map(_name, end.split("."))) for end in ends):
        return Edge(*ends[0].split("."), *ends[1].split("."))
    problems.append(Problem("", "", f"an edge reads “node.port -> node.port”, not {str(raw)[:80]!r}"))
    return None


def _name(value: Any) -> bool:
    return (
        isinstance(value, str) and 0 < len(value) <= 60 and value.replace("_", "").replace("-", "").isalnum()
    )


def validate(graph: Graph, catalogue: Mapping[str, NodeType]) -> list[Problem]:
    """Everything that keeps a graph from being worked: an empty list means it is sound."""
    problems = [Problem(i, "", "this id is used twice") for i in _twice([n.id for n in graph.nodes])]
    problems += [
        Problem(n.id, "", f"there is no node type “{n.type}”") for n in graph.nodes if n.type not in catalogue
    ]
    types = {n.id: catalogue[n.type] for n in graph.nodes if n.type in catalogue}
    known = {n.id for n in graph.nodes}
    for edge in graph.edges:
        problems += _edge_problems(edge, types, known)
    for node in graph.nodes:
        if node.id in types:
            problems += _input_problems(node.id, types[node.id], graph.into(node.id))
            problems += _param_problems(node, types[node.id])
    return problems + _circles(graph)


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _edge_problems(edge: Edge, types: Mapping[str, NodeType], known: set[str]) -> list[Problem]:
    missing = [
        Problem(end, port, "no such node")
        for end, port in ((edge.source, edge.out), (edge.target, edge.into))
        if end not in known
    ]
    if missing or edge.source not in types or edge.target not in types:
        return missing
    source, target = types[edge.source], types[edge.target]
    given, taken = source.outputs.get(edge.out), target.inputs.get(edge.into)
    if given is None:
        return [Problem(edge.source, edge.out, f"has no such output; it has {_names(source.outputs)}")]
    if taken is None:
        return [Problem(edge.target, edge.into, f"has no such input; it has {_names(target.inputs)}")]
    if given.kind is not taken.kind:
        return [
            Problem(
                edge.target,
                edge.into,
                f"takes {taken.kind.value}, but {edge.source}.{edge.out} gives {given.kind.value}",
            )
        ]
    if not related(source.per, target.per):
        return [
            Problem(
                edge.target,
                edge.into,
                f"is made per {target.per.value}, which has no {source.per.value} of {edge.source}",
            )
        ]
    return []


def _input_problems(node: str, kind: NodeType, edges: tuple[Edge, ...]) -> list[Problem]:
    problems = []
    for name, port in kind.inputs.items():
        count = sum(1 for e in edges if e.into == name)
        if port.required and count == 0:
            problems.append(Problem(node, name, f"needs {port.kind.value} and nothing is connected"))
        if count > 1 and not port.many:
            problems.append(Problem(node, name, f"takes one connection, {count} are drawn"))
    return problems


def _param_problems(node: Node, kind: NodeType) -> list[Problem]:
    strange = [
        Problem(node.id, name, f"there is no such param; it has {_names(kind.params)}")
        for name in node.params
        if name not in kind.params
    ]
    wrong = {name: kind.params[name].problem(v) for name, v in node.params.items() if name in kind.params}
    return strange + [Problem(node.id, name, why) for name, why in wrong.items() if why]


def _names(ports: Mapping[str, object]) -> str:
    return ", ".join(ports) or "none"


# Which levels lie inside which: a line belongs to a shot; a shot to an act and plays in a scene; all to an episode.
_ABOVE: dict[Per, frozenset[Per]] = {
    Per.LINE: frozenset({Per.LINE, Per.SHOT, Per.ACT, Per.SCENE, Per.EPISODE}),
    Per.SHOT: frozenset({Per.SHOT, Per.ACT, Per.SCENE, Per.EPISODE}),
    Per.SCENE: frozenset({Per.SCENE, Per.EPISODE}),
    Per.ACT: frozenset({Per.ACT, Per.EPISODE}),
    Per.EPISODE: frozenset({Per.EPISODE}),
}


def relatives(per: Per) -> tuple[Per, ...]:
    """The levels an edge from or to this one may join."""
    return tuple(other for other in Per if related(per, other))


def related(a: Per, b: Per) -> bool:
    """Whether one of the two levels lies inside the other, so that an edge between them has a meaning."""
    return b in _ABOVE[a] or a in _ABOVE[b]


def _circles(graph: Graph) -> list[Problem]:
    left = _sorted(graph)[1]
    return [Problem(left[0], "", f"waits for itself in a circle of {', '.join(left)}")] if left else []


def _sorted(graph: Graph) -> tuple[list[str], list[str]]:
    """Node ids in an order of work (ties by id), and the ids that wait for each other for ever."""
    waits = {n.id: {e.source for e in graph.into(n.id)} for n in graph.nodes}
    order: list[str] = []
    while ready := sorted(i for i, sources in waits.items() if i not in order and sources <= set(order)):
        order += ready
    return order, sorted(set(waits) - set(order))


def plan(graph: Graph, catalogue: Mapping[str, NodeType]) -> tuple[Step, ...]:
    """The graph in an order of work. Raises GraphError when it is not sound.

    A step's cache key covers its type, that type's version, its params and the keys of everything before it:
    changing one node changes the keys downstream of it and no others.
    """
    problems = validate(graph, catalogue)
    if problems:
        raise GraphError(problems)
    return steps_of(graph, catalogue)


def steps_of(graph: Graph, catalogue: Mapping[str, NodeType]) -> tuple[Step, ...]:
    """`plan` of a graph whose types are known and which has no circle, whatever else is wrong with it."""
    nodes = {n.id: n for n in graph.nodes}
    steps: dict[str, Step] = {}
    for name in _sorted(graph)[0]:
        node, edges = nodes[name], graph.into(name)
        kind = catalogue[node.type]
        after = tuple(sorted({e.source for e in edges}))
        facts = {
            "type": [kind.slug, kind.version],
            "params": kind.settings(node.params),
            "inputs": sorted([e.into, e.out, steps[e.source].cache_key] for e in edges),
        }
        depth = 1 + max((steps[a].depth for a in after), default=-1)
        steps[name] = Step(node, after, depth, digest("pipeline.node", GRAPH_VERSION, facts))
    return tuple(steps.values())
