"""Dashboards by era, with lit instruments, and what drivers leave on them."""

from __future__ import annotations

from dataclasses import dataclass

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.vehicles import dial
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, plain_box, quad, sphere, turned_box
from craft.previs.spatial import Y_AXIS, rotation
from craft.previs.stage import Builder

TOP, FACE = 0.80, 0.74
"""Height of a dashboard's top and how far before the hips of the front seats its face stands, in metres."""


@dataclass(frozen=True)
class Finish:
    """Materials of a car by its era and how rich it is."""

    paint: Surface
    cover: Surface
    dash: Surface
    trim: Surface
    liner: Surface
    metal: Surface
    light: RGB8
    """Colour of the instruments."""


def _instruments(b: Builder, finish: Finish, era: str, x: float) -> None:
    z = FACE - 0.035
    if era == "future":
        b.add("dash", box((x - 0.15, TOP + 0.03, z), (0.90, 0.17, 0.03), 0.012), finish.dash)
        glass = quad((x - 0.15, TOP + 0.03, z - 0.02), (-0.44, 0, 0), (0, 0.075, 0))
        b.add("dash", glass, Surface(finish.light, 0.3, Kind.READOUT, 1.6, segment=8))
        return
    b.add("dash", box((x, TOP - 0.03, z + 0.06), (0.42, 0.17, 0.14), 0.04), finish.dash)
    if era == "period":
        for dx, r in ((-0.12, 0.058), (0.0, 0.07), (0.12, 0.058)):
            dial(b, "dash", (x + dx, TOP - 0.04, z - 0.02), r, finish.light, 1.6, finish.metal)
        return
    for dx in (-0.095, 0.095):
        dial(b, "dash", (x + dx, TOP - 0.03, z - 0.02), 0.068, finish.light, 2.0, finish.metal)
    if era == "midcentury":
        strip = box((x, TOP - 0.105, z - 0.02), (0.40, 0.012, 0.012), 0.005)
        b.add("dash", strip, finish.metal)


def _middle(b: Builder, finish: Finish, era: str) -> None:
    z = FACE - 0.012
    if era in ("period", "midcentury"):
        b.add("dash", box((0, 0.68, z), (0.26, 0.09, 0.03), 0.01), finish.metal)
        scale = quad((0, 0.69, z - 0.018), (-0.09, 0, 0), (0, 0.016, 0))
        b.add("dash", scale, Surface(finish.light, 0.4, Kind.GLOW, 1.2, segment=8))
        for x in (-0.16, 0.16):
            b.add("dash", sphere((x, 0.68, z - 0.02), 0.022, 10), finish.metal)
        b.add("dash", box((-0.40, 0.68, z), (0.40, 0.13, 0.02), 0.01), finish.trim)
        b.add("dash", sphere((-0.40, 0.72, z - 0.015), 0.012, 8), finish.metal)
        return
    if era == "modern":
        screen = Surface(finish.light, 0.3, Kind.READOUT, 1.3, segment=8)
        b.add(
            "dash", box((0, 0.78, z - 0.01), (0.28, 0.16, 0.03), 0.012), Surface((14, 15, 17), 0.3, segment=8)
        )
        b.add("dash", quad((0, 0.78, z - 0.028), (-0.125, 0, 0), (0, 0.068, 0)), screen)
    for x in (-0.62, -0.2, 0.16, 0.62):
        b.add(
            "dash", box((x, 0.70, z - 0.01), (0.13, 0.05, 0.02), 0.008), Surface((16, 16, 18), 0.6, segment=8)
        )
        for dy in (-0.012, 0.012):
            b.add("dash", plain_box((x, 0.70 + dy, z - 0.022), (0.11, 0.004, 0.006)), finish.metal)
    b.add("dash", box((-0.40, 0.56, z), (0.42, 0.14, 0.03), 0.012), finish.trim)


def _left_about(b: Builder, dressing: Dressing) -> None:
    chance, z = dressing.chance("dash top"), FACE + 0.16
    for i in range(round(dressing.clutter * 7)):
        x = -0.62 + 0.16 * i + chance.uniform(-0.03, 0.03)
        turn = rotation(Y_AXIS, chance.uniform(-40, 40))
        sort, tone = chance.random(), chance.choice(((206, 196, 170), (150, 60, 48), (70, 104, 130)))
        if sort < 0.55:
            b.add(
                "dash", turned_box((x, TOP + 0.012, z), (0.15, 0.012, 0.20), turn, 0.003), Surface(tone, 0.8)
            )
        else:
            b.add("dash", turned_box((x, TOP + 0.03, z), (0.07, 0.05, 0.10), turn, 0.01), Surface(tone, 0.5))


def dashboard(b: Builder, dressing: Dressing, finish: Finish, wheel_x: float) -> None:
    """Group ``dash``: the panel across the car before the front seats, its instruments and radio."""
    era = dressing.era
    b.add("dash", box((0, TOP - 0.09, FACE + 0.21), (1.46, 0.18, 0.44), 0.06, 2), finish.dash)
    b.add("dash", box((0, 0.62, FACE + 0.05), (1.44, 0.22, 0.12), 0.04), finish.dash)
    band = finish.trim if era != "midcentury" else finish.metal
    b.add("dash", box((0, TOP - 0.135, FACE - 0.004), (1.42, 0.022, 0.02), 0.006), band)
    if era == "future":
        line = Surface(finish.light, 0.4, Kind.GLOW, 2.4, segment=8)
        b.add("dash", plain_box((0, TOP - 0.16, FACE - 0.016), (1.40, 0.008, 0.01)), line)
    _instruments(b, finish, era, wheel_x)
    _middle(b, finish, era)
    _left_about(b, dressing)
