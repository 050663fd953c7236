"""Versions of a project's graph."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from studio.models import Project
from tenancy.models import StudioModel


class Pipeline(StudioModel):
    """One version of a project's graph; the highest one counts. Rows are never changed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="pipelines")
    number = models.PositiveIntegerField()
    graph = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "project", "number"], name="pipeline_one_per_number"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
