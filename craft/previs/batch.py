"""Interleaved vertices in the 40-byte layout shared by OpenGL and WebGL2."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from craft.previs.sdf import Mesh

VERTEX = np.dtype(
    [("pos", "3f4"), ("nrm", "3f4"), ("col", "4u1"), ("meta", "4u1"), ("bones", "4u1"), ("weights", "4u1")]
)
VERTEX_FORMAT = "3f4 3f4 4f1 4f1 4f1 4f1"
VERTEX_NAMES = ("aPos", "aNrm", "aCol", "aMeta", "aBones", "aWeights")

Bytes4 = NDArray[np.uint8]


class Kind(IntEnum):
    """Material of a triangle: each has its own shader variant, because llvmpipe runs both sides of a
    branch.
    """

    PLAIN = 0
    FACE = 1
    EYE_LEFT = 2
    EYE_RIGHT = 3
    TOP = 4
    BOTTOM = 5
    SHOES = 6
    SKIN = 7
    HAIR = 8
    SHIRT = 9
    BROW = 10
    COLLAR = 11
    HAT = 12
    GLASSES = 13
    LENS = 14
    ACCENT = 15
    JEANS = 16
    PLANKS = 20
    PLASTER = 21
    SKYLINE = 22
    SCREEN = 23
    GLOW = 24
    RUG = 25
    ASPHALT = 26
    BRICK = 27
    WOOD = 28
    SHOPWINDOW = 29
    PASSING = 50
    LINOLEUM = 51
    PANEL = 52
    GRATING = 53
    STARS = 54
    UPHOLSTERY = 55
    READOUT = 56
    CONCRETE = 60
    CORRUGATED = 61
    STONE = 62
    BARK = 63
    LEAVES = 64
    SOIL = 65
    GRASS = 66
    WATER = 67
    COBBLES = 68
    FACADE = 69


@dataclass(frozen=True)
class Surface:
    """How a mesh looks: sRGB colour 0-255, roughness, material, emission (0-15), metalness, segment id."""

    colour: tuple[int, int, int] = (200, 200, 200)
    rough: float = 0.6
    kind: Kind = Kind.PLAIN
    glow: float = 0.0
    metal: float = 0.0
    segment: int = 1


@dataclass(frozen=True)
class Geometry:
    """Vertices (dtype VERTEX) and triangles uint32[m, 3]."""

    vertices: NDArray[np.void]
    triangles: NDArray[np.uint32]

    def kinds(self) -> NDArray[np.uint8]:
        """Material of each triangle."""
        return np.asarray(self.vertices["meta"][:, 1][self.triangles[:, 0]], np.uint8)


class Batch:
    """Collects meshes of one group and hands out one ``Geometry``."""

    def __init__(self) -> None:
        self._vertices: list[NDArray[np.void]] = []
        self._triangles: list[NDArray[np.uint32]] = []
        self._count = 0

    def add(
        self,
        mesh: Mesh,
        surface: Surface,
        skin: tuple[Bytes4, Bytes4] | None = None,
        marks: NDArray[np.floating[Any]] | None = None,
    ) -> Batch:
        """Append a mesh; ``skin`` is (bone ids, weights) as uint8[n, 4] each, weights summing to 255.

        ``marks`` [n, 3] (0-255) take the place of the colour where a shader reads something else there.
        """
        p, n, f = mesh
        v = np.zeros(len(p), VERTEX)
        v["pos"], v["nrm"] = p, n
        v["col"][:, :3] = surface.colour if marks is None else marks
        v["col"][:, 3] = round(surface.rough * 255)
        v["meta"] = (
            surface.segment,
            surface.kind,
            min(255, round(surface.glow * 16)),
            round(surface.metal * 255),
        )
        if skin is None:
            v["weights"][:, 0] = 255
        else:
            v["bones"], v["weights"] = skin
        self._vertices.append(v)
        self._triangles.append(f.astype(np.uint32) + np.uint32(self._count))
        self._count += len(p)
        return self

    def geometry(self) -> Geometry:
        """Everything added so far."""
        if not self._vertices:
            return Geometry(np.zeros(0, VERTEX), np.zeros((0, 3), np.uint32))
        return Geometry(np.concatenate(self._vertices), np.concatenate(self._triangles))
