"""API addresses of billing, under /api/v1/studios/<studio>/."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from billing.api import Billing, LedgerViewSet, TierViewSet

app_name = "billing-api"
router = SimpleRouter(use_regex_path=False)
router.register("billing/tiers", TierViewSet, basename="tier")
router.register("billing/ledger", LedgerViewSet, basename="txn")
urlpatterns = [path("billing/", Billing.as_view(), name="billing"), *router.urls]
