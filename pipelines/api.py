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
    """A project's graph: the JSON itself, its steps in order of work, its version (0 = the default) and whose it is."""

    number = serializers.IntegerField()
    note = serializers.CharField()
    actor = serializers.CharField()
    digest = serializers.CharField()
    graph = serializers.JSONField()
    steps = serializers.JSONField()


class GraphTextSerializer(serializers.Serializer[Any]):
    """A graph to save; `seen` is the version it was drawn from (0 = the default), to be told of a newer one."""

    graph = serializers.JSONField()
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    seen = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=0)


class DraftSerializer(serializers.Serializer[Any]):
    """A graph to look at."""

    graph = serializers.JSONField()


class FaultSerializer(serializers.Serializer[Any]):
    """Why a draft cannot be saved: the node and the port (empty for the node or for the whole), what is wrong."""

    node = serializers.CharField()
    port = serializers.CharField()
    message = serializers.CharField()


class CheckedSerializer(serializers.Serializer[Any]):
    """A draft's faults, what it does otherwise than the newest version, and that version's number."""

    faults = FaultSerializer(many=True)
    changes = serializers.ListField(child=serializers.CharField())
    same = serializers.BooleanField()
    number = serializers.IntegerField()


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
                "note": row.note if row else "",
                "actor": str(row.actor or "") if row else "",
                "digest": graph.digest(),
                "graph": graph.as_json(),
                "steps": steps,
            }
        )

    @extend_schema(request=GraphTextSerializer, responses=GraphSerializer)
    def put(self, request: Request, project: UUID, **kwargs: Any) -> Response:
        """Save a new version; 409 when `seen` is not the newest one."""
        asked = GraphTextSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.save_version(
            project=get_for(Project, project), actor=cast(User, request.user), **asked.validated_data
        )
        return self.get(request, project)


class CheckView(APIView):
    """What a draft would be refused for; nothing is saved."""

    @extend_schema(request=DraftSerializer, responses=CheckedSerializer)
    def post(self, request: Request, project: UUID, **kwargs: Any) -> Response:
        """Faults by node and port, and the changes in words."""
        asked = DraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = get_for(Project, project)
        row = queries.current(found)
        draft = queries.draft_for_people(asked.validated_data["graph"], services.graph_of(found))
        return Response(draft | {"number": row.number if row else 0})


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
