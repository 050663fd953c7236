"""The plan of an episode: per node what is made, stale or missing, what the rest will cost and how long it takes.

A step is made when the job with its key is done; stale when an earlier one of the same step is, or when its picture
was made from another take than the one that is used now. Costs are the quotes
of Gate A for what is left; times are medians of the studio's own work. Nothing is queued by looking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from uuid import UUID

from craft.terms.states import JobState
from engines.adapters.base import Quote
from episodes.models import BROUGHT, Episode, Shot, Take
from episodes.queries import Chosen, chosen_takes, shots_of
from episodes.quoting import Priced, Quoting, total_of
from episodes.steps import EpisodeStep, steps_of
from pipelines.expansion import Planned
from pipelines.graph import NodeType
from vault.models import Lineage
from workflow.models import Job

DONE, WORKED, QUEUED, PERSON, FAILED, STALE, MISSING = (
    "done",
    "running",
    "queued",
    "person",
    "failed",
    "stale",
    "missing",
)
WORDS = {PERSON: "waiting for a person"}
"""States whose name is not their word."""
STATES = (DONE, WORKED, QUEUED, PERSON, FAILED, STALE, MISSING)
HISTORY = 1000
Pair = tuple[str, str]
_OF_JOB = {
    JobState.DONE: DONE,
    JobState.RUNNING: WORKED,
    JobState.WAITING_ENGINE: WORKED,
    JobState.UNKNOWN: WORKED,
    JobState.FAILED: FAILED,
    JobState.NEEDS_DECISION: FAILED,
}


@dataclass(frozen=True, slots=True)
class StepState:
    """One step for one subject and where it stands; `job` is the job that does it, None while there is none."""

    step: EpisodeStep
    state: str
    job: Job | None

    @property
    def shot(self) -> str:
        """The id of the shot it is worked for, of a line that of its shot; of what is no shot's its own subject."""
        subject = self.step.planned.subject
        return subject.parents.get("shot", subject.id)


@dataclass(slots=True)
class NodePlan:
    """A node over all its subjects. `seconds` is what is left to work, None when a step of it was never measured."""

    node: str
    type: NodeType
    counts: Counter[str] = field(default_factory=Counter)
    price: Quote = field(default_factory=Quote)
    seconds: float | None = 0.0

    @property
    def total(self) -> int:
        """How many subjects it is worked for."""
        return self.counts.total()

    @property
    def left(self) -> int:
        """How many are not made yet."""
        return self.total - self.counts[DONE]


@dataclass(frozen=True, slots=True)
class EpisodePlan:
    """All nodes in an order of work, every step, and the sums. `longest` is the slowest chain of what is left."""

    nodes: tuple[NodePlan, ...]
    steps: tuple[StepState, ...]
    price: Quote
    basis: str
    seconds: float
    longest: float
    unmeasured: int
    priced: Mapping[str, list[Priced]] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)

    def of_shot(self, shot: UUID) -> tuple[NodePlan, ...]:
        """The nodes of one shot and its lines, in an order of work, with what is left of them."""
        own = [one for one in self.steps if one.shot == str(shot)]
        subjects = {one.step.planned.subject.id for one in own}
        quotes = {node: [one for one in rows if one.about in subjects] for node, rows in self.priced.items()}
        return tuple(_nodes(own, quotes, self.times).values())

    @property
    def counts(self) -> Counter[str]:
        """Steps by where they stand."""
        return Counter(one.state for one in self.steps)

    @property
    def left(self) -> int:
        """How many steps are not made yet."""
        return len(self.steps) - self.counts[DONE]

    @property
    def wanted(self) -> int:
        """How many of these nobody has queued, or failed: what `run` would make."""
        return self.left - self.counts[WORKED] - self.counts[QUEUED] - self.counts[PERSON]

    def as_json(self) -> dict[str, Any]:
        """The plan as plain data: milli-credits, seconds (null where nothing was measured)."""
        return {
            "left": self.left,
            "counts": {state: self.counts[state] for state in STATES},
            "price": _money(self.price),
            "basis": self.basis,
            "seconds": round(self.seconds, 1),
            "longest_chain_seconds": round(self.longest, 1),
            "steps_not_measured": self.unmeasured,
            "nodes": [
                {
                    "node": one.node,
                    "label": one.type.label,
                    "per": one.type.per.value,
                    "counts": {state: one.counts[state] for state in STATES},
                    "price": _money(one.price),
                    "seconds": None if one.seconds is None else round(one.seconds, 1),
                }
                for one in self.nodes
            ],
        }


def plan_of(episode: Episode, only: Collection[Pair] | None = None) -> EpisodePlan:
    """The episode's plan; with `only` as if exactly these (node, subject) steps were to be made again.

    Raises GraphRefused for a graph that cannot be worked.
    """
    states = _states(episode, only)
    left = [one for one in states if one.state != DONE]
    priced, times = _prices(episode, left), _times({one.step.wanted.kind for one in left if one.step.wanted})
    every = [one for found in priced.values() for one in found]
    known = [_seconds(one, times) for one in left]
    return EpisodePlan(
        tuple(_nodes(states, priced, times).values()),
        tuple(states),
        total_of(every),
        next((one.quote.basis for one in every if one.role == "clip"), ""),
        sum(seconds or 0.0 for seconds in known),
        _longest(left, times),
        sum(seconds is None for seconds in known),
        priced,
        times,
    )


def _nodes(
    states: Iterable[StepState], priced: Mapping[str, list[Priced]], times: Mapping[str, float]
) -> dict[str, NodePlan]:
    """Steps by node, with their quotes and times of what is left."""
    nodes: dict[str, NodePlan] = {}
    for one in states:
        row = nodes.setdefault(one.step.planned.node, NodePlan(one.step.planned.node, one.step.planned.type))
        row.counts[one.state] += 1
        if one.state != DONE:
            row.seconds = _add(row.seconds, _seconds(one, times))
    for node, found in priced.items():
        if node in nodes:
            nodes[node].price = total_of(found)
    return nodes


def _states(episode: Episode, only: Collection[Pair] | None) -> list[StepState]:
    steps = [step for step in steps_of(episode) if step.wanted is not None]
    jobs = {job.key: job for job in Job.objects.filter(key__in=[s.wanted.key for s in steps if s.wanted])}
    ended = Job.objects.filter(payload__episode=str(episode.pk), state=JobState.DONE).values_list(
        "key", flat=True
    )
    before, takes = {tuple(key.split(":")[:2]) for key in ended}, chosen_takes(episode)
    chosen, parents = {(stage, str(subject)) for stage, subject in takes}, _parents(takes.values())
    outdated: set[Pair] = set()
    found = []
    for step in steps:
        planned, job = step.planned, jobs.get(step.wanted.key) if step.wanted else None
        state = _state(job) or (STALE if planned.key in before or planned.makes in chosen else MISSING)
        if outdated.intersection(planned.after) or _of_another(planned, takes, parents):
            outdated.add(planned.key)
            state = STALE if state == DONE else state
        if only is not None:
            state = STALE if planned.key in only else DONE
        found.append(StepState(step, state, job))
    return found


def _parents(takes: Iterable[Take]) -> dict[UUID, set[UUID]]:
    """Asset → the assets it was made from."""
    rows = Lineage.objects.filter(child__in=[take.asset_id for take in takes])
    found: dict[UUID, set[UUID]] = {}
    for child, parent in rows.values_list("child_id", "parent_id"):
        found.setdefault(child, set()).add(parent)
    return found


def _of_another(step: Planned, takes: Chosen, parents: Mapping[UUID, set[UUID]]) -> bool:
    """Whether a picture was made from another take than the one that is used before it now."""
    made = takes.get((step.makes[0], UUID(step.makes[1]))) if step.makes and step.type.picture else None
    if made is None or made.engine == BROUGHT:
        return False
    port = step.type.passes.get("video", "first")
    pairs = [(stage, UUID(subject)) for stage, subject in step.given.get(port, ())]
    nearest = next((takes[pair] for pair in pairs if pair in takes), None)
    return nearest is not None and nearest.asset_id not in parents.get(made.asset_id, set())


def _state(job: Job | None) -> str:
    if job is None or job.state == JobState.CANCELLED:
        return ""
    if job.state == JobState.QUEUED:
        return PERSON if job.waiting_for == "gate" else QUEUED
    return _OF_JOB[JobState(job.state)]


def _prices(episode: Episode, left: Iterable[StepState]) -> dict[str, list[Priced]]:
    """Node → the quotes of what it has left, by the routes of now."""
    wanted = {one.step.planned.key: one.step.planned for one in left}
    # an opinion is asked for after the measures of a shot, by no node of its own
    judged = {step.subject.id: step.node for step in wanted.values() if step.type.slug == "judge"}
    quoting = Quoting(episode)
    found: dict[str, list[Priced]] = {}
    for one in [*_shot_prices(quoting, shots_of(episode), set(wanted)), *quoting.sound()]:
        node = one.node or judged.get(one.about, "")
        if (node, one.about) in wanted or one.role == "speech":
            found.setdefault(node, []).append(one)
    return found


def _shot_prices(quoting: Quoting, shots: Iterable[Shot], wanted: set[tuple[str, str]]) -> Iterable[Priced]:
    """The quotes of each shot; of its lines only those that are still to be spoken."""
    subjects = {subject for _, subject in wanted}
    for shot in shots:
        yield from quoting.shot(shot, [line for line in shot.lines.all() if str(line.pk) in subjects])


def _times(kinds: Iterable[str]) -> dict[str, float]:
    """Kind of work → seconds that a step of it takes, the median of what this studio has done lately."""
    rows = Job.objects.filter(
        kind__in=list(kinds), state=JobState.DONE, started_at__isnull=False, ended_at__isnull=False
    )
    seen: dict[str, list[float]] = {}
    for kind, started, ended in rows.order_by("-ended_at").values_list("kind", "started_at", "ended_at")[
        :HISTORY
    ]:
        seen.setdefault(kind, []).append((ended - started).total_seconds())
    return {kind: median(seconds) for kind, seconds in seen.items()}


def _seconds(one: StepState, times: Mapping[str, float]) -> float | None:
    """How long a step will take; 0 where a person decides: nobody knows how long people take."""
    if one.step.planned.type.human:
        return 0.0
    return times.get(one.step.wanted.kind) if one.step.wanted else 0.0


def _add(so_far: float | None, more: float | None) -> float | None:
    return None if so_far is None or more is None else so_far + more


def _longest(left: Iterable[StepState], times: Mapping[str, float]) -> float:
    """Seconds of the slowest chain: the work cannot be done sooner however many workers there are."""
    ends: dict[tuple[str, str], float] = {}
    for one in left:
        begin = max((ends.get(other, 0.0) for other in one.step.planned.after), default=0.0)
        ends[one.step.planned.key] = begin + (_seconds(one, times) or 0.0)
    return max(ends.values(), default=0.0)


def _money(price: Quote) -> dict[str, int]:
    return {"low": price.low, "expected": price.expected, "high": price.high}
