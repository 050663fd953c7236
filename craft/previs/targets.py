"""Textures and framebuffers of one frame size, and what they cost before any is made."""

from __future__ import annotations

from typing import Any

import moderngl

from craft.previs.uniforms import Settings

_PIXEL_BYTES = 4 + 8 + 4 + 4 + 8 + 8 + 4 + 4 + 3
"""Per pixel at full size: albedo, normal, material, depth, lit, focused, graded, final, and the frame read back."""
_SMALLER = 4 / 4 + 2 * 8 / 16 + 2 * 8 * (1 / 16 + 1 / 64 + 1 / 256 + 1 / 1024)
"""Per pixel of the full size: occlusion, shafts and bloom."""


def estimated_bytes(width: int, height: int, settings: Settings) -> int:
    """Memory the targets of a frame size take; driver's copies and meshes come on top."""
    tiles = (settings.shadow_tile * 2) ** 2 * 4 * 2
    return int(width * height * (_PIXEL_BYTES + _SMALLER)) + tiles


class Targets:
    """Everything a renderer draws into."""

    def __init__(self, context: Any, width: int, height: int, settings: Settings) -> None:
        self.ctx = context
        self.size = (width, height)
        self._made: list[Any] = []
        self._geometry(width, height)
        self._shadows(settings.shadow_tile)
        self.occlusion, self.occlusion_target = self.target(width // 2, height // 2, "f1")
        self.occlusion.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self.shafts, self.shafts_target = self.target(width // 4, height // 4, "f2")
        self.soft_shafts, self.soft_shafts_target = self.target(width // 4, height // 4, "f2")
        self.lit, self.lit_target = self.target(width, height, "f2")
        self.focused, self.focused_target = self.target(width, height, "f2")
        self.down = [self.target(width >> i, height >> i, "f2") for i in range(2, 6)]
        self.up = [self.target(width >> i, height >> i, "f2") for i in range(2, 5)]
        self.graded, self.graded_target = self.target(width, height, "f1")
        self.final, self.final_target = self.target(width, height, "f1", 3)

    def _geometry(self, width: int, height: int) -> None:
        self.albedo = self.texture(width, height, "f1", nearest=True)
        self.normal = self.texture(width, height, "f2", nearest=True)
        self.material = self.texture(width, height, "f1", nearest=True)
        self.depth = self._depth(width, height)
        self.gbuffer = self._keep(self.ctx.framebuffer([self.albedo, self.normal, self.material], self.depth))

    def _shadows(self, tile: int) -> None:
        self.atlas = self._keep(self.ctx.depth_texture((tile * 2, tile * 2)))
        self.atlas.compare_func = "<="
        self.atlas.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.atlas_target = self._keep(self.ctx.framebuffer(depth_attachment=self.atlas))
        self.still_depth = self._depth(tile * 2, tile * 2)
        self.still_atlas = self._keep(self.ctx.framebuffer(depth_attachment=self.still_depth))

    def _keep(self, thing: Any) -> Any:
        self._made.append(thing)
        return thing

    def _depth(self, width: int, height: int) -> Any:
        texture = self._keep(self.ctx.depth_texture((width, height)))
        texture.compare_func = ""
        texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def texture(
        self, width: int, height: int, kind: str, components: int = 4, *, nearest: bool = False
    ) -> Any:
        """A colour texture that does not repeat."""
        texture = self._keep(self.ctx.texture((max(1, width), max(1, height)), components, dtype=kind))
        texture.repeat_x = texture.repeat_y = False
        mode = moderngl.NEAREST if nearest else moderngl.LINEAR
        texture.filter = (mode, mode)
        return texture

    def target(self, width: int, height: int, kind: str, components: int = 4) -> tuple[Any, Any]:
        """A colour texture and the framebuffer that draws into it."""
        texture = self.texture(width, height, kind, components)
        return texture, self._keep(self.ctx.framebuffer([texture]))

    def buffers(self) -> dict[str, Any]:
        """The G-buffer by the names the shaders read it under."""
        return {
            "gAlbedo": self.albedo,
            "gNormal": self.normal,
            "gMaterial": self.material,
            "gDepth": self.depth,
        }

    def release(self) -> None:
        """Give all of it back."""
        for thing in reversed(self._made):
            thing.release()
        self._made.clear()
