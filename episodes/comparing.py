"""A/B: several engines make one shot from one anchor frame with one instruction, at draft size; a person picks.

    ask ─▶ one job for each model ─▶ drafts, measured ─▶ pick ─▶ the shot's policy names the model, or the draft is used

The pick is logged with what was asked and how each did. Gate A and its cap hold here as everywhere.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from craft.terms.delivery import frame_size
from craft.terms.people import Permission
from craft.terms.shots import Movement
from engines.adapters.base import Outline
from engines.policy import name_model, policy_for
from engines.rights import leave_for
from engines.routing import Ground, Leaning, RouteDecision, route
from episodes import persons, services
from episodes.anchors import clip_outline
from episodes.casting import policy_levels, role_of
from episodes.models import Comparison, Shot, Take
from episodes.queries import cast_of, chosen_takes, next_take_number
from episodes.wearing import outfits_of, wearers
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow import jobs, steering
from workflow.events import emit
from workflow.models import Job

COMPARE_JOB = "episodes.compare_clip"
STAGE = "draft"
DRAFT = "draft"
FEWEST, MOST = 2, 6
KEPT = (
    "asset",
    "call_id",
    "engine",
    "model",
    "model_version",
    "prompt",
    "request_digest",
    "score",
    "cost_milli",
)


class ComparisonRefused(SlateError):
    """Engines cannot be compared, or picked, like this."""

    code = "comparison.refused"
    status = 422


@dataclass(frozen=True, slots=True)
class Compliance:
    """The movement that was asked for against the one that the picture shows. `kept` is None when not measured."""

    asked: str
    seen: str
    kept: bool | None
    confidence: float


def draft_outline(shot: Shot) -> Outline:
    """A draft of this shot, for prices."""
    width = frame_size(shot.episode.project.aspect, DRAFT)[0]
    return clip_outline(shot, width, tuple(one.outlined() for one in outfits_of(shot)))


def candidates(shot: Shot, on: Ground | None = None) -> RouteDecision:
    """Who could make a draft of this shot and at which price; who could not, and why. Raises ConsentRefused."""
    leave = leave_for(persons.seen(shot, shot.episode.project_id))
    role = role_of(shot, cast_of(shot), wearers(outfits_of(shot)))
    leaning = Leaning(role.value, policy_for(policy_levels(shot)), leave=leave)
    return route("clip", draft_outline(shot), on=on, leaning=leaning)


def asked_of(shot: Shot, params: Mapping[str, Any], on: Ground | None = None) -> list[str]:
    """Whom a graph's A/B asks for this shot: the named models that can, else the best; none when fewer than two can."""
    able = [one.model.key for one in candidates(shot, on).candidates]
    named = [key for key in params.get("engines", ()) if key in able]
    asked = named if params.get("engines") else able[: int(params.get("count", FEWEST))]
    return asked if len(asked) >= FEWEST else []


def ask(*, shot: Shot, models: Sequence[str], actor: User) -> Comparison:
    """Begin a comparison: one job for each model. Raises Forbidden, ComparisonRefused."""
    require(actor, Permission.GENERATE, shot.episode.project_id)
    wanted = list(dict.fromkeys(models))
    anchor = chosen_takes(shot.episode).get(("keyframe", shot.pk))
    if anchor is None:
        raise ComparisonRefused(
            "There is no keyframe to start from.", next_step="Make the shot's keyframe first."
        )
    if not FEWEST <= len(wanted) <= MOST:
        raise ComparisonRefused(
            f"A comparison has {FEWEST} to {MOST} engines.", fields={"models": f"{len(wanted)} were chosen."}
        )
    able = {one.model.key for one in candidates(shot).candidates}
    if strange := [key for key in wanted if key not in able]:
        raise ComparisonRefused(
            "An engine cannot make this shot.", fields={"models": f"Not possible: {', '.join(strange)}."}
        )
    return begin(shot, anchor, wanted, actor)


def begin(
    shot: Shot, anchor: Take, wanted: Sequence[str], actor: User | None, job_id: uuid.UUID | None = None
) -> Comparison:
    """Queue the drafts; `job_id` is the step of a graph that waits for the pick."""
    made: Comparison = Comparison.objects.create(
        episode=shot.episode, shot=shot, anchor=anchor, asked=list(wanted), job_id=job_id
    )
    for key in wanted:
        jobs.enqueue(
            COMPARE_JOB,
            key=f"compare:{made.pk}:{key}",
            payload={"comparison": str(made.pk), "model": key, "episode": str(shot.episode_id)},
            project=shot.episode.project_id,
            priority=20,
            title=f"{shot.label} draft by {key}",
        )
    record(actor, "comparison.asked", made, {"shot": str(shot.pk), "models": list(wanted)})
    return made


def subject_of(comparison: Comparison, model: str) -> uuid.UUID:
    """What a draft's take is about: this model in this comparison."""
    return uuid.uuid5(comparison.pk, model)


def pick(*, comparison: Comparison, take: Take, use: str, note: str, actor: User) -> Comparison:
    """Log the preferred draft. `use` is "engine" (this shot is made by that model from now on) or "draft" (the
    draft itself becomes the shot's clip). Raises Forbidden, ComparisonRefused."""
    require(actor, Permission.EDIT, comparison.episode.project_id)
    if take.stage != STAGE or take.subject_id not in {
        subject_of(comparison, key) for key in comparison.asked
    }:
        raise ComparisonRefused("This take is not part of the comparison.", kept="Nothing was changed.")
    if use not in ("engine", "draft"):
        raise ComparisonRefused("Say whether the engine or the draft itself is to be used.")
    if comparison.job_id and use == "draft":
        raise ComparisonRefused(
            "The graph makes this shot’s clip after the pick, so a draft cannot be the clip.",
            kept="Nothing was changed.",
            next_step="Pick the engine; it makes the clip.",
        )
    key = f"{take.engine}/{take.model}"
    comparison.picked, comparison.picked_by, comparison.note = take, actor, note[:500]
    comparison.save(update_fields=["picked", "picked_by", "note", "updated_at"])
    record(actor, "comparison.picked", comparison, _log(comparison, key, use, note))
    if use == "engine":
        name_model(about=f"shot:{comparison.shot_id}", model=key)
    else:
        services.use_take(take=_as_clip(take, comparison.shot_id), actor=actor)
    for job in Job.objects.filter(pk=comparison.job_id, waiting_for="gate"):
        steering.release(job)
    emit(comparison.episode.project_id, "comparison.picked", {"shot": str(comparison.shot_id), "model": key})
    return comparison


def _log(comparison: Comparison, key: str, use: str, note: str) -> dict[str, Any]:
    drafts = drafts_of(comparison)
    others = {one: take.score.get("total") for one, take in drafts.items() if take is not None}
    return {"shot": str(comparison.shot_id), "picked": key, "use": use, "scores": others, "note": note[:500]}


def _as_clip(draft: Take, shot_id: uuid.UUID) -> Take:
    """The draft as a take of the shot's clip."""
    take: Take = Take.objects.create(
        episode_id=draft.episode_id,
        shot_id=shot_id,
        stage="clip",
        subject_id=shot_id,
        number=next_take_number("clip", shot_id),
        meta={**draft.meta, "label": "Draft from a comparison"},
        **{name: getattr(draft, name) for name in KEPT},
    )
    return take


def drafts_of(comparison: Comparison) -> dict[str, Take | None]:
    """Model → its draft, None while there is none."""
    subjects = {subject_of(comparison, key): key for key in comparison.asked}
    found = Take.objects.filter(stage=STAGE, subject_id__in=subjects, chosen=True).select_related("asset")
    by_key = {subjects[take.subject_id]: take for take in found}
    return {key: by_key.get(key) for key in comparison.asked}


def jobs_of(comparison: Comparison) -> dict[str, Job]:
    """Model → the job that makes its draft."""
    keys = {f"compare:{comparison.pk}:{key}": key for key in comparison.asked}
    return {keys[job.key]: job for job in Job.objects.filter(key__in=keys)}


def compliance(shot: Shot, report: Mapping[str, Any]) -> Compliance:
    """Whether the camera did what was asked, from the measured motion of a draft."""
    asked = " ".join(
        part
        for part in (shot.movement, shot.direction)
        if part != "none" and (part != shot.direction or _moves(shot))
    )
    motion = report.get("motion")
    if not motion:
        return Compliance(asked, "not measured", None, 0.0)
    seen = " ".join(part for part in (motion["kind"], motion["direction"]) if part and part != "none")
    same = motion["kind"] == shot.movement
    way = not _moves(shot) or motion["direction"] in ("", "none", shot.direction)
    return Compliance(asked, seen, same and way, float(motion["confidence"]))


def _moves(shot: Shot) -> bool:
    return shot.movement not in (Movement.STATIC, Movement.HANDHELD)
