"""API addresses of the episode bay."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from episodes.api import EpisodeViewSet, ShotViewSet, TakeViewSet

app_name = "episodes-api"
router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("episodes", EpisodeViewSet, basename="episode")
router.register("shots", ShotViewSet, basename="shot")
router.register("takes", TakeViewSet, basename="take")
urlpatterns = router.urls
