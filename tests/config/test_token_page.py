"""A token made on the page opens the API until it is ended there."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tenancy.models import Studio

pytestmark = pytest.mark.django_db


def test_token_of_the_page_opens_the_api_until_it_is_ended(client_in: Client, studio: Studio) -> None:
    shown = client_in.post("/tokens/").content.decode()
    found = re.search(r'readonly value="(\w+)"', shown)
    assert found is not None
    token = found.group(1)
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert program.get("/api/v1/studios/lantern/projects").status_code == 200
    assert token not in client_in.get("/tokens/").content.decode()
    key = re.search(r'name="token" value="(\w+)"', client_in.get("/tokens/").content.decode())
    assert key is not None
    ended = client_in.post("/tokens/", {"step": "end", "token": key.group(1)})
    assert ended["Location"] == "/tokens/"
    assert program.get("/api/v1/studios/lantern/projects").status_code == 401


def test_nobody_signed_in_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/tokens/")["Location"].startswith("/accounts/login/")
