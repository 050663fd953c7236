"""The graph: what is refused and how it is named, the order of work, and cache keys that change only downstream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.expansion import Subject, expand
from pipelines.graph import Graph, GraphError, Per, plan, validate
from pipelines.standard import STANDARD

DEFAULT = json.loads((Path(__file__).parents[2] / "pipelines" / "default.json").read_text())


def graph(**changes: Any) -> Graph:
    return Graph.from_json(DEFAULT | changes)


def messages(edges: list[str], nodes: list[dict[str, str]] | None = None) -> list[str]:
    return [str(p) for p in validate(graph(edges=edges, nodes=nodes or DEFAULT["nodes"]), STANDARD)]


def test_default_graph_is_sound_and_reads_back() -> None:
    assert validate(graph(), STANDARD) == []
    again = Graph.from_json(graph().as_json())
    assert again.digest() == graph().digest()


@pytest.mark.parametrize(
    ("edge", "message"),
    [
        ("speech.audio -> clip.first", "clip.first: takes image, but speech.audio gives audio"),
        ("clip.sound -> lips.plate", "clip.sound: has no such output; it has video"),
        ("clip.video -> lips.picture", "lips.picture: has no such input; it has plate, speech, gate"),
        ("ghost.video -> lips.plate", "ghost.video: no such node"),
        ("clip.video -> lips.plate", "lips.plate: takes one connection, 2 are drawn"),
    ],
)
def test_wrong_edge_is_named_by_node_and_port(edge: str, message: str) -> None:
    assert message in messages([*DEFAULT["edges"], edge])


def test_missing_input_and_unknown_type_are_named() -> None:
    assert "clip.first: needs image and nothing is connected" in messages([])
    assert "x: there is no node type “dream”" in messages(
        DEFAULT["edges"], [*DEFAULT["nodes"], {"id": "x", "type": "dream"}]
    )


def test_circle_is_refused_and_lists_its_nodes() -> None:
    nodes = [{"id": "a", "type": "approve"}, {"id": "b", "type": "approve"}]
    assert messages(["a.image -> b.image", "b.image -> a.image"], nodes) == [
        "a: waits for itself in a circle of a, b"
    ]
    with pytest.raises(GraphError, match="circle"):
        plan(graph(nodes=nodes, edges=["a.image -> b.image", "b.image -> a.image"]), STANDARD)


@pytest.mark.parametrize(
    "bad", [None, [], {"version": 2}, {"version": 1, "nodes": [{"id": 3}]}, {"version": 1, "edges": ["a->b"]}]
)
def test_unreadable_graph_raises_graph_error(bad: Any) -> None:
    with pytest.raises(GraphError):
        Graph.from_json(bad)


def test_changed_params_change_only_the_keys_downstream() -> None:
    changed = [n | ({"params": {"quality": "draft"}} if n["id"] == "clip" else {}) for n in DEFAULT["nodes"]]
    before = {s.node.id: s.cache_key for s in plan(graph(), STANDARD)}
    after = {s.node.id: s.cache_key for s in plan(graph(nodes=changed), STANDARD)}
    assert {name for name in before if before[name] != after[name]} == {"clip", "lips", "judge"}


def test_steps_come_after_what_they_wait_for() -> None:
    seen: set[str] = set()
    for step in plan(graph(), STANDARD):
        assert set(step.after) <= seen
        seen.add(step.node.id)
    assert seen == {n["id"] for n in DEFAULT["nodes"]}


def test_shot_waits_for_its_own_lines_only() -> None:
    shots = [Subject(Per.SHOT, s, {"act": "a", "scene": "c"}) for s in ("s1", "s2")]
    lines = [
        Subject(Per.LINE, f"l{n}", {"shot": s, "act": "a", "scene": "c"})
        for n, s in ((1, "s1"), (2, "s1"), (3, "s2"))
    ]
    steps = {
        p.key: set(p.after)
        for p in expand(graph(), STANDARD, [*shots, *lines, Subject(Per.ACT, "a"), Subject(Per.SCENE, "c")])
    }
    before = {("approve", "s1"), ("guides", "s1"), ("references", "s1"), ("speech", "l1"), ("speech", "l2")}
    assert steps["clip", "s1"] == before
    assert steps["score", "a"] == set()
    assert steps["speech", "l3"] == {("approve", "s2"), ("script_line", "l3")}
    assert len(steps) == 2 * 8 + 3 * 2 + 1 + 1
