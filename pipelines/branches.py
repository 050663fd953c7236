"""What of a graph a shot is worked by: switches taken by the shot's role, and what then leads nowhere left out.

    clip ──────────▶ other    ┐
    clip ─▶ lips ──▶ dialogue ┴ by_role ─▶ judge      close-up: clip ─▶ judge      dialogue: clip ─▶ lips ─▶ judge

A switch makes nothing itself: in the branch its neighbours are joined directly, so a step whose inputs are the same
with and without the switch keeps its cache key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from craft.terms.shots import ShotRole
from pipelines.graph import Edge, Graph, Node, NodeType, PortKind, Problem, validate

OTHER = "other"
ROLES: tuple[str, ...] = tuple(role.value for role in ShotRole)
Types = Mapping[str, NodeType]


def branch(graph: Graph, types: Types, role: str) -> Graph:
    """The graph as a shot of this role is worked; an empty role takes every branch of every switch."""
    edges = list(graph.edges)
    kept = [node for node in graph.nodes if not types[node.type].chooses]
    for switch in (node for node in graph.nodes if types[node.type].chooses):
        taken = _taken([e for e in edges if e.target == switch.id], role)
        given = [e for e in edges if e.source == switch.id]
        edges = [e for e in edges if switch.id not in (e.source, e.target)]
        edges += [Edge(t.source, t.out, g.target, g.into) for g in given for t in taken]
    edges = list(dict.fromkeys(edges))
    live = _leading_somewhere(graph, types, kept, edges)
    return Graph(
        tuple(node for node in kept if node.id in live),
        tuple(e for e in edges if e.source in live and e.target in live),
    )


def _taken(arriving: list[Edge], role: str) -> list[Edge]:
    if not role:
        return arriving
    names = (role, *([ShotRole.CLOSE_UP.value] if role == ShotRole.TRAINED_CLOSE_UP else []), OTHER)
    return next((found for name in names if (found := [e for e in arriving if e.into == name])), [])


def _leading_somewhere(graph: Graph, types: Types, kept: list[Node], edges: list[Edge]) -> set[str]:
    """Ends of the drawn graph, whatever sounds (the mix hears it), and all that feeds one of these."""
    giving = {e.source for e in graph.edges}
    live = {
        node.id
        for node in kept
        if node.id not in giving
        or any(port.kind is PortKind.AUDIO for port in types[node.type].outputs.values())
    }
    while more := {e.source for e in edges if e.target in live} - live:
        live |= more
    return live


def sources(part: Graph, types: Types, node: str, port: str) -> tuple[Node, ...]:
    """What may lie at an input, nearest first: a step that makes nothing of its own passes on what came before it."""
    nodes = {n.id: n for n in part.nodes}
    found: list[Node] = []
    for edge in part.into(node):
        if edge.into == port and edge.source in nodes:
            found += _upward(part, types, nodes, edge)
    return tuple({one.id: one for one in found}.values())


def _upward(part: Graph, types: Types, nodes: Mapping[str, Node], edge: Edge) -> Iterator[Node]:
    kind = types[nodes[edge.source].type]
    if kind.stage:
        yield nodes[edge.source]
    if edge.out in kind.passes:
        yield from sources(part, types, edge.source, kind.passes[edge.out])


def pictures(part: Graph, types: Types) -> tuple[Node, ...]:
    """The steps that make a shot's moving picture, last first: the picture is the first of these that left a take.

    Empty when there is none or when more than one ends the shot.
    """
    ends = _ends(part, types)
    if len(ends) != 1:
        return ()
    return (ends[0], *_before(part, types, ends[0]))


def _ends(part: Graph, types: Types) -> list[Node]:
    makers = [node for node in part.nodes if types[node.type].picture]
    inner = {one.id for node in makers for one in _before(part, types, node)}
    return [node for node in makers if node.id not in inner]


def _before(part: Graph, types: Types, node: Node) -> tuple[Node, ...]:
    passed = types[node.type].passes.get("video", "")
    return sources(part, types, node.id, passed) if passed else ()


def check(graph: Graph, types: Types) -> list[Problem]:
    """`validate`, then every branch: each must be whole, and one moving picture must end each shot."""
    problems = validate(graph, types)
    if problems:
        return problems
    giving = {e.source for e in graph.edges}
    for node in graph.nodes:
        kind = types[node.type]
        if kind.chooses and node.id not in giving:
            problems.append(Problem(node.id, next(iter(kind.outputs)), "leads nowhere"))
        if kind.chooses and not graph.into(node.id):
            problems.append(Problem(node.id, OTHER, "needs at least one connection"))
        problems += _passed_on(graph, node, kind)
    return problems or list(dict.fromkeys(_in_branches(graph, types)))


def _passed_on(graph: Graph, node: Node, kind: NodeType) -> Iterator[Problem]:
    arriving = {e.into for e in graph.into(node.id)}
    used = {e.out for e in graph.edges if e.source == node.id}
    for out, into in kind.passes.items():
        if out in used and into not in arriving:
            yield Problem(node.id, out, f"gives what comes in at {into}, and nothing is connected there")


def _in_branches(graph: Graph, types: Types) -> Iterator[Problem]:
    switched = any(types[node.type].chooses for node in graph.nodes)
    for role in ROLES if switched else ROLES[:1]:
        part, words = branch(graph, types, role), f" for {role} shots" if switched else ""
        for one in validate(part, types):
            yield Problem(one.node, one.port, one.message + words)
        yield from _picture_problems(part, types, words)
        yield from _made_twice(part.nodes, types, words)


def _picture_problems(part: Graph, types: Types, words: str) -> Iterator[Problem]:
    ends = _ends(part, types)
    if not ends:
        yield Problem("", "", f"no step makes a moving picture{words}")
    if len(ends) > 1:
        names = ", ".join(node.id for node in ends)
        yield Problem(ends[-1].id, "video", f"one picture ends a shot, here it is {names}{words}")


def _made_twice(nodes: Iterable[Node], types: Types, words: str) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for node in nodes:
        kind = types[node.type]
        if kind.stage and not kind.repeats and first.setdefault(kind.slug, node.id) != node.id:
            yield Problem(node.id, "", f"makes the same as {first[kind.slug]}{words}")
