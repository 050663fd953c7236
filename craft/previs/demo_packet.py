"""A ready packet of two people in conversation: what the benches, contact sheets and a first try draw."""

from __future__ import annotations

from typing import Any

PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "id": "ada",
        "name": "Ada",
        "body": "slim",
        "skin": "#a5673f",
        "hair": {"style": "bob", "colour": "#241712"},
        "wardrobe": {"garment": "coat", "top": "#c08a3e", "bottom": "#23262b", "shoes": "#17171a"},
        "mark": 0,
        "pose": "talk",
        "gaze": "ben",
    },
    {
        "id": "ben",
        "name": "Ben",
        "body": "broad",
        "skin": "#e0ac7e",
        "hair": {"style": "short", "colour": "#5a4a3c"},
        "wardrobe": {"garment": "suit", "top": "#2b4c7e", "bottom": "#29344c", "shoes": "#201a18"},
        "mark": 1,
        "gaze": "ada",
    },
)
LIGHTS: tuple[dict[str, Any], ...] = (
    {"position": "front_left", "role": "key", "kelvin": 3600, "softness": "medium"},
    {"position": "back_right", "role": "rim", "intensity": 55, "kelvin": 8500, "softness": "hard"},
)


def conversation(kind: str, **changes: Any) -> dict[str, Any]:
    """Packet JSON in the set ``kind``; keywords replace top-level entries."""
    weather = {"kind": "haze", "density": 15} if kind == "office" else {"kind": "rain", "density": 50}
    cues = [[110 * i, ("open", "closed", "spread", "rounded")[i % 4]] for i in range(18)]
    packet: dict[str, Any] = {
        "version": 2,
        "width": 640,
        "height": 360,
        "rate": "24",
        "frames": 48,
        "seed": 3,
        "quality": "draft",
        "set": {"kind": kind, "seed": 4},
        "characters": [dict(person) for person in PEOPLE],
        "lights": [dict(light) for light in LIGHTS],
        "fill_stops": 2,
        "atmosphere": weather,
        "time_of_day": "night",
        "mood": "natural",
        "camera": {
            "size": "mws",
            "framing": "two_shot",
            "movement": "dolly",
            "direction": "in",
            "speed": "slow",
            "subjects": ["ada", "ben"],
        },
        "visemes": [{"character": "ada", "cues": cues}],
    }
    return {**packet, **changes}
