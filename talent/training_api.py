"""Trainings over the API, through the verbs of the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from talent import training as verbs
from talent.models import Character, Training
from talent.queries import training_state, trainings
from tenancy.queries import get_for
from tenancy.web import person


class TrainingSerializer(serializers.ModelSerializer[Training]):
    """A training: what it learns from and for which weights, how far it is, what came of it. `losses` are means."""

    state = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    sha256 = serializers.CharField(source="lora.sha256", read_only=True, default=None)

    class Meta:
        model = Training
        fields = (
            "id",
            "character",
            "base",
            "word",
            "examples",
            "width",
            "height",
            "rank",
            "steps",
            "learning_rate",
            "seed",
            "job",
            "state",
            "progress",
            "lora",
            "sha256",
            "losses",
            "facts",
            "consents",
            "worn",
            "scale",
            "created_at",
        )
        read_only_fields = fields

    def get_state(self, training: Training) -> str:
        """done, or how its job stands."""
        return training_state(training)

    def get_progress(self, training: Training) -> dict[str, Any]:
        """{done, total, stage} as far as it is known."""
        return dict(training.job.progress) if training.job else {}


class Picture(serializers.Serializer[Any]):
    """A reference picture of the character, and what is to be seen in it."""

    reference = serializers.UUIDField()
    caption = serializers.CharField(max_length=verbs.MOST_CAPTION)


class NewTraining(serializers.Serializer[Any]):
    """What is to be learned. `base` names the weights; `word` stands in every caption and calls what was learned."""

    character = serializers.UUIDField()
    base = serializers.CharField(max_length=80)
    pictures = Picture(many=True)
    word = serializers.CharField(max_length=40, default="", allow_blank=True)
    width = serializers.IntegerField(default=512)
    height = serializers.IntegerField(default=512)
    rank = serializers.IntegerField(default=8)
    steps = serializers.IntegerField(default=800)
    learning_rate = serializers.FloatField(default=1e-4)
    seed = serializers.IntegerField(default=1)


class Strength(serializers.Serializer[Any]):
    """How strongly it is worn, from 0 (not at all) to 1."""

    scale = serializers.FloatField(default=1.0)


class TrainingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Training]):
    """Trainings of characters, newest first; `?character=` narrows them."""

    serializer_class = TrainingSerializer
    lookup_value_converter = "uuid"
    queryset = Training._base_manager.none()

    def get_queryset(self) -> Any:
        """With character, job and file."""
        wanted = self.request.query_params.get("character")
        return trainings().filter(character=get_for(Character, wanted)) if wanted else trainings()

    @extend_schema(request=NewTraining, responses={201: TrainingSerializer})
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Start a training; its job waits in the queue of the workers that draw with weights."""
        form = NewTraining(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        character = get_for(Character, values.pop("character"))
        lesson = verbs.Lesson(
            pictures={one["reference"]: one["caption"] for one in values.pop("pictures")},
            size=(values.pop("width"), values.pop("height")),
            **values,
        )
        made = verbs.start(character=character, lesson=lesson, actor=person(request))
        return Response(TrainingSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=TrainingSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Stop it."""
        verbs.cancel(training=self.get_object(), actor=person(request))
        return Response(TrainingSerializer(self.get_object()).data)

    @extend_schema(request=Strength, responses=TrainingSerializer)
    @action(detail=True, methods=["post"])
    def wear(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Have the character wear it, instead of another for the same weights."""
        form = Strength(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        worn = verbs.wear(
            training=self.get_object(), scale=form.validated_data["scale"], actor=person(request)
        )
        return Response(TrainingSerializer(worn).data)

    @extend_schema(request=None, responses=TrainingSerializer)
    @action(detail=True, methods=["post"], url_path="take-off")
    def take_off(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Have the character wear it no more."""
        return Response(
            TrainingSerializer(verbs.take_off(training=self.get_object(), actor=person(request))).data
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Take an ended training out of the roster; its files stay in the vault."""
        verbs.drop(training=self.get_object(), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
