"""The crew over the API: models, calls, decisions, accounts; the same services as the pages."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from craft.terms.people import Permission
from engines import queries, services
from engines.models import EngineAccount, EngineCall
from engines.states import CallState
from tenancy.models import User
from tenancy.queries import get_for
from tenancy.rules import require


class ModelSerializer(serializers.Serializer[Any]):
    """One model of the crew; money in milli-credits for one unit."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # reason: DRF fields have a label of their own
    kinds = serializers.ListField(child=serializers.CharField())
    builtin = serializers.BooleanField()
    connected = serializers.BooleanField()
    resting = serializers.BooleanField()
    unit = serializers.CharField()
    milli = serializers.IntegerField()
    ended = serializers.IntegerField()
    success = serializers.FloatField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)


class EngineCallSerializer(serializers.ModelSerializer[EngineCall]):
    """One attempt at an engine: `request` is what it saw, `route` why it was chosen."""

    decisions = serializers.SerializerMethodField()

    class Meta:
        model = EngineCall
        fields = (
            "id", "job", "n", "subject", "project_id", "role", "engine", "model", "model_version", "engine_class",
            "state", "request_hash", "request", "sent", "route", "provider_ref", "sends", "sent_at", "ended_at",
            "quoted_milli", "cost_milli", "billed_milli", "outputs", "error", "created_at", "decisions",
        )  # fmt: skip
        read_only_fields = fields

    def get_decisions(self, call: EngineCall) -> list[str]:
        """What a person may decide about it now."""
        return services.decisions_for(call)


class DecisionSerializer(serializers.Serializer[Any]):
    """What to do with a parked call."""

    decision = serializers.ChoiceField(choices=["accept", "look", "resend", "drop"])
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class EngineAccountSerializer(serializers.ModelSerializer[EngineAccount]):
    """An account with a remote engine; the token is written, never read."""

    token = serializers.CharField(
        write_only=True, required=False, default="", max_length=2000, allow_blank=True
    )
    hook_secret = serializers.CharField(
        write_only=True, required=False, default="", max_length=2000, allow_blank=True
    )
    base_url = serializers.CharField(required=False, default="", max_length=300, allow_blank=True)
    options = serializers.DictField(
        child=serializers.CharField(max_length=4000), required=False, default=dict
    )
    roles = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, default=list, max_length=20
    )

    class Meta:
        model = EngineAccount
        fields = (
            "id",
            "engine",
            "label",
            "base_url",
            "enabled",
            "roles",
            "options",
            "at_once",
            "token",
            "hook_secret",
        )
        read_only_fields = ("id", "enabled")
        validators: list[Any] = []


class Crew(APIView):
    """Who can do what."""

    @extend_schema(responses=ModelSerializer(many=True))
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Every model with its price, access and record."""
        return Response(ModelSerializer(queries.crew_list(), many=True).data)


class EngineCallViewSet(viewsets.ReadOnlyModelViewSet[EngineCall]):
    """Attempts at engines, newest first."""

    serializer_class = EngineCallSerializer
    lookup_value_converter = "uuid"
    queryset = EngineCall._base_manager.none()

    def get_queryset(self) -> QuerySet[EngineCall]:
        """`?state=`, `?project=` and `?subject=` narrow it."""
        asked, rows = self.request.query_params, queries.calls()
        if asked.get("state") in set(CallState):
            rows = rows.filter(state=asked["state"])
        return rows.filter(subject=asked["subject"]) if asked.get("subject") else rows

    @extend_schema(parameters=[OpenApiParameter("state", str), OpenApiParameter("subject", str)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of calls."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=DecisionSerializer, responses=EngineCallSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, **kwargs: Any) -> Response:
        """Settle a parked call."""
        asked = DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        call = services.decide(
            call=get_for(EngineCall, kwargs["pk"]), actor=_person(request), **asked.validated_data
        )
        return Response(EngineCallSerializer(call).data)


class EngineAccountViewSet(
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[EngineAccount],
):
    """Accounts with remote engines: list, connect (or change), disconnect."""

    serializer_class = EngineAccountSerializer
    lookup_value_converter = "uuid"
    queryset = EngineAccount._base_manager.none()

    def get_queryset(self) -> QuerySet[EngineAccount]:
        """Enabled and disabled ones."""
        require(_person(self.request), Permission.MEMBERS)
        rows: QuerySet[EngineAccount] = EngineAccount.objects.order_by("engine")
        return rows

    def perform_create(self, serializer: serializers.BaseSerializer[EngineAccount]) -> None:
        """Connect through the one service."""
        serializer.instance = services.connect(**serializer.validated_data, actor=_person(self.request))

    def perform_destroy(self, instance: EngineAccount) -> None:
        """Disconnect; the row stays for the history of its calls."""
        services.disconnect(account=instance, actor=_person(self.request))


def _person(request: Request) -> User:
    return cast(User, request.user)
