"""A character's voices at engines over the API, through the verbs of the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from engines.arriving import MOST_SOUND_BYTES
from talent import voices as verbs
from talent.api import CharacterSerializer
from talent.models import Character, ClonedVoice, Recording
from talent.queries import cloned_voices, recordings, voice_state
from tenancy.queries import get_for
from tenancy.web import person
from vault.arriving import given_file
from vault.services import url


class RecordingSerializer(serializers.ModelSerializer[Recording]):
    """A recording of the person whom a character portrays, as mono WAV."""

    url = serializers.SerializerMethodField()
    sha256 = serializers.CharField(source="asset.sha256", read_only=True)

    class Meta:
        model = Recording
        fields = ("id", "character", "label", "seconds", "asset", "sha256", "url", "created_at")
        read_only_fields = fields

    def get_url(self, recording: Recording) -> str:
        """The address of the sound."""
        return url(recording.asset)


class NewRecording(serializers.Serializer[Any]):
    """A recording to bring: WAV, MP3, FLAC, OGG or AAC; its first 100 seconds are kept."""

    character = serializers.UUIDField()
    label = serializers.CharField(max_length=80, default="", allow_blank=True)  # type: ignore[assignment]
    file = serializers.FileField()


class ClonedVoiceSerializer(serializers.ModelSerializer[ClonedVoice]):
    """A voice made from recordings: how far it is, what its engine calls it, under which consents. One that was dropped
    is listed until it is deleted at its engine, by the job `deletion`."""

    state = serializers.SerializerMethodField()

    class Meta:
        model = ClonedVoice
        fields = (
            "id",
            "character",
            "samples",
            "consents",
            "job",
            "state",
            "engine",
            "number",
            "verify",
            "dropped",
            "deletion",
            "created_at",
        )
        read_only_fields = fields

    def get_state(self, voice: ClonedVoice) -> str:
        """done, or how its job stands."""
        return voice_state(voice)


class WhoseVoice(serializers.Serializer[Any]):
    """Whose voice is to be made."""

    character = serializers.UUIDField()


class NamedVoice(serializers.Serializer[Any]):
    """One of an engine's voices; an empty number leaves the choice to the engine."""

    engine = serializers.CharField(max_length=40)
    number = serializers.CharField(max_length=80, allow_blank=True)


class RecordingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Recording]):
    """Recordings of voices; `?character=` narrows them."""

    serializer_class = RecordingSerializer
    lookup_value_converter = "uuid"
    queryset = Recording._base_manager.none()

    def get_queryset(self) -> Any:
        """Oldest first."""
        wanted = self.request.query_params.get("character")
        return recordings().filter(character=get_for(Character, wanted)) if wanted else recordings()

    @extend_schema(request={"multipart/form-data": NewRecording}, responses={201: RecordingSerializer})
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Bring a recording; what is kept is our own mono WAV of it."""
        form = NewRecording(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        with given_file(request, MOST_SOUND_BYTES) as (path, filename):
            made = verbs.add_recording(
                character=get_for(Character, form.validated_data["character"]),
                file=path,
                label=form.validated_data["label"] or filename,
                actor=person(request),
            )
        return Response(RecordingSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Take it out of the roster; the file stays in the vault."""
        verbs.remove_recording(recording=self.get_object(), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ClonedVoiceViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ClonedVoice]
):
    """Voices made from recordings, newest first; `?character=` narrows them."""

    serializer_class = ClonedVoiceSerializer
    lookup_value_converter = "uuid"
    queryset = ClonedVoice._base_manager.none()

    def get_queryset(self) -> Any:
        """With character and job."""
        wanted = self.request.query_params.get("character")
        return cloned_voices().filter(character=get_for(Character, wanted)) if wanted else cloned_voices()

    @extend_schema(request=WhoseVoice, responses={201: ClonedVoiceSerializer})
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Have a voice made from all recordings of a character's person."""
        form = WhoseVoice(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = get_for(Character, form.validated_data["character"])
        made = verbs.clone(character=found, actor=person(request))
        return Response(ClonedVoiceSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CharacterSerializer)
    @action(detail=True, methods=["post"])
    def use(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Have its character speak with it."""
        return Response(CharacterSerializer(verbs.use(voice=self.get_object(), actor=person(request))).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Take it out of the roster and off its character, and have it deleted at its engine."""
        verbs.drop(voice=self.get_object(), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class VoiceView(viewsets.ViewSet):
    """Which of an engine's voices a character has."""

    @extend_schema(request=NamedVoice, responses=CharacterSerializer)
    def update(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Name it."""
        form = NamedVoice(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = verbs.name_voice(
            character=get_for(Character, kwargs["character"]), actor=person(request), **form.validated_data
        )
        return Response(CharacterSerializer(found).data)
