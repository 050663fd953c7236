"""Titles as ASS files that we write ourselves.

User text never becomes part of a filter graph or of a command: the graph names a file of fixed name in the
renderer's own folder, and inside the file the text is defused so that it is shown exactly as typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from craft.render.model import Title, TitlePlace
from craft.terms import rates

WORD_JOINER = "\u2060"
"""Invisible, without width; between a backslash and a letter it keeps both from being a command."""
ALIGNMENT: dict[TitlePlace, int] = {
    TitlePlace.CENTRE: 5,
    TitlePlace.LOWER_THIRD: 1,
    TitlePlace.TOP_LEFT: 7,
    TitlePlace.TOP_RIGHT: 9,
    TitlePlace.BOTTOM: 2,
}
HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 0
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Title,{font},{size},&H00FFFFFF,&H00FFFFFF,&H64000000,&H64000000,\
0,0,0,0,100,100,0,0,1,{outline},0,5,\
{margin},{margin},{margin},1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def literal(text: str) -> str:
    """The text as an ASS line that shows exactly these characters; line ends become line breaks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\N".join(_literal_line(line) for line in lines)


def _literal_line(line: str) -> str:
    shown = "".join(" " if char == "\t" else char for char in line if char >= " " or char == "\t")
    # a backslash first, or the ones that guard the braces would be guarded themselves
    guarded = shown.replace("\\", "\\" + WORD_JOINER)
    return guarded.replace("{", "\\{").replace("}", "\\}")


def clock(frame: int, rate: rates.FrameRate) -> str:
    """The last hundredth of a second at or before a frame, as ASS writes it.

    Rounding down puts the mark behind the frame before and not after this one, at any rate below 100, so a
    line starts and ends on exactly its frames.
    """
    hundredths = int(Fraction(rate.seconds(frame)) * 100)
    seconds, rest = divmod(hundredths, 100)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02d}:{second:02d}.{rest:02d}"


def ass_document(titles: Sequence[Title], rate: rates.FrameRate, width: int, height: int, font: str) -> str:
    """An ASS file of these titles; their frames count from the start of the stream they are drawn on."""
    head = HEADER.format(
        width=width,
        height=height,
        font=font,
        size=max(1, round(height * 0.09)),
        outline=max(1, round(height / 240)),
        margin=round(height * 0.06),
    )
    return head + "".join(_event(title, rate, height) for title in titles)


def _event(title: Title, rate: rates.FrameRate, height: int) -> str:
    fade = round(float(rate.seconds(title.fade)) * 1000)
    tags = f"\\an{ALIGNMENT[title.place]}\\fs{max(1, round(height * title.size))}"
    if fade:
        tags += f"\\fad({fade},{fade})"
    start, end = clock(title.at.start, rate), clock(title.at.end, rate)
    return f"Dialogue: 0,{start},{end},Title,,0,0,0,,{{{tags}}}{literal(title.text)}\n"
