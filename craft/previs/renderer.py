"""The deferred renderer: shadow atlas, G-buffer, occlusion, shafts, lighting, defocus, bloom, finish.

One renderer per process and frame size; meshes live on it by identity of their geometry. Everything
here runs alike on
llvmpipe and on a GPU. ``Settings`` trades quality for time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import moderngl

from craft.previs.batch import Geometry
from craft.previs.garments import GARMENTS
from craft.previs.gpu import Gpu
from craft.previs.look import Look
from craft.previs.performance import Moment
from craft.previs.projection import FAR_M, NEAR_M
from craft.previs.shot import Actor, Shot
from craft.previs.skeleton import HEAD_CENTRE
from craft.previs.uniforms import (
    FIRST_SEGMENT,
    SETTINGS,
    Lamps,
    View,
    bones,
    face_uniforms,
    palette,
    scaled,
    sky_uniforms,
)


class Renderer:
    """Draws shots of one frame size at one quality into an RGB image."""

    def __init__(self, context: Any, width: int, height: int, quality: str) -> None:
        self.ctx = context
        self.width, self.height = width, height
        self.settings = SETTINGS[quality]
        self.gpu = Gpu(context)
        self._burn: tuple[bytes, Any] | None = None
        self._still_shadows: tuple[object, ...] | None = None
        self._targets()

    def _texture(
        self, width: int, height: int, kind: str, components: int = 4, *, nearest: bool = False
    ) -> Any:
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
        self.atlas = ctx.depth_texture((tile * 2, tile * 2))
        self.atlas.compare_func = "<="
        self.atlas.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.atlas_target = ctx.framebuffer(depth_attachment=self.atlas)
        self.still_depth = ctx.depth_texture((tile * 2, tile * 2))
        self.still_depth.compare_func = ""
        self.still_depth.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.still_atlas = ctx.framebuffer(depth_attachment=self.still_depth)
        self.occlusion, self.occlusion_target = self._target(w // 2, h // 2, "f1")
        self.occlusion.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.shafts, self.shafts_target = self._target(w // 4, h // 4, "f2")
        self.lit, self.lit_target = self._target(w, h, "f2")
        self.focused, self.focused_target = self._target(w, h, "f2")
        self.down = [self._target(w >> i, h >> i, "f2") for i in range(2, 6)]
        self.up = [self._target(w >> i, h >> i, "f2") for i in range(2, 5)]
        self.graded, self.graded_target = self._target(w, h, "f1")
        self.final, self.final_target = self._target(w, h, "f1", 3)

    def release(self) -> None:
        """Give the memory of targets and meshes back."""
        for target in (
            self.gbuffer,
            self.atlas_target,
            self.still_atlas,
            self.final_target,
            self.graded_target,
            self.lit_target,
        ):
            target.release()
        for texture in (
            self.albedo,
            self.normal,
            self.material,
            self.depth,
            self.atlas,
            self.lit,
            self.focused,
            self.graded,
            self.final,
        ):
            texture.release()
        self.gpu.forget()

    def frame(self, shot: Shot, number: int, moments: list[Moment] | None = None) -> bytes:
        """Draw one frame; RGB bytes, bottom row first."""
        moments = shot.moments(number) if moments is None else moments
        view = View.of(shot, number)
        lamps = Lamps.of(shot, self.settings)
        self._shadows(shot, lamps, moments)
        self._geometry(shot, view, moments)
        self.ctx.disable(moderngl.DEPTH_TEST)
        self._shade(shot, view, lamps)
        self._finish(shot, view, number)
        data: bytes = self.final_target.read(components=3, alignment=1)
        return data

    def linear(self, shot: Shot, number: int, card: Geometry, *, ambient: bool) -> bytes:
        """Scene-linear radiance of a frame with a grey card before everything: float32 RGB, bottom row first."""
        moments = shot.moments(number)
        view = View.of(shot, number)
        lamps = Lamps.of(shot, self.settings)
        self._shadows(shot, lamps, moments)
        self._geometry(shot, view, moments)
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
        data: bytes = self.lit_target.read(components=3, dtype="f4", alignment=1)
        return data

    def _viewport(self, tile: int) -> tuple[int, int, int, int]:
        side = self.settings.shadow_tile
        return ((tile & 1) * side, (tile >> 1) * side, side, side)

    def _still_depths(self, shot: Shot, lamps: Lamps) -> None:
        """Depth of the set for every shadow tile: lamps do not move within a shot, so it is drawn once."""
        key = (id(shot.stage), shot.hidden_groups, b"".join(lamps.matrices_gl))
        if key == self._still_shadows:
            return
        self._still_shadows = key
        program = self.gpu.shadow_program(skinned=False)
        self.still_atlas.clear(depth=1.0)
        self.still_atlas.use()
        for tile, (lamp, matrix) in enumerate(zip(lamps.shadowed, lamps.view_gl, strict=True)):
            self.still_atlas.viewport = self._viewport(tile)
            self.gpu.assign(program, {"uVP": matrix})
            for name, geometry in shot.stage.groups.items():
                shell = name.startswith(("wall", "roof", "outside", "ends"))
                if name == "outside" or (shell and not lamp.shell):
                    continue
                self.gpu.mesh(geometry, skinned=False).shadow.render()
        self.still_atlas.viewport = (0, 0, self.settings.shadow_tile * 2, self.settings.shadow_tile * 2)

    def _copy_still_depth(self) -> None:
        """Start the atlas from the set's depth (a shader, because a blit of depth alone is not to be
        had in WebGL2).
        """
        side = self.settings.shadow_tile
        self.atlas_target.viewport = (0, 0, side * 2, side * (2 if self.settings.shadows > 2 else 1))
        self.ctx.depth_func = "1"
        self.gpu.screen("depth_copy.frag", {}, self.atlas_target, {"uSource": self.still_depth}, {})
        self.ctx.depth_func = "<"

    def _shadows(self, shot: Shot, lamps: Lamps, moments: list[Moment]) -> None:
        ctx = self.ctx
        ctx.enable(moderngl.DEPTH_TEST)
        ctx.disable(moderngl.CULL_FACE)
        if not lamps.shadowed:
            return
        ctx.polygon_offset = (1.5, 2.0)
        self._still_depths(shot, lamps)
        self._copy_still_depth()
        program = self.gpu.shadow_program(skinned=True)
        self.atlas_target.use()
        for tile, matrix in enumerate(lamps.view_gl):
            self.atlas_target.viewport = self._viewport(tile)
            self.gpu.assign(program, {"uVP": matrix})
            for actor, moment in zip(shot.drawn, moments, strict=True):
                self.gpu.assign(program, {"uBones": bones(moment)})
                geometry = actor.figure.proxy if self.settings.proxies else actor.figure.mesh
                # With its garment, because whoever asks first decides which shaders a mesh is uploaded for.
                detail = GARMENTS[actor.spec.wardrobe.garment].detail
                self.gpu.mesh(geometry, skinned=True, detail=detail).shadow.render()
        ctx.polygon_offset = (0, 0)
        self.atlas_target.viewport = (0, 0, self.settings.shadow_tile * 2, self.settings.shadow_tile * 2)

    def _geometry(self, shot: Shot, view: View, moments: list[Moment]) -> None:
        self.gbuffer.use()
        self.gbuffer.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
        for i, (actor, moment) in enumerate(zip(shot.drawn, moments, strict=True)):
            self._draw_actor(actor, moment, view, FIRST_SEGMENT + i)
        wet = 1.0 if shot.wet else 0.0
        prepared: set[int] = set()
        for name, geometry in shot.stage.groups.items():
            if name in shot.hidden_groups:
                continue
            for part in self.gpu.mesh(geometry, skinned=False).parts:
                program = part.array.program
                if id(program) not in prepared:
                    self.gpu.assign(program, {"uVP": view.vp_gl, "uWet": wet})
                    prepared.add(id(program))
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
        }
        detail = GARMENTS[actor.spec.wardrobe.garment].detail
        for part in self.gpu.mesh(actor.figure.mesh, skinned=True, detail=detail).parts:
            self.gpu.assign(part.array.program, values)
            part.array.render(vertices=part.count, first=part.first)

    def _buffers(self) -> dict[str, Any]:
        return {
            "gAlbedo": self.albedo,
            "gNormal": self.normal,
            "gMaterial": self.material,
            "gDepth": self.depth,
        }

    def _shade(self, shot: Shot, view: View, lamps: Lamps) -> None:
        """Occlusion, shafts of light, then every lamp at once."""
        seen = view.uniforms(self.width, self.height, shot.time(view.number))
        if self.settings.occlusion:
            self.gpu.screen(
                "occlusion.frag",
                {"AO_TAPS": self.settings.occlusion},
                self.occlusion_target,
                self._buffers(),
                {**seen, "uFocal": view.focal},
            )
        if lamps.volumes:
            self.gpu.screen(
                "shafts.frag",
                {**lamps.defines(self.settings), "TAPS": self.settings.taps},
                self.shafts_target,
                {**self._buffers(), "uAtlas": self.atlas},
                {**seen, **lamps.uniforms(), **_air(shot.look)},
            )
        self._light(shot, view, lamps, {}, {})

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
            "uAmbientTop": scaled(look.ambient_top, gains),
            "uAmbientLow": scaled(look.ambient_low, gains),
            **values,
        }
        textures = {
            **self._buffers(),
            "uAtlas": self.atlas,
            "uOcclusion": self.occlusion,
            "uShafts": self.shafts,
        }
        self.gpu.screen("lighting.frag", defines, self.lit_target, textures, uniforms)

    def _bloom(self, image: Any) -> Any:
        above = image
        for i, (texture, target) in enumerate(self.down):
            self.gpu.screen(
                "bloom_down.frag", {}, target, {"uSource": above}, {"uThreshold": 1.25 if i == 0 else 0.0}
            )
            above = texture
        for i in range(len(self.up) - 1, -1, -1):
            self.gpu.screen(
                "bloom_up.frag",
                {},
                self.up[i][1],
                {"uSource": above, "uSharp": self.down[i][0]},
                {"uSpread": 0.8},
            )
            above = self.up[i][0]
        return above

    def _finish(self, shot: Shot, view: View, number: int) -> None:
        look, settings = shot.look, self.settings
        lens = (NEAR_M, FAR_M, view.focus, view.blur)
        image = self.lit
        if settings.defocus and view.blur > 0:
            optics = {"uLens": lens, "uSize": (self.width, self.height)}
            self.gpu.screen(
                "defocus.frag",
                {"DEFOCUS_TAPS": settings.defocus},
                self.focused_target,
                {"uSource": image, "gDepth": self.depth},
                optics,
            )
            image = self.focused
        bloom = self._bloom(image)
        defines = {
            name: 1
            for name, on in (
                ("WET", shot.wet),
                ("RAIN", look.rain > 0),
                ("FLAKES", look.flakes > 0),
            )
            if on
        }
        values: dict[str, Any] = {
            **view.uniforms(self.width, self.height, shot.time(number)),
            "uVP": view.vp_gl,
            "uExposure": shot.exposure,
            "uBloomShare": 0.17,
            "uGrain": settings.grain,
            "uFrame": float(number),
            "uVignette": 0.36,
            "uLift": look.lift,
            "uGain": look.gain,
            "uSaturation": look.saturation,
            "uLens": lens,
            "uMirrorLow": shot.stage.mirror[0],
            "uMirrorHigh": shot.stage.mirror[1],
            "uFall": (look.rain, look.flakes),
        }
        self.gpu.screen(
            "finish.frag",
            defines,
            self.graded_target,
            {"uSource": image, "uBloom": bloom, **self._buffers()},
            values,
        )
        final = {"uSize": (self.width, self.height), "uBurnShare": 0.85}
        textures = {"uSource": self.graded, **({"uBurn": self._burn[1]} if self._burn else {})}
        self.gpu.screen(
            "antialias.frag", {"BURN": 1} if self._burn else {}, self.final_target, textures, final
        )

    def burn(self, overlay: bytes | None) -> None:
        """Text laid over every frame (RGBA, frame size, top row first), or None."""
        if overlay is None:
            self._burn = None
        elif self._burn is None or self._burn[0] != overlay:
            texture = self.ctx.texture((self.width, self.height), 4, overlay)
            texture.repeat_x = texture.repeat_y = False
            self._burn = (overlay, texture)


def _air(look: Look) -> dict[str, Any]:
    return {"uFog": (*look.fog, look.shafts), "uFogShape": (0.0, 0.15, look.sky_fog, look.haze)}
