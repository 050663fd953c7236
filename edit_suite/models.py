"""Timelines as they were rendered, and the masters made from them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from episodes.models import Episode
from tenancy.models import StudioModel


class TimelineRevision(StudioModel):
    """A frozen timeline document (craft.render JSON) of an episode; the same timeline twice is the same revision."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="timelines")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "episode", "number"], name="timelinerevision_one_per_number"
            ),
            models.UniqueConstraint(
                fields=["studio", "episode", "digest"], name="timelinerevision_one_per_digest"
            ),
        ]


class Master(StudioModel):
    """A finished file of an episode with everything that was measured on it. Never changed, never deleted by us."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="masters")
    timeline = models.ForeignKey(TimelineRevision, on_delete=models.PROTECT, related_name="masters")
    revision = models.PositiveIntegerField()
    asset = models.ForeignKey("vault.Asset", on_delete=models.PROTECT, related_name="+")
    captions_srt = models.ForeignKey("vault.Asset", null=True, on_delete=models.PROTECT, related_name="+")
    captions_vtt = models.ForeignKey("vault.Asset", null=True, on_delete=models.PROTECT, related_name="+")
    poster = models.ForeignKey("vault.Asset", null=True, on_delete=models.PROTECT, related_name="+")
    frames = models.PositiveIntegerField()
    rate = models.CharField(max_length=16)
    segments = models.JSONField(default=dict)
    loudness = models.JSONField(default=dict)
    checks = models.JSONField(default=dict)
    stems = models.JSONField(default=dict)
    provenance = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "episode", "created_at"])]
