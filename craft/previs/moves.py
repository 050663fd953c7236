"""Camera paths: each of the eight movements as a pose per frame, in metres and degrees of the world.

The framing asked for is that of frame 0 (a pan, tilt or truck has it at the middle of its travel), so a keyframe
and its clip agree. Where the set or the frame's edge would be hit, travel is shifted and shortened.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from craft.previs import optics
from craft.previs.avoidance import Clearance, allowed
from craft.previs.easing import eased, snapped, swung
from craft.previs.handheld import unrest
from craft.previs.packet import CameraSpec
from craft.previs.projection import CameraPose, aim_at, half_angles, project
from craft.previs.spatial import F64, Y_AXIS, apply, basis, length, rotation, unit, vec

_PAN = {"slow": 3.0, "medium": 6.0, "fast": 13.0}
"""Degrees per second."""
_SWING = (75.0, 42.0)
"""Degrees a whip turns sideways and upwards."""
_DOLLY = {"slow": 0.055, "medium": 0.095, "fast": 0.17, "whip": 0.45}
"""Parts of the distance to the subject per second."""
_TRUCK = {"slow": 0.055, "medium": 0.10, "fast": 0.18, "whip": 0.45}
"""Parts of the frame's width at the subject per second."""
_CRANE = {"slow": 0.10, "medium": 0.20, "fast": 0.38, "whip": 0.9}
"""Metres per second for a lens 2.2 m away."""
_ARC = {"slow": 4.0, "medium": 7.5, "fast": 14.0, "whip": 50.0}
"""Degrees per second."""
_SHAKE = {"low": 0.4, "medium": 1.0, "high": 2.1}
_DOLLY_ZOOM = {"slow": 0.10, "medium": 0.18, "fast": 0.30, "whip": 0.6}
_WALKED_M = 0.25
"""A subject that has gone less far is standing."""
_SAMPLES = 24

_CENTRED = ("pan", "tilt", "truck")
_TRIES: tuple[tuple[float, float], ...] = (
    (1.0, 0.0),
    (0.75, 0.0),
    (1.0, 0.5),
    (0.5, 0.0),
    (1.0, 1.0),
    (0.6, 0.5),
    (0.6, 1.0),
    (0.3, 0.0),
    (0.3, 0.5),
    (0.3, 1.0),
    (0.15, 0.0),
    (0.15, 1.0),
)
"""(part of the travel, part of it that lies before the framing), from as asked to the least that is a movement."""


@dataclass(frozen=True)
class Path:
    """What a path is computed from. ``focus`` is the subject in frame 0, ``track`` in every frame (none: it stands),
    ``rack`` the point the focus goes to.
    """

    base: CameraPose
    camera: CameraSpec
    frames: int
    seconds: float
    focus: F64
    aspect: float
    seed: int
    track: tuple[F64, ...] = ()
    rack: F64 | None = None

    def point(self, frame: int) -> F64:
        """The subject in a frame."""
        return self.track[frame] if self.track else self.focus

    def share(self, frame: int) -> float:
        """Part of the time that is over, 0-1."""
        return frame / max(1, self.frames - 1)

    @property
    def walked(self) -> F64:
        """Where the subject goes from first to last frame, metres on the floor."""
        d = self.point(self.frames - 1) - self.focus
        return vec(float(d[0]), 0, float(d[2]))


@dataclass(frozen=True)
class Travel:
    """A pose per frame, and what had to give."""

    poses: tuple[CameraPose, ...]
    notes: tuple[str, ...] = ()


def _swings(path: Path) -> bool:
    return path.camera.speed == "whip" and path.camera.movement in ("pan", "tilt")


def progress(path: Path, frame: int) -> float:
    """Eased travel 0-1; a whip snaps within the first third, a whip pan holds first and then flies away."""
    u = path.share(frame)
    if path.camera.speed == "whip":
        return swung(u) if _swings(path) else snapped(u)
    return eased(path.camera.easing, u)


def _turned(base: CameraPose, yaw: float, pitch: float) -> CameraPose:
    forward = base.target - base.eye
    right, _up, _f = basis(base.eye, base.target)
    axis = (float(right[0]), float(right[1]), float(right[2]))
    turned = apply(rotation(Y_AXIS, yaw), apply(rotation(axis, pitch), forward))
    return CameraPose(base.eye, base.eye + turned, base.focal_mm, base.roll)


def _held(path: Path, eye: F64, frame: int) -> CameraPose:
    """A moved lens turned so that the subject stays where the framing put it."""
    level = CameraPose(path.base.eye, path.base.target, path.base.focal_mm)
    x, y, _z = project(level, path.aspect, path.focus)
    moved = CameraPose(eye, path.base.target + path.point(frame) - path.focus, path.base.focal_mm)
    return replace(aim_at(moved, path.aspect, path.point(frame), x, y), roll=path.base.roll)


def _field(path: Path, axis: int) -> float:
    return 2 * math.degrees(math.atan(half_angles(path.base.focal_mm, path.aspect)[axis]))


def _turn(path: Path, axis: int, part: float, k: float) -> float:
    """Degrees of a pan or tilt."""
    if path.camera.speed == "whip":
        return _SWING[axis]
    return min(_PAN[path.camera.speed] * path.seconds, part * _field(path, axis)) * k


def _follows(path: Path) -> bool:
    """Whether the subject walks the way the camera is told to pan."""
    right, _up, _f = basis(path.base.eye, path.base.target)
    across = float((path.walked * right).sum())
    return across > _WALKED_M if path.camera.direction == "right" else across < -_WALKED_M


def _pan(path: Path, s: float, k: float, frame: int) -> CameraPose:
    if path.camera.speed != "whip" and _follows(path):
        return _held(path, path.base.eye, frame)
    sign = -1.0 if path.camera.direction == "right" else 1.0
    return _turned(path.base, sign * s * _turn(path, 0, 0.34, k), 0.0)


def _tilt(path: Path, s: float, k: float, _frame: int) -> CameraPose:
    sign = -1.0 if path.camera.direction == "down" else 1.0
    return _turned(path.base, 0.0, sign * s * _turn(path, 1, 0.26, k))


def _dolly(path: Path, s: float, k: float, frame: int) -> CameraPose:
    near = path.camera.direction != "out"
    speeds, limit = (_DOLLY, 0.36 if near else 0.5)
    if path.camera.optics == "dolly_zoom":
        speeds, limit = _DOLLY_ZOOM, 0.45 if near else 0.9
    travel = min(speeds[path.camera.speed] * path.seconds, limit) * k * (1.0 if near else -1.0)
    away = path.base.eye - path.focus
    return _held(path, path.point(frame) + away * (1 - travel * s), frame)


def _truck(path: Path, s: float, k: float, frame: int) -> CameraPose:
    right, _up, _f = basis(path.base.eye, path.base.target)
    width = 2 * length(path.focus - path.base.eye) * half_angles(path.base.focal_mm, path.aspect)[0]
    travel = min(_TRUCK[path.camera.speed] * path.seconds, 0.36) * width * k
    sign = -1.0 if path.camera.direction == "left" else 1.0
    shift = unit(vec(float(right[0]), 0, float(right[2]))) * (sign * travel * s)
    if path.camera.direction == "follow":
        if length(path.walked) > _WALKED_M:
            gone = path.point(frame) - path.focus
            return _held(path, path.base.eye + vec(float(gone[0]), 0, float(gone[2])) * k, frame)
        return _held(path, path.base.eye + shift * 1.6, frame)
    return CameraPose(path.base.eye + shift, path.base.target + shift, path.base.focal_mm, path.base.roll)


def _crane(path: Path, s: float, k: float, frame: int) -> CameraPose:
    reach = min(1.0, length(path.focus - path.base.eye) / 2.2)
    travel = min(_CRANE[path.camera.speed] * path.seconds, 1.3) * reach * k
    sign = -1.0 if path.camera.direction == "down" else 1.0
    return _held(path, path.base.eye + vec(0, sign * travel * s, 0), frame)


def _arc(path: Path, s: float, k: float, frame: int) -> CameraPose:
    asked = path.camera.arc_degrees or min(_ARC[path.camera.speed] * path.seconds, 70.0)
    sign = -1.0 if path.camera.direction == "cw" else 1.0
    around = path.base.eye - path.focus
    return _held(path, path.point(frame) + apply(rotation(Y_AXIS, sign * asked * k * s), around), frame)


def _handheld(path: Path, _s: float, k: float, frame: int) -> CameraPose:
    t = frame / max(1, path.frames) * path.seconds
    strength = _SHAKE.get(path.camera.direction, 1.0) * k
    noise = [unrest(path.seed, c, t) - unrest(path.seed, c, 0.0) for c in range(6)]
    shift = vec(noise[0], noise[1], noise[2]) * (0.011 * strength)
    # Whoever carries the camera keeps a walking subject in the frame.
    base = _held(path, path.base.eye, frame) if length(path.walked) > _WALKED_M else path.base
    turned = _turned(base, 0.42 * strength * noise[3], 0.36 * strength * noise[4])
    roll = path.base.roll + 0.30 * strength * noise[5]
    return CameraPose(turned.eye + shift, turned.target + shift, path.base.focal_mm, roll)


def _static(path: Path, _s: float, _k: float, _frame: int) -> CameraPose:
    return path.base


_MOVES: dict[str, Callable[[Path, float, float, int], CameraPose]] = {
    "static": _static,
    "pan": _pan,
    "tilt": _tilt,
    "dolly": _dolly,
    "truck": _truck,
    "crane": _crane,
    "arc": _arc,
    "handheld": _handheld,
}


def _moving(path: Path) -> Path:
    """A dolly zoom needs a dolly, whatever else was told."""
    if path.camera.optics != "dolly_zoom":
        return path
    direction = "out" if path.camera.optics_direction == "out" else "in"
    return replace(path, camera=replace(path.camera, movement="dolly", direction=direction))


def _at(path: Path, frame: int, k: float, before: float) -> CameraPose:
    movement = path.camera.movement
    centred = movement in _CENTRED and not _swings(path) and path.camera.direction != "follow"
    s = progress(path, frame) - (0.5 if centred else before)
    return _through_lens(path, _MOVES[movement](path, s, k, frame), frame)


def _through_lens(path: Path, pose: CameraPose, frame: int) -> CameraPose:
    """The pose with what the lens does in this frame."""
    camera, u, point = path.camera, path.share(frame), path.point(frame)
    if camera.optics == "zoom":
        pose = optics.zoomed(camera, pose, path.aspect, point, u, path.seconds)
    elif camera.optics == "dolly_zoom":
        pose = optics.same_size(pose, path.base, path.aspect, point, path.focus)
    elif camera.optics == "roll":
        pose = optics.rolled(camera, pose, u, path.seconds)
    if camera.optics == "rack_focus":
        return optics.racked(camera, pose, path.aspect, (point, path.rack), u, path.seconds)
    return optics.focused(pose, path.aspect, point)


def camera_path(path: Path, clear: Clearance) -> Travel | None:
    """A pose per frame; None where the set leaves no room for the movement at all."""
    path = _moving(path)
    if path.camera.movement == "static":
        return Travel(tuple(_at(path, frame, 1.0, 0.0) for frame in range(path.frames)))
    step = max(1, (path.frames - 1) // _SAMPLES)
    samples = sorted({*range(0, path.frames, step), path.frames - 1})
    for k, before in _TRIES:
        poses = {frame: _at(path, frame, k, before) for frame in samples}
        if _room(path, poses, clear) and all(_keeps(path, f, p) for f, p in poses.items()):
            poses_of_all = tuple(_at(path, frame, k, before) for frame in range(path.frames))
            return Travel(poses_of_all, _told(path, k, before))
    return None


def _told(path: Path, k: float, before: float) -> tuple[str, ...]:
    """What had to give, in words."""
    movement, notes = path.camera.movement, []
    if k < 1:
        notes.append(f"{movement} shortened to {k:.0%}")
    if before > 0 and movement not in _CENTRED:
        notes.append(f"{movement} ends at the framing" if before == 1 else f"{movement} passes the framing")
    return tuple(notes)


def _room(path: Path, poses: dict[int, CameraPose], clear: Clearance) -> bool:
    """Whether the lens stays in free space, meets nothing on its way and sees the subject."""
    eyes = [pose.eye for pose in poses.values()]
    if all((eye == eyes[0]).all() for eye in eyes):
        return True
    present = clear.present(eyes)
    if not all(allowed(clear.stage, eye) for eye in eyes):
        return False
    if not all(clear.passes(a, b, present) for a, b in zip(eyes, [*eyes[1:], eyes[-1]], strict=True)):
        return False
    return all(clear.sees(pose.eye, path.point(frame), present) for frame, pose in poses.items())


def _keeps(path: Path, frame: int, pose: CameraPose) -> bool:
    """Whether the subject is in the frame; a whip pan may leave it, and a walking one may leave a fixed frame."""
    if _swings(path):
        return True
    steady = path.camera.movement in _CENTRED and path.camera.direction != "follow" and not _follows(path)
    x, y, z = project(pose, path.aspect, path.focus if steady else path.point(frame))
    edge = 0.0 if path.camera.size in ("ecu", "insert") else 0.06
    return z > 0.25 and edge < x < 1 - edge and 0.0 < y < 0.97
