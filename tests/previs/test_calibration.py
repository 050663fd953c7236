"""The grey card in linear light: what was asked of a lamp is what is read off the card."""

from __future__ import annotations

import math

import numpy as np
import pytest

from craft.previs import Packet, PacketError, health
from craft.previs.calibration import render_calibration
from craft.terms.colour import luminance
from craft.terms.light import kelvin_to_rgb

needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")


def _key(**changes):
    return [{"position": "left", "role": "key", "intensity": 50, "kelvin": 3200, **changes}]


@needs_egl
@pytest.mark.parametrize("kelvin", [2000, 4300, 9000])
def test_card_under_one_lamp_has_the_colour_of_its_kelvin(packet_data, kelvin):
    packet = Packet.from_json(packet_data(lights=_key(kelvin=kelvin), frames=1))
    red, green, blue = render_calibration(packet, lamps=("key",), facing="key").reading()
    size = luminance((red, green, blue))
    assert np.allclose((red / size, green / size, blue / size), kelvin_to_rgb(kelvin), rtol=0.01, atol=0.004)


@needs_egl
@pytest.mark.parametrize("position", ["front", "right", "back_left"])
def test_key_to_fill_is_the_ratio_asked_for(packet_data, position):
    packet = Packet.from_json(packet_data(lights=_key(position=position), fill_stops=3, frames=1))
    key, fill = (
        luminance(render_calibration(packet, lamps=(role,), facing=role).reading())
        for role in ("key", "fill")
    )
    assert math.log2(key / fill) == pytest.approx(3, abs=0.05)


@needs_egl
def test_reading_grows_in_proportion_and_is_nothing_without_lamps(packet_data):
    def reading(level, lamps=("key",)):
        packet = Packet.from_json(packet_data(lights=_key(intensity=level), frames=1))
        return luminance(render_calibration(packet, lamps=lamps, facing="camera").reading())

    assert reading(80) == pytest.approx(reading(40) * 2, rel=0.01)
    assert reading(50, ()) == 0


@needs_egl
def test_box_is_where_the_card_stands(packet_data):
    packet = Packet.from_json(packet_data(width=320, height=180, frames=1, lights=_key(position="front")))
    found = render_calibration(packet, lamps=("key",), facing="key")
    x0, y0, x1, y1 = (round(v * s) for v, s in zip(found.card, (320, 180, 320, 180), strict=True))
    inside = found.image[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1]
    assert inside.std(axis=(0, 1)).max() < 0.01 * inside.mean()
    assert abs(found.image[y0 - 4 : y0 - 2, x0:x1].mean() - inside.mean()) > 0.1 * inside.mean()


@needs_egl
def test_role_that_nobody_has_is_refused(packet_data):
    packet = Packet.from_json(packet_data(frames=1))
    with pytest.raises(PacketError) as refused:
        render_calibration(packet, facing="hair")
    assert refused.value.path == "lights"
