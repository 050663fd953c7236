"""Accounts with engines, and each attempt at one: the unit of spend."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from craft.terms.base import Term
from engines.states import CALL_ARROWS, OPEN_CALLS, CallState
from tenancy.models import StudioModel
from workflow.models import Job
from workflow.states import arrows_only


def choices(terms: type[Term]) -> list[tuple[str, str]]:
    """A list of the vocabulary as Django choices."""
    return [(term.value, term.label) for term in terms]


class EngineAccount(StudioModel):
    """The studio's access to a remote engine. The credential lies sealed in `tenancy.Secret` under `secret_name`.

    `roles` are those for which this engine goes before all others, `options` the further facts its row asks for.
    `at_once` limits its open calls below what the engine allows; empty is the engine's own limit.
    """

    engine = models.CharField(max_length=40)
    label = models.CharField(max_length=120, blank=True)
    base_url = models.CharField(max_length=300)
    enabled = models.BooleanField(default=True)
    roles = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    at_once = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "engine"], name="engineaccount_one_per_engine"),
        ]

    def __str__(self) -> str:
        return self.label or self.engine

    @property
    def secret_name(self) -> str:
        """The name of its credential."""
        return f"engine:{self.engine}"

    @property
    def hook_secret_name(self) -> str:
        """The name of the secret that its call-backs are signed with."""
        return f"engine:{self.engine}:hook"


class EnginePolicy(StudioModel):
    """Which engines may do what, for everything below one thing: `about` is `studio`, `project:<id>`, `scene:<id>` or
    `shot:<id>`. `only` and `never` name engines or models (`engine/model`), `regions` where work may be done."""

    about = models.CharField(max_length=60)
    only = models.JSONField(default=list)
    never = models.JSONField(default=list)
    regions = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "about"], name="enginepolicy_one_per_thing"),
        ]

    def __str__(self) -> str:
        return self.about


class EngineCall(StudioModel):
    """One attempt at an engine: intended and paid for in one commit before anything is sent (reliability §3.2).

    `step` names what the attempt is for within its job, so that a job done twice finds its call again. `route` holds
    the explanation of the choice, `request` what was asked, `sent` what the engine saw, `outputs` what came back.
    """

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="calls")
    n = models.PositiveIntegerField()
    step = models.CharField(max_length=64)
    idem_key = models.CharField(max_length=80)
    subject = models.CharField(max_length=160)
    project_id = models.UUIDField(null=True)
    budget = models.CharField(max_length=120, blank=True)
    reply_to = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=20)
    engine = models.CharField(max_length=40)
    model = models.CharField(max_length=60)
    model_version = models.CharField(max_length=120, blank=True)
    engine_class = models.CharField(max_length=4)
    request_hash = models.CharField(max_length=64)
    request = models.JSONField(default=dict)
    sent = models.JSONField(null=True)
    state = models.CharField(max_length=20, choices=choices(CallState), default=CallState.INTENT.value)
    provider_ref = models.CharField(max_length=200, blank=True)
    sends = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    quoted_milli = models.BigIntegerField(default=0)
    cost_milli = models.BigIntegerField(null=True)
    billed_milli = models.BigIntegerField(null=True)
    route = models.JSONField(default=dict)
    outputs = models.JSONField(default=list)
    error = models.JSONField(null=True)
    spooled = models.BooleanField(default=False)
    given_up = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "idem_key"], name="call_one_per_key"),
            models.UniqueConstraint(fields=["studio", "job", "n"], name="call_one_per_number"),
            models.UniqueConstraint(
                fields=["studio", "job"],
                condition=models.Q(state__in=OPEN_CALLS),
                name="call_one_open_per_job",
            ),
            models.UniqueConstraint(
                fields=["studio", "engine", "provider_ref"],
                condition=~models.Q(provider_ref=""),
                name="call_one_per_reference",
            ),
            models.CheckConstraint(condition=models.Q(quoted_milli__gte=0), name="call_quote_not_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "-created_at"]),
            models.Index(fields=["studio", "engine", "model", "-created_at"]),
            models.Index(fields=["studio", "budget"]),
            models.Index(fields=["studio", "subject"]),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            arrows_only("call_states", [(a.value, b.value) for a, b in CALL_ARROWS]),
        ]

    def __str__(self) -> str:
        return f"{self.engine}/{self.model} {self.idem_key}"

    @property
    def open(self) -> bool:
        """Whether its outcome is still to come."""
        return self.state in OPEN_CALLS


class EngineUsage(StudioModel):
    """One day at one engine as it is found that night: our calls, the ledger's word on them, the engine's own balance.

    `balance_milli` is what the engine says is left, None where it does not say; `fell_milli` by how much that fell
    since the day before. `findings` are [{code, call, message}]: what does not fit together.
    """

    engine = models.CharField(max_length=40)
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0)
    cost_milli = models.BigIntegerField(default=0)
    billed_milli = models.BigIntegerField(default=0)
    micro_dollars = models.BigIntegerField(default=0)
    balance_milli = models.BigIntegerField(null=True)
    fell_milli = models.BigIntegerField(null=True)
    findings = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "engine", "day"], name="engineusage_one_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.engine} {self.day}"
