"""Caption files to the letter."""

from __future__ import annotations

import unicodedata

from craft.render.captions import balanced, burnt, columns, cues, srt, vtt
from craft.render.model import Caption
from craft.terms.rates import FrameRate

FILM = FrameRate(24, 1)


def test_srt_and_vtt_are_exact() -> None:
    captions = [
        Caption(36, 84, "Мара, wait — the <b>light</b> & {\\an8}the sea.", "ÉLODIE"),
        Caption(90, 114, "No.", ""),
    ]
    found, warnings = cues(captions, FILM)
    assert srt(found, FILM) == (
        "1\n00:00:01,500 --> 00:00:03,500\n"
        "Мара, wait — the <\u2060b>light<\u2060/b>\n& {\u2060\\an8}the sea.\n"
        "\n2\n00:00:03,750 --> 00:00:04,750\nNo.\n"
    )
    assert vtt(found, FILM) == (
        "WEBVTT\n\n1\n00:00:01.500 --> 00:00:03.500\n"
        "<v ÉLODIE>Мара, wait — the &lt;b&gt;light&lt;/b&gt;\n<v ÉLODIE>&amp; {\\an8}the sea.\n"
        "\n2\n00:00:03.750 --> 00:00:04.750\nNo.\n"
    )
    assert warnings == ("caption 1 at 00:00:01.500 asks for 23 letters a second",)


def test_times_do_not_drift_at_ntsc_rates() -> None:
    rate = FrameRate(24000, 1001)
    found, _ = cues([Caption(215784, 215832, "An end.", "")], rate)  # 9000 seconds of film time in frames
    assert "02:30:00,000" not in srt(found, rate)
    start = srt(found, rate).splitlines()[1].split(" --> ")[0]
    assert start == "02:29:59,991"  # 215784 * 1001 / 24000 = 8999.991 s


def test_text_cannot_end_a_cue_or_forge_another() -> None:
    evil = "one\n\n2\n00:00:00,000 --> 00:01:00,000\r\n<script>"
    found, _ = cues([Caption(0, 48, evil, "a > b\n")], FILM)
    for text in (srt(found, FILM), vtt(found, FILM)):
        body = text.split("\n", 4)[-1] if text.startswith("WEBVTT") else text
        assert body.count(" --> ") <= 1
        assert "\n\n2" not in text
    assert "<v a &gt; b>" in vtt(found, FILM)
    assert "<script>" not in srt(found, FILM)


def test_overlapping_captions_are_cut_short_or_shown_together() -> None:
    close = [Caption(0, 48, "A long first line.", "A"), Caption(40, 80, "Second.", "B")]
    found, _ = cues(close, FILM)
    assert [(cue.start_frame, cue.end_frame) for cue in found] == [(0, 38), (40, 80)]
    same = [Caption(0, 48, "Both of us.", "A"), Caption(4, 60, "At once.", "B")]
    found, _ = cues(same, FILM)
    assert [(cue.start_frame, cue.end_frame) for cue in found] == [(0, 60)]
    assert "- Both of us.\n- At once." in srt(found, FILM)


def test_reading_speed_and_height_are_warned_about() -> None:
    _, warnings = cues([Caption(0, 24, "word " * 30, "A")], FILM)
    assert len(warnings) == 2 and "letters a second" in warnings[0] and "lines" in warnings[1]
    assert cues([Caption(0, 24, " \n ", "A")], FILM) == ((), ())


def test_lines_are_balanced() -> None:
    assert balanced("The keeper of the light has not come home tonight.") == [
        "The keeper of the light",
        "has not come home tonight.",
    ]


def test_text_without_spaces_is_broken_between_letters() -> None:
    japanese = balanced(
        "灯台守は今夜まだ帰ってきていない、と彼女は海を見ながら静かに言った。iPhoneも鳴らない。"
    )
    assert all(columns(line) <= 42 for line in japanese) and len(japanese) == 3
    assert not any(line[0] in "、。っゃ" for line in japanese)
    assert any("iPhone" in line for line in japanese)
    thai = balanced("ผู้ดูแลประภาคารยังไม่กลับบ้านในคืนนี้และทะเลก็เงียบสงบมากจนน่ากลัวสำหรับทุกคนในหมู่บ้าน")
    assert len(thai) == 2 and all(columns(line) <= 42 for line in thai)
    assert not any(unicodedata.category(line[0]) == "Mn" for line in thai)
    assert [len(line) for line in balanced("x" * 100)] == [42, 42, 16]


def test_joiners_and_marks_of_direction_stay_in_the_text() -> None:
    persian = "می\u200cخواهم \u200fبروم"
    found, _ = cues([Caption(0, 48, persian)], FILM)
    assert persian in srt(found, FILM)
    assert burnt([Caption(0, 48, persian), Caption(60, 90, " ")], FILM) == (Caption(0, 48, persian),)


def test_burnt_captions_are_broken_like_the_files() -> None:
    captions = [Caption(0, 48, "Both of us.", "A"), Caption(4, 60, "At once.", "B")]
    assert burnt(captions, FILM) == (Caption(0, 60, "- Both of us.\n- At once."),)
