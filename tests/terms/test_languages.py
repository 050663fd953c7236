"""The table of languages, and what it tells a person who chooses one."""

from __future__ import annotations

from craft.terms.languages import LANGUAGES, language


def test_nine_languages_say_who_stands_in_for_them() -> None:
    marked = {row.name: row.substitute for row in LANGUAGES.values() if row.substitute}
    assert marked == {
        "Cebuano": "Indonesian",
        "Chichewa": "Swahili",
        "Filipino": "Indonesian",
        "Galician": "Portuguese",
        "Hausa": "Swahili",
        "Javanese": "Indonesian",
        "Lingala": "Swahili",
        "Pashto": "Persian",
        "Somali": "Swahili",
    }
    assert language("so").mark == "no voice of its own: Swahili stands in for timing"
    assert {row.status for row in LANGUAGES.values() if not row.native} == {"substitute-only"}


def test_the_mark_names_what_a_voice_reads_badly() -> None:
    assert language("en").mark == "own voice"
    assert language("he").mark == "own voice, vowels are only read where points are written"
    assert all(row.caveat for code, row in LANGUAGES.items() if code in ("ar", "fa", "ur", "he", "th", "be"))


def test_every_row_has_a_sample_with_its_measured_length_and_sounds() -> None:
    for row in LANGUAGES.values():
        assert 0.4 < row.sample_seconds < 3
        assert row.sample_phonemes
        assert row.sample
        assert row.voice
