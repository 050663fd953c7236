"""Verbs of the edit suite: start an assembly, keep a timeline, keep a master."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from craft.render.document import to_document
from craft.render.master import Assembly
from craft.terms.digest import digest
from craft.terms.states import EpisodeState
from edit_suite.compose import Composition, compose
from edit_suite.models import Master, TimelineRevision
from episodes import gates
from episodes.models import Episode, GateReview
from episodes.queries import approval, open_review
from episodes.services import CLOSED, EpisodeClosed
from scenes.models import Scene
from scenes.services import set_grade
from tenancy.audit import record
from tenancy.models import User
from vault.models import Asset
from workflow import jobs
from workflow.models import Job
from workflow.transitions import apply

ASSEMBLE_JOB = "edit_suite.assemble"


def start_assembly(episode: Episode, review: GateReview | None, actor: User | None) -> Job:
    """Queue the assembly of the chosen takes. Raises NotReady. One job for each timeline and approval."""
    composition = compose(episode)
    revision = keep_timeline(episode, composition)
    seen = review.subject_digest if review else ""
    # Going back to an earlier cut is a new assembly too, though all of its segments are cached.
    made = Master.objects.filter(episode=episode).count()
    key = f"assemble:{episode.pk}:{digest('assemble', 1, [revision.digest, seen, episode.revision, made])}"
    payload = {"episode": str(episode.pk), "timeline": str(revision.pk)}
    return jobs.enqueue(
        ASSEMBLE_JOB,
        key=key,
        payload=payload,
        project=episode.project_id,
        priority=50,
        title=f"{episode.title}: assembly",
    )


def regrade(*, episode: Episode, scene: Scene, grade: dict[str, float], actor: User) -> Job | None:
    """Grade a scene; at Gate C the master is made again from the new figures, and the gate opens anew.

    Returns the assembly's job, None when nothing has to be rendered now. Raises Forbidden, SceneRefused,
    EpisodeClosed (a certified master is only replaced by a revision).
    """
    require_open(episode)
    set_grade(scene=scene, grade=grade, actor=actor)
    return remake(episode, f"{scene.name} was graded anew.", actor)


def remake(episode: Episode, because: str, actor: User) -> Job | None:
    """Assemble again after an edit when there is a master at Gate C or on its way; the open gate is superseded.

    Returns the assembly's job, None when nothing has to be rendered now.
    """
    standing = approval(episode, "b")
    if standing is None or episode.state not in (EpisodeState.GATE_C, EpisodeState.ASSEMBLING):
        return None
    shown = open_review(episode, "c")
    if shown is not None:
        gates.supersede(shown, [because])
    if episode.state == EpisodeState.GATE_C:
        apply(episode, "reassemble", actor=None)
    return start_assembly(episode, standing, actor)


def require_open(episode: Episode) -> None:
    """Raise EpisodeClosed when the episode's master may only be replaced by a revision."""
    if episode.state in CLOSED:
        raise EpisodeClosed(
            f"{episode.title} is {episode.get_state_display().lower()}.",
            kept="The master stays.",
            next_step="Start a revision first.",
        )


def keep_timeline(episode: Episode, composition: Composition) -> TimelineRevision:
    """The revision that holds this timeline, made when it is new."""
    document = to_document(composition.timeline)
    found = digest("timeline", 1, document)
    known: TimelineRevision | None = TimelineRevision.objects.filter(episode=episode, digest=found).first()
    if known is not None:
        return known
    number = int(TimelineRevision.objects.filter(episode=episode).aggregate(n=Max("number"))["n"] or 0) + 1
    made: TimelineRevision = TimelineRevision.objects.create(
        episode=episode, number=number, document=document, digest=found
    )
    return made


def keep_master(
    *,
    episode: Episode,
    timeline: TimelineRevision,
    assets: dict[str, Asset],
    made: Assembly,
    checks: list[dict[str, Any]],
    provenance: dict[str, Any],
) -> Master:
    """Record a finished master, move the episode to Gate C and open it."""
    master: Master = Master.objects.create(
        episode=episode,
        timeline=timeline,
        revision=episode.revision,
        asset=assets["master"],
        captions_srt=assets.get("srt"),
        captions_vtt=assets.get("vtt"),
        poster=assets.get("poster"),
        frames=made.frames,
        rate=str(made.rate),
        segments={
            "total": made.segments_total,
            "rendered": made.segments_rendered,
            "cached": made.segments_cached,
        },
        loudness={**made.loudness.plain(), "holds": made.loudness.holds},
        checks={"rows": checks, "warnings": list(made.warnings)},
        stems={
            name.removeprefix("stem "): str(asset.pk)
            for name, asset in assets.items()
            if name.startswith("stem ")
        },
        provenance=provenance,
    )
    record(None, "master.made", master, {"sha256": assets["master"].sha256, "timeline": timeline.digest})
    if episode.state == "assembling":
        apply(episode, "assembled", actor=None)
        gates.open_gate(episode, "c")
    return master


def check_rows(made: Assembly, expected_frames: int) -> list[dict[str, Any]]:
    """The measurements of a master as rows for people: name, ok (None is "not measured"), value."""
    facts = made.checks
    offset = facts.av_offset_frames
    return [
        {
            "name": "Duration",
            "ok": made.frames == expected_frames,
            "value": f"{made.frames} frames of {expected_frames}",
        },
        {
            "name": "Frame spacing",
            "ok": facts.pts_regular,
            "value": "even" if facts.pts_regular else "uneven",
        },
        {
            "name": "Sound against picture",
            "ok": None if offset is None else abs(offset) <= 1,
            "value": "not measured" if offset is None else f"{offset:+.2f} frames",
        },
        {"name": "Loudness", "ok": made.loudness.holds, "value": _level(made.loudness.integrated, "LUFS")},
        {"name": "True peak", "ok": _peak_holds(made), "value": _level(made.loudness.true_peak, "dBTP")},
    ]


def _peak_holds(made: Assembly) -> bool | None:
    peak = made.loudness.true_peak
    return None if peak is None else peak <= made.loudness.ceiling


def _level(value: float | None, unit: str) -> str:
    return "not measured" if value is None else f"{value:.1f} {unit}"
