"""Money in templates."""

from __future__ import annotations

from django import template

from billing.errors import credits_text

register = template.Library()


@register.filter
def as_credits(milli: int | None) -> str:
    """Milli-credits as credits; a dash for nothing known."""
    return "–" if milli is None else credits_text(milli)
