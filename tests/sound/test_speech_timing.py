"""The length of a line is known before it is spoken, and the rate moves by at most 15 % to meet a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from craft.sound import VOICES, SpeechRefused, Voice, predict_seconds, speak

LINE = "The harbour is closed tonight. Nobody leaves before the fog lifts."
PLAIN = Voice("en-us", 50, 170, 50)
# None of these was used to measure the table of speaking times.
HELD_OUT = {
    "en": "Where were you last night? We waited until 11:30, and nobody came.",
    "de": "Wo warst du gestern Abend? Wir haben gewartet, bis die Lampen ausgingen.",
    "fr": "Où étais-tu hier soir ? Nous avons attendu jusqu'à minuit, et personne n'est venu.",
    "es": "¿Dónde estabas anoche? Esperamos hasta que se apagaron las luces.",
    "it": "Ti ho detto che la barca parte alle cinque e mezza.",
    "ru": "Где ты был вчера вечером? Мы ждали до полуночи, и никто не пришёл.",
    "pl": "Mówiłem ci, że łódź odpływa o wpół do szóstej.",
    "tr": "Dün gece neredeydin? Gece yarısına kadar bekledik.",
    "zh": "你昨天晚上在哪里？我们一直等到半夜，没有人来。",
    "ja": "昨日の夜はどこにいたの？私たちは夜中まで待っていた。",
    "ko": "어젯밤에 어디 있었어? 우리는 자정까지 기다렸어.",
    "hi": "मैंने तुमसे कहा था कि नाव साढ़े पाँच बजे जाती है।",
    "ar": "قلت لك إن القارب يغادر في الخامسة والنصف.",
    "gl": "Díxenche que o barco sae ás cinco e media.",
    "fi": "Sanoinhan sinulle, että vene lähtee puoli kuudelta.",
}


def test_lengths_are_predicted_within_a_tenth_in_the_middle_and_a_fifth_at_most(tmp_path: Path) -> None:
    errors = []
    for number, (code, text) in enumerate(HELD_OUT.items()):
        voice = list(VOICES.values())[number % len(VOICES)]
        said = speak(text, language=code, voice=voice, out=tmp_path / "a.wav")
        errors.append(predict_seconds(text, language=code, voice=voice) / said.seconds - 1)
    assert np.median(np.abs(errors)) < 0.06
    assert np.abs(errors).max() < 0.2


def test_a_prediction_follows_rate_feeling_breaks_and_figures() -> None:
    plain = predict_seconds(LINE, voice=PLAIN)
    assert predict_seconds(LINE, voice=Voice("en-us", 50, 100, 50)) > 1.5 * plain
    assert predict_seconds(LINE, voice=PLAIN, emotion="urgent") < 0.9 * plain
    broken = f"{LINE}<break time='2s'/>"
    assert predict_seconds(broken, voice=PLAIN, ssml=True) == pytest.approx(plain + 2)
    assert predict_seconds("1984", voice=PLAIN) > 2 * predict_seconds("four", voice=PLAIN)
    assert predict_seconds("(beat)", voice=PLAIN) == 0
    with pytest.raises(SpeechRefused):
        predict_seconds(LINE, language="xx", voice=PLAIN)


@pytest.mark.parametrize("share", [0.88, 0.95, 1.0, 1.06, 1.12])
def test_a_line_is_brought_into_a_window_within_15_percent(share: float, tmp_path: Path) -> None:
    free = speak(LINE, voice=PLAIN, out=tmp_path / "free.wav").seconds
    low, high = free * share - 0.12, free * share + 0.12
    said = speak(LINE, voice=PLAIN, out=tmp_path / "a.wav", min_seconds=low, max_seconds=high)
    assert said.fitted
    assert low <= said.seconds <= high
    assert 145 <= said.rate_used <= 195
    assert said.note == ""


def test_a_window_out_of_reach_is_said_so(tmp_path: Path) -> None:
    free = speak(LINE, voice=PLAIN, out=tmp_path / "free.wav").seconds
    short = speak(LINE, voice=PLAIN, out=tmp_path / "a.wav", min_seconds=2 * free)
    assert (short.fitted, short.rate_used) == (False, 145)
    assert "at −15 %, shorter than" in short.note
    assert free < short.seconds < 1.25 * free
    long = speak(LINE, voice=PLAIN, out=tmp_path / "a.wav", max_seconds=free / 2)
    assert (long.fitted, long.rate_used) == (False, 195)
    assert "at +15 %, longer than" in long.note


@pytest.mark.parametrize(
    "window", [(None, 0.0), (None, float("nan")), (3.0, 2.0), (float("inf"), None), (-1, None)]
)
def test_an_impossible_window_is_refused(window: tuple[float | None, float | None], tmp_path: Path) -> None:
    with pytest.raises(SpeechRefused) as refused:
        speak(LINE, voice=PLAIN, out=tmp_path / "a.wav", min_seconds=window[0], max_seconds=window[1])
    assert refused.value.code == "sound.window"
