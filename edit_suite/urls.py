"""Addresses of the edit suite."""

from __future__ import annotations

from django.urls import path

from edit_suite import cut_pages, delivery_pages, mix_pages, views

app_name = "edit_suite"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("<uuid:episode>/", views.episode_page, name="episode"),
    path("<uuid:episode>/grade/<uuid:scene>/", views.grade, name="grade"),
    path("<uuid:episode>/shots/<uuid:shot>/", cut_pages.shot_page, name="shot"),
    path("<uuid:episode>/shots/<uuid:shot>/titles/", cut_pages.add_title, name="add-title"),
    path("<uuid:episode>/shots/<uuid:shot>/insets/", cut_pages.add_inset, name="add-inset"),
    path("<uuid:episode>/shots/<uuid:shot>/<str:what>/<uuid:row>/remove/", cut_pages.remove, name="remove"),
    path("<uuid:episode>/mix/", mix_pages.mix_page, name="mix"),
    path("<uuid:episode>/mix/use/<uuid:take>/", mix_pages.use, name="use-sound"),
    path("<uuid:episode>/mix/<str:stage>/<uuid:subject>/file/", mix_pages.upload, name="upload"),
    path("<uuid:episode>/luts/", mix_pages.lut, name="lut"),
    path("<uuid:episode>/mix/<str:stage>/<uuid:subject>/", mix_pages.level, name="level"),
    path("<uuid:episode>/deliver/", delivery_pages.page, name="deliver"),
    path("<uuid:episode>/conform/", delivery_pages.conform, name="conform"),
    path("<uuid:episode>/deliver/<str:kind>/", delivery_pages.ask, name="ask"),
    path("<uuid:episode>/finish/", mix_pages.finish_page, name="finish"),
    path("<uuid:episode>/assemble/", views.assemble, name="assemble"),
]
