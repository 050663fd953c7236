"""Small things every page needs: icons."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon_sheet() -> str:
    """The address of the sprite of icons."""
    return static("dist/icons.svg")


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, silent for screen readers: the word stands beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', icon_sheet(), name)


@register.simple_tag
def icon_file() -> str:
    """The address of the page's own icon."""
    return static("favicon.svg")
