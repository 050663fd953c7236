"""The plan of an episode over the API: what is left and what it costs; run, run from here, dry run, pause, go on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from episodes import planning, running, services
from episodes.models import Episode, Shot
from episodes.queries import shots_of
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.web import person


class PlanSerializer(serializers.Serializer[Any]):
    """What is left to make, per node and in all: counts by state, milli-credits, seconds of work."""

    paused = serializers.BooleanField()
    left = serializers.IntegerField()
    counts = serializers.JSONField()
    price = serializers.JSONField()
    basis = serializers.CharField(allow_blank=True)
    seconds = serializers.FloatField()
    longest_chain_seconds = serializers.FloatField()
    steps_not_measured = serializers.IntegerField()
    nodes = serializers.JSONField()


class RunSerializer(serializers.Serializer[Any]):
    """Where to begin: a node, for one shot or for all; empty makes what is missing. `dry_run` queues nothing."""

    node = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)
    shot = serializers.UUIDField(required=False, allow_null=True, default=None)
    dry_run = serializers.BooleanField(required=False, default=False)


class PassSerializer(serializers.Serializer[Any]):
    """Why a shot is let through."""

    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class PlanActions:
    """Mixed into the episodes' view set."""

    @extend_schema(responses=PlanSerializer)
    @action(detail=True, methods=["get"])
    def plan(self, request: HttpRequest, **kwargs: Any) -> Response:
        """The plan as it stands."""
        return _shown(_episode(kwargs))

    @extend_schema(request=RunSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def run(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Make what is missing, or a step and all that follow from it again; a dry run only says what that would be."""
        form = RunSerializer(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        episode, asked = _episode(kwargs), form.validated_data
        shot = get_for(Shot, asked["shot"], using=shots_of(episode)) if asked["shot"] else None
        if asked["dry_run"]:
            return _dry(episode, asked["node"], shot)
        if asked["node"]:
            running.run_from(episode=episode, node=asked["node"], shot=shot, actor=person(request))
        else:
            running.run(episode=episode, actor=person(request))
        return _shown(episode)

    @extend_schema(request=None, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Begin no step any more; what runs finishes."""
        episode = _episode(kwargs)
        running.pause(episode=episode, actor=person(request))
        return _shown(episode)

    @extend_schema(request=None, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Let the steps begin again."""
        episode = _episode(kwargs)
        running.go_on(episode=episode, actor=person(request))
        return _shown(episode)

    @extend_schema(
        request=PassSerializer,
        responses=PlanSerializer,
        parameters=[
            OpenApiParameter("node", str, OpenApiParameter.PATH),
            OpenApiParameter("shot", str, OpenApiParameter.PATH),
        ],
    )
    @action(detail=True, methods=["post"], url_path="stops/<str:node>/<uuid:shot>/pass")
    def let_through(self, request: HttpRequest, node: str, shot: Any, **kwargs: Any) -> Response:
        """Let a shot through a gate of the graph at which it waits."""
        form = PassSerializer(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        episode = _episode(kwargs)
        found = get_for(Shot, shot, using=shots_of(episode))
        services.pass_gate(shot=found, node=node, actor=person(request), note=form.validated_data["note"])
        return _shown(episode)


def _episode(kwargs: dict[str, Any]) -> Episode:
    return get_for(Episode, kwargs["pk"], using=Episode.objects.select_related("project"))


def _dry(episode: Episode, node: str, shot: Shot | None) -> Response:
    if shot is not None and not node:
        raise SlateError(
            "A shot alone is no place to begin.",
            code="run.no_step",
            fields={"node": "Which step?"},
            status=422,
        )
    only = {step.planned.key for step in running.would_run(episode, node, shot)} if node else None
    return _shown(episode, only)


def _shown(episode: Episode, only: set[tuple[str, str]] | None = None) -> Response:
    facts = planning.plan_of(episode, only).as_json() | {"paused": running.paused(episode) is not None}
    return Response(PlanSerializer(facts).data)
