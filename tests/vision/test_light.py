"""The key's place on the clock, on a ball in two colours whose lamp is known."""

from __future__ import annotations

import numpy as np
import pytest

from craft.terms.light import Position, azimuth_of
from craft.vision.light import key_light


def _ball(side=160):
    y, x = np.mgrid[1 : -1 : side * 1j, -1 : 1 : side * 1j]
    inside = x * x + y * y < 0.96
    z = np.sqrt(np.clip(1 - x * x - y * y, 0, 1))
    return np.stack([x, y, z], -1).astype(np.float32), inside


def _lit(normals, lamps, even=0.05):
    light = np.full(normals.shape[:2], even)
    for position, height, level in lamps:
        a, h = np.radians(azimuth_of(position)), np.radians(height)
        towards = np.array((np.sin(a) * np.cos(h), np.sin(h), np.cos(a) * np.cos(h)))
        light = light + level * np.clip(normals @ towards, 0, 1)
    # A dark red upper half and a pale lower one: the paint must not be taken for light.
    paint = np.where(normals[..., 1:2] > 0, (0.30, 0.05, 0.05), (0.7, 0.7, 0.65))
    linear = paint * light[..., None]
    return (np.clip(linear, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


# A lamp low behind the ball lights nothing the lens sees; the renderer's figures have ears and shoulders.
SEEN = [(p, h) for p in Position for h in (6, 36, 60) if (p, h) != (Position.BACK, 6)]


@pytest.mark.parametrize(("position", "height"), SEEN)
def test_key_is_found_beside_its_fill(position, height):
    normals, inside = _ball()
    opposite = Position.FRONT_RIGHT if azimuth_of(position) > 180 else Position.FRONT_LEFT
    picture = _lit(normals, [(position, height, 0.8), (opposite, 6, 0.2)])
    found = key_light(picture, normals, inside)
    assert found is not None
    assert found.position == position
    assert found.share > 0.3
    assert sum(found.shares.values()) == pytest.approx(1, abs=0.01)


def test_nothing_to_read_is_said():
    normals, inside = _ball()
    picture = _lit(normals, [(Position.LEFT, 36, 0.8)])
    assert key_light(picture, normals, np.zeros_like(inside)) is None
    assert key_light(np.zeros_like(picture), normals, inside) is None
