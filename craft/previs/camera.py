"""The camera of a packet: composed on the people as they stand in frame 0, then moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from craft.previs.avoidance import Clearance
from craft.previs.casting import Actor, cast
from craft.previs.errors import Infeasible, told
from craft.previs.feasibility import composed
from craft.previs.framing import Composition
from craft.previs.moves import Path, Travel, camera_path
from craft.previs.packet import CameraSpec, Packet
from craft.previs.performance import act
from craft.previs.projection import CameraPose
from craft.previs.props import PropTrack
from craft.previs.sets import stage_for
from craft.previs.skeleton import HEAD_CENTRE
from craft.previs.spatial import F64, vec
from craft.previs.stage import StageSet
from craft.previs.subjects import Subject

_EVERY_S, _SMOOTH_S = 0.125, 0.25


@dataclass(frozen=True)
class PlannedCamera:
    """The framing of the shot and a pose per frame."""

    composition: Composition
    path: tuple[CameraPose, ...]


def plan_camera(
    packet: Packet, stage: StageSet, actors: Sequence[Actor], props: Sequence[PropTrack] = ()
) -> PlannedCamera:
    """Compose and move; ``props`` matter to an insert where nobody is.

    Raises Infeasible, with the nearest camera that works, where the set cannot give the shot.
    """
    aspect = packet.width / packet.height

    def travels(camera: CameraSpec, found: Composition) -> Travel | None:
        return _travel(replace(packet, camera=camera), stage, actors, found)

    composition = composed(
        packet.camera,
        _subjects(packet, actors),
        stage,
        aspect,
        lambda camera, found: travels(camera, found) is not None,
        spot=props[0].rest[:3, 3] if props else None,
    )
    travel = travels(packet.camera, composition)
    if travel is None:
        raise Infeasible(
            "camera.movement",
            f"no room for {told(packet.camera)} in the {stage.kind}",
            packet.camera.standing(),
        )
    notes = (*composition.compromises, *travel.notes)
    return PlannedCamera(replace(composition, compromises=notes), travel.poses)


def feasible(packet: Packet) -> CameraSpec:
    """The packet's own camera where its set can give the shot, else the nearest that works."""
    stage = stage_for(packet)
    try:
        company = cast(packet, stage)
        plan_camera(packet, stage, [a for a in company.actors(None) if not a.extra], company.props)
    except Infeasible as error:
        return error.nearest
    return packet.camera


def _subjects(packet: Packet, actors: Sequence[Actor]) -> list[Subject]:
    """The people as measured; an insert is about the hand that holds something."""
    if packet.camera.size != "insert":
        return [a.subject for a in actors]
    found = []
    for actor in actors:
        hands = {c.hand for c in actor.acting.role.carried if c.start <= 0 < c.end}
        subject = actor.subject
        if hands == {"l"}:
            posed = act(actor.acting, 0.0).posed
            subject = replace(
                subject, hand=posed.point(actor.figure, "hand_l", actor.figure.joints["hand_l"])
            )
        found.append(subject)
    return found


def _travel(packet: Packet, stage: StageSet, actors: Sequence[Actor], found: Composition) -> Travel | None:
    heads = {a.spec.id: a.subject.head for a in actors}
    target = packet.camera.rack_to or found.foreground
    path = Path(
        found.pose,
        packet.camera,
        packet.frames,
        float(packet.frames / packet.fps),
        found.focus,
        packet.width / packet.height,
        packet.seed,
        _track(packet, actors, found),
        heads.get(target) if target is not None else None,
    )
    return camera_path(path, Clearance(stage))


def _track(packet: Packet, actors: Sequence[Actor], found: Composition) -> tuple[F64, ...]:
    """Where the focus goes with people who walk, sit down or get up; empty when they stay."""
    ids = {s.id for s in found.subjects}
    shown = [a for a in actors if a.spec.id in ids]
    if not any(a.acting.role.part.track.moves for a in shown):
        return ()
    rate, seconds = float(packet.fps), float(packet.frames / packet.fps)
    knots = [_gone(shown, i * _EVERY_S) for i in range(int(seconds / _EVERY_S) + 3)]
    smooth = [_around(knots, i) for i in range(len(knots))]
    track = []
    for frame in range(packet.frames):
        at = frame / rate / _EVERY_S
        low = int(at)
        step = smooth[low] + (smooth[low + 1] - smooth[low]) * (at - low)
        track.append(found.focus + step - smooth[0])
    return tuple(track)


def _gone(shown: Sequence[Actor], seconds: float) -> F64:
    """How far the middle of some heads has moved since frame 0."""
    total = vec(0, 0, 0)
    for actor in shown:
        head = act(actor.acting, seconds).posed.point(actor.figure, "head", vec(*HEAD_CENTRE))
        total = total + head - actor.subject.head
    return total / max(1, len(shown))


def _around(knots: Sequence[F64], i: int) -> F64:
    """Mean over a quarter of a second to both sides, so that a gait does not shake the camera."""
    reach = round(_SMOOTH_S / _EVERY_S)
    near = [knots[min(len(knots) - 1, max(0, i + k))] for k in range(-reach, reach + 1)]
    total = vec(0, 0, 0)
    for p in near:
        total = total + p
    return total / len(near)
