"""What a set is made of: geometry by group, wild walls, furniture to stay clear of, marks and its own
lights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from craft.previs.batch import Batch, Bytes4, Geometry, Surface
from craft.previs.sdf import Mesh
from craft.previs.spatial import F64, vec

Vec3 = tuple[float, float, float]


@dataclass(frozen=True)
class Mark:
    """A place to stand: floor position and the direction faced when alone (degrees, 0 = towards +z).

    ``seat`` is the height of what one sits on there, in metres; 0 = one stands. A set's first marks are for
    standing where it has room to stand; its seats follow.
    """

    x: float
    z: float
    yaw: float
    seat: float = 0.0


@dataclass(frozen=True)
class Obstacle:
    """Axis-aligned solid the camera may neither enter nor look through; ``group`` hides with its wall."""

    low: Vec3
    high: Vec3
    group: str


@dataclass(frozen=True)
class Wall:
    """A wild wall: ``group`` is hidden for a lens beyond ``at`` along ``axis`` in the direction ``sign``;
    with ``below`` only for one lower than that, as a car's door, over which one looks from outside.
    """

    group: str
    axis: int
    at: float
    sign: int
    below: float = 99.0

    def hides(self, eye: F64) -> bool:
        """Whether the lens stands behind this wall, or so close that it would be in it."""
        return (float(eye[self.axis]) - self.at) * self.sign > -0.12 and float(eye[1]) < self.below


@dataclass(frozen=True)
class SetLight:
    """A light that belongs to the place. ``colour`` is linear RGB, ``cone`` the half angle (180 = all
    round).
    """

    position: Vec3
    aim: Vec3
    colour: Vec3
    intensity: float
    cone: float = 60.0
    soft: float = 0.5
    falloff: float = 0.6
    shadow: bool = False
    through_walls: bool = True
    volume: float = 0.0
    practical: bool = True


@dataclass(frozen=True)
class StageSet:
    """A built set. ``low``/``high`` bound the free space of the camera; beyond a wall the wall goes,
    not the camera.
    """

    kind: str
    groups: Mapping[str, Geometry]
    walls: tuple[Wall, ...]
    obstacles: tuple[Obstacle, ...]
    marks: tuple[Mark, ...]
    lights: tuple[SetLight, ...]
    low: Vec3
    high: Vec3
    interior: bool
    wet: bool = False
    mirror: tuple[Vec3, Vec3] = field(default=((-8, 0, -4), (8, 9, 9)))
    """Box whose inner faces a wet floor reflects."""
    aprons: tuple[tuple[str, str], ...] = ()
    """(group, wall): floor beyond a wild wall, which is there only while that wall is away."""

    def hidden(self, eyes: list[F64]) -> frozenset[str]:
        """Groups that go for a camera path, so that they never pop within a clip."""
        gone = frozenset(w.group for w in self.walls if any(w.hides(e) for e in eyes))
        return gone | {apron for apron, wall in self.aprons if wall not in gone}


class Builder:
    """Collects a set's meshes by group and its obstacles."""

    def __init__(self) -> None:
        self._batches: dict[str, Batch] = {}
        self.obstacles: list[Obstacle] = []

    def add(
        self,
        group: str,
        mesh: Mesh,
        surface: Surface,
        *,
        solid: bool = False,
        ride: tuple[Bytes4, Bytes4] | None = None,
    ) -> None:
        """Add a mesh to a group; ``solid`` keeps cameras out of its bounding box. ``ride`` says how a
        thing of the kind PASSING passes (``sets.pieces.passing``).
        """
        self._batches.setdefault(group, Batch()).add(mesh, surface, ride)
        if solid:
            low, high = mesh[0].min(0), mesh[0].max(0)
            self.obstacles.append(
                Obstacle(
                    (float(low[0]), float(low[1]), float(low[2])),
                    (float(high[0]), float(high[1]), float(high[2])),
                    group,
                )
            )

    def groups(self) -> dict[str, Geometry]:
        """Geometry of every group."""
        return {name: batch.geometry() for name, batch in self._batches.items()}


def segment_hits(obstacle: Obstacle, a: F64, b: F64, grow: float = 0.0) -> bool:
    """Whether the segment a-b passes through the box grown by ``grow`` metres (slab test)."""
    low, high = 0.0, 1.0
    d = b - a
    for axis in range(3):
        lo, hi = obstacle.low[axis] - grow, obstacle.high[axis] + grow
        if abs(float(d[axis])) < 1e-9:
            if not lo <= float(a[axis]) <= hi:
                return False
            continue
        t0, t1 = (lo - float(a[axis])) / float(d[axis]), (hi - float(a[axis])) / float(d[axis])
        low, high = max(low, min(t0, t1)), min(high, max(t0, t1))
        if low > high:
            return False
    return True


def inside(obstacle: Obstacle, p: F64, grow: float) -> bool:
    """Whether a point is in the box grown by ``grow`` metres."""
    return all(obstacle.low[i] - grow <= float(p[i]) <= obstacle.high[i] + grow for i in range(3))


def centre_of(obstacle: Obstacle) -> F64:
    """Middle of the box."""
    return vec(*((lo + hi) / 2 for lo, hi in zip(obstacle.low, obstacle.high, strict=True)))
