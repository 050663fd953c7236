"""The step that is a human stop: a shot waits at a gate of the graph until a person lets it through."""

from __future__ import annotations

from typing import Any

from episodes.models import GatePass
from episodes.nodes.making import shot_of
from workflow import jobs
from workflow.events import emit
from workflow.models import Job
from workflow.runner import Context


def make_gate(
    ctx: Context, *, episode: str, subject: str, node: str = "", **later: Any
) -> dict[str, Any] | None:
    """Job: done as soon as somebody has let exactly this work through; until then it waits."""
    with ctx.scope():
        key = Job.objects.get(pk=ctx.job_id).key
        passed = GatePass.objects.filter(job_key=key).select_related("passed_by").first()
        if passed is None:
            found, shot = shot_of(ctx, episode, subject)
            emit(found.project_id, "gate.waits", {"episode": episode, "shot": str(shot.pk), "node": node})
    if passed is None:
        raise jobs.Again(0, waiting_for="gate")
    with ctx.closing({"by": str(passed.passed_by or "")}):
        return None
