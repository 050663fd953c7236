"""Addresses of the command center."""

from __future__ import annotations

from django.urls import path, re_path

from studio import views

app_name = "studio"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.builder, name="builder"),
    path("inbox/", views.inbox_page, name="inbox"),
    path("jobs/", views.jobs_page, name="jobs"),
    path("tray/", views.tray, name="tray"),
    re_path(r"^jobs/(?P<job>[0-9a-f-]{36})/(?P<action>cancel|retry)/$", views.job_action, name="job_action"),
    path("p/<uuid:project>/", views.project_home, name="project"),
]
