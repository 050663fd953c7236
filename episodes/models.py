"""The storyboard, the source of truth: episodes, acts, shots, lines, takes, gate reviews."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from craft.terms import cuts, shots
from craft.terms.base import Term
from craft.terms.rates import FrameRate
from craft.terms.states import EpisodeState, ReviewState
from episodes.states import EPISODE, GATE_REVIEW, OPEN, SHOT
from scenes.models import Scene
from studio.models import Project, Season, Source
from talent.models import Character
from tenancy.models import StudioModel


def _choices(terms: type[Term]) -> list[tuple[str, str]]:
    return [(term.value, term.label) for term in terms]


class Episode(StudioModel):
    """One episode of a project; moved only through `workflow.transitions`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="episodes")
    season = models.ForeignKey(Season, null=True, on_delete=models.PROTECT, related_name="episodes")
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    logline = models.TextField(blank=True)
    state = models.CharField(
        max_length=20, default=EpisodeState.DRAFTING.value, choices=[(s.value, s.label) for s in EpisodeState]
    )
    version = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    cap_milli = models.BigIntegerField(default=0)
    transition_out = models.CharField(
        max_length=20, choices=_choices(cuts.Transition), default=cuts.Transition.CUT.value
    )
    transition_out_frames = models.PositiveIntegerField(default=0)
    auto_gates = models.CharField(max_length=3, blank=True)
    notes = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "studio", "project", "season", "number", nulls_distinct=False, name="episode_one_per_number"
            ),
            models.CheckConstraint(condition=models.Q(cap_milli__gte=0), name="episode_cap_not_negative"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [*EPISODE.triggers()]

    def __str__(self) -> str:
        return self.title


class Act(StudioModel):
    """A movement of the episode with its mood for the score."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="acts")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    valence = models.FloatField(default=0.0)
    energy = models.FloatField(default=0.0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "episode", "number"], name="act_one_per_number"),
        ]

    def __str__(self) -> str:
        return self.title or f"Act {self.number}"


class Shot(StudioModel):
    """One shot: it belongs to an episode and plays in a scene. `number` never changes; `position` is its place."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="shots")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="shots")
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, related_name="shots")
    number = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    size = models.CharField(max_length=12, choices=_choices(shots.Size))
    framing = models.CharField(max_length=12, choices=_choices(shots.Framing))
    purpose = models.CharField(max_length=16, choices=_choices(shots.Purpose))
    angle = models.CharField(max_length=20, choices=_choices(shots.Angle))
    movement = models.CharField(max_length=12, choices=_choices(shots.Movement))
    direction = models.CharField(max_length=10, choices=_choices(shots.Direction))
    speed = models.CharField(max_length=10, choices=_choices(shots.Speed))
    easing = models.CharField(max_length=10, choices=_choices(shots.Easing), default=shots.Easing.EASE.value)
    optics = models.CharField(max_length=12, choices=_choices(shots.Optics), default=shots.Optics.NONE.value)
    optics_direction = models.CharField(
        max_length=10, choices=_choices(shots.Direction), default=shots.Direction.IN.value
    )
    # f-number; 0 leaves it to the size of the shot.
    aperture = models.FloatField(default=0.0)
    focal_mm = models.PositiveIntegerField(default=35)
    azimuth = models.PositiveIntegerField(default=0)
    roll_degrees = models.FloatField(default=0.0)
    arc_degrees = models.FloatField(default=0.0)
    frames = models.PositiveIntegerField()
    action = models.TextField(blank=True)
    transition_in = models.CharField(
        max_length=20, choices=_choices(cuts.Transition), default=cuts.Transition.CUT.value
    )
    transition_frames = models.PositiveIntegerField(default=0)
    emotion = models.CharField(max_length=20, blank=True)
    # {cues: [{who, action, at, target, prop, emotion}], before: {who: {seated, phoning, holds}}, lying: [prop]}
    staging = models.JSONField(default=dict, blank=True)
    script_line = models.PositiveIntegerField(default=0)
    retakes = models.PositiveIntegerField(default=0)
    notes = models.TextField(blank=True)
    state = models.CharField(
        max_length=20, default=ReviewState.TODO.value, choices=[(s.value, s.label) for s in ReviewState]
    )
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "episode", "number"], name="shot_one_per_number"),
            models.UniqueConstraint(
                fields=["studio", "episode", "position"],
                name="shot_one_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(frames__gt=0), name="shot_has_frames"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [*SHOT.triggers()]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """How people call it: S01."""
        return f"S{self.number:02d}"


class ShotCast(StudioModel):
    """Who is seen in a shot, on which mark."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="cast")
    character = models.ForeignKey(Character, on_delete=models.PROTECT, related_name="+")
    mark = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "shot", "character"], name="shotcast_once"),
        ]


class Line(StudioModel):
    """A line of dialogue in a shot."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="lines")
    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="lines")
    character = models.ForeignKey(Character, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    text = models.TextField()
    parenthetical = models.CharField(max_length=200, blank=True)
    extension = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=20, default="en")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "shot", "position"], name="line_one_per_position"),
        ]

    @property
    def off_screen(self) -> bool:
        """Whether the speaker's lips are not seen (V.O. or O.S.)."""
        return any(mark in self.extension.upper() for mark in ("V.O", "O.S", "O.C"))


BROUGHT = "upload"
"""The engine of a take that a person brought."""


class Take(StudioModel):
    """One candidate for one stage of a shot (or of an act or scene, for score and ambience)."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="takes")
    shot = models.ForeignKey(Shot, null=True, on_delete=models.CASCADE, related_name="takes")
    line = models.ForeignKey(Line, null=True, on_delete=models.CASCADE, related_name="takes")
    act = models.ForeignKey(Act, null=True, on_delete=models.CASCADE, related_name="takes")
    scene = models.ForeignKey(Scene, null=True, on_delete=models.CASCADE, related_name="takes")
    stage = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    number = models.PositiveIntegerField()
    asset = models.ForeignKey("vault.Asset", on_delete=models.PROTECT, related_name="+")
    call_id = models.UUIDField(null=True)
    engine = models.CharField(max_length=60)
    model = models.CharField(max_length=60, blank=True)
    model_version = models.CharField(max_length=120, blank=True)
    prompt = models.TextField(blank=True)
    request_digest = models.CharField(max_length=64)
    meta = models.JSONField(default=dict)
    score = models.JSONField(default=dict)
    cost_milli = models.BigIntegerField(default=0)
    chosen = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "stage", "subject_id", "number"], name="take_one_per_number"
            ),
            models.UniqueConstraint(
                fields=["studio", "stage", "subject_id"],
                condition=models.Q(chosen=True),
                name="take_one_chosen",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "episode", "stage"])]

    @property
    def label(self) -> str:
        """How people call it: clip 2."""
        return f"{self.stage.replace('_', ' ')} {self.number}"


class Performance(StudioModel):
    """A film of a real person, the `performer`, who acts a character of a shot; what the studio keeps is its own MP4.

    `frames` are those of the film at `rate`; the shot uses the part that begins at `begin` (seconds). `body` and
    `expression` (1 to 5) say how much of it an engine takes over. `version` counts every change that was made to
    a shot's performances. One that something was made from is never forgotten: `dropped` takes it from the shot.
    """

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="performances")
    character = models.ForeignKey(Character, on_delete=models.PROTECT, related_name="+")
    performer = models.CharField(max_length=200)
    performer_born_on = models.DateField()
    asset = models.ForeignKey("vault.Asset", on_delete=models.PROTECT, related_name="+")
    frames = models.PositiveIntegerField()
    rate = models.CharField(max_length=20)
    begin = models.FloatField(default=0.0)
    body = models.BooleanField(default=True)
    expression = models.PositiveSmallIntegerField(default=3)
    version = models.PositiveIntegerField()
    brought_by = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")
    dropped = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "shot"], condition=models.Q(dropped=False), name="performance_one_per_shot"
            ),
            models.CheckConstraint(
                condition=models.Q(expression__gte=1, expression__lte=5),
                name="performance_expression_from_1_to_5",
            ),
            models.CheckConstraint(condition=models.Q(begin__gte=0), name="performance_begins_in_the_film"),
            models.CheckConstraint(condition=~models.Q(performer=""), name="performance_is_somebodys"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "shot", "version"])]

    @property
    def seconds(self) -> float:
        """Length of the film."""
        return float(FrameRate.parse(self.rate).seconds(self.frames))


class Comparison(StudioModel):
    """Engines side by side: one shot, one anchor frame, one instruction, at draft size. `asked` are the models,
    `picked` the take that a person preferred, if anybody has."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="comparisons")
    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="comparisons")
    anchor = models.ForeignKey(Take, on_delete=models.PROTECT, related_name="+")
    asked = models.JSONField(default=list)
    picked = models.ForeignKey(Take, null=True, on_delete=models.SET_NULL, related_name="+")
    picked_by = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    # The step of the graph that waits for the pick; empty when somebody asked by hand.
    job_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "shot", "-created_at"])]


class GatePass(StudioModel):
    """A person let a shot through a gate of the graph. `job_key` is the step as it stood: changed work asks again."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="passes")
    node = models.CharField(max_length=60)
    job_key = models.CharField(max_length=200)
    passed_by = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "job_key"], name="gatepass_once"),
        ]


class MadeAgain(StudioModel):
    """How often a step was asked for again as it is; part of its key, so that the same facts are worked once more."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="made_again")
    node = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "episode", "node", "subject_id"], name="madeagain_one_per_step"
            ),
        ]


class GateReview(StudioModel):
    """One look at one gate: what was shown (evidence), its digest, and what was decided about exactly that."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="reviews")
    gate = models.CharField(max_length=1, choices=[("a", "Gate A"), ("b", "Gate B"), ("c", "Gate C")])
    revision = models.PositiveIntegerField()
    evidence = models.JSONField(default=dict)
    subject_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=20, default=OPEN)
    version = models.PositiveIntegerField(default=0)
    decided_by = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    superseded_because = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "episode", "gate"],
                condition=models.Q(state=OPEN),
                name="gate_one_open_review",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [*GATE_REVIEW.triggers()]
