"""Verbs of training: have a model learn a character from its pictures, stop that, wear what was learned, drop it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from craft.terms.consent import ConsentKind
from craft.terms.people import Permission
from engines.adapters.inputs import Example, Input
from engines.adapters.requests import TrainLora
from engines.offers import offer
from engines.rights import Use, leave_for
from talent.models import Character, Reference, Training
from talent.queries import references_of, training_state
from talent.services import require_unlocked
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow import jobs, steering
from workflow.events import emit
from workflow.states import ENDED_STATES

TRAIN_JOB, ROLE = "talent.train", "train"
LEAST_PICTURES = 4
"""A sheet's four sides: fewer show a model one view, and it learns the view."""
MOST_CAPTION = 300


class TrainingRefused(SlateError):
    """The training cannot be started like this; `fields` names what to mend."""

    code = "training.refused"
    status = 422


class TrainingConflict(SlateError):
    """The training is not where this is possible."""

    code = "training.state"
    status = 409


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be learned: for the weights that `base` names, from pictures (id of the reference → caption), `word`
    for what captions call it by. `size` is width and height in pixels, each step looks at one picture."""

    base: str
    pictures: Mapping[UUID, str]
    word: str = ""
    size: tuple[int, int] = (512, 512)
    rank: int = 8
    steps: int = 800
    learning_rate: float = 1e-4
    seed: int = 1


def start(*, character: Character, lesson: Lesson, actor: User) -> Training:
    """Queue a training. Of a real person it needs a consent that covers training, now and whenever it is begun.

    Raises Forbidden, TrainingRefused (pictures, figures, no engine that could), ConsentRefused.
    """
    require(actor, Permission.GENERATE)
    examples = _examples(character, lesson)
    made = Training(
        character=character,
        base=lesson.base.strip()[:80],
        word=lesson.word.strip()[:40],
        examples=examples,
        width=lesson.size[0],
        height=lesson.size[1],
        rank=lesson.rank,
        steps=lesson.steps,
        learning_rate=lesson.learning_rate,
        seed=lesson.seed,
    )
    _check_figures(made)
    decision = offer(ROLE, request_of(made, {}), uses=uses_of(character))
    if not decision.candidates:
        raise TrainingRefused(
            decision.explanation,
            kept="Nothing was started.",
            charged="Nothing was charged.",
            next_step="Change what is asked for, or see what the engine says of this machine.",
        )
    made.save(force_insert=True)
    made.job = jobs.enqueue(
        TRAIN_JOB,
        key=f"train:{made.pk}",
        payload={"training": str(made.pk)},
        project=None,
        title=f"Train {character.name} for {made.base}",
    )
    made.save(update_fields=["job", "updated_at"])
    record(actor, "training.started", made, {"character": str(character.pk), "pictures": len(examples)})
    _told(character)
    return made


def uses_of(character: Character) -> tuple[Use, ...]:
    """Whose likeness something is learned from; nobody's where the character is invented."""
    if not character.portrays:
        return ()
    return (Use(character.pk, ConsentKind.LIKENESS.value, None, training=True),)


def request_of(training: Training, paths: Mapping[str, Path]) -> TrainLora:
    """What an engine is asked; `paths` (asset id → file) may be empty where only the outline matters."""
    given = [
        Example(
            Input(paths.get(one["asset"], Path()), one["sha256"], one["mime"], one["title"]), one["caption"]
        )
        for one in training.examples
    ]
    return TrainLora(
        base=training.base,
        examples=tuple(given),
        width=training.width,
        height=training.height,
        rank=training.rank,
        steps=training.steps,
        learning_rate=training.learning_rate,
        seed=training.seed,
    )


def cancel(*, training: Training, actor: User) -> None:
    """Stop it: at once while it waits, else after the step it is at. Raises Forbidden, TrainingConflict."""
    require(actor, Permission.GENERATE)
    if training.job is None or training.job.state in ENDED_STATES:
        raise TrainingConflict("This training has ended already.", kept="Its result stands.")
    steering.cancel(training.job, actor=actor)
    record(actor, "training.cancelled", training)
    _told(training.character)


def wear(*, training: Training, scale: float, actor: User) -> Training:
    """From now on shots in which the character is seen are made with this, where an engine can; instead of
    another for the same weights.

    Takes made with another, or as strongly as before, become stale. Raises Forbidden, BibleLocked, TrainingConflict
    (not finished), TrainingRefused (scale), ConsentRefused.
    """
    character = training.character
    _require(character, actor)
    if training.lora_id is None:
        raise TrainingConflict(
            "This training is not finished.", kept="Nothing was changed.", next_step="Wait for its end."
        )
    if not 0 <= scale <= 1:
        wrong = {"scale": "Between 0 and 1."}
        raise TrainingRefused("This cannot be worn like that.", fields=wrong, kept="Nothing was changed.")
    leave_for(uses_of(character))
    others = Training.objects.filter(character=character, base=training.base, worn=True)
    others.exclude(pk=training.pk).update(worn=False)
    training.worn, training.scale = True, float(scale)
    training.save(update_fields=["worn", "scale", "updated_at"])
    record(actor, "training.worn", training, {"character": str(character.pk), "scale": training.scale})
    _told(character)
    return training


def take_off(*, training: Training, actor: User) -> Training:
    """Make the character's shots without it again. Raises Forbidden, BibleLocked."""
    _require(training.character, actor)
    if training.worn:
        training.worn = False
        training.save(update_fields=["worn", "updated_at"])
        record(actor, "training.taken_off", training, {"character": str(training.character_id)})
        _told(training.character)
    return training


def drop(*, training: Training, actor: User) -> None:
    """Take an ended training out of the roster; its files stay in the vault. Raises Forbidden, BibleLocked,
    TrainingConflict (it still runs)."""
    character = training.character
    _require(character, actor)
    if training_state(training) not in ENDED_STATES:
        raise TrainingConflict(
            "This training has not ended.", kept="Nothing was changed.", next_step="Stop it first."
        )
    facts = {"character": str(character.pk), "lora": training.lora.sha256 if training.lora else ""}
    record(actor, "training.dropped", training, facts)
    training.delete()
    _told(character)


def _examples(character: Character, lesson: Lesson) -> list[dict[str, Any]]:
    """The chosen pictures in the roster's order, each with its caption. Raises TrainingRefused."""
    known = {one.pk: one for one in references_of(character)}
    wrong: dict[str, str] = {}
    if set(lesson.pictures) - set(known):
        wrong["pictures"] = "One of these is no picture of this character."
    elif len(lesson.pictures) < LEAST_PICTURES:
        wrong["pictures"] = f"At least {LEAST_PICTURES}, {len(lesson.pictures)} are chosen."
    if any(not caption.strip() or len(caption) > MOST_CAPTION for caption in lesson.pictures.values()):
        wrong["captions"] = f"Every picture needs one, of at most {MOST_CAPTION} characters."
    if wrong:
        raise TrainingRefused("This cannot be learned from.", fields=wrong, kept="Nothing was started.")
    return [_example(one, lesson) for pk, one in known.items() if pk in lesson.pictures]


def _example(reference: Reference, lesson: Lesson) -> dict[str, Any]:
    caption, word = " ".join(lesson.pictures[reference.pk].split()), lesson.word.strip()[:40]
    asset = reference.asset
    return {
        "reference": str(reference.pk),
        "asset": str(asset.pk),
        "sha256": asset.sha256,
        "mime": asset.mime,
        "title": reference.name,
        "caption": caption if word.casefold() in caption.casefold() else f"{word}, {caption}",
        "real": reference.real,
    }


def _check_figures(training: Training) -> None:
    """What the row could not hold; what a model cannot do is for the engine to say. Raises TrainingRefused."""
    bounds: Sequence[tuple[str, float, float]] = (
        ("width", 32, 4096),
        ("height", 32, 4096),
        ("rank", 1, 1024),
        ("steps", 1, 1_000_000),
        ("learning_rate", 1e-8, 1),
        ("seed", 0, 2**63 - 1),
    )
    wrong = {
        name: f"Between {low:g} and {high:g}."
        for name, low, high in bounds
        if not low <= getattr(training, name) <= high
    }
    if not training.base:
        wrong["base"] = "For which weights?"
    if wrong:
        raise TrainingRefused("This cannot be trained.", fields=wrong, kept="Nothing was started.")


def _require(character: Character, actor: User) -> None:
    require(actor, Permission.EDIT)
    require_unlocked(character)


def _told(character: Character) -> None:
    emit(None, "training.changed", {"character": str(character.pk)})
