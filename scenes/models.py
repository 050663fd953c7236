"""Scenes: definitions of places with their light, reused by every shot that plays there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from craft.terms.light import Mood, TimeOfDay
from craft.terms.references import PlaceView
from studio.models import Project
from tenancy.models import StudioModel


class Scene(StudioModel):
    """A place as it stands. Each saved change makes a `SceneVersion`.

    atmosphere: {kind, density 0–100}. lights: [{position, role, elevation, intensity 0–100, kelvin, softness, gel}].
    layout: {seed, dressing {…}, words, extras}; `set_kind` names a set of the previs engine.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scenes")
    key = models.CharField(max_length=160)
    name = models.CharField(max_length=160)
    interior = models.BooleanField(default=True)
    set_kind = models.CharField(max_length=40)
    time_of_day = models.CharField(max_length=20, choices=[(t.value, t.label) for t in TimeOfDay])
    mood = models.CharField(max_length=20, choices=[(m.value, m.label) for m in Mood])
    atmosphere = models.JSONField(default=dict)
    fill_ratio = models.FloatField(default=4.0)
    lights = models.JSONField(default=list)
    layout = models.JSONField(default=dict)
    grade = models.JSONField(default=dict)
    scene_version = models.PositiveIntegerField(default=1)
    locked = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "project", "key"], name="scene_one_per_key"),
            models.CheckConstraint(
                condition=models.Q(fill_ratio__gte=1), name="scene_fill_ratio_at_least_one"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SceneVersion(StudioModel):
    """The definition as it was; takes name the version they were made from."""

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    digest = models.CharField(max_length=64)
    preview = models.ForeignKey("vault.Asset", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "scene", "number"], name="sceneversion_once"),
        ]


class Reference(StudioModel):
    """A picture of the place, or of a thing in it (`prop` is the thing's name), for engines to go by.

    `drawn_version` is the scene's version that the built-in engine drew it from; empty for what was brought.
    """

    scene = models.ForeignKey(Scene, on_delete=models.CASCADE, related_name="references")
    view = models.CharField(max_length=16, choices=[(v.value, v.label) for v in PlaceView])
    prop = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=80, blank=True)
    position = models.PositiveIntegerField(default=0)
    asset = models.ForeignKey("vault.Asset", on_delete=models.PROTECT, related_name="+")
    drawn_version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(view=PlaceView.PROP.value, prop__gt="")
                | (~models.Q(view=PlaceView.PROP.value) & models.Q(prop="")),
                name="scenereference_props_have_names",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "scene", "position"])]

    @property
    def name(self) -> str:
        """What it shows, in words."""
        shown = self.prop or PlaceView(self.view).label.lower()
        return f"{shown}, {self.label}" if self.label else shown
