"""Which colours a segment gets, and where one cube does the work of many filters.

Grades alone stay in YUV, at about a millisecond a frame. As soon as a decision list, a table or a style that
no grade can express is among the colour effects of a place, all of them become one cube there. A clip's and
the programme's colours meet in the same cube where nothing is drawn between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from craft.render.effects import COLOUR_EFFECTS, Effect, Modifier, Style
from craft.render.grade import Grade
from craft.render.plan import Segment

Chain = tuple[Effect, ...]
"""Colour effects alone, in the order they are applied."""
COLOUR_ALONE = frozenset({Style.BLACK_AND_WHITE, Style.SEPIA, Style.BLEACH_BYPASS})
"""Styles that are a matter of colour and draw nothing else."""


def colour_chain(effects: Iterable[Effect]) -> Chain:
    """The colour effects in order, then the colours of the styles in theirs, as effects that can be baked."""
    own: list[Effect] = [
        effect for effect in effects if isinstance(effect, COLOUR_EFFECTS) and not effect.neutral()
    ]
    for effect in effects:
        if isinstance(effect, Modifier) and not effect.neutral():
            own += style_colours(effect)
    return tuple(own)


def style_colours(modifier: Modifier) -> Chain:
    """The colours of a style by its strength; empty when it has none of its own."""
    much = modifier.strength
    grey = Grade(saturation=1.0 - much)
    if modifier.style is Style.BLACK_AND_WHITE:
        return (grey,)
    if modifier.style is Style.SEPIA:
        return grey, Grade(gain=(1.0 + 0.12 * much, 1.0 - 0.005 * much, 1.0 - 0.225 * much))
    if modifier.style is Style.BLEACH_BYPASS:
        return (modifier,)
    if modifier.style is Style.NIGHT_VISION:
        green = (1.0 - 0.7 * much, 1.0 + 0.16 * much, 1.0 - 0.6 * much)
        return grey, Grade(exposure=0.7 * much, gamma=1.0 + 0.25 * much, gain=green)
    if modifier.style is Style.OLD_FILM:
        warm = (1.0 + 0.05 * much, 1.0, 1.0 - 0.12 * much)
        faded = Grade(saturation=1.0 - 0.85 * much, contrast=1.0 + 0.12 * much, lift=(0.03 * much,) * 3)
        return faded, Grade(gain=warm)
    if modifier.style is Style.VHS:
        return (Grade(saturation=1.0 + 0.15 * much, contrast=1.0 - 0.08 * much, lift=(0.04 * much,) * 3),)
    return ()


def drawn_styles(effects: Iterable[Effect]) -> tuple[Modifier, ...]:
    """The styles that draw something which is not colour alone, in order."""
    return tuple(
        effect
        for effect in effects
        if isinstance(effect, Modifier) and not effect.neutral() and effect.style not in COLOUR_ALONE
    )


def needs_cube(chain: Chain) -> bool:
    """True when grades in YUV cannot do all of it."""
    return any(not isinstance(effect, Grade) for effect in chain)


@dataclass(frozen=True, slots=True)
class Looks:
    """The colour chains of a segment: of each side, of each overlay, and of the finished picture."""

    sides: tuple[Chain, ...]
    overlays: tuple[Chain, ...]
    finish: Chain

    def cubes(self) -> dict[str, Chain]:
        """The cube files its graph asks for, by their names in the segment's folder."""
        named = {cube_name(number): chain for number, chain in enumerate(self.sides)}
        named |= {cube_name(number): chain for number, chain in enumerate(self.overlays, FIRST_OVERLAY)}
        named[FINISH_CUBE] = self.finish
        return {name: chain for name, chain in named.items() if needs_cube(chain)}


FINISH_CUBE = "finish.cube"
FIRST_OVERLAY = 2
"""The pictures of a graph are numbered: the sides 0 and 1, then the overlays."""


def cube_name(number: int) -> str:
    """The cube file of a graph's picture: sides are 0 and 1, overlays follow from `FIRST_OVERLAY`."""
    return f"picture{number}.cube"


def looks_of(segment: Segment) -> Looks:
    """The colour chains of a segment; the programme's are joined to the clip's where it is the same picture."""
    sides = tuple(colour_chain(side.effects) for side in segment.sides)
    overlays = tuple(colour_chain(overlay.effects) for overlay in segment.overlays)
    finish = colour_chain(segment.finish.effects)
    if _one_picture(segment):
        return Looks((sides[0] + finish,), overlays, ())
    return Looks(sides, overlays, finish)


def _one_picture(segment: Segment) -> bool:
    """True when nothing comes between the colours of the clip and those of the programme."""
    if segment.kind is not None or segment.overlays:
        return False
    side = segment.sides[0]
    return side.media is not None and not drawn_styles(side.effects)
