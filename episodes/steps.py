"""The steps of an episode: the project's graph worked out for its shots, lines, acts and scenes, as keyed jobs.

A key holds what its job's result depends on: the step with all that lies before it in the graph, and the facts of its
subject. The same key is the same work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from craft.terms.digest import digest
from episodes.casting import role_of
from episodes.models import Act, Episode, MadeAgain, Shot
from episodes.performed import NODE, marks_of_all
from episodes.queries import act_frames, cast_of, chosen_takes, facts_digest, scene_frames, shots_of
from episodes.references import outdated_digest, pictures_of_all
from episodes.wearing import outfits_of_all, undressed_digest
from pipelines.expansion import Planned, Subject
from pipelines.graph import Per
from pipelines.services import expand
from scenes.models import Scene
from scenes.services import definition_of
from talent.queries import wearing
from workflow import jobs

# The picture keeps the workers busy longest; sound is short and other steps wait for it.
_PRIORITY = {
    "keyframe": 30,
    "last_frame": 29,
    "approve": 30,
    "compare": 30,
    "gate": 30,
    "speech": 40,
    "performance": 12,
    "guides": 11,
    "clip": 10,
    "lips": 12,
    "modifier": 13,
    "upscale": 13,
    "judge": 14,
    "score": 5,
    "ambience": 5,
    "effects": 5,
}


@dataclass(frozen=True, slots=True)
class EpisodeStep:
    """A step for one subject: what it is about in words, and the job that does it (None where nothing is done)."""

    planned: Planned
    title: str
    wanted: jobs.Wanted | None


def steps_of(episode: Episode) -> list[EpisodeStep]:
    """Every step of the episode in an order of work. Raises GraphRefused for a graph that cannot be worked."""
    shots = list(shots_of(episode))
    facts, again = _facts(episode, shots), made_again(episode)
    marks, acted = marks_of_all(shots), set[tuple[str, str]]()
    found: list[EpisodeStep] = []
    wanted: dict[tuple[str, str], jobs.Wanted] = {}
    for step in expand(episode.project_id, subjects=subjects(episode, shots)):
        name, *known = facts[step.subject.id]
        title = f"{name} {step.type.label.lower()}"[:200]
        if step.type.job:
            known = [name, *known, *again.get(step.key, [])]
            # another performance makes what acts it out again, and what follows from that; nothing else of the shot
            mark = marks.get(UUID(step.subject.id)) if step.subject.per is Per.SHOT else None
            if mark and (step.type.slug == NODE or acted.intersection(step.after)):
                acted.add(step.key)
                known += [mark]
            after = tuple(wanted[other].key for other in step.after if other in wanted)
            wanted[step.key] = _wanted(episode, step, known, title, after)
        found.append(EpisodeStep(step, title, wanted.get(step.key)))
    return found


def made_again(episode: Episode) -> dict[tuple[str, str], list[int]]:
    """(node, subject) → [how often it was asked for again], for those that were."""
    rows = MadeAgain.objects.filter(episode=episode).values_list("node", "subject_id", "times")
    return {(node, str(subject)): [times] for node, subject, times in rows}


def _wanted(
    episode: Episode, step: Planned, facts: list[Any], title: str, after: tuple[str, ...]
) -> jobs.Wanted:
    known = digest("production", 1, [step.cache_key, step.subject.id, facts])
    return jobs.Wanted(
        step.type.job,
        key=f"{step.node}:{step.subject.id}:{known}",
        payload={
            "episode": str(episode.pk),
            "subject": step.subject.id,
            "node": step.node,
            "params": dict(step.params),
            "given": {name: [list(pair) for pair in pairs] for name, pairs in step.given.items()},
            "wired": list(step.wired),
        },
        project=episode.project_id,
        after=after,
        priority=_PRIORITY.get(step.type.slug, 0),
        title=title,
    )


def subjects(episode: Episode, shots: Sequence[Shot]) -> list[Subject]:
    """What the graph is worked for: shots and their lines with the shot's role, acts, the scenes that are used."""
    found: list[Subject] = []
    scenes: set[UUID] = set()
    dressed = wearing()
    for shot in shots:
        role = role_of(shot, cast_of(shot), dressed).value
        above = {"act": str(shot.act_id), "scene": str(shot.scene_id), "episode": str(episode.pk)}
        found.append(Subject(Per.SHOT, str(shot.pk), above, role))
        found += [
            Subject(Per.LINE, str(line.pk), {"shot": str(shot.pk), "act": str(shot.act_id)}, role)
            for line in shot.lines.all()
        ]
        scenes.add(shot.scene_id)
    found += [
        Subject(Per.ACT, str(act.pk), {"episode": str(episode.pk)})
        for act in Act.objects.filter(episode=episode).order_by("number")
    ]
    found += [Subject(Per.SCENE, str(pk), {"episode": str(episode.pk)}) for pk in sorted(scenes, key=str)]
    return found


def _facts(episode: Episode, shots: Sequence[Shot]) -> dict[str, list[Any]]:
    """What each subject is called, and what else of it the result depends on."""
    project = episode.project
    found: dict[str, list[Any]] = {}
    takes, pictures, outfits = chosen_takes(episode), pictures_of_all(shots), outfits_of_all(shots)
    for shot in shots:
        # other pictures make a shot again only where its engine was given some, another LoRA where it can wear one
        changed = [
            outdated_digest(shot, takes, pictures[shot.pk]),
            undressed_digest(shot, takes, outfits[shot.pk]),
        ]
        found[str(shot.pk)] = [shot.label, facts_digest(shot, project), *filter(None, changed)]
        for line in shot.lines.all():
            name = f"{shot.label} {line.character.name}"
            said = [line.text, line.parenthetical, line.language, line.character.voice, shot.frames]
            found[str(line.pk)] = [name, *said]
    frames = act_frames(episode)
    for act in Act.objects.filter(episode=episode):
        mood = [act.valence, act.energy, frames.get(act.pk, 0), project.genre, project.seed]
        found[str(act.pk)] = [str(act), *mood]
    bed = scene_frames(episode)
    for scene in Scene.objects.filter(shots__episode=episode).distinct():
        found[str(scene.pk)] = [scene.name, definition_of(scene), bed]
    return found
