"""How work moves: decisions leave transition rows, work is jobs, everything people watch is numbered events."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models

from craft.terms.states import JobState
from tenancy.models import StudioModel
from workflow.states import JOB_ARROWS, arrows_only

# What a queued job may wait for that only somebody else's deed ends; it cannot be claimed meanwhile.
HELD = ["gate", "funds", "inputs"]


class TransitionRow(StudioModel):
    """One decision: which object went from where to where, who said so, and what they had seen."""

    model = models.CharField(max_length=60)
    object_id = models.UUIDField()
    action = models.CharField(max_length=40)
    source = models.CharField(max_length=30)
    target = models.CharField(max_length=30)
    actor = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.CharField(max_length=160)
    seen = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "object_id", "created_at"])]


class Job(StudioModel):
    """One piece of work. Postgres is the truth: claimed by lease and fence, see `workflow/states.py`."""

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=80)
    queue = models.CharField(max_length=20)
    title = models.CharField(max_length=200, blank=True)
    project_id = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(
        max_length=20, default=JobState.QUEUED.value, choices=[(s.value, s.label) for s in JobState]
    )
    version = models.IntegerField(default=1)
    waiting_for = models.CharField(max_length=30, blank=True)
    priority = models.IntegerField(default=0)
    run_after = models.DateTimeField()
    deps_left = models.IntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    # Claims after a worker was lost, and tries after the work broke: one says nothing of the other.
    attempts = models.IntegerField(default=0)
    crashes = models.IntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    # A hold keeps it from being begun, and somebody has met it since (`workflow.holds`).
    held = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    actor = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "key"], name="job_one_per_key"),
            models.CheckConstraint(condition=models.Q(deps_left__gte=0), name="job_deps_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "project_id", "created_at"]),
            models.Index(fields=["state", "run_after"], name="job_due"),
            models.Index(
                fields=["studio", "queue", "-priority", "run_after"],
                condition=models.Q(state="queued", deps_left=0, held=False) & ~models.Q(waiting_for__in=HELD),
                name="job_ready",
            ),
            models.Index(
                fields=["studio"], condition=models.Q(state="queued", waiting_for="funds"), name="job_broke"
            ),
            models.Index(
                fields=["studio", "lease_until"], condition=models.Q(state="running"), name="job_leased"
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            arrows_only("job_states", [(a.value, b.value) for a, b in JOB_ARROWS]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class JobEdge(StudioModel):
    """`child` waits for `parent`; the parent's closing transaction counts the child down."""

    parent = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="children")
    child = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parents")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "parent", "child"], name="jobedge_once"),
        ]


class Hold(StudioModel):
    """Work that is not to begin: queued jobs whose payload holds `value` under `field`. What runs goes on."""

    field = models.CharField(max_length=40)
    value = models.CharField(max_length=60)
    actor = models.ForeignKey("tenancy.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "field", "value"], name="hold_once"),
        ]


class Stream(models.Model):
    """The counter of one project's events; its row lock gives the numbers their order (reliability.md F10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    studio = models.ForeignKey("tenancy.Studio", on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField(default=0)


class Event(StudioModel):
    """Something people watch, numbered without gaps within its stream (a project, or the studio itself)."""

    stream_id = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    body = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "stream_id", "seq"], name="event_one_per_number"),
        ]
