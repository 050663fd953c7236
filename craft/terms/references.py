"""Reference pictures: which side of somebody, or which part of a place, a picture shows."""

from __future__ import annotations

from craft.terms.base import Term


class View(Term):
    """What a reference picture of a character shows."""

    FRONT = "front"
    THREE_QUARTER = "three_quarter"
    PROFILE = "profile"
    BACK = "back"
    FULL_BODY = "full_body"
    EXPRESSION = "expression"
    DETAIL = "detail"


class PlaceView(Term):
    """What a reference picture of a scene shows: the place, or a thing in it."""

    WIDE = "wide"
    REVERSE = "reverse"
    DETAIL = "detail"
    PROP = "prop"
