"""What one graph does otherwise than the one before it, in words."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.changes import changes
from pipelines.graph import Graph
from pipelines.services import default_graph, ready_graphs
from pipelines.standard import STANDARD


def told(edit: dict[str, Any], before: Graph | None = None) -> list[str]:
    """The default graph with steps taken out, put in and wires changed, against itself."""
    first = before or default_graph()
    data = first.as_json()
    data["nodes"] = [n for n in data["nodes"] if n["id"] not in edit.get("without", ())] + edit.get(
        "with", []
    )
    data["edges"] = [e for e in data["edges"] if e not in edit.get("cut", ())] + edit.get("join", [])
    return changes(first, Graph.from_json(data), STANDARD)


def test_the_same_graph_changes_nothing() -> None:
    for ready in ready_graphs().values():
        again = Graph.from_json(ready.graph.as_json())
        assert changes(ready.graph, again, STANDARD) == []


def test_an_added_step_is_told_with_what_feeds_it_and_what_it_takes_the_place_of() -> None:
    assert told(
        {
            "with": [{"id": "grey", "type": "modifier"}],
            "cut": ["lips.video -> judge.video"],
            "join": ["lips.video -> grey.video", "grey.video -> judge.video"],
        }
    ) == ["Modifier “grey” added: video from lips", "judge.video from grey.video instead of lips.video"]


def test_a_removed_step_is_told_once_with_what_it_leaves_open() -> None:
    found = told(
        {
            "without": ("guides",),
            "cut": ["approve.image -> guides.first", "guides.video -> clip.guides"],
        }
    )
    assert found == ["Control passes removed", "clip.guides no longer from guides.video"]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"join": ["approve.gate -> lips.gate"]}, "lips.gate from approve.gate"),
        ({"join": ["clip.video -> clip.guides"]}, "clip.guides from clip.video too"),
        ({"cut": ["speech.audio -> clip.speech"]}, "clip.speech no longer from speech.audio"),
    ],
)
def test_a_wire_is_told_by_the_input_it_ends_at(edit: dict[str, Any], words: str) -> None:
    assert told(edit) == [words]


def test_settings_are_told_with_what_they_were_also_by_default() -> None:
    found = told(
        {"without": ("clip",), "with": [{"id": "clip", "type": "clip", "params": {"quality": "draft"}}]}
    )
    assert found == ["Clip: quality draft instead of project"]


def test_a_default_written_down_is_no_change() -> None:
    same = {"id": "clip", "type": "clip", "params": {"quality": "project"}}
    assert told({"without": ("clip",), "with": [same]}) == []


def test_another_name_is_not_a_step_removed_and_one_added() -> None:
    edges = [e for e in default_graph().as_json()["edges"] if "guides." in e]
    found = told(
        {
            "without": ("guides",),
            "with": [{"id": "depth", "type": "guides"}],
            "cut": edges,
            "join": [
                e.replace("guides.first", "depth.first").replace("guides.video", "depth.video") for e in edges
            ],
        }
    )
    assert found == ["guides is now called depth"]


def test_a_step_of_another_type_under_an_old_name_is_removed_and_added() -> None:
    found = told({"without": ("effects",), "with": [{"id": "effects", "type": "score"}]})
    assert found == ["Effects removed", "Score “effects” added"]


def test_a_type_nobody_knows_any_more_is_called_by_its_slug() -> None:
    assert told({"with": [{"id": "dream", "type": "dream"}]}) == ["dream added"]
