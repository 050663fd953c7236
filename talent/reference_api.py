"""Reference pictures and portrayals of the roster over the API, through the verbs of the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from craft.terms.references import View
from engines.arriving import MOST_PICTURE_BYTES
from talent import references
from talent.api import CharacterSerializer
from talent.consents import portray
from talent.models import Character, Reference
from tenancy.queries import get_for
from tenancy.web import person
from vault.arriving import given_file
from vault.services import url


class CharacterReferenceSerializer(serializers.ModelSerializer[Reference]):
    """A picture of a character; `position` is its place in the order in which engines get them."""

    url = serializers.SerializerMethodField()
    sha256 = serializers.CharField(source="asset.sha256", read_only=True)

    class Meta:
        model = Reference
        fields = (
            "id",
            "character",
            "view",
            "label",
            "position",
            "real",
            "drawn_version",
            "asset",
            "sha256",
            "url",
            "created_at",
        )
        read_only_fields = fields

    def get_url(self, reference: Reference) -> str:
        """The address of the picture."""
        return url(reference.asset)


class NewReference(serializers.Serializer[Any]):
    """A picture to bring; `real` says that it shows the person whom the character portrays."""

    character = serializers.UUIDField()
    view = serializers.ChoiceField([v.value for v in View])
    label = serializers.CharField(max_length=80, default="", allow_blank=True)  # type: ignore[assignment]
    real = serializers.BooleanField(default=False)
    file = serializers.FileField()


class Place(serializers.Serializer[Any]):
    """A place in an order, from 0."""

    position = serializers.IntegerField(min_value=0, max_value=1000)


class SheetOf(serializers.Serializer[Any]):
    """Whose sheet is to be drawn."""

    character = serializers.UUIDField()


class SheetJob(serializers.Serializer[Any]):
    """The job that draws it."""

    job = serializers.UUIDField()


class Portrayal(serializers.Serializer[Any]):
    """Whom a character portrays; an empty name makes it invented."""

    person = serializers.CharField(max_length=200, allow_blank=True)
    born_on = serializers.DateField(required=False, allow_null=True, default=None)


class CharacterReferenceViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Reference]
):
    """Pictures of characters in their order; `?character=` narrows them."""

    serializer_class = CharacterReferenceSerializer
    lookup_value_converter = "uuid"
    queryset = Reference._base_manager.none()

    def get_queryset(self) -> Any:
        """By character and place."""
        rows = Reference.objects.select_related("asset", "character").order_by("character", "position", "pk")
        wanted = self.request.query_params.get("character")
        return rows.filter(character=get_for(Character, wanted)) if wanted else rows

    @extend_schema(
        request={"multipart/form-data": NewReference}, responses={201: CharacterReferenceSerializer}
    )
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Bring a picture: PNG, JPEG or WebP; what is kept is our own JPEG of it."""
        form = NewReference(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        with given_file(request, MOST_PICTURE_BYTES) as (path, _):
            made = references.add_reference(
                character=get_for(Character, values["character"]),
                file=path,
                view=values["view"],
                label=values["label"],
                real=values["real"],
                actor=person(request),
            )
        return Response(CharacterReferenceSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=Place, responses=CharacterReferenceSerializer)
    def partial_update(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Put it at another place."""
        form = Place(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = references.move_reference(
            reference=self.get_object(), position=form.validated_data["position"], actor=person(request)
        )
        return Response(CharacterReferenceSerializer(found).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Take it out of the roster; the file stays in the vault."""
        references.remove_reference(reference=self.get_object(), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=SheetOf, responses={202: SheetJob})
    @action(detail=False, methods=["post"])
    def sheet(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Have the built-in engine draw a character's turnaround (free)."""
        form = SheetOf(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = get_for(Character, form.validated_data["character"])
        job = references.ask_sheet(character=found, actor=person(request))
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class PortrayalView(viewsets.ViewSet):
    """Whom a character portrays."""

    @extend_schema(request=Portrayal, responses=CharacterSerializer)
    def update(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Say which real person a character portrays, or that it is invented."""
        form = Portrayal(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = portray(
            character=get_for(Character, kwargs["character"]), actor=person(request), **form.validated_data
        )
        return Response(CharacterSerializer(found).data)
