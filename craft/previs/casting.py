"""Who plays a packet: a figure on a mark for every character, their parts, and the props in their hands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from craft.previs.blocking import Blocking
from craft.previs.cache import figure_for
from craft.previs.crowd import Extra, background
from craft.previs.figure import DETAIL, Figure, figure_spec
from craft.previs.gait import Feet
from craft.previs.packet import Beat, CharacterSpec, Packet, PropSpec
from craft.previs.parts import Handover, Part, Person, heading_to, seat_place
from craft.previs.paths import Spot
from craft.previs.performance import Acting, Carried, Role, act
from craft.previs.places import Place
from craft.previs.poses import POSES
from craft.previs.props import Hold, PropTrack, lying_matrix
from craft.previs.segments import FIRST_PROP, LAST_SEGMENT
from craft.previs.spatial import F64, vec
from craft.previs.stage import Mark, StageSet
from craft.previs.subjects import Subject, subject_of
from craft.terms.digest import digest

_CHEAT_DEGREES = 36.0
"""How far two people in conversation open towards the audience instead of facing each other squarely."""
_WALKING_WIDTH = 0.072
_DRINKS = ("cup", "glass", "bottle")


@dataclass(frozen=True)
class Actor:
    """Somebody in the shot; ``extra`` for people in the background."""

    spec: CharacterSpec
    figure: Figure
    acting: Acting
    subject: Subject
    """As measured at frame 0, which is what the camera is composed on."""
    extra: bool = False

    def subject_at(self, seconds: float) -> Subject:
        """As measured at another time."""
        moment = act(self.acting, seconds)
        place = self.acting.place(seconds)
        return subject_of(self.spec.id, self.figure, moment, vec(place.x, 0.0, place.z), place.yaw)


@dataclass(frozen=True)
class Company:
    """Everybody in a shot and everything they handle."""

    roles: tuple[Role, ...]
    specs: tuple[CharacterSpec, ...]
    extras: frozenset[str]
    partners: Mapping[str, str | None]
    props: tuple[PropTrack, ...]

    @property
    def lensward(self) -> bool:
        """Whether anybody looks into the lens, so that it has to be found first."""
        cues = [c.value for role in self.roles for c in role.part.gazes]
        return "camera" in cues or any(g.target == "camera" for r in self.roles for g in r.part.gestures)

    def actors(self, lens: F64 | None) -> tuple[Actor, ...]:
        """The company as it acts before a lens at ``lens``."""
        company = {role.id: role for role in self.roles}
        found = []
        for role, spec in zip(self.roles, self.specs, strict=True):
            acting = Acting(role, company, lens, self.partners[role.id])
            place = acting.place(0.0)
            moment = act(acting, 0.0)
            subject = subject_of(role.id, role.figure, moment, vec(place.x, 0.0, place.z), place.yaw)
            found.append(Actor(spec, role.figure, acting, subject, role.id in self.extras))
        return tuple(found)


def _marks(packet: Packet, stage: StageSet) -> list[Mark]:
    """A mark per character; one that is taken gives way to the next free one. Who is to sit gets a seat."""
    taken: set[int] = set()
    found = []
    for character in packet.characters:
        at = character.mark % len(stage.marks)
        free = [i for i, m in enumerate(stage.marks) if m.seat > 0 and i not in taken]
        if character.pose == "sit" and stage.marks[at].seat <= 0 and free:
            here = stage.marks[at]
            at = min(free, key=lambda i: (stage.marks[i].x - here.x) ** 2 + (stage.marks[i].z - here.z) ** 2)
        while at in taken and len(taken) < len(stage.marks):
            at = (at + 1) % len(stage.marks)
        taken.add(at)
        found.append(stage.marks[at])
    return found


def _yaw(index: int, packet: Packet, marks: Sequence[Mark]) -> float:
    """Towards the partner, opened to the audience; alone, as the mark says. A seat cannot be turned."""
    me = marks[index]
    gaze = packet.characters[index].gaze
    if me.seat > 0:
        return me.yaw
    if gaze in ("camera", "mark", "ahead") or len(marks) == 1:
        return me.yaw if len(marks) > 1 else 0.6 * me.yaw
    ids = [c.id for c in packet.characters]
    others = [m for i, m in enumerate(marks) if i != index]
    other = (
        marks[ids.index(gaze)]
        if gaze in ids and gaze != ids[index]
        else min(others, key=lambda m: (m.x - me.x) ** 2 + (m.z - me.z) ** 2)
    )
    toward = heading_to((me.x, me.z), (other.x, other.z))
    opened = (0.0 - toward + 180) % 360 - 180
    return toward + max(-_CHEAT_DEGREES, min(_CHEAT_DEGREES, opened))


def _figure(character: CharacterSpec, quality: str) -> Figure:
    return figure_for(figure_spec(character, DETAIL[quality]))


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


def _feet(figure: Figure, pose: str) -> Feet:
    scale, style = figure.body.scale, POSES[pose]
    x, z = float(figure.joints["foot_l"][0]) * scale, float(figure.joints["foot_l"][2]) * scale
    (left, right), (out_left, out_right) = style.forward, style.outward
    return Feet((x, z + left * scale, out_left), (-x, z + right * scale, -out_right), _WALKING_WIDTH * scale)


def _supplied(packet: Packet) -> tuple[tuple[PropSpec, ...], dict[str, tuple[Beat, ...]]]:
    """The props, with a phone for whoever telephones and a cup for whoever drinks without one, and the
    beats with the prop each is about. A free prop is in the hand of whoever first uses it.
    """
    props = {p.id: p for p in packet.props}
    beats: dict[str, tuple[Beat, ...]] = {}
    for character in packet.characters:
        told = []
        for beat in character.beats:
            if beat.prop in props and props[beat.prop].held_by is None:
                props[beat.prop] = replace(props[beat.prop], held_by=character.id)
            if beat.action in ("drink", "phone") and beat.prop is None:
                beat = replace(beat, prop=_at_hand(character.id, beat.action, props))
            told.append(beat)
        beats[character.id] = tuple(told)
    return tuple(props.values()), beats


def _at_hand(who: str, action: str, props: dict[str, PropSpec]) -> str:
    """What somebody drinks from or telephones with: in hand already, or put there."""
    kinds = _DRINKS if action == "drink" else ("phone",)
    held = [p for p in props.values() if p.held_by == who]
    found = next((p.id for p in held if p.kind in kinds), None)
    if found is not None:
        return found
    hand = "left" if any(p.hand == "right" for p in held) else "right"
    made = PropSpec(f"{who}.{kinds[0]}", kinds[0], "#d8d2c4" if action == "drink" else "#22262b", who, hand)
    props[made.id] = made
    return made.id


def _person(
    packet: Packet, index: int, marks: Sequence[Mark], figure: Figure, beats: tuple[Beat, ...]
) -> Person:
    spec, mark = packet.characters[index], marks[index]
    scale = figure.body.scale
    seated = mark.seat > 0
    place = seat_place(mark, scale) if seated else Place(mark.x, mark.z, _yaw(index, packet, marks))
    feet = _feet(figure, "stand" if seated else spec.pose)
    return Person(spec.id, place, scale, feet, spec.gaze, spec.emotion, beats, seat=mark if seated else None)


def _extra_person(extra: Extra, figure: Figure) -> Person:
    scale = figure.body.scale
    place = seat_place(extra.seat, scale) if extra.seat else Place(*extra.spot, extra.yaw)
    feet = _feet(figure, "stand" if extra.seat else extra.spec.pose)
    return Person(extra.spec.id, place, scale, feet, extra.spec.gaze, "neutral", seat=extra.seat)


def _carried(who: str, tracks: Sequence[PropTrack]) -> tuple[Carried, ...]:
    found = []
    for track in tracks:
        for hold, after in zip(track.holds, [*track.holds[1:], None], strict=True):
            if hold.by == who:
                end = math.inf if after is None else after.at
                found.append(Carried(track.spec.kind, hold.hand, hold.at, end))
    return tuple(found)


def _tracks(
    props: Sequence[PropSpec], handovers: Sequence[Handover], marks: Sequence[Mark], stage: StageSet
) -> tuple[PropTrack, ...]:
    tracks = []
    for i, spec in enumerate(props):
        mark = stage.marks[spec.mark % len(stage.marks)]
        rest = lying_matrix(spec, mark, stage, any(mark is m for m in marks))
        holds = [Hold(-math.inf, spec.held_by, spec.hand[0])]
        holds += [Hold(h.at, h.by, h.hand) for h in handovers if h.prop == spec.id]
        tracks.append(PropTrack(spec, min(LAST_SEGMENT, FIRST_PROP + i), tuple(holds), rest))
    return tuple(tracks)


def _busy_spots(parts: Mapping[str, Part]) -> list[Spot]:
    """Floor the subjects stand on or come through."""
    return [
        place.spot
        for part in parts.values()
        for place in (part.track.first, *(part.track.at((m.start + m.end) / 2) for m in part.track.moves),
                      *(m.to for m in part.track.moves))
    ]  # fmt: skip


def _partners(packet: Packet, people: Sequence[Person]) -> dict[str, str | None]:
    """Whom ``partner`` means: the nearest of the characters at first."""
    found: dict[str, str | None] = {}
    cast = [p for p in people if any(p.id == c.id for c in packet.characters)]
    for person in people:
        start = person.first or person.place
        others = [p for p in cast if p.id != person.id] if person in cast else []
        near = min(others, key=lambda p: math.dist(start.spot, (p.first or p.place).spot), default=None)
        found[person.id] = near.id if near else None
    return found


def cast(packet: Packet, stage: StageSet) -> Company:
    """Cast the packet's characters, lay out what they do, and fill the background."""
    marks = _marks(packet, stage)
    figures = {c.id: _figure(c, packet.quality) for c in packet.characters}
    props, beats = _supplied(packet)
    people = [_person(packet, i, marks, figures[c.id], beats[c.id]) for i, c in enumerate(packet.characters)]
    by_id = {p.id: p for p in people}
    for prop in props:
        if prop.held_by in by_id:
            by_id[prop.held_by].hands[prop.hand[0]] = prop.id
    blocking = Blocking(stage, people, {p.id: p.kind for p in props})
    parts = blocking.run()
    tracks = _tracks(props, blocking.handovers, marks, stage)
    extras = background(packet, stage, _busy_spots(parts), [m for m in marks if m.seat > 0])
    figures |= {e.spec.id: _figure(e.spec, "draft") for e in extras}
    crowd = [_extra_person(e, figures[e.spec.id]) for e in extras]
    parts |= _background_parts(stage, extras, crowd, float(packet.frames / packet.fps))
    specs = (*packet.characters, *(e.spec for e in extras))
    roles = tuple(
        Role(
            spec.id,
            figures[spec.id],
            parts[spec.id],
            spec.pose,
            _seed(packet, spec.id),
            spec.emotion_strength,
            spec.speaking,
            _cues(packet, spec.id),
            _carried(spec.id, tracks),
        )
        for spec in specs
    )
    partners = _partners(packet, [*people, *crowd])
    return Company(roles, specs, frozenset(e.spec.id for e in extras), partners, tracks)


def _background_parts(
    stage: StageSet, extras: Sequence[Extra], crowd: Sequence[Person], seconds: float
) -> dict[str, Part]:
    """Walkers go to and fro for as long as the shot lasts."""
    blocking = Blocking(stage, crowd, {})
    for extra, person in zip(extras, crowd, strict=True):
        person.free = extra.start
        turn = 0
        while extra.goals and person.free < seconds:
            goal = extra.goals[turn % len(extra.goals)]
            blocking.go(person, goal, heading_to(person.place.spot, goal), 0.0, *(p.id for p in crowd))
            person.free += 1.5
            turn += 1
    return {p.id: p.part() for p in crowd}
