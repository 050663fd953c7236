"""From a location's words to a set: the table of kinds, what the words say of the dressing, places built from words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from craft.previs.packet import schema
from craft.previs.sets import SETS, described_plan
from craft.previs.sets.described_places import PLACES, TWINS
from craft.previs.sets.described_tables import ROWS, STUFF_WORDS, STUFFS
from craft.previs.sets.pieces.catalogue import ITEMS
from craft.previs.sets.pieces.scenery import BACKDROPS
from craft.previs.sets.room import Dressing
from craft.previs.sets.thing_words import THING_WORDS
from craft.previs.sets.word_tables import KINDS
from craft.previs.sets.words import choose_set, tokens
from tests.previs.test_sets_outdoors import (
    TRIANGLES,
    assert_picture,
    assert_playable,
    built,
    picture,
    same_geometry,
    triangles,
)

LOCATIONS = [
    ("INT. OFFICE - DAY", "office"),
    ("INT. DETECTIVE BUREAU - NIGHT", "office"),
    ("INT. JOHN'S APARTMENT - MORNING", "apartment"),
    ("INT. APARTMENT - KITCHEN - NIGHT", "kitchen"),
    ("INT. KITCHEN/DINING ROOM - DAY", "kitchen"),
    ("INT. HOTEL ROOM 2046 - NIGHT", "bedroom"),
    ("a derelict 1950s diner", "cafe"),
    ("Café de Paris", "cafe"),
    ("INT. COFFEE SHOP - DAY", "cafe"),
    ("INT. JAZZ CLUB, 1932", "bar"),
    ("The pub by the river", "bar"),
    ("EXT. CITY STREET - RAIN", "street"),
    ("EXT. OFFICE BUILDING - NIGHT", "street"),
    ("EXT. BACK ALLEY BEHIND THE BAR - NIGHT", "alley"),
    ("EXT. ROOFTOP TERRACE - DUSK", "rooftop"),
    ("INT. CAR (MOVING) - NIGHT", "car"),
    ("INT. CAR - CITY STREET - NIGHT", "car"),
    ("INT. SUBWAY CAR - DAY", "train"),
    ("EXT. PINE FOREST - DAWN", "forest"),
    ("the woods", "forest"),
    ("INT. WAREHOUSE - NIGHT", "warehouse"),
    ("INT. WAREHOUSE OFFICE - DAY", "office"),
    ("an office in a warehouse", "office"),
    ("INT. HOSPITAL CORRIDOR - NIGHT", "hospital"),
    ("INT. SPACESHIP CORRIDOR", "spaceship"),
    ("INT. LIGHTHOUSE LAMP ROOM - NIGHT", "described"),
    ("EXT. CAR PARK - NIGHT", "described"),
    ("INT. TRAIN STATION - DAY", "described"),
    ("INT. FOREST CABIN - NIGHT", "described"),
    ("INT. THRONE ROOM", "described"),
    ("EXT. BARN - DAY", "described"),
    ("INT. STREET", "described"),
    ("INT. BARBERSHOP", "described"),
    ("", "described"),
    ("   \n\t", "described"),
    ("🙂🙂🙂", "described"),
    ("Кухня на даче", "described"),
    ("officer barcode streetwise carpet", "described"),
    ("OFFICE " * 400, "office"),
    ("'\"; DROP TABLE sets; -- <script>", "described"),
]
ANY_TEXT = [
    "", " ", "a", "🙂🏰🔥", "Кухня на даче, зимний вечер", "灯台の部屋", "٣ غرف", "x" * 2000, "table " * 330,
    "\x00\x01\u202e", "INT. " * 400, "%s %d {0} \\n", "1e309 NaN -5", "twelve thrones",
    "throne altar boat tower column fire machine screens statue stairs bridge well tent tree rocks",
    "INT. TINY CLOSET WITH A SHIP, A BARN, A FERRIS WHEEL AND A PIANO", "EXT. VAST ENDLESS FLOODED WORLD",
    "a huge gigantic enormous vast immense hall", "tiny cramped narrow small little cell",
]  # fmt: skip


@pytest.mark.parametrize(("words", "kind"), LOCATIONS)
def test_words_name_their_set(words: str, kind: str) -> None:
    assert choose_set(words).kind == kind


def test_every_kind_can_be_named_and_every_name_is_a_kind_a_packet_may_have() -> None:
    allowed = set(schema()["properties"]["set"]["properties"]["kind"]["enum"])
    assert set(KINDS.values()) <= allowed
    assert set(SETS) <= allowed
    for phrase, kind in KINDS.items():
        assert choose_set(" ".join(phrase)).kind == kind, phrase
        assert choose_set(" ".join(phrase).upper()).kind == kind, phrase


def test_whole_words_in_any_case_with_accents_and_plurals() -> None:
    assert choose_set("CAFÉ").kind == choose_set("cafés").kind == "cafe"
    assert choose_set("Alleys").kind == "alley"
    assert choose_set("galley").kind == "described"


def test_who_says_inside_or_outside_wins_over_the_words() -> None:
    assert choose_set("the office", interior=False).kind == "street"
    assert choose_set("the warehouse", interior=False).kind == "alley"
    assert choose_set("EXT. OFFICE", interior=True).kind == "office"
    assert choose_set("a forest", interior=True).kind == "described"
    assert choose_set("a forest", interior=False).kind == "forest"


@pytest.mark.parametrize(
    ("words", "era"),
    [
        ("a Victorian parlour", "period"), ("a medieval inn", "period"), ("a bar, 1893", "period"),
        ("18th century office", "period"),
        ("a derelict 1950s diner", "midcentury"), ("bar in the 70s", "midcentury"), ("retro kitchen", "midcentury"),
        ("a contemporary flat", "modern"),
        ("an office, 1994", "modern"), ("a street, 2021", "modern"),
        ("a futuristic hospital", "future"), ("a sci-fi bar", "future"), ("street, 2187", "future"),
        ("25th century office", "future"),
        ("HOTEL ROOM 1908", None), ("an office", None), ("flat 1850", None), ("office 12", None),
    ],
)  # fmt: skip
def test_words_name_the_era(words: str, era: str | None) -> None:
    assert choose_set(words).dressing.get("era") == era


def test_words_tell_wealth_clutter_style_and_colours() -> None:
    ruin, palace = choose_set("a ruined street").dressing, choose_set("a luxurious street").dressing
    assert float(ruin["wealth"]) < 10 and float(palace["wealth"]) > 90
    assert float(choose_set("a cluttered office").dressing["clutter"]) > 80
    assert float(choose_set("an empty office").dressing["clutter"]) == 0
    assert "wealth" not in choose_set("an office").dressing
    assert choose_set("a birch forest").dressing["style"] == "birch"
    assert choose_set("a red-walled bedroom with a green carpet").dressing == {
        "wall": "#8c2f2c",
        "floor": "#47704a",
    }


def test_what_is_chosen_is_a_set_a_packet_takes(packet_data: Callable[..., dict[str, Any]]) -> None:
    from craft.previs import Packet  # the engine's front door, as its users import it

    for words in ("a ruined Victorian street with red neon", "INT. CRYPT - NIGHT", "x" * 5000, "🙂"):
        choice = choose_set(words)
        spec = choice.spec(seed=9)
        data = packet_data()
        data["set"] = {"kind": spec.kind, "seed": 9, "dressing": dict(spec.dressing), "words": spec.words}
        assert Packet.from_json(data).set == spec
    assert choose_set("INT. CRYPT - NIGHT") == choose_set("INT. CRYPT - NIGHT")


def test_the_tables_name_only_what_can_be_built() -> None:
    assert {name for row in ROWS.values() for name in row.wanted} <= set(ITEMS)
    assert set(THING_WORDS.values()) <= set(ITEMS)
    assert set(PLACES.values()) <= set(ROWS)
    assert all(ROWS[inside].inside and not ROWS[outside].inside for inside, outside in TWINS.values())
    assert {row.wall for row in ROWS.values() if row.inside} <= set(STUFFS)
    assert {row.wall for row in ROWS.values() if not row.inside} <= set(BACKDROPS)
    assert {row.floor for row in ROWS.values()} | set(STUFF_WORDS.values()) <= set(STUFFS)


def _plan(words: str, **options: str | float) -> described_plan.Plan:
    return described_plan.plan_for(Dressing(3, "night", tuple(sorted(options.items())), words))


def test_a_plan_reads_room_size_materials_and_things() -> None:
    lamp_room, cave = _plan("INT. LIGHTHOUSE LAMP ROOM - NIGHT"), _plan("a vast ice cave with two statues")
    assert lamp_room.inside and "beacon_lamp" in lamp_room.things and "lighthouse" not in lamp_room.things
    assert cave.inside and cave.wall == "ice" and cave.things[:2] == ("statue", "statue")
    assert cave.size[0] > _plan("a small cave").size[0]
    assert not _plan("EXT. SNOWY MOUNTAIN - DAY").inside
    assert _plan("EXT. SNOWY MOUNTAIN - DAY").floor == "snow"
    assert _plan("INT. CASTLE").inside and not _plan("EXT. CASTLE").inside
    assert _plan("a bunker").era == "modern" and _plan("a medieval bunker").era == "period"
    assert _plan("a medieval bunker", era="future").era == "future"


@pytest.mark.parametrize("words", ANY_TEXT)
def test_any_text_builds_a_place_to_play_in(words: str) -> None:
    for time in ("night", "noon"):
        stage = built("described", time=time, words=words)
        assert_playable(stage)
        assert triangles(stage) < TRIANGLES
        assert len(stage.lights) <= 6


@pytest.mark.parametrize("row", sorted(ROWS))
def test_every_kind_of_place_can_be_played_in(row: str) -> None:
    words = next(phrase for phrase, name in PLACES.items() if name == row)
    prefix = "INT. " if ROWS[row].inside else "EXT. "
    stage = built("described", words=prefix + words, clutter=90)
    assert stage.interior == ROWS[row].inside
    assert_playable(stage)
    assert stage.lights or stage.interior is False


def test_the_things_that_are_named_stand_there() -> None:
    plain, named = (
        built("described", words="INT. HALL"),
        built("described", words="INT. HALL with a throne and a fireplace"),
    )
    assert any(m.seat > 0.9 for m in named.marks) and not any(m.seat > 0.9 for m in plain.marks)


def test_other_words_build_other_places_and_the_same_words_the_same() -> None:
    texts = ("INT. CAVE", "INT. CHURCH", "EXT. BEACH", "qwerty", "asdfgh", "Кухня", "Спальня", "🙂", "🙃")
    places = [built("described", words=text) for text in texts]
    assert all(not same_geometry(a, b) for i, a in enumerate(places) for b in places[:i])
    assert same_geometry(built("described", words="Int. Cave"), places[0])
    assert not same_geometry(built("described", seed=8, words="INT. CAVE"), places[0])


def test_dressing_changes_a_described_place() -> None:
    plain = built("described", words="INT. LIBRARY")
    for option in (
        {"era": "future"},
        {"wealth": 0.0},
        {"clutter": 100.0},
        {"wall": "#ff0000"},
        {"floor": "#00ff00"},
    ):
        assert not same_geometry(plain, built("described", words="INT. LIBRARY", **option)), option


@pytest.mark.parametrize(
    "words", ["INT. LIGHTHOUSE LAMP ROOM", "INT. CATHEDRAL", "INT. CAVE", "EXT. DESERT", "EXT. HARBOUR", "🙂"]
)
def test_described_places_show(
    words: str, packet_data: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    for time, size in (("night", "mws"), ("noon", "ws")):
        camera = {"size": size, "framing": "two_shot", "subjects": ["ada", "ben"], "azimuth": 0}
        place = {"kind": "described", "seed": 2, "dressing": {}, "words": words}
        data = packet_data(width=160, height=90, frames=1, time_of_day=time, camera=camera, set=place)
        assert_picture(picture(data, tmp_path / "still.png"), f"{words} {time}")


def test_words_come_apart_without_losing_any() -> None:
    assert tokens("INT. JOHN'S CAFÉ - NIGHT") == ("int", "|", "john", "cafe", "-", "night")
    assert tokens("sci-fi, neon/steel") == ("sci", "fi", "|", "neon", "|", "steel")
