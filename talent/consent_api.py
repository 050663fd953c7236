"""Consents over the API, through the verbs of the pages. What was recorded is never changed, only taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from craft.terms.consent import ConsentKind, ConsentMethod
from talent.consent_pages import touched
from talent.consents import MOST_EVIDENCE_BYTES, Terms, record_consent, revoke
from talent.models import Consent
from talent.queries import state_of
from tenancy.web import person
from vault.arriving import given_file


class ConsentSerializer(serializers.ModelSerializer[Consent]):
    """A consent. `state` is in_force, to_come, expired or revoked; the evidence stands by its hash."""

    state = serializers.SerializerMethodField()

    class Meta:
        model = Consent
        fields = (
            "id",
            "subject",
            "kind",
            "state",
            "scope",
            "valid_from",
            "valid_to",
            "method",
            "evidence_sha256",
            "text_version",
            "guardian",
            "granted_by",
            "revoked_at",
            "revoked_because",
            "created_at",
        )
        read_only_fields = fields

    def get_state(self, consent: Consent) -> str:
        """How it stands now."""
        return state_of(consent)


class NewConsent(serializers.Serializer[Any]):
    """What somebody has agreed to. `scope` is {projects, characters, uses, languages, territories, engines, regions,
    training}; an empty list is no limit, `uses` names at least one of programme and promotion."""

    subject = serializers.CharField(max_length=200)
    kinds = serializers.ListField(child=serializers.ChoiceField([k.value for k in ConsentKind]), min_length=1)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    method = serializers.ChoiceField([m.value for m in ConsentMethod])
    text_version = serializers.CharField(max_length=40)
    granted_by = serializers.CharField(max_length=200)
    guardian = serializers.CharField(max_length=200, default="", allow_blank=True)
    scope = serializers.JSONField()
    file = serializers.FileField()


class Reason(serializers.Serializer[Any]):
    """Why it is taken back."""

    because = serializers.CharField(max_length=500)


class TouchedWork(serializers.Serializer[Any]):
    """Something finished that was made under it."""

    title = serializers.CharField()
    detail = serializers.CharField()
    url = serializers.CharField()


class ConsentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Consent]):
    """The studio's consents, newest first."""

    serializer_class = ConsentSerializer
    lookup_value_converter = "uuid"
    queryset = Consent._base_manager.none()

    def get_queryset(self) -> Any:
        """`?subject=` narrows them to one person."""
        rows = Consent.objects.order_by("-created_at")
        subject = self.request.query_params.get("subject")
        return rows.filter(subject__iexact=subject) if subject else rows

    @extend_schema(request={"multipart/form-data": NewConsent}, responses={201: ConsentSerializer(many=True)})
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Record it with its evidence (`file`), one row for each kind."""
        form = NewConsent(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        values = {name: value for name, value in form.validated_data.items() if name != "file"}
        if not isinstance(values["scope"], dict):
            raise serializers.ValidationError({"scope": ["An object is needed."]})
        with given_file(request, MOST_EVIDENCE_BYTES) as (path, name):
            made = record_consent(terms=Terms(**values), evidence=path, filename=name, actor=person(request))
        return Response(ConsentSerializer(made, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=Reason, responses=ConsentSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Take it back. This cannot be undone."""
        form = Reason(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = revoke(consent=self.get_object(), actor=person(request), **form.validated_data)
        return Response(ConsentSerializer(found).data)

    @extend_schema(responses=TouchedWork(many=True))
    @action(detail=True)
    def works(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Finished work that was made under it."""
        return Response(TouchedWork(touched(self.get_object()), many=True).data)
