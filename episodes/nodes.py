"""What each step of the production graph does: build the request, let an engine do it, keep the result as a take.

Every handler has the same shape: read in a scope, call outside any transaction, close in one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from craft import sound
from craft.terms.delivery import frame_size
from craft.terms.rates import FrameRate
from engines.adapters.requests import Clip, Effect, Input, Judge, Keyframe, LipSync, Request, Score, Speech
from engines.services import CallResult, run_call
from episodes import packets, production
from episodes.gates import open_gate
from episodes.models import Act, Episode, Line, Shot, Take
from episodes.prompts import camera_instruction, look_instruction, words_of
from episodes.queries import cast_of, chosen_takes, next_take_number, shots_of
from episodes.spending import budget_of
from episodes.timing import place_lines, time_for_lines
from pipelines.catalogue import node_types
from pipelines.standard import standard
from scenes.models import Scene
from talent.models import Character
from tenancy.errors import SlateError
from tenancy.queries import get_for
from vault import services as vault
from vault.claims import DigitalSource, Ingredient, ShotClaim
from vault.models import Asset
from workflow import jobs
from workflow.events import emit
from workflow.runner import Context
from workflow.transitions import apply

BUILT_IN = "previs/animatic"


@dataclass(slots=True)
class Order:
    """One thing to be made: for whom, from which assets, by which request."""

    episode: Episode
    stage: str
    subject: UUID
    title: str
    build: Callable[[Mapping[str, Path]], Request]
    role: str
    owner: dict[str, Any]
    assets: dict[str, Asset] = field(default_factory=dict)
    pins: Sequence[str] = ()
    meta: dict[str, Any] = field(default_factory=dict)


def _make(ctx: Context, order: Order) -> dict[str, Any]:
    """Call an engine for the order, sign and store what comes, and close the job with the take."""
    with ExitStack() as stack:
        paths = {name: stack.enter_context(vault.local_path(asset)) for name, asset in order.assets.items()}
        request = order.build(paths)
        result = run_call(
            ctx,
            request=request,
            role=order.role,
            subject=f"episodes.{order.stage}:{order.subject}",
            project=order.episode.project_id,
            pins=order.pins,
            budget=budget_of(order.episode),
        )
        ctx.check()
        best = result.files[0]
        staged = vault.stage(
            best.path, mime=best.mime, sign=_claim(order, request, result, paths), studio_id=ctx.studio_id
        )
    with ctx.closing({"stage": order.stage, "engine": result.engine}):
        asset = vault.attach(
            staged,
            kind=order.stage,
            title=order.title,
            project=order.episode.project_id,
            meta={**order.meta, "call": str(result.call_id)},
            parents=[(a, role) for role, a in order.assets.items()],
        )
        _keep(order, request, result, asset)
    return {}


def _claim(order: Order, request: Request, result: CallResult, paths: Mapping[str, Path]) -> ShotClaim:
    """What made the file, with the signed files it was made from as ingredients."""
    signed = [(name, asset) for name, asset in order.assets.items() if asset.signed]
    return ShotClaim(
        inputs=[Ingredient(asset.title, paths[name]) for name, asset in signed],
        engine=result.engine,
        model=result.model,
        model_version=result.model_version,
        prompt_hash=request.fingerprint(),
        title=order.title,
        references=[(name, asset.sha256) for name, asset in sorted(order.assets.items())],
        seed=request.seed,
        digital_source=DigitalSource.ALGORITHMIC if result.builtin else DigitalSource.TRAINED,
    )


def _keep(order: Order, request: Request, result: CallResult, asset: Asset) -> Take:
    """Record the take and choose it: the newest take is shown until somebody picks another."""
    Take.objects.filter(stage=order.stage, subject_id=order.subject, chosen=True).update(chosen=False)
    take: Take = Take.objects.create(
        episode=order.episode,
        stage=order.stage,
        subject_id=order.subject,
        number=next_take_number(order.stage, order.subject),
        asset=asset,
        call_id=result.call_id,
        engine=result.engine,
        model=result.model,
        model_version=result.model_version,
        prompt=getattr(request, "prompt", "") or getattr(request, "text", ""),
        request_digest=request.fingerprint(),
        meta={**order.meta, **dict(result.files[0].meta)},
        cost_milli=result.cost_milli,
        chosen=True,
        **order.owner,
    )
    emit(
        order.episode.project_id,
        "take.made",
        {"take": str(take.pk), "stage": order.stage, "shot": str(take.shot_id or ""), "title": order.title},
    )
    return take


def _shot(ctx: Context, episode: str, shot: str) -> tuple[Episode, Shot]:
    found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
    return found, shots_of(found).get(pk=shot)


def make_board(ctx: Context, *, episode: str, shot: str, **later: Any) -> dict[str, Any] | None:
    """A free frame for the storyboard, drawn by the built-in engine only: nothing may cost before Gate A."""
    with ctx.scope():
        order = _still(*_shot(ctx, episode, shot), stage="board", pins=(BUILT_IN,))
    return _make(ctx, order)


def make_keyframe(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The still that every picture of the shot starts from."""
    with ctx.scope():
        order = _still(*_shot(ctx, episode, subject), stage="keyframe")
    return _make(ctx, order)


def _still(episode: Episode, shot: Shot, *, stage: str, pins: Sequence[str] = ()) -> Order:
    cast, project = cast_of(shot), episode.project
    packet = packets.shot_packet(shot, project, cast)
    width, height = frame_size(project.aspect, project.quality)
    request = Keyframe(
        prompt=look_instruction(shot, cast, project),
        width=width,
        height=height,
        packet=packet,
        seed=packet["seed"],
    )
    return Order(
        episode,
        stage,
        shot.pk,
        f"{shot.label} {stage}",
        lambda _: request,
        "keyframe",
        {"shot": shot},
        pins=pins,
    )


def approve_keyframe(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Let a keyframe go on: by rule when its engine is built in (drawn from the definitions), else by a person."""
    with ctx.closing({"by": "rule"}):
        found, shot = _shot(ctx, episode, subject)
        take = chosen_takes(found).get(("keyframe", shot.pk))
        if take is None:
            raise SlateError(
                f"{shot.label} has no keyframe.", code="keyframe.missing", next_step="Generate it again."
            )
        by_rule = f"{take.engine}/{take.model}" == BUILT_IN
        if not by_rule and not take.meta.get("approved_by"):
            raise jobs.Again(0, waiting_for="gate")
    return None


def make_speech(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """One line in its character's voice, fitted to its shot."""
    with ctx.scope():
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
        order = Order(
            found, "speech", line.pk, title, lambda _: request, "speech", {"shot": line.shot, "line": line}
        )
    return _make(ctx, order)


def make_clip(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The moving shot; it starts from the approved keyframe."""
    with ctx.scope():
        found, shot = _shot(ctx, episode, subject)
        cast, project = cast_of(shot), found.project
        packet = packets.shot_packet(shot, project, cast)
        takes = chosen_takes(found)
        anchor = takes["keyframe", shot.pk].asset
        width, height = frame_size(project.aspect, project.quality)

        def build(paths: Mapping[str, Path]) -> Request:
            return Clip(
                prompt=camera_instruction(shot, cast),
                width=width,
                height=height,
                rate=project.rate,
                frames=shot.frames,
                packet=packet,
                movement=shot.movement,
                direction=shot.direction,
                angle=shot.angle,
                seed=packet["seed"],
                first=Input(paths["keyframe"], anchor.sha256, anchor.mime, "keyframe"),
            )

        meta = {"frames": shot.frames, "dialogue": bool(_seen_lines(shot))}
        order = Order(
            found,
            "clip",
            shot.pk,
            f"{shot.label} clip",
            build,
            "clip",
            {"shot": shot},
            {"keyframe": anchor},
            meta=meta,
        )
    return _make(ctx, order)


def make_lips(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Mouths on the plate of a shot in which somebody is seen speaking; other shots need none."""
    with ctx.scope():
        found, shot = _shot(ctx, episode, subject)
        spoken = _spoken(found, shot)
    if not spoken:
        with ctx.closing({"lips": "nobody is seen speaking"}):
            return None
    with ctx.scope():
        order = _lips_order(found, shot, spoken)
    return _make(ctx, order)


def _seen_lines(shot: Shot) -> list[Line]:
    seen = {entry.character_id for entry in shot.cast.all()}
    return [line for line in shot.lines.all() if not line.off_screen and line.character_id in seen]


def _spoken(episode: Episode, shot: Shot) -> list[tuple[Line, Take, int]]:
    """Seen lines with their take and their start in the shot, in milliseconds."""
    takes, rate = chosen_takes(episode), FrameRate.parse(episode.project.rate)
    lines = [(line, takes["speech", line.pk]) for line in shot.lines.all() if ("speech", line.pk) in takes]
    spots = place_lines([float(take.meta["seconds"]) for _, take in lines], shot.frames, rate)
    seen = {line.pk for line in _seen_lines(shot)}
    return [
        (line, take, round(float(rate.seconds(spot.start)) * 1000))
        for (line, take), spot in zip(lines, spots, strict=True)
        if line.pk in seen
    ]


def _lips_order(episode: Episode, shot: Shot, spoken: Sequence[tuple[Line, Take, int]]) -> Order:
    cast, project = cast_of(shot), episode.project
    cues = [
        (str(line.character_id), [[c["at_ms"], c["viseme"]] for c in take.meta["visemes"]], at)
        for line, take, at in spoken
    ]
    packet = packets.with_visemes(packets.shot_packet(shot, project, cast), cues)
    plate = chosen_takes(episode)["clip", shot.pk].asset
    assets = {"plate": plate, **{f"speech {i}": take.asset for i, (_, take, _) in enumerate(spoken, 1)}}

    def build(paths: Mapping[str, Path]) -> Request:
        speech = tuple(
            Input(paths[name], assets[name].sha256, assets[name].mime, name)
            for name in assets
            if name != "plate"
        )
        return LipSync(
            plate=Input(paths["plate"], plate.sha256, plate.mime, "plate"),
            rate=project.rate,
            frames=shot.frames,
            packet=packet,
            speech=speech,
            seed=packet["seed"],
        )

    return Order(
        episode,
        "lips",
        shot.pk,
        f"{shot.label} lips",
        build,
        "lips",
        {"shot": shot},
        assets,
        meta={"frames": shot.frames},
    )


def judge_take(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Measure the shot's picture against its keyframe and the cast's wardrobe; keep the figures with the take."""
    with ctx.scope():
        found, shot = _shot(ctx, episode, subject)
        takes = chosen_takes(found)
        picture = takes.get(("lips", shot.pk)) or takes["clip", shot.pk]
        clip, anchor = picture.asset, takes["keyframe", shot.pk].asset
        palette = {c.name: c.look["wardrobe"]["top"] for c in cast_of(shot)}
        boxes = wardrobe_boxes(picture.meta.get("subject_boxes") or [], cast_of(shot))
    with vault.local_path(clip) as path, vault.local_path(anchor) as still:
        request = Judge(
            clip=Input(path, clip.sha256, clip.mime, "take"),
            reference=Input(still, anchor.sha256, anchor.mime, "keyframe"),
            palette=palette,
            boxes=boxes,
        )
        result = run_call(
            ctx,
            request=request,
            role="judge",
            subject=f"episodes.judge:{shot.pk}",
            project=found.project_id,
            budget=budget_of(found),
        )
    with ctx.closing({"score": result.files[0].meta["score"]["total"]}):
        facts = result.files[0].meta
        picture.score = {
            **facts["score"],
            "report": facts["report"],
            "judge": f"{result.engine} {result.model_version}",
        }
        picture.save(update_fields=["score", "updated_at"])
        fresh = get_for(Shot, shot.pk)
        if fresh.state == "wip":
            apply(fresh, "present", actor=None)
        emit(
            found.project_id,
            "take.scored",
            {"shot": str(shot.pk), "take": str(picture.pk), "verdict": facts["score"]["verdict"]},
        )
    return None


def wardrobe_boxes(frames: Sequence[Mapping[str, Any]], cast: Sequence[Character]) -> dict[str, list[float]]:
    """Where each character's top garment is on average: the middle of their box, normalised x0, y0, x1, y1."""
    found = {}
    for character in cast:
        seen = [box for frame in frames if (box := frame.get(str(character.pk)))]
        if not seen:
            continue
        x0, y0, x1, y1 = (sum(box[i] for box in seen) / len(seen) for i in range(4))
        inset, height = (x1 - x0) * 0.3, y1 - y0
        area = [
            max(0.0, x0 + inset),
            max(0.0, y0 + height * 0.32),
            min(1.0, x1 - inset),
            min(1.0, y0 + height * 0.55),
        ]
        if area[2] - area[0] > 0.01 and area[3] - area[1] > 0.01:
            found[character.name] = area
    return found


def make_score(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Music for one act, as long as the act plays."""
    with ctx.scope():
        found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
        act = get_for(Act, subject)
        project, rate = found.project, FrameRate.parse(found.project.rate)
        seconds = float(rate.seconds(max(1, production.act_frames(found).get(act.pk, 0))))
        request = Score(
            seconds=seconds,
            valence=act.valence,
            energy=act.energy,
            genre=project.genre,
            seed=project.seed * 100 + act.number,
            spec={"theme": project.title},
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
    return _make(ctx, order)


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
        seconds = float(rate.seconds(production.scene_frames(found)))
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
    return _make(ctx, order)


def _effect(
    ctx: Context, episode: Episode, shot: Shot, index: int, kind: str, params: Mapping[str, Any], at: float
) -> tuple[Order, Request, CallResult, vault.Staged]:
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
    best, claim = result.files[0], _claim(order, request, result, {})
    return order, request, result, vault.stage(best.path, mime=best.mime, sign=claim, studio_id=ctx.studio_id)


def make_effects(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The single sounds a shot's action words ask for."""
    with ctx.scope():
        found, shot = _shot(ctx, episode, subject)
        wanted = sound.effects_for(shot.action)
    made = [_effect(ctx, found, shot, index, *one) for index, one in enumerate(wanted)]
    with ctx.closing({"effects": [order.meta["sound"] for order, *_ in made]}):
        Take.objects.filter(shot=shot, stage="effect", chosen=True).update(chosen=False)
        for order, request, result, staged in made:
            asset = vault.attach(
                staged, kind="effect", title=order.title, project=found.project_id, meta=order.meta
            )
            _keep(order, request, result, asset)
    return None


def takes_ready(ctx: Context, *, episode: str, **later: Any) -> dict[str, Any] | None:
    """All takes are there: present them at Gate B."""
    with ctx.closing():
        found = get_for(Episode, episode, using=Episode.objects.select_related("project"))
        if production.is_generating(found):
            apply(found, "takes_ready", actor=None)
            open_gate(found, "b")
    return None


def register() -> None:
    """Name the job of each standard node type and who does it."""
    for slug, handler, queue in (
        ("keyframe", make_keyframe, "short"),
        ("approve", approve_keyframe, "short"),
        ("speech", make_speech, "short"),
        ("clip", make_clip, "engine_io"),
        ("lips", make_lips, "engine_io"),
        ("judge", judge_take, "short"),
        ("score", make_score, "render"),
        ("ambience", make_ambience, "render"),
        ("effects", make_effects, "short"),
    ):
        job = f"episodes.make_{slug}"
        jobs.register(job, handler, queue=queue)
        node_types.register(slug, standard(slug, job=job))
