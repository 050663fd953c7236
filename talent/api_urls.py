"""API addresses of the roster."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from talent.api import CharacterViewSet
from talent.consent_api import ConsentViewSet
from talent.reference_api import CharacterReferenceViewSet, PortrayalView
from talent.training_api import TrainingViewSet
from talent.voice_api import ClonedVoiceViewSet, RecordingViewSet, VoiceView

app_name = "talent-api"
router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("characters", CharacterViewSet, basename="character")
router.register("character-references", CharacterReferenceViewSet, basename="character-reference")
router.register("trainings", TrainingViewSet, basename="training")
router.register("character-recordings", RecordingViewSet, basename="character-recording")
router.register("cloned-voices", ClonedVoiceViewSet, basename="cloned-voice")
router.register("consents", ConsentViewSet, basename="consent")
urlpatterns = [
    path("characters/<uuid:character>/portrays", PortrayalView.as_view({"put": "update"}), name="portrays"),
    path("characters/<uuid:character>/voice", VoiceView.as_view({"put": "update"}), name="voice"),
    *router.urls,
]
