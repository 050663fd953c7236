"""Speech says what it is given, in voices that differ, with times that fit the sound."""

from __future__ import annotations

import io
import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from craft.sound import VOICES, SpeechRefused, Voice, emotion_of, speak, speech, voice_for
from craft.sound.__main__ import main
from craft.sound.registers import hertz_of, register_of
from craft.sound.wav import read_wav
from craft.terms.speech import Viseme
from tests.sound.analysis import centroid, pitch

LINE = "The harbour is closed tonight. Nobody leaves before the fog lifts."
PLAIN = Voice("en-us", 50, 170, 50)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> speech.Speech:
    return speak(LINE, voice=PLAIN, out=tmp_path_factory.mktemp("speech") / "line.wav")


def test_speak_writes_48_khz_mono_below_full_scale_and_without_silent_ends(spoken: speech.Speech) -> None:
    signal, rate = read_wav(spoken.path)
    assert (rate, signal.ndim, spoken.sample_rate) == (48_000, 1, 48_000)
    assert signal.size / rate == pytest.approx(spoken.seconds)
    assert 0.2 < np.abs(signal).max() < 10 ** (-1.4 / 20)
    loud = np.flatnonzero(np.abs(signal) > 0.01)
    assert loud[0] / rate < 0.06
    assert (signal.size - loud[-1]) / rate < 0.25


def test_phonemes_rise_inside_the_sound_and_spell_the_line(spoken: speech.Speech) -> None:
    times = [p.at_ms for p in spoken.phonemes]
    assert times == sorted(times)
    assert all(p.ms > 0 for p in spoken.phonemes)
    assert spoken.phonemes[-1].at_ms + spoken.phonemes[-1].ms <= spoken.seconds * 1000
    assert "".join(p.symbol for p in spoken.phonemes).startswith("ðəhɑːɹb")


def test_phoneme_times_match_what_is_heard(spoken: speech.Speech) -> None:
    signal, rate = read_wav(spoken.path)

    def energy(phoneme: speech.Phoneme) -> float:
        part = signal[phoneme.at_ms * rate // 1000 : (phoneme.at_ms + phoneme.ms) * rate // 1000]
        return float(np.square(part).mean())

    pauses = [energy(p) for p in spoken.phonemes if not p.symbol and p.ms > 60]
    vowels = [energy(p) for p in spoken.phonemes if p.symbol[:1] in "ɑoaeiɛɪ" and p.ms > 60]
    assert pauses
    assert np.mean(pauses) < 0.1 * np.mean(vowels)


def test_visemes_start_and_end_at_rest_and_move_between(spoken: speech.Speech) -> None:
    shapes = [cue.viseme for cue in spoken.visemes]
    assert shapes[0] == shapes[-1] == Viseme.REST
    assert Viseme.CLOSED in shapes
    assert Viseme.OPEN in shapes
    assert len({cue.at_ms for cue in spoken.visemes}) == len(spoken.visemes)


def test_two_voices_differ_in_pitch_and_formants(tmp_path: Path) -> None:
    low = Voice("en-us", 40, 160, 10, 0.85)
    high = Voice("en-us", 40, 160, 10, 1.25)
    raised = Voice("en-us", 75, 160, 10, 0.85)
    sounds = {}
    for name, voice in (("low", low), ("high", high), ("raised", raised)):
        speak(LINE, voice=voice, out=tmp_path / f"{name}.wav")
        sounds[name] = read_wav(tmp_path / f"{name}.wav")[0]
    # the same pitch was asked: the throat alone differs
    assert pitch(sounds["high"]) == pytest.approx(pitch(sounds["low"]), rel=0.12)
    assert centroid(sounds["high"]) > 1.15 * centroid(sounds["low"])
    # the same throat: pitch alone differs (35 of 50 steps to the octave)
    assert pitch(sounds["raised"]) > 1.45 * pitch(sounds["low"])


def test_formant_change_keeps_the_speaking_rate(tmp_path: Path) -> None:
    small = speak(LINE, voice=Voice("en-us", 50, 160, 50, 1.25), out=tmp_path / "a.wav")
    large = speak(LINE, voice=Voice("en-us", 50, 160, 50, 0.85), out=tmp_path / "b.wav")
    assert small.seconds == pytest.approx(large.seconds, rel=0.08)


def test_a_register_compensates_for_playing_faster() -> None:
    plain, small = (register_of(Voice("en-us", 40, 150, 50, formant)) for formant in (1.0, 1.25))
    assert (plain.factor, small.factor) == (1.0, 1.25)
    assert (plain.rate, small.rate) == (150, 120)
    assert small.pitch < plain.pitch
    assert hertz_of(84) == pytest.approx(2 * hertz_of(34))
    child = register_of(VOICES["child_bright"])
    assert (child.variant, child.factor) == ("f2", pytest.approx(1.2))
    # a feeling raises the pitch and never changes the register
    raised = register_of(Voice("en-us", 75, 160, 50, 1.0), Voice("en-us", 46, 160, 50, 1.0))
    assert raised.variant == ""


def test_every_voice_of_the_cast_differs_from_every_other(tmp_path: Path) -> None:
    figures = {(v.pitch, v.formant, v.rate) for v in VOICES.values()}
    assert len(figures) == len(VOICES) == 12
    assert voice_for(3) == VOICES["bass_gravel"]
    assert voice_for(15) != voice_for(3)
    assert voice_for(15) == voice_for(15)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("--help", "hɛlp"),
        ("-v de Hallo", "hæloʊ"),
        ('<speak><break time="9s"/>stop</speak>', "spiːk"),
        ("say [[h@l'oU]] now", "seɪ"),
        ("one\x00two", "wʌntuː"),
        ("\"quoted\" and 'single'; rm -rf $(x) `y`", "kwoʊ"),
        ("Мара ушла", ""),
    ],
)
def test_odd_text_is_spoken_as_text(text: str, heard: str, tmp_path: Path) -> None:
    language = "ru" if "Мара" in text else "en"
    said = speak(text, language=language, voice=PLAIN, out=tmp_path / "odd.wav")
    assert heard in "".join(p.symbol for p in said.phonemes)
    assert said.seconds < 9


def test_cyrillic_is_read_by_its_own_voice(tmp_path: Path) -> None:
    said = speak("Дождь прекратился.", language="ru", voice=PLAIN, out=tmp_path / "ru.wav")
    assert "".join(p.symbol for p in said.phonemes).startswith("doʃ")
    assert said.note == ""


def test_a_language_without_a_voice_says_that_another_stands_in(tmp_path: Path) -> None:
    said = speak("Roobku wuu istaagay.", language="so", voice=PLAIN, out=tmp_path / "so.wav")
    assert said.substitute == "Swahili"
    assert said.label == "Draft voice"
    assert said.note == "Somali has no voice of its own; Swahili stands in for timing."


@pytest.mark.parametrize(
    ("language", "text", "heard"), [("zh", "重庆银行", "tshon"), ("ja", "港は閉鎖された", "minatowa")]
)
def test_chinese_and_japanese_signs_are_read_and_not_spelled(
    language: str, text: str, heard: str, tmp_path: Path
) -> None:
    said = speak(text, language=language, voice=PLAIN, out=tmp_path / "cjk.wav")
    plain = unicodedata.normalize("NFD", "".join(p.symbol for p in said.phonemes))
    assert "".join(c for c in plain if c.isascii() or c in "ɕʃ").replace(".", "").startswith(heard)
    assert said.note == ""


def test_a_line_is_fitted_by_at_most_15_percent(tmp_path: Path) -> None:
    free = speak(LINE, voice=PLAIN, out=tmp_path / "free.wav")
    fitted = speak(LINE, voice=PLAIN, out=tmp_path / "fit.wav", max_seconds=free.seconds * 0.93)
    assert fitted.fitted
    assert fitted.seconds <= free.seconds * 0.93
    assert 170 < fitted.rate_used <= 195
    long = speak(LINE, voice=PLAIN, out=tmp_path / "long.wav", max_seconds=free.seconds * 0.5)
    assert not long.fitted
    assert long.rate_used == 195
    assert "longer than" in long.note


def test_emotion_changes_the_performance(tmp_path: Path) -> None:
    calm = speak(LINE, voice=PLAIN, out=tmp_path / "calm.wav")
    urgent = speak(LINE, voice=PLAIN, out=tmp_path / "urgent.wav", emotion="urgent")
    whisper = speak(LINE, voice=PLAIN, out=tmp_path / "whisper.wav", emotion="whisper")
    assert urgent.seconds < 0.92 * calm.seconds
    quiet, loud = read_wav(whisper.path)[0], read_wav(calm.path)[0]
    assert np.sqrt(np.square(quiet).mean()) < 0.6 * np.sqrt(np.square(loud).mean())


@pytest.mark.parametrize(
    ("words", "emotion"),
    [
        ("(whispering)", "whisper"),
        ("(angrily, to Jonas)", "angry"),
        ("(softly)", "tender"),
        ("(beat)", "neutral"),
    ],
)
def test_a_parenthetical_names_an_emotion(words: str, emotion: str) -> None:
    assert emotion_of(words) == emotion


def test_speech_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        speak("Again.", voice=VOICES["alto_husky"], out=tmp_path / f"{name}.wav")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("", "en", "sound.no_words"),
        ("(beat)", "en", "sound.no_words"),
        ("…", "en", "sound.no_words"),
        ("word " * 5000, "en", "sound.speech_too_long"),
        ("Hello", "xx", "sound.unknown_language"),
    ],
)
def test_what_cannot_be_spoken_is_refused_and_nothing_is_written(
    text: str, language: str, code: str, tmp_path: Path
) -> None:
    with pytest.raises(SpeechRefused) as refused:
        speak(text, language=language, voice=PLAIN, out=tmp_path / "none.wav")
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_speaks_ssml_into_a_window_and_lists_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("One <mark name='a'/>two<break time='300ms'/>three"))
    out = str(tmp_path / "a.wav")
    assert main(["speak", "--ssml", "--min-seconds", "1", "--max-seconds", "4", out]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [mark["name"] for mark in told["marks"]] == ["a"]
    assert (told["fitted"], told["label"]) == (True, "Draft voice")
    assert main(["languages"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 74
    assert sum("stands in" in row["mark"] for row in rows) == 9
    monkeypatch.setattr("sys.stdin", io.StringIO("<b>One</b>"))
    assert main(["speak", "--ssml", out]) == 1
    assert capsys.readouterr().err.startswith("sound.ssml: ")
