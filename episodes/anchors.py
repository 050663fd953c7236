"""The frames a clip is held to: the still it starts from and, where the graph draws one, the still it ends on."""

from __future__ import annotations

from episodes.casting import role_of
from episodes.models import Shot
from episodes.queries import Chosen, cast_of
from episodes.wearing import outfits_of, wearers
from pipelines.branches import branch
from pipelines.catalogue import catalogue
from pipelines.graph import Graph
from pipelines.services import graph_of
from vault.models import Asset

LAST = "last_frame"


def leads_to_end(part: Graph) -> bool:
    """Whether a branch of a graph leads a frame to its clip to end on."""
    clips = [node for node in part.nodes if node.type == "clip"]
    return any(edge.into == "last" for node in clips for edge in part.into(node.id))


def ends_on_frame(shot: Shot) -> bool:
    """Whether the shot's branch of the project's graph gives its clip a frame to end on. Call inside a scope."""
    role = role_of(shot, cast_of(shot), wearers(outfits_of(shot))).value
    return leads_to_end(branch(graph_of(shot.episode.project_id), catalogue(), role))


def last_of(shot: Shot, takes: Chosen) -> Asset | None:
    """The still on which the shot's clip ends, when its graph asks for one and it has been made."""
    take = takes.get((LAST, shot.pk)) if ends_on_frame(shot) else None
    return take.asset if take else None
