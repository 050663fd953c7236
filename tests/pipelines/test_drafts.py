"""A graph somebody is drawing: read and checked without being saved."""

from __future__ import annotations

import pytest

from pipelines.drafts import MAX_NODES, faults, read
from pipelines.graph import Problem
from pipelines.services import default_graph, ready_graphs
from pipelines.standard import STANDARD


def test_every_ready_graph_is_without_faults_and_reads_as_itself() -> None:
    for ready in ready_graphs().values():
        graph, problems = faults(ready.graph.as_json(), STANDARD)
        assert graph is not None
        assert (problems, graph.digest()) == ([], ready.graph.digest()), ready.slug


def test_a_number_a_browser_wrote_keeps_the_graph_s_digest() -> None:
    used = ready_graphs()["old_film"].graph
    data = used.as_json()
    grey = next(node for node in data["nodes"] if node["id"] == "grey")
    assert grey["params"]["strength"] == 1.0
    grey["params"]["strength"] = 1
    assert read(data, STANDARD).digest() == used.digest()


@pytest.mark.parametrize("value", [True, "1", None])
def test_what_is_no_number_stays_what_it_is_and_is_refused(value: object) -> None:
    data = default_graph().as_json()
    data["nodes"].append({"id": "grey", "type": "modifier", "params": {"strength": value}})
    data["edges"].append("lips.video -> grey.video")
    problems = faults(data, STANDARD)[1]
    assert ("grey", "strength") in {(p.node, p.port) for p in problems}


@pytest.mark.parametrize("data", [None, [], {"version": 2}, {"version": 1, "nodes": [{"id": ""}]}])
def test_what_is_no_graph_has_faults_and_no_graph(data: object) -> None:
    graph, problems = faults(data, STANDARD)
    assert graph is None
    assert problems


def test_faults_name_node_and_port() -> None:
    data = default_graph().as_json()
    data["nodes"].append({"id": "grey", "type": "modifier"})
    assert faults(data, STANDARD)[1] == [Problem("grey", "video", "needs video and nothing is connected")]


def test_a_graph_has_an_upper_size() -> None:
    data = default_graph().as_json()
    data["nodes"] += [{"id": f"n{n}", "type": "score"} for n in range(MAX_NODES)]
    assert faults(data, STANDARD)[1] == [Problem("", "", f"a graph has at most {MAX_NODES} nodes")]
