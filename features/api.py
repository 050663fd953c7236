"""The feature bay over the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from features import queries


class CandidateSerializer(serializers.Serializer[Any]):
    """A certified episode that could become part of a feature."""

    episode_id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    project_title = serializers.CharField()
    season = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.CharField()
    shots = serializers.IntegerField()
    seconds = serializers.FloatField()


class CandidatesView(APIView):
    """Certified episodes, in order of their series."""

    @extend_schema(responses=CandidateSerializer(many=True), operation_id="feature_candidates_list")
    def get(self, request: Request, **kwargs: Any) -> Response:
        """The list, whole."""
        rows = [asdict(candidate) for candidate in queries.candidates()]
        return Response(CandidateSerializer(rows, many=True).data)
