"""Any text is a screenplay: parsing never raises, and every line number points at its words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from craft.screenplay import Breakdown, ScreenplayError, breakdown, decode, parse
from craft.screenplay.model import Boneyard, Note
from craft.screenplay.speech import speech_seconds

_PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        "INT. CABIN - NIGHT",
        "EXT. PIER - DAY #4#",
        "INES",
        "AUGUST (V.O.)",
        "МАРА",
        "健太：おはよう",
        "@Mo",
        "(softly)",
        "(",
        ")",
        "[[",
        "]]",
        "[[shot: cu dolly in 4s on INES]]",
        "/*",
        "*/",
        "*",
        "**",
        "_",
        "\\",
        "# Act One",
        "= so",
        "===",
        "> <",
        "> X <",
        "CUT TO:",
        "~la",
        "!",
        ".",
        "^",
        "  ",
        "\t",
        "\r",
        "\0",
        "\u202e",
        "\ud800",
        "Title: x",
        "Ines (34), tall, walks in.",
        "I can see you. You're at the door!",
        "#",
        ":",
        " - ",
        "FADE OUT.",
        "CLOSE ON INES",
    ]
)
_TEXTS = st.one_of(
    st.text(max_size=200), st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=40).map("".join)
)
_CLEANED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def _source_lines(text: str) -> list[str]:
    return _CLEANED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")


@settings(max_examples=250, deadline=None)
@given(_TEXTS)
def test_parse_never_raises_and_its_lines_are_right(text: str) -> None:
    script = parse(text)
    lines = _source_lines(text)
    assert script.lines == len(lines)
    assert [e.line for e in script.elements] == sorted(e.line for e in script.elements)
    for element in script.elements:
        assert 1 <= element.line <= element.end_line <= len(lines)
        if not isinstance(element, Note | Boneyard):
            first, last = element.text.split("\n")[0].strip(), element.text.split("\n")[-1].strip()
            assert first[:1] in lines[element.line - 1]
            assert last[-1:] in lines[element.end_line - 1]
        assert all(0 <= s.start <= s.end <= len(element.text) for s in element.spans)
    assert all(0 <= note.line <= len(lines) for note in script.notes)


@settings(max_examples=150, deadline=None)
@given(_TEXTS, st.sampled_from([None, 20.0, 60.0]))
def test_breakdown_holds_its_promises_on_any_text(text: str, target: float | None) -> None:
    script = parse(text)
    try:
        found = breakdown(script, rate="24", target_seconds=target)
    except ScreenplayError as error:
        refused = error.code
    else:
        refused = ""
        _check(found, script.lines)
    assert refused in ("", "script.empty")


def _check(found: Breakdown, lines: int) -> None:
    assert [shot.number for shot in found.shots] == list(range(1, len(found.shots) + 1))
    keys, acts = {s.key for s in found.scenes}, {a.number for a in found.acts}
    names = {person.name for person in found.characters}
    for shot in found.shots:
        assert shot.frames >= 2
        assert shot.frames / 24 + 1e-9 >= speech_seconds(shot.lines)
        assert shot.azimuth in range(0, 360, 45)
        assert {shot.scene_key} <= keys
        assert {shot.act} <= acts
        assert {*shot.characters, *(line.character for line in shot.lines)} <= names
        assert shot.transition_frames <= shot.frames // 2
        assert 1 <= shot.line <= shot.end_line <= lines
    assert sorted(acts) == list(range(1, len(acts) + 1))
    assert found.as_json()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_decode_gives_text_or_a_coded_error(raw: bytes) -> None:
    try:
        text = decode(raw)
    except ScreenplayError as error:
        outcome, said = error.code, error.next_step
    else:
        outcome, said = "text", text.strip()
    assert outcome in {"text", "script.encoding", "script.binary", "script.empty", "script.too_large"}
    assert said


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_decode_reads_western_text_in_every_usual_encoding(codec: str) -> None:
    text = "INT. CAFÉ - NIGHT\n\nÉLODIE\nÇa va “bien”.\n"
    assert decode(text.encode(codec)) == text


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "script.empty"),
        (b" \n\t\r\n", "script.empty"),
        (b"\xef\xbb\xbf", "script.empty"),
        (b"%PDF-1.7 \n INT.", "script.binary"),
        (b"PK\x03\x04rest", "script.binary"),
        (bytes(range(256)), "script.binary"),
        (b"INT. A\0 - DAY", "script.binary"),
        ("Привет, как твои дела".encode("cp1251"), "script.encoding"),
        (b"\xff\xfeI", "script.encoding"),
        (b"a" * 5_000_001, "script.too_large"),
    ],
)
def test_decode_refuses_by_name(raw: bytes, code: str) -> None:
    with pytest.raises(ScreenplayError) as refused:
        decode(raw)
    assert refused.value.code == code
