"""API addresses of the roster."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from talent.api import CharacterViewSet

app_name = "talent-api"
router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("characters", CharacterViewSet, basename="character")
urlpatterns = router.urls
