"""From light to picture: defocus, bloom, grade, weather before the lens, ink, antialiasing and burn-in."""

from __future__ import annotations

from typing import Any

from craft.previs.gpu import Gpu
from craft.previs.projection import FAR_M, NEAR_M
from craft.previs.shot import Shot
from craft.previs.styles import Style
from craft.previs.targets import Targets
from craft.previs.uniforms import Settings, View


class Finisher:
    """The full-screen passes after the lighting."""

    def __init__(self, targets: Targets, settings: Settings) -> None:
        self.targets, self.settings = targets, settings
        self._burn: tuple[bytes, Any] | None = None

    def burn(self, overlay: bytes | None) -> None:
        """Text laid over every frame (RGBA, frame size, top row first), or None."""
        if overlay is None or (self._burn is not None and self._burn[0] != overlay):
            self.release()
        if overlay is not None and self._burn is None:
            texture = self.targets.ctx.texture(self.targets.size, 4, overlay)
            texture.repeat_x = texture.repeat_y = False
            self._burn = (overlay, texture)

    def release(self) -> None:
        """Give the burn-in's texture back."""
        if self._burn is not None:
            self._burn[1].release()
        self._burn = None

    def draw(self, gpu: Gpu, shot: Shot, view: View, style: Style) -> None:
        """The lit picture, finished, in the final target."""
        targets = self.targets
        image = targets.lit
        if self.defocused(view, style):
            gpu.screen(
                "defocus.frag",
                {"DEFOCUS_TAPS": self.settings.defocus},
                targets.focused_target,
                {"uSource": image},
                {"uLens": lens(view), "uSize": targets.size},
            )
            image = targets.focused
        bloom = self._bloom(gpu, image)
        textures = {"uSource": image, "uBloom": bloom, **targets.buffers()}
        gpu.screen(
            "finish.frag",
            self._defines(shot, style),
            targets.graded_target,
            textures,
            self._values(shot, view, style),
        )
        self._antialias(gpu)

    def draw_lines(self, gpu: Gpu, view: View) -> None:
        """The blueprint: only the G-buffer is read."""
        values = {**view.uniforms(*self.targets.size, 0.0), "uLens": lens(view)}
        gpu.screen("blueprint.frag", {}, self.targets.graded_target, self.targets.buffers(), values)
        self._antialias(gpu)

    def defocused(self, view: View, style: Style) -> bool:
        """Whether depth of field shows in this frame."""
        return bool(style.defocus and self.settings.defocus and view.blur > 0)

    def _bloom(self, gpu: Gpu, image: Any) -> Any:
        above = image
        for i, (texture, target) in enumerate(self.targets.down):
            threshold = {"uThreshold": 1.25 if i == 0 else 0.0}
            gpu.screen("bloom_down.frag", {}, target, {"uSource": above}, threshold)
            above = texture
        for i in range(len(self.targets.up) - 1, -1, -1):
            texture, target = self.targets.up[i]
            sources = {"uSource": above, "uSharp": self.targets.down[i][0]}
            gpu.screen("bloom_up.frag", {}, target, sources, {"uSpread": 0.8})
            above = texture
        return above

    @staticmethod
    def _defines(shot: Shot, style: Style) -> dict[str, object]:
        wanted = {
            "WET": shot.wet and style.mirror,
            "RAIN": shot.look.rain > 0,
            "FLAKES": shot.look.flakes > 0,
        }
        return {**{name: 1 for name, on in wanted.items() if on}, **style.finish}

    def _values(self, shot: Shot, view: View, style: Style) -> dict[str, Any]:
        look = shot.look
        return {
            **view.uniforms(*self.targets.size, shot.time(view.number)),
            "uVP": view.vp_gl,
            "uExposure": shot.exposure,
            "uBloomShare": style.bloom,
            "uGrain": self.settings.grain * style.grain,
            "uFrame": float(view.number),
            "uVignette": style.vignette,
            "uLift": look.lift if style.lift is None else style.lift,
            "uGain": look.gain if style.gain is None else style.gain,
            "uSaturation": look.saturation if style.saturation is None else style.saturation,
            "uLens": lens(view),
            "uMirrorLow": shot.stage.mirror[0],
            "uMirrorHigh": shot.stage.mirror[1],
            "uFall": (look.rain, look.flakes),
        }

    def _antialias(self, gpu: Gpu) -> None:
        textures = {"uSource": self.targets.graded, **({"uBurn": self._burn[1]} if self._burn else {})}
        values = {"uSize": self.targets.size, "uBurnShare": 0.85}
        defines = {"BURN": 1} if self._burn else {}
        gpu.screen("antialias.frag", defines, self.targets.final_target, textures, values)


def lens(view: View) -> tuple[float, float, float, float]:
    """The lens as the shaders take it: near, far and focus in metres, strength of the blur."""
    return (NEAR_M, FAR_M, view.focus, view.blur)
