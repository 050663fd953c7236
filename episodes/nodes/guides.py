"""Control passes of a shot: depth, normals, segments, motion and the camera's path, drawn from the same packet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engines.adapters.requests import Guides
from engines.queries import controls_taken
from episodes import packets
from episodes.anchors import clip_outline
from episodes.models import Episode, Shot, Take
from episodes.nodes.making import BUILT_IN, Order, make, shot_of
from episodes.queries import cast_of, chosen_takes, facts_digest
from vault.models import Asset
from workflow.runner import Context

PASSES = ("depth", "normals", "segments", "motion", "camera")


def make_guides(
    ctx: Context, *, episode: str, subject: str, asked: bool = False, **later: Any
) -> dict[str, Any] | None:
    """Draw the passes when the engine that will make the clip takes any, or when somebody asks; they are free."""
    with ctx.scope():
        found, shot = shot_of(ctx, episode, subject)
        wanted = asked or bool(controls_taken("clip", clip_outline(shot)))
        order = _order(found, shot) if wanted else None
    if order is None:
        with ctx.closing({"guides": "the engine of this clip takes none"}):
            return None
    return make(ctx, order)


def _order(episode: Episode, shot: Shot) -> Order:
    cast, project = cast_of(shot), episode.project
    packet = packets.shot_packet(shot, project, cast)
    request = Guides(packet=packet, rate=project.rate, frames=shot.frames, wanted=PASSES, seed=packet["seed"])

    def build(paths: Mapping[str, Path]) -> Guides:
        return request

    meta = {"facts": facts_digest(shot, project)}
    owner = {"shot": shot}
    title = f"{shot.label} guides"
    return Order(episode, "guides", shot.pk, title, build, "guides", owner, pins=(BUILT_IN,), meta=meta)


def controls_of(episode: Episode, shot: Shot) -> dict[str, Asset]:
    """The passes of a shot that the engine of its clip takes, by name; none while they are missing or stale."""
    taken = controls_taken("clip", clip_outline(shot))
    take = chosen_takes(episode).get(("guides", shot.pk)) if taken else None
    if take is None or take.meta.get("facts") != facts_digest(shot, episode.project):
        return {}
    return {name: asset for name, asset in _engine_inputs(take).items() if name in taken}


def _engine_inputs(take: Take) -> dict[str, Asset]:
    ids = {row["pass"]: row["asset"] for row in take.meta.get("files", []) if row.get("engine_input")}
    found = {str(asset.pk): asset for asset in Asset.objects.filter(pk__in=ids.values())}
    return {name: found[pk] for name, pk in ids.items() if pk in found}
