"""One shot's way through the graph with where each step stands, for the canvas of the plan page."""

from __future__ import annotations

from typing import Any

from billing.errors import credits_text
from episodes import planning
from episodes.models import Episode, Shot
from episodes.planning import EpisodePlan, NodePlan
from pipelines.branches import branch
from pipelines.catalogue import catalogue
from pipelines.graph import Graph, Per
from pipelines.queries import PORT_KINDS, node_types_for_people
from pipelines.services import graph_of

# What is said of a node with several subjects: the state that asks most of people comes first.
_FIRST = (
    planning.FAILED,
    planning.PERSON,
    planning.WORKED,
    planning.QUEUED,
    planning.STALE,
    planning.MISSING,
    planning.DONE,
)
_SIGNS = {planning.PERSON: "needs_decision"}


def drawn(episode: Episode, made: EpisodePlan, shot: Shot | None) -> dict[str, Any] | None:
    """The graph as this shot is worked, with state, credits and seconds by node; None without a shot."""
    if shot is None:
        return None
    roles = {one.step.planned.subject.role for one in made.steps if one.shot == str(shot.pk)} - {""}
    graph = _of_shots(branch(graph_of(episode.project_id), catalogue(), next(iter(roles), "")))
    used = {node.type for node in graph.nodes}
    return {
        "shot": shot,
        "data": {
            "project": str(episode.project_id),
            "graph": graph.as_json(),
            "number": 0,
            "types": [one for one in node_types_for_people() if one["type"] in used],
            "kinds": PORT_KINDS,
            "faults": [],
            "graph_url": "",
            "check_url": "",
            "editable": False,
            "shot": {"id": str(shot.pk), "label": shot.label},
            "states": {one.node: _state(one) for one in made.of_shot(shot.pk)},
        },
    }


def _of_shots(graph: Graph) -> Graph:
    kinds = catalogue()
    kept = {node.id for node in graph.nodes if kinds[node.type].per in (Per.SHOT, Per.LINE)}
    return Graph(
        tuple(node for node in graph.nodes if node.id in kept),
        tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept),
    )


def _state(one: NodePlan) -> dict[str, str]:
    state = next(name for name in _FIRST if one.counts[name])
    word = planning.WORDS.get(state, state)
    several = f"{one.counts[state]} of {one.total} {word}" if one.total > 1 else word
    return {"words": several, "sign": _SIGNS.get(state, state), "note": _left(one)}


def _left(one: NodePlan) -> str:
    """What is still to be paid and waited for; empty where nothing is left or a person decides."""
    if not one.left or one.type.human:
        return ""
    price = f"{credits_text(one.price.expected)} cr" if one.price.high else "free"
    return price if one.seconds is None else f"{price} · {one.seconds:.0f} s"
