"""API addresses of the scene workshop."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from scenes.api import SceneViewSet
from scenes.reference_api import SceneReferenceViewSet

app_name = "scenes-api"
router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("scenes", SceneViewSet, basename="scene")
router.register("scene-references", SceneReferenceViewSet, basename="scene-reference")
urlpatterns = router.urls
