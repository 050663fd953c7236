"""The deferred renderer: shadow atlas, G-buffer, occlusion, shafts, lighting, defocus, bloom, finish.

One renderer per process and frame size; meshes live on it by identity of their geometry. Everything here runs alike on
llvmpipe and on a GPU. ``Settings`` trades quality for time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import moderngl
import numpy as np

from craft.previs import head
from craft.previs.batch import VERTEX_FORMAT, VERTEX_NAMES, Geometry, Kind
from craft.previs.figure import Figure
from craft.previs.garments import GARMENTS
from craft.previs.packet import CharacterSpec
from craft.previs.performance import Face, Moment
from craft.previs.projection import FAR_M, NEAR_M, CameraPose, fov_y
from craft.previs.rig import Light, direction
from craft.previs.shaders import source
from craft.previs.shot import Actor, Shot
from craft.previs.skeleton import BONES, HEAD_CENTRE
from craft.previs.spatial import F64, invert4, length, look_at, mat_mul, perspective
from craft.terms.colour import hex_to_linear

MAX_LIGHTS = 12
_STATIC = {
    Kind.PLANKS: "PLANKS", Kind.PLASTER: "PLASTER", Kind.SKYLINE: "SKYLINE", Kind.SCREEN: "SCREEN", Kind.RUG: "RUG",
    Kind.ASPHALT: "ASPHALT", Kind.BRICK: "BRICK", Kind.WOOD: "WOOD", Kind.SHOPWINDOW: "SHOPWINDOW",
}  # fmt: skip
_FIGURE = {Kind.FACE: "FACE", Kind.EYE_LEFT: "FACE", Kind.EYE_RIGHT: "FACE", Kind.TOP: "TOP"}
_EYE_DEFINES = {"EYE_X": head.EYE[0], "EYE_Y": head.EYE[1], "EYE_Z": head.EYE[2]}
FIRST_SEGMENT = 40


@dataclass(frozen=True)
class Settings:
    """What a quality draws."""

    shadow_tile: int
    shadows: int
    taps: int
    occlusion: int
    shafts: bool
    defocus: int
    proxies: bool
    grain: float


SETTINGS: dict[str, Settings] = {
    "draft": Settings(512, 2, 3, 5, False, 0, True, 0.012),
    "preview": Settings(768, 3, 6, 8, True, 8, False, 0.016),
    "cinematic": Settings(1024, 4, 8, 8, True, 12, False, 0.020),
}


@dataclass(frozen=True)
class _Part:
    program: str
    array: Any
    first: int
    count: int


@dataclass(frozen=True)
class _Mesh:
    parts: tuple[_Part, ...]
    shadow: Any


def _gl(m: F64) -> bytes:
    return np.ascontiguousarray(m.T, np.float32).tobytes()


def _hex(colour: str) -> tuple[float, float, float]:
    return hex_to_linear(colour)


def _scaled(c: tuple[float, float, float], k: float) -> tuple[float, float, float]:
    return (c[0] * k, c[1] * k, c[2] * k)


def palette(spec: CharacterSpec, soft: float) -> bytes:
    """The ten colours of a figure for its shader."""
    skin = _hex(spec.skin)
    hair = _hex(spec.hair.colour)
    worn = spec.wardrobe
    rose = (0.50, 0.13, 0.12)
    k = 0.25 + 0.35 * soft
    lips = tuple(min(1.0, s * (1 - k) * 0.85 + r * k * (0.45 + s)) for s, r in zip(skin, rose, strict=True))
    brow = _scaled(hair, 0.55)
    rows = (skin, hair, _hex(worn.top), _hex(worn.shirt), _hex(worn.accent), _hex(worn.bottom), _hex(worn.shoes), _hex(spec.eyes), lips, brow)
    return np.array(rows, np.float32).tobytes()


class Renderer:
    """Draws shots of one frame size at one quality into an RGB image."""

    def __init__(self, context: Any, width: int, height: int, quality: str) -> None:
        self.ctx = context
        self.width, self.height = width, height
        self.settings = SETTINGS[quality]
        self._programs: dict[tuple[str, str, tuple[tuple[str, object], ...]], Any] = {}
        self._screens: dict[int, Any] = {}
        self._meshes: dict[int, tuple[Geometry, _Mesh]] = {}
        self._burn: tuple[bytes, Any] | None = None
        self._still_shadows: tuple[object, ...] | None = None
        self._targets()

    # --- resources ---------------------------------------------------------------------------------------------

    def _texture(self, width: int, height: int, kind: str, components: int = 4, *, nearest: bool = False) -> Any:
        texture = self.ctx.texture((max(1, width), max(1, height)), components, dtype=kind)
        texture.repeat_x = texture.repeat_y = False
        mode = moderngl.NEAREST if nearest else moderngl.LINEAR
        texture.filter = (mode, mode)
        return texture

    def _target(self, width: int, height: int, kind: str, components: int = 4) -> tuple[Any, Any]:
        texture = self._texture(width, height, kind, components)
        return texture, self.ctx.framebuffer([texture])

    def _targets(self) -> None:
        w, h, ctx = self.width, self.height, self.ctx
        self.albedo = self._texture(w, h, "f1", nearest=True)
        self.normal = self._texture(w, h, "f2", nearest=True)
        self.material = self._texture(w, h, "f1", nearest=True)
        self.depth = ctx.depth_texture((w, h))
        self.depth.compare_func = ""
        self.depth.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.depth.repeat_x = self.depth.repeat_y = False
        self.gbuffer = ctx.framebuffer([self.albedo, self.normal, self.material], self.depth)
        tile = self.settings.shadow_tile
        side = (tile * 2, tile * (2 if self.settings.shadows > 2 else 1))
        self.atlas_size = side
        self.atlas = ctx.depth_texture((tile * 2, tile * 2))
        self.atlas.compare_func = "<="
        self.atlas.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.atlas_target = ctx.framebuffer(depth_attachment=self.atlas)
        self.still_atlas = ctx.framebuffer(depth_attachment=ctx.depth_texture((tile * 2, tile * 2)))
        self.occlusion, self.occlusion_target = self._target(w // 2, h // 2, "f2", 2)
        self.shafts, self.shafts_target = self._target(w // 4, h // 4, "f2")
        self.lit, self.lit_target = self._target(w, h, "f2")
        self.focused, self.focused_target = self._target(w, h, "f2")
        self.down = [self._target(w >> i, h >> i, "f2") for i in range(2, 6)]
        self.up = [self._target(w >> i, h >> i, "f2") for i in range(2, 5)]
        self.graded, self.graded_target = self._target(w, h, "f1")
        self.final, self.final_target = self._target(w, h, "f1", 3)

    def _program(self, vertex: str, fragment: str, defines: Mapping[str, object]) -> Any:
        key = (vertex, fragment, tuple(sorted(defines.items())))
        if key not in self._programs:
            self._programs[key] = self.ctx.program(
                vertex_shader=source(vertex, defines), fragment_shader=source(fragment, defines)
            )
        return self._programs[key]

    def _surface_program(self, name: str) -> Any:
        if name in ("FACE", "TOP", "BODY"):
            defines: dict[str, object] = {"SKINNED": 1, "BONES": len(BONES), name: 1, **_EYE_DEFINES}
        else:
            defines = {name: 1} if name != "PLAIN" else {}
        return self._program("geometry.vert", "geometry.frag", defines)

    def _shadow_program(self, *, skinned: bool) -> Any:
        return self._program("shadow.vert", "shadow.frag", {"SKINNED": 1, "BONES": len(BONES)} if skinned else {})

    def _mesh(self, geometry: Geometry, *, skinned: bool) -> _Mesh:
        """Upload once; triangles sorted by material so that each shader variant draws one range."""
        known = self._meshes.get(id(geometry))
        if known is not None:
            return known[1]
        names = _FIGURE if skinned else _STATIC
        default = "BODY" if skinned else "PLAIN"
        kinds = geometry.kinds()
        order = np.argsort(kinds, kind="stable")
        indices = self.ctx.buffer(np.ascontiguousarray(geometry.triangles[order]).tobytes())
        vertices = self.ctx.buffer(geometry.vertices.tobytes())
        layout = [(vertices, VERTEX_FORMAT, *VERTEX_NAMES)]
        parts = []
        for kind in np.unique(kinds):
            rows = np.flatnonzero(kinds[order] == kind)
            name = names.get(Kind(int(kind)), default)
            array = self.ctx.vertex_array(self._surface_program(name), layout, indices, skip_errors=True)
            parts.append(_Part(name, array, int(rows[0]) * 3, len(rows) * 3))
        shadow = self.ctx.vertex_array(self._shadow_program(skinned=skinned), layout, indices, skip_errors=True)
        mesh = _Mesh(tuple(parts), shadow)
        self._meshes[id(geometry)] = (geometry, mesh)
        return mesh

    def release(self) -> None:
        """Give the memory of targets and meshes back."""
        for target in (self.gbuffer, self.atlas_target, self.still_atlas, self.final_target, self.graded_target, self.lit_target):
            target.release()
        for texture in (self.albedo, self.normal, self.material, self.depth, self.atlas, self.lit, self.focused, self.graded, self.final):
            texture.release()
        self._meshes.clear()

    # --- uniforms ----------------------------------------------------------------------------------------------

    @staticmethod
    def _set(program: Any, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if name not in program:
                continue
            if isinstance(value, bytes):
                uniform = program[name]
                uniform.write(value[: uniform.dimension * 4 * uniform.array_length])
            else:
                program[name].value = value

    def _screen(self, fragment: str, defines: Mapping[str, object], target: Any, textures: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        program = self._program("screen.vert", fragment, defines)
        slot = 0
        for name, texture in textures.items():
            if name in program:
                texture.use(slot)
                program[name].value = slot
                slot += 1
        self._set(program, values)
        array = self._screens.get(id(program))
        if array is None:
            array = self._screens[id(program)] = self.ctx.vertex_array(program, [])
        target.use()
        array.render(vertices=3)

    # --- passes ------------------------------------------------------------------------------------------------

    def frame(self, shot: Shot, number: int, moments: list[Moment] | None = None) -> bytes:
        """Draw one frame; RGB bytes, bottom row first."""
        moments = shot.moments(number) if moments is None else moments
        view = _View.of(shot, number)
        lamps = _Lamps.of(shot, self.settings)
        self._shadows(shot, lamps, moments)
        self._geometry(shot, view, moments)
        self.ctx.disable(moderngl.DEPTH_TEST)
        self._shade(shot, view, lamps)
        self._finish(shot, view, number)
        data: bytes = self.final_target.read(components=3, alignment=1)
        return data

    def _viewport(self, tile: int) -> tuple[int, int, int, int]:
        side = self.settings.shadow_tile
        return ((tile & 1) * side, (tile >> 1) * side, side, side)

    def _still_depths(self, shot: Shot, lamps: _Lamps) -> None:
        """Depth of the set for every shadow tile: lamps do not move within a shot, so it is drawn once."""
        key = (id(shot.stage), shot.hidden_groups, b"".join(lamps.matrices_gl))
        if key == self._still_shadows:
            return
        self._still_shadows = key
        program = self._shadow_program(skinned=False)
        self.still_atlas.clear(depth=1.0)
        self.still_atlas.use()
        for tile, (lamp, matrix) in enumerate(zip(lamps.shadowed, lamps.view_gl, strict=True)):
            self.still_atlas.viewport = self._viewport(tile)
            self._set(program, {"uVP": matrix})
            for name, geometry in shot.stage.groups.items():
                shell = name.startswith(("wall", "roof", "outside", "ends"))
                if name == "outside" or (shell and not lamp.shell):
                    continue
                self._mesh(geometry, skinned=False).shadow.render()
        self.still_atlas.viewport = (0, 0, self.settings.shadow_tile * 2, self.settings.shadow_tile * 2)

    def _shadows(self, shot: Shot, lamps: _Lamps, moments: list[Moment]) -> None:
        ctx = self.ctx
        ctx.enable(moderngl.DEPTH_TEST)
        ctx.disable(moderngl.CULL_FACE)
        if not lamps.shadowed:
            return
        ctx.polygon_offset = (1.5, 2.0)
        self._still_depths(shot, lamps)
        ctx.copy_framebuffer(self.atlas_target, self.still_atlas)
        program = self._shadow_program(skinned=True)
        self.atlas_target.use()
        for tile, matrix in enumerate(lamps.view_gl):
            self.atlas_target.viewport = self._viewport(tile)
            self._set(program, {"uVP": matrix})
            for actor, moment in zip(shot.drawn, moments, strict=True):
                self._set(program, {"uBones": _bones(moment)})
                geometry = actor.figure.proxy if self.settings.proxies else actor.figure.mesh
                self._mesh(geometry, skinned=True).shadow.render()
        ctx.polygon_offset = (0, 0)
        self.atlas_target.viewport = (0, 0, self.settings.shadow_tile * 2, self.settings.shadow_tile * 2)

    def _geometry(self, shot: Shot, view: _View, moments: list[Moment]) -> None:
        self.gbuffer.use()
        self.gbuffer.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
        for i, (actor, moment) in enumerate(zip(shot.drawn, moments, strict=True)):
            self._draw_actor(actor, moment, view, FIRST_SEGMENT + i)
        wet = 1.0 if shot.stage.wet or shot.packet.atmosphere.kind == "rain" else 0.0
        prepared: set[str] = set()
        for name, geometry in shot.stage.groups.items():
            if name in shot.hidden_groups:
                continue
            for part in self._mesh(geometry, skinned=False).parts:
                if part.program not in prepared:
                    self._set(part.array.program, {"uVP": view.vp_gl, "uWet": wet})
                    prepared.add(part.program)
                part.array.render(vertices=part.count, first=part.first)

    def _draw_actor(self, actor: Actor, moment: Moment, view: _View, segment: int) -> None:
        soft = actor.figure.body.soft
        values = {
            "uVP": view.vp_gl, "uBones": _bones(moment), "uPalette": palette(actor.spec, soft), "uSoft": soft, "uSegment": float(segment),
            "uHead": (*HEAD_CENTRE, actor.figure.body.head), "uDetail": GARMENTS[actor.spec.wardrobe.garment].detail, **_face(moment.face),
        }  # fmt: skip
        prepared: set[str] = set()
        for part in self._mesh(actor.figure.mesh, skinned=True).parts:
            if part.program not in prepared:
                self._set(part.array.program, values)
                prepared.add(part.program)
            part.array.render(vertices=part.count, first=part.first)

    def _shade(self, shot: Shot, view: _View, lamps: _Lamps) -> None:
        look, gains = shot.look, shot.look.ambient_gain
        buffers = {"gAlbedo": self.albedo, "gNormal": self.normal, "gMaterial": self.material, "gDepth": self.depth}
        common: dict[str, Any] = {
            **view.uniforms(self.width, self.height, shot.time(view.number)), **lamps.uniforms(),
            "uFog": (*look.fog, look.shafts), "uFogShape": (0.0, 0.15, look.sky_fog, look.haze),
        }  # fmt: skip
        defines = {**lamps.defines(self.settings), "AO_TAPS": self.settings.occlusion, "TAPS": self.settings.taps}
        if self.settings.occlusion:
            self._screen("occlusion.frag", {"AO_TAPS": self.settings.occlusion}, self.occlusion_target, buffers, {**common, "uFocal": view.focal})
        if lamps.volumes:
            self._screen("shafts.frag", defines, self.shafts_target, {**buffers, "uAtlas": self.atlas}, common)
        textures = {**buffers, "uAtlas": self.atlas, "uOcclusion": self.occlusion, "uShafts": self.shafts}
        sky = {"uSkyTop": look.sky_top, "uSkyLow": look.sky_low}
        ambient = {"uAmbientTop": _scaled(look.ambient_top, gains), "uAmbientLow": _scaled(look.ambient_low, gains)}
        self._screen("lighting.frag", defines, self.lit_target, textures, {**common, **sky, **ambient})

    def _bloom(self, image: Any) -> Any:
        above = image
        for i, (texture, target) in enumerate(self.down):
            self._screen("bloom_down.frag", {}, target, {"uSource": above}, {"uThreshold": 1.25 if i == 0 else 0.0})
            above = texture
        for i in range(len(self.up) - 1, -1, -1):
            self._screen("bloom_up.frag", {}, self.up[i][1], {"uSource": above, "uSharp": self.down[i][0]}, {"uSpread": 0.8})
            above = self.up[i][0]
        return above

    def _finish(self, shot: Shot, view: _View, number: int) -> None:
        look, settings = shot.look, self.settings
        lens = (NEAR_M, FAR_M, view.focus, view.blur)
        image = self.lit
        if settings.defocus and view.blur > 0:
            values = {"uLens": lens, "uSize": (self.width, self.height)}
            self._screen("defocus.frag", {"DEFOCUS_TAPS": settings.defocus}, self.focused_target, {"uSource": image, "gDepth": self.depth}, values)
            image = self.focused
        bloom = self._bloom(image)
        defines = {
            name: 1
            for name, on in (
                ("WET", shot.stage.wet or (shot.packet.atmosphere.kind == "rain" and not shot.stage.interior)),
                ("RAIN", look.rain > 0), ("FLAKES", look.flakes > 0),
            ) if on
        }  # fmt: skip
        buffers = {"gAlbedo": self.albedo, "gNormal": self.normal, "gMaterial": self.material, "gDepth": self.depth}
        values = {
            **view.uniforms(self.width, self.height, shot.time(number)), "uVP": view.vp_gl, "uExposure": shot.exposure, "uBloomShare": 0.17,
            "uGrain": settings.grain, "uFrame": float(number), "uVignette": 0.36, "uLift": look.lift, "uGain": look.gain,
            "uSaturation": look.saturation, "uLens": lens, "uMirrorLow": shot.stage.mirror[0], "uMirrorHigh": shot.stage.mirror[1],
            "uFall": (look.rain, look.flakes),
        }  # fmt: skip
        self._screen("finish.frag", defines, self.graded_target, {"uSource": image, "uBloom": bloom, **buffers}, values)
        final = {"uSize": (self.width, self.height), "uBurnShare": 0.85}
        textures = {"uSource": self.graded, **({"uBurn": self._burn[1]} if self._burn else {})}
        self._screen("antialias.frag", {"BURN": 1} if self._burn else {}, self.final_target, textures, final)

    def burn(self, overlay: bytes | None) -> None:
        """Text laid over every frame (RGBA, frame size, top row first), or None."""
        if overlay is None:
            self._burn = None
        elif self._burn is None or self._burn[0] != overlay:
            texture = self.ctx.texture((self.width, self.height), 4, overlay)
            texture.repeat_x = texture.repeat_y = False
            self._burn = (overlay, texture)


def _bones(moment: Moment) -> bytes:
    return np.ascontiguousarray(moment.posed.palette.transpose(0, 2, 1)).tobytes()


def _face(face: Face) -> dict[str, Any]:
    return {"uMouth": face.mouth, "uLids": (face.lids, face.squint), "uGaze": face.eyes}


@dataclass(frozen=True)
class _View:
    number: int
    pose: CameraPose
    vp: F64
    vp_gl: bytes
    inverse_gl: bytes
    focal: float
    focus: float
    blur: float

    @classmethod
    def of(cls, shot: Shot, number: int) -> _View:
        pose = shot.path[number]
        projection = perspective(fov_y(pose.focal_mm, shot.aspect), shot.aspect, NEAR_M, FAR_M)
        vp = mat_mul(projection, look_at(pose.eye, pose.target, pose.roll))
        focus = max(0.3, length(shot.composition.focus - pose.eye))
        # Circle of confusion grows with focal length squared and falls with distance: f/2.8 scaled to a 720-line frame.
        blur = min(16.0, 2.2 * (pose.focal_mm / 50) ** 2 * 50 / (focus * 10))
        return cls(number, pose, vp, _gl(vp), _gl(invert4(vp)), float(projection[1, 1]), focus, blur)

    def uniforms(self, width: int, height: int, seconds: float) -> dict[str, Any]:
        eye = tuple(float(x) for x in self.pose.eye)
        return {"uInverseVP": self.inverse_gl, "uEye": eye, "uSize": (width, height), "uTime": seconds}


@dataclass(frozen=True)
class _Lamps:
    lights: tuple[Light, ...]
    shadowed: tuple[Light, ...]
    volumes: int
    view_gl: tuple[bytes, ...]
    matrices_gl: tuple[bytes, ...]
    spreads: tuple[float, ...]

    @classmethod
    def of(cls, shot: Shot, settings: Settings) -> _Lamps:
        lights = list(shot.lights)
        casting = [lamp for lamp in lights if lamp.shadow][: settings.shadows]
        # Shadow tiles belong to the first lights of the arrays, so casters go first.
        lights = casting + [lamp for lamp in lights if not any(lamp is c for c in casting)]
        views = [_lamp_matrix(lamp) for lamp in casting]
        bias = np.array(((0.5, 0, 0, 0.5), (0, 0.5, 0, 0.5), (0, 0, 1, 0), (0, 0, 0, 1)))
        volumes = sum(1 for lamp in casting if lamp.volume > 0) if settings.shafts else 0
        return cls(
            tuple(lights[:MAX_LIGHTS]), tuple(casting), volumes, tuple(_gl(m) for m in views),
            tuple(_gl(mat_mul(bias, m)) for m in views), tuple(1.2 / math.tan(math.radians(lamp.cone + 1)) for lamp in casting),
        )  # fmt: skip

    def defines(self, settings: Settings) -> dict[str, object]:
        return {"LIGHTS": len(self.lights), "SHADOWS": len(self.shadowed), "VOLUMES": self.volumes}

    def uniforms(self) -> dict[str, Any]:
        return {
            "uLightPos": _rows((*lamp.position, lamp.set_share) for lamp in self.lights),
            "uLightDir": _rows((*direction(lamp), -1.01 if lamp.everywhere else math.cos(math.radians(lamp.cone))) for lamp in self.lights),
            "uLightColour": _rows((*lamp.radiance, 0.0) for lamp in self.lights),
            "uLightShape": _rows(_shape(lamp) for lamp in self.lights),
            "uLightMatrix": b"".join(self.matrices_gl),
            "uLightSpread": np.array(self.spreads, np.float32).tobytes(),
        }


def _rows(rows: Iterable[tuple[float, ...]]) -> bytes:
    return np.array(list(rows), np.float32).tobytes()


def _shape(lamp: Light) -> tuple[float, float, float, float]:
    outer = -1.01 if lamp.everywhere else math.cos(math.radians(lamp.cone))
    inner = -1.0 if lamp.everywhere else math.cos(math.radians(lamp.cone * 0.55))
    return max(inner, outer + 1e-3), lamp.soft, lamp.falloff, lamp.volume


def _lamp_matrix(lamp: Light) -> F64:
    reach = length(lamp.aim - lamp.position)
    near, far = max(0.25, reach - 5.0), reach + 7.0
    return mat_mul(perspective(lamp.cone * 2 + 2, 1.0, near, far), look_at(lamp.position, lamp.aim))
