"""API addresses outside a studio: who am I, tokens."""

from __future__ import annotations

from django.urls import path

from config import token_api

urlpatterns = [
    path("me", token_api.Me.as_view(), name="me"),
    path("tokens", token_api.Tokens.as_view(), name="api_tokens"),
    path("tokens/revoke", token_api.Revoke.as_view(), name="api_token_revoke"),
    path("tokens/revoke-all", token_api.RevokeAll.as_view(), name="api_token_revoke_all"),
]
