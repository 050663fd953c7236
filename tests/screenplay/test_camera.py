"""What the script says about the camera, in notes and in plain words."""

from __future__ import annotations

import pytest

from craft.screenplay.camera import direction_in, shot_note
from craft.screenplay.transitions import transition_of
from craft.terms.cuts import EditorialCut, Transition
from craft.terms.shots import Direction, Movement, Optics


def fixed(directive: object) -> dict[str, object]:
    return {name: getattr(directive, name) for name in directive.named}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("note", "values"),
    [
        (
            "shot: cu low_angle dolly in slow 35mm 4.5s",
            {
                "size": "cu",
                "angle": "low_angle",
                "movement": "dolly",
                "direction": "in",
                "speed": "slow",
                "focal_mm": 35,
                "seconds": 4.5,
            },
        ),
        (
            "Shot: low angle, two-shot handheld medium fast",
            {
                "angle": "low_angle",
                "framing": "two_shot",
                "movement": "handheld",
                "direction": "medium",
                "speed": "fast",
            },
        ),
        (
            "shot: arc cw 60deg az0 roll-8 96f dissolve fear",
            {
                "movement": "arc",
                "direction": "cw",
                "arc_degrees": 60.0,
                "azimuth": 0,
                "roll_degrees": -8.0,
                "frames": 96,
                "transition": "dissolve",
                "emotion": "fear",
            },
        ),
        ("shot: az-45 on INES + AUGUST", {"azimuth": 315, "subjects": ("INES", "AUGUST")}),
        (
            "shot: insert\nstatic on Ines and the Pilot",
            {"size": "insert", "movement": "static", "subjects": ("Ines", "the Pilot")},
        ),
        ("shot: hold", {"hold": True}),
    ],
)
def test_shot_note_reads_its_words_in_any_order(note: str, values: dict[str, object]) -> None:
    found = shot_note(note)
    assert found
    assert (fixed(found[0]), found[1]) == (values, ())


@pytest.mark.parametrize(
    ("note", "values"),
    [
        (
            "cu dolly zoom out f1.8",
            {"optics": Optics.DOLLY_ZOOM, "optics_direction": Direction.OUT, "aperture": 1.8},
        ),
        ("ms static rack focus", {"optics": Optics.RACK_FOCUS, "movement": Movement.STATIC}),
        (
            "cu dolly in zoom out",
            {"movement": Movement.DOLLY, "direction": Direction.IN, "optics": Optics.ZOOM},
        ),
        (
            "ms roll ccw roll14",
            {"optics": Optics.ROLL, "optics_direction": Direction.CCW, "roll_degrees": 14.0},
        ),
        ("ms roll", {"optics": Optics.ROLL, "optics_direction": Direction.CW}),
    ],
)
def test_shot_note_moves_the_lens(note: str, values: dict[str, object]) -> None:
    directive, unknown = shot_note(f"shot: {note}") or pytest.fail("not a shot note")
    assert {name: getattr(directive, name) for name in values} == values
    assert unknown == ()


def test_shot_note_names_the_words_it_does_not_know() -> None:
    found = shot_note("shot: cu wobble 4.5x")
    assert found
    assert found[1] == ("wobble", "4.5x")
    assert shot_note("think about this shot: later") is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("CLOSE ON INES. She looks up.", {"size": "cu"}),
        ("WIDE - the pier at night.", {"size": "ws"}),
        ("OVERHEAD. The pier.", {"angle": "overhead"}),
        ("LOW ANGLE, 24mm: the crane.", {"angle": "low_angle", "focal_mm": 24}),
        ("We dolly in slowly on the box.", {"movement": "dolly", "direction": "in", "speed": "slow"}),
        ("The pier. Pan left to the car.", {"movement": "pan", "direction": "left"}),
        ("Overhead, handheld.", {"angle": "overhead", "movement": "handheld"}),
        ("Crane up. Arc around her.", {"movement": "crane", "direction": "up"}),
    ],
)
def test_plain_words_direct_the_camera(text: str, values: dict[str, object]) -> None:
    assert fixed(direction_in(text)) == values


@pytest.mark.parametrize(
    "text",
    [
        "The lamp overhead swings.",
        "Her eyes go wide as he moves close.",
        "A handheld radio crackles.",
        "She inserts a coin.",
        "An arc of light.",
        "He pans for gold.",
        "The dolly lies on the floor.",
    ],
)
def test_plain_prose_directs_nothing(text: str) -> None:
    assert direction_in(text).named == ()


@pytest.mark.parametrize(
    ("line", "kind", "meaning"),
    [
        ("DISSOLVE TO:", Transition.DISSOLVE, None),
        ("FADE IN:", Transition.FADE_BLACK, None),
        ("FADE TO WHITE.", Transition.FADE_WHITE, None),
        ("SMASH CUT TO:", Transition.CUT, EditorialCut.SMASH_CUT),
        ("MATCH CUT TO:", Transition.CUT, EditorialCut.MATCH_CUT),
        ("WIPE RIGHT TO:", Transition.WIPE_RIGHT, None),
        ("IRIS OUT.", Transition.IRIS_CLOSE, None),
        ("WHIP PAN TO:", Transition.WHIP, None),
        ("CUT TO BLACK.", Transition.CUT, None),
    ],
)
def test_transition_lines_are_told_apart(line: str, kind: Transition, meaning: EditorialCut | None) -> None:
    assert transition_of(line) == (kind, meaning)
