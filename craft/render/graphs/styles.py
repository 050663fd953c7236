"""The stylised modifiers: what each draws beside its colours, in YUV 4:2:0 and by its strength.

Sizes are shares of the frame's height, so a proxy looks like its master. Whatever moves from frame to frame
follows the frame's number or a fixed seed, and is the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ffmpeg

from craft.render.effects import Modifier, Style
from craft.render.graphs.base import Stream

Size = tuple[int, int]
Drawing = Callable[[Stream, float, Size], Stream]

GRAIN_SEED = 1_977
MOVING = frozenset({Style.FILM_GRAIN, Style.VHS, Style.OLD_FILM, Style.NIGHT_VISION})
"""Styles whose drawing differs from frame to frame."""
OVERSHOOTING = MOVING | {Style.BLOOM, Style.SHARPEN}
"""Styles that leave the range of video levels unless they are held in it."""


def styled(stream: Stream, modifiers: Sequence[Modifier], size: Size) -> Stream:
    """The modifiers drawn in their order on a picture of `size` (width, height); their colours are not."""
    for modifier in modifiers:
        drawing = DRAWINGS.get(modifier.style)
        if drawing is not None:
            stream = drawing(stream, modifier.strength, size)
    if any(modifier.style in OVERSHOOTING for modifier in modifiers):
        return stream.filter("lutyuv", y="clip(val,16,235)")
    return stream


def moving(modifiers: Sequence[Modifier]) -> bool:
    """True when the drawing of any differs from frame to frame."""
    return any(modifier.style in MOVING for modifier in modifiers)


def _even(value: float, least: int = 2) -> int:
    return max(least, 2 * round(value / 2))


def _scaled(stream: Stream, width: int, height: int, flags: str) -> Stream:
    """Another size, with square pixels: the scaler would note the change of shape and the encoder keep it."""
    return stream.filter("scale", width, height, flags=flags).filter("setsar", 1)


def _noise(stream: Stream, much: float, seed: int) -> Stream:
    """Gaussian noise on luma, another in every frame; `much` in code values."""
    amount = round(much)
    if amount < 1:
        return stream
    return stream.filter("noise", c0s=amount, c0f="t", c0_seed=seed)


def _grain(stream: Stream, much: float, size: Size) -> Stream:
    """Grain of film, a pixel wide, on luma alone."""
    return _noise(stream, 20 * much, GRAIN_SEED)


def _vignette(stream: Stream, much: float, size: Size) -> Stream:
    """The natural fall-off of a lens (cosine to the fourth); at full strength a third is left in the corners.

    The filter multiplies code values, so black is brought to 0 for it and back.
    """
    bare = stream.filter("lutyuv", y="val-16")
    return bare.filter("vignette", angle=f"{0.72 * much:.4f}", dither=0).filter("lutyuv", y="val+16")


def _small_blur(stream: Stream, size: Size, radius: float) -> Stream:
    """A wide blur at a quarter of the cost: shrunk by four, blurred, enlarged; `radius` as share of height."""
    width, height = size
    small = _scaled(stream, _even(width / 4), _even(height / 4), "area")
    soft = small.filter("gblur", sigma=f"{max(0.5, radius * height / 4):.3f}", steps=2)
    return _scaled(soft, width, height, "bilinear")


KEEP_SECOND = {"c1_mode": "normal", "c1_opacity": 0, "c2_mode": "normal", "c2_opacity": 0}
"""Options of blend: chroma of the second picture alone."""


def _bloom(stream: Stream, much: float, size: Size) -> Stream:
    """Highlights glow into their surroundings."""
    parts = stream.filter_multi_output("split", 2)
    bright = parts[1].filter("lutyuv", y=f"clip((val-125)*{2.4 * much:.4f},0,255)", u="val", v="val")
    glow = _small_blur(bright, size, 0.03)
    return ffmpeg.filter([glow, parts[0]], "blend", c0_mode="screen", **KEEP_SECOND)


def _soft_focus(stream: Stream, much: float, size: Size) -> Stream:
    """A soft picture laid over the sharp one, as through a diffusion filter."""
    parts = stream.filter_multi_output("split", 2)
    soft = _small_blur(parts[1], size, 0.008)
    return ffmpeg.filter([soft, parts[0]], "blend", all_mode="normal", all_opacity=f"{0.6 * much:.4f}")


def _sharpen(stream: Stream, much: float, size: Size) -> Stream:
    return stream.filter("unsharp", lx=5, ly=5, la=f"{1.4 * much:.4f}", cx=3, cy=3, ca=0)


def _shift(much: float, size: Size, share: float) -> int:
    """A shift in chroma samples; at least one where there is any strength at all."""
    return max(1, round(much * share * size[1] / 2))


def _chromatic(stream: Stream, much: float, size: Size) -> Stream:
    """A cheap lens: its red and blue fringes fall to either side."""
    far = _shift(much, size, 0.012)
    return stream.filter("chromashift", cbh=-far, crh=far, edge="smear")


def _vhs(stream: Stream, much: float, size: Size) -> Stream:
    """Tape: little detail across, an over-sharp edge, noise along the lines, colours that come late."""
    width, height = size
    across = _even(width * (1 - 0.65 * much))
    narrow = _scaled(stream, across, height, "area")
    # noise ahead of the enlargement, so that it is drawn out along the lines as tape noise is
    noisy = _noise(narrow.filter("unsharp", lx=7, ly=3, la=f"{1.2 * much:.4f}", ca=0), 14 * much, GRAIN_SEED)
    wide = _scaled(noisy, width, height, "bilinear")
    late_blue, late_red = _shift(much, size, 0.014), _shift(much, size, 0.022)
    return wide.filter("chromashift", cbh=late_blue, crh=late_red, edge="smear")


def _old_film(stream: Stream, much: float, size: Size) -> Stream:
    """A worn print: it weaves in the gate, flickers, and carries grain, scratches and dark corners."""
    width, height = size
    spare = _even(0.012 * much * height)
    larger = _scaled(stream, width + 2 * spare, height + 2 * spare, "bilinear")
    weave_x = f"{spare}+{spare * 0.5:.3f}*sin(n*0.83)+{spare * 0.4:.3f}*sin(n*2.1)"
    weave_y = f"{spare}+{spare * 0.6:.3f}*sin(n*0.57+1)+{spare * 0.35:.3f}*sin(n*2.7)"
    steady = larger.filter("crop", width, height, weave_x, weave_y)
    flicker = f"{0.035 * much:.4f}*(sin(n*1.9)+sin(n*4.3+2))"
    stream = steady.filter("eq", brightness=flicker, eval="frame")
    for number, (place, every, long) in enumerate(((0.23, 53, 9), (0.61, 71, 5), (0.84, 97, 13))):
        stream = stream.filter(
            "drawbox",
            x=round(width * place),
            y=0,
            w=max(1, height // 540),
            h=height,
            color=f"{'white' if number % 2 else 'black'}@{0.35 * much:.3f}",
            t="fill",
            enable=f"lt(mod(n+{17 * number},{every}),{long})",
        )
    return _vignette(_noise(stream, 16 * much, GRAIN_SEED), 0.6 * much, size)


def _night_vision(stream: Stream, much: float, size: Size) -> Stream:
    """An image intensifier: glow, noise, and the round edge of its tube."""
    glowing = _bloom(stream, 0.6 * much, size)
    return _vignette(_noise(glowing, 26 * much, GRAIN_SEED), 0.95 * much, size)


def _poster(stream: Stream, much: float, size: Size) -> Stream:
    """Few tones, as in a printed poster: seven of luma at full strength, and fewer colours."""
    tones = "16+219*(floor(clip((val-16)/219,0,0.999)*7)+0.5)/7"
    colours = "128+round((val-128)/12)*12"
    luma = f"clip(round(val+{much:.4f}*({tones}-val)),16,235)"
    chroma = f"clip(round(val+{much:.4f}*({colours}-val)),16,240)"
    return stream.filter("lutyuv", y=luma, u=chroma, v=chroma)


def _pixels(stream: Stream, much: float, size: Size) -> Stream:
    """Blocks of up to a twentieth of the height."""
    width, height = size
    block = max(1.0, much * height / 20)
    small = _scaled(stream, _even(width / block), _even(height / block), "area")
    return _scaled(small, width, height, "neighbor")


DRAWINGS: dict[Style, Drawing] = {
    Style.FILM_GRAIN: _grain,
    Style.VIGNETTE: _vignette,
    Style.BLOOM: _bloom,
    Style.SOFT_FOCUS: _soft_focus,
    Style.SHARPEN: _sharpen,
    Style.VHS: _vhs,
    Style.OLD_FILM: _old_film,
    Style.CHROMATIC: _chromatic,
    Style.NIGHT_VISION: _night_vision,
    Style.POSTER: _poster,
    Style.PIXELS: _pixels,
}
