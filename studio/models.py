"""Productions: a project, its seasons, and the source texts it was made from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from craft.terms.staging import RenderLook
from craft.terms.story import Genre, ProjectKind, SourceKind
from tenancy.models import StudioModel


class Project(StudioModel):
    """One production of the studio. Money is in milli-credits; the picture in the first aspect and quality."""

    title = models.CharField(max_length=200)
    kind = models.CharField(
        max_length=20, choices=[(k.value, k.label) for k in ProjectKind], default=ProjectKind.SERIES.value
    )
    genre = models.CharField(max_length=30, choices=[(g.value, g.label) for g in Genre], blank=True)
    tone = models.CharField(max_length=200, blank=True)
    logline = models.TextField(blank=True)
    aspect = models.CharField(max_length=10, default="16:9")
    quality = models.CharField(max_length=20, default="draft")
    # How the built-in engine draws: finished, or as clay, toon or blueprint.
    look = models.CharField(
        max_length=12, choices=[(k.value, k.label) for k in RenderLook], default=RenderLook.CINEMATIC.value
    )
    rate = models.CharField(max_length=16, default="24")
    language = models.CharField(max_length=20, default="en")
    # Where it is shown, ISO 3166 codes; empty is everywhere.
    territories = models.JSONField(default=list, blank=True)
    loudness = models.CharField(max_length=20, default="online")
    pacing = models.CharField(max_length=20, default="tv_standard")
    cap_milli = models.BigIntegerField(default=0)
    seed = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(cap_milli__gte=0), name="project_cap_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "created_at"])]

    def __str__(self) -> str:
        return self.title


class Season(StudioModel):
    """A run of episodes of a series."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="seasons")
    number = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "project", "number"], name="season_one_per_number"),
        ]

    def __str__(self) -> str:
        return self.title or f"Season {self.number}"


class Source(StudioModel):
    """A text as it came in. Kept exactly; what was read from it lives in the episode."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=20, choices=[(k.value, k.label) for k in SourceKind])
    filename = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    notes = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "project"])]
