"""The engine lives in processes that are kept, replaced and stopped; one line never harms another."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from craft.sound import VOICES, Line, SoundEngineMissing, SoundError, Speech, Voice, espeak, speak, speak_many
from craft.sound.children import Children

PLAIN = Voice("en-us", 50, 170, 50)
ECHO = """
import json, os, sys, time
for line in sys.stdin.buffer:
    told = json.loads(line)
    if told["do"] == "die": os._exit(3)
    if told["do"] == "sleep": time.sleep(60)
    body = b"x" * told.get("size", 0)
    sys.stdout.buffer.write(json.dumps({"pid": os.getpid(), "bytes": len(body)}).encode() + b"\\n" + body)
    sys.stdout.buffer.flush()
    if told["do"] == "leave": break
"""


@pytest.fixture
def echo(tmp_path: Path) -> Children:
    script = tmp_path / "echo.py"
    script.write_text(ECHO)
    return Children(script, "-I", "-S")


def test_a_child_is_kept_for_the_next_request_of_its_key(echo: Children) -> None:
    first, body = echo.ask({"do": "go", "size": 3_000_000}, key="a", seconds=20)
    assert len(body) == 3_000_000
    assert echo.ask({"do": "go"}, key="a", seconds=20)[0]["pid"] == first["pid"]
    assert echo.ask({"do": "go"}, key="b", seconds=20)[0]["pid"] != first["pid"]
    echo.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first["pid"], 0)


def test_a_child_that_has_left_is_replaced(echo: Children) -> None:
    first = echo.ask({"do": "leave"}, key="a", seconds=20)[0]["pid"]
    assert echo.ask({"do": "go"}, key="a", seconds=20)[0]["pid"] != first
    echo.close()


def test_a_child_that_dies_or_hangs_is_a_typed_error_and_leaves_nothing_running(echo: Children) -> None:
    with pytest.raises(SoundError) as ended:
        echo.ask({"do": "die"}, key="a", seconds=20)
    assert ended.value.code == "sound.speech_process"
    started = time.monotonic()
    with pytest.raises(SoundError) as late:
        echo.ask({"do": "sleep"}, key="a", seconds=0.5)
    assert late.value.code == "sound.timeout"
    assert time.monotonic() - started < 30
    assert echo._idle == []


def test_the_same_line_is_the_same_whatever_was_spoken_before(tmp_path: Path) -> None:
    espeak.CHILDREN.close()
    speak("Again and again.", voice=VOICES["alto_husky"], out=tmp_path / "fresh.wav")
    speak("Something <b>else</b>, at length.", voice=VOICES["child_bright"], out=tmp_path / "other.wav")
    speak("Again and again.", voice=VOICES["alto_husky"], out=tmp_path / "later.wav")
    assert (tmp_path / "fresh.wav").read_bytes() == (tmp_path / "later.wav").read_bytes()


def test_many_lines_are_spoken_in_order_and_a_refused_one_stops_no_other(tmp_path: Path) -> None:
    texts = ["One.", "…", "Three.", "Four."]
    lines = [Line(text, PLAIN, tmp_path / f"{n}.wav") for n, text in enumerate(texts)]
    told = speak_many(lines)
    assert [type(one).__name__ for one in told] == ["Speech", "SpeechRefused", "Speech", "Speech"]
    assert [one.path.name for one in told if isinstance(one, Speech)] == ["0.wav", "2.wav", "3.wav"]
    speak("Three.", voice=PLAIN, out=tmp_path / "alone.wav")
    assert (tmp_path / "alone.wav").read_bytes() == (tmp_path / "2.wav").read_bytes()


def test_a_line_that_crashes_the_engine_ends_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "child.py"
    crash = 'if "crash" in request["segments"][0]["text"]: ctypes.string_at(0)\n'
    source = espeak.CHILD.read_text()
    assert "        parts = [self._segment" in source
    script.write_text(
        source.replace("        parts = [self._segment", f"        {crash}        parts = [self._segment")
    )
    monkeypatch.setattr(espeak, "CHILDREN", Children(script, "-I", "-S"))
    first = speak("well", voice=PLAIN, out=tmp_path / "a.wav")
    child = espeak.CHILDREN._idle[0].process.pid
    with pytest.raises(SoundError, match="ended with signal 11") as crashed:
        speak("crash", voice=PLAIN, out=tmp_path / "b.wav")
    assert crashed.value.code == "sound.speech_process"
    assert not (tmp_path / "b.wav").exists()
    again = speak("well", voice=PLAIN, out=tmp_path / "c.wav")
    assert again.phonemes == first.phonemes
    assert espeak.CHILDREN._idle[0].process.pid == child
    espeak.CHILDREN.close()


def test_a_text_is_never_an_argument(tmp_path: Path) -> None:
    speak("-v de --help $(rm) `x`", voice=PLAIN, out=tmp_path / "a.wav")
    for child in espeak.CHILDREN._idle:
        arguments = child.process.args
        assert isinstance(arguments, list)
        assert arguments[1:] == ["-I", "-S", str(espeak.CHILD)]


def test_an_unknown_voice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundError) as refused:
        speak("Hello", voice=Voice("en-xx", 50, 170, 50), out=tmp_path / "a.wav")
    assert refused.value.code == "sound.unknown_voice"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_engine_names_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(espeak.CHILD.read_text().replace('"libespeak-ng', '"libabsent'))
    monkeypatch.setattr(espeak, "CHILDREN", Children(child, "-I", "-S"))
    monkeypatch.setattr(espeak, "bundled", lambda: (None, None))
    with pytest.raises(SoundEngineMissing, match="apt-get install espeak-ng"):
        speak("Hello", voice=PLAIN, out=tmp_path / "none.wav")
    espeak.CHILDREN.close()


def test_a_very_long_text_is_spoken_to_its_end(tmp_path: Path) -> None:
    said = speak("Nobody came. " * 200, voice=PLAIN, out=tmp_path / "a.wav")
    assert said.seconds > 150
    assert sum(p.symbol == "n" for p in said.phonemes) >= 200
    assert said.phonemes[-2].at_ms > 0.98 * said.seconds * 1000
