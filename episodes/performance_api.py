"""A shot's performance over the API, through the verbs of the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.response import Response

from engines.arriving import MOST_FILM_BYTES
from episodes import performances as verbs
from episodes import persons
from episodes.models import Performance, Shot
from episodes.queries import shots_of
from talent import rights
from tenancy.queries import get_for
from tenancy.web import person
from vault.arriving import given_file
from vault.services import url

NAMES = ("character", "begin", "body", "expression")


class PerformanceSerializer(serializers.ModelSerializer[Performance]):
    """A film of a real person who acts a character of the shot; `lacks` says what no consent covers."""

    seconds = serializers.FloatField(read_only=True)
    sha256 = serializers.CharField(source="asset.sha256", read_only=True)
    url = serializers.SerializerMethodField()
    lacks = serializers.SerializerMethodField()

    class Meta:
        model = Performance
        fields = (
            "id",
            "shot",
            "character",
            "performer",
            "performer_born_on",
            "asset",
            "sha256",
            "url",
            "frames",
            "rate",
            "seconds",
            "begin",
            "body",
            "expression",
            "version",
            "lacks",
            "created_at",
        )
        read_only_fields = fields

    def get_url(self, row: Performance) -> str:
        """The address of the film."""
        return url(row.asset)

    def get_lacks(self, row: Performance) -> list[str]:
        """Why the film would be sent to no engine now, as far as consents go; empty when one covers it."""
        uses = persons.performed(row, row.shot.episode.project_id)
        return [one["message"] for one in rights.missing(uses)]


class PerformanceSettings(serializers.Serializer[Any]):
    """How the film is used; absent fields stay."""

    character = serializers.UUIDField(required=False)
    begin = serializers.FloatField(required=False, min_value=0)
    body = serializers.BooleanField(required=False)
    expression = serializers.IntegerField(required=False, min_value=1, max_value=5)


class NewPerformance(PerformanceSettings):
    """A film to bring: its picture is kept upright and without sound, at the project's frame rate."""

    file = serializers.FileField()
    performer = serializers.CharField(max_length=200)
    born_on = serializers.DateField()


class PerformanceActions:
    """Mixed into the shots' view set."""

    @extend_schema(methods=["GET"], responses=PerformanceSerializer)
    @extend_schema(
        methods=["PUT"], request={"multipart/form-data": NewPerformance}, responses=PerformanceSerializer
    )
    @extend_schema(methods=["PATCH"], request=PerformanceSettings, responses=PerformanceSerializer)
    @extend_schema(methods=["DELETE"], responses={204: None})
    @action(
        detail=True,
        methods=["get", "put", "patch", "delete"],
        parser_classes=[JSONParser, MultiPartParser, FormParser],
    )
    def performance(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Show the shot's performance, bring a film in its place, set how it is used, or take it away."""
        shot = _shot(kwargs)
        if request.method == "PUT":
            return _shown(_brought(request, shot))
        found = verbs.standing(shot)
        if request.method == "DELETE":
            verbs.remove(performance=found, actor=person(request))
            return Response(status=status.HTTP_204_NO_CONTENT)
        if request.method == "PATCH":
            form = PerformanceSettings(data=request.data)  # type: ignore[attr-defined]
            form.is_valid(raise_exception=True)
            found = verbs.change(performance=found, settings=dict(form.validated_data), actor=person(request))
        return _shown(found)


def _brought(request: HttpRequest, shot: Shot) -> Performance:
    form = NewPerformance(data=request.data)  # type: ignore[attr-defined]
    form.is_valid(raise_exception=True)
    values = form.validated_data
    with given_file(request, MOST_FILM_BYTES) as (path, _):
        return verbs.bring(
            shot=shot,
            file=path,
            performer=values["performer"],
            born_on=values["born_on"],
            # a form says nothing of a box by not sending it, and a field that is absent stays as it is
            settings={name: values[name] for name in NAMES if name in values and name in request.data},  # type: ignore[attr-defined]
            actor=person(request),
        )


def _shot(kwargs: dict[str, Any]) -> Shot:
    found = get_for(Shot, kwargs["pk"], using=Shot.objects.select_related("episode__project"))
    return get_for(Shot, found.pk, using=shots_of(found.episode))


def _shown(row: Performance) -> Response:
    return Response(PerformanceSerializer(row).data)
