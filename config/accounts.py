"""How people get in: by invitation of a studio; open sign-up is a setting of the installation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from config import env


class SlateAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes sign-up unless the installation opens it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether strangers may create an account here."""
        return env.flag("OPEN_SIGNUP")
