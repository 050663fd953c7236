"""Billing over the API: tiers, balance, ledger; the same services as the pages."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing import queries, services
from billing.models import Entry, Tier, Txn
from craft.terms.people import Permission
from tenancy.models import User
from tenancy.rules import require


class TierSerializer(serializers.ModelSerializer[Tier]):
    """A tier and its limits; null means by agreement."""

    class Meta:
        model = Tier
        fields = ("slug", "label", "figures")
        read_only_fields = fields


class BalanceSerializer(serializers.Serializer[Any]):
    """Milli-credits: free, held for open calls, spent."""

    wallet = serializers.IntegerField()
    held = serializers.IntegerField()
    spent = serializers.IntegerField()


class BillingSerializer(serializers.Serializer[Any]):
    """The studio's tier and balance, and whether the ledger agrees with itself."""

    tier = TierSerializer(allow_null=True)
    balance = BalanceSerializer()
    intact = serializers.BooleanField()


class TierChoiceSerializer(serializers.Serializer[Any]):
    """Which tier to be on."""

    tier = serializers.CharField(max_length=20)


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """One leg of a movement."""

    account = serializers.CharField(source="account.kind")
    currency = serializers.CharField(source="account.currency")

    class Meta:
        model = Entry
        fields = ("account", "currency", "amount")
        read_only_fields = fields


class TxnSerializer(serializers.ModelSerializer[Txn]):
    """One movement of money; its legs add up to zero in each currency."""

    entries = EntrySerializer(many=True)

    class Meta:
        model = Txn
        fields = ("id", "key", "kind", "subject", "reason", "actor_name", "created_at", "entries")
        read_only_fields = fields


class Billing(APIView):
    """Where the studio stands."""

    @extend_schema(responses=BillingSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Tier, balance, ledger check."""
        require(_person(request), Permission.LEDGER)
        return Response(
            BillingSerializer(
                {"tier": queries.tier(), "balance": queries.balance(), "intact": queries.verify().intact}
            ).data
        )

    @extend_schema(request=TierChoiceSerializer, responses=BillingSerializer)
    def put(self, request: Request, **kwargs: Any) -> Response:
        """Put the studio on another tier."""
        asked = TierChoiceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.subscribe(tier=asked.validated_data["tier"], actor=_person(request))
        return self.get(request)


class TierViewSet(viewsets.ReadOnlyModelViewSet[Tier]):
    """The tiers on offer."""

    serializer_class = TierSerializer
    queryset = Tier.objects.all()


class LedgerViewSet(viewsets.ReadOnlyModelViewSet[Txn]):
    """Movements, newest first."""

    serializer_class = TxnSerializer
    lookup_value_converter = "uuid"
    queryset = Txn._base_manager.none()

    def get_queryset(self) -> QuerySet[Txn]:
        """All, or those about one `?subject=`."""
        require(_person(self.request), Permission.LEDGER)
        subject = self.request.query_params.get("subject")
        return queries.ledger().filter(subject=subject) if subject else queries.ledger()


def _person(request: Request) -> User:
    return cast(User, request.user)
