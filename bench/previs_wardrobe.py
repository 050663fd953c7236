"""Cells of the sheets that show people, one by one: builds, ages, cuts of hair, beards, hats, glasses, clothes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from craft.previs.demo_packet import conversation
from craft.terms.looks import Beard, Body, Garment, Glasses, HairStyle, Hat, Legs, Pattern

Cell = tuple[str, dict[str, Any], int]
_SKINS = ("#f1c9a5", "#c68642", "#8d5524", "#5c3a21", "#e0ac7e", "#3d2416")
_TOPS = ("#2b4c7e", "#a32424", "#2f6b45", "#5b3a73", "#b08d5b", "#6b7178")
_HAIR = ("#1b1715", "#8c3b1c", "#c9a35a", "#4a3020")


def _person(n: int, size: str, look: dict[str, Any], azimuth: float = 18) -> tuple[dict[str, Any], int]:
    hair = {"colour": _HAIR[n % len(_HAIR)], **look.pop("hair", {})}
    wardrobe = {"garment": "shirt", "top": _TOPS[n % len(_TOPS)], **look.pop("wardrobe", {})}
    person = {"id": f"p{n}", "gaze": "camera", "skin": _SKINS[n % len(_SKINS)], "hair": hair, **look}
    camera = {"size": size, "azimuth": azimuth, "subjects": [person["id"]]}
    data = conversation(
        "office",
        camera=camera,
        characters=[{**person, "wardrobe": wardrobe}],
        visemes=[],
        frames=1,
        time_of_day="noon",
        quality="preview",
    )
    return data, 0


def heads() -> Iterator[Cell]:
    """Every cut of hair, beard, hat and pair of glasses."""
    n = 0
    for style in HairStyle:
        for azimuth in (18.0, 100.0):
            yield f"hair {style}", *_person(n, "cu", {"hair": {"style": style.value}}, azimuth)
        n += 1
    for name, kinds in (("beard", Beard), ("hat", Hat), ("glasses", Glasses)):
        for kind in list(kinds)[1:]:
            look = {name: kind.value if name == "beard" else {"kind": kind.value, "colour": "#4a3a30"}}
            yield f"{name} {kind}", *_person(n, "cu", look)
            n += 1


def clothes() -> Iterator[Cell]:
    """Every garment, what is worn below it, every pattern."""
    for n, garment in enumerate(Garment):
        look = {"wardrobe": {"garment": garment.value}, "body": list(Body)[n % len(Body)].value}
        yield f"{garment}", *_person(n, "fs", look)
    for n, legs in enumerate(Legs):
        yield f"{legs}", *_person(n, "fs", {"wardrobe": {"garment": "tee", "legs": legs.value}})
    for n, pattern in enumerate(Pattern):
        worn = {"garment": ("suit", "shirt")[n % 2], "pattern": pattern.value, "pattern_colour": "#e8dcc0"}
        yield f"{pattern}", *_person(n, "mcu", {"wardrobe": worn})


def builds() -> Iterator[Cell]:
    """Every build from before and from the side, and one person growing old."""
    for n, body in enumerate(Body):
        for azimuth in (0.0, 90.0):
            yield f"{body}", *_person(n, "fs", {"body": body.value}, azimuth)
    for age in (20, 35, 50, 65, 80, 92):
        grey = "#8b8b8b" if age > 55 else "#4a3020"
        yield f"{age} years", *_person(2, "cu", {"age": age, "hair": {"style": "side_part", "colour": grey}})
