"""The cast: characters belong to the studio and are cast into projects."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from studio.models import Project
from tenancy.models import StudioModel


class Character(StudioModel):
    """A character's bible as it stands. Each saved change makes a `CharacterVersion`.

    look: {body, age, skin, eyes, hair {style, colour}, beard, hat {kind, colour}, glasses {kind, colour},
    wardrobe {garment, legs, pattern, top, bottom, shoes, shirt, accent, pattern_colour}} (colours as #rrggbb).
    voice: {espeak, pitch, rate, range, formant, breath}.
    """

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, allow_unicode=True)
    description = models.TextField(blank=True)
    traits = models.JSONField(default=list)
    look = models.JSONField(default=dict)
    voice = models.JSONField(default=dict)
    bible_version = models.PositiveIntegerField(default=1)
    locked = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "slug"], name="character_one_per_slug"),
        ]

    def __str__(self) -> str:
        return self.name


class CharacterVersion(StudioModel):
    """The bible as it was; takes name the version they were made from."""

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    look = models.JSONField()
    voice = models.JSONField()
    traits = models.JSONField()
    description = models.TextField(blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "character", "number"], name="characterversion_once"),
        ]


class Casting(StudioModel):
    """A character in a project, under the name the script uses."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cast")
    character = models.ForeignKey(Character, on_delete=models.PROTECT, related_name="castings")
    script_name = models.CharField(max_length=120)
    lines = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "project", "script_name"], name="casting_one_per_name"),
        ]
