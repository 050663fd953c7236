"""Addresses of the crew's pages, under /s/<studio>/engines/."""

from __future__ import annotations

from django.urls import path

from engines import views

app_name = "engines"
urlpatterns = [
    path("", views.crew, name="list"),
    path("policy/", views.decide_policy, name="policy"),
    path("policy/of/", views.policy_of, name="policy_of"),
    path("<uuid:account>/disconnect/", views.disconnect, name="disconnect"),
    path("calls/", views.calls, name="calls"),
    path("calls/<uuid:call>/", views.call, name="call"),
    path("calls/<uuid:call>/decide/", views.decide, name="decide"),
    path("with/<slug:engine>/", views.engine, name="engine"),
    path("with/<slug:engine>/connect/", views.connect, name="connect"),
]
