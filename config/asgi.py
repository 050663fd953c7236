"""The web process: Django over HTTP, one Channels consumer over WebSocket behind a strict origin check."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SLATE_PROCESS", "web")

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

http = get_asgi_application()

from workflow.routing import websocket_urlpatterns  # noqa: E402  reason: apps must be loaded first

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": OriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns)), [settings.SLATE_ORIGIN]
        ),
    }
)
