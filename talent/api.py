"""The roster over the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from talent.models import Character
from talent.services import save_bible
from tenancy.queries import get_for
from tenancy.web import person


class CharacterSerializer(serializers.ModelSerializer[Character]):
    """A character with its bible."""

    class Meta:
        model = Character
        fields = (
            "id",
            "name",
            "slug",
            "description",
            "traits",
            "look",
            "voice",
            "bible_version",
            "locked",
            "portrays",
            "portrays_born_on",
            "created_at",
        )
        read_only_fields = fields


class BibleChanges(serializers.Serializer[Any]):
    """What may be changed of a bible."""

    description = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    traits = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=20)
    look = serializers.DictField(required=False)
    voice = serializers.DictField(required=False)


class CharacterViewSet(viewsets.ReadOnlyModelViewSet[Character]):
    """The studio's characters; `PATCH` saves a new version of the bible."""

    serializer_class = CharacterSerializer
    lookup_value_converter = "uuid"
    queryset = Character._base_manager.none()

    def get_queryset(self) -> Any:
        """By name."""
        return Character.objects.order_by("name", "pk")

    @extend_schema(request=BibleChanges, responses=CharacterSerializer)
    def partial_update(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Save; what the character was made of before stays as a version."""
        form = BibleChanges(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = save_bible(
            character=get_for(Character, kwargs["pk"]),
            changes=dict(form.validated_data),
            actor=person(request),
        )
        return Response(CharacterSerializer(found).data)
