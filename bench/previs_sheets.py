"""Contact sheets for judging the previs engine by eye: sizes, angles, movements, light, people, framings, moods.

python bench/previs_sheets.py FOLDER [NAME ...]
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.previs_wardrobe import builds, clothes, heads
from craft.previs import Packet, feasible, render_still
from craft.previs.demo_packet import PEOPLE, conversation
from craft.previs.emotions import EMOTIONS
from craft.previs.garments import GARMENTS
from craft.previs.hairstyles import HAIR_STYLES
from craft.previs.poses import POSES
from craft.previs.prop_meshes import PROP_KINDS
from craft.previs.skeleton import BODIES
from craft.terms.light import Mood, Position, TimeOfDay
from craft.terms.places import Era, SetKind
from craft.terms.shots import DIRECTIONS, Angle, Movement, Size
from craft.terms.speech import Viseme
from craft.terms.staging import RenderLook

Cell = tuple[str, dict[str, Any], int]
SETS = ("office", "street")
BUILT = tuple(kind.value for kind in SetKind if kind is not SetKind.DESCRIBED)
_CLEAR = {"kind": "clear", "density": 0}
_TILE = 400


def _one(kind: str, camera: dict[str, Any], frame: int = 0, **changes: Any) -> tuple[dict[str, Any], int]:
    plain = {"size": "ms", "azimuth": 25, "subjects": ["ada"], **camera}
    return conversation(kind, camera=plain, **{"frames": frame + 1, "visemes": [], **changes}), frame


def _sizes() -> Iterator[Cell]:
    for kind in SETS:
        for size in Size:
            yield f"{kind} {size}", *_one(kind, {"size": size})


def _angles() -> Iterator[Cell]:
    for kind, size in (("office", "ms"), ("street", "fs")):
        for angle in Angle:
            yield f"{angle} {size}", *_one(kind, {"size": size, "angle": angle})


def _movements() -> Iterator[Cell]:
    for movement in Movement:
        for direction in DIRECTIONS[movement]:
            for frame in (0, 18, 36, 54, 71):
                camera = {"movement": movement, "direction": direction}
                yield f"{movement} {direction} {frame}", *_one("office", camera, frame, frames=72)


def _light() -> Iterator[Cell]:
    def lit(label: str, position: str, kelvin: int, ratio: float) -> Cell:
        key = [{"position": position, "role": "key", "kelvin": kelvin}]
        return label, *_one("office", {"size": "mcu"}, lights=key, fill_stops=math.log2(ratio))

    yield from (lit(f"key {p}", p, 4300, 4) for p in Position)
    yield from (lit(f"{k} K", "front_left", k, 4) for k in (1900, 3200, 5600, 9000))
    yield from (lit(f"fill {r}:1", "left", 4300, r) for r in (1, 2, 8, 16))


def _people() -> Iterator[Cell]:
    hair, poses, bodies = [*HAIR_STYLES, "bald"], list(POSES), list(BODIES)
    for i, garment in enumerate([*GARMENTS, *GARMENTS][:18]):
        person = {
            **PEOPLE[i % 2],
            "id": "x",
            "gaze": "camera",
            "body": bodies[i % 3],
            "hair": {"style": hair[i % len(hair)], "colour": ("#1b1715", "#8c3b1c", "#c9a35a")[i % 3]},
            "wardrobe": {"garment": garment, "top": ("#2b4c7e", "#a32424", "#2f6b45", "#5b3a73")[i % 4]},
            "pose": poses[i % len(poses)],
        }
        camera = {"size": ("mws", "fs")[i % 2], "subjects": ["x"], "azimuth": 15}
        label = f"{bodies[i % 3]} {garment} {hair[i % len(hair)]} {poses[i % len(poses)]}"
        yield label, *_one("office", camera, 12, characters=[person], time_of_day=("night", "noon")[i % 2])


def _faces() -> Iterator[Cell]:
    for emotion in EMOTIONS:
        for who in ("ada", "ben"):
            cast = [{**p, "emotion": emotion} for p in PEOPLE]
            yield (
                f"{who} {emotion}",
                *_one("office", {"size": "cu", "subjects": [who], "azimuth": 0}, 20, characters=cast),
            )
    for viseme in Viseme:
        track = [{"character": "ada", "cues": [[0, viseme], [900, viseme]]}]
        yield f"viseme {viseme}", *_one("office", {"size": "cu", "azimuth": 10}, 20, visemes=track)


def _framings() -> Iterator[Cell]:
    for kind in SETS:
        for framing, size, angle in (
            ("two_shot", "mws", "eye_level"),
            ("two_shot", "ms", "low_angle"),
            ("ots", "mcu", "eye_level"),
            ("dirty", "cu", "eye_level"),
            ("group", "ws", "high_angle"),
            ("group", "ews", "aerial"),
        ):
            camera = {
                "size": size,
                "framing": framing,
                "angle": angle,
                "azimuth": 0,
                "subjects": ["ada", "ben"],
            }
            yield f"{kind} {framing} {size} {angle}", *_one(kind, camera, 5)


def _moods() -> Iterator[Cell]:
    times = (
        "noon",
        "night",
        "morning",
        "dusk",
        "night",
        "night",
        "night",
        "night",
        "night",
        "dawn",
        "afternoon",
    )
    airs = ("clear", "smoke", "clear", "haze", "haze", "clear", "rain", "fog", "clear", "dust", "snow")
    for kind in SETS:
        for mood, time, air in zip(Mood, times, airs, strict=True):
            camera = {"size": "fs", "framing": "two_shot", "azimuth": 0, "subjects": ["ada", "ben"]}
            changes = {"mood": mood, "time_of_day": time, "atmosphere": {"kind": air, "density": 50}}
            yield f"{mood} {time} {air}", *_one(kind, camera, 5, **changes)


def _pair(*beats: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    """Ada, who acts, and Ben."""
    return [{**PEOPLE[0], "pose": "stand", "beats": list(beats), **changes}, dict(PEOPLE[1])]


def _poses() -> Iterator[Cell]:
    for pose in POSES:
        kind = "hospital" if pose == "sit" else "office"
        for azimuth in (15, 75):
            cast = [{**PEOPLE[0], "pose": pose, "gaze": "ahead"}]
            camera = {"size": "fs", "azimuth": azimuth}
            yield f"{pose} {azimuth}", *_one(kind, camera, 4, characters=cast, time_of_day="noon")


_ACTIONS: tuple[tuple[str, str, dict[str, Any], float, dict[str, Any]], ...] = (
    ("walk", "street", {"action": "walk", "mark": 4}, 5.0, {"size": "ws"}),
    ("turn", "office", {"action": "turn", "mark": 9}, 2.5, {"size": "fs"}),
    ("sit", "hospital", {"action": "sit"}, 7.0, {"size": "ws", "azimuth": 0}),
    ("point", "office", {"action": "point", "target": "ben"}, 2.5, {"framing": "two_shot", "size": "mws"}),
    (
        "give",
        "office",
        {"action": "give", "target": "ben", "prop": "cup"},
        3.5,
        {"framing": "two_shot", "size": "mws"},
    ),
    ("drink", "office", {"action": "drink", "prop": "cup"}, 3.2, {"size": "mcu"}),
    ("phone", "office", {"action": "phone", "duration_ms": 3000}, 3.4, {"size": "mcu", "azimuth": -20}),
    (
        "embrace",
        "office",
        {"action": "embrace", "target": "ben"},
        5.0,
        {"framing": "two_shot", "size": "mws"},
    ),
    ("fall", "office", {"action": "fall"}, 2.0, {"size": "ws", "azimuth": 50}),
    ("nod", "office", {"action": "nod"}, 1.4, {"size": "mcu", "azimuth": 10}),
    ("shake_head", "office", {"action": "shake_head"}, 1.6, {"size": "mcu", "azimuth": 10}),
    ("emote", "office", {"action": "emote", "emotion": "surprise"}, 1.6, {"size": "ms", "azimuth": 10}),
)


def _actions() -> Iterator[Cell]:
    """Each action in six frames."""
    for name, kind, beat, seconds, camera in _ACTIONS:
        props = [{"id": "cup", "kind": "cup", "colour": "#d8d2c4", "held_by": "ada"}]
        both = {"subjects": ["ada", "ben"], "azimuth": 0} if "framing" in camera else {}
        for k in range(6):
            changes = {
                "characters": _pair({"at_ms": 200, **beat}),
                "props": props if "prop" in beat else [],
                "frames": round(seconds * 24),
                "time_of_day": "noon",
            }
            frame = round((seconds * 24 - 1) * k / 5)
            yield f"{name} {frame}", *_one(kind, {**both, **camera}, frame, **changes)


def _props() -> Iterator[Cell]:
    for kind in PROP_KINDS:
        props = [{"id": "thing", "kind": kind, "colour": "#a83232", "held_by": "ada"}]
        cast = [{**PEOPLE[0], "pose": "stand", "gaze": "ahead"}]
        size = "fs" if kind in ("umbrella", "staff", "bag", "briefcase") else "ms"
        yield kind, *_one("office", {"size": size}, 4, characters=cast, props=props, time_of_day="noon")


def _emotions() -> Iterator[Cell]:
    for size, azimuth in (("cu", -10), ("fs", 0), ("fs", 70)):
        for emotion in EMOTIONS:
            camera = {"size": size, "azimuth": azimuth}
            cast = [{**PEOPLE[0], "pose": "relaxed", "emotion": emotion}, dict(PEOPLE[1])]
            yield f"{emotion} {size}", *_one("office", camera, 20, characters=cast, time_of_day="noon")


def _extras() -> Iterator[Cell]:
    camera = {"size": "ws", "framing": "two_shot", "subjects": ["ada", "ben"], "azimuth": 0}
    for kind in ("office", "street", "train", "hospital", "spaceship"):
        for frame in (0, 47, 95):
            yield f"{kind} {frame}", *_one(kind, camera, frame, frames=96, extras=10, time_of_day="noon")


def _sets() -> Iterator[Cell]:
    for kind in BUILT:
        close = kind == "car"
        for hour, size, azimuth in (("noon", "ws", 0), ("dusk", "mws", 25), ("night", "mcu", -30)):
            camera = {"size": "ms" if close and size != "mcu" else size, "azimuth": azimuth}
            framing = {"framing": "two_shot", "subjects": ["ada", "ben"]} if size != "mcu" else {}
            yield f"{kind} {hour}", *_one(kind, {**camera, **framing}, time_of_day=hour, atmosphere=_CLEAR)


def _dressings() -> Iterator[Cell]:
    for kind in BUILT:
        for era in Era:
            means = {"period": 70, "midcentury": 40, "modern": 15, "future": 90}[era]
            place = {
                "kind": kind,
                "seed": 4,
                "dressing": {"era": era.value, "wealth": means, "clutter": 100 - means},
            }
            camera = {"size": "ms" if kind == "car" else "ws", "azimuth": 15, "subjects": ["ada"]}
            yield f"{kind} {era}", *_one(kind, camera, set=place, time_of_day="noon", atmosphere=_CLEAR)


def _words() -> Iterator[Cell]:
    for words in (
        "LIGHTHOUSE LAMP ROOM",
        "throne hall of stone with columns and fire",
        "desert camp with a tent, a well and rocks",
        "monastery garden with a statue and trees",
        "submarine engine room, machines and pipes",
        "beach with a boat",
    ):
        place = {"kind": "described", "seed": 4, "words": words}
        for hour in ("noon", "night"):
            camera = {"size": "ws", "azimuth": 10, "framing": "two_shot", "subjects": ["ada", "ben"]}
            yield (
                f"{words} {hour}",
                *_one("described", camera, set=place, time_of_day=hour, atmosphere=_CLEAR),
            )


def _looks() -> Iterator[Cell]:
    for look in RenderLook:
        for kind, size in (("office", "mws"), ("forest", "ws"), ("spaceship", "mcu")):
            yield f"{look} {kind}", *_one(kind, {"size": size}, look=look.value, burn_in="S07 clip 2")


def _skies() -> Iterator[Cell]:
    for hour in TimeOfDay:
        for air in ("clear", "rain", "fog", "snow"):
            weather = {"kind": air, "density": 0 if air == "clear" else 50}
            camera = {"size": "ews", "angle": "low_angle", "azimuth": 160}
            yield f"{hour} {air}", *_one("rooftop", camera, time_of_day=hour.value, atmosphere=weather)


SHEETS: dict[str, tuple[Callable[[], Iterator[Cell]], int]] = {
    "sizes": (_sizes, 3),
    "angles": (_angles, 4),
    "movements": (_movements, 5),
    "light": (_light, 4),
    "people": (_people, 6),
    "faces": (_faces, 6),
    "framings": (_framings, 6),
    "moods": (_moods, 4),
    "poses": (_poses, 6),
    "actions": (_actions, 6),
    "props": (_props, 5),
    "emotions": (_emotions, 7),
    "extras": (_extras, 3),
    "sets": (_sets, 3),
    "dressings": (_dressings, 4),
    "words": (_words, 4),
    "looks": (_looks, 3),
    "skies": (_skies, 4),
    "heads": (heads, 6),
    "clothes": (clothes, 6),
    "builds": (builds, 6),
}


def _tile(cell: Cell, still: Path) -> Image.Image:
    label, data, frame = cell
    packet = Packet.from_json(data)
    camera = feasible(packet)
    if camera != packet.camera:
        label = f"{label} → {camera.size} {camera.angle} {camera.framing}"
    result = render_still(replace(packet, camera=camera), still, frame=frame)
    picture = Image.open(still).convert("RGB")
    picture = picture.resize((_TILE, round(_TILE * picture.height / picture.width)))
    text = label if not result.compromises else f"{label} ({'; '.join(result.compromises)})"
    ImageDraw.Draw(picture).text((6, 4), text, fill=(255, 230, 90))
    return picture


def draw_sheet(name: str, folder: Path) -> Path:
    """Draw one sheet into ``folder`` and return its path."""
    cells, columns = SHEETS[name]
    with tempfile.TemporaryDirectory() as scratch:
        tiles = [_tile(cell, Path(scratch) / "still.png") for cell in cells()]
    height = max(tile.height for tile in tiles)
    sheet = Image.new("RGB", (columns * _TILE, -(-len(tiles) // columns) * height))
    for i, tile in enumerate(tiles):
        sheet.paste(tile, (i % columns * _TILE, i // columns * height))
    out = folder / f"{name}.jpg"
    sheet.save(out, quality=80, optimize=True)
    return out


def main() -> None:
    """Draw the named sheets, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", choices=[*SHEETS, []])
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    for name in args.names or SHEETS:
        print(draw_sheet(name, args.folder))


if __name__ == "__main__":
    main()
