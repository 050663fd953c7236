"""The graph over the API."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pipelines import queries, services
from studio.models import Project
from tenancy.models import User
from tenancy.queries import get_for


class GraphSerializer(serializers.Serializer[Any]):
    """A project's graph: the JSON itself, its steps in order of work, its version (0 = the default)."""

    number = serializers.IntegerField()
    digest = serializers.CharField()
    graph = serializers.JSONField()
    steps = serializers.JSONField()


class GraphTextSerializer(serializers.Serializer[Any]):
    """A graph to save."""

    graph = serializers.JSONField()
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class GraphView(APIView):
    """The graph a project is worked by."""

    @extend_schema(responses=GraphSerializer)
    def get(self, request: Request, project: UUID, **kwargs: Any) -> Response:
        """The newest version."""
        found = get_for(Project, project)
        row, graph = queries.current(found), services.graph_of(found)
        steps = queries.steps_for_people(graph)
        return Response(
            {
                "number": row.number if row else 0,
                "digest": graph.digest(),
                "graph": graph.as_json(),
                "steps": steps,
            }
        )

    @extend_schema(request=GraphTextSerializer, responses=GraphSerializer)
    def put(self, request: Request, project: UUID, **kwargs: Any) -> Response:
        """Save a new version."""
        asked = GraphTextSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.save_version(
            project=get_for(Project, project), actor=cast(User, request.user), **asked.validated_data
        )
        return self.get(request, project)


class ReadySerializer(serializers.Serializer[Any]):
    """A graph that can be chosen by name."""

    slug = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    graph = serializers.JSONField()


class ChoiceSerializer(serializers.Serializer[Any]):
    """The name of a ready graph."""

    ready = serializers.CharField(max_length=60)


class NodeTypesSerializer(serializers.Serializer[Any]):
    """All node types with ports and params, and the ready graphs."""

    types = serializers.JSONField()
    ready = ReadySerializer(many=True)


class ReadyView(APIView):
    """What a graph can be made of, and the ready ones."""

    @extend_schema(responses=NodeTypesSerializer)
    def get(self, request: Request, project: UUID, **kwargs: Any) -> Response:
        """Node types and ready graphs."""
        get_for(Project, project)
        ready = [
            {"slug": one.slug, "title": one.label, "says": one.says, "graph": one.graph.as_json()}
            for one in services.ready_graphs().values()
        ]
        return Response({"types": queries.node_types_for_people(), "ready": ready})

    @extend_schema(request=ChoiceSerializer, responses=GraphSerializer)
    def post(self, request: Request, project: UUID, **kwargs: Any) -> Response:
        """Work the project by a ready graph from now on."""
        asked = ChoiceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.use_ready(
            project=get_for(Project, project),
            slug=asked.validated_data["ready"],
            actor=cast(User, request.user),
        )
        return GraphView().get(request, project)
