"""Proposals over the API: what is left open and at which price, asking, taking over."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from episodes import proposing
from episodes.models import Episode
from tenancy.errors import NotFound
from tenancy.queries import get_for
from tenancy.web import person


class ProposalRow(serializers.Serializer[Any]):
    """One proposal: the character or shot it is about, its words, and what became of it."""

    key = serializers.UUIDField()
    title = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(["open", "taken", "passed"])


class Proposals(serializers.Serializer[Any]):
    """What a script leaves open, what asking costs at most, and the newest answer."""

    people = serializers.IntegerField()
    shots = serializers.IntegerField()
    engine = serializers.CharField(allow_blank=True)
    high_milli = serializers.IntegerField()
    job = serializers.UUIDField(allow_null=True)
    state = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_blank=True)
    rows = ProposalRow(many=True)


class Asking(serializers.Serializer[Any]):
    """The most that asking may cost."""

    cap_milli = serializers.IntegerField(min_value=0, max_value=2**53 - 1)


class Taking(serializers.Serializer[Any]):
    """The proposals to take over, by their keys."""

    keys = serializers.ListField(child=serializers.UUIDField(), max_length=200)


class ProposalActions:
    """Mixed into the episodes' view set."""

    @extend_schema(methods=["GET"], responses=Proposals)
    @extend_schema(methods=["POST"], request=Asking, responses=Proposals)
    @action(detail=True, methods=["get", "post"])
    def proposals(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Show, or ask a language model under a cap."""
        episode = _episode(kwargs)
        if request.method == "POST":
            form = Asking(data=request.data)  # type: ignore[attr-defined]
            form.is_valid(raise_exception=True)
            cap = form.validated_data["cap_milli"]
            proposing.ask(episode=episode, cap_milli=cap, actor=person(request))
        return _shown(episode)

    @extend_schema(request=Taking, responses=Proposals)
    @action(detail=True, methods=["post"], url_path="proposals/take")
    def take_proposals(self, request: HttpRequest, **kwargs: Any) -> Response:
        """Take proposals over into bibles and shots."""
        form = Taking(data=request.data)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        episode, keys = _episode(kwargs), {str(key) for key in form.validated_data["keys"]}
        job = proposing.newest(episode)
        if job is None:
            raise NotFound("Nobody was asked.")
        proposing.take_over(episode=episode, job=job, keys=keys, actor=person(request))
        return _shown(episode)


def _episode(kwargs: dict[str, Any]) -> Episode:
    return get_for(Episode, kwargs["pk"], using=Episode.objects.select_related("project", "source"))


def _shown(episode: Episode) -> Response:
    left, job = proposing.left_open(episode), proposing.newest(episode)
    price = proposing.price(episode, left) if left and proposing.offered() else None
    facts = {
        "people": len(left.people),
        "shots": len(left.shots),
        "engine": price.engine if price else "",
        "high_milli": price.high if price else 0,
        "job": job.pk if job else None,
        "state": job.state if job else "",
        "by": (job.result or {}).get("by", "") if job else "",
        "rows": [asdict(row) for row in proposing.rows(episode, job)],
    }
    return Response(Proposals(facts).data)
