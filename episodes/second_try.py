"""A take that measured badly is made once more by another engine, by itself: the same anchor, the same cap, the same
consents, and at most so often as the tier lets a take be made again.

judged "retake" ─▶ its clip is marked ─▶ the clip's step and what follows it are asked for again
                                          the router puts engines whose clip was marked behind all others
judged again ─▶ lower than before? the earlier pictures are the shot's again
"""

from __future__ import annotations

from uuid import UUID

from billing.queries import figure
from engines import crew
from engines.queries import spent
from episodes import comparing, production, running
from episodes.anchors import acted_by
from episodes.models import Episode, Shot, Take
from episodes.performed import outdated
from episodes.queries import SEEN_STAGES, chosen_takes, facts_digest
from episodes.spending import budget_of
from workflow.events import emit

LOW = "scored"
BY_AGREEMENT = 5
"""How often where the tier names no number."""


def judged(episode: Episode, shot: Shot, total: int, verdict: str, job: UUID) -> bool:
    """Mark the shot's clip with what its picture scored, and ask for another where one is to be had.

    Call in the judge's closing transaction; `job` is the judge's own. True when another engine was asked.
    """
    clip = chosen_takes(episode).get(("clip", shot.pk))
    if clip is None or (_built_in(clip) and not _tries(episode, shot)):
        return False
    clip.meta = {**clip.meta, LOW: {"total": total, "verdict": verdict}}
    clip.save(update_fields=["meta", "updated_at"])
    tries = _tries(episode, shot)
    if verdict == "retake" and not _built_in(clip) and _another(episode, shot, tries):
        running.make_again(episode, running.node_of(episode, "clip", shot), shot, None, besides=job)
        emit(episode.project_id, "take.tried_again", {"shot": str(shot.pk), "take": str(clip.pk)})
        return True
    _keep_best(shot, clip, tries)
    return False


def scored_low(episode: Episode, shot: Shot) -> frozenset[str]:
    """The models whose clip of this shot, as it stands, was not good enough."""
    rows = _tries(episode, shot)
    return frozenset(f"{t.engine}/{t.model}" for t in rows if t.meta[LOW]["verdict"] == "retake")


def _tries(episode: Episode, shot: Shot) -> list[Take]:
    """The judged clips of a shot that were made from what it is now, and from the film it acts out, oldest first."""
    rows = Take.objects.filter(
        stage="clip", subject_id=shot.pk, meta__facts=facts_digest(shot, episode.project)
    )
    film, scored = acted_by(shot), rows.filter(meta__has_key=LOW).order_by("number")
    return [take for take in scored if not outdated(take, film)]


def _built_in(take: Take) -> bool:
    model = crew.models().get(f"{take.engine}/{take.model}")
    return model is None or model.builtin


def _another(episode: Episode, shot: Shot, tries: list[Take]) -> bool:
    """Whether tier, cap and crew allow one more, by an engine that has not failed at it."""
    allowed = figure("retakes", 0)
    if not figure("failover", False) or not production.is_generating(episode):
        return False
    if len(tries) > (BY_AGREEMENT if allowed is None else int(allowed)):
        return False
    low, left = scored_low(episode, shot), episode.cap_milli - spent(budget=budget_of(episode)).total
    found = comparing.candidates(shot).candidates
    return any(not c.model.builtin and c.model.key not in low and c.quote.high <= left for c in found)


def _keep_best(shot: Shot, clip: Take, tries: list[Take]) -> None:
    """The pictures that scored highest are the shot's; the operator may choose otherwise at Gate B."""
    best = max(tries, key=lambda take: (take.meta[LOW]["total"], -take.number), default=clip)
    if best.pk == clip.pk or best.meta[LOW]["total"] <= clip.meta[LOW]["total"]:
        return
    following = tries[tries.index(best) + 1]
    for stage in (one for one in SEEN_STAGES if one != "keyframe"):
        rows = Take.objects.filter(stage=stage, shot=shot)
        kept = rows.filter(created_at__gte=best.created_at, created_at__lt=following.created_at)
        # each modifier of a chain has takes of its own
        newest = {take.subject_id: take.pk for take in kept.order_by("number")}
        rows.filter(chosen=True).update(chosen=False)
        chosen = [best.pk] if stage == "clip" else list(newest.values())
        Take.objects.filter(pk__in=chosen).update(chosen=True)
