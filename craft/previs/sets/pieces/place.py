"""Where a piece stands: pieces are built round their own origin facing +z, and a place turns and moves them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from craft.previs.batch import Surface
from craft.previs.sdf import Mesh
from craft.previs.solids import moved
from craft.previs.spatial import Y_AXIS, rotation
from craft.previs.stage import Builder, Mark, Obstacle, Vec3


@dataclass(frozen=True)
class Place:
    """Group, floor position in metres, direction faced in degrees (0 = +z) and height above the floor."""

    b: Builder
    group: str
    x: float
    z: float
    yaw: float = 0.0
    y: float = 0.0

    def point(self, local: Vec3) -> Vec3:
        """A point of the piece in the world."""
        c, s = math.cos(math.radians(self.yaw)), math.sin(math.radians(self.yaw))
        x, y, z = local
        return (self.x + x * c + z * s, self.y + y, self.z - x * s + z * c)

    def add(self, mesh: Mesh, surface: Surface) -> None:
        """Add a mesh given in the piece's own axes."""
        if self.yaw % 360:
            mesh = moved(mesh, rotation(Y_AXIS, self.yaw), (self.x, self.y, self.z))
        else:
            at = np.array((self.x, self.y, self.z), np.float32)
            mesh = (mesh[0] + at, mesh[1], mesh[2])
        self.b.add(self.group, mesh, surface)

    def solid(self, low: Vec3, high: Vec3) -> None:
        """Keep lenses and bodies out of a box given in the piece's own axes."""
        corners = [self.point((x, 0.0, z)) for x in (low[0], high[0]) for z in (low[2], high[2])]
        xs, zs = [p[0] for p in corners], [p[2] for p in corners]
        self.b.obstacles.append(
            Obstacle((min(xs), self.y + low[1], min(zs)), (max(xs), self.y + high[1], max(zs)), self.group)
        )

    def at(self, x: float, z: float, yaw: float = 0.0, y: float = 0.0) -> Place:
        """A place given in the piece's own axes."""
        px, py, pz = self.point((x, y, z))
        return Place(self.b, self.group, px, pz, self.yaw + yaw, py)

    def seat(self, x: float, z: float, height: float, yaw: float = 0.0) -> Mark:
        """A seat mark given in the piece's own axes."""
        px, py, pz = self.point((x, height, z))
        return Mark(px, pz, (self.yaw + yaw + 180) % 360 - 180, py)
