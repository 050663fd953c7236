"""Projects over the API, through the same services as the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView

from craft.terms.delivery import ASPECTS, QUALITY
from craft.terms.languages import LANGUAGES
from craft.terms.rates import RATES
from craft.terms.staging import RenderLook
from craft.terms.story import Genre, ProjectKind
from studio.models import Project
from studio.queries import inbox
from studio.services import Brief, read_source, start_project
from tenancy.web import person


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project."""

    class Meta:
        model = Project
        fields = (
            "id",
            "title",
            "kind",
            "genre",
            "tone",
            "logline",
            "aspect",
            "quality",
            "look",
            "rate",
            "language",
            "cap_milli",
            "territories",
            "created_at",
        )
        read_only_fields = fields


class NewProject(serializers.Serializer[Any]):
    """A script and what it is to become."""

    script = serializers.CharField(max_length=5_000_000, trim_whitespace=False)
    filename = serializers.CharField(max_length=200, default="script.fountain")
    title = serializers.CharField(max_length=200, default="", allow_blank=True)
    kind = serializers.ChoiceField([k.value for k in ProjectKind], default="series")
    genre = serializers.ChoiceField(["", *(g.value for g in Genre)], default="", allow_blank=True)
    tone = serializers.CharField(max_length=200, default="", allow_blank=True)
    aspect = serializers.ChoiceField(list(ASPECTS), default="16:9")
    quality = serializers.ChoiceField(list(QUALITY), default="draft")
    look = serializers.ChoiceField([k.value for k in RenderLook], default=RenderLook.CINEMATIC.value)
    rate = serializers.ChoiceField([str(rate) for rate in RATES], default="24")
    language = serializers.ChoiceField(list(LANGUAGES), default="en")
    cap_milli = serializers.IntegerField(min_value=0, max_value=2**53 - 1, default=0)
    territories = serializers.ListField(
        child=serializers.CharField(max_length=2), default=list, max_length=300
    )


class BuiltProject(serializers.Serializer[Any]):
    """What was made of the script."""

    project = ProjectSerializer()
    url = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    facts = serializers.DictField(child=serializers.IntegerField())


class ProjectViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Project]):
    """The studio's projects; `POST` a script to start one."""

    serializer_class = ProjectSerializer
    lookup_value_converter = "uuid"
    queryset = Project._base_manager.none()

    def get_queryset(self) -> Any:
        """Newest first."""
        return Project.objects.order_by("-created_at")

    @extend_schema(request=NewProject, responses={201: BuiltProject})
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Project, cast, scenes and board from a script, or nothing at all."""
        form = NewProject(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        text = read_source(values.pop("script").encode("utf-8", "surrogatepass"))
        built = start_project(
            text=text, filename=values.pop("filename"), brief=Brief(**values), actor=person(request)
        )
        body = {
            "project": ProjectSerializer(built.project).data,
            "url": built.url,
            "notes": list(built.notes),
            "facts": built.facts,
        }
        return Response(body, status=status.HTTP_201_CREATED)


class InboxRow(serializers.Serializer[Any]):
    """Something that waits for a decision."""

    title = serializers.CharField()
    detail = serializers.CharField()
    url = serializers.CharField()
    project = serializers.CharField()
    gate = serializers.CharField()
    price_milli = serializers.IntegerField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)


class Inbox(APIView):
    """What waits for a decision."""

    @extend_schema(responses=InboxRow(many=True))
    def get(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Oldest first."""
        return Response(InboxRow(inbox(), many=True).data)
