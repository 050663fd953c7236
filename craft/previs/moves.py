"""Camera paths: each of the eight movements as a pose per frame.

The framing asked for is that of frame 0 (a pan, tilt or truck has it at the middle of its travel), so a
keyframe and its
clip agree. Travel shrinks where the set or the frame's edge would be hit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from craft.previs.packet import CameraSpec
from craft.previs.projection import CameraPose, aim_at, half_angles, project
from craft.previs.spatial import F64, Y_AXIS, apply, basis, length, rotation, smooth, unit, vec

_PAN = {"slow": 2.5, "medium": 5.0, "fast": 11.0, "whip": 60.0}
_DOLLY = {"slow": 0.055, "medium": 0.095, "fast": 0.17, "whip": 0.45}
_TRUCK = {"slow": 0.055, "medium": 0.10, "fast": 0.18, "whip": 0.45}
_CRANE = {"slow": 0.10, "medium": 0.20, "fast": 0.38, "whip": 0.9}
_ARC = {"slow": 4.0, "medium": 7.5, "fast": 14.0, "whip": 50.0}
_SHAKE = {"low": 0.4, "medium": 1.0, "high": 2.1}

Free = Callable[[list[F64]], bool]
"""Whether a lens may pass through all these places."""


@dataclass(frozen=True)
class Path:
    """What a path is computed from."""

    base: CameraPose
    camera: CameraSpec
    frames: int
    seconds: float
    focus: F64
    aspect: float
    seed: int


def progress(path: Path, frame: int) -> float:
    """Eased travel 0-1; a whip snaps within the first third."""
    u = frame / max(1, path.frames - 1)
    if path.camera.speed == "whip":
        return smooth(min(1.0, u / 0.35))
    # Half eased, half linear: starts and stops softly without crawling at both ends.
    return 0.6 * smooth(u) + 0.4 * u


def _turned(base: CameraPose, yaw: float, pitch: float) -> CameraPose:
    forward = base.target - base.eye
    right, _up, _f = basis(base.eye, base.target)
    axis = (float(right[0]), float(right[1]), float(right[2]))
    turned = apply(rotation(Y_AXIS, yaw), apply(rotation(axis, pitch), forward))
    return CameraPose(base.eye, base.eye + turned, base.focal_mm, base.roll)


def _held(path: Path, eye: F64) -> CameraPose:
    """A moved lens turned so that the focus stays where the framing put it."""
    x, y, _z = project(
        CameraPose(path.base.eye, path.base.target, path.base.focal_mm), path.aspect, path.focus
    )
    moved = CameraPose(eye, path.base.target, path.base.focal_mm)
    held = aim_at(moved, path.aspect, path.focus, x, y)
    return CameraPose(held.eye, held.target, held.focal_mm, path.base.roll)


def _pan(path: Path, s: float, k: float) -> CameraPose:
    limit = 2 * math.degrees(math.atan(half_angles(path.base.focal_mm, path.aspect)[0]))
    travel = min(_PAN[path.camera.speed] * path.seconds, 0.34 * limit) * k
    sign = -1.0 if path.camera.direction == "right" else 1.0
    return _turned(path.base, sign * travel * (s - 0.5), 0.0)


def _tilt(path: Path, s: float, k: float) -> CameraPose:
    limit = 2 * math.degrees(math.atan(half_angles(path.base.focal_mm, path.aspect)[1]))
    travel = min(_PAN[path.camera.speed] * path.seconds, 0.26 * limit) * k
    sign = -1.0 if path.camera.direction == "down" else 1.0
    return _turned(path.base, 0.0, sign * travel * (s - 0.5))


def _dolly(path: Path, s: float, k: float) -> CameraPose:
    near = path.camera.direction != "out"
    limit = 0.36 if near else 0.5
    travel = min(_DOLLY[path.camera.speed] * path.seconds, limit) * k
    toward = path.focus - path.base.eye
    return _held(path, path.base.eye + toward * (travel * s * (1.0 if near else -1.0)))


def _truck(path: Path, s: float, k: float) -> CameraPose:
    right, _up, _f = basis(path.base.eye, path.base.target)
    width = 2 * length(path.focus - path.base.eye) * half_angles(path.base.focal_mm, path.aspect)[0]
    travel = min(_TRUCK[path.camera.speed] * path.seconds, 0.36) * width * k
    sign = -1.0 if path.camera.direction == "left" else 1.0
    shift = unit(vec(float(right[0]), 0, float(right[2]))) * (sign * travel * (s - 0.5))
    if path.camera.direction == "follow":
        return _held(path, path.base.eye + shift * 1.6)
    return CameraPose(path.base.eye + shift, path.base.target + shift, path.base.focal_mm, path.base.roll)


def _crane(path: Path, s: float, k: float) -> CameraPose:
    reach = min(1.0, length(path.focus - path.base.eye) / 2.2)
    travel = min(_CRANE[path.camera.speed] * path.seconds, 1.3) * reach * k
    sign = -1.0 if path.camera.direction == "down" else 1.0
    return _held(path, path.base.eye + vec(0, sign * travel * s, 0))


def _arc(path: Path, s: float, k: float) -> CameraPose:
    asked = path.camera.arc_degrees or min(_ARC[path.camera.speed] * path.seconds, 70.0)
    sign = -1.0 if path.camera.direction == "cw" else 1.0
    pivot = vec(float(path.focus[0]), 0, float(path.focus[2]))
    eye = pivot + apply(rotation(Y_AXIS, sign * asked * k * s), path.base.eye - pivot)
    return _held(path, eye)


def _noise(seed: int, channel: int, t: float) -> float:
    phase = (seed % 997) * 0.37 + channel * 2.13
    return (
        0.55 * math.sin(2 * math.pi * 0.43 * t + phase)
        + 0.30 * math.sin(2 * math.pi * 1.07 * t + phase * 1.7)
        + 0.15 * math.sin(2 * math.pi * 2.3 * t + phase * 2.9)
    )


def _handheld(path: Path, frame: int, k: float) -> CameraPose:
    t = frame / max(1, path.frames) * path.seconds
    strength = _SHAKE.get(path.camera.direction, 1.0) * k
    noise = [_noise(path.seed, c, t) - _noise(path.seed, c, 0.0) for c in range(6)]
    shift = vec(noise[0], noise[1], noise[2]) * (0.011 * strength)
    turned = _turned(path.base, 0.42 * strength * noise[3], 0.36 * strength * noise[4])
    roll = path.base.roll + 0.30 * strength * noise[5]
    return CameraPose(turned.eye + shift, turned.target + shift, path.base.focal_mm, roll)


_MOVES: dict[str, Callable[[Path, float, float], CameraPose]] = {
    "pan": _pan,
    "tilt": _tilt,
    "dolly": _dolly,
    "truck": _truck,
    "crane": _crane,
    "arc": _arc,
}


def _at(path: Path, frame: int, k: float) -> CameraPose:
    movement = path.camera.movement
    if movement == "static":
        return path.base
    if movement == "handheld":
        return _handheld(path, frame, k)
    return _MOVES[movement](path, progress(path, frame), k)


def camera_path(path: Path, free: Free) -> tuple[CameraPose, ...]:
    """A pose per frame. Travel is reduced in steps until the lens stays in free space and keeps its
    subject.
    """
    samples = sorted({0, path.frames // 4, path.frames // 2, 3 * path.frames // 4, path.frames - 1})
    for k in (1.0, 0.75, 0.5, 0.3, 0.15):
        poses = [_at(path, frame, k) for frame in samples]
        if free([p.eye for p in poses]) and all(_keeps(path, p) for p in poses):
            return tuple(_at(path, frame, k) for frame in range(path.frames))
    return tuple(_at(path, frame, 0.08) for frame in range(path.frames))


def _keeps(path: Path, pose: CameraPose) -> bool:
    x, y, z = project(pose, path.aspect, path.focus)
    return z > 0.25 and 0.06 < x < 0.94 and 0.0 < y < 0.97
