"""Programs, uploaded meshes and full-screen passes of one OpenGL context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from craft.previs.batch import VERTEX_FORMAT, VERTEX_NAMES, Geometry, Kind
from craft.previs.coarse import coarse
from craft.previs.shaders import source
from craft.previs.skeleton import BONES

_STATIC = {
    Kind.PLANKS: "PLANKS",
    Kind.PLASTER: "PLASTER",
    Kind.SKYLINE: "SKYLINE",
    Kind.SCREEN: "SCREEN",
    Kind.RUG: "RUG",
    Kind.ASPHALT: "ASPHALT",
    Kind.BRICK: "BRICK",
    Kind.WOOD: "WOOD",
    Kind.SHOPWINDOW: "SHOPWINDOW",
    Kind.PASSING: "PASSING",
    Kind.LINOLEUM: "LINOLEUM",
    Kind.PANEL: "PANEL",
    Kind.GRATING: "GRATING",
    Kind.STARS: "STARS",
    Kind.UPHOLSTERY: "UPHOLSTERY",
    Kind.READOUT: "READOUT",
    Kind.CONCRETE: "CONCRETE",
    Kind.CORRUGATED: "CORRUGATED",
    Kind.STONE: "STONE",
    Kind.BARK: "BARK",
    Kind.LEAVES: "LEAVES",
    Kind.SOIL: "SOIL",
    Kind.GRASS: "GRASS",
    Kind.WATER: "WATER",
    Kind.COBBLES: "COBBLES",
    Kind.FACADE: "FACADE",
}
_FIGURE = {Kind.FACE: "FACE", Kind.EYE_LEFT: "FACE", Kind.EYE_RIGHT: "FACE", Kind.TOP: "TOP"}


_MAX_MESHES = 160
"""Uploaded geometries kept; the oldest goes first."""


@dataclass(frozen=True)
class Part:
    """The triangles of one material, in elements of the index buffer."""

    array: Any
    first: int
    count: int


@dataclass(frozen=True)
class Mesh:
    """An uploaded geometry: one part per material, and all of it for shadows."""

    parts: tuple[Part, ...]
    shadow: Any
    buffers: tuple[Any, ...]

    def release(self) -> None:
        """Give the memory back."""
        for thing in (*(part.array for part in self.parts), self.shadow, *self.buffers):
            thing.release()


def _outward(geometry: Geometry) -> NDArray[np.uint32]:
    """The triangles, wound so that their front is where their vertices' normals point."""
    at, normal = geometry.vertices["pos"], geometry.vertices["nrm"]
    a, b, c = geometry.triangles.T
    u, v, n = at[b] - at[a], at[c] - at[a], normal[a] + normal[b] + normal[c]
    facing = (
        (u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1]) * n[:, 0]
        + (u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2]) * n[:, 1]
        + (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) * n[:, 2]
    )
    return np.where((facing < 0)[:, None], geometry.triangles[:, ::-1], geometry.triangles)


class Gpu:
    """Compiles shader variants once, uploads geometry once, draws screen passes."""

    def __init__(self, context: Any) -> None:
        self.ctx = context
        self._programs: dict[tuple[str, str, tuple[tuple[str, object], ...]], Any] = {}
        self._screens: dict[int, Any] = {}
        self._meshes: dict[tuple[int, int], tuple[Geometry, Mesh]] = {}
        self._wholes: dict[tuple[int, int, float], tuple[Geometry, Mesh]] = {}

    def caster(self, geometry: Geometry, cell: float, *, skinned: bool) -> Any:
        """What casts the shadow of a geometry, gathered in cells of ``cell`` metres (0 = as it is); uploaded once."""
        return self.whole(geometry, self.shadow_program(skinned=skinned), cell)

    def whole(self, geometry: Geometry, program: Any, cell: float = 0.0) -> Any:
        """All of a geometry under one program, gathered in cells of ``cell`` metres (0 = as it is); uploaded once."""
        key = (id(geometry), id(program), cell)
        known = self._wholes.get(key)
        if known is None:
            cast = coarse(geometry, cell) if cell else geometry
            indices = self.ctx.buffer(np.ascontiguousarray(cast.triangles).tobytes())
            vertices = self.ctx.buffer(cast.vertices.tobytes())
            layout = [(vertices, VERTEX_FORMAT, *VERTEX_NAMES)]
            array = self.ctx.vertex_array(program, layout, indices, skip_errors=True)
            while len(self._wholes) >= _MAX_MESHES:
                self._wholes.pop(next(iter(self._wholes)))[1].release()
            known = self._wholes[key] = (geometry, Mesh((), array, (vertices, indices)))
        return known[1].shadow

    def forget(self) -> None:
        """Drop uploaded meshes."""
        for _geometry, mesh in self._wholes.values():
            mesh.release()
        self._wholes.clear()
        for _geometry, mesh in self._meshes.values():
            mesh.release()
        self._meshes.clear()

    def drop(self, geometry: Geometry) -> None:
        """Give back what was uploaded for one geometry."""
        known = self._meshes.pop((id(geometry), 0), None)
        if known is not None:
            known[1].release()

    def program(self, vertex: str, fragment: str, defines: Mapping[str, object]) -> Any:
        key = (vertex, fragment, tuple(sorted(defines.items())))
        if key not in self._programs:
            self._programs[key] = self.ctx.program(
                vertex_shader=source(vertex, defines), fragment_shader=source(fragment, defines)
            )
        return self._programs[key]

    def _surface_program(self, kind: Kind, *, skinned: bool, detail: int, rigid: bool = False) -> Any:
        """One variant per material and garment: llvmpipe runs both sides of a branch."""
        if not skinned:
            name = _STATIC.get(kind)
            carried: dict[str, object] = {"RIGID": 1} if rigid else {}
            return self.program("geometry.vert", "geometry.frag", {**carried, **({name: 1} if name else {})})
        part = _FIGURE.get(kind, "BODY")
        defines: dict[str, object] = {
            "SKINNED": 1,
            "BONES": len(BONES),
            part: 1,
            "KIND": int(kind),
        }
        if part == "TOP":
            defines["DETAIL"] = detail
        return self.program("geometry.vert", "geometry.frag", defines)

    def shadow_program(self, *, skinned: bool, rigid: bool = False) -> Any:
        if rigid:
            return self.program("shadow.vert", "shadow.frag", {"RIGID": 1})
        return self.program(
            "shadow.vert", "shadow.frag", {"SKINNED": 1, "BONES": len(BONES)} if skinned else {}
        )

    def mesh(self, geometry: Geometry, *, skinned: bool, detail: int = 0, rigid: bool = False) -> Mesh:
        """Upload once; triangles sorted by material so that each shader variant draws one range.

        Skinned geometry is drawn without the triangles that look away, so figures are made of closed bodies;
        ``rigid`` geometry takes its place from a matrix.
        """
        known = self._meshes.get((id(geometry), detail))
        if known is not None:
            return known[1]
        kinds = geometry.kinds()
        order = np.argsort(kinds, kind="stable")
        triangles = (_outward(geometry) if skinned else geometry.triangles)[order]
        indices = self.ctx.buffer(np.ascontiguousarray(triangles).tobytes())
        vertices = self.ctx.buffer(geometry.vertices.tobytes())
        layout = [(vertices, VERTEX_FORMAT, *VERTEX_NAMES)]
        parts = []
        for kind in np.unique(kinds):
            rows = np.flatnonzero(kinds[order] == kind)
            program = self._surface_program(Kind(int(kind)), skinned=skinned, detail=detail, rigid=rigid)
            array = self.ctx.vertex_array(program, layout, indices, skip_errors=True)
            parts.append(Part(array, int(rows[0]) * 3, len(rows) * 3))
        shadow = self.ctx.vertex_array(
            self.shadow_program(skinned=skinned, rigid=rigid), layout, indices, skip_errors=True
        )
        mesh = Mesh(tuple(parts), shadow, (vertices, indices))
        while len(self._meshes) >= _MAX_MESHES:
            self._meshes.pop(next(iter(self._meshes)))[1].release()
        self._meshes[id(geometry), detail] = (geometry, mesh)
        return mesh

    @staticmethod
    def assign(program: Any, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if name not in program:
                continue
            if isinstance(value, bytes):
                uniform = program[name]
                uniform.write(value[: uniform.dimension * 4 * uniform.array_length])
            else:
                program[name].value = value

    def screen(
        self,
        fragment: str,
        defines: Mapping[str, object],
        target: Any,
        textures: Mapping[str, Any],
        values: Mapping[str, Any],
    ) -> None:
        program = self.program("screen.vert", fragment, defines)
        slot = 0
        for name, texture in textures.items():
            if name in program:
                texture.use(slot)
                program[name].value = slot
                slot += 1
        self.assign(program, values)
        array = self._screens.get(id(program))
        if array is None:
            array = self._screens[id(program)] = self.ctx.vertex_array(program, [])
        target.use()
        array.render(vertices=3)
