"""Steps that make sound: lines, score, ambience, single effects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import uuid5

from craft import sound
from craft.terms.cuts import Transition
from craft.terms.rates import FrameRate
from engines.adapters.requests import Effect, Score, Speech
from engines.services import CallResult, run_call
from episodes import packets, persons, production
from episodes.models import BROUGHT, Act, Episode, Line, Shot, Take
from episodes.nodes.making import Order, claim_of, keep, make, open_with, ordered, shot_of
from episodes.prompts import words_of
from episodes.queries import act_frames, scene_frames, shots_of
from episodes.spending import budget_of
from episodes.timing import time_for_lines
from scenes.models import Scene
from tenancy.queries import get_for
from vault import services as vault
from workflow.runner import Context

HIT_BY = (Transition.FLASH.value, Transition.WHIP.value)
"""Transitions on which the music lands an accent."""


def make_speech(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """One line in its character's voice, fitted to its shot."""
    return make(ctx, ordered(ctx, lambda: _line(episode, subject)))


def open_speech(ctx: Context, *, episode: str, subject: str, **later: Any) -> None:
    """Write the line's call with the claim."""
    open_with(ctx, _line(episode, subject))


def _line(episode: str, subject: str) -> Order:
    found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
    line = get_for(Line, subject, using=Line.objects.select_related("character", "shot"))
    rate = FrameRate.parse(found.project.rate)
    lines = production.lines_of(line.shot)
    room = time_for_lines([len(words_of(one.text)) for one in lines], line.shot.frames, rate)
    request = Speech(
        text=line.text,
        language=line.language,
        voice=line.character.voice,
        emotion=packets.emotion_of(line.parenthetical),
        max_seconds=room[[one.pk for one in lines].index(line.pk)],
    )
    title = f"{line.shot.label} {line.character.name}"
    owner = {"shot": line.shot, "line": line}
    uses = persons.heard([line], found.project_id)
    return Order(found, "speech", line.pk, title, lambda _: request, "speech", owner, uses=uses)


def make_score(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Music for one act, as long as the act plays."""
    with ctx.scope():
        found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
        act = get_for(Act, subject)
        project, rate = found.project, FrameRate.parse(found.project.rate)
        seconds = float(rate.seconds(max(1, act_frames(found).get(act.pk, 0))))
        request = Score(
            seconds=seconds,
            valence=act.valence,
            energy=act.energy,
            genre=project.genre,
            seed=project.seed * 100 + act.number,
            spec=_cue(found, act, rate, seconds),
        )
        order = Order(
            found,
            "score",
            act.pk,
            f"Score, {act}",
            lambda _: request,
            "score",
            {"act": act},
            meta={"title": str(act)},
        )
    return make(ctx, order)


def _cue(episode: Episode, act: Act, rate: FrameRate, seconds: float) -> dict[str, Any]:
    """What a cue follows: the themes of the production and of who is seen most, bar lines on cuts, hits on flashes."""
    shots = list(shots_of(episode).filter(act=act))
    starts, at = [], 0
    for index, shot in enumerate(shots):
        at -= shot.transition_frames if index else 0
        starts.append(float(rate.seconds(max(0, at))))
        at += shot.frames
    seen = Counter(entry.character.name for shot in shots for entry in shot.cast.all())
    numbers = list(Act.objects.filter(episode=episode).order_by("number").values_list("number", flat=True))
    hits = [s for shot, s in zip(shots, starts, strict=True) if shot.transition_in in HIT_BY and s < seconds]
    return {
        "theme": episode.project.title,
        "themes": [episode.project.title, *(name for name, _ in seen.most_common(2))],
        "cuts": [start for start in starts[1:] if start < seconds],
        "hits": hits,
        "intro": act.number == numbers[0],
        "out": act.number == numbers[-1],
    }


def make_ambience(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The bed of a scene, from its set, hour and air."""
    with ctx.scope():
        found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
        scene = get_for(Scene, subject)
        rate = FrameRate.parse(found.project.rate)
        actions = " ".join(shots_of(found).filter(scene=scene).values_list("action", flat=True))
        kind, params = sound.ambience_for(
            scene.set_kind, scene.time_of_day, scene.atmosphere["kind"], f"{scene.name} {actions}"
        )
        seconds = float(rate.seconds(scene_frames(found)))
        request = Effect(
            sound=kind, seconds=seconds, bed=True, params=params, seed=int(scene.layout.get("seed", 0))
        )
        meta = {"title": scene.name, "sound": kind}
        order = Order(
            found,
            "ambience",
            scene.pk,
            f"Ambience, {scene.name}",
            lambda _: request,
            "ambience",
            {"scene": scene},
            meta=meta,
        )
    return make(ctx, order)


def _effect(
    ctx: Context, episode: Episode, shot: Shot, index: int, kind: str, params: Mapping[str, Any], at: float
) -> tuple[Order, CallResult, vault.Staged]:
    """Make and stage one single sound of a shot."""
    request = Effect(sound=kind, seconds=0.0, params=params, seed=shot.number * 10 + index)
    subject, meta = uuid5(shot.pk, f"effect {index}"), {"sound": kind, "at": at}
    owner = {"shot": shot}
    order = Order(
        episode, "effect", subject, f"{shot.label} {kind}", lambda _: request, "effect", owner, meta=meta
    )
    result = run_call(
        ctx, request=request, role="effect", subject=f"episodes.effect:{subject}", project=episode.project_id,
        step=f"effect {index}", budget=budget_of(episode),
    )  # fmt: skip
    best, claim = result.files[0], claim_of(order, result, {})
    return order, result, vault.stage(best.path, mime=best.mime, sign=claim, studio_id=ctx.studio_id)


def make_effects(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The single sounds a shot's action words ask for."""
    with ctx.scope():
        found, shot = shot_of(ctx, episode, subject)
        wanted = sound.effects_for(shot.action, f"{shot.scene.set_kind} {shot.scene.name}")
    made = [_effect(ctx, found, shot, index, *one) for index, one in enumerate(wanted)]
    with ctx.closing({"effects": [order.meta["sound"] for order, *_ in made]}):
        # what a person brought stays: only they can tell what it stands for
        engines = Take.objects.filter(shot=shot, stage="effect", chosen=True).exclude(engine=BROUGHT)
        engines.update(chosen=False)
        brought = set(
            Take.objects.filter(shot=shot, stage="effect", chosen=True).values_list("subject_id", flat=True)
        )
        for order, result, staged in made:
            if order.subject in brought:
                continue
            asset = vault.attach(
                staged, kind="effect", title=order.title, project=found.project_id, meta=order.meta
            )
            keep(order, result, asset)
    return None
