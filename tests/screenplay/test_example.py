"""The example episode is what it promises to be, by its script and its studio's bible."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from craft.screenplay import Breakdown, breakdown, decode, parse
from craft.screenplay.__main__ import main
from craft.terms.cuts import Transition
from craft.terms.light import Elevation, LightRole, Mood, Position, Softness
from craft.terms.shots import Movement

FOLDER = Path(__file__).parents[2] / "examples" / "extension_nine"
SCRIPT = FOLDER / "whoever_knocks.fountain"
HEX = re.compile(r"#[0-9a-f]{6}")


@pytest.fixture(scope="module")
def episode() -> Breakdown:
    return breakdown(parse(decode(SCRIPT.read_bytes())), rate="24")


@pytest.fixture(scope="module")
def bible() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "studio.json").read_text())
    return found


def test_episode_has_two_people_two_places_three_acts_and_twelve_shots(episode: Breakdown) -> None:
    assert [p.name for p in episode.characters] == ["INES", "AUGUST"]
    assert {(s.set_kind, s.interior) for s in episode.scenes} == {("office", True), ("street", False)}
    assert [act.number for act in episode.acts] == [1, 2, 3]
    assert episode.acts[-1].out == "cliffhanger"
    assert len(episode.shots) == 12
    assert episode.notes == ()


def test_episode_lasts_between_48_and_58_seconds_in_whole_frames(episode: Breakdown) -> None:
    assert 48 * 24 <= episode.frames <= 58 * 24
    assert episode.frames == sum(shot.frames for shot in episode.shots) == 1272


def test_episode_uses_all_movements_and_at_least_six_angles(episode: Breakdown) -> None:
    assert {shot.movement for shot in episode.shots} == set(Movement)
    assert len({shot.angle for shot in episode.shots}) >= 6
    assert Transition.DISSOLVE in {shot.transition_in for shot in episode.shots}


def test_hook_is_heard_within_three_seconds(episode: Breakdown) -> None:
    first = episode.shots[0]
    assert first.action.startswith("The phone rings.")
    assert first.lines[0].text == "No. That line is dead."


def test_every_line_fits_its_shot_and_is_short(episode: Breakdown) -> None:
    for shot in episode.shots:
        words = sum(len(line.text.split()) for line in shot.lines)
        assert words <= 10
        assert not words or shot.seconds >= words / 2.5 + 1


def test_faces_keep_their_side_of_the_line(episode: Breakdown) -> None:
    singles = [s for s in episode.shots if s.framing == "single" and s.size in ("ms", "mcu", "cu", "mws")]
    assert {s.azimuth for s in singles if s.characters == ("INES",)} == {45}
    assert {s.azimuth for s in singles if s.characters == ("AUGUST",)} == {315}


def test_descriptions_give_the_colours_of_the_wardrobe(episode: Breakdown, bible: dict[str, Any]) -> None:
    looks = {p.name: p.description for p in episode.characters}
    assert "rust-red jacket" in looks["INES"]
    assert "sea-green coat" in looks["AUGUST"]
    for name, person in bible["characters"].items():
        assert name in looks
        assert person["body"] in ("average", "slim", "broad")
        wardrobe = person["wardrobe"]
        assert wardrobe["garment"] in looks[name]
        for colour in (
            person["skin"],
            person["hair"]["colour"],
            wardrobe["top"],
            wardrobe["bottom"],
            wardrobe["shoes"],
        ):
            assert HEX.fullmatch(colour)
        voice = person["voice"]
        assert 0 <= voice["pitch"] <= 99
        assert 80 <= voice["rate"] <= 200
        assert person["traits"]


def test_bible_lights_every_place_of_the_episode(episode: Breakdown, bible: dict[str, Any]) -> None:
    assert set(bible["scenes"]) == {scene.place for scene in episode.scenes}
    for scene in bible["scenes"].values():
        assert scene["mood"] in list(Mood)
        assert scene["fill_ratio"] >= 1
        assert len(scene["lights"]) >= 3
        assert len({light["position"] for light in scene["lights"]}) == len(scene["lights"])
        for light in scene["lights"]:
            assert Position(light["position"])
            assert LightRole(light["role"])
            assert Elevation(light["elevation"])
            assert Softness(light["softness"])
            assert 0 < light["intensity"] <= 100
            assert 1900 <= light["kelvin"] <= 9000
    moods = [(act["valence"], act["energy"]) for act in bible["acts"]]
    assert moods == [(act.valence, act.energy) for act in episode.acts]


def test_command_prints_the_breakdown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([str(SCRIPT), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["title"], printed["frames"], printed["rate"]) == ("Whoever Knocks", 1272, "24")
    assert printed["shots"][0]["movement"] == "dolly"
    assert main([str(SCRIPT)]) == 0
    assert "S12 act 3" in capsys.readouterr().out
    empty = tmp_path / "empty.fountain"
    empty.write_bytes(b"")
    assert main([str(empty)]) == 2
    assert "empty" in capsys.readouterr().err
