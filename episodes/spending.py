"""Who lets an episode spend: nobody before Gate A, and never above the cap that was approved there."""

from __future__ import annotations

from uuid import UUID

from billing.errors import credits_text
from engines.errors import SpendRefused
from engines.guards import Spend, spend_guards
from engines.queries import spent
from episodes.models import Episode
from episodes.queries import approval
from tenancy.queries import get_for

PREFIX = "episode:"


def budget_of(episode: Episode) -> str:
    """The budget an episode's calls are booked under; each revision has its own."""
    return f"{PREFIX}{episode.pk}:{episode.revision}"


def guard(spend: Spend) -> None:
    """Raise SpendRefused unless Gate A stands and the cap covers this call with all that is charged and held."""
    episode = _locked(spend)
    if approval(episode, "a") is None:
        raise _refuse("Gate A has not approved a budget for this episode.", "Send the board to Gate A.")
    left = episode.cap_milli - spent(budget=spend.budget).total
    if spend.milli > left:
        price, rest = credits_text(spend.milli), credits_text(max(0, left))
        words = f"This step may cost {price} credits and {rest} are left under the cap."
        raise _refuse(words, "Raise the cap at Gate A, or choose a cheaper engine.")


def _locked(spend: Spend) -> Episode:
    raw = spend.budget.removeprefix(PREFIX).partition(":")[0]
    if not spend.budget.startswith(PREFIX):
        raise _refuse(
            "This step costs credits and belongs to no episode's budget.", "Approve a budget at Gate A."
        )
    return get_for(Episode, UUID(raw), using=Episode.objects.select_for_update(of=("self",)))


def _refuse(message: str, next_step: str) -> SpendRefused:
    return SpendRefused(
        message, kept="Nothing was sent to any engine.", charged="Nothing was charged.", next_step=next_step
    )


def register() -> None:
    """Speak for all subjects of the episode bay."""
    spend_guards.register("episodes", guard)
