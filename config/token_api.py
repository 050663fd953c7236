"""Who am I, and tokens for programs."""

from __future__ import annotations

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema, inline_serializer
from knox.models import AuthToken
from knox.views import LogoutAllView, LogoutView
from rest_framework import serializers, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from tenancy.queries import studios_of

ME = inline_serializer(
    "Me",
    {
        "email": serializers.EmailField(),
        "name": serializers.CharField(),
        "studios": serializers.ListField(child=serializers.DictField()),
    },
)
TOKEN = inline_serializer(
    "NewToken", {"token": serializers.CharField(), "expires_at": serializers.DateTimeField(allow_null=True)}
)


class Me(APIView):
    """The person behind the request."""

    @extend_schema(responses=ME)
    def get(self, request: HttpRequest) -> Response:
        """Name, address and studios."""
        entries = [{"slug": e.slug, "name": e.name} for e in studios_of(request.user)]  # type: ignore[arg-type]
        return Response({"email": request.user.email, "name": request.user.name, "studios": entries})  # type: ignore[union-attr]


class Tokens(APIView):
    """Tokens are made by a signed-in person, shown once and stored hashed."""

    authentication_classes = (SessionAuthentication,)

    @extend_schema(request=None, responses={201: TOKEN})
    def post(self, request: HttpRequest) -> Response:
        """A new token; send it as `Authorization: Token …`."""
        row, token = AuthToken.objects.create(request.user)
        return Response({"token": token, "expires_at": row.expiry}, status=status.HTTP_201_CREATED)


class Revoke(LogoutView):  # type: ignore[misc]
    """Ends the token that asks."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: HttpRequest, format: str | None = None) -> Response:  # noqa: A002  DRF's name
        """The token stops working at once."""
        answer: Response = super().post(request, format)
        return answer


class RevokeAll(LogoutAllView):  # type: ignore[misc]
    """Ends all tokens of the person who asks."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: HttpRequest, format: str | None = None) -> Response:  # noqa: A002  DRF's name
        """They stop working at once."""
        answer: Response = super().post(request, format)
        return answer
