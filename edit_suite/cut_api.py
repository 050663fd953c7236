"""The cut over the API: shots' cuts, titles, pictures in the picture, levels, mix and finish; the pages' own verbs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.response import Response

from edit_suite import cutting
from edit_suite.models import Inset, Programme, ShotCut, SoundLevel, TitleCard
from edit_suite.queries import programme_of
from episodes.models import Episode, Shot
from tenancy.queries import get_for
from tenancy.web import person
from vault.models import Asset


class CutSerializer(serializers.ModelSerializer[ShotCut]):
    """How a shot is cut; what is absent stays."""

    class Meta:
        model = ShotCut
        fields = ("shot", *cutting.CUT_FIELDS)
        read_only_fields = ("shot",)


class TitleSerializer(serializers.ModelSerializer[TitleCard]):
    """A title over a shot."""

    class Meta:
        model = TitleCard
        fields = ("id", "shot", *cutting.TITLE_FIELDS)


class InsetSerializer(serializers.ModelSerializer[Inset]):
    """A picture in the picture."""

    class Meta:
        model = Inset
        fields = ("id", "shot", "asset", *cutting.INSET_FIELDS)


class LevelSerializer(serializers.ModelSerializer[SoundLevel]):
    """How one sound is heard: the take's stage and subject name it."""

    class Meta:
        model = SoundLevel
        fields = ("id", "episode", "stage", "subject_id", *cutting.LEVEL_FIELDS)
        # the pair is the name under which a level is set, again and again
        validators: list[Any] = []


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """Mix and finish of an episode."""

    class Meta:
        model = Programme
        fields = ("episode", "mix", "rooms", "loudness", "finish")
        read_only_fields = ("episode",)


def _changes(form: type[serializers.ModelSerializer[Any]], request: HttpRequest) -> dict[str, Any]:
    """The fields that were sent, of the right kinds. Raises DRF's ValidationError."""
    sent = form(data=request.data, partial=True)  # type: ignore[attr-defined]
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def _episode(pk: Any) -> Episode:
    return get_for(Episode, pk, using=Episode.objects.select_related("project"))


def _shot(pk: Any) -> Shot:
    return get_for(Shot, pk, using=Shot.objects.select_related("episode__project"))


class CutViewSet(viewsets.GenericViewSet[ShotCut]):
    """The cut of a shot, by the shot's id."""

    serializer_class = CutSerializer
    lookup_value_converter = "uuid"
    queryset = ShotCut._base_manager.none()

    def retrieve(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """How a shot is cut; one that nobody touched plays as it was made."""
        shot = _shot(pk)
        row = ShotCut.objects.filter(shot=shot).first() or ShotCut(shot=shot)
        return Response(CutSerializer(row).data)

    @extend_schema(request=CutSerializer(partial=True), responses=CutSerializer)
    def partial_update(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """Cut a shot anew; absent figures stay."""
        shot, changes = _shot(pk), _changes(CutSerializer, request)
        return Response(
            CutSerializer(cutting.set_cut(shot=shot, changes=changes, actor=person(request))).data
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """Let the shot play as it was made."""
        row = ShotCut.objects.filter(shot=_shot(pk)).select_related("shot__episode__project").first()
        if row is not None:
            cutting.remove(row=row, actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TitleViewSet(viewsets.ReadOnlyModelViewSet[TitleCard]):
    """Titles; `?episode=` narrows the list."""

    serializer_class = TitleSerializer
    lookup_value_converter = "uuid"
    queryset = TitleCard._base_manager.none()

    def get_queryset(self) -> Any:
        """By age."""
        rows = TitleCard.objects.select_related("shot__episode__project").order_by("created_at", "pk")
        episode = self.request.query_params.get("episode")
        return rows.filter(shot__episode=episode) if episode else rows

    @extend_schema(request=TitleSerializer, responses={201: TitleSerializer})
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Put a title over a shot."""
        changes = _changes(TitleSerializer, request)
        shot = _shot(_named(changes, "shot"))
        row = cutting.add_title(shot=shot, changes=changes, actor=person(request))
        return Response(TitleSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=TitleSerializer(partial=True), responses=TitleSerializer)
    def partial_update(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """Change a title."""
        changes = _changes(TitleSerializer, request)
        changes.pop("shot", None)
        row = get_for(TitleCard, pk, using=self.get_queryset())
        return Response(
            TitleSerializer(cutting.edit_title(title=row, changes=changes, actor=person(request))).data
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """Take a title away."""
        cutting.remove(row=get_for(TitleCard, pk, using=self.get_queryset()), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class InsetViewSet(viewsets.ReadOnlyModelViewSet[Inset]):
    """Pictures in the picture; `?episode=` narrows the list."""

    serializer_class = InsetSerializer
    lookup_value_converter = "uuid"
    queryset = Inset._base_manager.none()

    def get_queryset(self) -> Any:
        """By age."""
        rows = Inset.objects.select_related("shot__episode__project", "asset").order_by("created_at", "pk")
        episode = self.request.query_params.get("episode")
        return rows.filter(shot__episode=episode) if episode else rows

    @extend_schema(request=InsetSerializer, responses={201: InsetSerializer})
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Lay a picture of the vault over a shot."""
        changes = _changes(InsetSerializer, request)
        shot, asset = _shot(_named(changes, "shot")), get_for(Asset, _named(changes, "asset"))
        row = cutting.add_inset(shot=shot, asset=asset, changes=changes, actor=person(request))
        return Response(InsetSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """Take a picture away."""
        cutting.remove(row=get_for(Inset, pk, using=self.get_queryset()), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class LevelViewSet(viewsets.ReadOnlyModelViewSet[SoundLevel]):
    """How single sounds are heard; `?episode=` narrows the list."""

    serializer_class = LevelSerializer
    lookup_value_converter = "uuid"
    queryset = SoundLevel._base_manager.none()

    def get_queryset(self) -> Any:
        """By age."""
        rows = SoundLevel.objects.select_related("episode__project").order_by("created_at", "pk")
        episode = self.request.query_params.get("episode")
        return rows.filter(episode=episode) if episode else rows

    @extend_schema(request=LevelSerializer, responses=LevelSerializer)
    def create(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Set how the sound of a stage and subject is heard."""
        changes = _changes(LevelSerializer, request)
        names = {name: _named(changes, name) for name in ("episode", "stage", "subject_id")}
        row = cutting.set_level(
            episode=_episode(names["episode"]),
            stage=names["stage"],
            subject=names["subject_id"],
            changes=changes,
            actor=person(request),
        )
        return Response(LevelSerializer(row).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """Let the sound be heard as it is placed."""
        cutting.remove(row=get_for(SoundLevel, pk, using=self.get_queryset()), actor=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProgrammeViewSet(viewsets.GenericViewSet[Programme]):
    """Mix and finish, by the episode's id."""

    serializer_class = ProgrammeSerializer
    lookup_value_converter = "uuid"
    queryset = Programme._base_manager.none()

    def retrieve(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """The mix and the finish of an episode."""
        episode = _episode(pk)
        return Response(ProgrammeSerializer(programme_of(episode) or Programme(episode=episode)).data)

    @extend_schema(request=ProgrammeSerializer(partial=True), responses=ProgrammeSerializer)
    def partial_update(self, request: HttpRequest, pk: Any, **kwargs: Any) -> Response:
        """Change the mix, the finish or both; absent parts stay."""
        episode, actor = _episode(pk), person(request)
        sent = _changes(ProgrammeSerializer, request)
        known = programme_of(episode) or Programme(episode=episode)
        if {"mix", "rooms", "loudness"} & sent.keys():
            cutting.set_mix(
                episode=episode,
                mix={**known.mix, **sent.get("mix", {})},
                rooms=sent.get("rooms", known.rooms),
                loudness=sent.get("loudness", known.loudness),
                actor=actor,
            )
        if "finish" in sent:
            cutting.set_finish(episode=episode, finish=cutting.finish_from(sent["finish"]), actor=actor)
        return self.retrieve(request, pk)


def _named(changes: dict[str, Any], name: str) -> Any:
    """The id of a row the request names, taken out of the changes. Raises DRF's ValidationError."""
    found = changes.pop(name, None)
    if found is None:
        raise serializers.ValidationError({name: ["This field is required."]})
    return getattr(found, "pk", found)
