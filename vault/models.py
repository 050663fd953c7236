"""What the vault knows: bytes (Blob), what they are (Asset) and what they were made from (Lineage)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tenancy.models import StudioModel
from vault.kinds import Kind


class Blob(StudioModel):
    """Bytes, once per studio and content. `key` is where they lie in the storage named `vault`."""

    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    mime = models.CharField(max_length=100)
    key = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "sha256"], name="blob_one_per_content"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="blob_not_empty"),
        ]


class Asset(StudioModel):
    """One thing people can name (a keyframe, a master). It never changes; a new version is a new asset.

    `project_id` is empty for what belongs to the studio itself. `provenance` is the report of the moment
    the file was signed, empty for what carries none. Size and digest repeat the blob's, so that lists need
    one query.
    """

    project_id = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=20, choices=[(k.value, k.label) for k in Kind])
    title = models.CharField(max_length=200)
    mime = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="assets")
    meta = models.JSONField(default=dict)
    provenance = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "-created_at", "id"], name="asset_newest"),
            models.Index(fields=["studio", "project_id", "kind", "-created_at"], name="asset_of_project"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def signed(self) -> bool:
        """Whether the file carries provenance."""
        return bool(self.provenance)

    @property
    def family(self) -> str:
        """image, video, audio or other: how it is previewed."""
        first = self.mime.split("/", 1)[0]
        return first if first in ("image", "video", "audio") else "other"


class Lineage(StudioModel):
    """`child` was made from `parent`, which played `role` in it (keyframe, speech, shot …)."""

    child = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="made_from")
    parent = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="went_into")
    role = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "child", "parent", "role"], name="lineage_once"),
            models.CheckConstraint(condition=~models.Q(child=models.F("parent")), name="lineage_not_itself"),
        ]
