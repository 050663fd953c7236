"""What people do and carry, read from action text: only what is written, by whom it is written of."""

from __future__ import annotations

import pytest

from craft.screenplay import breakdown, parse
from craft.screenplay.staging import Bearing, staging
from craft.terms.staging import Action, Emotion, Prop


def _did(text, people=("INES", "AUGUST")):
    return [(cue.who, cue.action, cue.prop) for cue in staging(text, people).cues]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ines lifts the receiver.", [("INES", Action.PHONE, Prop.PHONE)]),
        ("August hands Ines a letter.", [("AUGUST", Action.GIVE, Prop.PAPER)]),
        ("Ines sips her coffee.", [("INES", Action.DRINK, Prop.CUP)]),
        ("August drains the whisky.", [("AUGUST", Action.DRINK, Prop.GLASS)]),
        ("Ines shakes her head.", [("INES", Action.SHAKE_HEAD, None)]),
        ("August collapses.", [("AUGUST", Action.FALL, None)]),
        ("August holds a torch.", [("AUGUST", Action.LOOK, Prop.TORCH)]),
        ("The phone rings. Rain falls to the ground outside.", []),
        ("Night falls over the harbour.", []),
        ("A man nobody knows sits by the door.", []),
        ("Ines sits up.", []),
        ("", []),
    ],
)
def test_action_is_read(text, expected):
    assert _did(text) == expected


def test_pronouns_mean_the_last_one_named_and_time_follows_the_sentences():
    cues = staging("Ines sits. August turns to Ines. He points at Ines.", ("INES", "AUGUST")).cues
    assert [(c.who, c.action) for c in cues] == [
        ("INES", Action.SIT),
        ("AUGUST", Action.TURN),
        ("AUGUST", Action.POINT),
    ]
    assert cues[1].target == cues[2].target == "INES"
    assert [c.at for c in cues] == sorted(c.at for c in cues)
    assert all(0 <= c.at < 1 for c in cues)


def test_one_person_alone_is_meant_by_the_man_and_by_he():
    cues = staging("The man smiles up at the light. He knocks.", ("AUGUST",)).cues
    assert [(c.who, c.emotion) for c in cues] == [("AUGUST", Emotion.JOY)]


def test_what_lasts_goes_on_and_ends():
    first = staging("Ines sits. She lifts the receiver.", ("INES",))
    assert first.after["INES"] == Bearing(seated=True, phoning=True, holds=Prop.PHONE)
    second = staging("She listens.", ("INES",), first.after)
    assert second.before["INES"] == second.after["INES"] == first.after["INES"]
    third = staging("She hangs up and rises.", ("INES",), second.after)
    assert "INES" not in third.after


def test_giving_empties_the_hand():
    held = staging("August carries a box.", ("AUGUST", "INES"))
    assert held.after["AUGUST"].holds is Prop.BOX
    given = staging("August hands it to Ines: the box.", ("AUGUST", "INES"), held.after)
    assert "AUGUST" not in given.after


@pytest.mark.parametrize("text", ["(((((", "x" * 50_000, "МАРА садится. " * 50, "a.b.c\\1\\g<0>", "😀 sits"])
def test_any_text_is_read_without_fault(text):
    assert staging(text, ("МАРА", "(((", "a.b")).cues is not None


def test_a_scene_ends_what_lasted():
    office = "INT. OFFICE - NIGHT\n\nINES\nHello.\n\nInes sits at the desk.\n\nINES\nIs it you?\n\n"
    script = parse(office + "EXT. QUAY - NIGHT\n\nInes waits.\n\nINES\nHere.\n")
    plays: dict[int, bool] = {}
    for shot in breakdown(script, rate="24").shots:
        seated = shot.staging.before.get("INES", Bearing()).seated or bool(shot.staging.cues)
        plays[shot.script_scene] = plays.get(shot.script_scene, False) or seated
    assert plays == {1: True, 2: False}
