"""Guests' addresses, under /r/."""

from __future__ import annotations

from django.urls import path

from distribution import public_views

app_name = "share"
urlpatterns = [
    path("<str:token>/", public_views.page, name="page"),
    path("<str:token>/master/", public_views.master, name="master"),
    path("<str:token>/captions/<int:number>/", public_views.captions, name="captions"),
]
