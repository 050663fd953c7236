"""Composition by rule: where the camera stands for a size, angle and framing on any set.

The size fixes which cutting lines of the figure meet which heights of the frame; the angle fixes how high the
lens is; distance and focal length follow from projection. Furniture is avoided by trying other lenses,
azimuths
and heights in order of how little they change the shot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from craft.previs.packet import CameraSpec
from craft.previs.projection import Box, CameraPose, aim_at, box_of, half_angles, project
from craft.previs.spatial import F64, length, unit, vec
from craft.previs.stage import StageSet, inside, segment_hits
from craft.previs.subjects import (
    BROW,
    CHEST,
    CHIN,
    CROWN,
    EYES,
    KNEE,
    SHOULDERS,
    SOLES,
    THIGH,
    WAIST,
    Subject,
)


@dataclass(frozen=True)
class Cut:
    """Lower and upper cutting line (metres of an unscaled figure) and the frame heights they meet (0
    bottom, 1 top).
    """

    low: float
    high: float
    low_at: float
    high_at: float
    focal: float


CUTS: dict[str, Cut] = {
    "ews": Cut(SOLES, CROWN, 0.24, 0.50, 20),
    "ws": Cut(SOLES, CROWN, 0.15, 0.69, 24),
    "fs": Cut(SOLES, CROWN, 0.07, 0.91, 30),
    "mws": Cut(THIGH, CROWN, 0.0, 0.89, 36),
    "ms": Cut(WAIST, CROWN, 0.0, 0.88, 42),
    "mcu": Cut(CHEST + 0.02, CROWN, 0.0, 0.88, 50),
    "cu": Cut(SHOULDERS, CROWN, 0.0, 0.93, 65),
    "ecu": Cut(CHIN + 0.03, BROW + 0.045, 0.0, 1.0, 85),
    "insert": Cut(0, 0, 0.0, 1.0, 60),
}
_INSERT_M = 0.36
_HEIGHTS = {
    "eye_level": EYES,
    "shoulder_level": SHOULDERS,
    "hip_level": 0.95,
    "knee_level": KNEE,
    "ground_level": 0.10,
    "dutch": EYES,
    "pov": EYES,
}
_ELEVATIONS = {"low_angle": -24.0, "worms_eye": -56.0, "high_angle": 32.0, "overhead": 84.0, "aerial": 52.0}
_DUTCH_ROLL = 14.0
_NEAREST_M = 0.42
_STEEPEST = 1.1
"""A lens at a fixed height stays this many times its height difference away, or it looks up a sleeve."""
_FLOOR_M = 0.07


@dataclass(frozen=True)
class Composition:
    """The chosen camera of frame 0 and what it took."""

    pose: CameraPose
    focus: F64
    """The point the shot is about (head, or middle of several)."""
    subjects: tuple[Subject, ...]
    foreground: str | None
    viewer: str | None
    """A character whose eyes the lens replaces (pov); not drawn."""
    compromises: tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """What composing aims for."""

    low: F64
    high: F64
    cut: Cut
    x: float
    heading: float
    anchor: F64
    width: tuple[Subject, ...]


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


def _partner(subject: Subject, subjects: Sequence[Subject]) -> Subject | None:
    others = [s for s in subjects if s.id != subject.id]
    return min(others, key=lambda s: length(s.origin - subject.origin)) if others else None


def _heading(subject: Subject, azimuth: float) -> float:
    return subject.yaw + azimuth


def _mean(points: Sequence[F64]) -> F64:
    total = vec(0, 0, 0)
    for p in points:
        total = total + p
    return total / len(points)


def _lead(subject: Subject, heading: float, cut: Cut) -> float:
    """Horizontal place of a single: off centre, with room where the face looks."""
    turn = math.sin(math.radians(subject.yaw - heading))
    tight = 0.5 if cut.focal > 70 else 1.0
    # A face turned to the frame's right (positive) stands left of centre.
    return 0.5 - 0.085 * tight * max(-1.0, min(1.0, turn * 1.4))


def _several_heading(group: Sequence[Subject], azimuth: float) -> float:
    """Perpendicular to the line between the two, on the side the audience sits on (+z)."""
    if len(group) < 2:
        return _heading(group[0], azimuth)
    d = group[1].origin - group[0].origin
    normal = math.degrees(math.atan2(-float(d[2]), float(d[0])))
    if math.cos(math.radians(normal)) < 0:
        normal += 180
    return normal + azimuth


def _plan(camera: CameraSpec, group: tuple[Subject, ...]) -> _Plan:
    cut = CUTS[camera.size]
    if camera.angle == "worms_eye":
        cut = replace(cut, focal=min(cut.focal, 19.0))
    if camera.angle == "dutch":
        cut = replace(cut, high_at=0.5 + (cut.high_at - 0.5) * 0.86, low_at=0.5 + (cut.low_at - 0.5) * 0.92)
    first = group[0]
    if camera.size == "insert":
        half = vec(0, _INSERT_M / 2, 0)
        return _Plan(
            first.hand - half, first.hand + half, cut, 0.5, _heading(first, camera.azimuth), first.hand, ()
        )
    if len(group) > 1:
        low, high = _mean([s.at(cut.low) for s in group]), _mean([s.at(cut.high) for s in group])
        return _Plan(
            low,
            high,
            cut,
            0.5,
            _several_heading(group, camera.azimuth),
            _mean([s.head for s in group]),
            group,
        )
    heading = _heading(first, camera.azimuth)
    return _Plan(
        first.at(cut.low), first.at(cut.high), cut, _lead(first, heading, cut), heading, first.head, ()
    )


def _eye(plan: _Plan, angle: str, heading: float, distance: float, lift: float) -> F64:
    """Lens position at ``distance`` from the middle of the cut for an angle."""
    middle = (plan.low + plan.high) / 2
    flat = vec(math.sin(math.radians(heading)), 0, math.cos(math.radians(heading)))
    if angle in _ELEVATIONS:
        rise = math.radians(_ELEVATIONS[angle])
        eye = middle + flat * (distance * math.cos(rise)) + vec(0, distance * math.sin(rise), 0)
        floor = _FLOOR_M if angle == "worms_eye" else 0.36
        if eye[1] < floor:
            eye = middle + flat * math.sqrt(
                max(distance**2 - (float(middle[1]) - floor) ** 2, (0.45 * distance) ** 2)
            )
            eye[1] = floor
        return eye
    level = _HEIGHTS[angle]
    # Eye level follows the real head; an insert is looked at from a little above the hand.
    height = float(plan.anchor[1]) + (0.34 if plan.cut.high == 0 else 0.0) if level == EYES else level
    height = max(_FLOOR_M, height + lift)
    drop = height - float(middle[1])
    eye = middle + flat * math.sqrt(max(distance**2 - drop**2, (_STEEPEST * drop) ** 2, 0.16))
    eye[1] = height
    return eye


def _place(plan: _Plan, pose: CameraPose, aspect: float) -> CameraPose:
    """Tilt and pan so that the middle of the cut meets its height in the frame."""
    middle = (plan.low + plan.high) / 2
    return aim_at(pose, aspect, middle, plan.x, 1 - (plan.cut.low_at + plan.cut.high_at) / 2)


def _too_wide(plan: _Plan, pose: CameraPose, aspect: float) -> float:
    """How many times wider than 88 % of the frame a group is (1 = fits)."""
    boxes = [box_of(pose, aspect, _upper(s, plan.cut.low)) for s in plan.width]
    spans = [b for b in boxes if b]
    if not spans:
        return 1.0
    return max(max(b[2] for b in spans) - 0.5, 0.5 - min(b[0] for b in spans)) * 2 / 0.90


def _upper(subject: Subject, low: float) -> list[tuple[F64, float]]:
    return [s for s in subject.spheres if float(s[0][1]) >= subject.height(low)]


def _solve(
    plan: _Plan, camera: CameraSpec, aspect: float, focal: float, heading: float, lift: float
) -> CameraPose:
    """Distance (then, where the lens cannot go nearer, focal length) that gives the cut its share of
    the frame.
    """
    steep = abs(_ELEVATIONS.get(camera.angle, 0.0)) > 45
    share = plan.cut.high_at - plan.cut.low_at
    span = length(plan.high - plan.low)
    distance = span / share / 2 / half_angles(focal, aspect)[1]
    roll = (camera.roll_degrees or _DUTCH_ROLL) if camera.angle == "dutch" else camera.roll_degrees
    pose = CameraPose(vec(0, 0, 0), plan.anchor, focal)
    for _ in range(9):
        if distance < _NEAREST_M:
            focal, distance = focal * _NEAREST_M / distance, _NEAREST_M
        eye = _eye(plan, camera.angle, heading, distance, lift)
        pose = _place(plan, CameraPose(eye, (plan.low + plan.high) / 2, focal), aspect)
        measured = share
        if not steep:
            measured = abs(project(pose, aspect, plan.low)[1] - project(pose, aspect, plan.high)[1])
        factor = measured / share if measured > 1e-3 else 1.0
        if plan.width:
            factor = max(factor, _too_wide(plan, pose, aspect))
        real = length(pose.eye - (plan.low + plan.high) / 2)
        if real > distance * 1.02 and factor < 1:
            focal /= max(0.6, factor)
        else:
            distance *= max(0.6, min(1.7, factor))
        if abs(factor - 1) < 0.004:
            break
    return replace(pose, roll=roll)


def blocked(stage: StageSet, pose: CameraPose, points: Sequence[F64], also: Sequence[F64] = ()) -> bool:
    """Whether the lens stands in furniture or looks through it at one of the points. Wild walls do not
    count.
    """
    gone = stage.hidden([pose.eye, *also])
    for obstacle in stage.obstacles:
        if obstacle.group in gone:
            continue
        if inside(obstacle, pose.eye, 0.10):
            return True
        if any(segment_hits(obstacle, pose.eye, p) for p in points):
            return True
    return False


def outside(stage: StageSet, eye: F64) -> float:
    """Metres by which the lens stands beyond the free space (walls are wild, but the room is better)."""
    return sum(
        max(0.0, stage.low[i] - float(eye[i])) + max(0.0, float(eye[i]) - stage.high[i]) for i in range(3)
    )


def _candidates(focal: float) -> list[tuple[float, float, float, float]]:
    """(cost, focal, azimuth offset, lift) from least to most different from what was asked."""
    found = [
        (abs(math.log2(k)) * 1.1 + abs(turn) / 26 + lift * 2.4, max(14.0, focal * k), turn, lift)
        for k in (1.0, 0.85, 1.2, 0.7, 1.5, 0.58)
        for turn in (0.0, 12.0, -12.0, 25.0, -25.0, 40.0, -40.0, 60.0, -60.0)
        for lift in (0.0, 0.25)
    ]
    return sorted(found)


def _single(
    camera: CameraSpec, group: tuple[Subject, ...], stage: StageSet, aspect: float
) -> tuple[CameraPose, tuple[str, ...]]:
    plan = _plan(camera, group)
    focal = camera.focal_mm or plan.cut.focal
    best: tuple[float, CameraPose, tuple[str, ...]] | None = None
    points = [plan.anchor, (plan.low + plan.high) / 2]
    for cost, lens, turn, lift in _candidates(focal):
        if best and cost >= best[0]:
            break
        pose = _solve(plan, camera, aspect, lens, plan.heading + turn, lift)
        total = cost + 0.9 * outside(stage, pose.eye)
        if (best is None or total < best[0]) and not blocked(stage, pose, points):
            notes = [f"azimuth moved by {turn:.0f}°"] if turn else []
            if abs(pose.focal_mm - focal) > focal * 0.05:
                notes.append(f"lens {pose.focal_mm:.0f} mm instead of {focal:.0f}")
            best = (total, pose, tuple(notes))
    if best:
        return best[1], best[2]
    return _solve(plan, camera, aspect, focal, plan.heading, 0.0), ("furniture in the way",)


def _over_shoulder(camera: CameraSpec, subject: Subject, front: Subject, aspect: float) -> CameraPose:
    """Behind the partner's shoulder, on the audience's side of the line between the two."""
    cut = CUTS[camera.size]
    line = unit(vec(float(front.head[0] - subject.head[0]), 0, float(front.head[2] - subject.head[2])))
    side = vec(float(line[2]), 0, -float(line[0]))
    if side[2] < 0:
        side = side * -1.0
    height = {"low_angle": -0.35, "high_angle": 0.45, "shoulder_level": -0.10}.get(camera.angle, 0.03)
    eye = front.head + line * 1.02 + side * 0.50
    eye[1] = float(front.head[1]) + height
    low, high = subject.at(max(cut.low, WAIST)), subject.at(cut.high if cut.high else CROWN)
    # The subject stands on the far third, away from the shoulder that frames it.
    right = unit(vec(float(subject.head[2] - eye[2]), 0, -float(subject.head[0] - eye[0])))
    x = 0.5 + (0.13 if float((side * -1 * right).sum()) > 0 else -0.13)
    share = min(0.86, cut.high_at - max(cut.low_at, 0.0))
    focal = camera.focal_mm or 45.0
    pose = CameraPose(eye, subject.head, focal)
    for _ in range(5):
        pose = aim_at(pose, aspect, (low + high) / 2, x, 1 - (cut.high_at - share / 2))
        measured = abs(project(pose, aspect, low)[1] - project(pose, aspect, high)[1])
        pose = replace(pose, focal_mm=min(75.0, max(28.0, pose.focal_mm * share / max(measured, 1e-3))))
    pose = aim_at(pose, aspect, subject.at(EYES), x, 0.36 if camera.size not in ("cu", "ecu") else 0.42)
    return replace(pose, roll=camera.roll_degrees)


def _point_of_view(camera: CameraSpec, subject: Subject, viewer: Subject, aspect: float) -> CameraPose:
    """From the viewer's eyes; only the lens can answer the size."""
    plan = _plan(camera, (subject,))
    focal = camera.focal_mm or plan.cut.focal
    pose = CameraPose(viewer.head + vec(0, 0.01, 0), plan.anchor, focal)
    for _ in range(6):
        pose = _place(replace(plan, x=0.5), pose, aspect)
        measured = abs(project(pose, aspect, plan.low)[1] - project(pose, aspect, plan.high)[1])
        pose = replace(
            pose,
            focal_mm=min(
                200.0, max(13.0, pose.focal_mm * (plan.cut.high_at - plan.cut.low_at) / max(measured, 1e-3))
            ),
        )
    return replace(_place(replace(plan, x=0.5), pose, aspect), roll=camera.roll_degrees)


def compose(camera: CameraSpec, subjects: Sequence[Subject], stage: StageSet, aspect: float) -> Composition:
    """Frame the subjects as asked. Never fails on furniture: what had to give is listed in
    ``compromises``.
    """
    if not subjects:
        return _empty_set(camera, stage, aspect)
    group = wanted_subjects(camera, subjects)
    first, partner = group[0], _partner(group[0], subjects)
    if camera.framing in ("ots", "dirty") and partner is not None and camera.size not in ("ews", "insert"):
        pose = _over_shoulder(camera, first, partner, aspect)
        if not blocked(stage, pose, [first.head]):
            return Composition(pose, first.head, group, partner.id, None, ())
    if camera.angle == "pov" and partner is not None and camera.framing not in ("two_shot", "group"):
        pose = _point_of_view(camera, first, partner, aspect)
        if not blocked(stage, pose, [first.head]):
            return Composition(pose, first.head, group, None, partner.id, ())
    pose, notes = _single(camera, group, stage, aspect)
    focus = first.hand if camera.size == "insert" else _mean([s.head for s in group])
    return Composition(pose, focus, group, None, None, notes)


def _empty_set(camera: CameraSpec, stage: StageSet, aspect: float) -> Composition:
    """A shot of the place alone: a stand-in of nobody on the first mark gives scale."""
    mark = stage.marks[0]
    origin = vec(0, 0, mark.z)
    ghost = Subject(
        "",
        origin,
        0.0,
        1.0,
        origin + vec(0, EYES, 0.02),
        origin + vec(-0.25, 0.95, 0.05),
        ((origin + vec(0, 1.2, 0), 0.4),),
    )
    wide = replace(
        camera, size=camera.size if camera.size in ("ews", "ws", "fs", "insert") else "ws", framing="single"
    )
    pose, notes = _single(wide, (ghost,), stage, aspect)
    return Composition(pose, ghost.head, (), None, None, notes)


def subject_box(pose: CameraPose, aspect: float, subject: Subject) -> Box | None:
    """Frame box of a whole figure."""
    return box_of(pose, aspect, subject.spheres)
