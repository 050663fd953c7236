"""API addresses of the edit suite."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from edit_suite.api import MasterViewSet

app_name = "edit_suite-api"
router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("masters", MasterViewSet, basename="master")
urlpatterns = router.urls
