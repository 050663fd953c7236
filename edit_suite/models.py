"""How takes are cut into a programme, timelines as they were rendered, and the masters made from them.

The board says what is shot; these rows say what the edit makes of it. A shot without a row plays as it is.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from craft.render.model import TitleLook, TitlePlace
from craft.render.retime import Sampling
from craft.terms.base import Term
from craft.terms.cuts import EditorialCut, Ramp
from craft.terms.sound import LOUDNESS
from episodes.models import Episode, Shot
from tenancy.models import StudioModel

CUT_IN = [("", "Straight cut"), (EditorialCut.J_CUT.value, EditorialCut.J_CUT.label)]
CUT_OUT = [("", "Straight cut"), (EditorialCut.L_CUT.value, EditorialCut.L_CUT.label)]
MOST_FRAMES = 24 * 600
RAMPS = [("", "As it is"), *((ramp.value, ramp.label) for ramp in Ramp)]


def _within(low: float, high: float) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class Corner(Term):
    """Where a picture stands in the picture."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"
    CENTRE = "centre"


class ShotCut(StudioModel):
    """How a shot's take is cut: frames left out at its ends, its speed, its effects.

    A J-cut leaves out the first frames of the picture and keeps the sound that belongs to them, so the shot is
    heard before it is seen and lips stay in step; an L-cut does the same at its end.
    """

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="cuts")
    head = models.PositiveIntegerField(default=0, validators=_within(0, MOST_FRAMES))
    tail = models.PositiveIntegerField(default=0, validators=_within(0, MOST_FRAMES))
    cut_in = models.CharField(max_length=12, blank=True, choices=CUT_IN)
    cut_out = models.CharField(max_length=12, blank=True, choices=CUT_OUT)
    ramp = models.CharField(max_length=20, blank=True, choices=RAMPS)
    # Where in the shot the ramp turns (0 to 1), and how strong it is; 0 leaves it to the ramp.
    ramp_at = models.FloatField(default=0.5, validators=_within(0, 1))
    ramp_amount = models.FloatField(default=0.0, validators=_within(0, 20))
    # Of a custom ramp: [[share of the shot, speed], …]
    ramp_points = models.JSONField(default=list, blank=True)
    sampling = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in Sampling], default=Sampling.NEAREST.value
    )
    reverse = models.BooleanField(default=False)
    # Frames for which the last picture is held.
    freeze = models.PositiveIntegerField(default=0, validators=_within(0, MOST_FRAMES))
    # Effects of craft.render, as its documents write them.
    effects = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "shot"], name="shotcut_one_per_shot"),
        ]


class Programme(StudioModel):
    """The finish and the mix of an episode as a whole."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="programmes")
    # A Finish of craft.render, as its documents write it; empty: none.
    finish = models.JSONField(default=dict, blank=True)
    # {layer: {gain_db, muted}}
    mix = models.JSONField(default=dict, blank=True)
    # Are lines put into the room of their scene?
    rooms = models.BooleanField(default=False)
    # Blank: the project's.
    loudness = models.CharField(
        max_length=20, blank=True, choices=[(spec.key, spec.label) for spec in LOUDNESS.values()]
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "episode"], name="programme_one_per_episode"),
        ]


class TitleCard(StudioModel):
    """Words over the picture, `offset` frames after their shot begins to be seen."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="title_cards")
    offset = models.PositiveIntegerField(default=0)
    length = models.PositiveIntegerField(validators=_within(1, MOST_FRAMES))
    text = models.CharField(max_length=500)
    place = models.CharField(
        max_length=12,
        choices=[(place.value, place.value.replace("_", " ").capitalize()) for place in TitlePlace],
        default=TitlePlace.CENTRE.value,
    )
    # Letter height as a share of the frame's.
    size = models.FloatField(default=0.09, validators=_within(0.02, 0.3))
    fade = models.PositiveIntegerField(default=6, validators=_within(0, 240))
    look = models.CharField(
        max_length=8,
        choices=[(look.value, look.value.capitalize()) for look in TitleLook],
        default=TitleLook.PLAIN.value,
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "shot"])]


class Inset(StudioModel):
    """A picture in the picture: a still or a clip of the vault over a shot."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="insets")
    asset = models.ForeignKey("vault.Asset", on_delete=models.PROTECT, related_name="+")
    offset = models.PositiveIntegerField(default=0)
    length = models.PositiveIntegerField(validators=_within(1, MOST_FRAMES))
    corner = models.CharField(
        max_length=16, choices=[(c.value, c.label) for c in Corner], default=Corner.TOP_RIGHT.value
    )
    # Share of the frame's width.
    width = models.FloatField(default=0.3, validators=_within(0.05, 0.92))
    opacity = models.FloatField(default=1.0, validators=_within(0, 1))
    border = models.FloatField(default=0.0, validators=_within(0, 0.05))
    fade = models.PositiveIntegerField(default=6, validators=_within(0, 240))

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "shot"])]


class SoundLevel(StudioModel):
    """How one sound of the programme is heard, whichever take of it is used."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="sound_levels")
    stage = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    gain_db = models.FloatField(default=0.0, validators=_within(-60, 24))
    pan = models.FloatField(default=0.0, validators=_within(-1, 1))
    muted = models.BooleanField(default=False)
    # Frames later (or, below 0, earlier) than its place.
    shift = models.IntegerField(default=0, validators=_within(-MOST_FRAMES, MOST_FRAMES))
    # [[frame of the sound, dB], …], straight lines between.
    gain_keys = models.JSONField(default=list, blank=True)
    # A room of craft.render by name; blank: the scene's, where the programme puts lines into rooms.
    room = models.CharField(max_length=64, blank=True)
    wet = models.FloatField(default=0.2, validators=_within(0, 1))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "episode", "stage", "subject_id"], name="soundlevel_one_per_subject"
            ),
        ]


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


class Deliverable(StudioModel):
    """A file made of a master for somebody else: another codec, another program, another player."""

    master = models.ForeignKey(Master, on_delete=models.PROTECT, related_name="deliverables")
    kind = models.CharField(max_length=40)
    asset = models.ForeignKey("vault.Asset", null=True, on_delete=models.PROTECT, related_name="+")
    job_id = models.UUIDField(null=True)
    # What was measured on it, what a format could not carry.
    facts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "master", "kind"], name="deliverable_one_per_kind"),
        ]
