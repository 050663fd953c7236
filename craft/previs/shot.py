"""A packet made concrete: set, figures on their marks, camera path, lamps and look. Pure; no OpenGL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from craft.previs.camera import plan_camera
from craft.previs.casting import Actor, cast
from craft.previs.framing import Composition
from craft.previs.look import Look, look_for
from craft.previs.packet import Packet
from craft.previs.performance import Moment, act
from craft.previs.projection import Box, CameraPose, box_of, clipped
from craft.previs.props import PropTrack, Thing, grip_frame, thing_at
from craft.previs.rig import Light, exposure, hang
from craft.previs.sets import stage_for
from craft.previs.spatial import F64, length, vec
from craft.previs.stage import StageSet
from craft.previs.subjects import EYES, faces_lens, mouth_spheres


@dataclass(frozen=True)
class Shot:
    """Everything the renderer draws from."""

    packet: Packet
    stage: StageSet
    look: Look
    actors: tuple[Actor, ...]
    composition: Composition
    path: tuple[CameraPose, ...]
    lights: tuple[Light, ...]
    exposure: float
    props: tuple[PropTrack, ...] = ()

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.packet.width / self.packet.height

    @property
    def wet(self) -> bool:
        """Whether the ground mirrors: a set that is always wet, or rain outdoors."""
        return not self.stage.interior and (self.stage.wet or self.packet.atmosphere.kind == "rain")

    @cached_property
    def hidden_groups(self) -> frozenset[str]:
        """Wild walls that are away for the whole shot."""
        return self.stage.hidden([pose.eye for pose in self.path])

    @cached_property
    def drawn(self) -> tuple[Actor, ...]:
        """Actors in the picture: not the eyes we look through, and nobody who would stand in a clean
        frame's way.
        """
        keep = {s.id for s in self.composition.subjects} | {self.composition.foreground}
        if self.packet.camera.optics == "rack_focus":
            keep.add(self.packet.camera.rack_to)
        frames = [round((len(self.path) - 1) * k / 4) for k in range(5)]
        return tuple(
            a
            for a in self.actors
            if a.spec.id != self.composition.viewer and (a.spec.id in keep or not self._in_the_way(a, frames))
        )

    def _in_the_way(self, actor: Actor, frames: Sequence[int]) -> bool:
        single = self.packet.camera.framing in ("single", "clean", "ots", "dirty") and bool(
            self.composition.subjects
        )
        clean = self.packet.camera.framing == "clean" and not actor.extra
        moves = bool(actor.acting.role.part.track.moves)
        for frame in frames:
            pose = self.path[frame]
            subject = actor.subject_at(self.time(frame)) if moves else actor.subject
            reach = length(self.composition.focus - pose.eye)
            near = length(subject.head - pose.eye)
            box = clipped(box_of(pose, self.aspect, subject.spheres))
            if near < (max(1.1, 0.85 * reach) if actor.extra and box else 0.55):
                return True
            if single and box and (near < reach * 0.9 or clean):
                return True
            mine = [clipped(box_of(pose, self.aspect, s.spheres[-2:])) for s in self.composition.subjects]
            if box and near < reach and any(m and _overlap(m, box) for m in mine):
                return True
        return False

    def time(self, frame: int) -> float:
        """Seconds of a frame."""
        return float(frame / self.packet.fps)

    def moments(self, frame: int) -> list[Moment]:
        """The drawn actors in one frame."""
        return [act(actor.acting, self.time(frame)) for actor in self.drawn]

    def things(self, frame: int, moments: Sequence[Moment] | None = None) -> list[Thing]:
        """The props in one frame, without those in the hands of people who are not drawn."""
        if not self.props:
            return []
        moments = self.moments(frame) if moments is None else moments
        hands = {
            (actor.spec.id, tag): grip_frame(actor.figure, moment.posed, tag)
            for actor, moment in zip(self.drawn, moments, strict=True)
            for tag in ("l", "r")
        }
        found = (thing_at(track, self.time(frame), hands) for track in self.props)
        return [thing for thing in found if thing is not None]

    def mouth_box(self, actor: Actor, moment: Moment, pose: CameraPose) -> Box | None:
        """Where this actor's mouth can be seen, normalised, or None."""
        if not faces_lens(moment, pose.eye, moment.posed.point(actor.figure, "head", vec(0, EYES, 0.01))):
            return None
        return clipped(box_of(pose, self.aspect, mouth_spheres(actor.figure, moment)))


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def lit_from(composition: Composition) -> tuple[F64, float]:
    """The point a rig is hung round, and how far its subjects stand from it, in metres."""
    focus = composition.focus
    centre = vec(float(focus[0]), min(1.45, float(focus[1])), float(focus[2]))
    return centre, max((length(s.head - focus) for s in composition.subjects), default=0.3)


def plan_shot(packet: Packet) -> Shot:
    """Stage, cast, frame and light a packet. Composes on the figures as posed at frame 0.

    Raises Infeasible, with the nearest camera that works, where the set cannot give the shot.
    """
    stage = stage_for(packet)
    company = cast(packet, stage)
    actors = company.actors(None)
    planned = plan_camera(packet, stage, [a for a in actors if not a.extra], company.props)
    composition, path = planned.composition, planned.path
    if company.lensward:
        actors = company.actors(path[0].eye)
    look = look_for(packet, interior=stage.interior)
    centre, spread = lit_from(composition)
    lights = hang(packet, stage, look, centre, spread, path[0].eye)
    return Shot(
        packet,
        stage,
        look,
        actors,
        composition,
        path,
        lights,
        exposure(packet, look),
        company.props,
    )
