"""Places that have no set of their own: how large, of what, and what stands in them. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from craft.previs.batch import Kind
from craft.previs.sets.room import RGB8


@dataclass(frozen=True)
class Stuff:
    """A building material: how it is drawn, its colour and roughness."""

    kind: Kind
    colour: RGB8
    rough: float = 0.8


STUFFS: dict[str, Stuff] = {
    "stone": Stuff(Kind.STONE, (118, 112, 102)),
    "brick": Stuff(Kind.BRICK, (124, 78, 62)),
    "wood": Stuff(Kind.PLANKS, (116, 82, 54), 0.6),
    "panelling": Stuff(Kind.WOOD, (92, 58, 38), 0.45),
    "plaster": Stuff(Kind.PLASTER, (136, 127, 112), 0.9),
    "concrete": Stuff(Kind.CONCRETE, (112, 112, 110)),
    "metal": Stuff(Kind.PANEL, (104, 112, 120), 0.45),
    "iron": Stuff(Kind.CORRUGATED, (108, 108, 108), 0.75),
    "grating": Stuff(Kind.GRATING, (88, 92, 98), 0.5),
    "tile": Stuff(Kind.LINOLEUM, (126, 136, 134), 0.3),
    "glass": Stuff(Kind.PANEL, (120, 152, 158), 0.12),
    "marble": Stuff(Kind.PLASTER, (134, 128, 118), 0.2),
    "rock": Stuff(Kind.CONCRETE, (92, 86, 80), 0.95),
    "earth": Stuff(Kind.SOIL, (96, 76, 54), 0.5),
    "sand": Stuff(Kind.SOIL, (164, 138, 96), 0.02),
    "snow": Stuff(Kind.PLAIN, (196, 204, 214), 0.85),
    "ice": Stuff(Kind.CONCRETE, (122, 152, 170), 0.12),
    "grass": Stuff(Kind.GRASS, (92, 116, 54), 0.9),
    "mud": Stuff(Kind.SOIL, (78, 62, 44), 0.35),
    "water": Stuff(Kind.WATER, (34, 62, 72), 0.08),
    "cobbles": Stuff(Kind.COBBLES, (86, 82, 77), 0.7),
    "asphalt": Stuff(Kind.ASPHALT, (68, 70, 74), 0.6),
    "gravel": Stuff(Kind.SOIL, (136, 130, 120), 0.2),
    "carpet": Stuff(Kind.UPHOLSTERY, (98, 44, 44), 0.95),
    "canvas": Stuff(Kind.UPHOLSTERY, (172, 158, 128), 0.95),
    "velvet": Stuff(Kind.UPHOLSTERY, (86, 28, 36), 0.95),
    "gold": Stuff(Kind.PLAIN, (196, 154, 76), 0.3),
    "dust": Stuff(Kind.SOIL, (138, 88, 62), 0.1),
    "moonrock": Stuff(Kind.SOIL, (124, 122, 120), 0.05),
}

STUFF_WORDS: dict[str, str] = {
    "stone": "stone", "granite": "stone", "limestone": "stone", "masonry": "stone", "sandstone": "stone",
    "brick": "brick", "wood": "wood", "wooden": "wood", "timber": "wood", "plank": "wood", "oak": "panelling",
    "mahogany": "panelling", "panelled": "panelling", "paneled": "panelling", "plaster": "plaster",
    "whitewashed": "plaster",
    "adobe": "plaster", "stucco": "plaster", "concrete": "concrete", "cement": "concrete",
    "brutalist": "concrete",
    "metal": "metal", "steel": "metal", "chrome": "metal", "metallic": "metal", "iron": "iron", "rusty": "iron",
    "corrugated": "iron", "tin": "iron", "tile": "tile", "tiled": "tile", "porcelain": "tile",
    "linoleum": "tile",
    "glass": "glass", "crystal": "ice", "marble": "marble", "rock": "rock", "rocky": "rock", "earth": "earth",
    "earthen": "earth", "dirt": "earth", "clay": "earth", "sand": "sand", "sandy": "sand", "snow": "snow",
    "snowy": "snow", "snowbound": "snow", "frozen": "ice", "ice": "ice", "icy": "ice",
    "grass": "grass", "grassy": "grass",
    "mud": "mud", "muddy": "mud", "cobbled": "cobbles", "cobblestone": "cobbles",
    "asphalt": "asphalt", "gravel": "gravel",
    "carpeted": "carpet", "carpet": "carpet", "canvas": "canvas", "velvet": "velvet", "gold": "gold",
    "golden": "gold",
    "dusty": "dust", "flooded": "water", "underwater": "water",
}  # fmt: skip
"""Material words; outdoors they are the ground, indoors the walls (ground stuffs stay on the floor)."""
GROUNDS = frozenset(
    (
        "earth",
        "sand",
        "snow",
        "ice",
        "grass",
        "mud",
        "water",
        "cobbles",
        "asphalt",
        "gravel",
        "carpet",
        "dust",
        "moonrock",
    )
)

SIZE_WORDS: dict[str, float] = {
    "tiny": 0.55, "cramped": 0.6, "narrow": 0.65, "small": 0.72, "little": 0.75,
    "claustrophobic": 0.6, "intimate": 0.8,
    "low": 0.85, "large": 1.3, "big": 1.3, "spacious": 1.35, "grand": 1.4, "great": 1.3, "huge": 1.55,
    "vast": 1.7,
    "enormous": 1.7, "giant": 1.6, "gigantic": 1.7, "massive": 1.6, "immense": 1.7, "cavernous": 1.6,
    "endless": 1.7,
    "towering": 1.4, "monumental": 1.6,
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What a place is like: inside or not, size in metres (wide, deep, high), walls (or backdrop) and floor, things in
    the order of their importance, its own era, and how it is lit (``lamps``, ``torches``, ``strips``, ``dark``).
    """

    inside: bool
    size: tuple[float, float, float]
    wall: str
    floor: str
    things: str = ""
    era: str = ""
    light: str = "lamps"

    @property
    def wanted(self) -> tuple[str, ...]:
        """Names of things, with repeats."""
        return tuple(self.things.split())


def _in(
    w: float, d: float, h: float, wall: str, floor: str, things: str, era: str = "", light: str = "lamps"
) -> Row:
    return Row(True, (w, d, h), wall, floor, things, era, light)


def _out(back: str, floor: str, things: str, era: str = "", light: str = "lamps") -> Row:
    return Row(False, (18.0, 16.0, 9.0), back, floor, things, era, light)


ROWS: dict[str, Row] = {
    "room": _in(6.6, 5.8, 2.9, "plaster", "wood", "table chair shelf chest rug"),
    "closet": _in(3.6, 3.6, 2.5, "plaster", "wood", "shelf carton"),
    "hall": _in(13, 11, 5.4, "stone", "stone",
        "table column column column column brazier banner banner", "period", "torches"),
    "throne": _in(13, 14, 6.5, "stone", "marble",
        "throne column column column column column column banner banner carpet brazier brazier", "period", "torches"),
    "church": _in(12, 16, 8.0, "stone", "stone",
        "altar pew pew pew pew column column column column candles cross", "period", "torches"),
    "temple": _out("trees", "stone",
        "statue column column column column column column brazier brazier stairs", "period", "torches"),
    "cave": _in(11, 10, 4.4, "rock", "earth", "rock rock rock rock rock pool crystal", "", "dark"),
    "tunnel": _in(5.0, 14, 3.2, "concrete", "concrete", "pipes pipes crate", "", "strips"),
    "sewer": _in(6.0, 14, 3.4, "brick", "water", "pipes pipes barrel", "", "strips"),
    "dungeon": _in(6.0, 6.0, 3.0, "stone", "stone", "bars chest brazier bed barrel", "period", "torches"),
    "prison": _in(6.0, 7.0, 3.2, "concrete", "concrete", "bars bed bars locker", "", "strips"),
    "attic": _in(8.0, 6.4, 2.6, "wood", "wood", "chest crate mirror shelf carton bed"),
    "cellar": _in(7.0, 6.4, 2.6, "brick", "earth", "barrel barrel shelf barrel crate machine"),
    "cabin": _in(6.6, 5.6, 2.8, "wood", "wood", "fireplace table chair bed rug shelf", "", "lamps"),
    "laboratory": _in(9.0, 7.6, 3.2, "tile", "tile", "machine workbench screens tank workbench shelf",
    "", "strips"),
    "library": _in(10, 9.0, 4.2, "panelling", "wood",
        "shelf shelf shelf shelf shelf table chair globe rug", "", "lamps"),
    "theatre": _in(14, 13, 6.5, "velvet", "wood", "stage curtain pew pew pew pew chandelier", "", "lamps"),
    "school": _in(9.0, 7.6, 3.2, "plaster", "wood", "board desk desk desk desk shelf globe", "", "strips"),
    "bath": _in(4.6, 4.4, 2.7, "tile", "tile", "bathtub basin mirror cabinet", "", "strips"),
    "garage": _in(8.0, 8.0, 3.2, "concrete", "concrete", "workbench car shelf barrel tyre", "", "strips"),
    "shop": _in(8.4, 7.2, 3.2, "plaster", "wood", "counter shelf shelf shelf crate basket"),
    "works": _in(15, 12, 6.0, "brick", "concrete",
        "machine machine tank machine pipes crate column column", "", "strips"),
    "boiler": _in(8.0, 7.0, 3.6, "brick", "grating", "machine tank pipes pipes barrel", "", "strips"),
    "control": _in(9.0, 7.6, 3.4, "metal", "grating", "screens console console console machine", "", "strips"),
    "server": _in(8.0, 8.4, 3.2, "metal", "grating", "machine machine machine machine screens", "", "strips"),
    "court": _in(12, 11, 5.0, "panelling", "wood", "bench_judge pew pew table chair flag", "", "lamps"),
    "ballroom": _in(15, 13, 6.4, "marble", "marble",
        "chandelier piano column column column column mirror mirror curtain", "period", "lamps"),
    "lobby": _in(13, 11, 4.6, "marble", "marble", "counter sofa plant plant column column chandelier rug"),
    "museum": _in(13, 11, 4.8, "plaster", "marble",
        "statue painting painting showcase showcase column column bench"),
    "gym": _in(14, 12, 6.0, "plaster", "wood", "bench locker locker mat board", "", "strips"),
    "pool": _in(14, 12, 5.0, "tile", "tile", "pool bench bench plant plant", "", "strips"),
    "greenhouse": _in(9.0, 11, 4.2, "glass", "gravel", "plant plant plant plant bush bush table fountain"),
    "stable": _in(9.0, 8.0, 3.8, "wood", "earth", "hay hay fence barrel cart crate", "period", "lamps"),
    "lamproom": _in(8.6, 8.6, 3.6, "metal", "grating", "beacon_lamp stairs_spiral chest", "", "dark"),
    "tower": _in(8.4, 8.4, 4.2, "stone", "wood", "stairs_spiral table chest brazier shelf", "period",
    "torches"),
    "shipcabin": _in(6.4, 5.2, 2.5, "panelling", "wood", "table chair bed chest globe barrel",
    "period", "lamps"),
    "submarine": _in(5.6, 10, 2.6, "metal", "grating", "console screens pipes pipes machine bed",
    "midcentury", "strips"),
    "bunker": _in(7.6, 7.0, 2.7, "concrete", "concrete", "table chair console crate locker bed", "", "strips"),
    "tentroom": _in(6.0, 6.0, 2.7, "canvas", "earth", "bed table chest brazier rug", "", "lamps"),
    "crypt": _in(9.0, 9.0, 3.6, "stone", "stone", "tomb tomb statue candles candles column column",
    "period", "torches"),
    "mansion": _in(11, 9.0, 4.2, "panelling", "wood",
        "fireplace sofa piano painting chandelier rug stairs clock", "period", "lamps"),
    "station": _in(16, 12, 6.0, "tile", "tile",
        "bench bench clock column column column column booth", "", "strips"),
    "changing": _in(7.6, 6.6, 2.9, "tile", "tile", "locker locker bench mirror basin", "", "strips"),
    "dressing": _in(6.0, 5.4, 2.8, "plaster", "wood", "mirror table chair rack_clothes sofa rug"),
    "dining": _in(11, 9.0, 4.0, "panelling", "wood", "table chair chandelier painting cabinet fireplace rug"),
    "studio": _in(10, 9.0, 4.6, "plaster", "wood", "easel painting sofa table statue crate", "", "lamps"),
    "lift": _in(3.4, 3.4, 2.5, "metal", "carpet", "mirror", "", "strips"),
    "stairwell": _in(6.0, 6.6, 6.0, "concrete", "concrete", "stairs pipes plant", "", "strips"),
    "vault": _in(8.0, 7.0, 3.2, "metal", "metal", "locker locker table chest chest bars", "", "strips"),
    "casino": _in(13, 11, 4.0, "velvet", "carpet",
        "table table chair chandelier machine machine counter", "", "lamps"),
    "tavern": _in(9.0, 8.0, 3.2, "wood", "wood", "table chair barrel barrel fireplace counter",
    "period", "lamps"),
    "field": _out("hills", "grass", "tree bush rock hay fence"),
    "garden": _out("hedge", "grass", "tree fountain bush bush bush bench flowers flowers statue"),
    "park": _out("trees", "grass", "tree tree bench bench lamp bush flowers path"),
    "beach": _out("sea", "sand", "boat rock rock palm palm parasol"),
    "sea": _out("sea", "wood", "boat crate barrel barrel bollard rope"),
    "shipdeck": _out("sea", "wood", "mast wheel crate barrel rope lifeboat", "period"),
    "desert": _out("dunes", "sand", "rock rock cactus cactus bones"),
    "snowfield": _out("peaks", "snow", "fir fir rock rock log"),
    "mountain": _out("peaks", "rock", "rock rock rock fir bush"),
    "swamp": _out("trees", "mud", "dead dead pond log reeds reeds"),
    "yard": _out("houses", "cobbles", "well cart barrel crate bench tree"),
    "square": _out("houses", "cobbles", "fountain statue bench bench lamp lamp stall"),
    "market": _out("houses", "cobbles", "stall stall stall crate barrel basket", "", "lamps"),
    "village": _out("hills", "earth", "hut hut well fence tree cart", "period"),
    "castle": _out("castle", "cobbles", "well cart banner banner barrel brazier brazier", "period", "torches"),
    "graveyard": _out("trees", "grass", "grave grave grave grave grave cross statue dead", "period"),
    "road": _out("hills", "asphalt", "car fence tree sign rock", "modern"),
    "parking": _out("houses", "asphalt", "car car car lamp lamp fence", "modern"),
    "scrapyard": _out("houses", "earth", "car barrel barrel tyre tyre crate tank fence", "modern"),
    "station_out": _out("houses", "asphalt", "pump car sign lamp booth barrel", "modern"),
    "rails": _out("hills", "gravel", "rails fence sign lamp crate", ""),
    "bridge": _out("sea", "stone", "railing railing lamp lamp statue", ""),
    "lake": _out("trees", "grass", "pond boat log tree reeds bench"),
    "river": _out("trees", "grass", "river rock rock tree log reeds"),
    "battlefield": _out("hills", "mud", "wall_ruin dead barrel crate fence bones tent"),
    "ruins": _out("hills", "grass", "wall_ruin column column statue rock rock arch", "period"),
    "planet": _out("peaks", "dust", "rock rock rock crystal beacon capsule", "future"),
    "moon": _out("crater", "moonrock", "rock rock capsule beacon antenna flag", "future"),
    "camp": _out("trees", "earth", "tent tent fire log log crate"),
    "farm": _out("hills", "earth", "barn fence hay hay cart well tree"),
    "lighthouse": _out("sea", "rock", "lighthouse rock rock boat fence bench"),
    "house": _out("trees", "grass", "hut fence tree bush bush bench path"),
    "playground": _out("houses", "sand", "swing bench bench tree tree fence"),
    "fair": _out("houses", "grass", "tent stall stall wheel_ferris lamp lamp crate"),
    "site": _out("houses", "earth", "scaffold pipes_stack crate barrel barrel fence machine", "modern"),
    "airfield": _out("hills", "asphalt", "plane barrel barrel crate cart lamp", "modern"),
    "stadium": _out("houses", "grass", "stands stands goal lamp lamp bench", "modern"),
}  # fmt: skip
