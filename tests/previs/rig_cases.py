"""Rigs of every kind for the browser's own rig: what Python makes of a dial, as JSON data."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np

from craft.previs.live_rig import mood_table, relit, tables
from craft.previs.packet import LightSpec, Packet
from craft.previs.rig import ELEVATION, SOFTNESS
from craft.previs.shot import Shot, plan_shot
from craft.previs.uniforms import SETTINGS, Lamps
from craft.terms.light import LightRole, Mood, Position

GELS = (None, None, None, "#2a4d9c", "#e0a030")


def cases(packet: Packet, count: int, seed: int) -> dict[str, Any]:
    """Tables of a shot and ``count`` dials with the uniforms, counts, views and exposure of each."""
    chance = random.Random(seed)
    shot, settings = plan_shot(packet), SETTINGS[packet.quality]
    moods = [mood.value for mood in Mood]
    looks = {mood: relit(shot, replace(packet, mood=mood)) for mood in moods}
    dials = [_dial(chance, moods) for _ in range(count)]
    return {
        "rig": tables(shot, settings),
        "moods": {mood: mood_table(each) for mood, each in looks.items()},
        "cases": [{"dial": dial, **_wanted(shot, packet, dial)} for dial in dials],
    }


def _dial(chance: random.Random, moods: list[str]) -> dict[str, Any]:
    lights = [
        {
            "position": chance.choice(list(Position)).value,
            "role": chance.choice(list(LightRole)).value,
            "elevation": chance.choice(list(ELEVATION)),
            "intensity": chance.choice((0, 5, 35, 50, 80, 100)),
            "kelvin": chance.choice((1900, 2700, 3216, 4300, 5600, 9000, 20000)),
            "softness": chance.choice(list(SOFTNESS)),
            "gel": chance.choice(GELS),
        }
        for _ in range(chance.randint(1, 7))
    ]
    return {"lights": lights, "stops": chance.choice((0.0, 1.0, 2.3, 5.0)), "mood": chance.choice(moods)}


def _wanted(shot: Shot, packet: Packet, dial: dict[str, Any]) -> dict[str, Any]:
    specs = tuple(LightSpec(**light) for light in dial["lights"])
    lit = relit(shot, replace(packet, lights=specs, fill_stops=dial["stops"], mood=dial["mood"]))
    settings = SETTINGS[packet.quality]
    lamps = Lamps.of(lit, settings)
    return {
        "counts": lamps.defines(settings),
        "uniforms": {name: _numbers(value) for name, value in lamps.uniforms().items()},
        "views": [
            {"matrix": _numbers(matrix), "shell": lamp.shell}
            for matrix, lamp in zip(lamps.view_gl, lamps.shadowed, strict=True)
        ],
        "exposure": lit.exposure,
    }


def _numbers(data: bytes) -> list[float]:
    return [float(x) for x in np.frombuffer(data, np.float32)]
