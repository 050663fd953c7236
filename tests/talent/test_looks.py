"""The first look: words win over the seed, the same words give the same look, and it can always be drawn."""

from __future__ import annotations

import pytest

from craft.previs import Packet
from craft.previs.demo_packet import conversation
from talent.looks import first_look, look_problems


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("A burly man of 58 with a grey beard and a checked shirt.", {"body": "broad", "age": 58, "beard": "full"}),
        ("An elderly woman, white hair in a bun, round glasses.", {"age": 74, "glasses.kind": "round"}),
        ("An elderly woman, white hair in a bun.", {"hair.style": "bun", "hair.colour": "#dcdcdc"}),
        ("Tall. Dark bob, rust-red jacket.", {"body": "tall", "hair.style": "bob", "wardrobe.garment": "jacket"}),
        ("a navy pinstriped suit and a fedora", {"wardrobe.pattern": "pinstripe", "hat.kind": "fedora"}),
        ("bald, unshaven, camo hoodie", {"hair.style": "bald", "beard": "stubble", "wardrobe.pattern": "camo"}),
        ("a girl of 9 in a polka dress", {"age": 18, "wardrobe.garment": "dress", "wardrobe.pattern": "dots"}),
    ],
)  # fmt: skip
def test_words_decide(description, expected):
    look = first_look("Somebody", description)
    for path, value in expected.items():
        found = look
        for part in path.split("."):
            found = found[part]
        assert found == value, path


def test_a_word_inside_another_says_nothing():
    look = first_look("Ann", "She recaps the suitable thinking of broadcasters.")
    assert "hat" not in look
    assert look == first_look("Ann", "")


def test_same_name_and_words_same_look():
    assert first_look("МАРА", "red coat") == first_look("мара", "red coat")
    assert len({first_look(f"Person {n}", "")["wardrobe"]["top"] for n in range(40)}) > 8


@pytest.mark.parametrize("name", [f"N{n}" for n in range(24)])
def test_every_first_look_is_right_and_can_be_drawn(name):
    look = first_look(name, "")
    assert look_problems(look) == {}
    person = {"id": "a", **look}
    Packet.from_json(conversation("office", characters=[person], visemes=[], camera={"size": "ms"}))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "round"}, "body"),
        ({"age": 12}, "age"),
        ({"age": True}, "age"),
        ({"skin": "red"}, "skin"),
        ({"hat": {"kind": "crown", "colour": "#000000"}}, "hat.kind"),
        ({"wardrobe": {}}, "wardrobe.top"),
        ({"tail": "long"}, "tail"),
        ({"hair": {"style": "bob", "colour": "#000000", "glow": 3}}, "hair.glow"),
    ],
)
def test_what_is_wrong_is_named(change, field):
    assert field in look_problems({**first_look("A", ""), **change})
