"""Motion vectors: how far each pixel's surface has moved since the frame before, by camera, walk and skinning."""

from __future__ import annotations

from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from craft.previs.batch import Kind
from craft.previs.renderer import Renderer, hands
from craft.previs.shot import Shot
from craft.previs.skeleton import BONES
from craft.previs.uniforms import View, bones, gl_matrix


class Motion:
    """Draws the motion of one renderer's frames; made for a run and released after it."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer
        context, size = renderer.ctx, (renderer.width, renderer.height)
        self.texture: Any = context.texture(size, 2, dtype="f4")
        self.depth: Any = context.depth_texture(size)
        self.target: Any = context.framebuffer([self.texture], self.depth)

    def release(self) -> None:
        """Give the memory back."""
        for thing in (self.target, self.texture, self.depth):
            thing.release()

    def vectors(self, shot: Shot, number: int) -> NDArray[np.float32]:
        """float32 (height, width, 2), top row first: pixels to the right and down since frame ``number - 1``.

        The surface at pixel p of this frame was at p minus its vector in the one before; frame 0 has not moved.
        """
        before = max(0, number - 1)
        gpu, ctx = self.renderer.gpu, self.renderer.ctx
        now, then = View.of(shot, number), View.of(shot, before)
        common = {
            "uVP": now.vp_gl,
            "uVPBefore": then.vp_gl,
            "uSize": (self.renderer.width, self.renderer.height),
        }
        self.target.clear(0.0, 0.0, 0.0, 0.0, depth=1.0)
        ctx.disable(moderngl.DEPTH_TEST)
        gpu.screen("motion_far.frag", {}, self.target, {}, {**common, "uInverseVP": now.inverse_gl})
        ctx.enable(moderngl.DEPTH_TEST)
        self.target.use()
        self._people(shot, number, before, common)
        times = {"uTime": shot.time(number), "uTimeBefore": shot.time(before)}
        self._set(shot, {**common, **times})
        ctx.disable(moderngl.DEPTH_TEST)
        data = self.target.read(components=2, dtype="f4", alignment=1)
        return np.frombuffer(data, np.float32).reshape(self.renderer.height, self.renderer.width, 2)[::-1]

    def _people(self, shot: Shot, number: int, before: int, common: dict[str, Any]) -> None:
        gpu, moments, earlier = self.renderer.gpu, shot.moments(number), shot.moments(before)
        program = gpu.program("motion.vert", "motion.frag", {"SKINNED": 1, "BONES": len(BONES)})
        gpu.assign(program, common)
        for actor, moment, past in zip(shot.drawn, moments, earlier, strict=True):
            gpu.assign(program, {"uBones": bones(moment), "uBonesBefore": bones(past)})
            for solid in (actor.figure.mesh, *hands(actor, moment)):
                gpu.whole(solid, program).render()
        rigid = gpu.program("motion.vert", "motion.frag", {"RIGID": 1})
        gpu.assign(rigid, common)
        known = {thing.id: thing for thing in shot.things(before, earlier)}
        for thing in shot.things(number, moments):
            past_matrix = known.get(thing.id, thing).matrix
            gpu.assign(rigid, {"uModel": gl_matrix(thing.matrix), "uModelBefore": gl_matrix(past_matrix)})
            gpu.whole(thing.geometry, rigid).render()

    def _set(self, shot: Shot, common: dict[str, Any]) -> None:
        """What stands still, and the world that passes a vehicle's windows."""
        defines = {"PASSING_KIND": int(Kind.PASSING)}
        program = self.renderer.gpu.program("motion.vert", "motion.frag", defines)
        self.renderer.gpu.assign(program, common)
        for name, geometry in shot.stage.groups.items():
            if name not in shot.hidden_groups:
                self.renderer.gpu.whole(geometry, program).render()
