"""A packet made concrete: set, figures on their marks, camera path, lamps and look. Pure; no OpenGL."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from craft.previs.cache import figure_for
from craft.previs.figure import DETAIL, Figure, FigureSpec
from craft.previs.framing import Composition, compose
from craft.previs.look import Look, look_for
from craft.previs.moves import Path, camera_path
from craft.previs.packet import CharacterSpec, Packet
from craft.previs.performance import Acting, Moment, act
from craft.previs.projection import Box, CameraPose, box_of, clipped
from craft.previs.rig import Light, exposure, hang
from craft.previs.sets import stage_for
from craft.previs.spatial import F64, length, vec
from craft.previs.stage import Mark, StageSet, inside, segment_hits
from craft.previs.subjects import EYES, Subject, faces_lens, mouth_spheres, subject_of
from craft.terms.digest import digest

_CHEAT_DEGREES = 36.0
"""How far two people in conversation open towards the audience instead of facing each other squarely."""


@dataclass(frozen=True)
class Actor:
    """A character in the shot."""

    spec: CharacterSpec
    figure: Figure
    acting: Acting
    subject: Subject
    """As measured at frame 0, which is what the camera is composed on."""


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
        poses = [self.path[0], self.path[len(self.path) // 2], self.path[-1]]
        return tuple(
            a
            for a in self.actors
            if a.spec.id != self.composition.viewer and (a.spec.id in keep or not self._in_the_way(a, poses))
        )

    def _in_the_way(self, actor: Actor, poses: Sequence[CameraPose]) -> bool:
        single = self.packet.camera.framing in ("single", "clean", "ots", "dirty") and bool(
            self.composition.subjects
        )
        for pose in poses:
            reach = length(self.composition.focus - pose.eye)
            near = length(actor.subject.head - pose.eye)
            if near < 0.55:
                return True
            box = clipped(box_of(pose, self.aspect, actor.subject.spheres))
            if single and box and (near < reach * 0.9 or self.packet.camera.framing == "clean"):
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

    def mouth_box(self, actor: Actor, moment: Moment, pose: CameraPose) -> Box | None:
        """Where this actor's mouth can be seen, normalised, or None."""
        if not faces_lens(moment, pose.eye, moment.posed.point(actor.figure, "head", vec(0, EYES, 0.01))):
            return None
        return clipped(box_of(pose, self.aspect, mouth_spheres(actor.figure, moment)))


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _marks(packet: Packet, stage: StageSet) -> list[Mark]:
    """A mark per character; one that is taken gives way to the next free one."""
    taken: set[int] = set()
    found = []
    for character in packet.characters:
        at = character.mark % len(stage.marks)
        while at in taken:
            at = (at + 1) % len(stage.marks)
        taken.add(at)
        found.append(stage.marks[at])
    return found


def _yaw(index: int, packet: Packet, marks: Sequence[Mark]) -> float:
    """Towards the partner, opened to the audience; alone, as the mark says."""
    me = marks[index]
    gaze = packet.characters[index].gaze
    if gaze in ("camera", "mark", "ahead") or len(marks) == 1:
        return me.yaw if len(marks) > 1 else 0.6 * me.yaw
    ids = [c.id for c in packet.characters]
    others = [m for i, m in enumerate(marks) if i != index]
    other = (
        marks[ids.index(gaze)]
        if gaze in ids and gaze != ids[index]
        else min(others, key=lambda m: (m.x - me.x) ** 2 + (m.z - me.z) ** 2)
    )
    toward = _degrees(other.x - me.x, other.z - me.z)
    opened = (0.0 - toward + 180) % 360 - 180
    return toward + max(-_CHEAT_DEGREES, min(_CHEAT_DEGREES, opened))


def _degrees(x: float, z: float) -> float:
    return math.degrees(math.atan2(x, z))


def _look_point(
    index: int, packet: Packet, places: Sequence[tuple[F64, float, float]], eye: F64 | None
) -> F64 | None:
    """World point a character looks at; ``camera`` needs a camera, so it is None in the measuring pass."""
    me = packet.characters[index]
    origin, yaw, scale = places[index]
    ids = [c.id for c in packet.characters]
    if me.gaze in ids and me.gaze != me.id:
        other, _yaw_other, size = places[ids.index(me.gaze)]
        return other + vec(0, EYES * size, 0)
    if me.gaze == "partner" and len(places) > 1:
        near = min((p for i, p in enumerate(places) if i != index), key=lambda p: length(p[0] - origin))
        return near[0] + vec(0, EYES * near[2], 0)
    if me.gaze == "camera":
        return eye
    turn = {"left": (38.0, 0.0), "right": (-38.0, 0.0), "up": (0.0, 0.9), "down": (0.0, -1.0)}.get(me.gaze)
    if turn is None:
        return None
    a = math.radians(yaw + turn[0])
    return origin + vec(math.sin(a) * 2, EYES * scale + turn[1], math.cos(a) * 2)


def _figure(character: CharacterSpec, quality: str) -> Figure:
    spec = FigureSpec(character.body, character.hair.style, character.wardrobe.garment, DETAIL[quality])
    return figure_for(spec)


def _seed(packet: Packet, character: str) -> int:
    return int(digest("previs.acting", 1, [packet.set.seed, character])[:6], 16)


def _cues(packet: Packet, character: str) -> tuple[tuple[float, str], ...]:
    found = [
        ((at + track.offset_ms) / 1000, viseme)
        for track in packet.visemes
        if track.character == character
        for at, viseme in track.cues
    ]
    return tuple(sorted(found))


def _cast(packet: Packet, stage: StageSet, eye: F64 | None) -> tuple[Actor, ...]:
    marks = _marks(packet, stage)
    figures = [_figure(c, packet.quality) for c in packet.characters]
    places = [(vec(m.x, 0, m.z), _yaw(i, packet, marks), figures[i].body.scale) for i, m in enumerate(marks)]
    actors = []
    for i, character in enumerate(packet.characters):
        origin, yaw, _scale = places[i]
        look = _look_point(i, packet, places, eye)
        acting = Acting(
            figures[i],
            origin,
            yaw,
            character.pose,
            character.emotion,
            _seed(packet, character.id),
            character.speaking,
            _cues(packet, character.id),
            look,
        )
        subject = subject_of(character.id, figures[i], act(acting, 0.0), origin, yaw)
        actors.append(Actor(character, figures[i], acting, subject))
    return tuple(actors)


def _free(stage: StageSet, focus: F64, eyes: list[F64]) -> bool:
    gone = stage.hidden(eyes)
    for obstacle in stage.obstacles:
        if obstacle.group not in gone and any(
            inside(obstacle, e, 0.12) or segment_hits(obstacle, e, focus) for e in eyes
        ):
            return False
    return all(float(e[1]) >= 0.06 for e in eyes)


def lit_from(composition: Composition) -> tuple[F64, float]:
    """The point a rig is hung round, and how far its subjects stand from it, in metres."""
    focus = composition.focus
    centre = vec(float(focus[0]), min(1.45, float(focus[1])), float(focus[2]))
    return centre, max((length(s.head - focus) for s in composition.subjects), default=0.3)


def plan_shot(packet: Packet) -> Shot:
    """Stage, cast, frame and light a packet. Composes on the figures as posed at frame 0."""
    stage = stage_for(packet)
    actors = _cast(packet, stage, None)
    aspect = packet.width / packet.height
    composition = compose(packet.camera, [a.subject for a in actors], stage, aspect)
    if any(c.gaze == "camera" for c in packet.characters):
        actors = _cast(packet, stage, composition.pose.eye)
    path = camera_path(
        Path(
            composition.pose,
            packet.camera,
            packet.frames,
            float(packet.frames / packet.fps),
            composition.focus,
            aspect,
            packet.seed,
        ),
        lambda eyes: _free(stage, composition.focus, eyes),
    )
    look = look_for(packet, interior=stage.interior)
    centre, spread = lit_from(composition)
    lights = hang(packet, stage, look, centre, spread, path[0].eye)
    return Shot(packet, stage, look, actors, composition, path, lights, exposure(packet, look))
