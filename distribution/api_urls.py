"""API addresses of the hub, under /api/v1/studios/<studio>/."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from distribution.api import ReleaseViewSet, ShareLinkViewSet

app_name = "distribution-api"
router = SimpleRouter(use_regex_path=False)
router.register("releases", ReleaseViewSet, basename="release")
router.register("share-links", ShareLinkViewSet, basename="share-link")
urlpatterns = router.urls
