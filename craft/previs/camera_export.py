"""The camera's path for other programs: JSON with matrices, and glTF 2.0 with an animated perspective camera.

World: right-handed, metres, x right, y up, z towards the audience. Camera: x right, y up, looking along -z.
Matrices are lists of 16 numbers, row by row, for column vectors (``clip = projection * view * world point``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from craft.previs.film import write_bytes
from craft.previs.projection import FAR_M, NEAR_M, SENSOR_MM, CameraPose, fov_y, half_angles
from craft.previs.shot import Shot
from craft.previs.solids import box
from craft.previs.spatial import F64, affine, basis, look_at, perspective
from craft.previs.version import ENGINE_VERSION

AXES = "right-handed, metres: x right, y up, z towards the audience; the camera looks along its own -z"
_PROXY = (0.5, 1.75, 0.35)
"""Width, height and depth of a stand-in for a character, in metres."""
_ARRAY, _ELEMENTS, _FLOAT, _USHORT = 34962, 34963, 5126, 5123


def camera_json(shot: Shot, frames: Sequence[int]) -> dict[str, Any]:
    """The camera of each frame: eye, target and up in metres, lens in mm, angles in degrees, 4x4 matrices."""
    packet = shot.packet
    return {
        "version": 1,
        "engine": ENGINE_VERSION,
        "axes": AXES,
        "matrices": "row-major, column vectors: clip = projection * view * point",
        "width": packet.width,
        "height": packet.height,
        "rate": packet.rate,
        "sensor_mm": SENSOR_MM,
        "near_m": NEAR_M,
        "far_m": FAR_M,
        "frames": [_frame(shot, number) for number in frames],
    }


def _frame(shot: Shot, number: int) -> dict[str, Any]:
    pose = shot.path[number]
    _right, up, _forward = basis(pose.eye, pose.target, pose.roll)
    return {
        "frame": number,
        "seconds": shot.time(number),
        "eye": _floats(pose.eye),
        "target": _floats(pose.target),
        "up": _floats(up),
        "focal_mm": pose.focal_mm,
        "focus_m": pose.focus_m,
        "fov_y": fov_y(pose.focal_mm, shot.aspect),
        "fov_x": 2 * math.degrees(math.atan(half_angles(pose.focal_mm, shot.aspect)[0])),
        "roll": pose.roll,
        "view": _floats(look_at(pose.eye, pose.target, pose.roll)),
        "world": _floats(_placed(pose)),
        "projection": _floats(perspective(fov_y(pose.focal_mm, shot.aspect), shot.aspect, NEAR_M, FAR_M)),
    }


def _floats(values: F64) -> list[float]:
    return [float(x) for x in values.reshape(-1)]


def _placed(pose: CameraPose) -> F64:
    """Camera to world."""
    right, up, forward = basis(pose.eye, pose.target, pose.roll)
    return affine(np.stack([right, up, -forward], 1), pose.eye)


def quaternion(turn: F64) -> tuple[float, float, float, float]:
    """Unit quaternion (x, y, z, w) of a 3x3 rotation."""
    m = [[float(x) for x in row] for row in turn[:3, :3]]
    trace = m[0][0] + m[1][1] + m[2][2]
    if trace > 0:
        s = 2 * math.sqrt(trace + 1)
        return (m[2][1] - m[1][2]) / s, (m[0][2] - m[2][0]) / s, (m[1][0] - m[0][1]) / s, s / 4
    i = max(range(3), key=lambda axis: m[axis][axis])
    j, k = (i + 1) % 3, (i + 2) % 3
    s = 2 * math.sqrt(max(1e-12, 1 + m[i][i] - m[j][j] - m[k][k]))
    out = [0.0, 0.0, 0.0, (m[k][j] - m[j][k]) / s]
    out[i], out[j], out[k] = s / 4, (m[j][i] + m[i][j]) / s, (m[k][i] + m[i][k]) / s
    return out[0], out[1], out[2], out[3]


class _Buffer:
    """Collects accessors and the bytes they read."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(
        self, rows: Sequence[Sequence[float]], kind: str, *, indices: bool = False, mesh: bool = False
    ) -> int:
        """The accessor's number; rows of one number for SCALAR."""
        values = np.asarray(rows, np.uint16 if indices else np.float32)
        raw = np.ascontiguousarray(values).tobytes()
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(raw)}
        if mesh:
            view["target"] = _ELEMENTS if indices else _ARRAY
        self.data += raw.ljust((len(raw) + 3) // 4 * 4, b"\0")
        self.views.append(view)
        accessor = {
            "bufferView": len(self.views) - 1,
            "componentType": _USHORT if indices else _FLOAT,
            "count": len(values),
            "type": kind,
            "min": [float(x) if not indices else int(x) for x in values.min(0)],
            "max": [float(x) if not indices else int(x) for x in values.max(0)],
        }
        self.accessors.append(accessor)
        return len(self.accessors) - 1


class _Scene:
    """Nodes and the channels that move them over one track of times."""

    def __init__(self, seconds: Sequence[float]) -> None:
        self.buffer = _Buffer()
        self.nodes: list[dict[str, Any]] = []
        self.samplers: list[dict[str, Any]] = []
        self.channels: list[dict[str, Any]] = []
        self._times = self.buffer.add([[t] for t in seconds], "SCALAR")

    def animate(self, target: Mapping[str, Any], rows: Sequence[Sequence[float]], kind: str) -> None:
        """One value per frame for a target."""
        output = self.buffer.add(rows, kind)
        self.samplers.append({"input": self._times, "output": output, "interpolation": "LINEAR"})
        self.channels.append({"sampler": len(self.samplers) - 1, "target": dict(target)})

    def moving(self, node: Mapping[str, Any], places: Sequence[F64]) -> int:
        """A node that follows a matrix per frame (rotation and place only)."""
        turns = _continuous([quaternion(place) for place in places])
        spots = [_floats(place[:3, 3]) for place in places]
        self.nodes.append({**node, "translation": spots[0], "rotation": list(turns[0])})
        number = len(self.nodes) - 1
        self.animate({"node": number, "path": "translation"}, spots, "VEC3")
        self.animate({"node": number, "path": "rotation"}, turns, "VEC4")
        return number


def _continuous(turns: Sequence[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """The same rotations with signs that do not jump, because players blend from one to the next."""
    found: list[tuple[float, ...]] = []
    for turn in turns:
        flip = found and sum(a * b for a, b in zip(found[-1], turn, strict=True)) < 0
        found.append(tuple(-x for x in turn) if flip else turn)
    return found


def _roots(shot: Shot, frames: Sequence[int]) -> dict[str, list[F64]]:
    """Where each drawn character stands per frame: on the floor below its hips, turned as they are."""
    found: dict[str, list[F64]] = {actor.spec.id: [] for actor in shot.drawn}
    for number in frames:
        for actor, moment in zip(shot.drawn, shot.moments(number), strict=True):
            hips = moment.posed.frames["hips"]
            yaw = math.atan2(float(hips[0, 2]), float(hips[2, 2]))
            turn = np.array(
                ((math.cos(yaw), 0, math.sin(yaw)), (0, 1, 0), (-math.sin(yaw), 0, math.cos(yaw)))
            )
            place = np.array((float(hips[0, 3]), float(actor.subject.origin[1]), float(hips[2, 3])))
            found[actor.spec.id].append(affine(turn, place))
    return found


def _lens(shot: Shot, pose: CameraPose) -> dict[str, Any]:
    angle = math.radians(fov_y(pose.focal_mm, shot.aspect))
    return {
        "type": "perspective",
        "name": "camera",
        "perspective": {"aspectRatio": shot.aspect, "yfov": angle, "znear": NEAR_M, "zfar": FAR_M},
    }


def gltf(shot: Shot, frames: Sequence[int], binary: str) -> tuple[dict[str, Any], bytes]:
    """A glTF 2.0 document and its buffer, to be stored as ``binary`` beside it.

    A changing focal length is animated through KHR_animation_pointer; readers without it keep the first lens.
    """
    poses = [shot.path[number] for number in frames]
    scene = _Scene([shot.time(number) - shot.time(frames[0]) for number in frames])
    roots = [scene.moving({"name": "camera", "camera": 0}, [_placed(pose) for pose in poses])]
    for name, places in _roots(shot, frames).items():
        roots.append(scene.moving({"name": name, "mesh": 0}, places))
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": ENGINE_VERSION},
        "scene": 0,
        "scenes": [{"name": shot.stage.kind, "nodes": roots}],
        "cameras": [_lens(shot, poses[0])],
    }
    if any(pose.focal_mm != poses[0].focal_mm for pose in poses):
        lens = {"pointer": "/cameras/0/perspective/yfov"}
        target = {"path": "pointer", "extensions": {"KHR_animation_pointer": lens}}
        scene.animate(target, [[math.radians(fov_y(pose.focal_mm, shot.aspect))] for pose in poses], "SCALAR")
        document["extensionsUsed"] = ["KHR_animation_pointer"]
    if len(roots) > 1:
        document["meshes"] = [_proxy(scene.buffer)]
    document |= {
        "nodes": scene.nodes,
        "animations": [{"name": "shot", "samplers": scene.samplers, "channels": scene.channels}],
        "accessors": scene.buffer.accessors,
        "bufferViews": scene.buffer.views,
        "buffers": [{"uri": binary, "byteLength": len(scene.buffer.data)}],
    }
    return document, bytes(scene.buffer.data)


def _proxy(buffer: _Buffer) -> dict[str, Any]:
    """A box with its soles at the origin."""
    points, normals, faces = box((0.0, _PROXY[1] / 2, 0.0), _PROXY, 0.02)
    attributes = {
        "POSITION": buffer.add(points.tolist(), "VEC3", mesh=True),
        "NORMAL": buffer.add(normals.tolist(), "VEC3", mesh=True),
    }
    indices = buffer.add([[int(i)] for i in faces.reshape(-1)], "SCALAR", indices=True, mesh=True)
    return {"name": "stand-in", "primitives": [{"attributes": attributes, "indices": indices}]}


def write_camera(shot: Shot, frames: Sequence[int], folder: Path) -> tuple[Path, ...]:
    """``camera.json``, ``camera.gltf`` and ``camera.bin`` in a folder. Raises WriteFailed."""
    document, data = gltf(shot, frames, "camera.bin")
    files = {
        "camera.json": json.dumps(camera_json(shot, frames), indent=1, allow_nan=False).encode(),
        "camera.bin": data,
        "camera.gltf": json.dumps(document, indent=1, allow_nan=False).encode(),
    }
    for name, content in files.items():
        write_bytes(content, folder / name)
    return tuple(folder / name for name in files)
