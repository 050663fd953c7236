"""A place built from a location's own words, for what no other set shows: materials, size, period and the things named
in the words, laid out by rule about a free middle. Any text gives a place; the same text and seed give the same one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from craft.previs.batch import Kind, Surface
from craft.previs.sets.described_plan import Plan, plan_for
from craft.previs.sets.described_tables import STUFFS
from craft.previs.sets.layout import Floor, Spot, marks_among
from craft.previs.sets.pieces.catalogue import ITEMS, OUTDOOR_ONLY, Item
from craft.previs.sets.pieces.halls import Hole, Room, build_ceiling, build_floor, build_walls
from craft.previs.sets.pieces.lamps import pendant
from craft.previs.sets.pieces.making import Making, Shine
from craft.previs.sets.pieces.monuments import chandelier, torch
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import rock
from craft.previs.sets.pieces.scenery import BACKDROPS, ground
from craft.previs.sets.pieces.street_furniture import papers
from craft.previs.sets.pieces.tones import Tones, mixed, shaded, tones_for
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import plain_box
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Wall
from craft.terms.light import kelvin_to_rgb

_NEAR = 6.2
_SIDES = "nwe"
_MOST_LAMPS = 5
_WINDOWLESS = frozenset(("dungeon", "cellar", "crypt", "vault", "bunker", "tunnel", "sewer", "cave"))
_BARE = ("rock", "ice", "stone", "brick", "wood", "canvas")
_SHAFT = (0.05, 0.003, True, False, 1.0, False)
_GAP = (0.2, 0.02, True, True, 0.8, False)
"""Softness, falloff, shadow, whether walls are passed, volume and practical of daylight and of a hole above."""
_WILD = frozenset(
    word
    for line in ("desert field beach mountain snowfield swamp", "camp lake river battlefield ruins")
    for word in line.split()
)
"""Places lit by a fire at night where nobody has put up a lamp."""


@dataclass
class _Site:
    """A place in the making."""

    plan: Plan
    b: Builder
    t: Tones
    floor: Floor
    marks: list[Mark]
    lights: list[Shine]

    def making(self, name: str) -> Making:
        """Palette and a stream of its own for one thing."""
        return Making(self.t, self.plan.dressing.chance(f"{self.plan.words} {name}"))

    def build(self, item: Item, place: Place, name: str) -> None:
        """Build a thing and keep its seats and lights."""
        m = self.making(name)
        item.build(place, m)
        self.marks += m.seats
        self.lights += m.lights


def _group(plan: Plan, x: float, z: float) -> str:
    """Outdoors, what stands far out goes for a lens among it."""
    if plan.inside or max(abs(x), abs(z)) < _NEAR:
        return "things"
    if abs(x) > abs(z):
        return "far_e" if x > 0 else "far_w"
    return "far_s" if z > 0 else "far_n"


def _place_of(site: _Site, item: Item, spot: Spot) -> Place:
    x, z, yaw = spot
    return Place(site.b, _group(site.plan, x, z), x, z, yaw)


def _wall_place(site: _Site, side: str, at: float) -> Place:
    hx, hz = site.floor.half_x, site.floor.half_z
    x, z, yaw = {"n": (at, -hz, 0.0), "s": (-at, hz, 180.0), "w": (-hx, -at, 90.0), "e": (hx, at, -90.0)}[
        side
    ]
    group = f"by_{side}" if site.plan.inside else _group(site.plan, x, z)
    return Place(site.b, group, x, z, yaw)


def _put(site: _Site, name: str, index: int, count: int) -> None:
    """One thing to its zone; where there is no room for it, it is left out."""
    item, floor, key = ITEMS[name], site.floor, f"{name} {index}"
    if site.plan.inside and name in OUTDOOR_ONLY and min(floor.half_x, floor.half_z) < 4.5:
        return
    zone = item.zone
    if zone == "flat":
        site.build(item, Place(site.b, "ground", 0, 0.0 if name != "carpet" else -1.0), key)
    elif zone == "above":
        if site.plan.inside:
            m = site.making(key)
            chandelier(Place(site.b, "roof", 0, -0.8), m, site.plan.size[2])
            site.lights += m.lights
    elif zone == "far" and not site.plan.inside:
        _far(site, item, key)
    elif zone in ("end", "wall", "hang") and (site.plan.inside or zone == "end"):
        sides = "nwe" if zone == "end" else ("n" + _SIDES[1:], "wen", "enw")[(index + len(name)) % 3]
        found = floor.at_wall(item.wide, item.deep if item.deep > 0.25 else 0.0, sides)
        if found:
            site.build(item, _wall_place(site, *found), key)
    else:
        _free_standing(site, item, zone, (index, count), key)


def _free_standing(site: _Site, item: Item, zone: str, order: tuple[int, int], key: str) -> None:
    floor, (index, count) = site.floor, order
    spot: Spot | None = None
    if zone == "pair":
        spot = floor.in_pairs(index, count, max(item.wide, item.deep))
    elif zone == "rows":
        spot = floor.in_rows(index, item.wide, item.deep)
    spot = spot or floor.round_middle(item.wide, item.deep, square=site.plan.inside)
    if spot is None:
        return
    place = _place_of(site, item, spot)
    # A thing with its back at z = 0 turns round its middle all the same.
    site.build(item, place.at(0, -item.deep / 2) if item.back else place, key)


def _far(site: _Site, item: Item, key: str) -> None:
    """Large things stand behind the players, beyond the ground they use, each beside the last."""
    chance, count = (
        site.making(key).chance,
        sum(1 for r in site.floor.taken if r[1] < -site.floor.half_z - 0.5),
    )
    x = 0.0 if item.wide > 20 else (chance.uniform(-2.5, 2.5) + (0.0, -9.0, 9.0, -17.0, 17.0)[count % 5])
    z = -site.floor.half_z - (1.2 if item.wide < 8 or item.wide > 20 else 7.0) - item.deep / 2
    yaw = chance.uniform(-8, 8) if item.wide < 20 else 0.0
    group = "far_n" if item.wide < 30 else "ground"
    place = Place(site.b, group, x, z + (item.deep / 2 if item.back else 0), yaw)
    site.floor.taken.append((x - item.wide / 2, z - item.deep / 2, x + item.wide / 2, z + item.deep / 2))
    site.build(item, place, key)


def _surface(name: str, colour: RGB8 | None, t: Tones, segment: int) -> Surface:
    stuff = STUFFS[name]
    tone = colour or stuff.colour
    if stuff.kind not in (Kind.WATER, Kind.GRASS, Kind.SOIL):
        tone = mixed(tone, (96, 88, 78), 0.35 * t.wear)
    return Surface(
        tone, min(0.95, stuff.rough + 0.2 * t.wear * (stuff.rough > 0.1)), stuff.kind, segment=segment
    )


def _chosen(plan: Plan, name: str, stuff: str) -> RGB8:
    """A colour asked for, or the stuff's own, a little other from text to text."""
    own = STUFFS[stuff].colour
    if name in dict(plan.dressing.options):
        return plan.dressing.colour(name, own)
    chance = plan.dressing.chance(f"{plan.words} {name}")
    tint: RGB8 = chance.choice(
        ((150, 110, 84), (88, 110, 122), (112, 116, 84), (128, 92, 92), (120, 112, 132))
    )
    free = stuff in ("plaster", "tile", "metal", "carpet", "canvas", "velvet", "panelling")
    return mixed(shaded(own, chance.uniform(0.88, 1.1)), tint, 0.32 if free else 0.08)


def _holes(site: _Site) -> dict[str, list[Hole]]:
    """A door, then windows where walls are free; a cave, a vault and a cellar have none."""
    plan, floor, high = site.plan, site.floor, site.plan.size[2]
    holes: dict[str, list[Hole]] = {s: [] for s in "nswe"}
    chance = plan.dressing.chance(f"{plan.words} holes")
    tall = min(2.15, high - 0.2)
    for side in ("s", "e", "w"):
        at = chance.choice((-1, 1)) * floor.long(side) * 0.5
        if floor.span_free(side, at, 1.1) and not holes["s"]:
            holes[side].append(
                Hole(at, 1.0, 0.0, tall, "door" if plan.wall not in ("rock", "canvas") else "arch")
            )
            floor.spans[side].append((at - 0.6, at + 0.6))
            break
    if plan.light in ("dark", "strips") or plan.row in (
        "dungeon",
        "cellar",
        "crypt",
        "vault",
        "bunker",
        "tunnel",
        "sewer",
    ):
        return holes
    wide = 1.0 if plan.wall == "stone" else 1.5
    sill, head = (1.0, min(high - 0.35, 2.3)) if high < 4 else (1.6, high - 1.0)
    for side in "nwe":
        for at in (0.0, -0.55 * floor.long(side), 0.55 * floor.long(side)):
            if len(holes[side]) < 2 and floor.span_free(side, at, wide + 0.1):
                holes[side].append(Hole(at, wide, sill, head))
                floor.spans[side].append((at - wide / 2, at + wide / 2))
    return holes


def _interior(site: _Site) -> dict[str, list[Hole]]:
    plan, b, t = site.plan, site.b, site.t
    room = Room(*plan.size)
    wall = _surface(plan.wall, _chosen(plan, "wall", plan.wall), t, 3)
    build_floor(b, room, _surface(plan.floor, _chosen(plan, "floor", plan.floor), t, 1))
    holes = _holes(site)
    build_walls(b, room, wall, t, holes)
    top = (
        shaded(wall.colour, 0.8)
        if plan.wall in ("rock", "ice", "stone", "brick", "wood", "canvas")
        else (150, 148, 142)
    )
    kind = wall.kind if plan.wall in ("rock", "ice", "wood", "canvas", "metal") else Kind.PLASTER
    build_ceiling(b, room, Surface(top, 0.9, kind, segment=3))
    if plan.wall in ("rock", "ice"):
        _rocky(site, wall.colour)
    elif plan.wall in ("wood", "panelling", "stone"):
        for i in range(max(2, round(plan.size[1] / 2.2))):
            z = -plan.size[1] / 2 + plan.size[1] * (i + 0.5) / max(2, round(plan.size[1] / 2.2))
            b.add("roof", plain_box((0, plan.size[2] - 0.1, z), (plan.size[0], 0.22, 0.2)), t.wooden(0.55, 3))
    else:
        trim = Surface(shaded(wall.colour, 0.6), 0.7, segment=3)
        for side in "nswe":
            p = room.wall_place(b, side)
            p.add(plain_box((0, 0.06, 0.015), (room.length_of(side), 0.12, 0.03)), trim)
    return holes


def _rocky(site: _Site, tone: RGB8) -> None:
    """Boulders along the foot and the head of the walls, so that a cave has no corners."""
    chance = site.plan.dressing.chance(f"{site.plan.words} boulders")
    room = Room(*site.plan.size)
    kept = list(site.b.obstacles)
    rows = max(3, round(room.high / 1.05))
    for side in "nswe":
        p, long = room.wall_place(site.b, side), room.length_of(side)
        count = round(long / 1.45)
        for i in range(count):
            for k in range(rows):
                x = -long / 2 + long * (i + 0.5 + 0.5 * (k % 2)) / count
                at = p.at(x, chance.uniform(-0.75, -0.5), chance.uniform(0, 360), room.high * k / rows - 0.8)
                rock(at, chance, chance.uniform(2.4, 3.2), tone)
    site.b.obstacles[:] = kept


def _lamps(site: _Site) -> None:
    """What lights a room besides its things: pendants, strips or torches, by the place's habit."""
    plan, (wide, deep, high) = site.plan, site.plan.size
    if plan.light == "torches" and high > 2.6:
        for i, side in enumerate("nwe"):
            found = site.floor.at_wall(0.6, 0.0, side)
            if found:
                m = site.making(f"torch {i}")
                torch(_wall_place(site, *found), m)
                site.lights += m.lights
    elif plan.light in ("lamps", "strips") and not any(s.strength > 2.6 for s in site.lights):
        spots = ((-wide * 0.27, -deep * 0.22), (wide * 0.27, -deep * 0.22))
        for x, z in spots if wide > 4.5 else ((0.0, -deep * 0.25),):
            if plan.light == "strips":
                site.b.add("roof", plain_box((x, high - 0.05, z), (0.3, 0.06, 1.5)), site.t.lit(3.4))
                at = (x, high - 0.15, z)
            else:
                at = pendant(Place(site.b, "roof", x, z), site.t, high, max(2.2, min(high - 0.5, 3.2)))
            site.lights.append(Shine(at, site.making("lamp").lamp_colour(), 2.7))


def _set_lights(site: _Site, holes: dict[str, list[Hole]]) -> tuple[SetLight, ...]:
    """The strongest lamps of the place, and day or moon through a window of the north wall."""
    plan, day = site.plan, site.plan.dressing.day
    lit: list[SetLight] = []
    if plan.inside and any(h.fill == "window" for h in holes.get("n", ())):
        x = next(h.at for h in holes["n"] if h.fill == "window")
        kelvin = {"dawn": 3200, "dusk": 2900, "morning": 4600, "afternoon": 5000}.get(
            plan.dressing.time_of_day, 5600
        )
        colour = kelvin_to_rgb(kelvin) if day else (0.36, 0.56, 1.0)
        high, far = plan.size[2], plan.size[1] / 2
        at = (x * 1.5, high * 1.5 + 1.5, -far - 5.0)
        lit.append(
            SetLight(
                at, (x * 0.3, 0.5, 0.2), colour, 7.0 if day else 4.5, 20, 0.05, 0.003, True, False, 1.0, False
            )
        )
    elif plan.inside and plan.light == "dark" and not site.lights:
        lit.append(
            SetLight(
                (0.6, plan.size[2] + 1.5, -1.5),
                (0, 0, 0),
                (0.6, 0.75, 1.0),
                4.0,
                26,
                0.2,
                0.02,
                True,
                True,
                0.8,
                False,
            )
        )
    burning = plan.inside or not day or plan.dressing.time_of_day in ("dusk", "dawn")
    for shine in sorted(site.lights, key=lambda s: -s.strength)[: _MOST_LAMPS if burning else 0]:
        dim = 0.55 if plan.inside and day and lit else 1.0
        lit.append(SetLight(shine.at, (0, 0.8, 0), shine.colour, shine.strength * 0.8 * dim, 180, 0.7, 0.16))
    return tuple(lit)


def _exterior(site: _Site) -> None:
    plan = site.plan
    surface = _surface(plan.floor, _chosen(plan, "floor", plan.floor), site.t, 1)
    shore = -site.floor.half_z - 1.2 if plan.wall == "sea" else None
    ground(site.b, surface, 56.0, shore=shore)
    BACKDROPS[plan.wall](site.b, site.t, plan.dressing.chance(f"{plan.words} backdrop"))


def _walls_of(site: _Site) -> tuple[Wall, ...]:
    if not site.plan.inside:
        return (
            Wall("far_n", 2, -_NEAR, -1),
            Wall("far_s", 2, _NEAR, 1),
            Wall("far_w", 0, -_NEAR, -1),
            Wall("far_e", 0, _NEAR, 1),
        )
    room = Room(*site.plan.size)
    x, z = room.wide / 2, room.deep / 2
    things = (Wall("by_n", 2, -z, -1), Wall("by_s", 2, z, 1), Wall("by_w", 0, -x, -1), Wall("by_e", 0, x, 1))
    return (*room.walls(), *things)


def _clutter(site: _Site) -> None:
    """More of what lies about, as much as the dressing asks."""
    plan = site.plan
    extra = round(plan.dressing.clutter * 6) - 2
    pool = ("crate", "carton", "barrel") if plan.inside else ("rock", "bush", "crate")
    for i in range(max(0, extra)):
        _put(site, pool[i % 3], 50 + i, 1)
    if plan.dressing.clutter > 0.55:
        spread = (site.floor.half_x * 0.8, site.floor.half_z * 0.8)
        papers(
            Place(site.b, "things", 0, 0),
            site.making("papers").chance,
            round(24 * plan.dressing.clutter),
            spread,
        )


def build_described(dressing: Dressing) -> StageSet:
    """The place the dressing's words describe."""
    plan = plan_for(dressing)
    t = tones_for(plan.dressing)
    margin = 0.0 if plan.inside else 0.4
    floor = Floor(
        plan.size[0] / 2 - margin, plan.size[1] / 2 - margin, plan.dressing.chance(f"{plan.words} layout")
    )
    site = _Site(plan, Builder(), t, floor, [], [])
    counts, seen = Counter(plan.things), Counter[str]()
    for name in plan.things:
        if name in ITEMS:
            _put(site, name, seen[name], counts[name])
            seen[name] += 1
    _clutter(site)
    holes: dict[str, list[Hole]] = {}
    if plan.inside:
        holes = _interior(site)
        _lamps(site)
        low, high = Room(*plan.size).bounds(0.15)
    else:
        _exterior(site)
        low, high = (-floor.half_x, 0.05, -floor.half_z), (floor.half_x, 9.0, floor.half_z)
        if t.night and not site.lights:
            _put(site, "fire" if plan.row in _WILD else "lamp", 90, 1)
    obstacles: list[Obstacle] = site.b.obstacles
    marks = marks_among(floor, obstacles)
    return StageSet(
        "described",
        site.b.groups(),
        _walls_of(site),
        tuple(obstacles),
        (*marks, *site.marks),
        _set_lights(site, holes),
        low,
        high,
        interior=plan.inside,
        wet=plan.floor == "water",
        mirror=((low[0] - 2, 0, low[2] - 2), (high[0] + 2, 9, high[2] + 2)),
    )
