"""The rig obeyed: where the key is seen to stand, what a grey card reads, what gels, hours and weather do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from craft.previs import Packet, health
from craft.previs.calibration import render_calibration
from craft.previs.film import drawing
from craft.previs.look import look_for
from craft.previs.passes import camera_normals, segment_numbers
from craft.previs.segments import FIRST_CHARACTER
from craft.terms.colour import cct, luminance
from craft.terms.light import Position, TimeOfDay
from craft.vision.light import key_light

needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")
BODIES = ("slim", "average", "broad")


def _portrait(packet_data, position, body="average", **changes):
    person = {
        "id": "ada",
        "body": body,
        "gaze": "ahead",
        "hair": {"style": "short"},
        "wardrobe": {"garment": "shirt"},
    }
    key = {"position": position, "role": "key", "elevation": "high", "intensity": 60, "kelvin": 5600}
    data = packet_data(
        width=480,
        height=270,
        frames=1,
        lights=[key],
        camera={"size": "ms", "azimuth": 0, "subjects": ["ada"]},
        **changes,
    )
    data["characters"] = [person]
    return Packet.from_json(data)


def _seen_key(packet):
    with drawing(packet) as (shot, renderer):
        picture = renderer.frame(shot, 0)
        rgb = np.frombuffer(picture, np.uint8).reshape(packet.height, packet.width, 3)[::-1]
        found = key_light(
            rgb, camera_normals(renderer, shot, 0), segment_numbers(renderer) >= FIRST_CHARACTER
        )
    assert found is not None
    return found.position


@needs_egl
def test_key_is_seen_where_it_was_put(packet_data):
    asked = [
        (kind, p, body) for kind in ("office", "street", "hospital") for p in Position for body in BODIES
    ]
    wrong = [
        (kind, position.value, body)
        for kind, position, body in asked
        if _seen_key(_portrait(packet_data, position.value, body, set={"kind": kind})) != position
    ]
    assert len(wrong) <= 0.05 * len(asked), wrong


@needs_egl
@pytest.mark.parametrize("position", list(Position))
@pytest.mark.parametrize("stops", [0.0, 2.0, 4.0])
def test_key_to_fill_holds_at_every_position(packet_data, position, stops):
    lights = [{"position": position.value, "role": "key", "intensity": 60, "kelvin": 5600}]
    packet = Packet.from_json(packet_data(lights=lights, fill_stops=stops, frames=1))
    key, fill = (
        luminance(render_calibration(packet, lamps=(role,), facing=role).reading())
        for role in ("key", "fill")
    )
    assert math.log2(key / fill) == pytest.approx(stops, abs=0.5)


@needs_egl
@pytest.mark.parametrize("kelvin", [1900, 2700, 3200, 4300, 5600, 6500, 7500, 9000])
def test_kelvin_is_read_off_the_card(packet_data, kelvin):
    lights = [{"position": "front_left", "role": "key", "intensity": 60, "kelvin": kelvin}]
    packet = Packet.from_json(packet_data(lights=lights, frames=1))
    assert cct(render_calibration(packet, lamps=("key",), facing="key").reading()) == pytest.approx(
        kelvin, abs=300
    )


@needs_egl
def test_gel_takes_its_colour_out_of_the_lamp(packet_data):
    def reading(gel):
        lights = [{"position": "front", "role": "key", "intensity": 50, "kelvin": 5600, "gel": gel}]
        packet = Packet.from_json(packet_data(lights=lights, frames=1))
        return render_calibration(packet, lamps=("key",), facing="key").reading()

    white, blue = reading(None), reading("#3264ff")
    assert blue[2] / blue[0] > 8 * white[2] / white[0]
    assert luminance(blue) < luminance(white)


def test_sun_rises_in_the_east_and_sets_in_the_west_and_is_veiled(packet_data):
    def sun(hour, **changes):
        packet = Packet.from_json(packet_data(time_of_day=hour.value, **changes))
        return look_for(packet, interior=False).sun

    heights = [sun(hour).elevation for hour in (TimeOfDay.DAWN, TimeOfDay.MORNING, TimeOfDay.NOON)]
    assert heights == sorted(heights)
    assert sun(TimeOfDay.MORNING).direction[0] > 0 > sun(TimeOfDay.AFTERNOON).direction[0]
    assert sun(TimeOfDay.DUSK).kelvin < sun(TimeOfDay.NOON).kelvin
    clear, covered = sun(TimeOfDay.NOON), sun(TimeOfDay.NOON, atmosphere={"kind": "fog", "density": 80})
    assert covered.intensity < clear.intensity / 2
    assert covered.soft > clear.soft


def _mean_above(packet):
    """Mean of the sky a little above the skyline."""
    with drawing(packet) as (shot, renderer):
        picture = np.frombuffer(renderer.frame(shot, 0), np.uint8).reshape(packet.height, packet.width, 3)[
            ::-1
        ]
    return picture[packet.height // 4 : packet.height * 2 // 5].reshape(-1, 3).mean(0)


@needs_egl
def test_sky_is_blue_by_day_warm_at_dusk_and_dark_at_night(packet_data):
    camera = {"size": "ews", "angle": "low_angle", "azimuth": 0, "subjects": ["ada"]}

    def above(hour):
        return _mean_above(
            Packet.from_json(
                packet_data(set={"kind": "rooftop"}, time_of_day=hour, camera=camera, width=240, height=136)
            )
        )

    noon, dusk, night = above("noon"), above("dusk"), above("night")
    assert noon.mean() > dusk.mean() > night.mean()
    assert noon[2] > noon[0]
    assert dusk[0] / dusk[2] > noon[0] / noon[2]


@needs_egl
def test_snow_lies_on_what_faces_up(packet_data):
    def ground(kind):
        packet = Packet.from_json(
            packet_data(
                atmosphere={"kind": kind, "density": 60},
                time_of_day="noon",
                camera={"size": "ws", "angle": "high_angle"},
            )
        )
        with drawing(packet) as (shot, renderer):
            renderer.frame(shot, 0)
            lit = np.frombuffer(renderer.targets.lit.read(), np.float16).reshape(
                packet.height, packet.width, 4
            )
        return float(lit[: packet.height // 6, :, :3].astype(np.float32).mean())

    assert ground("snow") > 1.5 * ground("haze")
