"""Reads of the roster."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from craft.terms.states import JobState
from studio.models import Project
from talent.models import (
    Casting,
    Character,
    CharacterVersion,
    ClonedVoice,
    Consent,
    Recording,
    Reference,
    Training,
)
from talent.registries import productions


def roster() -> list[Any]:
    """Characters by name with the number of their projects."""
    return list(Character.objects.annotate(projects=Count("castings", distinct=True)).order_by("name", "pk"))


def castings_of(character: Character) -> list[Casting]:
    """Where a character is cast."""
    return list(Casting.objects.filter(character=character).select_related("project").order_by("created_at"))


def versions_of(character: Character) -> list[CharacterVersion]:
    """The bible's versions, newest first."""
    return list(CharacterVersion.objects.filter(character=character).order_by("-number"))


def references_of(character: Character) -> list[Reference]:
    """A character's pictures in the order in which engines get them."""
    rows = Reference.objects.filter(character=character).select_related("asset")
    return list(rows.order_by("position", "created_at", "pk"))


def references_of_all(characters: Collection[UUID]) -> dict[UUID, list[Reference]]:
    """The same for many characters, in one query."""
    rows = Reference.objects.filter(character_id__in=characters).select_related("asset", "character")
    found: dict[UUID, list[Reference]] = {}
    for row in rows.order_by("position", "created_at", "pk"):
        found.setdefault(row.character_id, []).append(row)
    return found


def trainings_of(character: Character) -> list[Training]:
    """What was and is being trained of a character, newest first."""
    return list(trainings().filter(character=character))


def trainings() -> QuerySet[Training]:
    """All of the studio's, newest first."""
    rows: QuerySet[Training] = Training.objects.select_related("character", "job", "lora")
    return rows.order_by("-created_at", "pk")


def worn_by(characters: Collection[UUID]) -> dict[UUID, list[Training]]:
    """What each of these characters wears, one training for each weights by their names; in one query."""
    rows = trainings().filter(character_id__in=characters, worn=True).order_by("base") if characters else ()
    found: dict[UUID, list[Training]] = {}
    for row in rows:
        found.setdefault(row.character_id, []).append(row)
    return found


def wearing() -> frozenset[UUID]:
    """The characters of the studio that wear something."""
    return frozenset(Training.objects.filter(worn=True).values_list("character_id", flat=True))


def training_state(training: Training) -> str:
    """done, or the state of its job: queued, running, failed, cancelled, needs_decision and the like."""
    if training.lora_id is not None:
        return JobState.DONE.value
    return training.job.state if training.job else JobState.QUEUED.value


def recordings_of(character: Character) -> list[Recording]:
    """Recordings of a character's person, in the order in which they were brought."""
    return list(recordings().filter(character=character))


def recordings() -> QuerySet[Recording]:
    """All of the studio's, oldest first."""
    rows: QuerySet[Recording] = Recording.objects.select_related("asset", "character")
    return rows.order_by("created_at", "pk")


def cloned_voices() -> QuerySet[ClonedVoice]:
    """All in the studio's roster, and those dropped from it that their engine still has; newest first."""
    there = Q(dropped=False) | (Q(deletion__isnull=False) & ~Q(deletion__state=JobState.DONE.value))
    rows: QuerySet[ClonedVoice] = ClonedVoice.objects.filter(there)
    return rows.select_related("character", "job", "deletion").order_by("-created_at", "pk")


def voice_state(voice: ClonedVoice) -> str:
    """done, or the state of its job."""
    if voice.number:
        return JobState.DONE.value
    return voice.job.state if voice.job else JobState.QUEUED.value


def consents(*, subject: str = "") -> list[Consent]:
    """What was recorded, newest first; of one person or of all."""
    rows = Consent.objects.select_related("evidence", "recorded_by", "revoked_by").order_by("-created_at")
    return list(rows.filter(subject__iexact=subject) if subject else rows)


def consents_named(ids: Collection[str]) -> list[Consent]:
    """The consents with these ids, by person."""
    return (
        list(Consent.objects.filter(pk__in=set(ids)).order_by("subject", "kind", "created_at")) if ids else []
    )


def state_of(consent: Consent) -> str:
    """revoked, to_come, expired or in_force: as far as the row and the day say."""
    today = timezone.now().date()
    if consent.revoked_at is not None:
        return "revoked"
    if today < consent.valid_from:
        return "to_come"
    return "expired" if consent.valid_to is not None and today > consent.valid_to else "in_force"


def projects_with_real_people() -> list[Project]:
    """The productions in which somebody is cast who portrays a real person, or that higher apps know one of; by
    title."""
    cast = set(Casting.objects.exclude(character__portrays="").values_list("project_id", flat=True))
    known = {pk for _, ask in productions.items() for pk in ask()}
    return list(Project.objects.filter(pk__in=cast | known).order_by("title", "pk"))
