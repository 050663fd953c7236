"""Scenes get the ambience of their set, hour and weather."""

from __future__ import annotations

import pytest

from craft.previs.sets import SETS
from craft.previs.sets.described_places import _PLACE_WORDS
from craft.sound import BEDS, ambience_for
from craft.sound.wording import rules, sets

# the atmospheres of craft.terms and what can be heard of them
WEATHERS = ("", "clear", "haze", "fog", "rain", "snow", "dust", "smoke")
OUTSIDE = {"street", "alley", "rooftop", "forest"}
WITHOUT_SKY = {"spaceship"}


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        (("harbour", "night", "fog", ""), "fog_harbour"),
        (("harbour_office", "night", "fog", "INT. HARBOUR OFFICE"), "office"),
        (("kitchen", "morning", "rain", "INT. KITCHEN"), "rain_window"),
        (("road", "noon", "rain", "EXT. ROAD"), "rain"),
        (("forest", "night", "clear", "EXT. FOREST"), "night_insects"),
        (("", "night", "", "EXT. NOWHERE"), "city_night"),
        (("", "noon", "", "EXT. NOWHERE"), "field"),
        (("street", "night", "fog", "Harbour quay She runs past the office to a car."), "fog_harbour"),
        (
            ("office", "night", "clear", "The study. He says the rain has stopped; a train passes outside."),
            "room_tone",
        ),
        (("office", "night", "", "The rain has stopped. No storm in sight."), "office"),
        (("street", "noon", "", "A pouring rain empties the square."), "rain"),
        (("", "noon", "", "INT. ROOM"), "room_tone"),
        (("car", "night", "rain", "INT. TAXI"), "rain_roof"),
        (("described", "night", "rain", "INT. FIELD TENT"), "rain_roof"),
        (("warehouse", "night", "rain", ""), "rain_roof"),
        (("spaceship", "night", "rain", ""), "space_ship"),
        (("described", "noon", "rain", "INT. CELLAR"), "cellar"),
        (("described", "noon", "dust", "EXT. DESERT"), "desert"),
        (("described", "noon", "dust", "INT. LIBRARY"), "library"),
        (("street", "noon", "snow", "EXT. STREET"), "snow_quiet"),
        (("office", "noon", "snow", "INT. OFFICE"), "office"),
        (("described", "noon", "", "EXT. JUNGLE CLEARING"), "jungle"),
        (("described", "noon", "", "INT. SUBWAY STATION"), "underground"),
        (("described", "noon", "", "INT. RAILWAY STATION"), "station_hall"),
        (("described", "noon", "", "INT. SERVER ROOM"), "server_room"),
        (("described", "noon", "", "EXT. PLAYGROUND"), "playground"),
        (("described", "noon", "", "EXT. BATTLEFIELD"), "battlefield"),
        (("described", "noon", "", "EXT. MARKET SQUARE"), "market"),
        (("described", "noon", "", "INT. SHIP CABIN"), "ship"),
    ],
)
def test_a_scene_gets_its_ambience(scene: tuple[str, str, str, str], kind: str) -> None:
    found, params = ambience_for(*scene)
    assert found == kind
    BEDS.get(found).settings(params)


@pytest.mark.parametrize("hour", ["dawn", "noon", "night"])
@pytest.mark.parametrize("weather", WEATHERS)
@pytest.mark.parametrize("kind", sorted(SETS))
def test_every_set_sounds_at_every_hour_and_in_every_air(kind: str, weather: str, hour: str) -> None:
    found, params = ambience_for(kind, hour, weather, "")
    BEDS.get(found).settings(params)
    outside = kind in OUTSIDE
    rains = found in {"rain", "rain_roof", "rain_window"}
    if kind != "described":
        assert rains == (weather == "rain" and kind not in WITHOUT_SKY)
        assert (found == "rain") == (outside and weather == "rain")
        assert (found == "snow_quiet") == (outside and weather == "snow")
        assert (found == "desert") == (outside and weather == "dust")


def test_a_set_has_its_own_sound_and_most_change_at_night() -> None:
    by_day = {kind: ambience_for(kind, "noon", "", "") for kind in sets()}
    by_night = {kind: ambience_for(kind, "night", "", "") for kind in sets()}
    assert set(sets()) == set(SETS) - {"described"}
    assert len({kind for kind, _ in by_day.values()}) >= 11
    assert sum(by_day[kind] != by_night[kind] for kind in by_day) >= 8


def test_nearly_every_place_that_can_be_described_has_a_sound_of_its_own() -> None:
    """The places of the previs engine, not only "a field" or "a room"."""
    first = [words.split("|")[0] for words in _PLACE_WORDS.values()]
    known = [place for place in first if any(rule.pattern.search(place) for rule in rules("places"))]
    assert sorted(set(first) - set(known)) == []


def test_every_placement_rule_names_a_kind_that_takes_its_parameters() -> None:
    for section in ("weather", "places", "indoor_rain"):
        for rule in rules(section):
            if rule.kind:
                BEDS.get(rule.kind).settings({**rule.params})
            if rule.night is not None:
                BEDS.get(rule.night[0]).settings(rule.night[1])
    for rule in sets().values():
        BEDS.get(rule.kind).settings(rule.params)
        if rule.night is not None:
            BEDS.get(rule.night[0]).settings(rule.night[1])


def test_every_ambience_can_be_reached_by_words_or_weather() -> None:
    reached = {rule.kind for section in ("weather", "places", "indoor_rain") for rule in rules(section)}
    reached |= {rule.night[0] for rule in rules("places") if rule.night}
    reached |= {"rain_window", "room_tone", "city_night", "field"}
    assert sorted(set(BEDS.all()) - reached) == []
