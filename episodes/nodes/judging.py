"""The step that measures a take, and the one that presents all takes at Gate B."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from engines.adapters.inputs import Input
from engines.adapters.requests import Judge
from engines.services import run_call
from episodes import production, second_try
from episodes.gates import open_gate
from episodes.models import Episode, Shot
from episodes.nodes.making import shot_of
from episodes.nodes.opinion import order_opinion
from episodes.nodes.picture import spoken_lines
from episodes.nodes.wiring import Wiring
from episodes.queries import cast_of, chosen_takes
from episodes.spending import budget_of
from talent.models import Character
from tenancy.queries import get_for
from vault import services as vault
from vault.models import Asset
from workflow.events import emit
from workflow.runner import Context
from workflow.transitions import apply


def judge_take(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Measure the picture at its input against its keyframe and the cast's wardrobe; keep the figures with the take."""
    with ctx.scope():
        found, shot = shot_of(ctx, episode, subject)
        takes = chosen_takes(found)
        wiring = Wiring.of(later)
        picture, still = wiring.needed(takes, "video", shot), wiring.take(takes, "reference")
        ending = wiring.take(takes, "last")
        palette = {c.name: c.look["wardrobe"]["top"] for c in cast_of(shot)}
        boxes = wardrobe_boxes(picture.meta.get("subject_boxes") or [], cast_of(shot))
        # only a picture whose mouths were put on it has lips to measure
        heard = spoken_lines(found, shot) if picture.stage == "lips" or picture.meta.get("lips") else []
        lines = tuple(
            {
                "who": str(line.character_id),
                "at": at / 1000,
                "visemes": [[cue["at_ms"], cue["viseme"]] for cue in take.meta["visemes"]],
            }
            for line, take, at in heard
        )
        mouths = mouth_boxes(picture.meta.get("mouth_boxes") or [])
        names = {str(line.character_id): line.character.name for line, _, _ in heard}
    with ExitStack() as stack:
        request = Judge(
            clip=_input(stack, picture.asset, "take"),
            reference=_input(stack, still.asset, "keyframe") if still else None,
            last=_input(stack, ending.asset, "last frame") if ending else None,
            palette=palette,
            boxes=boxes,
            lines=lines,
            mouths=mouths,
        )
        result = run_call(
            ctx,
            request=request,
            role="judge",
            subject=f"episodes.judge:{shot.pk}",
            project=found.project_id,
            budget=budget_of(found),
        )
    with ctx.closing({"score": result.files[0].meta["score"]["total"]}):
        facts = result.files[0].meta
        picture.score = {
            **facts["score"],
            "report": facts["report"],
            "lips": [{**lip, "who": names[lip["who"]]} for lip in facts.get("lips", [])],
            "judge": f"{result.engine} {result.model_version}",
        }
        picture.save(update_fields=["score", "updated_at"])
        order_opinion(found, shot, picture)
        score = facts["score"]
        again = second_try.judged(found, shot, score["total"], score["verdict"], ctx.job_id)
        fresh = get_for(Shot, shot.pk)
        if fresh.state == "wip" and not again:
            apply(fresh, "present", actor=None)
        emit(
            found.project_id,
            "take.scored",
            {"shot": str(shot.pk), "take": str(picture.pk), "verdict": facts["score"]["verdict"]},
        )
    return None


def _input(stack: ExitStack, asset: Asset, title: str) -> Input:
    return Input(stack.enter_context(vault.local_path(asset)), asset.sha256, asset.mime, title)


def mouth_boxes(frames: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Where each speaker's mouth is in every frame; None where it is not seen."""
    speakers = sorted({who for frame in frames for who in frame})
    return {who: [frame.get(who) for frame in frames] for who in speakers}


def wardrobe_boxes(frames: Sequence[Mapping[str, Any]], cast: Sequence[Character]) -> dict[str, list[float]]:
    """Where each character's top garment is on average: the middle of their box, normalised x0, y0, x1, y1."""
    found = {}
    for character in cast:
        seen = [box for frame in frames if (box := frame.get(str(character.pk)))]
        if not seen:
            continue
        x0, y0, x1, y1 = (sum(box[i] for box in seen) / len(seen) for i in range(4))
        inset, height = (x1 - x0) * 0.3, y1 - y0
        area = [
            max(0.0, x0 + inset),
            max(0.0, y0 + height * 0.32),
            min(1.0, x1 - inset),
            min(1.0, y0 + height * 0.55),
        ]
        if area[2] - area[0] > 0.01 and area[3] - area[1] > 0.01:
            found[character.name] = area
    return found


def takes_ready(ctx: Context, *, episode: str, **later: Any) -> dict[str, Any] | None:
    """All takes are there: present them at Gate B."""
    with ctx.closing():
        found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
        if production.is_generating(found):
            apply(found, "takes_ready", actor=None)
            open_gate(found, "b")
    return None
