"""What views may ask about their request."""

from __future__ import annotations

from django.http import HttpRequest

from tenancy.errors import Forbidden
from tenancy.models import User


def person(request: HttpRequest) -> User:
    """Who is signed in. Raises Forbidden for nobody, which the middleware makes impossible inside a studio."""
    user = request.user
    if not isinstance(user, User):
        raise Forbidden("Sign in first.")
    return user
