"""Shots that are taken past or through another person: over the shoulder, dirty, and point of view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from craft.previs.avoidance import Clearance, allowed, outside, sees_faces
from craft.previs.composition import MET, Found, Plan, rules_kept, share_of
from craft.previs.cuts import DUTCH_ROLL
from craft.previs.projection import CameraPose, Lens, aim_at, clipped, union_box
from craft.previs.sides import Line
from craft.previs.spatial import F64, unit, vec
from craft.previs.subjects import Subject

_RISE = {"low_angle": -0.34, "high_angle": 0.45, "shoulder_level": -0.12, "hip_level": -0.5, "dutch": 0.03}
_LENSES = (24.0, 135.0)
_EYE_LENSES = (13.0, 200.0)
_WANTED = {"ots": (0.30, 0.13), "dirty": (0.15, 0.07)}
"""Part of the frame's width the foreground fills, and how far from the middle the subject stands."""
_PRESENT = (0.06, 0.58)
"""Less is no foreground, more is no subject."""
_HEAD_M = 0.13


def _axis(subject: Subject, front: Subject) -> F64:
    d = front.head - subject.head
    return unit(vec(float(d[0]), 0, float(d[2])))


def _beside(subject: Subject, front: Subject, line: Line | None) -> F64:
    if line is not None:
        return line.normal
    way = _axis(subject, front)
    return vec(float(way[2]), 0, -float(way[0]))


def _fitted(
    plan: Plan, eye: F64, x: float, aspect: float, lenses: tuple[float, float], asked: float
) -> CameraPose:
    """From a given eye only the lens can answer the size."""
    y = 1 - (plan.cut.low_at + plan.cut.high_at) / 2
    pose = CameraPose(eye, plan.middle, asked or plan.cut.focal)
    for _ in range(1 if asked else 5):
        pose = aim_at(pose, aspect, plan.middle, x, y)
        focal = pose.focal_mm if asked else pose.focal_mm / max(share_of(plan, pose, aspect), 0.05)
        pose = replace(pose, focal_mm=min(lenses[1], max(lenses[0], focal)))
    return aim_at(pose, aspect, plan.middle, x, y)


def _places(subject: Subject, front: Subject, line: Line | None, angle: str) -> Iterator[tuple[float, F64]]:
    """(cost, eye) behind the shoulder, from the usual place outwards."""
    way, side = _axis(subject, front), _beside(subject, front, line)
    for back in (0.95, 0.75, 0.6, 1.25, 1.7, 2.3):
        for beside in (0.42, 0.36, 0.30, 0.25, 0.50, 0.60, 0.72):
            eye = front.head + way * back + side * beside
            eye[1] = max(0.1, float(front.head[1]) + _RISE.get(angle, 0.04))
            yield 0.3 * abs(back - 0.95), eye


def _intrusion(pose: CameraPose, front: Subject, subject: Subject, aspect: float) -> float | None:
    """Part of the frame's width the foreground fills; None where it covers the subject's face."""
    lens = Lens(pose, aspect)
    x, y, depth = lens.see(subject.head)
    reach = _HEAD_M / depth / lens.tx / 2
    upper = [s for s in front.spheres if float(s[0][1]) > float(front.head[1]) - 0.75]
    for centre, radius in upper:
        fx, fy, fz = lens.see(centre)
        r = radius / max(fz, 0.1) / lens.tx / 2
        if fz < 0.15 or ((fx - x) ** 2 + ((fy - y) / aspect) ** 2) ** 0.5 < r + reach:
            return None
    # Ball by ball: a box round all of them may reach into the frame where no part of the body does.
    boxes = [box for box in (clipped(lens.box([ball])) for ball in upper) if box]
    whole = union_box(boxes) if boxes else None
    return whole[2] - whole[0] if whole else 0.0


def over_shoulder(
    plan: Plan, front: Subject, clear: Clearance, aspect: float, *, framing: str
) -> Found | None:
    """Behind the partner's shoulder on the kept side of the line, so that it frames the subject."""
    camera, subject = plan.camera, plan.people[0]
    wanted, aside = _WANTED[framing]
    best: tuple[float, Found] | None = None
    for cost, eye in _places(subject, front, plan.line, camera.angle):
        if not allowed(clear.stage, eye):
            continue
        present = clear.present([eye])
        if not clear.stands_free(eye, present) or not sees_faces(clear, eye, [subject.head], present):
            continue
        ahead = subject.head - eye
        right = vec(-float(ahead[2]), 0, float(ahead[0]))
        to_right = float(((front.head - eye) * right).sum()) > 0
        pose = _fitted(plan, eye, 0.5 - aside if to_right else 0.5 + aside, aspect, _LENSES, camera.focal_mm)
        seen = _intrusion(pose, front, subject, aspect)
        if seen is None or not _PRESENT[0] <= seen <= _PRESENT[1]:
            continue
        if not camera.focal_mm and not MET[0] <= share_of(plan, pose, aspect) <= MET[1]:
            continue
        total = cost + abs(seen - wanted) * 4 + outside(clear.stage, eye) * 0.9
        if best is None or total < best[0]:
            roll = camera.roll_degrees or (DUTCH_ROLL if camera.angle == "dutch" else 0.0)
            best = (total, Found(replace(pose, roll=roll)))
    return best[1] if best else None


def point_of_view(plan: Plan, viewer: Subject, clear: Clearance, aspect: float) -> Found | None:
    """From the viewer's eyes; None when no lens can give the size from there."""
    # A viewer sits in his chair and stands on the line, so only the sight of the subject counts.
    free = replace(plan, line=None, x=0.5)
    eye = viewer.head + vec(0, 0.01, 0)
    pose = _fitted(free, eye, 0.5, aspect, _EYE_LENSES, plan.camera.focal_mm)
    pose = replace(pose, roll=plan.camera.roll_degrees)
    return Found(pose) if rules_kept(free, pose, clear, aspect) else None
