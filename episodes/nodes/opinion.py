"""The step that asks a model that sees about a take, beside the production: nothing waits for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from craft.vision import MediaError
from engines.errors import ConsentRefused, EngineGaveUp, NoRoute, SpendRefused
from engines.services import CallResult, run_call
from episodes import opinions, persons
from episodes.casting import policy_levels
from episodes.models import Episode, Shot, Take
from episodes.nodes.making import shot_of
from episodes.packets import seconds_of
from episodes.performed import acted_in
from episodes.queries import chosen_takes, picture_of
from episodes.spending import budget_of
from vault import services as vault
from workflow import jobs
from workflow.events import emit
from workflow.models import Job
from workflow.runner import Context


def order_opinion(episode: Episode, shot: Shot, take: Take) -> Job | None:
    """Queue the question about a take, once, where the studio put an engine first for opinions."""
    if not opinions.wanted():
        return None
    return jobs.enqueue(
        opinions.JOB,
        key=f"opinion:{take.pk}",
        payload={"episode": str(episode.pk), "subject": str(shot.pk), "take": str(take.pk)},
        project=episode.project_id,
        title=f"{shot.label} opinion",
    )


def ask_opinion(
    ctx: Context, *, episode: str, subject: str, take: str, **later: Any
) -> dict[str, Any] | None:
    """Job: ask, and keep the answer with the take. Without an answer the measurements stand alone."""
    with ctx.scope():
        found, shot = shot_of(ctx, episode, subject)
        takes = chosen_takes(found)
        picture, still = picture_of(takes, shot), takes.get(("keyframe", shot.pk))
        if picture is None or still is None or str(picture.pk) != take:
            picture = None
    if picture is None or still is None:
        with ctx.closing({"opinion": "another take is used now"}):
            return None
    try:
        result = _asked(ctx, found, shot, picture, still)
    except (ConsentRefused, EngineGaveUp, NoRoute, SpendRefused, MediaError) as error:
        kept: dict[str, Any] = {"none": str(error)}
    else:
        kept = _kept(result)
    with ctx.closing({"opinion": kept.get("none", "kept")}):
        fresh = Take.objects.select_for_update().get(pk=picture.pk)
        fresh.meta = {**fresh.meta, opinions.ROLE: kept}
        fresh.save(update_fields=["meta", "updated_at"])
        emit(found.project_id, "take.scored", {"shot": str(shot.pk), "take": str(picture.pk)})
    return None


def _asked(ctx: Context, episode: Episode, shot: Shot, picture: Take, still: Take) -> CallResult:
    seconds = seconds_of(shot, episode.project.rate)
    folder = Path(ctx.workdir)
    with vault.local_path(picture.asset) as path:
        frames = opinions.frames_of(path, shot.frames, seconds, folder)
    with vault.local_path(still.asset) as path:
        approved = opinions.still_of(path, folder)
    with ctx.scope():
        request = opinions.question(shot, (approved, *frames))
        performed = persons.performed(acted_in(picture), episode.project_id)
        uses = (*persons.seen(shot, episode.project_id), *performed)
    return run_call(
        ctx,
        request=request,
        role=opinions.ROLE,
        subject=f"episodes.opinion:{shot.pk}",
        project=episode.project_id,
        budget=budget_of(episode),
        about=policy_levels(shot),
        uses=uses,
    )


def _kept(result: CallResult) -> dict[str, Any]:
    return {
        **result.files[0].meta["answer"],
        "by": f"{result.engine}/{result.model}",
        "version": result.model_version,
        "call": str(result.call_id),
        "cost_milli": result.cost_milli,
    }
