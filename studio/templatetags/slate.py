"""Small things every page needs: icons."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from craft.terms.shots import Angle, Movement, Size

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


_WORDS = {member.value: member.label for terms in (Size, Angle, Movement) for member in terms}


@register.filter
def term(slug: str) -> str:
    """The label of a shot's size, angle or movement; evidence keeps the slugs."""
    return _WORDS.get(slug, slug)
