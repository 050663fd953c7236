"""Caption files are exact, and come back as the captions they were; what cannot come back is reported."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from craft.render.caption_files import read_captions
from craft.render.captions import cues, srt, vtt
from craft.render.errors import TimelineError
from craft.render.model import Caption
from craft.render.ttml import METADATA, PARAMETER, PROFILE, TT, exact_rate, ttml
from craft.terms.rates import RATES, FrameRate

FILM = FrameRate(24)
NTSC = FrameRate(24000, 1001)
WORDS = [
    Caption(36, 84, 'Мара, wait — the <b>light</b> & "the sea".', "ÉLODIE & CO"),
    Caption(90, 150, "A line that is long enough to be broken into two lines of text.", "MARA"),
    Caption(152, 170, "No.", ""),
    Caption(86_400 * 3, 86_400 * 3 + 31, "Hours later.", "MARA"),
]


def test_ttml_is_a_document_of_the_profile() -> None:
    found, _ = cues(WORDS, NTSC)
    root = ET.fromstring(ttml(found, NTSC, "en"))
    assert root.tag == f"{{{TT}}}tt" and root.get(f"{{{PARAMETER}}}contentProfiles") == PROFILE
    assert root.get(f"{{{PARAMETER}}}frameRate") == "24"
    assert root.get(f"{{{PARAMETER}}}frameRateMultiplier") == "1000 1001"
    paragraphs = list(root.iter(f"{{{TT}}}p"))
    assert [(one.get("begin"), one.get("end")) for one in paragraphs][:2] == [("36f", "84f"), ("90f", "150f")]
    names = [name.text for name in root.iter(f"{{{METADATA}}}name")]
    assert names == ["ÉLODIE & CO", "MARA"]
    region = next(root.iter(f"{{{TT}}}region"))
    body = next(root.iter(f"{{{TT}}}body"))
    assert body.get("region") == region.get("{http://www.w3.org/XML/1998/namespace}id") == "bottom"
    assert len(list(paragraphs[1].iter(f"{{{TT}}}br"))) == 1


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_ttml_comes_back_to_the_frame_at_every_rate(rate: FrameRate) -> None:
    found, _ = cues(WORDS, rate)
    assert exact_rate(ET.fromstring(ttml(found, rate))) == rate.fraction
    back = read_captions(ttml(found, rate).encode(), "ttml", rate)
    assert list(back.captions) == WORDS and back.losses.sentences() == ()


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_vtt_comes_back_to_the_frame_at_every_rate(rate: FrameRate) -> None:
    found, _ = cues(WORDS, rate)
    back = read_captions(vtt(found, rate).encode(), "vtt", rate)
    assert list(back.captions) == WORDS and back.losses.sentences() == ()


def test_srt_comes_back_without_speakers() -> None:
    found, _ = cues(WORDS, NTSC)
    back = read_captions(srt(found, NTSC).encode(), "srt", NTSC)
    assert [(one.start_frame, one.end_frame, one.text) for one in back.captions] == [
        (one.start_frame, one.end_frame, one.text) for one in WORDS
    ]
    assert {one.character for one in back.captions} == {""}


@pytest.mark.parametrize("kind", ["vtt", "ttml"])
def test_two_speakers_at_once_come_back_as_two(kind: str) -> None:
    words = [Caption(24, 60, "Where?", "MARA"), Caption(30, 72, "There - look.", "JON")]
    found, _ = cues(words, FILM)
    assert len(found) == 1
    text = vtt(found, FILM) if kind == "vtt" else ttml(found, FILM)
    back = read_captions(text.encode(), kind, FILM).captions
    assert [(one.character, one.text) for one in back] == [("MARA", "Where?"), ("JON", "There - look.")]


def test_what_captions_cannot_hold_is_counted() -> None:
    text = (
        "WEBVTT - from elsewhere\n\nSTYLE\n::cue { color: red }\n\nNOTE nothing to see\n\n"
        "intro\n00:01.020 --> 00:02.000 line:10% align:left\n<i>Slow</i> <v Mara>not a voice here\n\n"
        "00:00:03.000 --> 00:00:03.000\nNo time at all\n"
    )
    read = read_captions(text.encode(), "vtt", FILM)
    assert [(one.start_frame, one.end_frame) for one in read.captions] == [(24, 48)]
    losses = read.losses
    assert (losses.places, losses.rounded, losses.skipped) == (1, 1, 1) and losses.styles >= 3
    assert len(losses.sentences()) == 4


def test_foreign_srt_is_read() -> None:
    first = '1\n00:00:01,000 --> 00:00:02,500\n{\\an8}<font color="red">Up</font> there\nand down'
    text = f"{first}\n\n2\nno times\n".replace("\n", "\r\n")
    read = read_captions(text.encode("utf-16"), "srt", FrameRate(25))
    assert read.captions == (Caption(25, 63, "Up there and down"),)
    assert (read.losses.styles, read.losses.skipped) == (3, 1)


def test_foreign_ttml_times_are_understood() -> None:
    head = f'<tt xmlns="{TT}" xmlns:ttp="{PARAMETER}" ttp:frameRate="25" ttp:tickRate="10000000"><body><div>'
    times = (
        ('begin="00:00:01.5" end="00:00:02:05"', (Fraction(3, 2), Fraction(11, 5))),
        ('begin="4s" dur="500ms"', (Fraction(4), Fraction(9, 2))),
        ('begin="60000000t" end="7s"', (Fraction(6), Fraction(7))),
    )
    body = "".join(f"<p {how}>Words</p>" for how, _ in times)
    read = read_captions(f"{head}{body}<p>never</p></div></body></tt>".encode(), "ttml", FrameRate(50))
    spans = [(Fraction(one.start_frame, 50), Fraction(one.end_frame, 50)) for one in read.captions]
    assert spans == [span for _, span in times] and read.losses.skipped == 1


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (b"\xff\x00\xfa", "srt", "caption_text"),
        (b"hello", "srt", "caption_file"),
        (b"00:01.000 --> 00:02.000\nx\n", "vtt", "caption_file"),
        (b"<tt", "ttml", "caption_file"),
        (b"<html/>", "ttml", "caption_file"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><tt/>', "ttml", "caption_file"),
        (b"", "sbv", "caption_kind"),
        (b" " * (8 * 1024 * 1024 + 1), "srt", "caption_size"),
    ],
)
def test_what_is_no_caption_file_is_refused(data: bytes, kind: str, code: str) -> None:
    with pytest.raises(TimelineError) as caught:
        read_captions(data, kind, FILM)
    assert caught.value.code == code
