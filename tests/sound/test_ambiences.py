"""Ambiences sound like what they are called, fit their length and repeat without a seam."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from craft.sound import BEDS, SoundRefused, ambience, ambience_for
from craft.sound.ambiences import ambience_signal
from craft.sound.placement import _rules
from tests.sound.analysis import centroid, mono


def test_rain_is_brighter_than_wind_and_wind_than_a_room() -> None:
    rain, wind, room = (centroid(ambience_signal(k, seconds=6)) for k in ("rain", "wind", "room_tone"))
    assert rain > 4 * wind
    assert wind > 1.5 * room


@pytest.mark.parametrize("kind", sorted(BEDS.all()))
def test_every_ambience_is_stereo_finite_and_repeats_without_a_seam(kind: str) -> None:
    bed = ambience_signal(kind, seconds=3.0, seed=5)
    assert bed.shape == (2, 144_000)
    assert np.isfinite(bed).all()
    assert 10 ** (-52 / 20) < np.sqrt(np.square(bed).mean()) < 10 ** (-18 / 20)
    assert np.abs(bed).max() < 10 ** (-2.9 / 20)
    middle = mono(bed)
    usual = np.percentile(np.abs(np.diff(middle)), 99.5)
    assert abs(middle[0] - middle[-1]) <= max(3 * usual, 1e-4)
    # the level across the seam is that of anywhere else: no fade in, no fade out
    around = np.concatenate([middle[-4800:], middle[:4800]])
    assert np.square(around).mean() > 0.02 * np.square(middle).mean()


def test_ambience_is_written_exactly_and_the_same_every_time(tmp_path: Path) -> None:
    first = ambience("fog_harbour", seconds=2.5, seed=2, params={"horn": 0.9}, out=tmp_path / "a.wav")
    ambience("fog_harbour", seconds=2.5, seed=2, params={"horn": 0.9}, out=tmp_path / "b.wav")
    ambience("fog_harbour", seconds=2.5, seed=3, params={"horn": 0.9}, out=tmp_path / "c.wav")
    with wave.open(str(first.path)) as file:
        assert (file.getnframes(), file.getframerate(), file.getnchannels()) == (120_000, 48_000, 2)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "c.wav").read_bytes()


def test_a_long_bed_still_meets_itself_at_its_end() -> None:
    bed = mono(ambience_signal("wind", seconds=85.3))
    assert bed.size == round(85.3 * 48_000)
    assert abs(bed[0] - bed[-1]) < 3 * np.percentile(np.abs(np.diff(bed)), 99.5)


def test_denser_rain_on_a_window_has_more_taps() -> None:
    few, many = (
        centroid(ambience_signal("rain_window", seconds=4, params={"density": d})) for d in (0.0, 1.0)
    )
    assert many > 1.2 * few


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("volcano", {}, "no ambience 'volcano'"),
        ("rain", {"size": 1}, "no parameter 'size'"),
        ("rain", {"density": 3}, "from 0 to 1"),
        ("rain", {"density": "much"}, "from 0 to 1"),
    ],
)
def test_an_unknown_ambience_or_parameter_is_refused(
    kind: str, params: dict[str, object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(SoundRefused, match=said):
        ambience(kind, seconds=2, params=params, out=tmp_path / "x.wav")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        (("harbour", "night", "fog", ""), "fog_harbour"),
        (("harbour_office", "night", "fog", "INT. HARBOUR OFFICE"), "office"),
        (("kitchen", "morning", "rain", "INT. KITCHEN"), "rain_window"),
        (("road", "noon", "rain", "EXT. ROAD"), "rain"),
        (("forest", "night", "clear", "EXT. FOREST"), "night_insects"),
        (("", "night", "", "EXT. NOWHERE"), "city_night"),
        (("street", "night", "fog", "Harbour quay She runs past the office to a car."), "fog_harbour"),
        (
            ("office", "night", "clear", "The study. He says the rain has stopped; a train passes outside."),
            "office",
        ),
        (("street", "noon", "", "A pouring rain empties the square."), "rain"),
        (("", "noon", "", "INT. ROOM"), "room_tone"),
    ],
)
def test_a_scene_gets_its_ambience(scene: tuple[str, str, str, str], kind: str) -> None:
    found, params = ambience_for(*scene)
    assert found == kind
    BEDS.get(found).settings(params)


def test_every_placement_rule_names_a_kind_that_takes_its_parameters() -> None:
    for section in ("weather", "places"):
        for rule in _rules(section):
            BEDS.get(rule.kind).settings(rule.params)
