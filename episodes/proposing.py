"""What a script leaves open, proposed by a language model and taken over by a person.

The rules read the script first and decide alone; a model is asked only about what they left empty: people whom nothing
describes, and shots in which nobody does anything. Asking is allowed by the person who asks, under the price they saw.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from craft.screenplay.words import one_line
from craft.terms.digest import digest
from craft.terms.people import Permission
from craft.terms.states import JobState
from engines.adapters.base import Text
from engines.guards import Spend, SpendGuard
from engines.pricing import RoleQuote, quote
from engines.queries import goes_first
from episodes import services
from episodes.models import Episode, Shot
from episodes.queries import cast_of, shots_of
from talent.models import Character
from talent.services import save_bible
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow import jobs
from workflow.models import Job

ROLE, SHAPE, JOB, SUBJECT = "breakdown", "board_proposals", "episodes.propose", "episodes.proposal"
MOST_PEOPLE, MOST_SHOTS, MOST_SCRIPT, ANSWER_TOKENS, LONGEST = 30, 60, 50_000, 8000, 400
INSTRUCTIONS = """\
You help to break a screenplay down into shots. For each person in the list of people write one sentence of
what they look like: age, build, hair, what they wear with colours, as far as the script allows; where it says
nothing, choose what fits the story. For each shot in the list of shots write one short sentence in the
present tense of what the people in it do while the shot lasts: sit down, rise, turn to somebody, walk, point,
nod, drink, telephone, hand something over, hold something. Begin it with a name of the shot's people. Change
no words that are spoken and invent no new people. Use every key once. Leave the text empty where nothing
should be added."""


class ProposalRefused(SlateError):
    """Nothing can be proposed now, or it would cost more than was seen."""

    code = "proposals.refused"
    status = 409


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What the rules found no words for."""

    people: tuple[Character, ...]
    shots: tuple[Shot, ...]

    def __bool__(self) -> bool:
        return bool(self.people or self.shots)


@dataclass(frozen=True, slots=True)
class Row:
    """One proposal: what it is about, its words, and whether it stands open or was taken over."""

    key: str
    title: str
    text: str
    state: str


def left_open(episode: Episode) -> LeftOpen:
    """People of the episode without a description, and shots whose people do nothing."""
    shots = list(shots_of(episode))
    people = {c.pk: c for shot in shots for c in cast_of(shot) if not c.description.strip() and not c.locked}
    still = [shot for shot in shots if cast_of(shot) and not shot.staging.get("cues")]
    return LeftOpen(tuple(people.values())[:MOST_PEOPLE], tuple(still[:MOST_SHOTS]))


def question(episode: Episode, found: LeftOpen) -> Text:
    """The one question about an episode; the script and all names are data."""
    data = {
        "title": episode.title,
        "logline": episode.logline,
        "language": episode.project.language,
        "people": [{"key": str(c.pk), "name": c.name} for c in found.people],
        "shots": [_shot_data(shot) for shot in found.shots],
        "script": _script(episode),
    }
    words = json.dumps(data, ensure_ascii=False, indent=1)
    return Text(
        task="breakdown", instructions=INSTRUCTIONS, data=words, schema=SHAPE, max_tokens=ANSWER_TOKENS
    )


def _script(episode: Episode) -> str:
    text = episode.source.text if episode.source else ""
    return text.encode()[:MOST_SCRIPT].decode(errors="ignore")


def _shot_data(shot: Shot) -> dict[str, Any]:
    spoken = [f"{line.character.name}: {line.text}" for line in shot.lines.all()]
    return {
        "key": str(shot.pk),
        "line": shot.script_line,
        "size": shot.size,
        "people": [c.name for c in cast_of(shot)],
        "action": shot.action[:LONGEST],
        "spoken": " / ".join(spoken)[:LONGEST],
    }


def offered() -> bool:
    """Whether the studio put an engine first for breakdowns."""
    return goes_first(ROLE)


def price(episode: Episode, found: LeftOpen) -> RoleQuote:
    """What asking costs by the route it would take now."""
    return quote(ROLE, question(episode, found))


def ask(*, episode: Episode, cap_milli: int, actor: User) -> Job:
    """Queue the question, spending at most `cap_milli`. Raises Forbidden, ProposalRefused.

    The same question is asked once: asked again it gives the answer that is there, and one that failed is tried again.
    """
    require(actor, Permission.GATE_A, episode.project_id)
    found = left_open(episode)
    if not found or not offered():
        raise ProposalRefused(
            "There is nothing to propose." if offered() else "No engine goes first for breakdowns.",
            kept="Nothing was asked.",
        )
    asked = question(episode, found)
    job = jobs.enqueue(
        JOB,
        key=f"proposals:{episode.pk}:{digest('proposals', 1, asked.data)}",
        payload={"episode": str(episode.pk), "cap_milli": cap_milli},
        project=episode.project_id,
        title=f"{episode.title}: proposals",
    )
    record(actor, "proposals.asked", episode, {"cap_milli": cap_milli, "job": str(job.pk)})
    return job


def within(cap_milli: int) -> SpendGuard:
    """The guard of a question: up to the price that was seen."""

    def guard(spend: Spend) -> None:
        if spend.milli > cap_milli:
            raise ProposalRefused(
                "Asking has become dearer than the price you saw.",
                kept="Nothing was sent.",
                charged="Nothing was charged.",
                next_step="Look at the price and ask again.",
            )

    return guard


def newest(episode: Episode) -> Job | None:
    """The newest question about an episode."""
    return Job.objects.filter(kind=JOB, payload__episode=str(episode.pk)).order_by("-created_at").first()


def rows(episode: Episode, job: Job | None) -> list[Row]:
    """The proposals of an answered question, each with what became of it."""
    if job is None or job.state != JobState.DONE:
        return []
    shots = {str(shot.pk): shot for shot in shots_of(episode)}
    people = {str(c.pk): c for shot in shots.values() for c in cast_of(shot)}
    answer = job.result or {}
    found = [
        Row(one["key"], people[one["key"]].name, one["text"], _state(people[one["key"]].description, one))
        for one in answer.get("people", [])
        if one["key"] in people
    ]
    return found + [
        Row(one["key"], shots[one["key"]].label, one["text"], _shot_state(shots[one["key"]], one))
        for one in answer.get("shots", [])
        if one["key"] in shots
    ]


def _state(now: str, proposal: dict[str, str]) -> str:
    if proposal["text"] in now:
        return "taken"
    return "passed" if now.strip() else "open"


def _shot_state(shot: Shot, proposal: dict[str, str]) -> str:
    if proposal["text"] in shot.action:
        return "taken"
    return "passed" if shot.staging.get("cues") else "open"


def take_over(*, episode: Episode, job: Job, keys: Collection[str], actor: User) -> int:
    """Put the ticked proposals into bibles and shots, marked with who proposed them; how many there were.

    Raises Forbidden, BibleLocked, EpisodeClosed, ShotRefused.
    """
    source = str((job.result or {}).get("by", ""))
    shots = {str(shot.pk): shot for shot in shots_of(episode)}
    taken = 0
    for row in rows(episode, job):
        if row.key not in keys or row.state != "open":
            continue
        if row.key in shots:
            _into_shot(shots[row.key], row.text, source, actor)
        else:
            character = Character.objects.get(pk=row.key)
            save_bible(character=character, changes={"description": row.text}, actor=actor)
            record(actor, "proposal.taken", character, {"by": source, "text": row.text})
        taken += 1
    return taken


def _into_shot(shot: Shot, text: str, source: str, actor: User) -> None:
    notes = "\n".join(filter(None, [shot.notes, f"Proposed by {source}: {text}"]))
    action = " ".join(filter(None, [shot.action.strip(), text]))
    services.edit_shot(shot=shot, changes={"action": action, "notes": notes[:4000]}, actor=actor)
    record(actor, "proposal.taken", shot, {"by": source, "text": text})


def cleaned(answer: dict[str, Any], found: LeftOpen) -> dict[str, list[dict[str, str]]]:
    """The answer as far as it was asked for: known keys once, with words, each on one line."""
    asked = {"people": {str(c.pk) for c in found.people}, "shots": {str(s.pk) for s in found.shots}}
    kept: dict[str, list[dict[str, str]]] = {}
    for name, keys in asked.items():
        words = {one["key"]: one_line(one["text"], LONGEST) for one in answer[name]}
        kept[name] = [{"key": key, "text": text} for key, text in words.items() if key in keys and text]
    return kept
