"""The deferred renderer: shadow atlas, G-buffer, occlusion, shafts, lighting, defocus, bloom, finish.

One renderer per process and frame size; meshes live on it by identity of their geometry. Everything
here runs alike on
llvmpipe and on a GPU. ``Settings`` trades quality for time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from craft.previs.batch import Geometry
from craft.previs.casting import Actor
from craft.previs.finishing import Finisher, lens
from craft.previs.garments import painted
from craft.previs.gpu import Gpu
from craft.previs.look import Look
from craft.previs.performance import Moment
from craft.previs.props import Thing
from craft.previs.segments import numbers
from craft.previs.shot import Shot
from craft.previs.skeleton import HEAD_CENTRE
from craft.previs.stage import StageSet
from craft.previs.styles import STYLES, Style
from craft.previs.targets import Targets
from craft.previs.uniforms import (
    SETTINGS,
    Lamps,
    View,
    bones,
    face_uniforms,
    feature_uniforms,
    gl_matrix,
    palette,
    scaled,
    sky_uniforms,
)

_CASTER_CELL = 0.018
"""Metres within which a figure's vertices are one for its shadow."""

_UNLINED = frozenset({"cloak"})
"""Garments of a single sheet, whose inside shows."""


@dataclass(frozen=True)
class _Still:
    """Whose set the still depths are of, and under which lamps."""

    stage: StageSet
    key: tuple[object, ...]


class Renderer:
    """Draws shots of one frame size at one quality into an RGB image."""

    def __init__(self, context: Any, width: int, height: int, quality: str) -> None:
        self.ctx = context
        self.width, self.height = width, height
        self.settings = SETTINGS[quality]
        self.gpu = Gpu(context)
        self.targets = Targets(context, width, height, self.settings)
        self.finisher = Finisher(self.targets, self.settings)
        self._still_shadows: _Still | None = None

    @property
    def atlas(self) -> Any:
        """Depths seen from the lamps."""
        return self.targets.atlas

    def release(self) -> None:
        """Give the memory of targets and meshes back."""
        self.finisher.release()
        self.targets.release()
        self.gpu.forget()

    def burn(self, overlay: bytes | None) -> None:
        """Text laid over every frame (RGBA, frame size, top row first), or None."""
        self.finisher.burn(overlay)

    def frame(self, shot: Shot, number: int, moments: list[Moment] | None = None) -> bytes:
        """Draw one frame; RGB bytes, bottom row first."""
        self.draw(shot, number, shot.moments(number) if moments is None else moments)
        data: bytes = self.targets.final_target.read(components=3, alignment=1)
        return data

    def draw(self, shot: Shot, number: int, moments: list[Moment]) -> None:
        """Draw one frame and leave it, with its G-buffer, in the targets."""
        style = STYLES[shot.packet.look]
        view = View.of(shot, number)
        things = shot.things(number, moments)
        if not style.lit:
            self._geometry(shot, view, moments, things)
            self.ctx.disable(moderngl.DEPTH_TEST)
            self.finisher.draw_lines(self.gpu, view)
            return
        lamps = Lamps.of(shot, self.settings)
        self._shadows(shot, lamps, moments, things)
        self._geometry(shot, view, moments, things)
        self.ctx.disable(moderngl.DEPTH_TEST)
        self._shade(shot, view, lamps, style)
        self.finisher.draw(self.gpu, shot, view, style)

    def radiance(self) -> NDArray[np.float32]:
        """The lit picture of the frame drawn last, before defocus and finish; float32, bottom row first."""
        data = self.targets.lit_target.read(components=3, dtype="f4", alignment=1)
        return np.frombuffer(data, np.float32)

    def linear(self, shot: Shot, number: int, card: Geometry, *, ambient: bool) -> NDArray[np.float32]:
        """Scene-linear radiance of a frame with a grey card before everything: float32 RGB, bottom row first."""
        moments = shot.moments(number)
        view = View.of(shot, number)
        lamps = Lamps.of(shot, self.settings)
        self._shadows(shot, lamps, moments, [])
        self._geometry(shot, view, moments, [])
        self.ctx.depth_func = "1"
        mesh = self.gpu.mesh(card, skinned=False)
        for part in mesh.parts:
            self.gpu.assign(part.array.program, {"uVP": view.vp_gl})
            part.array.render(vertices=part.count, first=part.first)
        self.ctx.depth_func = "<"
        self.ctx.disable(moderngl.DEPTH_TEST)
        dark = {} if ambient else {"uAmbientTop": (0.0, 0.0, 0.0), "uAmbientLow": (0.0, 0.0, 0.0)}
        self._light(shot, view, lamps, {"CALIBRATE": 1, "VOLUMES": 0, "AO_TAPS": 0}, dark)
        self.gpu.drop(card)
        return self.radiance()

    def _viewport(self, tile: int) -> tuple[int, int, int, int]:
        side = self.settings.shadow_tile
        return ((tile & 1) * side, (tile >> 1) * side, side, side)

    def _still_depths(self, shot: Shot, lamps: Lamps) -> None:
        """Depth of the set for every shadow tile: lamps do not move within a shot, so it is drawn once."""
        key = (shot.hidden_groups, b"".join(lamps.matrices_gl))
        known = self._still_shadows
        if known is not None and known.stage is shot.stage and known.key == key:
            return
        self._still_shadows = _Still(shot.stage, key)
        program = self.gpu.shadow_program(skinned=False)
        target = self.targets.still_atlas
        target.clear(depth=1.0)
        target.use()
        for tile, (lamp, matrix) in enumerate(zip(lamps.shadowed, lamps.view_gl, strict=True)):
            target.viewport = self._viewport(tile)
            self.gpu.assign(program, {"uVP": matrix})
            for name, geometry in shot.stage.groups.items():
                shell = name.startswith(("wall", "roof", "outside", "ends"))
                if name == "outside" or (shell and not lamp.shell):
                    continue
                self.gpu.mesh(geometry, skinned=False).shadow.render()
        target.viewport = (0, 0, self.settings.shadow_tile * 2, self.settings.shadow_tile * 2)

    def _copy_still_depth(self, tiles: int) -> None:
        """Start the atlas from the set's depth (a shader, because a blit of depth alone is not to be
        had in WebGL2).
        """
        self.ctx.depth_func = "1"
        for tile in range(tiles):
            self.targets.atlas_target.viewport = self._viewport(tile)
            source = {"uSource": self.targets.still_depth}
            self.gpu.screen("depth_copy.frag", {}, self.targets.atlas_target, source, {})
        self.ctx.depth_func = "<"

    def _shadows(self, shot: Shot, lamps: Lamps, moments: list[Moment], things: list[Thing]) -> None:
        ctx, target = self.ctx, self.targets.atlas_target
        ctx.enable(moderngl.DEPTH_TEST)
        ctx.disable(moderngl.CULL_FACE)
        if not lamps.shadowed:
            return
        ctx.polygon_offset = (1.5, 2.0)
        self._still_depths(shot, lamps)
        self._copy_still_depth(len(lamps.shadowed))
        program = self.gpu.shadow_program(skinned=True)
        target.use()
        for actor, moment in zip(shot.drawn, moments, strict=True):
            self.gpu.assign(program, {"uBones": bones(moment)})
            casters = self._casters(actor, moment)
            for tile, matrix in enumerate(lamps.view_gl):
                target.viewport = self._viewport(tile)
                self.gpu.assign(program, {"uVP": matrix})
                for caster in casters:
                    caster.render()
        program = self.gpu.shadow_program(skinned=False, rigid=True)
        for thing in things:
            caster = self.gpu.mesh(thing.geometry, skinned=False, rigid=True).shadow
            for tile, matrix in enumerate(lamps.view_gl):
                target.viewport = self._viewport(tile)
                self.gpu.assign(program, {"uVP": matrix, "uModel": gl_matrix(thing.matrix)})
                caster.render()
        ctx.polygon_offset = (0, 0)
        target.viewport = (0, 0, self.settings.shadow_tile * 2, self.settings.shadow_tile * 2)

    def _casters(self, actor: Actor, moment: Moment) -> list[Any]:
        """What casts a figure's shadow: its stand-in, or all of it with the hands as they are held."""
        if self.settings.proxies:
            return [self.gpu.caster(actor.figure.proxy, 0.0, skinned=True)]
        solids = (actor.figure.mesh, *hands(actor, moment))
        return [self.gpu.caster(solid, _CASTER_CELL, skinned=True) for solid in solids]

    def _geometry(self, shot: Shot, view: View, moments: list[Moment], things: list[Thing]) -> None:
        self.ctx.enable(moderngl.DEPTH_TEST)
        self.targets.gbuffer.use()
        self.targets.gbuffer.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
        segments = numbers(shot.packet, (actor.spec.id for actor in shot.actors))
        for actor, moment in zip(shot.drawn, moments, strict=True):
            # Figures are closed bodies: half of their triangles look away from the lens.
            if actor.spec.wardrobe.garment not in _UNLINED:
                self.ctx.enable(moderngl.CULL_FACE)
            self._draw_actor(actor, moment, view, segments[actor.spec.id])
            self.ctx.disable(moderngl.CULL_FACE)
        for thing in things:
            self._draw_thing(thing, view, segments.get(thing.id, thing.segment))
        place = {"uVP": view.vp_gl, "uWet": 1.0 if shot.wet else 0.0, "uTime": shot.time(view.number)}
        prepared: set[int] = set()
        for name, geometry in shot.stage.groups.items():
            if name in shot.hidden_groups:
                continue
            for part in self.gpu.mesh(geometry, skinned=False).parts:
                program = part.array.program
                if id(program) not in prepared:
                    self.gpu.assign(program, place)
                    prepared.add(id(program))
                part.array.render(vertices=part.count, first=part.first)

    def _draw_thing(self, thing: Thing, view: View, segment: int) -> None:
        values = {"uVP": view.vp_gl, "uModel": gl_matrix(thing.matrix), "uThing": float(segment)}
        for part in self.gpu.mesh(thing.geometry, skinned=False, rigid=True).parts:
            self.gpu.assign(part.array.program, values)
            part.array.render(vertices=part.count, first=part.first)

    def _draw_actor(self, actor: Actor, moment: Moment, view: View, segment: int) -> None:
        soft = actor.figure.body.soft
        values = {
            "uVP": view.vp_gl,
            "uBones": bones(moment),
            "uPalette": palette(actor.spec, soft),
            "uSoft": soft,
            "uSegment": float(segment),
            "uHead": (*HEAD_CENTRE, actor.figure.body.head),
            **face_uniforms(moment.face),
            **feature_uniforms(actor.figure.features),
        }
        detail = painted(actor.spec.wardrobe.garment, actor.spec.wardrobe.pattern)
        meshes = [self.gpu.mesh(actor.figure.mesh, skinned=True, detail=detail)]
        meshes += [self.gpu.mesh(hand, skinned=True) for hand in hands(actor, moment)]
        for part in (part for mesh in meshes for part in mesh.parts):
            self.gpu.assign(part.array.program, values)
            part.array.render(vertices=part.count, first=part.first)

    def _shade(self, shot: Shot, view: View, lamps: Lamps, style: Style) -> None:
        """Occlusion, shafts of light, then every lamp at once."""
        targets, settings = self.targets, self.settings
        seen = view.uniforms(self.width, self.height, shot.time(view.number))
        occlusion = settings.occlusion if style.occlusion else 0
        if occlusion:
            self.gpu.screen(
                "occlusion.frag",
                {"AO_TAPS": occlusion},
                targets.occlusion_target,
                targets.buffers(),
                {**seen, "uFocal": view.focal},
            )
        volumes = lamps.volumes if style.shafts else 0
        if volumes:
            self.gpu.screen(
                "shafts.frag",
                {**lamps.defines(settings), "TAPS": settings.taps},
                targets.shafts_target,
                {**targets.buffers(), "uAtlas": targets.atlas},
                {**seen, **lamps.uniforms(), **_air(shot.look)},
            )
            self.gpu.screen(
                "shafts_soften.frag", {}, targets.soft_shafts_target, {"uSource": targets.shafts}, {}
            )
        more = {"VOLUMES": volumes, "AO_TAPS": occlusion, **style.lighting}
        self._light(shot, view, lamps, more, {})

    def _light(
        self, shot: Shot, view: View, lamps: Lamps, more: Mapping[str, object], values: Mapping[str, Any]
    ) -> None:
        """The lighting pass; ``more`` and ``values`` add to or replace its defines and uniforms."""
        look, gains = shot.look, shot.look.ambient_gain
        defines = {
            **lamps.defines(self.settings),
            "AO_TAPS": self.settings.occlusion,
            "TAPS": self.settings.taps,
            **({} if shot.stage.interior else {"SKY": 1}),
            **more,
        }
        uniforms: dict[str, Any] = {
            **view.uniforms(self.width, self.height, shot.time(view.number)),
            **lamps.uniforms(),
            **_air(look),
            **sky_uniforms(look),
            "uLens": lens(view),
            "uAmbientTop": scaled(look.ambient_top, gains),
            "uAmbientLow": scaled(look.ambient_low, gains),
            **values,
        }
        targets = self.targets
        textures = {
            **targets.buffers(),
            "uAtlas": targets.atlas,
            "uOcclusion": targets.occlusion,
            "uShafts": targets.soft_shafts,
        }
        self.gpu.screen("lighting.frag", defines, targets.lit_target, textures, uniforms)


def hands(actor: Actor, moment: Moment) -> tuple[Geometry, Geometry]:
    left, right = moment.hands
    return actor.figure.hand("l", left), actor.figure.hand("r", right)


def _air(look: Look) -> dict[str, Any]:
    return {"uFog": (*look.fog, look.shafts), "uFogShape": (0.0, 0.15, look.sky_fog, look.haze)}
