"""The scene packet's schema: round trip, agreement with the vocabulary, and refusals that name the path."""

from __future__ import annotations

import copy
import json

import pytest

from craft.previs import Packet, PacketError, schema
from craft.previs.emotions import EMOTIONS
from craft.previs.garments import GARMENTS
from craft.previs.hairstyles import HAIR_STYLES
from craft.previs.poses import POSES
from craft.previs.sets import SETS
from craft.previs.skeleton import BODIES
from craft.terms import looks, places, staging
from craft.terms.light import Atmosphere, Elevation, LightRole, Mood, Position, Softness, TimeOfDay
from craft.terms.shots import Angle, Direction, Easing, Framing, Movement, Optics, Side, Size, Speed
from craft.terms.speech import Viseme


def test_packet_json_round_trip_is_stable(packet_data):
    packet = Packet.from_json(
        packet_data(visemes=[{"character": "ada", "cues": [[0, "open"], [90, "rest"]], "offset_ms": 40}])
    )
    again = Packet.from_json(json.loads(json.dumps(packet.to_json())))
    assert again == packet


def test_schema_offers_exactly_the_vocabulary_and_what_is_built():
    properties = schema()["properties"]
    camera, light = properties["camera"]["properties"], properties["lights"]["items"]["properties"]
    person = properties["characters"]["items"]["properties"]
    worn, place = person["wardrobe"]["properties"], properties["set"]["properties"]
    offered = {
        Size: camera["size"], Angle: camera["angle"], Framing: camera["framing"], Movement: camera["movement"],
        Direction: camera["direction"], Speed: camera["speed"], Easing: camera["easing"], Optics: camera["optics"],
        Side: camera["side"], Position: light["position"], LightRole: light["role"],
        Elevation: light["elevation"], Softness: light["softness"], Mood: properties["mood"],
        TimeOfDay: properties["time_of_day"],
        Atmosphere: properties["atmosphere"]["properties"]["kind"],
        Viseme: properties["visemes"]["items"]["properties"]["cues"]["items"]["prefixItems"][1],
        looks.Body: person["body"], looks.Beard: person["beard"], looks.Hat: person["hat"]["properties"]["kind"],
        looks.HairStyle: person["hair"]["properties"]["style"], looks.Glasses: person["glasses"]["properties"]["kind"],
        looks.Garment: worn["garment"], looks.Legs: worn["legs"], looks.Pattern: worn["pattern"],
        places.SetKind: place["kind"], places.Era: place["dressing"]["properties"]["era"],
        staging.Pose: person["pose"], staging.Emotion: schema()["$defs"]["emotion"],
        staging.Action: person["beats"]["items"]["properties"]["action"],
        staging.Prop: properties["props"]["items"]["properties"]["kind"], staging.RenderLook: properties["look"],
    }  # fmt: skip
    for term, entry in offered.items():
        assert set(entry["enum"]) == {t.value for t in term}, term
    assert set(person["body"]["enum"]) == set(BODIES)
    assert set(person["pose"]["enum"]) == set(POSES)
    assert {e.value for e in staging.Emotion} == set(EMOTIONS)
    assert set(person["hair"]["properties"]["style"]["enum"]) == {*HAIR_STYLES, "bald"}
    assert set(person["wardrobe"]["properties"]["garment"]["enum"]) == set(GARMENTS)
    assert set(properties["set"]["properties"]["kind"]["enum"]) == set(SETS)


def _with(data, path, value):
    data = copy.deepcopy(data)
    *parents, last = path
    node = data
    for key in parents:
        node = node[key]
    node[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("surprise",), 1, "packet"),
        (("frames",), 0, "frames"),
        (("lights", 0, "intensity"), -5, "lights[0].intensity"),
        (("lights", 0, "kelvin"), float("nan"), "lights[0].kelvin"),
        (("fill_stops",), float("inf"), "fill_stops"),
        (("characters", 1, "name"), "x" * 401, "characters[1].name"),
        (("characters", 1, "id"), "ada", "characters[1].id"),
        (("characters", 0, "gaze"), "nobody", "characters[0].gaze"),
        (("camera", "subjects"), ["zoe"], "camera.subjects[0]"),
        (("camera", "size"), "huge", "camera.size"),
        (("width",), 127, "width"),
        (("version",), 3, "version"),
        (("rate",), "24fps; rm", "rate"),
        (("visemes",), [{"character": "ada", "cues": [[80, "open"], [10, "rest"]]}], "visemes[0].cues"),
    ],
)
def test_packet_refusal_names_the_path(packet_data, path, value, named):
    with pytest.raises(PacketError) as refused:
        Packet.from_json(_with(packet_data(), path, value))
    assert refused.value.code == "previs.packet"
    assert str(refused.value).startswith(named)


def test_packet_of_version_1_is_brought_up(packet_data):
    old = packet_data()
    del old["fill_stops"]
    old |= {"version": 1, "fill_ratio": 4}
    old["characters"][0]["hair"] = {"style": "cap", "colour": "#112233"}
    packet = Packet.from_json(old)
    assert (packet.version, packet.fill_stops) == (2, 2.0)
    assert packet.characters[0].hair.style == "short"
    assert (packet.characters[0].hat.kind, packet.characters[0].hat.colour) == ("cap", "#112233")
    assert Packet.from_json(packet.to_json()) == packet


@pytest.mark.parametrize("version", [0, -1, "1", None, 1.0, True, [1]])
def test_packet_of_no_known_version_is_refused(packet_data, version):
    with pytest.raises(PacketError, match=r"^version"):
        Packet.from_json(packet_data() | {"version": version})


@pytest.mark.parametrize(
    ("beats", "named"),
    [
        (
            [{"at_ms": 500, "action": "walk"}, {"at_ms": 100, "action": "stand"}],
            "characters[0].beats[1].at_ms",
        ),
        ([{"at_ms": 0, "action": "give", "prop": "crown"}], "characters[0].beats[0].prop"),
        ([{"at_ms": 0, "action": "point", "target": "zoe"}], "characters[0].beats[0].target"),
        ([{"at_ms": 0, "action": "dance"}], "characters[0].beats[0].action"),
        ([{"at_ms": 0, "action": "look", "gaze": "zoe"}], "characters[0].beats[0].gaze"),
    ],
)
def test_beats_name_what_exists(packet_data, beats, named):
    data = packet_data()
    data["characters"][0]["beats"] = beats
    with pytest.raises(PacketError) as refused:
        Packet.from_json(data)
    assert refused.value.path == named
