"""What left the house: releases with their certificate, and the links by which outsiders may look."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.db import models

from distribution.states import DRAFT, LABELS, RELEASE, RELEASED, WITHDRAWN
from tenancy.models import StudioModel
from vault.models import Asset

LONGEST_SHARE = timedelta(days=14)


class Release(StudioModel):
    """One certified master that may ship. Titles are those of the moment; the certificate never changes."""

    project_id = models.UUIDField()
    project_title = models.CharField(max_length=200)
    episode_id = models.UUIDField()
    title = models.CharField(max_length=200)
    revision = models.PositiveIntegerField(default=1)
    master = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    captions = models.JSONField(default=list)
    certificate = models.JSONField()
    certificate_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=20, default=DRAFT, choices=list(LABELS.items()))
    version = models.PositiveIntegerField(default=0)
    released_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "episode_id", "master"],
                condition=~models.Q(state=WITHDRAWN),
                name="release_one_per_master",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "-created_at"], name="release_newest")
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            *RELEASE.triggers(),
            pgtrigger.ReadOnly(
                name="certificate_stands",
                fields=["certificate", "certificate_digest", "master", "episode_id"],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state_label(self) -> str:
        """People's word for the state."""
        return LABELS[self.state]

    @property
    def is_released(self) -> bool:
        """Whether outsiders may see it."""
        return self.state == RELEASED


class ShareLink(StudioModel):
    """A way in for somebody without an account: a secret address and a passphrase, for a while.

    Of both only hashes are kept. `views` counts successful entries, `tries` wrong passphrases since
    `tries_since`.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="links")
    label = models.CharField(max_length=120, blank=True)
    token_hash = models.CharField(max_length=64)
    passphrase = models.CharField(max_length=128)
    expires_at = models.DateTimeField()
    max_views = models.PositiveIntegerField(null=True)
    allow_download = models.BooleanField(default=False)
    views = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    tries_since = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "token_hash"], name="sharelink_one_per_token"),
            models.CheckConstraint(
                condition=models.Q(expires_at__lte=models.F("created_at") + LONGEST_SHARE),
                name="sharelink_ends_within_two_weeks",
            ),
            models.CheckConstraint(
                condition=models.Q(max_views=None) | models.Q(views__lte=models.F("max_views")),
                name="sharelink_within_its_views",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["token_hash"], name="sharelink_by_token")
        ]
