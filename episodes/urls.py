"""Addresses of the episode bay."""

from __future__ import annotations

from django.urls import path, re_path

from episodes import compare_pages, performance_actions, plan_pages, proposal_pages, views

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
app_name = "episodes"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("<uuid:episode>/board/", views.board, name="board"),
    path("<uuid:episode>/plan/", plan_pages.plan, name="plan"),
    path(
        "<uuid:episode>/shots/<uuid:shot>/gates/<str:node>/pass/", plan_pages.let_through, name="let_through"
    ),
    path("<uuid:episode>/proposals/", proposal_pages.proposals, name="proposals"),
    path("<uuid:episode>/shots/<uuid:shot>/", views.shot, name="shot"),
    path("<uuid:episode>/shots/<uuid:shot>/move/", views.move, name="move"),
    path("<uuid:episode>/shots/<uuid:shot>/guides/", views.guides, name="guides"),
    path(
        "<uuid:episode>/shots/<uuid:shot>/performance/bring/",
        performance_actions.bring,
        name="performance_bring",
    ),
    path(
        "<uuid:episode>/shots/<uuid:shot>/performance/set/",
        performance_actions.change,
        name="performance_set",
    ),
    path(
        "<uuid:episode>/shots/<uuid:shot>/performance/remove/",
        performance_actions.remove,
        name="performance_remove",
    ),
    path("<uuid:episode>/shots/<uuid:shot>/compare/", compare_pages.new, name="compare"),
    path("<uuid:episode>/compare/<uuid:comparison>/", compare_pages.comparison, name="comparison"),
    path("<uuid:episode>/compare/<uuid:comparison>/pick/", compare_pages.pick, name="pick"),
    path("<uuid:episode>/takes/<uuid:take>/approve/", views.approve, name="approve"),
    path("<uuid:episode>/takes/<uuid:take>/choose/", views.choose, name="choose"),
    re_path(rf"^(?P<episode>{UUID})/gate/(?P<gate>[abc])/$", views.gate, name="gate"),
    re_path(rf"^(?P<episode>{UUID})/(?P<action>submit|revise|cancel)/$", views.act_on, name="act"),
]
