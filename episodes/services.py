"""Verbs of the episode bay: edit the board, choose takes, submit, decide, revise, cancel."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from craft.terms.base import Term
from craft.terms.cuts import Transition
from craft.terms.people import Permission
from craft.terms.shots import (
    DIRECTIONS,
    OPTICS_DIRECTIONS,
    Angle,
    Direction,
    Easing,
    Framing,
    Movement,
    Optics,
    Purpose,
    Size,
    Speed,
)
from craft.terms.states import EpisodeState as E
from episodes import gates, production, staging
from episodes.anchors import LAST
from episodes.models import Episode, GatePass, GateReview, Shot, Take
from episodes.queries import approval, open_review, shots_of, stages_at, waiting_approvals, waiting_gates
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow import holds, jobs, steering
from workflow.events import emit
from workflow.models import Job
from workflow.transitions import apply

_TERMS: dict[str, type[Term]] = {
    "size": Size,
    "angle": Angle,
    "movement": Movement,
    "direction": Direction,
    "speed": Speed,
    "easing": Easing,
    "optics": Optics,
    "optics_direction": Direction,
    "framing": Framing,
    "purpose": Purpose,
    "transition_in": Transition,
}
_NUMBERS: dict[str, tuple[float, float]] = {
    "frames": (1, 24 * 600),
    "focal_mm": (8, 300),
    "azimuth": (0, 359),
    "roll_degrees": (-45, 45),
    "arc_degrees": (0, 360),
    "transition_frames": (0, 240),
    "aperture": (0, 32),
}
_FRACTIONS = ("roll_degrees", "arc_degrees", "aperture")
_TEXTS = {"action": 4000, "notes": 4000, "emotion": 20}
EDITABLE = (*_TERMS, *_NUMBERS, *_TEXTS)
CLOSED = (E.CERTIFIED.value, E.RELEASED.value, E.CANCELLING.value, E.CANCELLED.value)


class ShotRefused(SlateError):
    """The shot cannot be saved as it is; `fields` names what to mend."""

    code = "shot.invalid"
    status = 422


class EpisodeClosed(SlateError):
    """A certified or cancelled episode is not edited; a revision is."""

    code = "episode.closed"
    status = 409


def edit_shot(*, shot: Shot, changes: dict[str, Any], actor: User) -> Shot:
    """Change a shot. A real change makes its picture stale and, after Gate A, opens that gate again.

    Raises Forbidden, EpisodeClosed, ShotRefused.
    """
    episode = editable(shot.episode, actor)
    values = _checked({k: v for k, v in changes.items() if k in EDITABLE}, shot)
    if all(getattr(shot, name) == value for name, value in values.items()):
        return shot
    if values.get("action", shot.action) != shot.action:
        values["staging"] = staging.read_again(shot, values["action"])
    for name, value in values.items():
        setattr(shot, name, value)
    shot.save(update_fields=[*values, "updated_at"])
    record(actor, "shot.edited", shot, {"changes": {k: str(v)[:200] for k, v in values.items()}})
    after_edit(episode, [shot])
    return shot


def ask_guides(*, shot: Shot, actor: User) -> Job:
    """Draw the shot's control passes with the built-in engine. Raises Forbidden."""
    require(actor, Permission.EDIT, shot.episode.project_id)
    return production.draw_guides(shot)


def move_shot(*, shot: Shot, to: int, actor: User) -> None:
    """Put a shot at place `to` (from 1) of the board; the others make room. Raises Forbidden, EpisodeClosed."""
    episode = editable(shot.episode, actor)
    order = list(Shot.objects.filter(episode=episode).order_by("position"))
    current = next(i for i, s in enumerate(order) if s.pk == shot.pk)
    order.insert(max(0, min(len(order) - 1, to - 1)), order.pop(current))
    for place, one in enumerate(order, 1):
        if one.position != place:
            Shot.objects.filter(pk=one.pk).update(position=place)
    record(actor, "shot.moved", shot, {"to": to})
    after_edit(episode, [])


def after_edit(episode: Episode, changed: list[Shot]) -> None:
    """What every edit of the board does: shots that changed go back to work, Gate A is opened again."""
    for shot in changed:
        shot.refresh_from_db()
        if shot.state != "todo":
            apply(shot, "reset", actor=None)
    production.draw_board(episode)
    gates.reopen_if_changed(episode, "a")
    emit(episode.project_id, "board.changed", {"episode": str(episode.pk)})


def editable(episode: Episode, actor: User) -> Episode:
    """The episode, where somebody may edit it. Raises Forbidden, EpisodeClosed."""
    require(actor, Permission.EDIT, episode.project_id)
    if episode.state in CLOSED:
        raise EpisodeClosed(
            f"{episode.title} is {E(episode.state).label.lower()}.",
            kept="Nothing was changed.",
            next_step="Start a revision: the master stays.",
        )
    return episode


def _checked(changes: dict[str, Any], shot: Shot) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name in _TERMS:
            allowed = [term.value for term in _TERMS[name]]
            values[name] = str(value)
            if values[name] not in allowed:
                wrong[name] = f"One of {', '.join(allowed)}."
        elif name in _NUMBERS:
            low, high = _NUMBERS[name]
            number = _number(value)
            if number is None or not low <= number <= high:
                wrong[name] = f"A number from {low:g} to {high:g}."
            else:
                values[name] = number if name in _FRACTIONS else int(number)
        else:
            values[name] = str(value)[: _TEXTS[name]]
    if not wrong and ("movement" in values or "direction" in values):
        wrong.update(_direction(values, shot))
    if not wrong and ("optics" in values or "optics_direction" in values):
        wrong.update(_optics(values, shot))
    if wrong:
        raise ShotRefused("Some values are not possible.", fields=wrong, kept="The shot stays as it was.")
    return values


def _optics(values: dict[str, Any], shot: Shot) -> dict[str, str]:
    """A lens move chosen with a direction it does not have takes its first."""
    allowed = OPTICS_DIRECTIONS[Optics(values.get("optics", shot.optics))]
    way = Direction(values.get("optics_direction", shot.optics_direction))
    if allowed and way not in allowed:
        if "optics" not in values or values["optics"] == shot.optics:
            return {"optics_direction": f"One of {', '.join(allowed)}."}
        values["optics_direction"] = allowed[0].value
    return {}


def _direction(values: dict[str, Any], shot: Shot) -> dict[str, str]:
    """A movement chosen without a direction takes its first; a direction that is not the movement's is refused."""
    movement = Movement(values.get("movement", shot.movement))
    allowed = DIRECTIONS[movement]
    if values.get("direction") is None and Direction(shot.direction) not in allowed:
        values["direction"] = allowed[0].value
    chosen = Direction(values.get("direction", shot.direction))
    return (
        {}
        if chosen in allowed
        else {"direction": f"{movement.label} goes {', '.join(d.value for d in allowed)}."}
    )


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number == number and abs(number) < 1e9 else None


def choose_take(*, take: Take, actor: User) -> Take:
    """Make a take the one that is used. After Gate B this opens that gate again. Raises Forbidden."""
    require(actor, Permission.EDIT, take.episode.project_id)
    return use_take(take=take, actor=actor)


def use_take(*, take: Take, actor: User) -> Take:
    """`choose_take` for callers who have asked for another right themselves (the mix has its own)."""
    Take.objects.filter(stage=take.stage, subject_id=take.subject_id, chosen=True).update(chosen=False)
    Take.objects.filter(pk=take.pk).update(chosen=True)
    take.chosen = True
    record(actor, "take.chosen", take, {"stage": take.stage, "number": take.number})
    emit(take.episode.project_id, "take.chosen", {"take": str(take.pk), "shot": str(take.shot_id or "")})
    gates.reopen_if_changed(Episode.objects.select_related("project").get(pk=take.episode_id), "b")
    return take


def approve_keyframe(*, take: Take, actor: User) -> Take:
    """Let a keyframe or last frame that a paid engine made go on to its clip. Raises Forbidden, ShotRefused."""
    require(actor, Permission.LOCK, take.episode.project_id)
    if take.stage not in ("keyframe", LAST) or take.shot_id is None:
        raise ShotRefused("Only a keyframe can be approved.", kept="Nothing was changed.")
    Take.objects.filter(stage=take.stage, subject_id=take.subject_id, chosen=True).update(chosen=False)
    take.chosen, take.meta = True, {**take.meta, "approved_by": actor.email}
    take.save(update_fields=["chosen", "meta", "updated_at"])
    record(actor, "keyframe.approved", take, {"shot": str(take.shot_id)})
    emit(take.episode.project_id, "take.approved", {"take": str(take.pk), "shot": str(take.shot_id)})
    for job in waiting_approvals(take.episode).filter(payload__subject=str(take.shot_id)):
        if take.stage in stages_at(job):
            steering.release(job)
    return take


def pass_gate(*, shot: Shot, node: str, actor: User, note: str = "") -> GatePass:
    """Let a shot through a gate of the graph at which it waits. Raises SlateError where it does not, Forbidden."""
    job = waiting_gates(shot.episode).filter(payload__subject=str(shot.pk), payload__node=node).first()
    if job is None:
        raise SlateError(
            f"{shot.label} does not wait at “{node[:60]}”.",
            code="gate.not_waiting",
            kept="Nothing was changed.",
            status=409,
        )
    require(actor, Permission(job.payload["params"]["permission"]), shot.episode.project_id)
    passed: GatePass = GatePass.objects.create(
        shot=shot, node=node, job_key=job.key, passed_by=actor, note=note[:500]
    )
    record(actor, "shot.let_through", shot, {"node": node, "note": note[:500]})
    emit(shot.episode.project_id, "gate.passed", {"episode": str(shot.episode_id), "shot": str(shot.pk)})
    steering.release(job)
    return passed


def submit(*, episode: Episode, actor: User | None) -> GateReview:
    """Send the board to Gate A with its price."""
    if not shots_of(episode).exists():
        raise SlateError(
            "There is no shot to budget.", code="episode.empty", next_step="Add a script first.", status=409
        )
    apply(episode, "submit", actor=actor)
    return gates.open_gate(episode, "a")


def redo_shots(*, episode: Episode, shots: list[Shot], seen: str, actor: User, note: str) -> GateReview:
    """Gate B: send named shots back for new takes; the others stay as they are."""
    if not shots:
        raise SlateError(
            "Name the shots to redo.", code="gate.no_shots", fields={"shots": "At least one."}, status=422
        )
    review = gates.decide(episode=episode, gate="b", approve=False, seen=seen, actor=actor, note=note)
    for shot in shots:
        apply(shot, "redo", actor=actor, note=note, changes={"retakes": F("retakes") + 1})
    production.start(episode, approval(episode, "a"), actor)
    return review


def revise(*, episode: Episode, actor: User) -> Episode:
    """Start the next revision; the certified master stays."""
    apply(episode, "revise", actor=actor, changes={"revision": episode.revision + 1})
    return episode


def cancel(*, episode: Episode, actor: User) -> Episode:
    """Stop everything of this episode; finished takes stay in the vault."""
    apply(episode, "cancel", actor=actor)
    for job in list(production.open_jobs(episode)):
        # Cancelling a job takes those that wait for it along.
        job.refresh_from_db(fields=["state"])
        if job.state not in jobs.ENDED_STATES:
            steering.cancel(job, actor=None)
    for gate in ("a", "b", "c"):
        review = open_review(episode, gate)
        if review is not None:
            gates.supersede(review, ["The episode was cancelled."])
    apply(episode, "cancelled", actor=None)
    holds.unhold("episode", episode.pk)
    return episode
