"""Every thing a location's words can name: how it is built, how much floor it takes and where it belongs.

Zones: ``end`` stands at the middle of the far wall, ``wall`` along walls, ``hang`` on them, ``side`` round the free
middle, ``pair`` in two rows, ``rows`` behind each other facing the end, ``flat`` under the middle, ``above`` below
the roof, ``far`` beyond the free ground. ``back`` things have their back at z = 0, others stand round their origin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from craft.previs.sets.pieces import (
    camps,
    fittings,
    household,
    industry,
    landmarks,
    monuments,
    plants,
    roofs,
    street_furniture,
    vessels,
    works,
)
from craft.previs.sets.pieces.lamps import street_lamp
from craft.previs.sets.pieces.making import FIRE, Making, Shine
from craft.previs.sets.pieces.place import Place

Build = Callable[[Place, Making], None]


@dataclass(frozen=True)
class Item:
    """How a thing is built, its floor in metres (along its front, from back to front) and its zone."""

    build: Build
    wide: float
    deep: float
    zone: str = "side"
    back: bool = False


def _plain(build: Callable[..., object]) -> Build:
    """A piece that needs only the palette; what it returns as seats is kept."""

    def made(p: Place, m: Making) -> None:
        given = build(p, m.t)
        if isinstance(given, tuple):
            m.seats.extend(given)

    return made


def _tree(species: str, size: float = 0.8) -> Build:
    def made(p: Place, m: Making) -> None:
        lift = 0.0 if m.t.night else 0.14
        plants.tree(p, species, m.chance, size=size * m.chance.uniform(0.9, 1.2), detail=0.9, lift=lift)

    return made


def _rock(p: Place, m: Making) -> None:
    plants.rock(p, m.chance, m.chance.uniform(0.9, 2.0))


def _bush(p: Place, m: Making) -> None:
    plants.bush(p, m.chance, (74, 104, 52), m.chance.uniform(0.9, 1.4), lift=0.0 if m.t.night else 0.12)


def _log(p: Place, m: Making) -> None:
    m.seats += plants.log(p, 2.0, 0.23, (96, 76, 58))


def _fire(p: Place, m: Making) -> None:
    m.lights.append(Shine(camps.campfire(p, m.t, m.chance), FIRE, 3.4 if m.t.night else 0.0))


def _lamp(p: Place, m: Making) -> None:
    m.lights.append(Shine(street_lamp(p, m.t), m.lamp_colour(), 3.4))


def _workbench(p: Place, m: Making) -> None:
    industry.workbench(p.at(0, 0.38), m.t, m.chance)


def _crate(p: Place, m: Making) -> None:
    street_furniture.crate(p.at(-0.3, 0), 0.62, m.t)
    street_furniture.crate(p.at(0.36, 0.1, 14), 0.5, m.t)
    street_furniture.crate(p.at(-0.28, 0, 8, 0.62), 0.46, m.t)


def _carton(p: Place, m: Making) -> None:
    for i in range(3):
        street_furniture.carton(
            p.at(-0.4 + 0.42 * i, 0, m.chance.uniform(-12, 12)), (0.4, m.chance.uniform(0.3, 0.5), 0.36), m.t
        )


def _fence(p: Place, m: Making) -> None:
    camps.fence(p, m.t, 3.6)


def _antenna(p: Place, m: Making) -> None:
    roofs.antenna(p, m.t, m.chance)


ITEMS: dict[str, Item] = {
    "table": Item(household.table_set, 1.9, 2.2),
    "chair": Item(household.chair, 0.6, 0.6),
    "sofa": Item(household.sofa, 2.2, 1.0),
    "desk": Item(household.desk, 1.6, 1.7, "rows"),
    "bed": Item(household.bed, 1.6, 2.2, "wall", True),
    "shelf": Item(household.shelf, 1.7, 0.45, "wall", True),
    "fireplace": Item(household.fireplace, 2.4, 0.8, "end", True),
    "chest": Item(household.chest, 1.0, 0.65, "wall", True),
    "cabinet": Item(household.cabinet, 1.3, 0.6, "wall", True),
    "rug": Item(household.rug, 3.0, 2.0, "flat"),
    "carpet": Item(household.runner, 1.7, 8.5, "flat"),
    "mirror": Item(household.mirror, 1.1, 0.1, "hang", True),
    "painting": Item(household.painting, 1.4, 0.1, "hang", True),
    "piano": Item(household.piano, 1.6, 1.6, "wall", True),
    "bathtub": Item(household.bathtub, 1.9, 0.95, "wall", True),
    "basin": Item(household.basin, 0.75, 0.7, "wall", True),
    "globe": Item(household.globe, 0.7, 0.7),
    "curtain": Item(household.curtain, 3.1, 0.35, "hang", True),
    "banner": Item(household.banner, 1.1, 0.2, "hang", True),
    "plant": Item(household.plant, 0.9, 0.9),
    "counter": Item(fittings.counter, 2.7, 0.9),
    "locker": Item(fittings.locker, 1.9, 0.55, "wall", True),
    "showcase": Item(fittings.showcase, 0.9, 0.9),
    "rack_clothes": Item(fittings.clothes_rack, 1.8, 0.6),
    "hay": Item(fittings.hay, 2.1, 0.8),
    "candles": Item(fittings.candles, 0.7, 0.7),
    "board": Item(fittings.board, 2.9, 0.1, "end", True),
    "easel": Item(fittings.easel, 1.0, 1.0),
    "clock": Item(fittings.clock, 0.6, 0.45, "wall", True),
    "throne": Item(monuments.throne, 3.1, 2.3, "end", True),
    "altar": Item(monuments.altar, 3.1, 1.9, "end", True),
    "cross": Item(monuments.cross, 1.3, 0.3, "hang", True),
    "statue": Item(monuments.statue, 1.3, 1.3),
    "column": Item(monuments.column, 1.0, 1.0, "pair"),
    "arch": Item(monuments.arch, 3.4, 0.8),
    "obelisk": Item(monuments.obelisk, 1.6, 1.6),
    "fountain": Item(monuments.fountain, 3.1, 3.1),
    "pool": Item(monuments.pool, 3.9, 3.9),
    "pool_long": Item(works.pool_long, 9.4, 4.4, "end"),
    "tomb": Item(monuments.tomb, 1.3, 2.4),
    "grave": Item(monuments.grave, 0.9, 2.0),
    "pew": Item(monuments.pew, 2.7, 0.9, "rows"),
    "brazier": Item(monuments.brazier, 0.8, 0.8, "pair"),
    "torch": Item(monuments.torch, 0.5, 0.3, "hang", True),
    "stairs": Item(monuments.stairs, 3.1, 1.2, "wall", True),
    "stairs_spiral": Item(monuments.spiral_stairs, 2.0, 2.0),
    "stage": Item(monuments.stage, 6.6, 2.8, "end", True),
    "chandelier": Item(monuments.chandelier, 1.4, 1.4, "above"),
    "bars": Item(monuments.bars, 3.4, 0.6, "wall", True),
    "bench_judge": Item(monuments.high_bench, 4.1, 1.9, "end", True),
    "crystal": Item(monuments.crystal, 1.3, 1.3),
    "beacon_lamp": Item(monuments.beacon_lamp, 1.6, 1.6),
    "bones": Item(monuments.bones, 1.4, 3.0),
    "machine": Item(works.machine, 2.3, 1.4, "wall", True),
    "screens": Item(works.screens, 3.5, 0.3, "end", True),
    "console": Item(works.console, 1.9, 2.0),
    "pipes": Item(works.pipes, 3.3, 0.5, "wall", True),
    "pipes_stack": Item(works.pipe_stack, 3.2, 2.6),
    "tank": Item(_plain(industry.tank), 2.1, 1.6),
    "workbench": Item(_workbench, 1.9, 0.8, "wall", True),
    "car": Item(works.car, 4.6, 2.1),
    "tyre": Item(works.tyres, 0.8, 0.8),
    "booth": Item(works.booth, 1.1, 1.1),
    "flag": Item(works.flag, 1.4, 0.6),
    "mat": Item(works.mat, 2.1, 3.9),
    "rope": Item(works.rope, 0.9, 0.9),
    "basket": Item(works.basket, 1.2, 1.1),
    "flowers": Item(works.flowers, 2.7, 1.1),
    "reeds": Item(works.reeds, 1.9, 1.3),
    "path": Item(works.path, 1.2, 12.0, "flat"),
    "crate": Item(_crate, 1.4, 0.8),
    "carton": Item(_carton, 1.4, 0.6),
    "barrel": Item(_plain(street_furniture.barrel), 0.7, 0.7),
    "goods": Item(landmarks.goods, 1.6, 1.4),
    "bench": Item(_plain(street_furniture.bench), 1.7, 0.9),
    "bollard": Item(_plain(street_furniture.bollard), 0.3, 0.3),
    "cart": Item(_plain(street_furniture.skip), 2.6, 1.3),
    "bicycle": Item(_plain(street_furniture.bicycle), 1.8, 0.6),
    "lamp": Item(_lamp, 0.4, 1.4, "pair"),
    "tree": Item(_tree("oak", 0.72), 1.3, 1.3),
    "fir": Item(_tree("fir", 0.8), 3.4, 3.4),
    "palm": Item(_tree("palm"), 0.9, 0.9),
    "dead": Item(_tree("dead"), 0.9, 0.9),
    "bush": Item(_bush, 1.3, 1.3),
    "rock": Item(_rock, 1.8, 1.7),
    "log": Item(_log, 2.1, 0.6),
    "fire": Item(_fire, 1.2, 1.2),
    "tent": Item(_plain(camps.tent), 2.8, 2.7),
    "well": Item(_plain(camps.well), 1.8, 1.8),
    "fence": Item(_fence, 3.7, 0.3),
    "beacon": Item(_plain(camps.beacon), 0.5, 0.5),
    "signpost": Item(_plain(camps.signpost), 0.9, 0.6),
    "antenna": Item(_antenna, 1.1, 0.6),
    "boat": Item(vessels.boat, 4.3, 1.8),
    "lifeboat": Item(vessels.boat, 4.3, 1.8),
    "mast": Item(vessels.mast, 1.2, 1.2),
    "wheel": Item(vessels.ships_wheel, 1.3, 0.7),
    "rails": Item(vessels.rails, 40.0, 2.5, "far"),
    "capsule": Item(vessels.capsule, 4.2, 4.2),
    "plane": Item(vessels.plane, 9.4, 7.0, "far"),
    "lighthouse": Item(landmarks.lighthouse, 4.0, 4.0, "far"),
    "tower": Item(landmarks.tower, 4.6, 4.6, "far"),
    "hut": Item(landmarks.hut, 5.4, 4.4, "far", True),
    "barn": Item(landmarks.barn, 8.4, 6.4, "far", True),
    "wall_ruin": Item(landmarks.wall_ruin, 4.6, 1.8),
    "stall": Item(landmarks.stall, 2.6, 1.6),
    "railing": Item(landmarks.railing, 6.1, 0.5, "far"),
    "sign": Item(landmarks.road_sign, 2.1, 0.4),
    "pump": Item(landmarks.pump, 6.2, 3.3, "far"),
    "swing": Item(landmarks.swing, 3.8, 2.0),
    "stands": Item(landmarks.stands, 8.2, 2.6, "far"),
    "goal": Item(landmarks.goal, 4.8, 1.4, "far"),
    "scaffold": Item(landmarks.scaffold, 5.2, 1.5, "far"),
    "wheel_ferris": Item(landmarks.ferris_wheel, 11.5, 4.0, "far"),
    "parasol": Item(landmarks.parasol, 2.6, 1.8),
    "cactus": Item(landmarks.cactus, 1.3, 0.6),
    "pond": Item(landmarks.pond, 5.8, 5.8, "far"),
    "river": Item(landmarks.river, 52.0, 6.0, "far"),
}
OUTDOOR_ONLY = frozenset(
    (
        "lighthouse",
        "tower",
        "hut",
        "barn",
        "wheel_ferris",
        "plane",
        "river",
        "pond",
        "stands",
        "rails",
        "tree",
        "fir",
        "palm",
    )
)
"""Too tall or too wide for a room: indoors they are left out, unless the room is a hall."""
