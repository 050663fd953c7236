"""Framing: who a shot is about, whom it is taken past, and the camera of frame 0 that composition finds for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from craft.previs.avoidance import Clearance, blocked
from craft.previs.composition import mean, plan_for, search
from craft.previs.cuts import CUTS
from craft.previs.packet import CameraSpec
from craft.previs.projection import Box, CameraPose, box_of
from craft.previs.shoulder import over_shoulder, point_of_view
from craft.previs.sides import line_of, partner_of
from craft.previs.spatial import F64, vec
from craft.previs.stage import StageSet
from craft.previs.subjects import EYES, Subject

__all__ = ["CUTS", "Composition", "blocked", "framed", "subject_box", "wanted_subjects"]

_PLACE_SIZES = ("ews", "ws", "fs", "insert")


@dataclass(frozen=True)
class Composition:
    """The chosen camera of frame 0 and what it took."""

    pose: CameraPose
    focus: F64
    """The point the shot is about (head, hand, or middle of several heads)."""
    subjects: tuple[Subject, ...]
    foreground: str | None
    viewer: str | None
    """A character whose eyes the lens replaces (pov); not drawn."""
    compromises: tuple[str, ...]


def wanted_subjects(camera: CameraSpec, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """Who the shot is about: one for a single, two for a two-shot, everybody for a group."""
    by_id = {s.id: s for s in subjects}
    named = [by_id[i] for i in camera.subjects] or list(subjects)
    rest = [s for s in subjects if s not in named]
    match camera.framing:
        case "two_shot":
            return tuple((named + rest)[:2])
        case "group":
            return tuple(named if len(named) > 1 else named + rest)
        case _:
            return tuple(named[:1])


def framed(
    camera: CameraSpec, subjects: Sequence[Subject], stage: StageSet, aspect: float, spot: F64 | None = None
) -> Composition | None:
    """Frame the subjects as asked; None when this set cannot give it. ``aspect`` is width over height, ``spot`` the
    thing an insert is about where nobody is.
    """
    if not subjects:
        return _place_alone(camera, stage, aspect, spot)
    clear = Clearance(stage)
    group = wanted_subjects(camera, subjects)
    first, partner = group[0], partner_of(group[0], subjects)
    plan = plan_for(camera, group, line_of(camera, first, group[1] if len(group) > 1 else partner))
    if camera.optics == "rack_focus":
        plan = replace(plan, also=next((s for s in subjects if s.id == camera.rack_to), None))
    if camera.framing in ("ots", "dirty") and partner is not None and camera.size != "insert":
        found = over_shoulder(plan, partner, clear, aspect, framing=camera.framing)
        if found is None:
            return None
        return Composition(found.pose, first.head, group, partner.id, None, found.notes)
    viewer = _viewer(camera, group, subjects)
    if viewer is not None:
        found = point_of_view(plan, viewer, clear, aspect)
        if found is None:
            return None
        return Composition(found.pose, _focus(camera, group), group, None, viewer.id, found.notes)
    found = search(plan, clear, aspect)
    if found is None:
        return None
    notes = found.notes
    if camera.framing in ("ots", "dirty") and partner is None:
        notes = (*notes, "nobody's shoulder to look over")
    return Composition(found.pose, _focus(camera, group), group, None, None, notes)


def _focus(camera: CameraSpec, group: tuple[Subject, ...]) -> F64:
    return group[0].hand if camera.size == "insert" else mean([s.head for s in group])


def _viewer(camera: CameraSpec, group: tuple[Subject, ...], subjects: Sequence[Subject]) -> Subject | None:
    """Whose eyes a point of view replaces: the nearest who is not in the picture; nobody's is an eye-level lens."""
    if camera.angle != "pov":
        return None
    shown = {s.id for s in group}
    return partner_of(group[0], [group[0], *(s for s in subjects if s.id not in shown)])


def _place_alone(camera: CameraSpec, stage: StageSet, aspect: float, spot: F64 | None) -> Composition | None:
    """A shot of the place alone: a stand-in of nobody on the first mark gives scale."""
    mark = stage.marks[0]
    origin = vec(mark.x, 0, mark.z)
    nobody = Subject(
        "",
        origin,
        0.0,
        1.0,
        origin + vec(0, EYES, 0.02),
        origin + vec(-0.25, 0.95, 0.05) if spot is None else spot,
        ((origin + vec(0, 1.2, 0), 0.4),),
    )
    size = camera.size if camera.size in _PLACE_SIZES else "ws"
    plan = plan_for(replace(camera, size=size, framing="single"), (nobody,), None)
    found = search(plan, Clearance(stage), aspect)
    if found is None:
        return None
    focus = nobody.hand if size == "insert" else nobody.head
    return Composition(found.pose, focus, (), None, None, found.notes)


def subject_box(pose: CameraPose, aspect: float, subject: Subject) -> Box | None:
    """Frame box of a whole figure."""
    return box_of(pose, aspect, subject.spheres)
