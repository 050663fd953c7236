"""Any chain of colour effects as one cube, so that a picture goes to RGB and back only once.

A grade does here exactly what its YUV primaries do, only without rounding to 8 bits in between, so a shot
does not change when a look is laid over its grade. What leaves the RGB range is cut off after each effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from craft.render.cube import Colours, Cube, lattice
from craft.render.effects import Cdl, Effect, Lut, Modifier, Style
from craft.render.grade import CB_DIVISOR, CR_DIVISOR, PIVOT, WEIGHTS, Grade, curves, ends, luma_of

SIZE = 33
Cubes = Callable[[str], Cube]
"""Content digest → the cube; what it raises is passed on."""


def bake(effects: Sequence[Effect], cubes: Cubes, size: int = SIZE) -> Cube:
    """One cube of a chain of colour effects (`Grade`, `Cdl`, `Lut` and styles of colour alone), in order.

    Raises ValueError for an effect that is not colour alone, and whatever `cubes` raises.
    """
    return Cube(applied(effects, lattice(size), cubes))


def applied(effects: Sequence[Effect], colours: Colours, cubes: Cubes) -> Colours:
    """What the chain makes of coded RGB of shape (..., 3)."""
    for effect in effects:
        if isinstance(effect, Grade):
            colours = apply_grade(effect, colours)
        elif isinstance(effect, Cdl):
            colours = apply_cdl(effect, colours)
        elif isinstance(effect, Lut):
            colours = colours + effect.strength * (cubes(effect.sha256).sample(colours) - colours)
        elif isinstance(effect, Modifier) and effect.style is Style.BLEACH_BYPASS:
            colours = apply_bleach_bypass(effect.strength, colours)
        else:
            raise ValueError(f"{effect} cannot be part of a cube")
        colours = np.clip(colours, 0.0, 1.0)
    return colours


def luma(colours: Colours) -> NDArray[np.float64]:
    """BT.709 luma of coded RGB, shape (..., 1)."""
    grey: NDArray[np.float64] = (colours @ np.array(WEIGHTS))[..., None]
    return grey


def apply_grade(grade: Grade, colours: Colours) -> Colours:
    """The arithmetic of `grade.curves` on RGB: a curve for luma, chroma scaled and moved along with luma."""
    white, black = ends(grade)
    before = luma(colours)
    after = luma_of(white) * before + luma_of(black) * (1.0 - before)
    after = np.maximum(after, 0.0) ** (1.0 / grade.gamma)
    after = np.clip((after - PIVOT) * grade.contrast + PIVOT, 0.0, 1.0)
    numbers = curves(grade)
    code = (16.0 + 219.0 * before) / 255.0
    red = numbers.red_low + (numbers.red_high - numbers.red_low) * code
    blue = numbers.blue_low + (numbers.blue_high - numbers.blue_low) * code
    scale = numbers.chroma * 255.0 / 224.0
    red_distance = numbers.chroma * (colours[..., :1] - before) + red * scale * CR_DIVISOR
    blue_distance = numbers.chroma * (colours[..., 2:] - before) + blue * scale * CB_DIVISOR
    green_distance = -(WEIGHTS[0] * red_distance + WEIGHTS[2] * blue_distance) / WEIGHTS[1]
    distances = np.concatenate([red_distance, green_distance, blue_distance], axis=-1)
    found: Colours = after + distances
    return found


def apply_cdl(cdl: Cdl, colours: Colours) -> Colours:
    """ASC CDL 1.2: slope, offset and power with both ends cut off, then saturation round BT.709 luma."""
    graded = np.clip(colours * np.array(cdl.slope) + np.array(cdl.offset), 0.0, 1.0) ** np.array(cdl.power)
    grey = luma(graded)
    saturated: Colours = grey + cdl.saturation * (graded - grey)
    return saturated


def apply_bleach_bypass(strength: float, colours: Colours) -> Colours:
    """Silver left in the print: the picture's own grey laid over it (overlay), which takes colour away too."""
    grey = luma(colours)
    dark, light = 2.0 * grey * colours, 1.0 - 2.0 * (1.0 - grey) * (1.0 - colours)
    share = np.clip((grey - 0.45) * 10.0, 0.0, 1.0)
    silver = 0.5 * (colours + dark + share * (light - dark))
    silver = luma(silver) + 0.5 * (silver - luma(silver))
    return colours + strength * (silver - colours)
