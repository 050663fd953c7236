"""The one socket address."""

from __future__ import annotations

from django.urls import path

from workflow.consumers import StreamConsumer

websocket_urlpatterns = [
    path("ws/studio/<uuid:studio>/project/<uuid:stream>/", StreamConsumer.as_asgi()),
]
