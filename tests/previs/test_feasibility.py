"""What a set cannot give is refused with the nearest camera that works; what it can give is given."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from craft.previs import CameraSpec, Infeasible, Packet, feasible
from craft.previs.avoidance import allowed
from craft.previs.feasibility import NEVER, PLACES, place_of, refused
from craft.previs.sets import SETS, stage_for
from craft.previs.shot import plan_shot
from craft.previs.stage import StageSet
from craft.terms.shots import Angle, Size


def _packet(packet_data, kind, **camera):
    changes = {"movement": "static", "size": "ms", **camera}
    return Packet.from_json(packet_data(frames=8, set={"kind": kind}, camera=changes))


def _refusal(packet):
    with pytest.raises(Infeasible) as raised:
        plan_shot(packet)
    return raised.value


def test_every_built_set_has_a_kind_of_place():
    assert set(SETS) - {"described"} <= set(PLACES)
    assert set(PLACES.values()) == set(NEVER)


@pytest.mark.parametrize("table", NEVER.values(), ids=list(NEVER))
def test_the_table_speaks_the_vocabulary(table):
    assert set(table) <= {a.value for a in Angle} | {""}
    assert set().union(*table.values()) <= {s.value for s in Size}


@pytest.mark.parametrize(
    ("kind", "size", "angle", "path"),
    [
        ("car", "ews", "aerial", "camera.size"),
        ("car", "ws", "eye_level", "camera.size"),
        ("car", "ms", "worms_eye", "camera.angle"),
        ("train", "ms", "aerial", "camera.angle"),
        ("street", "ews", "pov", "camera.angle"),
    ],
)
def test_the_refusal_names_the_entry_and_the_nearest_that_works(packet_data, kind, size, angle, path):
    if kind not in SETS:
        pytest.skip(f"{kind} is not built")
    packet = _packet(packet_data, kind, size=size, angle=angle)
    error = _refusal(packet)
    assert isinstance(error, Infeasible)
    assert error.code == "previs.infeasible"
    assert error.path == path
    assert f"nearest is {error.nearest.size} {error.nearest.angle}" in str(error)
    assert "infeasible" in str(error)
    shot = plan_shot(replace(packet, camera=error.nearest))
    assert allowed(shot.stage, shot.path[0].eye)


@pytest.mark.parametrize("kind", sorted(SETS))
def test_feasible_keeps_what_works_and_replaces_only_what_does_not(packet_data, kind):
    for size, angle in (("ms", "eye_level"), ("ews", "aerial"), ("fs", "worms_eye"), ("cu", "overhead")):
        packet = _packet(packet_data, kind, size=size, angle=angle, aperture=2.0, easing="linear")
        camera = feasible(packet)
        plan_shot(replace(packet, camera=camera))
        changed = {
            f.name for f in fields(CameraSpec) if getattr(camera, f.name) != getattr(packet.camera, f.name)
        }
        assert changed <= {"size", "angle", "framing", "azimuth"}
        if (size, angle) == ("ms", "eye_level"):
            assert changed == set()


def test_the_nearest_size_is_the_next_one_that_fits(packet_data):
    if "car" in SETS:
        assert feasible(_packet(packet_data, "car", size="fs")).size == "ms"
        assert feasible(_packet(packet_data, "car", size="fs")).angle == "eye_level"
    assert feasible(_packet(packet_data, "street", size="ws", angle="pov")).angle == "pov"


def test_over_the_shoulder_from_the_air_becomes_a_high_angle(packet_data):
    error = _refusal(_packet(packet_data, "street", size="ms", framing="ots", angle="aerial"))
    assert error.path == "camera.angle"
    assert (error.nearest.framing, error.nearest.angle) == ("ots", "high_angle")


def test_a_movement_without_room_is_refused_and_the_nearest_stands_still(packet_data, monkeypatch):
    monkeypatch.setattr("craft.previs.moves._room", lambda *_: False)
    packet = _packet(packet_data, "street", movement="crane", direction="up")
    error = _refusal(packet)
    assert error.path == "camera.movement"
    assert (error.nearest.movement, error.nearest.direction) == ("static", "none")
    assert feasible(packet) == error.nearest


def test_sets_built_from_words_are_judged_by_their_measures(packet_data):
    street = stage_for(_packet(packet_data, "street"))

    def built(low, high, *, interior=True):
        stage = StageSet("described", {}, (), (), street.marks, (), low, high, interior)
        return place_of(stage)

    assert built((-1, 0.05, -1), (1, 1.5, 1)) == "vehicle"
    assert built((-1, 0.05, -6), (1, 2.6, 6)) == "corridor"
    assert built((-3, 0.05, -3), (3, 2.8, 3)) == "room"
    assert built((-8, 0.05, -8), (8, 6, 8)) == "hall"
    assert built((-8, 0.05, -8), (8, 9, 8), interior=False) == "open"


def test_refused_says_which_entry_the_table_forbids():
    assert refused(CameraSpec("ws"), "vehicle") == "camera.size"
    assert refused(CameraSpec("ms", angle="aerial"), "corridor") == "camera.angle"
    assert refused(CameraSpec("ms"), "vehicle") is None
    assert refused(CameraSpec("ews", framing="ots"), "open") == "camera.size"
