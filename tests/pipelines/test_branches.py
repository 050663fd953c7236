"""Branches by shot role: what is worked, what is not, what a picture is; params and faults named by node and place."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.branches import ROLES, branch, check, pictures, sources
from pipelines.expansion import Subject, expand
from pipelines.graph import Edge, Graph, GraphError, Per, plan
from pipelines.services import default_graph, ready_graphs
from pipelines.standard import STANDARD

SHOT = "11111111-1111-4111-8111-111111111111"
OTHER_SHOT = "22222222-2222-4222-8222-222222222222"


def drawn(nodes: list[dict[str, Any]] = (), add: list[str] = (), drop: list[str] = ()) -> Graph:  # type: ignore[assignment]
    base = default_graph().as_json()
    edges = [edge for edge in base["edges"] if edge not in drop] + list(add)
    kept = [n for n in base["nodes"] if n["id"] not in {one["id"] for one in nodes}]
    return Graph.from_json({"version": 1, "nodes": [*kept, *nodes], "edges": edges})


def faults(graph: Graph) -> list[str]:
    return [str(problem) for problem in check(graph, STANDARD)]


def picture_ids(graph: Graph, role: str) -> list[str]:
    return [node.id for node in pictures(branch(graph, STANDARD, role), STANDARD)]


@pytest.mark.parametrize("slug", ready_graphs())
def test_every_ready_graph_is_sound_and_gives_each_role_one_picture(slug: str) -> None:
    ready = ready_graphs()[slug]
    assert check(ready.graph, STANDARD) == []
    assert ready.label and ready.says.endswith(".")
    for role in ROLES:
        assert picture_ids(ready.graph, role)[-1] == "clip"


def test_a_branch_that_is_not_taken_is_not_worked() -> None:
    graph = ready_graphs()["lips_where_spoken"].graph
    assert picture_ids(graph, "dialogue") == ["lips", "clip"]
    assert picture_ids(graph, "b_roll") == ["clip"]
    spoken, silent = Subject(Per.SHOT, SHOT, role="dialogue"), Subject(Per.SHOT, OTHER_SHOT, role="b_roll")
    line = Subject(Per.LINE, "l1", {"shot": OTHER_SHOT}, "b_roll")
    steps = {step.key: step for step in expand(graph, STANDARD, [spoken, silent, line])}
    assert ("lips", SHOT) in steps and ("lips", OTHER_SHOT) not in steps
    assert ("speech", "l1") in steps, "what is heard is made in every branch"
    assert ("lips", SHOT) in steps["judge", SHOT].after
    assert ("clip", OTHER_SHOT) in steps["judge", OTHER_SHOT].after
    assert steps["judge", SHOT].given["video"] == (("lips", SHOT), ("clip", SHOT))
    assert not any(node.startswith("by_role") for node, _ in steps)


def test_close_up_of_a_trained_character_goes_the_way_of_close_ups_unless_it_has_its_own() -> None:
    graph = ready_graphs()["lips_where_spoken"].graph
    types = {node.id: node.type for node in graph.nodes}
    switch = next(name for name, kind in types.items() if STANDARD[kind].chooses)
    clip = next(edge for edge in graph.edges if edge.target == switch and edge.into == "other")
    lips = next(edge for edge in graph.edges if edge.target == switch and edge.into == "dialogue")

    def ways(**into: Edge) -> list[str]:
        more = tuple(Edge(one.source, one.out, switch, name) for name, one in into.items())
        return picture_ids(Graph(graph.nodes, (*graph.edges, *more)), "trained_close_up")

    assert ways() == ["clip"]
    assert ways(close_up=lips) == ["lips", "clip"]
    assert ways(close_up=lips, trained_close_up=clip) == ["clip"]


def test_a_switch_leaves_the_keys_of_what_it_does_not_change() -> None:
    plain = {step.node.id: step.cache_key for step in plan(default_graph(), STANDARD)}
    taken = branch(ready_graphs()["lips_where_spoken"].graph, STANDARD, "dialogue")
    assert {step.node.id: step.cache_key for step in plan(taken, STANDARD)} == plain
    silent = {
        step.node.id: step.cache_key
        for step in plan(branch(ready_graphs()["lips_where_spoken"].graph, STANDARD, "action"), STANDARD)
    }
    assert {name for name in silent if silent[name] != plain[name]} == {"judge"}


def test_a_step_that_makes_nothing_passes_on_what_came_before() -> None:
    part = branch(ready_graphs()["supervised"].graph, STANDARD, "action")
    assert [node.id for node in sources(part, STANDARD, "judge", "video")] == ["lips", "clip"]
    assert [node.id for node in sources(part, STANDARD, "clip", "first")] == ["keyframe"]


def test_only_a_long_take_waits_for_a_pick() -> None:
    graph = ready_graphs()["compare_long_takes"].graph
    long, short = Subject(Per.SHOT, SHOT, role="long_take"), Subject(Per.SHOT, OTHER_SHOT, role="action")
    steps = {step.key: step for step in expand(graph, STANDARD, [long, short])}
    assert ("compare", SHOT) in steps["clip", SHOT].after
    assert ("approve", OTHER_SHOT) in steps["clip", OTHER_SHOT].after
    assert ("compare", OTHER_SHOT) not in steps
    assert steps["compare", SHOT].given["first"] == (("keyframe", SHOT),)
    assert steps["clip", SHOT].given["first"] == (("keyframe", SHOT),)


def test_each_modifier_of_a_chain_has_takes_of_its_own() -> None:
    graph = ready_graphs()["old_film"].graph
    steps = {step.node: step for step in expand(graph, STANDARD, [Subject(Per.SHOT, SHOT, role="action")])}
    grey, worn = steps["grey"].makes, steps["modifier"].makes
    assert grey and worn and grey[0] == worn[0] == "modifier" and grey[1] != worn[1] == SHOT
    assert steps["modifier"].given["video"] == (grey, ("lips", SHOT), ("clip", SHOT))
    assert picture_ids(graph, "action") == ["modifier", "grey", "lips", "clip"]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"samples": 4}, "clip.samples: there is no such param; it has quality"),
        ({"quality": "huge"}, "clip.quality: knows no “huge”; possible: project, draft, preview, hd, full"),
        ({"quality": 3}, "clip.quality: is a text, not '3'"),
    ],
)
def test_params_are_checked_by_name(params: dict[str, Any], message: str) -> None:
    assert faults(drawn([{"id": "clip", "type": "clip", "params": params}])) == [message]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"style": "sparkle"}, "grey.style: knows no “sparkle”; possible: black_and_white, sepia"),
        ({"strength": 2}, "grey.strength: is 2; possible is 0 to 1"),
        ({"strength": True}, "grey.strength: is a number from 0 to 1, not 'True'"),
    ],
)
def test_modifier_params_are_checked(params: dict[str, Any], message: str) -> None:
    graph = drawn([{"id": "grey", "type": "modifier", "params": params}], ["lips.video -> grey.video"])
    assert faults(graph)[0].startswith(message)


def test_two_ends_of_a_picture_are_refused() -> None:
    nodes = [{"id": "grey", "type": "modifier"}, {"id": "large", "type": "upscale"}]
    graph = drawn(nodes, ["lips.video -> grey.video", "lips.video -> large.video"])
    assert faults(graph) == ["large.video: one picture ends a shot, here it is grey, large"]


def test_a_role_without_a_branch_is_named_where_something_is_needed() -> None:
    switch = [{"id": "by_role", "type": "switch_video"}]
    add = ["lips.video -> by_role.dialogue", "by_role.video -> judge.video"]
    found = faults(drawn(switch, add, ["lips.video -> judge.video"]))
    assert "judge.video: needs video and nothing is connected for close_up shots" in found
    assert not any("dialogue" in one for one in found)


def test_switches_and_gates_that_lead_nowhere_are_named() -> None:
    assert "by_role.video: leads nowhere" in faults(
        drawn([{"id": "by_role", "type": "switch_video"}], ["lips.video -> by_role.other"])
    )
    hold = [{"id": "hold", "type": "gate"}]
    assert "hold.video: gives what comes in at video, and nothing is connected there" in faults(
        drawn(hold, ["hold.video -> judge.video"], ["lips.video -> judge.video"])
    )


def test_two_makers_of_the_same_stage_are_refused_unless_a_switch_parts_them() -> None:
    second = [{"id": "quick", "type": "clip", "params": {"quality": "draft"}}]
    feeds = ["approve.image -> quick.first", "quick.video -> lips.plate"]
    assert "lips.plate: takes one connection, 2 are drawn" in faults(drawn(second, feeds))
    switch = {"id": "by_role", "type": "switch_video"}
    parted = drawn(
        [*second, switch],
        [
            "approve.image -> quick.first",
            "quick.video -> by_role.b_roll",
            "clip.video -> by_role.other",
            "by_role.video -> lips.plate",
        ],
        ["clip.video -> lips.plate"],
    )
    assert faults(parted) == []
    assert picture_ids(parted, "b_roll") == ["lips", "quick"]


def test_an_unsound_graph_is_not_expanded() -> None:
    with pytest.raises(GraphError, match="no step makes a moving picture"):
        expand(
            Graph.from_json({"version": 1, "nodes": [{"id": "keyframe", "type": "keyframe"}]}), STANDARD, []
        )
