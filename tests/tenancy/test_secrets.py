"""A sealed value opens only where it was sealed."""

from __future__ import annotations

import pytest

from tenancy.models import Secret, Studio
from tenancy.scope import studio_scope
from tenancy.secrets import SecretUnreadable, open_sealed, put_secret, read_secret, seal

pytestmark = pytest.mark.django_db


def test_secret_returns_exactly_and_is_stored_sealed(studio: Studio) -> None:
    with studio_scope(studio):
        put_secret("engine.key", "sk-кanary-123")
        assert read_secret("engine.key") == "sk-кanary-123"
        assert b"canary" not in bytes(Secret.objects.get().ciphertext)
        put_secret("engine.key", "second")
        assert read_secret("engine.key") == "second" and Secret.objects.count() == 1


def test_ciphertext_moved_to_another_place_does_not_open(studio: Studio) -> None:
    with studio_scope(studio):
        blob = seal("value", place="a|b|1")
        assert open_sealed(blob, place="a|b|1") == "value"
        with pytest.raises(SecretUnreadable):
            open_sealed(blob, place="a|b|2")
        with pytest.raises(SecretUnreadable):
            open_sealed(blob[:-1] + bytes([blob[-1] ^ 1]), place="a|b|1")


def test_ciphertext_moved_to_another_studio_does_not_open(studio: Studio, other_studio: Studio) -> None:
    with studio_scope(studio):
        blob = seal("value", place="a|b|1")
    with studio_scope(other_studio), pytest.raises(SecretUnreadable):
        open_sealed(blob, place="a|b|1")
