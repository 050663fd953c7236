"""Steps that make pictures: board frames, keyframes and their approval, clips, mouths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from craft.terms.delivery import frame_size
from craft.terms.rates import FrameRate
from craft.terms.shots import ShotRole
from engines.adapters.inputs import Input
from engines.adapters.requests import Clip, Keyframe, LipSync, Request
from engines.adapters.wording import optics_named
from engines.errors import NoRoute
from engines.queries import reference_of
from engines.rights import Use
from episodes import packets, persons
from episodes.anchors import LAST
from episodes.casting import TRAINED_STILL, made_scene, policy_levels, role_of
from episodes.models import Episode, Line, Shot, Take
from episodes.nodes.acting import film_at, given_film
from episodes.nodes.guides import controls_of
from episodes.nodes.making import BUILT_IN, Order, make, open_with, ordered, shot_of
from episodes.nodes.wiring import Wiring
from episodes.performed import NODE, PORT, acted_in
from episodes.prompts import FIRST_FRAME, end_instruction, look_instruction, motion_instruction, spoken_words
from episodes.queries import cast_of, chosen_takes, facts_digest
from episodes.references import Picture, pictures_of
from episodes.second_try import scored_low
from episodes.timing import place_lines
from episodes.wearing import Outfit, outfits_of, wearers
from pipelines.standard import PROJECT
from studio.models import Project
from vault.models import Asset
from workflow import jobs
from workflow.runner import Context


def make_board(ctx: Context, *, episode: str, shot: str, **later: Any) -> dict[str, Any] | None:
    """A free frame for the storyboard, drawn by the built-in engine only: nothing may cost before Gate A."""
    with ctx.scope():
        order = _still(*shot_of(ctx, episode, shot), stage="board", pins=(BUILT_IN,))
    return make(ctx, order)


def make_keyframe(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The still that every picture of the shot starts from."""
    return make(ctx, ordered(ctx, lambda: _keyframe(ctx, episode, subject, later)))


def open_keyframe(ctx: Context, *, episode: str, subject: str, **later: Any) -> None:
    """Write the still's call with the claim."""
    open_with(ctx, _keyframe(ctx, episode, subject, later))


def _keyframe(ctx: Context, episode: str, subject: str, later: Mapping[str, Any]) -> Order:
    found, shot = shot_of(ctx, episode, subject)
    outfits = outfits_of(shot)
    uses = persons.seen(shot, found.project_id, wearers(outfits))
    wired = Wiring.of(later).wired
    return _still(found, shot, stage="keyframe", uses=uses, wired=wired, outfits=outfits)


def _still(
    episode: Episode,
    shot: Shot,
    *,
    stage: str,
    pins: Sequence[str] = (),
    uses: Sequence[Use] = (),
    wired: Sequence[str] = (),
    outfits: Sequence[Outfit] = (),
    first: Take | None = None,
) -> Order:
    """The order for a still of the shot: of its beginning, or of its end where it goes by the `first` frame."""
    cast, project = cast_of(shot), episode.project
    trained = role_of(shot, cast, wearers(outfits)) is ShotRole.TRAINED_CLOSE_UP
    packet = packets.shot_packet(shot, project, cast)
    width, height = frame_size(project.aspect, project.quality)
    request = Keyframe(
        prompt=look_instruction(shot, cast, project)
        + (end_instruction(shot) if first else "")
        + (spoken_words(shot) if "text" in wired else ""),
        width=width,
        height=height,
        packet=packet,
        frame=shot.frames - 1 if first else 0,
        seed=packet["seed"],
    )

    def build(paths: Mapping[str, Path]) -> Request:
        return replace(request, references=order.references(paths), loras=order.loras(paths))

    order = Order(
        episode,
        stage,
        shot.pk,
        f"{shot.label} {stage}",
        build,
        "keyframe",
        {"shot": shot},
        pins=pins,
        shot_role=TRAINED_STILL if trained else "",
        about=policy_levels(shot),
        made_scene=made_scene(episode, shot, stage),
        uses=uses,
        pictures=[*([Picture(FIRST_FRAME, "frame", first.asset)] if first else []), *_pictures(shot, wired)],
        outfits=outfits,
        meta={"facts": facts_digest(shot, project)},
        kind="keyframe" if first else "",
    )
    return order


def _pictures(shot: Shot, wired: Sequence[str]) -> list[Picture]:
    """The shot's reference pictures, where the graph leads them to this step."""
    return pictures_of(shot) if "references" in wired else []


def make_last_frame(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The still on which the shot ends: the same place and people after the camera has gone its way."""
    with ctx.scope():
        found, shot = shot_of(ctx, episode, subject)
        wiring, outfits = Wiring.of(later), outfits_of(shot)
        uses = persons.seen(shot, found.project_id, wearers(outfits))
        first = wiring.needed(chosen_takes(found), "first", shot)
        order = _still(found, shot, stage=LAST, uses=uses, wired=wiring.wired, outfits=outfits, first=first)
    return make(ctx, order)


def approve_keyframe(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Let a still go on: by rule when its engine is built in (drawn from the definitions), else by a person."""
    with ctx.closing({"by": "rule"}):
        found, shot = shot_of(ctx, episode, subject)
        take = Wiring.of(later).needed(chosen_takes(found), "image", shot)
        by_rule = f"{take.engine}/{take.model}" == BUILT_IN
        if not by_rule and not take.meta.get("approved_by"):
            raise jobs.Again(0, waiting_for="gate")
    return None


def make_clip(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """The moving shot; it starts from the approved keyframe."""
    with ctx.scope():
        found, shot = shot_of(ctx, episode, subject)
        wiring = Wiring.of(later)
        anchor = wiring.needed(chosen_takes(found), "first", shot).asset
        last = wiring.needed(chosen_takes(found), "last", shot).asset if "last" in wiring.wired else None
        film = film_at(wiring, chosen_takes(found), shot)
        order = clip_order(found, shot, anchor, quality_at(wiring, found), wiring.wired, last, film)
    return make(ctx, order)


def quality_at(wiring: Wiring, episode: Episode) -> str:
    """The quality a node works in: its own, else the project's."""
    own = str(wiring.params.get("quality", PROJECT))
    return episode.project.quality if own == PROJECT else own


def clip_order(
    found: Episode,
    shot: Shot,
    anchor: Asset,
    quality: str,
    wired: Sequence[str] = ("references",),
    last: Asset | None = None,
    film: Take | None = None,
) -> Order:
    """The order for a shot's clip from an anchor frame, and to the frame it ends on if there is one; the camera stands
    in its own fields. `wired` are the inputs that the graph leads something to, `film` the cut performance that says
    what happens in the place of words. Call inside a scope."""
    cast, project = cast_of(shot), found.project
    packet = packets.shot_packet(shot, project, cast, quality=quality)
    controls, outfits, held = controls_of(found, shot), outfits_of(shot), _held_to(anchor, last, film)
    width, height = frame_size(project.aspect, quality)
    words = motion_instruction(shot, cast) + (spoken_words(shot) if "text" in wired else "")

    def build(paths: Mapping[str, Path]) -> Request:
        return Clip(
            prompt="" if film else words,
            width=width,
            height=height,
            rate=project.rate,
            frames=shot.frames,
            packet=packet,
            movement=shot.movement,
            direction=shot.direction,
            speed=shot.speed,
            angle=shot.angle,
            optics=optics_named(shot.optics, shot.optics_direction),
            seed=packet["seed"],
            first=_frame("keyframe", held, paths),
            last=_frame("last frame", held, paths),
            controls=_passes(controls, paths),
            references=order.references(paths),
            loras=order.loras(paths),
            performance=given_film(film, paths[PORT]) if film else None,
        )

    order = Order(
        found,
        "clip",
        shot.pk,
        f"{shot.label} clip",
        build,
        "clip",
        {"shot": shot},
        held | {f"control {name}": asset for name, asset in controls.items()},
        shot_role=role_of(shot, cast, wearers(outfits)).value,
        about=policy_levels(shot),
        made_scene=made_scene(found, shot, "clip"),
        scored_low=scored_low(found, shot),
        uses=_clip_uses(shot, project, outfits, film),
        pictures=_pictures(shot, wired),
        outfits=outfits,
        meta=_clip_facts(shot, project, quality, film),
    )
    return order


def _clip_uses(shot: Shot, project: Project, outfits: Sequence[Outfit], film: Take | None) -> tuple[Use, ...]:
    """Whose likeness and performance a clip uses."""
    seen = persons.seen(shot, project.pk, wearers(outfits))
    return (*seen, *persons.performed(acted_in(film), project.pk))


def _clip_facts(shot: Shot, project: Project, quality: str, film: Take | None) -> dict[str, Any]:
    """What a clip's take keeps of what it was made from."""
    return {
        **({NODE: film.meta[NODE]} if film else {}),
        "frames": shot.frames,
        "dialogue": bool(_seen_lines(shot)),
        "quality": quality,
        "facts": facts_digest(shot, project),
    }


def _held_to(anchor: Asset, last: Asset | None, film: Take | None) -> dict[str, Asset]:
    """The frames a clip begins and, where there is one, ends on; the film that it acts out."""
    return {
        "keyframe": anchor,
        **({"last frame": last} if last else {}),
        **({PORT: film.asset} if film else {}),
    }


def _passes(controls: Mapping[str, Asset], paths: Mapping[str, Path]) -> tuple[Input, ...]:
    return tuple(
        Input(paths[f"control {name}"], asset.sha256, asset.mime, name) for name, asset in controls.items()
    )


def _frame(name: str, held: Mapping[str, Asset], paths: Mapping[str, Path]) -> Input | None:
    asset = held.get(name)
    return Input(paths[name], asset.sha256, asset.mime, name) if asset else None


def make_lips(ctx: Context, *, episode: str, subject: str, **later: Any) -> dict[str, Any] | None:
    """Mouths on the plate of a shot in which somebody is seen speaking; other shots need none."""
    with ctx.scope():
        found, shot = shot_of(ctx, episode, subject)
        plate = Wiring.of(later).needed(chosen_takes(found), "plate", shot)
        spoken = spoken_lines(found, shot)
        why = "the picture stands still" if plate.meta.get("still") else "nobody is seen speaking"
    if plate.meta.get("still") or not spoken:
        with ctx.closing({"lips": why}):
            _no_mouths(shot)
            return None
    with ctx.scope():
        order = _lips_order(found, shot, spoken, plate)
    try:
        return make(ctx, order)
    except NoRoute as error:
        # the drawn plate always has an engine for its mouths; another one keeps its picture and says what is missing
        why = f"Nobody put lips on it: {error.message}"
        with ctx.closing({"lips": why}):
            _no_mouths(shot)
            Take.objects.filter(pk=plate.pk).update(meta={**plate.meta, "note": why[:500]})
        return None


def _no_mouths(shot: Shot) -> None:
    """Mouths that were made for an earlier plate are not the shot's picture any more."""
    Take.objects.filter(stage="lips", subject_id=shot.pk, chosen=True).update(chosen=False)


def _seen_lines(shot: Shot) -> list[Line]:
    seen = {entry.character_id for entry in shot.cast.all()}
    return [line for line in shot.lines.all() if not line.off_screen and line.character_id in seen]


def spoken_lines(episode: Episode, shot: Shot) -> list[tuple[Line, Take, int]]:
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


def _lips_order(episode: Episode, shot: Shot, spoken: Sequence[tuple[Line, Take, int]], made: Take) -> Order:
    cast, project = cast_of(shot), episode.project
    cues = [
        (str(line.character_id), [[c["at_ms"], c["viseme"]] for c in take.meta["visemes"]], at)
        for line, take, at in spoken
    ]
    quality = str(made.meta.get("quality", project.quality))
    packet = packets.with_visemes(packets.shot_packet(shot, project, cast, quality=quality), cues)
    plate = made.asset
    plate_ref = made.meta.get("plate_ref") or reference_of(made.call_id)
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
            plate_ref=plate_ref,
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
        meta={
            **({NODE: made.meta[NODE]} if NODE in made.meta else {}),
            "frames": shot.frames,
            "quality": quality,
            "facts": facts_digest(shot, project),
        },
        about=policy_levels(shot),
        uses=(
            *persons.seen(shot, project.pk),
            *persons.heard((line for line, _, _ in spoken), project.pk),
            *persons.performed(acted_in(made), project.pk),
        ),
    )
