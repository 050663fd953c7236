"""The episode bay over the API: episodes, shots, takes, gates; the same services as the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from episodes import gates, services
from episodes.models import Episode, GateReview, Line, Shot, Take
from episodes.opinions import opinion_of
from episodes.performance_api import PerformanceActions
from episodes.plan_api import PlanActions
from episodes.proposal_api import ProposalActions
from tenancy.errors import NotFound
from tenancy.queries import get_for
from tenancy.web import person


class EpisodeSerializer(serializers.ModelSerializer[Episode]):
    """An episode."""

    class Meta:
        model = Episode
        fields = (
            "id",
            "project",
            "season",
            "number",
            "title",
            "logline",
            "state",
            "version",
            "revision",
            "cap_milli",
            "notes",
            "created_at",
        )
        read_only_fields = fields


class LineSerializer(serializers.ModelSerializer[Line]):
    """A line of dialogue."""

    class Meta:
        model = Line
        fields = ("id", "character", "position", "text", "parenthetical", "extension", "language")
        read_only_fields = fields


class ShotSerializer(serializers.ModelSerializer[Shot]):
    """A shot with its lines and cast."""

    lines = LineSerializer(many=True, read_only=True)
    cast = serializers.SerializerMethodField()

    class Meta:
        model = Shot
        fields = (
            "id",
            "episode",
            "act",
            "scene",
            "number",
            "position",
            "size",
            "framing",
            "purpose",
            "angle",
            "movement",
            "direction",
            "speed",
            "easing",
            "optics",
            "optics_direction",
            "aperture",
            "staging",
            "focal_mm",
            "azimuth",
            "roll_degrees",
            "arc_degrees",
            "frames",
            "action",
            "transition_in",
            "transition_frames",
            "emotion",
            "notes",
            "state",
            "lines",
            "cast",
        )
        read_only_fields = fields

    def get_cast(self, shot: Shot) -> list[str]:
        """Character ids in order of their marks."""
        return [str(entry.character_id) for entry in shot.cast.all()]


class ShotChanges(serializers.Serializer[Any]):
    """What may be changed of a shot; absent fields stay."""

    size = serializers.CharField(required=False)
    framing = serializers.CharField(required=False)
    purpose = serializers.CharField(required=False)
    angle = serializers.CharField(required=False)
    movement = serializers.CharField(required=False)
    direction = serializers.CharField(required=False)
    speed = serializers.CharField(required=False)
    easing = serializers.CharField(required=False)
    optics = serializers.CharField(required=False)
    optics_direction = serializers.CharField(required=False)
    aperture = serializers.FloatField(required=False)
    focal_mm = serializers.IntegerField(required=False)
    azimuth = serializers.IntegerField(required=False)
    roll_degrees = serializers.FloatField(required=False)
    arc_degrees = serializers.FloatField(required=False)
    frames = serializers.IntegerField(required=False)
    action = serializers.CharField(required=False, allow_blank=True)
    notes = serializers.CharField(required=False, allow_blank=True)
    transition_in = serializers.CharField(required=False)
    transition_frames = serializers.IntegerField(required=False)
    emotion = serializers.CharField(required=False, allow_blank=True)


class TakeSerializer(serializers.ModelSerializer[Take]):
    """A take: what made it, from what, how it measured; the opinion of a model that sees, where there is one."""

    opinion = serializers.SerializerMethodField()

    class Meta:
        model = Take
        fields = (
            "id",
            "episode",
            "shot",
            "line",
            "act",
            "scene",
            "stage",
            "number",
            "asset",
            "call_id",
            "engine",
            "model",
            "model_version",
            "prompt",
            "request_digest",
            "score",
            "opinion",
            "cost_milli",
            "chosen",
            "created_at",
        )
        read_only_fields = fields

    def get_opinion(self, take: Take) -> dict[str, Any]:
        """Scores with reasons, by whom; empty when nobody was asked."""
        return opinion_of(take)


class ReviewSerializer(serializers.ModelSerializer[GateReview]):
    """A gate review with the evidence that was shown."""

    class Meta:
        model = GateReview
        fields = (
            "id",
            "gate",
            "revision",
            "evidence",
            "subject_digest",
            "state",
            "decided_by",
            "decided_at",
            "note",
            "superseded_because",
            "created_at",
        )
        read_only_fields = fields


class GateDecision(serializers.Serializer[Any]):
    """A decision about the evidence with digest `seen`."""

    decision = serializers.ChoiceField(["approve", "return"])
    seen = serializers.RegexField(r"^[0-9a-f]{64}$")
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    cap_milli = serializers.IntegerField(required=False, min_value=0, max_value=2**53 - 1)
    shots = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=500)


class EpisodeViewSet(PlanActions, ProposalActions, viewsets.ReadOnlyModelViewSet[Episode]):
    """Episodes; submit, revise, cancel; ask for proposals; look at gates and decide them."""

    serializer_class = EpisodeSerializer
    lookup_value_converter = "uuid"
    queryset = Episode._base_manager.none()

    def get_queryset(self) -> Any:
        """By age; `?project=` narrows it."""
        rows, project = Episode.objects.order_by("created_at", "pk"), self.request.query_params.get("project")
        return rows.filter(project_id=project) if project else rows

    def _episode(self, kwargs: dict[str, Any]) -> Episode:
        return get_for(Episode, kwargs["pk"], using=Episode.objects.select_related("project"))

    @extend_schema(request=None, responses=ReviewSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Send the board to Gate A."""
        return Response(
            ReviewSerializer(services.submit(episode=self._episode(kwargs), actor=person(request))).data
        )

    @extend_schema(request=None, responses=EpisodeSerializer)
    @action(detail=True, methods=["post"])
    def revise(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Start the next revision; the certified master stays."""
        return Response(
            EpisodeSerializer(services.revise(episode=self._episode(kwargs), actor=person(request))).data
        )

    @extend_schema(request=None, responses=EpisodeSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Stop everything of this episode."""
        return Response(
            EpisodeSerializer(services.cancel(episode=self._episode(kwargs), actor=person(request))).data
        )

    @extend_schema(
        responses=ReviewSerializer,
        parameters=[OpenApiParameter("gate", str, OpenApiParameter.PATH, enum=["a", "b", "c"])],
    )
    @action(detail=True, methods=["get"], url_path="gates/<str:gate>")
    def gate(self, request: HttpRequest, gate: str, **kwargs: Any) -> Response:
        """The open review with its evidence as it is now, or the last one."""
        episode = self._episode(kwargs)
        review = (
            gates.refresh(episode, gate)
            if episode.state == f"gate_{gate}"
            else gates.last_decision(episode, gate)
        )
        if review is None:
            raise NotFound("This gate has not been reached.")
        return Response(ReviewSerializer(review).data)

    @extend_schema(
        request=GateDecision,
        responses=ReviewSerializer,
        parameters=[OpenApiParameter("gate", str, OpenApiParameter.PATH, enum=["a", "b", "c"])],
    )
    @action(detail=True, methods=["post"], url_path="gates/<str:gate>/decide")
    def decide(self, request: HttpRequest, gate: str, **kwargs: Any) -> Response:
        """Decide an open gate about exactly what was seen."""
        form = GateDecision(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        values, episode = form.validated_data, self._episode(kwargs)
        if gate not in gates.NAMES:
            raise NotFound("There is no such gate.")
        approve, actor = values["decision"] == "approve", person(request)
        if gate == "b" and not approve:
            shots = list(Shot.objects.filter(episode=episode, pk__in=values["shots"]).order_by("position"))
            review = services.redo_shots(
                episode=episode, shots=shots, seen=values["seen"], actor=actor, note=values["note"]
            )
        else:
            review = gates.decide(
                episode=episode,
                gate=gate,
                approve=approve,
                seen=values["seen"],
                actor=actor,
                note=values["note"],
                cap_milli=values.get("cap_milli"),
            )
        return Response(ReviewSerializer(review).data)


class GuidesJob(serializers.Serializer[Any]):
    """The job that draws the control passes."""

    job = serializers.UUIDField()


class ShotViewSet(PerformanceActions, viewsets.ReadOnlyModelViewSet[Shot]):
    """Shots; `PATCH` edits one, `POST …/move` places it, `POST …/guides` draws its control passes, `…/performance`
    holds the film of somebody who acts it."""

    serializer_class = ShotSerializer
    lookup_value_converter = "uuid"
    queryset = Shot._base_manager.none()

    def get_queryset(self) -> Any:
        """In order of the board; `?episode=` narrows it."""
        rows = (
            Shot.objects.select_related("episode__project", "scene", "act")
            .prefetch_related("lines", "cast")
            .order_by("episode_id", "position")
        )
        episode = self.request.query_params.get("episode")
        return rows.filter(episode_id=episode) if episode else rows

    @extend_schema(request=ShotChanges, responses=ShotSerializer)
    def partial_update(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Edit a shot; after Gate A this opens the gate again."""
        form = ShotChanges(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        found = get_for(Shot, kwargs["pk"], using=self.get_queryset())
        services.edit_shot(shot=found, changes=dict(form.validated_data), actor=person(request))
        return Response(ShotSerializer(get_for(Shot, found.pk, using=self.get_queryset())).data)

    @extend_schema(
        request=None, parameters=[OpenApiParameter("to", int, OpenApiParameter.PATH)], responses={204: None}
    )
    @action(detail=True, methods=["post"], url_path="move/<int:to>")
    def move(self, request: HttpRequest, to: int, **kwargs: Any) -> Response:
        """Put the shot at this place (from 1)."""
        services.move_shot(
            shot=get_for(Shot, kwargs["pk"], using=self.get_queryset()), to=to, actor=person(request)
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={202: GuidesJob})
    @action(detail=True, methods=["post"])
    def guides(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Draw the shot's control passes as it stands (free); they come as a take of the stage `guides`."""
        shot = get_for(Shot, kwargs["pk"], using=self.get_queryset())
        job = services.ask_guides(shot=shot, actor=person(request))
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)


class TakeViewSet(viewsets.ReadOnlyModelViewSet[Take]):
    """Takes; `POST …/choose` uses one."""

    serializer_class = TakeSerializer
    lookup_value_converter = "uuid"
    queryset = Take._base_manager.none()

    def get_queryset(self) -> Any:
        """Newest first; `?episode=`, `?shot=` and `?stage=` narrow it."""
        rows = Take.objects.select_related("episode__project").order_by("-created_at")
        for name in ("episode", "shot", "stage"):
            value = self.request.query_params.get(name)
            rows = rows.filter(**{name: value}) if value else rows
        return rows

    @extend_schema(request=None, responses=TakeSerializer)
    @action(detail=True, methods=["post"])
    def choose(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Use this take."""
        return Response(
            TakeSerializer(
                services.choose_take(
                    take=get_for(Take, kwargs["pk"], using=self.get_queryset()), actor=person(request)
                )
            ).data
        )

    @extend_schema(request=None, responses=TakeSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Let a keyframe that a paid engine made go on to its clip."""
        found = get_for(Take, kwargs["pk"], using=self.get_queryset())
        return Response(TakeSerializer(services.approve_keyframe(take=found, actor=person(request))).data)
