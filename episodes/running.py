"""Run, run from here, pause and go on: what people do with a production while it is worked.

run from here ─▶ this step and all that follow from it are asked for once more; what lies before stays as it is
pause ─▶ no queued step of the episode begins; what runs finishes; nothing is lost ─▶ go on
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from craft.terms.people import Permission
from craft.terms.states import EpisodeState as E
from craft.terms.states import JobState
from episodes import gates, planning, production
from episodes.models import Episode, MadeAgain, Shot
from episodes.queries import approval, open_review
from episodes.states import PAST_B
from episodes.steps import EpisodeStep, steps_of
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow import holds, jobs, steering
from workflow.events import emit
from workflow.models import Hold
from workflow.transitions import apply

FIELD = "episode"
Pair = tuple[str, str]


class CannotRun(SlateError):
    """The episode does not stand where this is possible."""

    code = "run.state"
    status = 409


def run_from(*, episode: Episode, node: str, shot: Shot | None, actor: User) -> list[EpisodeStep]:
    """Make a step and everything after it again, for one shot or the whole episode; returns what is asked for.

    The cap of Gate A holds as for every take. Raises Forbidden, CannotRun, GraphRefused, SlateError for a node that
    does nothing here.
    """
    require(actor, Permission.GENERATE, episode.project_id)
    _runnable(episode)
    return make_again(episode, node, shot, actor)


def make_again(
    episode: Episode, node: str, shot: Shot | None, actor: User | None, *, besides: UUID | None = None
) -> list[EpisodeStep]:
    """`run_from` for whoever has decided already; `besides` is the job that asks, which comes to its own end.

    Raises GraphRefused, SlateError.
    """
    again = would_run(episode, node, shot)
    _stop(episode, again, besides)
    for step in again:
        _count(episode, step.planned.key)
    _back_to_work(episode, again, actor)
    where = shot.label if shot else "all shots"
    record(actor, "production.run_from", episode, {"node": node, "shot": where, "steps": len(again)})
    production.start(episode, approval(episode, "a"), actor)
    emit(episode.project_id, "episode.run_from", {"episode": str(episode.pk), "node": node})
    return again


def would_run(episode: Episode, node: str, shot: Shot | None) -> list[EpisodeStep]:
    """What `run_from` would make, with nothing queued. Raises GraphRefused, SlateError like it."""
    steps = steps_of(episode)
    chosen = after_of(steps, _first(steps, node, shot))
    return [step for step in steps if step.planned.key in chosen and step.wanted is not None]


def node_of(episode: Episode, slug: str, shot: Shot) -> str:
    """The node of this type in the branch of a shot; empty when there is none."""
    own = (step.planned for step in steps_of(episode) if step.planned.subject.id == str(shot.pk))
    return next((planned.node for planned in own if planned.type.slug == slug), "")


def run(*, episode: Episode, actor: User) -> int:
    """Make what is missing, stale or failed, under the approval that stands; returns how many steps that are.

    Raises Forbidden, CannotRun.
    """
    require(actor, Permission.GENERATE, episode.project_id)
    _runnable(episode)
    unmade = (planning.FAILED, planning.STALE, planning.MISSING)
    found = [one for one in planning.plan_of(episode).steps if one.state in unmade]
    left = [one.step for one in found]
    if not left:
        raise CannotRun("Every step is made or on its way.", kept="Nothing was changed.")
    for one in found:
        if one.job is not None and one.job.state == JobState.DONE:
            # done with another take before it: the same facts are to be worked once more
            _count(episode, one.step.planned.key)
    _back_to_work(episode, left, actor)
    record(actor, "production.run", episode, {"steps": len(left)})
    production.start(episode, approval(episode, "a"), actor)
    emit(episode.project_id, "episode.run", {"episode": str(episode.pk)})
    return len(left)


def _runnable(episode: Episode) -> None:
    if episode.state in (E.GENERATING.value, E.GATE_B.value):
        if approval(episode, "a") is None:
            raise CannotRun("Gate A has not approved a budget.", next_step="Send the board to Gate A.")
        return
    before = episode.state in (E.DRAFTING.value, E.GATE_A.value)
    steps = "Approve the budget at Gate A." if before else "Send it back at Gate C, or start a revision."
    if episode.state in PAST_B and not before:
        steps = "Send it back at Gate C, then make steps again at Gate B."
    raise CannotRun(
        f"{episode.title} is {E(episode.state).label.lower()}; steps are made again while it is produced or at Gate B.",
        kept="Nothing was changed.",
        next_step=steps,
    )


def _first(steps: list[EpisodeStep], node: str, shot: Shot | None) -> set[Pair]:
    """The steps to begin with: those of a node, of one shot (or its lines) or all."""
    own = {str(shot.pk)} if shot else set()
    found = {
        step.planned.key
        for step in steps
        if step.planned.node == node
        and step.wanted is not None
        and (not own or own & {step.planned.subject.id, step.planned.subject.parents.get("shot", "")})
    }
    if not found:
        raise SlateError(
            f"“{node[:60]}” makes nothing for {shot.label if shot else 'this episode'}.",
            code="run.no_step",
            kept="Nothing was changed.",
            fields={"node": f"One of {', '.join(sorted({s.planned.node for s in steps if s.wanted}))}."},
            status=422,
        )
    return found


def after_of(steps: Iterable[EpisodeStep], first: set[Pair]) -> set[Pair]:
    """These steps and all that wait for them; `steps` in an order of work."""
    chosen = set(first)
    for step in steps:
        if chosen.intersection(step.planned.after):
            chosen.add(step.planned.key)
    return chosen


def _stop(episode: Episode, again: list[EpisodeStep], besides: UUID | None) -> None:
    """What is open of these steps is stopped, and what waits for it: it would be made twice."""
    names = {(step.planned.node, step.planned.subject.id) for step in again}
    for job in list(production.open_jobs(episode)):
        if job.pk != besides and (job.payload.get("node"), job.payload.get("subject")) in names:
            job.refresh_from_db(fields=["state"])
            if job.state not in jobs.ENDED_STATES:
                steering.cancel(job, actor=None)


def _count(episode: Episode, pair: Pair) -> None:
    row, _ = MadeAgain.objects.get_or_create(episode=episode, node=pair[0], subject_id=UUID(pair[1]))
    row.times += 1
    row.save(update_fields=["times", "updated_at"])


def _back_to_work(episode: Episode, again: list[EpisodeStep], actor: User | None) -> None:
    """At Gate B the open review is void; shots whose picture is measured again go back to work."""
    if episode.state == E.GATE_B:
        review = open_review(episode, "b")
        if review is not None:
            gates.supersede(review, ["Steps were asked for again before a decision was made."])
        apply(episode, "work_on", actor=actor)
    measured = {step.planned.subject.id for step in again if step.planned.type.slug == "judge"}
    shots = Shot.objects.filter(episode=episode, pk__in=measured).exclude(state__in=("todo", "wip"))
    for shot in shots.order_by("pk"):
        apply(shot, "reset", actor=None)


def pause(*, episode: Episode, actor: User) -> bool:
    """Begin no step of this episode any more; False when it stood still already. Raises Forbidden."""
    require(actor, Permission.GENERATE, episode.project_id)
    changed = holds.hold(FIELD, episode.pk, actor)
    if changed:
        record(actor, "production.paused", episode)
        emit(episode.project_id, "episode.paused", {"episode": str(episode.pk)})
    return changed


def go_on(*, episode: Episode, actor: User) -> bool:
    """Let the episode's steps begin again; False when it was not paused. Raises Forbidden."""
    require(actor, Permission.GENERATE, episode.project_id)
    changed = holds.unhold(FIELD, episode.pk)
    if changed:
        record(actor, "production.resumed", episode)
        emit(episode.project_id, "episode.resumed", {"episode": str(episode.pk)})
    return changed


def paused(episode: Episode) -> Hold | None:
    """The pause that stands, with who asked for it."""
    return holds.standing(FIELD, episode.pk)
