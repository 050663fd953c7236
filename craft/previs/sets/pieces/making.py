"""What a piece of a described place is built with, and what it gives back: seats and light."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.tones import Tones
from craft.previs.sets.room import RGB8
from craft.previs.stage import Mark, Vec3

FIRE: Vec3 = (1.0, 0.46, 0.14)
GOLD = Surface((196, 154, 76), 0.3, metal=0.85, segment=9)
STONE = Surface((132, 126, 116), 0.85, Kind.STONE, segment=3)
DARK = Surface((26, 26, 28), 0.6, segment=9)
GOODS: tuple[RGB8, ...] = (
    (126, 44, 40),
    (44, 72, 96),
    (96, 84, 52),
    (58, 84, 62),
    (150, 132, 96),
    (70, 48, 78),
)
"""Colours of books, clothes and wares."""


@dataclass(frozen=True)
class Shine:
    """A light a piece gives: where, its colour (linear) and strength."""

    at: Vec3
    colour: Vec3
    strength: float


@dataclass
class Making:
    """Palette and random stream of one piece; seats and lights are collected over all of them."""

    t: Tones
    chance: random.Random
    seats: list[Mark] = field(default_factory=list)
    lights: list[Shine] = field(default_factory=list)

    def lamp_colour(self) -> Vec3:
        """The colour of lamps here, linear."""
        r, g, b = ((c / 255) ** 2.2 for c in self.t.lamp)
        return (r, g, b)

    def tone(self, *tones: RGB8) -> RGB8:
        """One of some colours."""
        return self.chance.choice(tones)
