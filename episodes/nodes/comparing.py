"""Steps of a comparison: the graph's A/B, which waits for a person's pick, and each engine's draft, measured."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from engines.adapters.inputs import Input
from engines.adapters.requests import Judge
from engines.services import run_call
from episodes.anchors import last_of
from episodes.comparing import DRAFT, STAGE, asked_of, begin, subject_of
from episodes.models import Comparison
from episodes.nodes.making import claim_of, keep, reworks_trained, shot_of
from episodes.nodes.picture import clip_order
from episodes.nodes.wiring import Wiring
from episodes.queries import chosen_takes, shots_of
from episodes.spending import budget_of
from tenancy.queries import get_for
from vault import services as vault
from workflow import jobs
from workflow.events import emit
from workflow.runner import Context


def make_compare(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Job: have the drafts made once, then wait until a person has picked the engine that makes the clip."""
    with ctx.scope():
        found = Comparison.objects.filter(job_id=ctx.job_id).select_related("picked").first()
        found = found or _begun(ctx, episode, subject, Wiring.of(later))
    if found is None:
        with ctx.closing({"compare": "fewer than two engines can make this shot"}):
            return None
    if found.picked is None:
        raise jobs.Again(0, waiting_for="gate")
    with ctx.closing({"picked": f"{found.picked.engine}/{found.picked.model}"}):
        return None


def _begun(ctx: Context, episode: str, subject: str, wiring: Wiring) -> Comparison | None:
    owner, shot = shot_of(ctx, episode, subject)
    anchor, asked = wiring.needed(chosen_takes(owner), "first", shot), asked_of(shot, wiring.params)
    if not asked:
        return None
    made = begin(shot, anchor, asked, None, ctx.job_id)
    emit(owner.project_id, "comparison.asked", {"episode": str(owner.pk), "shot": str(shot.pk)})
    return made


def make_draft(ctx: Context, *, comparison: str, model: str, **later: Any) -> dict[str, Any] | None:
    """Job: the shot's clip by this one model at draft size, its figures, and the take."""
    with ctx.scope():
        found = get_for(
            Comparison,
            comparison,
            using=Comparison.objects.select_related("anchor__asset", "episode__project"),
        )
        episode, shot = found.episode, shots_of(found.episode).get(pk=found.shot_id)
        last = last_of(shot, chosen_takes(episode))
        order = clip_order(episode, shot, found.anchor.asset, DRAFT, last=last)
        order.stage, order.subject, order.pins = STAGE, subject_of(found, model), (model,)
        order.title = f"{shot.label} draft by {model}"
    with ExitStack() as stack:
        paths = {name: stack.enter_context(vault.local_path(asset)) for name, asset in order.assets.items()}
        request = order.build(paths)
        result = run_call(
            ctx, request=request, role=order.role, subject=f"episodes.{STAGE}:{order.subject}",
            project=episode.project_id, pins=order.pins, budget=budget_of(episode), uses=order.uses,
        )  # fmt: skip
        best = result.files[0]
        score = _measured(ctx, order, best.path, best.mime, paths)
        ctx.check()
        claim = claim_of(order, result, paths, reworks_trained(ctx, order, result))
        staged = vault.stage(best.path, mime=best.mime, sign=claim, studio_id=ctx.studio_id)
    with ctx.closing({"engine": result.engine, "score": score["total"]}):
        asset = vault.attach(
            staged,
            kind="clip",
            title=order.title,
            project=episode.project_id,
            meta={**order.meta, "call": str(result.call_id)},
            parents=[(parent, role) for role, parent in order.took(result).items()],
        )
        take = keep(order, result, asset)
        take.score = score
        take.save(update_fields=["score", "updated_at"])
    return None


def _measured(ctx: Context, order: Any, path: Path, mime: str, anchors: Mapping[str, Path]) -> dict[str, Any]:
    """What the built-in judge measures of a draft against its anchors; every draft by the same figures."""
    frames = {
        name: Input.of(anchors[name], "image/png", name)
        for name in ("keyframe", "last frame")
        if name in anchors
    }
    request = Judge(
        clip=Input.of(path, mime, "draft"), reference=frames["keyframe"], last=frames.get("last frame")
    )
    judged = run_call(
        ctx, request=request, role="judge", subject=f"episodes.judge:{order.subject}",
        project=order.episode.project_id, pins=("lens/measures",), budget=budget_of(order.episode), step="draft",
    )  # fmt: skip
    facts = judged.files[0].meta
    return {**facts["score"], "report": facts["report"], "judge": f"{judged.engine} {judged.model_version}"}
