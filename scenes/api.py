"""Scenes over the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from scenes.models import Scene
from scenes.services import ask_preview, save_scene
from tenancy.queries import get_for
from tenancy.web import person


class SceneSerializer(serializers.ModelSerializer[Scene]):
    """A scene's definition."""

    class Meta:
        model = Scene
        fields = (
            "id",
            "project",
            "key",
            "name",
            "interior",
            "set_kind",
            "time_of_day",
            "mood",
            "atmosphere",
            "fill_ratio",
            "lights",
            "layout",
            "grade",
            "scene_version",
            "locked",
            "created_at",
        )
        read_only_fields = fields


class SceneChanges(serializers.Serializer[Any]):
    """What may be changed of a scene."""

    name = serializers.CharField(required=False, max_length=160)
    set_kind = serializers.CharField(required=False)
    time_of_day = serializers.CharField(required=False)
    mood = serializers.CharField(required=False)
    atmosphere = serializers.DictField(required=False)
    fill_ratio = serializers.FloatField(required=False)
    lights = serializers.ListField(child=serializers.DictField(), required=False)
    layout = serializers.DictField(required=False)


class PreviewJob(serializers.Serializer[Any]):
    """The job that draws the preview."""

    job = serializers.UUIDField()


class SceneViewSet(viewsets.ReadOnlyModelViewSet[Scene]):
    """The studio's scenes; `PATCH` saves a version, `POST …/preview` draws a frame."""

    serializer_class = SceneSerializer
    lookup_value_converter = "uuid"
    queryset = Scene._base_manager.none()

    def get_queryset(self) -> Any:
        """By age; `?project=` narrows it."""
        rows, project = Scene.objects.order_by("created_at", "pk"), self.request.query_params.get("project")
        return rows.filter(project_id=project) if project else rows

    @extend_schema(request=SceneChanges, responses=SceneSerializer)
    def partial_update(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Save; the old definition stays as a version."""
        form = SceneChanges(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = save_scene(
            scene=get_for(Scene, kwargs["pk"]), changes=dict(form.validated_data), actor=person(request)
        )
        return Response(SceneSerializer(found).data)

    @extend_schema(request=None, responses={202: PreviewJob})
    @action(detail=True, methods=["post"])
    def preview(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Draw one frame of the scene as it stands."""
        job = ask_preview(scene=get_for(Scene, kwargs["pk"]), actor=person(request))
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)
