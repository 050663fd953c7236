"""Jobs and events over the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from tenancy.queries import get_for
from tenancy.web import person
from workflow import steering
from workflow.models import Job
from workflow.queries import events_after, last_seq


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job as people see it."""

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "title",
            "project_id",
            "state",
            "waiting_for",
            "progress",
            "attempts",
            "crashes",
            "error",
            "result",
            "created_at",
            "started_at",
            "ended_at",
        )
        read_only_fields = fields


class JobViewSet(viewsets.ReadOnlyModelViewSet[Job]):
    """The studio's work: list, look, cancel, try again."""

    serializer_class = JobSerializer
    lookup_value_converter = "uuid"
    queryset = Job._base_manager.none()

    def get_queryset(self) -> Any:
        """Newest first; `?project=` and `?state=` narrow it."""
        rows = Job.objects.order_by("-created_at")
        for name, column in (("project", "project_id"), ("state", "state")):
            value = self.request.query_params.get(name)
            rows = rows.filter(**{column: value}) if value else rows
        return rows

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Stop it."""
        job = get_for(Job, kwargs["pk"])
        steering.cancel(job, actor=person(request))
        job.refresh_from_db()
        return Response(JobSerializer(job).data)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Try it again, and what failed because of it."""
        job = get_for(Job, kwargs["pk"])
        steering.retry(job, actor=person(request))
        job.refresh_from_db()
        return Response(JobSerializer(job).data)


class EventRow(serializers.Serializer[Any]):
    """One numbered event."""

    seq = serializers.IntegerField()
    kind = serializers.CharField()
    body = serializers.DictField()
    at = serializers.DateTimeField()


class EventPage(serializers.Serializer[Any]):
    """Events above a number."""

    last = serializers.IntegerField()
    events = EventRow(many=True)


class Events(APIView):
    """The stream without a socket: everything above `since`."""

    @extend_schema(parameters=[OpenApiParameter("since", int)], responses=EventPage)
    def get(self, request: HttpRequest, stream: Any, **kwargs: Any) -> Response:
        """At most 200 events, in order."""
        raw = request.GET.get("since", "0")
        since = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0
        return Response({"last": last_seq(stream), "events": events_after(stream, since, 200)})
