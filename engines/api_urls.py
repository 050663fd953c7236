"""API addresses of the crew, under /api/v1/studios/<studio>/."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from engines.api import Crew, EngineAccountViewSet, EngineCallViewSet

app_name = "engines-api"
router = SimpleRouter(use_regex_path=False)
router.register("engines/calls", EngineCallViewSet, basename="call")
router.register("engines/accounts", EngineAccountViewSet, basename="account")
urlpatterns = [path("engines/", Crew.as_view(), name="crew"), *router.urls]
