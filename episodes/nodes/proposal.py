"""The step that asks a language model what a script leaves open; its answer is the job's result."""

from __future__ import annotations

from typing import Any

from engines.services import run_call
from episodes import proposing
from episodes.models import Episode
from tenancy.queries import get_for
from workflow.events import emit
from workflow.runner import Context


def propose(ctx: Context, *, episode: str, cap_milli: int, **later: Any) -> dict[str, Any] | None:
    """Job: ask once, within the price that was seen. Nothing on the board changes."""
    with ctx.scope():
        found = get_for(Episode, episode, using=Episode.objects.select_related("project", "source"))
        open_now = proposing.left_open(found)
        request = proposing.question(found, open_now)
    result = run_call(
        ctx,
        request=request,
        role=proposing.ROLE,
        subject=f"{proposing.SUBJECT}:{found.pk}",
        project=found.project_id,
        cap_guard=proposing.within(cap_milli),
        budget=f"proposals:{found.pk}",
        about=(f"project:{found.project_id}",),
    )
    kept = proposing.cleaned(result.files[0].meta["answer"], open_now)
    facts = {"by": f"{result.engine}/{result.model}", "cost_milli": result.cost_milli}
    with ctx.closing({**kept, **facts}):
        emit(found.project_id, "board.proposed", {"episode": str(found.pk)})
    return None
