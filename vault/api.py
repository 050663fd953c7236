"""The vault over the API: what the pages show, as JSON."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from vault import queries, services
from vault.delivery import send_asset
from vault.kinds import Kind
from vault.models import Asset


class AssetSerializer(serializers.ModelSerializer[Asset]):
    """One asset. `url` answers byte ranges."""

    url = serializers.SerializerMethodField()
    signed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Asset
        fields = (
            "id",
            "project_id",
            "kind",
            "title",
            "mime",
            "size",
            "sha256",
            "meta",
            "signed",
            "url",
            "created_at",
        )
        read_only_fields = fields

    def get_url(self, asset: Asset) -> str:
        """The address of the bytes."""
        return services.url(asset)


class RelativeSerializer(serializers.Serializer[Any]):
    """A neighbour in the lineage."""

    role = serializers.CharField()
    asset = AssetSerializer()


class LineageSerializer(serializers.Serializer[Any]):
    """What an asset was made from and what was made from it."""

    made_from = RelativeSerializer(many=True)
    went_into = RelativeSerializer(many=True)


class IssueSerializer(serializers.Serializer[Any]):
    """One thing that failed, and where."""

    code = serializers.CharField()
    message = serializers.CharField()
    where = serializers.CharField()


class IngredientSerializer(serializers.Serializer[Any]):
    """One ingredient and what it is worth."""

    title = serializers.CharField()
    relationship = serializers.CharField()
    state = serializers.CharField()
    signer = serializers.CharField()


class ProvenanceSerializer(serializers.Serializer[Any]):
    """What a file's provenance is worth. `second_opinion` null = not measured."""

    state = serializers.ChoiceField(choices=["trusted", "valid", "invalid", "unsigned"])
    signer = serializers.CharField()
    issues = IssueSerializer(many=True)
    ingredients = IngredientSerializer(many=True)
    actions = serializers.ListField(child=serializers.CharField())
    digital_source = serializers.CharField()
    facts = serializers.JSONField()
    second_opinion = serializers.JSONField(allow_null=True)


LIST_FILTERS = [
    OpenApiParameter("kind", str, enum=[kind.value for kind in Kind]),
    OpenApiParameter("project", OpenApiTypes.UUID),
    OpenApiParameter("q", str, description="words of the title, or the start of the SHA-256"),
]


@extend_schema_view(list=extend_schema(parameters=LIST_FILTERS))
class AssetViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Asset]):
    """Assets of the studio, newest first."""

    serializer_class = AssetSerializer
    lookup_value_converter = "uuid"
    queryset = Asset._base_manager.none()

    def get_queryset(self) -> QuerySet[Asset]:
        """Narrowed by the query's kind, project and q."""
        get = self.request.query_params
        return queries.assets(
            queries.Filters.read(get.get("kind", ""), get.get("project", ""), get.get("q", ""))
        )

    def get_object(self) -> Asset:
        """The asset of the address. Raises NotFound."""
        return queries.asset(self.kwargs["pk"])

    @extend_schema(responses=LineageSerializer)
    @action(detail=True)
    def lineage(self, request: Request, **kwargs: Any) -> Response:
        """What it was made from and what was made from it."""
        asset = self.get_object()
        data = {"made_from": queries.made_from(asset), "went_into": queries.went_into(asset)}
        return Response(LineageSerializer(data, context=self.get_serializer_context()).data)

    @extend_schema(responses=ProvenanceSerializer)
    @action(detail=True)
    def provenance(self, request: Request, **kwargs: Any) -> Response:
        """Read the stored file again, now, and judge its provenance."""
        return Response(services.reread(self.get_object()).as_json())

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True)
    def file(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """The bytes; understands Range and If-Range."""
        return send_asset(request._request, self.get_object(), save=True)
