"""Who plays a packet: a figure on a mark for every character, facing whom they talk to, and the props in hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from craft.previs.cache import figure_for
from craft.previs.figure import DETAIL, Figure, FigureSpec
from craft.previs.packet import CharacterSpec, Packet
from craft.previs.performance import Acting, act
from craft.previs.props import Hold, PropTrack, lying_matrix
from craft.previs.segments import FIRST_PROP, LAST_SEGMENT
from craft.previs.spatial import F64, length, vec
from craft.previs.stage import Mark, StageSet
from craft.previs.subjects import EYES, Subject, subject_of
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


def cast(packet: Packet, stage: StageSet, eye: F64 | None) -> tuple[Actor, ...]:
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


def prop_tracks(packet: Packet, stage: StageSet) -> tuple[PropTrack, ...]:
    """Where every prop is through the shot."""
    taken = {id(m) for m in _marks(packet, stage)}
    tracks = []
    for i, spec in enumerate(packet.props):
        mark = stage.marks[spec.mark % len(stage.marks)]
        rest = lying_matrix(spec, mark, stage, id(mark) in taken)
        hold = Hold(-math.inf, spec.held_by, spec.hand[0])
        tracks.append(PropTrack(spec, min(LAST_SEGMENT, FIRST_PROP + i), (hold,), rest))
    return tuple(tracks)
