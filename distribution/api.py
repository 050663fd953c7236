"""The distribution hub over the API: the same services as the pages."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from distribution import queries, services, sharing
from distribution.models import LONGEST_SHARE, Release, ShareLink
from tenancy.models import User
from vault.delivery import send_asset

BYTES = {(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)}


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """A release with its certificate. `certificate_digest` is what `seen` has to be when releasing."""

    class Meta:
        model = Release
        fields = (
            "id",
            "project_id",
            "project_title",
            "episode_id",
            "title",
            "revision",
            "master",
            "captions",
            "state",
            "certificate",
            "certificate_digest",
            "created_at",
            "released_at",
            "withdrawn_at",
        )
        read_only_fields = fields


class DraftSerializer(serializers.Serializer[Any]):
    """Which episode to release."""

    episode = serializers.UUIDField()


class SeenSerializer(serializers.Serializer[Any]):
    """The digest of the certificate that was looked at."""

    seen = serializers.CharField(max_length=64)


class NoteSerializer(serializers.Serializer[Any]):
    """Why."""

    note = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class ShareLinkSerializer(serializers.ModelSerializer[ShareLink]):
    """A share link without its secrets."""

    class Meta:
        model = ShareLink
        fields = (
            "id",
            "release",
            "label",
            "expires_at",
            "max_views",
            "views",
            "allow_download",
            "revoked_at",
            "created_at",
        )
        read_only_fields = fields


class NewShareSerializer(serializers.Serializer[Any]):
    """A link to make."""

    passphrase = serializers.CharField(
        min_length=sharing.SHORTEST_PASSPHRASE, max_length=sharing.LONGEST_PASSPHRASE, trim_whitespace=False
    )
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_SHARE.days, default=7)
    max_views = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, allow_null=True, default=None
    )
    label = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)  # type: ignore[assignment]
    allow_download = serializers.BooleanField(default=False)


class MadeShareSerializer(ShareLinkSerializer):
    """A link just made, with its address: shown once."""

    address = serializers.CharField(read_only=True)

    class Meta(ShareLinkSerializer.Meta):
        fields = (*ShareLinkSerializer.Meta.fields, "address")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class ReleaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Release]):
    """Releases of the studio, newest first."""

    serializer_class = ReleaseSerializer
    lookup_value_converter = "uuid"
    queryset = Release._base_manager.none()

    def get_queryset(self) -> QuerySet[Release]:
        """All of the open scope."""
        return queries.releases()

    def get_object(self) -> Release:
        """The release of the address. Raises NotFound."""
        return queries.release(self.kwargs["pk"])

    @extend_schema(request=DraftSerializer, responses={201: ReleaseSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Draft the release of a certified episode; the open draft of the same master when there is one."""
        body = _read(DraftSerializer, request)
        release = services.draft_release(episode_id=body["episode"], actor=_person(request))
        return Response(ReleaseSerializer(release).data, status=201)

    @extend_schema(request=SeenSerializer, responses=ReleaseSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, **kwargs: Any) -> Response:
        """Release it, bound to the certificate that was seen."""
        body = _read(SeenSerializer, request)
        release = services.publish(release=self.get_object(), actor=_person(request), seen=body["seen"])
        return Response(ReleaseSerializer(release).data)

    @extend_schema(request=NoteSerializer, responses=ReleaseSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Take it back and end its links."""
        body = _read(NoteSerializer, request)
        release = services.withdraw(release=self.get_object(), actor=_person(request), note=body["note"])
        return Response(ReleaseSerializer(release).data)

    @extend_schema(responses=BYTES)
    @action(detail=True)
    def file(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """The master; understands Range and If-Range."""
        return send_asset(request._request, self.get_object().master, save=True)

    @extend_schema(methods=["get"], responses=ShareLinkSerializer(many=True))
    @extend_schema(methods=["post"], request=NewShareSerializer, responses={201: MadeShareSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def links(self, request: Request, **kwargs: Any) -> Response:
        """Its share links, or a new one."""
        release = self.get_object()
        if request.method == "GET":
            return Response(ShareLinkSerializer(queries.links(release), many=True).data)
        link, token = sharing.share(
            release=release, actor=_person(request), **_read(NewShareSerializer, request)
        )
        data = ShareLinkSerializer(link).data
        address = settings.SLATE_ORIGIN + reverse("share:page", args=[token])
        return Response({**data, "address": address}, status=201)


class ShareLinkViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[ShareLink]):
    """One share link."""

    serializer_class = ShareLinkSerializer
    lookup_value_converter = "uuid"
    queryset = ShareLink._base_manager.none()

    def get_object(self) -> ShareLink:
        """The link of the address. Raises NotFound."""
        return queries.link(self.kwargs["pk"])

    @extend_schema(request=None, responses=ShareLinkSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **kwargs: Any) -> Response:
        """End it at once."""
        link = sharing.revoke(link=self.get_object(), actor=_person(request))
        return Response(ShareLinkSerializer(link).data)


def _read(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _person(request: Request) -> User:
    return cast(User, request.user)
