"""API addresses of the edit suite."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from edit_suite.api import MasterViewSet
from edit_suite.cut_api import (
    CutViewSet,
    InsetViewSet,
    LevelViewSet,
    ProgrammeViewSet,
    TitleViewSet,
)

app_name = "edit_suite-api"
router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("masters", MasterViewSet, basename="master")
router.register("cuts", CutViewSet, basename="cut")
router.register("titles", TitleViewSet, basename="title")
router.register("insets", InsetViewSet, basename="inset")
router.register("levels", LevelViewSet, basename="level")
router.register("programmes", ProgrammeViewSet, basename="programme")
urlpatterns = router.urls
