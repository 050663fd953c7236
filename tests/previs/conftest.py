"""Packets of the previs tests: two people in a set, tiny frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PacketData = dict[str, Any]


def _packet(**changes: Any) -> PacketData:
    data: PacketData = {
        "version": 2, "width": 128, "height": 72, "rate": "24", "frames": 12, "seed": 5, "quality": "draft",
        "set": {"kind": "street", "seed": 2},
        "characters": [
            {"id": "ada", "body": "slim", "hair": {"style": "bun", "colour": "#221610"}, "mark": 0, "gaze": "ben",
             "wardrobe": {"garment": "coat", "top": "#c08a3e", "bottom": "#23262b", "shoes": "#17171a"}},
            {"id": "ben", "body": "broad", "hair": {"style": "short", "colour": "#5a4a3c"}, "mark": 1, "gaze": "ada"},
        ],
        "lights": [{"position": "front_left", "role": "key", "intensity": 50, "kelvin": 5000, "softness": "medium"}],
        "fill_stops": 2, "atmosphere": {"kind": "clear", "density": 0}, "time_of_day": "night", "mood": "natural",
        "camera": {"size": "ms", "subjects": ["ada"], "azimuth": 20},
    }  # fmt: skip
    for key, value in changes.items():
        data[key] = (
            {**data[key], **value} if isinstance(value, dict) and isinstance(data.get(key), dict) else value
        )
    return data


@pytest.fixture(scope="session")
def packet_data() -> Callable[..., PacketData]:
    """Build packet JSON; dicts given by name are merged over the defaults."""
    return _packet
