from __future__ import annotations

import pytest

from craft.terms.speech import MOUTHS, Viseme, viseme_of


@pytest.mark.parametrize(
    ("sounds", "shape"),
    [
        ("p b m", Viseme.CLOSED),
        ("f v", Viseme.LIP_TEETH),
        ("θ ð T D", Viseme.TONGUE_TEETH),
        ("s z t d n", Viseme.TEETH),
        ("ʃ tʃ dʒ S tS r", Viseme.PUSHED),
        ("ɑː aɪ ˈa ʌ A: V", Viseme.OPEN),
        ("iː ɪ i: I", Viseme.SPREAD),
        ("uː w ʊ U", Viseme.PUCKER),
        ("ɔː oʊ O:", Viseme.ROUNDED),
        ("ə ɛ eɪ E @", Viseme.MID),
        ("l ɫ", Viseme.TONGUE_UP),
        ("k ɡ ŋ h", Viseme.BACK),
        ("_: _ ˈ", Viseme.REST),
    ],
)
def test_viseme_of_names_the_mouth_of_ipa_and_espeak_sounds(sounds: str, shape: Viseme) -> None:
    assert {sound: viseme_of(sound) for sound in sounds.split()} == dict.fromkeys(sounds.split(), shape)


def test_viseme_of_reads_stress_length_and_nasal_marks_as_nothing() -> None:
    assert viseme_of("ɔ̃ː") is Viseme.ROUNDED
    assert viseme_of("") is Viseme.REST
    assert viseme_of("ɧ") is Viseme.MID  # a sound nobody listed still opens the mouth


def test_mouths_are_distinct_and_within_range() -> None:
    assert set(MOUTHS) == set(Viseme)
    shapes = [(m.width, m.open, m.round, m.smile) for m in MOUTHS.values()]
    assert len(set(shapes)) == len(shapes)
    assert all(0 <= value <= 1 for shape in shapes for value in shape)
    assert MOUTHS[Viseme.CLOSED].open == 0
    assert MOUTHS[Viseme.OPEN].open > MOUTHS[Viseme.MID].open > MOUTHS[Viseme.TEETH].open
