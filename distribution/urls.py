"""Addresses of the hub's pages, under /s/<studio>/distribution/."""

from __future__ import annotations

from django.urls import path

from distribution import views

app_name = "distribution"
urlpatterns = [
    path("", views.listing, name="list"),
    path("draft/", views.draft, name="draft"),
    path("<uuid:release>/", views.detail, name="release"),
    path("<uuid:release>/certificate/", views.certificate, name="certificate"),
    path("<uuid:release>/publish/", views.publish, name="publish"),
    path("<uuid:release>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:release>/file/", views.file, name="file"),
    path("<uuid:release>/captions/<int:number>/", views.captions, name="captions"),
    path("<uuid:release>/share/", views.share, name="share"),
    path("<uuid:release>/share/<uuid:link>/revoke/", views.revoke, name="revoke"),
]
