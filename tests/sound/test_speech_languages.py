"""Every language of the table is spoken: by its own voice, or by one that says it stands in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from craft.sound import Voice, speak
from craft.sound.speech import Speech
from craft.sound.wav import read_wav
from craft.terms.languages import LANGUAGES, Language

# As the table was measured; its figures count the engine's silence at the end, a file only what sounds.
PLAIN = Voice("en-us", 50, 165, 50)
SAMPLE = ("en", "fr", "ar", "hi", "ja", "zh", "ko", "th", "so", "sw")


def _check(row: Language, said: Speech) -> None:
    signal, _ = read_wav(said.path)
    assert np.sqrt(np.square(signal).mean()) > 0.02, row.name
    assert said.seconds == pytest.approx(row.sample_seconds + 0.1, rel=0.16), row.name
    assert sum(bool(p.symbol) for p in said.phonemes) >= 4, row.name
    assert len({cue.viseme for cue in said.visemes}) >= 3, row.name
    assert bool(said.substitute) == (row.status == "substitute-only")
    assert ("stands in" in said.note) == bool(said.substitute)


@pytest.mark.parametrize("code", SAMPLE)
def test_a_language_is_spoken_as_the_table_says(code: str, tmp_path: Path) -> None:
    row = LANGUAGES[code]
    _check(row, speak(row.sample, language=code, voice=PLAIN, out=tmp_path / "line.wav"))


@pytest.mark.slow
def test_all_seventy_four_languages_are_spoken(tmp_path: Path) -> None:
    for code, row in LANGUAGES.items():
        _check(row, speak(row.sample, language=code, voice=PLAIN, out=tmp_path / "line.wav"))


def _heard(said: Speech) -> str:
    return "".join(p.symbol for p in said.phonemes)


def test_letters_of_another_language_are_read_by_it_and_noted(tmp_path: Path) -> None:
    said = speak("Мара ушла домой", language="en", voice=PLAIN, out=tmp_path / "a.wav")
    assert _heard(said).startswith("mɑra")
    assert said.note == (
        "The line is written in Cyrillic letters, not in those of English; it is read as Russian."
    )
    # a name in another script changes nothing
    mixed = speak("Дождь в Oslo прекратился", language="ru", voice=PLAIN, out=tmp_path / "b.wav")
    assert mixed.note == ""


def test_mandarin_reads_figures_polyphones_and_latin_words(tmp_path: Path) -> None:
    text = "2024年3月5日，行长用iPhone打电话，花了25%的钱。"
    said = speak(text, language="zh", voice=PLAIN, out=tmp_path / "a.wav")
    assert said.said == "二零二四年三月五日，行长用iPhone打电话，花了百分之二十五的钱。"
    heard = _heard(said)
    assert "χaŋ" in heard
    assert "aɪfoʊn" in heard.replace("(en)", "")
    assert "lɛɾɚ" not in heard


def test_japanese_reads_figures_long_vowels_and_latin_words(tmp_path: Path) -> None:
    text = "2024年3月5日、NHKのニュースを見た。コーヒーとiPhone、10:30。"
    said = speak(text, language="ja", voice=PLAIN, out=tmp_path / "a.wav")
    heard = _heard(said)
    assert "säŋɡätsɯ" in heard
    assert "nʲɯ" in heard
    assert "dʒapəniːz" not in heard
    assert "ɛneɪtʃkeɪ" in heard
    assert said.note == ""
    assert not any(c.isdecimal() for c in said.said)


def test_a_long_line_in_signs_is_read_to_its_end(tmp_path: Path) -> None:
    said = speak("我们在码头等了很久，船没有来。" * 20, language="zh", voice=PLAIN, out=tmp_path / "a.wav")
    assert 60 < said.seconds < 130
    assert sum(p.symbol == "" for p in said.phonemes) >= 38
    assert said.phonemes[-2].at_ms > 0.97 * said.seconds * 1000


def test_joiners_stay_and_direction_marks_go(tmp_path: Path) -> None:
    said = speak("\u200fمی\u200cروم به \u202bخانه\u202c", language="fa", voice=PLAIN, out=tmp_path / "a.wav")
    assert said.said == "می\u200cروم به خانه"
    assert "miravam" in _heard(said)
