"""SSML is spoken when it is asked for, and only what is safe of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from craft.sound import SpeechRefused, Voice, speak
from craft.sound.speech import Speech
from craft.sound.wav import read_wav
from tests.sound.analysis import pitch

VOICE = Voice("en-us", 44, 165, 30, 1.08)


def _say(markup: str, folder: Path, name: str = "a", language: str = "en") -> Speech:
    return speak(markup, language=language, voice=VOICE, out=folder / f"{name}.wav", ssml=True)


def _level(said: Speech) -> float:
    return float(np.sqrt(np.square(read_wav(said.path)[0]).mean()))


@pytest.mark.parametrize("ms", [120, 700, 2500])
def test_a_break_lasts_what_it_says(ms: int, tmp_path: Path) -> None:
    said = _say(f"Stop here<break time='{ms}ms'/>take care", tmp_path)
    pause = next(p for p in said.phonemes if not p.symbol)
    assert pause.ms == pytest.approx(ms, abs=8)
    signal, rate = read_wav(said.path)
    middle = signal[(pause.at_ms + 100) * rate // 1000 : (pause.at_ms + ms) * rate // 1000]
    assert ms < 300 or np.abs(middle).max() < 0.05


def test_marks_tell_when_they_are_reached(tmp_path: Path) -> None:
    said = _say(
        '<speak><mark name="a"/>One two <mark name="b &amp; c"/>three<break time="500ms"/>'
        '<mark name="d"/>four<mark name="e"/></speak>',
        tmp_path,
    )
    at = {mark.name: mark.at_ms for mark in said.marks}
    assert list(at) == ["a", "b & c", "d", "e"]
    starts = {p.symbol: p.at_ms for p in reversed(said.phonemes)}
    assert at["a"] < 40
    assert at["b & c"] == pytest.approx(starts["θ"], abs=30)
    assert at["d"] == pytest.approx(starts["f"], abs=30)
    assert at["e"] >= starts["f"] + 100


def test_prosody_and_emphasis_are_heard(tmp_path: Path) -> None:
    text = "We were away a year ago"
    plain = _say(text, tmp_path)
    slow = _say(f'<prosody rate="70%">{text}</prosody>', tmp_path, "b")
    high = _say(f'<prosody pitch="+4st">{text}</prosody>', tmp_path, "c")
    assert slow.seconds > 1.25 * plain.seconds
    ratio = pitch(read_wav(high.path)[0]) / pitch(read_wav(plain.path)[0])
    assert ratio == pytest.approx(2 ** (4 / 12), rel=0.08)
    loud = _say(f'{text} <prosody volume="-12dB">{text}</prosody>', tmp_path, "d")
    signal, _ = read_wav(loud.path)
    first, second = signal[: signal.size // 2], signal[signal.size // 2 :]
    assert np.square(second).mean() < 0.3 * np.square(first).mean()
    strong = _say('We were <emphasis level="strong">away</emphasis> a year ago', tmp_path, "e")
    assert strong.seconds > 1.03 * plain.seconds
    assert _level(plain) == pytest.approx(_level(high), rel=0.2)


def test_say_as_and_sub_choose_the_words(tmp_path: Path) -> None:
    said = _say(
        "Dial <say-as interpret-as='digits'>407</say-as>, not <say-as interpret-as='cardinal'>407</say-as>; "
        "the <say-as interpret-as='ordinal'>3</say-as> <say-as interpret-as='characters'>ab1</say-as> of "
        "<sub alias='World Wide Web'>WWW</sub>",
        tmp_path,
    )
    assert said.said == "Dial four oh seven, not four hundred seven; the third A B one of World Wide Web"


def test_plain_text_is_never_read_as_markup(tmp_path: Path) -> None:
    text = 'a <break time="9s"/> &amp; b'
    said = speak(text, voice=VOICE, out=tmp_path / "a.wav")
    assert said.seconds < 6
    assert said.marks == ()
    # what looks like markup after its entities are read is text as well
    nested = _say("say &lt;break time='9s'/&gt; now", tmp_path, "b")
    assert nested.seconds < 5


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<speak>a & b</speak>", "not well formed"),
        ("<speak>never closed", "not well formed"),
        ('<!DOCTYPE s [<!ENTITY x "y">]><speak>&x;</speak>', "declarations"),
        ("<audio src='/etc/passwd'/>hi", "<audio> is not read"),
        ("<voice name='x'>hi</voice>", "<voice> is not read"),
        ("<break time='99s'/>hi", "no time up to 10 s"),
        ("hi" + "<break time='10s'/>" * 7, "longer than 60 s together"),
        ("<prosody rate='fastest'>hi</prosody>", "the rate of <prosody>"),
        ("<prosody pitch='-100%'>hi</prosody>", "the pitch of <prosody>"),
        ("<prosody volume='+9'>hi</prosody>", "the volume of <prosody>"),
        ("<emphasis level='much'>hi</emphasis>", "the level of <emphasis>"),
        ("<say-as interpret-as='code'>hi</say-as>", "not as 'code'"),
        ("<s onload='x'>hi</s>", "<s> has no onload"),
        ("<p>" * 20 + "hi" + "</p>" * 20, "too deep"),
        ("<s/>" * 2100 + "hi", "more than 2000 elements"),
        ("<sub>hi</sub>", "needs an alias"),
        ("<mark/>hi", "needs a name"),
    ],
)
def test_markup_that_is_unknown_or_broken_is_refused_by_name(markup: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SpeechRefused, match=told) as refused:
        _say(markup, tmp_path)
    assert refused.value.code == "sound.ssml"
    assert list(tmp_path.iterdir()) == []


def test_markup_without_words_has_nothing_to_say(tmp_path: Path) -> None:
    with pytest.raises(SpeechRefused) as refused:
        _say("<speak><break/><mark name='a'/></speak>", tmp_path)
    assert refused.value.code == "sound.no_words"


def test_markup_is_read_in_other_languages(tmp_path: Path) -> None:
    said = _say("我用 <emphasis>iPhone</emphasis><break time='400ms'/>打电话", tmp_path, language="zh")
    heard = "".join(p.symbol for p in said.phonemes)
    assert "foʊn" in heard
    assert any(p.ms == pytest.approx(400, abs=8) for p in said.phonemes if not p.symbol)
