"""Addresses of the talent roster."""

from __future__ import annotations

from django.urls import path

from talent import consent_pages, reference_pages, training_actions, views, voice_actions

app_name = "talent"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("consents/", consent_pages.listing, name="consents"),
    path("consents/new/", consent_pages.new, name="consent_new"),
    path("consents/shown/<uuid:project>/", consent_pages.shown, name="shown"),
    path("consents/<uuid:consent>/", consent_pages.detail, name="consent"),
    path("consents/<uuid:consent>/revoke/", consent_pages.take_back, name="revoke"),
    path("consents/<uuid:consent>/evidence/", consent_pages.evidence, name="evidence"),
    path("references/<uuid:reference>/move/", reference_pages.move, name="reference_move"),
    path("references/<uuid:reference>/remove/", reference_pages.remove, name="reference_remove"),
    path("trainings/<uuid:training>/cancel/", training_actions.cancel, name="training_cancel"),
    path("trainings/<uuid:training>/wear/", training_actions.wear, name="training_wear"),
    path("trainings/<uuid:training>/drop/", training_actions.drop, name="training_drop"),
    path("recordings/<uuid:recording>/remove/", voice_actions.remove, name="recording_remove"),
    path("voices/<uuid:voice>/use/", voice_actions.use, name="voice_use"),
    path("voices/<uuid:voice>/drop/", voice_actions.drop, name="voice_drop"),
    path("<uuid:character>/", views.bible, name="bible"),
    path("<uuid:character>/lock/", views.lock, name="lock"),
    path("<uuid:character>/references/", reference_pages.add, name="reference_add"),
    path("<uuid:character>/train/", training_actions.start, name="train"),
    path("<uuid:character>/voices/name/", voice_actions.name, name="voice_name"),
    path("<uuid:character>/voices/clone/", voice_actions.clone, name="voice_clone"),
    path("<uuid:character>/recordings/", voice_actions.add, name="recording_add"),
    path("<uuid:character>/sheet/", reference_pages.sheet, name="sheet"),
    path("<uuid:character>/portrays/", reference_pages.portray, name="portray"),
]
