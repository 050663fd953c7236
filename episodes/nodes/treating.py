"""Steps that treat a finished picture: a stylised look, more pixels. What they make follows the picture they got."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from craft.render.errors import RenderError
from craft.render.probe import probe
from craft.terms.delivery import frame_size
from engines.adapters.inputs import Input
from engines.adapters.requests import Modify, Request, Upscale
from episodes import persons
from episodes.casting import policy_levels
from episodes.models import Episode, Shot, Take
from episodes.nodes.making import Order, make, shot_of
from episodes.nodes.picture import quality_at
from episodes.nodes.wiring import Wiring
from episodes.packets import seconds_of
from episodes.performed import NODE, acted_in
from episodes.queries import chosen_takes, facts_digest
from pipelines.catalogue import catalogue
from pipelines.expansion import take_of
from pipelines.graph import Node
from tenancy.errors import SlateError
from vault import services as vault
from workflow.runner import Context

# What a take knows of its picture that a treatment does not change: places are shares of the frame.
SAME = ("subject_boxes", "mouth_boxes", "dialogue", "still", "quality", "note", "lips", NODE)


def make_modifier(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The picture at the input in a stylised look."""
    with ctx.scope():
        found, shot, before, wiring = _given(ctx, episode, subject, later)
        style, strength = str(wiring.params["style"]), float(wiring.params["strength"])

        def build(clip: Input) -> Request:
            return Modify(
                clip=clip, style=style, strength=strength, rate=found.project.rate, frames=shot.frames
            )

        facts = {"style": style, "strength": strength}
        order = _order("modifier", found, shot, before, wiring, build, facts)
    return make(ctx, order)


def make_upscale(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The picture at the input at the size of the node's quality; one that is as large already stays as it is."""
    with ctx.scope():
        found, shot, before, wiring = _given(ctx, episode, subject, later)
        quality = quality_at(wiring, found)
        width, height = frame_size(found.project.aspect, quality)
        seconds = seconds_of(shot, found.project.rate)

        def build(clip: Input) -> Request:
            return Upscale(clip=clip, width=width, height=height, seconds=seconds)

        order = _order("upscale", found, shot, before, wiring, build, {"quality": quality})
    across, down = _size(before)
    if across >= width and down >= height:
        with ctx.closing({"upscale": f"the picture has {across} × {down} already"}):
            # an enlargement of an earlier, smaller picture is not the shot's picture any more
            Take.objects.filter(stage=order.stage, subject_id=order.subject, chosen=True).update(chosen=False)
        return None
    return make(ctx, order)


def _given(
    ctx: Context, episode: str, subject: str, payload: Mapping[str, Any]
) -> tuple[Episode, Shot, Take, Wiring]:
    found, shot = shot_of(ctx, episode, subject)
    wiring = Wiring.of(payload)
    return found, shot, wiring.needed(chosen_takes(found), "video", shot), wiring


def _size(take: Take) -> tuple[int, int]:
    with vault.local_path(take.asset) as path:
        try:
            seen = probe(path).picture
        except RenderError as error:
            raise SlateError(f"The picture cannot be read: {error}", code="step.input_damaged") from error
    return (seen.width, seen.height) if seen else (0, 0)


def _order(
    slug: str,
    episode: Episode,
    shot: Shot,
    before: Take,
    wiring: Wiring,
    build: Callable[[Input], Request],
    facts: Mapping[str, Any],
) -> Order:
    kind, asset = catalogue()[slug], before.asset

    def made(paths: Mapping[str, Path]) -> Request:
        return build(Input(paths["picture"], asset.sha256, asset.mime, before.label))

    kept = {name: before.meta[name] for name in SAME if name in before.meta}
    kept |= {"lips": True} if before.stage == "lips" else {}
    about = {"frames": shot.frames, "facts": facts_digest(shot, episode.project), "made_from": str(before.pk)}
    return Order(
        episode,
        kind.stage,
        UUID(take_of(Node(wiring.node, slug), kind, str(shot.pk))[1]),
        f"{shot.label} {wiring.node}",
        made,
        kind.role,
        {"shot": shot},
        {"picture": asset},
        about=policy_levels(shot),
        uses=(
            *persons.seen(shot, episode.project_id),
            *persons.performed(acted_in(before), episode.project_id),
        ),
        meta={**kept, **about, **facts},
        kind="clip",
    )
