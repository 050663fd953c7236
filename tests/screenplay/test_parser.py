"""Fountain, element by element, with the line of each."""

from __future__ import annotations

import time
from typing import TypeVar

import pytest

from craft.screenplay import parse
from craft.screenplay.model import (
    Action,
    Boneyard,
    Centred,
    Character,
    Dialogue,
    Element,
    Lyrics,
    Note,
    PageBreak,
    Parenthetical,
    SceneHeading,
    Section,
    Setting,
    Style,
    Synopsis,
    TransitionCue,
)

_E = TypeVar("_E", bound=Element)


def only(text: str, kind: type[_E]) -> _E:
    found = [e for e in parse(text).elements if isinstance(e, kind)]
    assert len(found) == 1, parse(text).elements
    return found[0]


def kinds(text: str) -> list[tuple[str, int, str]]:
    return [(type(e).__name__, e.line, e.text) for e in parse(text).elements]


def test_title_page_keeps_multi_line_values_and_their_lines() -> None:
    script = parse("Title:\n    _**The Long**_\n    Night\nAuthor: Élodie\n\nINT. A - DAY\n")
    assert script.title == "The Long Night"
    assert script.title_page.get("AUTHOR") == "Élodie"
    assert [entry.line for entry in script.title_page.entries] == [1, 4]
    assert kinds("He says: run.\nNow.") == [("Action", 1, "He says: run.\nNow.")]
    assert parse("FADE IN:\n\nINT. A - DAY").title_page.entries == ()


@pytest.mark.parametrize(
    ("line", "setting", "place", "time_text", "number"),
    [
        ("INT. CABIN - NIGHT #12A#", Setting.INTERIOR, "CABIN", "NIGHT", "12A"),
        ("ext. pier - dawn", Setting.EXTERIOR, "pier", "dawn", ""),
        ("INT./EXT. CAR - CONTINUOUS", Setting.BOTH, "CAR", "CONTINUOUS", ""),
        ("I/E CAR", Setting.BOTH, "CAR", "", ""),
        ("EST. CITY - DAY", Setting.ESTABLISHING, "CITY", "DAY", ""),
        ("INT. SHIP - HOLD - NIGHT", Setting.INTERIOR, "SHIP - HOLD", "NIGHT", ""),
        ("INT. SHIP - HOLD", Setting.INTERIOR, "SHIP - HOLD", "", ""),
        ("ИНТ. КАЮТА - НОЧЬ", Setting.INTERIOR, "КАЮТА", "НОЧЬ", ""),
        (".BENEATH THE ICE", Setting.UNKNOWN, "BENEATH THE ICE", "", ""),
    ],
)
def test_scene_heading_is_taken_apart(
    line: str, setting: Setting, place: str, time_text: str, number: str
) -> None:
    found = only(f"\n{line}\n\nAction.", SceneHeading)
    assert (found.setting, found.place, found.time, found.number, found.line) == (
        setting,
        place,
        time_text,
        number,
        2,
    )


@pytest.mark.parametrize(
    "line", ["Interior of the box.", "INTERN", "Est-ce vrai?", "...and then", ".38 calibre."]
)
def test_scene_heading_is_not_seen_in_prose(line: str) -> None:
    assert not any(isinstance(e, SceneHeading) for e in parse(line.replace(".38", "..38")).elements)


def test_heading_without_an_empty_line_stays_action_and_is_told() -> None:
    script = parse("He leaves.\nEXT. PIER - NIGHT\nFog.")
    assert [type(e) for e in script.elements] == [Action]
    assert [(n.code, n.line) for n in script.notes] == [("script.heading_without_gap", 2)]


@pytest.mark.parametrize(
    ("cue", "name", "extensions"),
    [
        ("ÉLODIE", "ÉLODIE", ()),
        ("МАРА", "МАРА", ()),
        ("INES (V.O.) (CONT'D)", "INES", ("V.O.", "CONT'D")),
        ("@McCLANE", "McCLANE", ()),
        ("R2-D2", "R2-D2", ()),
        ("@健太", "健太", ()),
        ("健太：", "健太", ()),
        ("INES (on the radio)", "INES", ("on the radio",)),
        ("DR. O'NEIL", "DR. O'NEIL", ()),
    ],
)
def test_character_cue_has_name_and_extensions(cue: str, name: str, extensions: tuple[str, ...]) -> None:
    script = parse(f"\n{cue}\nHello.\n")
    character, dialogue = script.elements
    assert isinstance(character, Character)
    assert isinstance(dialogue, Dialogue)
    assert (character.name, character.extensions, character.line, dialogue.line) == (name, extensions, 2, 3)


@pytest.mark.parametrize("line", ["CLOSE ON INES", "LOW ANGLE", "INES'S POV", "23", "LATER", "Ines", "健太"])
def test_character_cue_is_not_a_shot_line_number_or_caseless_word(line: str) -> None:
    assert kinds(f"\n{line}\nShe looks up.") == [("Action", 2, f"{line}\nShe looks up.")]


def test_capitals_without_speech_are_action() -> None:
    assert kinds("\nBANG\n\nSilence.") == [("Action", 2, "BANG"), ("Action", 4, "Silence.")]


def test_colon_cue_may_carry_its_line_in_scripts_without_capitals() -> None:
    assert kinds("健太：おはよう") == [("Character", 1, "健太：おはよう"), ("Dialogue", 1, "おはよう")]


def test_dialogue_holds_parentheticals_lyrics_and_kept_empty_lines() -> None:
    text = "\nINES\n(quietly,\nto him)\nOne.\n  \nTwo.\n~La la\n(beat)\nThree.\n\nAction."
    assert kinds(text) == [
        ("Character", 2, "INES"),
        ("Parenthetical", 3, "quietly, to him"),
        ("Dialogue", 5, "One.\n\nTwo."),
        ("Lyrics", 8, "La la"),
        ("Parenthetical", 9, "beat"),
        ("Dialogue", 10, "Three."),
        ("Action", 12, "Action."),
    ]
    assert only("\nA\n(b\nc)\nd", Parenthetical).end_line == 4


def test_dual_dialogue_marks_the_second_speaker() -> None:
    first, _, second, _ = parse("\nINES\nNow!\n\nAUGUST ^\nNow!").elements
    assert isinstance(first, Character)
    assert isinstance(second, Character)
    assert (first.dual, second.dual, second.name) == (False, True, "AUGUST")


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("CUT TO:", TransitionCue, "CUT TO:"),
        ("DISSOLVE TO:", TransitionCue, "DISSOLVE TO:"),
        ("FADE IN:", TransitionCue, "FADE IN:"),
        ("FADE OUT.", TransitionCue, "FADE OUT."),
        ("> Burn to white.", TransitionCue, "Burn to white."),
        ("> THE END <", Centred, "THE END"),
        ("~ Sing it", Lyrics, "Sing it"),
        ("# Act One", Section, "Act One"),
        ("= What happens", Synopsis, "What happens"),
        ("====", PageBreak, ""),
        ("!INT. NOT A HEADING", Action, "INT. NOT A HEADING"),
        ("[[a note]]", Note, "a note"),
        ("/* gone */", Boneyard, "gone"),
    ],
)
def test_marked_lines_become_their_element(text: str, kind: type[Element], shown: str) -> None:
    found = only(f"\n{text}\n", kind)
    assert (found.text, found.line) == (shown, 2)


def test_forced_action_is_not_a_cue() -> None:
    assert kinds("\n!SCANNING...\nWhere is it?") == [("Action", 2, "SCANNING...\nWhere is it?")]


def test_section_levels_are_counted() -> None:
    assert [e.level for e in parse("# A\n\n### C").elements if isinstance(e, Section)] == [1, 3]


def test_notes_and_boneyard_leave_the_text_and_keep_its_lines() -> None:
    text = "One [[first\nnote]] two.\n\n/* gone\n\nINT. LOST - DAY\n*/\nThree [[n]] four."
    assert kinds(text) == [
        ("Note", 1, "first\nnote"),
        ("Action", 1, "One\ntwo."),
        ("Boneyard", 4, "gone\n\nINT. LOST - DAY"),
        ("Note", 8, "n"),
        ("Action", 8, "Three four."),
    ]


def test_note_ends_at_an_empty_line_unless_it_holds_two_spaces() -> None:
    assert [type(e) for e in parse("[[a\n\nb]]").elements] == [Action, Action]
    assert only("[[a\n  \nb]]", Note).end_line == 3


def test_unclosed_boneyard_is_text_and_told() -> None:
    script = parse("A.\n\nB /* c.")
    assert [e.text for e in script.elements] == ["A.", "B /* c."]
    assert [(n.code, n.line) for n in script.notes] == [("script.boneyard_open", 3)]


@pytest.mark.parametrize(
    ("text", "plain", "spans"),
    [
        ("a *b* c", "a b c", [(2, 3, Style.ITALIC)]),
        ("**b** _u_", "b u", [(0, 1, Style.BOLD), (2, 3, Style.UNDERLINE)]),
        ("***x***", "x", [(0, 1, Style.BOLD), (0, 1, Style.ITALIC)]),
        (r"\*not\* this", "*not* this", []),
        ("2 * 3 * 4", "2 * 3 * 4", []),
        ("**bold *both***", "bold both", [(0, 9, Style.BOLD), (5, 9, Style.ITALIC)]),
        ("*open\nclose*", "*open\nclose*", []),
    ],
)
def test_emphasis_becomes_spans_of_the_plain_text(
    text: str, plain: str, spans: list[tuple[int, int, Style]]
) -> None:
    action = only(text, Action)
    assert (action.text, [(s.start, s.end, s.style) for s in action.spans]) == (plain, spans)


def test_controls_and_direction_overrides_are_left_out_and_told() -> None:
    script = parse("\nINES\nI\u202egnore\0 me.\r\n")
    assert [e.text for e in script.elements] == ["INES", "Ignore me."]
    assert [(n.code, n.line) for n in script.notes] == [("script.control_characters", 3)]


def test_five_hundred_scenes_are_all_read() -> None:
    speech = "INES\nWhere were you?\n\nAUGUST\n(quietly)\nOn the boat.\n\n"
    one = f"INT. ROOM {{}} - NIGHT\n\nInes walks in.\n\n{speech}"
    text = "".join(one.format(i) for i in range(500))
    script = parse(text)
    assert sum(isinstance(e, SceneHeading) for e in script.elements) == 500


@pytest.mark.parametrize(
    "unit",
    ["x", "A", "*a ", "[[", "/*", "[[a\n\n", "( ", "INT. ", "**a*", "\n(a", "@a\n", "\\*", "a: ", "\u202e"],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """Ten times the text may take ten times as long, with room for a busy machine; a hundred times would show."""

    def seconds(count: int) -> float:
        start = time.process_time()
        parse(unit * count)
        return time.process_time() - start

    small = max(min(seconds(5_000) for _ in range(3)), 0.004)
    assert min(seconds(50_000) for _ in range(3)) < 50 * small


def test_forty_megabytes_in_one_line_are_one_paragraph() -> None:
    script = parse("A" * 40_000_000)
    assert [(type(e), len(e.text)) for e in script.elements] == [(Action, 40_000_000)]
