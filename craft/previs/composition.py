"""Composition by rule: where the lens stands so that a size, an angle and a framing come out as asked.

The size fixes which cutting lines of the figure meet which heights of the frame; the angle fixes how high the
lens is; distance and focal length follow from projection. What is in the way is avoided by trying other lenses,
directions and heights in order of how little they change the shot.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from craft.previs.avoidance import Clearance, allowed, outside, sees_faces, voids
from craft.previs.cuts import CUTS, DUTCH_ROLL, ELEVATIONS, GROUND_M, INSERT_M, LINES, Cut
from craft.previs.packet import CameraSpec
from craft.previs.projection import Box, CameraPose, Lens, aim_at, half_angles, union_box
from craft.previs.sides import Line, flat
from craft.previs.spatial import F64, length, vec
from craft.previs.subjects import CROWN, SHOULDERS, Subject

_NEAREST_M = 0.42
_STEEPEST = 1.1
"""A lens at a fixed height stays this many times its height difference away, or it looks up a sleeve."""
_FLOOR_M, _LOW_M = 0.07, 0.36
_WIDE = 0.90
"""Part of the frame's width that several people may fill."""
_TOP = 0.035
"""Headroom above the highest of several people."""
MET = (0.87, 1.15)
"""How much more or less than its share of the frame a single may get."""
MET_BY_TWO, MET_BY_MORE = 0.47, 0.56
"""Several people need room beside each other; below this part of the share the size is another one."""
_OVERHEAD = ("overhead", "aerial")
_VOIDS, _VOID_COST = 2, 0.3
"""How many of the frame's eight edge points may look past the set, and what each costs."""


@dataclass(frozen=True)
class Plan:
    """What composing aims for: the two cutting lines in the world, where they meet the frame, from where."""

    camera: CameraSpec
    low: F64
    high: F64
    cut: Cut
    x: float
    heading: float
    people: tuple[Subject, ...]
    """Whose faces must be seen; nobody for an insert."""
    points: tuple[F64, ...]
    """What must be seen where there are no faces."""
    line: Line | None
    ground: float
    also: Subject | None = None
    """Somebody the focus goes to, who should be seen beside the subject."""

    @property
    def middle(self) -> F64:
        """Between the cutting lines."""
        return (self.low + self.high) / 2

    @property
    def several(self) -> bool:
        """Whether the frame has to hold more than one person."""
        return len(self.people) > 1

    @property
    def steep(self) -> bool:
        """Whether the figure is too foreshortened for its height to be measured in the frame."""
        return abs(ELEVATIONS.get(self.camera.angle, 0.0)) > 45


@dataclass(frozen=True)
class Found:
    """A pose that keeps all rules, and what it took."""

    pose: CameraPose
    notes: tuple[str, ...] = ()


def mean(points: Sequence[F64]) -> F64:
    """Middle of some points."""
    total = vec(0, 0, 0)
    for p in points:
        total = total + p
    return total / len(points)


def _lead(subject: Subject, heading: float, cut: Cut) -> float:
    """Horizontal place of a single: off centre, with room where the face looks."""
    turn = math.sin(math.radians(subject.front - heading))
    tight = 0.5 if cut.focal > 70 else 1.0
    # A face turned to the frame's right (positive) stands left of centre.
    return 0.5 - 0.085 * tight * max(-1.0, min(1.0, turn * 1.4))


def _heading_of_one(subject: Subject, azimuth: float, line: Line | None) -> float:
    """The asked direction; where it would cross the line, the same view of the other cheek, else its mirror."""
    for heading in (subject.front + azimuth, subject.front - azimuth):
        if line is None or line.holds(heading):
            return heading
    return line.mirrored(subject.front + azimuth) if line else subject.front + azimuth


def _heading_of_several(group: Sequence[Subject], azimuth: float, line: Line | None) -> float:
    """Square to the line between the first two, on the kept side."""
    if line is None:
        return group[0].front + azimuth
    square = math.degrees(math.atan2(float(line.normal[0]), float(line.normal[2])))
    return line.mirrored(square + azimuth)


def _face_ahead(subject: Subject, heading: float, cut: Cut) -> F64:
    """From the figure's axis to its face: what a close frame is about, and what a steep view would else cut off."""
    seen = math.cos(math.radians(subject.front - heading))
    reach = 0.085 if cut.low > SHOULDERS else 0.045
    return flat(subject.front) * (reach * subject.scale * max(0.0, seen))


def _cut_for(camera: CameraSpec) -> Cut:
    cut = CUTS[camera.size]
    if camera.angle == "worms_eye":
        cut = replace(cut, focal=min(cut.focal, 19.0))
    if camera.angle == "dutch":
        cut = replace(cut, high_at=0.5 + (cut.high_at - 0.5) * 0.86, low_at=0.5 + (cut.low_at - 0.5) * 0.92)
    return cut


def plan_for(camera: CameraSpec, group: tuple[Subject, ...], line: Line | None) -> Plan:
    """What to aim for with these people (the first is whom the shot is about)."""
    cut, first = _cut_for(camera), group[0]
    ground = min(float(s.origin[1]) for s in group)
    heading = _heading_of_one(first, camera.azimuth, line)
    if camera.size == "insert":
        half, hand = vec(0, INSERT_M / 2, 0), first.hand
        return Plan(camera, hand - half, hand + half, cut, 0.5, heading, (), (hand,), line, ground)
    low, high = mean([s.at(cut.low) for s in group]), mean([s.at(cut.high) for s in group])
    if len(group) == 1 and cut.low >= SHOULDERS:
        ahead = _face_ahead(first, heading, cut)
        low, high = low + ahead, high + ahead
    if len(group) > 1:
        heading = _heading_of_several(group, camera.azimuth, line)
    x = 0.5 if len(group) > 1 else _lead(first, heading, cut)
    return Plan(camera, low, high, cut, x, heading, group, (), line, ground)


def _lens_height(plan: Plan) -> float:
    """Height of a lens that stands at one of the figure's own lines."""
    angle = plan.camera.angle
    if angle == "ground_level":
        return plan.ground + GROUND_M
    if not plan.people:
        # An insert is looked at from a little above the hand.
        return float(plan.middle[1]) + (
            0.34 if angle in ("eye_level", "dutch", "pov") else LINES[angle] - 0.95
        )
    if LINES[angle] == LINES["eye_level"]:
        return float(mean([s.head for s in plan.people])[1])
    return float(mean([s.at(LINES[angle]) for s in plan.people])[1])


def _eye(plan: Plan, heading: float, distance: float, lift: float) -> F64:
    """Lens position at ``distance`` metres from the middle of the cut."""
    middle, way, angle = plan.middle, flat(heading), plan.camera.angle
    if angle in ELEVATIONS:
        rise = math.radians(ELEVATIONS[angle])
        eye = middle + way * (distance * math.cos(rise)) + vec(0, distance * math.sin(rise), 0)
        floor = plan.ground + (_FLOOR_M if angle == "worms_eye" else _LOW_M)
        if eye[1] < floor:
            along = math.sqrt(max(distance**2 - (float(middle[1]) - floor) ** 2, (0.45 * distance) ** 2))
            eye = middle + way * along
            eye[1] = floor
        return eye
    height = max(plan.ground + _FLOOR_M, _lens_height(plan) + lift)
    drop = height - float(middle[1])
    eye = middle + way * math.sqrt(max(distance**2 - drop**2, (_STEEPEST * drop) ** 2, 0.16))
    eye[1] = height
    return eye


def _upper(subject: Subject, low: float) -> list[tuple[F64, float]]:
    line = float(subject.at(low)[1])
    crown = [(subject.at(CROWN - 0.04), 0.05)]
    return [s for s in subject.spheres if float(s[0][1]) >= line] + crown


def _box_of_several(plan: Plan, pose: CameraPose, aspect: float) -> Box | None:
    lens = Lens(pose, aspect)
    boxes = [lens.box(_upper(s, plan.cut.low)) for s in plan.people]
    return union_box([b for b in boxes if b]) if all(boxes) else None


def _placed(plan: Plan, pose: CameraPose, aspect: float) -> CameraPose:
    """Tilt and pan so that the cut meets its place: its middle for one person, the heads for several."""
    y = 1 - (plan.cut.low_at + plan.cut.high_at) / 2
    pose = aim_at(pose, aspect, plan.middle, plan.x, y)
    box = _box_of_several(plan, pose, aspect) if plan.several else None
    if box is None:
        return pose
    x = plan.x + 0.5 - (box[0] + box[2]) / 2
    down = 0.5 - (box[1] + box[3]) / 2 if plan.steep else max(1 - plan.cut.high_at, _TOP) - box[1]
    return aim_at(pose, aspect, plan.middle, x, y + down)


def share_of(plan: Plan, pose: CameraPose, aspect: float) -> float:
    """Part of the frame's height the cut gets, over the part it should get (1 = as asked)."""
    if plan.steep:
        across = length(plan.high - plan.low) / length(pose.eye - plan.middle)
        return across / 2 / half_angles(pose.focal_mm, aspect)[1] / plan.cut.share
    lens = Lens(pose, aspect)
    low, high = lens.see(plan.low), lens.see(plan.high)
    if min(low[2], high[2]) < 0.05:
        return 9.0
    return math.hypot((low[0] - high[0]) * aspect, low[1] - high[1]) / plan.cut.share


def _overflow(plan: Plan, pose: CameraPose, aspect: float) -> float:
    """How many times too big several people are for the frame (1 = they just fit)."""
    box = _box_of_several(plan, pose, aspect)
    if box is None:
        return 1.6
    tall = (box[3] - box[1]) / 0.94 if plan.steep or plan.cut.low_at > 0 else 0.0
    return max((box[2] - box[0]) / _WIDE, tall)


def solve(plan: Plan, aspect: float, focal: float, heading: float, lift: float) -> CameraPose:
    """Distance (then, where the lens cannot go nearer, focal length) that gives the cut its share of the frame."""
    camera = plan.camera
    distance = length(plan.high - plan.low) / plan.cut.share / 2 / half_angles(focal, aspect)[1]
    roll = (camera.roll_degrees or DUTCH_ROLL) if camera.angle == "dutch" else camera.roll_degrees
    pose = CameraPose(vec(0, 0, 0), plan.middle, focal)
    for _ in range(10):
        if distance < _NEAREST_M:
            focal, distance = focal * _NEAREST_M / distance, _NEAREST_M
        eye = _eye(plan, heading, distance, lift)
        pose = _placed(plan, CameraPose(eye, plan.middle, focal), aspect)
        factor = max(0.2, share_of(plan, pose, aspect))
        if plan.several:
            factor = max(factor, _overflow(plan, pose, aspect))
        real = length(pose.eye - plan.middle)
        if real > distance * 1.02 and factor < 1:
            focal /= max(0.6, factor)
        else:
            distance *= max(0.6, min(1.7, factor))
        if abs(factor - 1) < 0.004:
            break
    return replace(pose, roll=roll)


def _candidates(focal: float) -> Iterator[tuple[float, float, float, float]]:
    """(cost, focal, azimuth offset, lift) from least to most different from what was asked."""
    found = [
        (abs(math.log2(k)) * 1.1 + abs(turn) / 26 + lift * 2.4, max(14.0, focal * k), turn, lift)
        for k in (1.0, 0.85, 1.2, 0.7, 1.5, 0.58)
        for turn in (0.0, 12.0, -12.0, 25.0, -25.0, 40.0, -40.0, 60.0, -60.0)
        for lift in (0.0, 0.25)
    ]
    yield from sorted(found)


def _sized(plan: Plan, pose: CameraPose, aspect: float) -> bool:
    """Whether the size is what was asked and all heads are in the frame."""
    share = share_of(plan, pose, aspect)
    least = (MET[0], MET[0], MET_BY_TWO, MET_BY_MORE)[min(3, len(plan.people))]
    if not least <= share <= MET[1]:
        return False
    if plan.camera.size in ("ecu", "insert"):
        return True
    lens = Lens(pose, aspect)
    edge = 0.06 if plan.camera.angle == "dutch" or plan.steep else 0.02
    for person in plan.people:
        x, y, z = lens.see(person.head)
        if z < 0.2 or not (0.02 < x < 0.98 and edge < y < 0.97):
            return False
    return True


def _hidden_faces(plan: Plan, pose: CameraPose, aspect: float) -> int:
    """How many of several faces stand behind somebody nearer."""
    lens = Lens(pose, aspect)
    seen = sorted((lens.see(s.head)[2], i) for i, s in enumerate(plan.people))
    boxes = [lens.box(s.spheres[-2:]) for s in plan.people]
    count = 0
    for rank, (_z, i) in enumerate(seen):
        x, y, _depth = lens.see(plan.people[i].head)
        nearer = [boxes[j] for _z, j in seen[:rank]]
        count += any(b is not None and b[0] < x < b[2] and b[1] < y < b[3] for b in nearer)
    return count


def _looming(plan: Plan, pose: CameraPose, aspect: float) -> float:
    """Cost of one of several who stands so near the lens that the others are a backdrop."""
    lens = Lens(pose, aspect)
    depths = [lens.see(s.head)[2] for s in plan.people]
    return 2.0 if min(depths) < 0.5 * sum(depths) / len(depths) else 0.0


def rules_kept(plan: Plan, pose: CameraPose, clear: Clearance, aspect: float) -> bool:
    """Whether lens and frame keep every rule: room, side of the line, sight of the faces, size."""
    angle, eye = plan.camera.angle, pose.eye
    if plan.line is not None and angle not in _OVERHEAD and plan.line.distance(eye) < -0.02:
        return False
    if not allowed(clear.stage, eye):
        return False
    present = clear.present([eye])
    if not clear.stands_free(eye, present):
        return False
    if not sees_faces(clear, eye, [s.head for s in plan.people], present):
        return False
    if not all(clear.sees(eye, p, present) for p in plan.points) or not _sized(plan, pose, aspect):
        return False
    return voids(clear.stage, pose, aspect) <= _VOIDS


def _unseen(plan: Plan, other: Subject, pose: CameraPose, aspect: float) -> float:
    """Cost of a second head that is out of the frame or behind the first."""
    lens = Lens(pose, aspect)
    x, y, z = lens.see(other.head)
    if z < 0.3 or not (0.04 < x < 0.96 and 0.02 < y < 0.95):
        return 2.5
    boxes = (lens.box(s.spheres[-2:]) for s in plan.people)
    return 1.5 if any(b and b[0] - 0.03 < x < b[2] + 0.03 for b in boxes) else 0.0


def _soft_cost(plan: Plan, pose: CameraPose, clear: Clearance, aspect: float) -> float:
    cost = 0.0 if plan.also is None else _unseen(plan, plan.also, pose, aspect)
    cost += _VOID_COST * voids(clear.stage, pose, aspect)
    if plan.several:
        cost += 1.2 * _hidden_faces(plan, pose, aspect) + _looming(plan, pose, aspect)
    elif plan.people and not clear.sees(pose.eye, plan.middle, clear.present([pose.eye])):
        cost += 0.8
    return cost


def search(plan: Plan, clear: Clearance, aspect: float) -> Found | None:
    """The pose that keeps all rules and changes least of what was asked; None when there is none."""
    focal = plan.camera.focal_mm or plan.cut.focal
    best: tuple[float, Found] | None = None
    for cost, lens, turn, lift in _candidates(focal):
        if best and cost >= best[0]:
            break
        pose = solve(plan, aspect, lens, plan.heading + turn, lift)
        total = cost + 0.9 * outside(clear.stage, pose.eye)
        if (best and total >= best[0]) or not rules_kept(plan, pose, clear, aspect):
            continue
        total += _soft_cost(plan, pose, clear, aspect)
        if best is None or total < best[0]:
            notes = [f"azimuth moved by {turn:.0f}°"] if turn else []
            if abs(pose.focal_mm - focal) > focal * 0.05:
                notes.append(f"lens {pose.focal_mm:.0f} mm instead of {focal:.0f}")
            best = (total, Found(pose, tuple(notes)))
    return best[1] if best else None
