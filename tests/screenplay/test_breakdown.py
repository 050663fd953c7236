"""What a breakdown makes of a script: people, places, shots, and lengths to the frame."""

from __future__ import annotations

import itertools

import pytest

from craft.screenplay import Breakdown, ScreenplayError, ShotPlan, breakdown, parse
from craft.terms.cuts import PACING, EditorialCut, Transition
from craft.terms.light import Atmosphere, Mood, TimeOfDay
from craft.terms.rates import FrameRate
from craft.terms.shots import Angle, Framing, Movement, Purpose, Size
from craft.terms.story import ActOut, ActStructure

TALK = """
INT. RECORDS OFFICE - NIGHT

INES (34), a clerk in a red jacket, walks in.

INES
Where were you last night?

AUGUST
On the boat.

INES (CONT'D)
You hate boats.

AUGUST (V.O.)
I hated a lot of things.

INES
Name one thing you ever loved!
"""


def broken(text: str, **asked: object) -> Breakdown:
    return breakdown(parse(text), **{"rate": "24", **asked})  # type: ignore[arg-type]


def speaking(found: Breakdown) -> list[ShotPlan]:
    return [shot for shot in found.shots if shot.lines]


def test_cast_is_counted_described_and_cleared_of_extensions() -> None:
    ines, august = broken(TALK).characters
    assert (ines.name, ines.display, ines.key, ines.age) == ("INES", "Ines", "ines", "34")
    assert (ines.lines, ines.line) == (3, 4)
    assert ines.description == "a clerk in a red jacket"
    assert (august.name, august.lines, august.words, august.description) == ("AUGUST", 2, 9, "")


def test_same_name_in_other_spelling_is_one_person_with_a_note() -> None:
    found = broken("INT. A - DAY\n\nMO\nOne.\n\n@Mo\nTwo.\n\nMo (30) nods. MO (50) sits.\n\nMO (60)\nx")
    assert [person.name for person in found.characters] == ["MO"]
    assert [(n.line, n.code) for n in found.notes] == [(6, "script.names_merged")]
    twice = broken("INT. A - DAY\n\nMO (30), thin, nods.\n\nMO (50), fat, sits.")
    assert [(n.line, n.code) for n in twice.notes] == [(5, "script.names_merged")]
    assert twice.characters[0].description == "thin"


def test_silent_people_and_cyrillic_names_are_cast() -> None:
    found = broken("INT. A - DAY\n\nThe pilot МАРА ВОСС (34), в жёлтом плаще, смотрит.\n\nКОЛЯ\nДа.")
    assert [(p.name, p.lines) for p in found.characters] == [("МАРА ВОСС", 0), ("КОЛЯ", 1)]
    assert found.shots[0].characters == ("МАРА ВОСС",)


def test_place_is_one_definition_for_each_hour() -> None:
    text = """
EXT. QUAY STREET - NIGHT

Thick fog. A neon sign.

INT. CABIN - CONTINUOUS

A lamp.

EXT. QUAY STREET - NIGHT

Fog again.

EXT. QUAY STREET - DAY

Rain.
"""
    found = broken(text)
    street, cabin, day = found.scenes
    assert [s.key for s in found.scenes] == [
        "quay-street-ext-night",
        "cabin-int-night",
        "quay-street-ext-noon",
    ]
    assert (street.set_kind, street.interior, street.time_of_day) == ("street", False, TimeOfDay.NIGHT)
    assert (street.atmosphere, street.density, street.mood) == (Atmosphere.FOG, 70, Mood.NEON)
    assert (cabin.set_kind, cabin.mood, cabin.atmosphere) == ("office", Mood.TUNGSTEN, Atmosphere.CLEAR)
    assert (day.mood, day.atmosphere) == (Mood.OVERCAST, Atmosphere.RAIN)
    assert [s.scene_key for s in found.script_scenes] == [
        "quay-street-ext-night",
        "cabin-int-night",
        "quay-street-ext-night",
        "quay-street-ext-noon",
    ]


def test_rain_on_the_window_does_not_fall_inside() -> None:
    assert broken("INT. CABIN - DAY\n\nRain on the window.").scenes[0].atmosphere is Atmosphere.CLEAR


def test_new_place_is_established_once() -> None:
    found = broken(f"{TALK}\nINT. RECORDS OFFICE - NIGHT\n\nInes sits.\n")
    assert [s.purpose for s in found.shots].count(Purpose.ESTABLISHING) == 1
    assert found.shots[0].purpose is Purpose.ESTABLISHING
    assert found.shots[0].size in (Size.EWS, Size.WS)


def test_camera_cuts_to_whoever_speaks_and_comes_closer() -> None:
    order = list(Size)
    shots = [s for s in speaking(broken(TALK)) if not s.lines[0].off_screen]
    assert [s.characters[0] for s in shots] == ["INES", "AUGUST", "INES", "INES"]
    sizes = [order.index(s.size) for s in shots]
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


def test_unseen_speaker_is_heard_over_the_listener() -> None:
    shot = next(s for s in speaking(broken(TALK)) if s.lines[0].off_screen)
    assert (shot.characters, shot.lines[0].character, shot.lines[0].extension) == (
        ("INES",),
        "AUGUST",
        "V.O.",
    )


def test_two_people_keep_their_sides_of_the_line() -> None:
    singles = [s for s in speaking(broken(TALK)) if s.framing in (Framing.SINGLE, Framing.OTS)]
    sides = {name: {s.azimuth for s in singles if s.characters[0] == name} for name in ("INES", "AUGUST")}
    assert sides["AUGUST"] == {315}
    assert sides["INES"] <= {0, 45}
    crossing = broken("INT. A - DAY\n\nINES\nYes.\n\nMO\nNo.\n\n[[shot: cu az180 on MO]]\nMo turns.")
    assert [(n.code, n.line) for n in crossing.notes] == [("script.crosses_line", 10)]


def test_no_move_is_repeated_at_once_where_the_script_is_silent() -> None:
    text = TALK + "".join(f"\nThe rain falls on the yard number {i}.\n" for i in range(20))
    moves = [shot.movement for shot in broken(text).shots]
    assert all(a is not b for a, b in itertools.pairwise(moves))
    assert len(set(moves)) >= 6


def test_listener_gets_a_face_after_the_third_strong_line() -> None:
    text = "INT. A - DAY\n\nA room.\n\n" + "INES\nWhy?\n\nMO\nNo!\n\n" * 3
    reactions = [s for s in broken(text).shots if s.purpose is Purpose.REACTION]
    assert [(s.characters, s.lines, s.size) for s in reactions] == [
        (("MO",), (), Size.CU),
        (("INES",), (), Size.CU),
    ]


def test_script_directions_win_over_habits() -> None:
    text = """
INT. A - NIGHT

[[shot: ecu dutch arc ccw fast 100mm 3.5s az45 roll12 90deg anger cutaway on INES]]
Ines waits.

CLOSE ON MO. Low angle, dolly out slowly.

INES
Yes.

MO
No.
"""
    first, second, *_ = broken(text).shots
    assert (first.size, first.angle, first.movement, first.focal_mm) == (
        Size.ECU,
        Angle.DUTCH,
        Movement.ARC,
        100,
    )
    assert (first.frames, first.azimuth, first.roll_degrees, first.arc_degrees) == (84, 45, 12.0, 90.0)
    assert (first.emotion, first.purpose, first.characters, first.line) == (
        "anger",
        Purpose.CUTAWAY,
        ("INES",),
        5,
    )
    assert {"size", "angle", "movement", "seconds", "azimuth"} <= set(first.directed)
    assert (second.size, second.angle, second.movement, second.direction) == (
        Size.CU,
        Angle.LOW_ANGLE,
        Movement.DOLLY,
        "out",
    )


def test_directed_shot_keeps_the_speech_of_who_is_in_it() -> None:
    start = "INT. A - DAY\n\n[[shot: cu 4s on INES]]\nInes turns.\n\n"
    text = f"{start}INES\nYes.\n\nMO\nNo.\n\n[[shot: hold]]\nMo sits."
    one, two = broken(text).shots
    assert (one.characters, [line.text for line in one.lines], one.frames) == (("INES",), ["Yes."], 96)
    assert ([line.text for line in two.lines], two.action) == (["No."], "Mo sits.")


def test_shot_notes_that_help_nobody_are_told_with_their_line() -> None:
    door = "INT. A - DAY\n\n[[shot: cu wobble]]\nA door.\n\n"
    found = broken(f"{door}[[shot: cu on NOBODYKNOWN]]\nA key.\n\n[[shot: ws]]")
    assert [(n.line, n.code) for n in found.notes] == [
        (3, "script.shot_note_unknown"),
        (7, "script.subject_unknown"),
        (9, "script.shot_note_unused"),
    ]


@pytest.mark.parametrize("pacing", PACING)
def test_no_shot_is_longer_than_its_pacing_unless_its_lines_need_it(pacing: str) -> None:
    prose = "\nThe rain falls on the quay, and on the boats, and nobody comes to look at it for hours. " * 6
    found = broken(TALK + prose, pacing=pacing)
    for shot in found.shots:
        words = sum(len(line.text.split()) for line in shot.lines)
        floor = words / 2.5 + 1 if words else 0
        assert shot.seconds >= floor
        assert shot.seconds <= max(PACING[pacing][1], floor + 0.25 * len(shot.lines) + 1 / 24)


def test_long_speech_is_cut_between_sentences() -> None:
    speech = "This is a sentence of exactly eight whole words. " * 10
    lines = [s.lines[0].text for s in speaking(broken(f"INT. A - DAY\n\nInes sits.\n\nINES\n{speech}"))]
    assert " ".join(lines) == speech.strip()
    assert [len(line.split()) for line in lines] == [27, 27, 27, 9]


@pytest.mark.parametrize("rate", ["24", "25", "24000/1001", "30000/1001"])
@pytest.mark.parametrize("target", [20.0, 22.5])
def test_target_runtime_is_met_to_the_frame(rate: str, target: float) -> None:
    found = broken(TALK, rate=rate, target_seconds=target)
    assert found.frames == FrameRate.parse(rate).frames(target)
    assert not [n for n in found.notes if n.code == "script.target_missed"]


def test_target_that_cannot_be_met_is_told() -> None:
    found = broken(TALK, target_seconds=300)
    assert [n.code for n in found.notes] == ["script.target_missed"]
    assert found.seconds < 300


def test_line_longer_than_its_directed_shot_gets_its_time_and_a_note() -> None:
    found = broken("INT. A - DAY\n\n[[shot: cu 1s]]\nINES\nOne two three four five.")
    assert found.shots[0].frames == 72
    assert [(n.code, n.line) for n in found.notes] == [("script.line_longer_than_shot", 4)]


def test_lines_without_spaces_still_take_time() -> None:
    shot = speaking(broken("INT. A - DAY\n\n@健太\n今夜は雨が降っているので家に帰ります"))[0]
    assert shot.seconds >= 4.5


def test_transitions_belong_to_the_shot_they_lead_into() -> None:
    first = "FADE IN:\n\nEXT. A - DAY\n\nA sea.\n\nDISSOLVE TO:\n\n"
    found = broken(f"{first}INT. B - DAY\n\nA room.\n\nSMASH CUT TO:\n\nA face.\n\nFADE OUT.")
    assert [(s.transition_in, s.transition_frames, s.editorial) for s in found.shots] == [
        (Transition.FADE_BLACK, 18, None),
        (Transition.DISSOLVE, 12, None),
        (Transition.CUT, 0, EditorialCut.SMASH_CUT),
    ]
    assert (found.transition_out, found.transition_out_frames) == (Transition.FADE_BLACK, 18)
    assert [n.code for n in found.notes] == ["script.many_transitions"]


def test_sections_are_acts_with_mood_from_words_or_notes() -> None:
    second = "# Act Two\n= Dark, a chase. Cliffhanger.\n[[act: energy 0.9]]\n\nB.\n\n"
    text = f"# Act One: calm\n\nINT. A - DAY\n\nA.\n\n{second}# Act Three\n"
    found = broken(text)
    one, two = found.acts
    assert (one.title, one.valence, one.energy, one.out) == ("Act One: calm", 0.1, -0.6, ActOut.HOOK)
    assert (two.valence, two.energy, two.out, two.line) == (-0.4, 0.9, ActOut.CLIFFHANGER, 7)
    assert [s.act for s in found.shots] == [1, 2]
    assert [(n.code, n.line) for n in found.notes] == [("script.empty_act", 13)]


def test_acts_follow_the_template_when_the_script_has_none() -> None:
    text = "INT. A - DAY\n\n" + "".join(f"Rain falls on roof number {i}.\n\n" for i in range(25))
    found = broken(text)
    assert found.structure is ActStructure.MICRO_DRAMA
    assert [act.title for act in found.acts] == ["Hook", "Disruption", "Reaction", "Unresolved cut"]
    spent = [sum(s.frames for s in found.shots if s.act == n) / found.frames for n in (1, 2, 3, 4)]
    assert spent == pytest.approx([0.12, 0.33, 0.38, 0.17], abs=0.05)


def test_prose_without_headings_is_one_scene_with_a_note() -> None:
    found = broken("The rain never stopped in the harbour.\n\nA boat came in.")
    assert (len(found.script_scenes), len(found.shots), found.characters) == (1, 2, ())
    assert [(n.code, n.line) for n in found.notes] == [("script.implicit_scene", 1)]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "Title: X\n", "# Act One\n\n= Nothing\n", "[[a note]]", "/* gone */"]
)
def test_nothing_to_shoot_is_refused(text: str) -> None:
    with pytest.raises(ScreenplayError) as refused:
        broken(text)
    assert refused.value.code == "script.empty"


def test_more_than_many_features_is_refused() -> None:
    with pytest.raises(ScreenplayError) as refused:
        broken("A.\n\n" * 20_001)
    assert refused.value.code == "script.too_large"


def test_heading_alone_still_gives_a_shot() -> None:
    assert [s.purpose for s in broken("EXT. SEA - NIGHT").shots] == [Purpose.ESTABLISHING]


def test_language_comes_from_title_page_and_parenthetical() -> None:
    found = broken("Title: X\nLanguage: fr\n\nINT. A - JOUR\n\nINES\nOui.\n(in German)\nJa.")
    assert [line.language for s in found.shots for line in s.lines] == ["fr", "de"]
    assert broken("Title: X\nLanguage: elvish\n\nINT. A - DAY").notes[0].code == "script.language_unknown"


def test_hostile_words_stay_words() -> None:
    name = "hi':textfile=secret.txt:x='"
    found = broken(f"Title: {name}\n\nINT. {name.upper()} - DAY\n\n@{name}\n{name}")
    assert (found.title, found.characters[0].name) == (name, name)
    assert speaking(found)[0].lines[0].text == name


def test_same_script_gives_the_same_breakdown() -> None:
    assert broken(TALK).as_json() == broken(TALK).as_json()


def test_five_hundred_scenes_all_break_down() -> None:
    speech = "INES\nWhere were you?\n\nAUGUST\nOn the boat.\n\n"
    scene = f"INT. ROOM {{}} - NIGHT\n\nInes walks in. The rain falls.\n\n{speech}"
    text = "".join(scene.format(i) for i in range(500))
    found = broken(text)
    assert (len(found.scenes), len(found.shots), len(found.characters)) == (500, 1500, 2)


def test_a_sentence_is_not_cut_where_a_shot_can_hold_it_and_a_monster_is_cut_at_its_clauses() -> None:
    one = "Ines, a pilot in a yellow coat that has seen the war, opens a ledger."
    found = broken(f"INT. OFFICE - NIGHT\n\nA lamp. {one}\n")
    assert [shot.action for shot in found.shots] == ["A lamp.", one]
    clause = "they walk along the long wet harbour wall under lamps"
    long = broken(f"EXT. QUAY - NIGHT\n\n{', '.join([clause] * 4)}.\n")
    assert [shot.action.rstrip(",.") for shot in long.shots] == [clause] * 4
