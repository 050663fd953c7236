"""Reference pictures of places and props over the API, through the verbs of the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from craft.terms.references import PlaceView
from engines.arriving import MOST_PICTURE_BYTES
from scenes import references
from scenes.models import Reference, Scene
from tenancy.queries import get_for
from tenancy.web import person
from vault.arriving import given_file
from vault.services import url


class SceneReferenceSerializer(serializers.ModelSerializer[Reference]):
    """A picture of a place, or of the thing that `prop` names."""

    url = serializers.SerializerMethodField()
    sha256 = serializers.CharField(source="asset.sha256", read_only=True)

    class Meta:
        model = Reference
        fields = (
            "id",
            "scene",
            "view",
            "prop",
            "label",
            "position",
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


class NewSceneReference(serializers.Serializer[Any]):
    """A picture to bring; a prop has the name by which the script calls it."""

    scene = serializers.UUIDField()
    view = serializers.ChoiceField([v.value for v in PlaceView])
    prop = serializers.CharField(max_length=80, default="", allow_blank=True)
    label = serializers.CharField(max_length=80, default="", allow_blank=True)  # type: ignore[assignment]
    file = serializers.FileField()


class ScenePlace(serializers.Serializer[Any]):
    """A place in an order, from 0."""

    position = serializers.IntegerField(min_value=0, max_value=1000)


class ViewsOf(serializers.Serializer[Any]):
    """Whose views are to be drawn."""

    scene = serializers.UUIDField()


class ViewsJob(serializers.Serializer[Any]):
    """The job that draws them."""

    job = serializers.UUIDField()


class SceneReferenceViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Reference]
):
    """Pictures of places in their order; `?scene=` narrows them."""

    serializer_class = SceneReferenceSerializer
    lookup_value_converter = "uuid"
    queryset = Reference._base_manager.none()

    def get_queryset(self) -> Any:
        """By scene and place in the order."""
        rows = Reference.objects.select_related("asset", "scene").order_by("scene", "position", "pk")
        wanted = self.request.query_params.get("scene")
        return rows.filter(scene=get_for(Scene, wanted)) if wanted else rows

    @extend_schema(
        request={"multipart/form-data": NewSceneReference}, responses={201: SceneReferenceSerializer}
    )
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Bring a picture: PNG, JPEG or WebP; what is kept is our own JPEG of it."""
        form = NewSceneReference(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        with given_file(request, MOST_PICTURE_BYTES) as (path, _):
            made = references.add_reference(
                scene=get_for(Scene, values["scene"]),
                file=path,
                view=values["view"],
                prop=values["prop"],
                label=values["label"],
                actor=person(request),
            )
        return Response(SceneReferenceSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ScenePlace, responses=SceneReferenceSerializer)
    def partial_update(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Put it at another place."""
        form = ScenePlace(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = references.move_reference(
            reference=self.get_object(), position=form.validated_data["position"], actor=person(request)
        )
        return Response(SceneReferenceSerializer(found).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Take it out of the workshop; the file stays in the vault."""
        references.remove_reference(reference=self.get_object(), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=ViewsOf, responses={202: ViewsJob})
    @action(detail=False, methods=["post"])
    def views(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Have the built-in engine draw the empty place from two sides (free)."""
        form = ViewsOf(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        job = references.ask_views(scene=get_for(Scene, form.validated_data["scene"]), actor=person(request))
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)
