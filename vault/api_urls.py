"""API addresses of the vault, under /api/v1/studios/<studio>/."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from vault.api import AssetViewSet

app_name = "vault-api"
router = SimpleRouter(use_regex_path=False)
router.register("vault/assets", AssetViewSet, basename="asset")
urlpatterns = router.urls
