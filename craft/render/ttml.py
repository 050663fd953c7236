"""Captions as TTML2 in the IMSC 1.1 text profile, and what such a file says.

Times are frames of the programme (`begin="36f"`), with the exact rate stated, so nothing is rounded at
23.976 or 29.97. Who speaks is an agent of the document's head.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from craft.render.captions import Cue, balanced
from craft.terms import rates

TT = "http://www.w3.org/ns/ttml"
PARAMETER = "http://www.w3.org/ns/ttml#parameter"
STYLING = "http://www.w3.org/ns/ttml#styling"
METADATA = "http://www.w3.org/ns/ttml#metadata"
XML = "http://www.w3.org/XML/1998/namespace"
PROFILE = "http://www.w3.org/ns/ttml/profile/imsc1.1/text"
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML document may hold, escaped or not."""

for _prefix, _space in (("", TT), ("ttp", PARAMETER), ("tts", STYLING), ("ttm", METADATA)):
    ET.register_namespace(_prefix, _space)


def ttml(found: Sequence[Cue], rate: rates.FrameRate, language: str = "") -> str:
    """A TTML document of cues; `language` is a BCP-47 tag, empty for not known."""
    root = _root(rate, language)
    head = ET.SubElement(root, _name(TT, "head"))
    agents = _agents(head, found)
    _look(head)
    body = ET.SubElement(root, _name(TT, "body"), {"region": "bottom", "style": "plain"})
    division = ET.SubElement(body, _name(TT, "div"))
    for number, cue in enumerate(found, 1):
        _paragraph(division, number, cue, agents)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _name(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def multiplier(rate: rates.FrameRate) -> str:
    """What turns the whole frame rate into the exact one: "1000 1001" for the NTSC rates."""
    exact = rate.fraction / rate.nominal
    return f"{exact.numerator} {exact.denominator}"


def _root(rate: rates.FrameRate, language: str) -> ET.Element:
    return ET.Element(
        _name(TT, "tt"),
        {
            _name(XML, "lang"): language,
            _name(XML, "space"): "default",
            _name(PARAMETER, "contentProfiles"): PROFILE,
            _name(PARAMETER, "timeBase"): "media",
            _name(PARAMETER, "frameRate"): str(rate.nominal),
            _name(PARAMETER, "frameRateMultiplier"): multiplier(rate),
            _name(PARAMETER, "cellResolution"): "32 15",
        },
    )


def _agents(head: ET.Element, found: Sequence[Cue]) -> dict[str, str]:
    """The identifiers of speakers, which the head describes."""
    speakers = dict.fromkeys(speaker for cue in found for speaker, _ in cue.lines if speaker)
    agents = {speaker: f"agent{number}" for number, speaker in enumerate(speakers, 1)}
    if agents:
        metadata = ET.SubElement(head, _name(TT, "metadata"))
        for speaker, identifier in agents.items():
            wanted = {_name(XML, "id"): identifier, "type": "character"}
            agent = ET.SubElement(metadata, _name(METADATA, "agent"), wanted)
            name = ET.SubElement(agent, _name(METADATA, "name"), {"type": "full"})
            name.text = _clean(speaker)
    return agents


def _look(head: ET.Element) -> None:
    """White on a dark box at the foot of the picture, inside the safe area."""

    def styled(**names: str) -> dict[str, str]:
        return {_name(STYLING, name): value for name, value in names.items()}

    plain = styled(
        fontFamily="proportionalSansSerif",
        fontSize="100%",
        lineHeight="125%",
        textAlign="center",
        color="#ffffffff",
    )
    box = styled(backgroundColor="#000000b2")
    styling = ET.SubElement(head, _name(TT, "styling"))
    ET.SubElement(styling, _name(TT, "style"), {_name(XML, "id"): "plain", **plain})
    ET.SubElement(styling, _name(TT, "style"), {_name(XML, "id"): "boxed", **box})
    layout = ET.SubElement(head, _name(TT, "layout"))
    place = styled(origin="10% 70%", extent="80% 20%", displayAlign="after", overflow="visible")
    ET.SubElement(layout, _name(TT, "region"), {_name(XML, "id"): "bottom", **place})


def _paragraph(division: ET.Element, number: int, cue: Cue, agents: dict[str, str]) -> None:
    times = {"begin": f"{cue.start_frame}f", "end": f"{cue.end_frame}f"}
    paragraph = ET.SubElement(division, _name(TT, "p"), {_name(XML, "id"): f"cue{number}", **times})
    several = len(cue.lines) > 1
    for turn, (speaker, text) in enumerate(cue.lines):
        if turn:
            ET.SubElement(paragraph, _name(TT, "br"))
        said = {"style": "boxed"}
        if speaker:
            said[_name(METADATA, "agent")] = agents[speaker]
        span = ET.SubElement(paragraph, _name(TT, "span"), said)
        lines = balanced(_clean(f"- {text}" if several else text))
        span.text = lines[0]
        for line in lines[1:]:
            ET.SubElement(span, _name(TT, "br")).tail = line


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text)


def exact_rate(root: ET.Element) -> Fraction:
    """The frames per second a document counts in. Raises ValueError for what is no rate."""
    whole = int(root.get(_name(PARAMETER, "frameRate"), "30"))
    up, down = (int(part) for part in root.get(_name(PARAMETER, "frameRateMultiplier"), "1 1").split())
    if min(whole, up, down) < 1:
        raise ValueError("a frame rate is positive")
    return Fraction(whole * up, down)
