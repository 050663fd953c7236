"""What a clip is held to: the still it starts from and, where the graph leads one to it, the still it ends on and the
film that it acts out."""

from __future__ import annotations

from pathlib import Path

from craft.terms.rates import FrameRate
from engines.adapters.inputs import Input, Lora
from engines.adapters.inputs import Performance as Film
from engines.adapters.requests import Clip, Outline
from engines.adapters.wording import optics_named
from engines.arriving import FILM_MIME
from episodes.casting import role_of
from episodes.models import Performance, Shot
from episodes.performed import PORT, least_frames, performance_of
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
    return _leads_to_clip(part, "last")


def leads_film(part: Graph) -> bool:
    """Whether a branch of a graph leads a performance to its clip."""
    return _leads_to_clip(part, PORT)


def _leads_to_clip(part: Graph, port: str) -> bool:
    clips = [node for node in part.nodes if node.type == "clip"]
    return any(edge.into == port for node in clips for edge in part.into(node.id))


def ends_on_frame(shot: Shot) -> bool:
    """Whether the shot's branch of the project's graph gives its clip a frame to end on. Call inside a scope."""
    return leads_to_end(branch_of(shot))


def takes_film(shot: Shot) -> bool:
    """Whether the shot's branch of the project's graph gives its clip a performance. Call inside a scope."""
    return leads_film(branch_of(shot))


def acted_by(shot: Shot) -> Performance | None:
    """The performance that the shot's clip acts out: its own, where the graph leads one to the clip."""
    return performance_of(shot) if takes_film(shot) else None


def branch_of(shot: Shot) -> Graph:
    """The project's graph as this shot is worked. Call inside a scope."""
    role = role_of(shot, cast_of(shot), wearers(outfits_of(shot))).value
    return branch(graph_of(shot.episode.project_id), catalogue(), role)


def clip_outline(shot: Shot, width: int = 0, loras: tuple[Lora, ...] = ()) -> Outline:
    """The shot's clip for prices and capabilities, held to what its graph gives it. Call inside a scope."""
    film, rate = acted_by(shot), FrameRate.parse(shot.episode.project.rate)
    return Outline(
        "clip",
        seconds=float(rate.seconds(shot.frames)),
        frames=shot.frames,
        width=width,
        loras=loras,
        last=ends_on_frame(shot),
        performance=outlined(film, shot) if film else None,
    )


def acted_clip(shot: Shot, film: Performance, width: int, height: int, last: bool = False) -> Clip:
    """The request for a clip that acts a film out, with names in the place of files: whether anybody can make it, and
    at which price, hangs on its camera and its shape too."""
    return Clip(
        prompt="",
        width=width,
        height=height,
        rate=shot.episode.project.rate,
        frames=shot.frames,
        movement=shot.movement,
        direction=shot.direction,
        speed=shot.speed,
        angle=shot.angle,
        optics=optics_named(shot.optics, shot.optics_direction),
        first=_named("keyframe", "image/png"),
        last=_named("last frame", "image/png") if last else None,
        performance=outlined(film, shot),
    )


def outlined(film: Performance, shot: Shot) -> Film:
    """A performance before it is cut: as long as it will be."""
    rate = FrameRate.parse(shot.episode.project.rate)
    seconds = float(rate.seconds(max(shot.frames, least_frames(rate))))
    return Film(_named(PORT, FILM_MIME), seconds, film.body, film.expression, len(cast_of(shot)))


def _named(title: str, mime: str) -> Input:
    return Input(Path(), "", mime, title)


def last_of(shot: Shot, takes: Chosen) -> Asset | None:
    """The still on which the shot's clip ends, when its graph asks for one and it has been made."""
    take = takes.get((LAST, shot.pk)) if ends_on_frame(shot) else None
    return take.asset if take else None
