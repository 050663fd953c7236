"""Makes a fresh installation usable: tiers, the first studio and its founder. Running it again changes nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from billing.services import install_tiers, subscribe
from tenancy.models import User
from tenancy.queries import studios_of
from tenancy.scope import studio_scope
from tenancy.services import found_studio

FOUNDER, STUDIO, SLOTS = "founder@slate.local", "First Light", 16
SIGN_IN_FILE = "first-sign-in.txt"


class Command(BaseCommand):
    """`manage.py bootstrap`"""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Create what is missing; the founder's password goes into a file only its user can read."""
        install_tiers()
        founder = User.objects.filter(email=FOUNDER).first()
        if founder is None:
            founder = self._founder(settings.STATIC_ROOT.parent / SIGN_IN_FILE)
        if not studios_of(founder):
            studio = found_studio(name=STUDIO, slug="first-light", founder=founder, jobs_at_once=SLOTS)
            with studio_scope(studio, actor=founder):
                subscribe(tier="studio", actor=founder)
            self.stdout.write(f"Studio “{STUDIO}” founded.")

    def _founder(self, path: Path) -> User:
        password = secrets.token_urlsafe(12)
        founder = User.objects.create_user(FOUNDER, password, name="The founder")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(f"address: {settings.SLATE_ORIGIN}\ne-mail: {FOUNDER}\npassword: {password}\n")
        self.stdout.write(f"The founder's first password is in {path}")
        return founder
