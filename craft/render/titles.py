"""Everything written on a segment's picture as one ASS file that we write ourselves.

User text never becomes part of a filter graph or of a command: the graph names a file of fixed name in the
renderer's own folder, and inside the file the text is defused so that it is shown exactly as typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from craft.render.model import Caption, FrameRange, Title, TitleLook, TitlePlace
from craft.render.plan import PictureSpec, Segment
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
CAPTION_HEIGHT, CAPTION_WIDTH = 0.055, 0.042
"""A caption's letter size as a share of the frame's height, and the most of its width: 42 letters must fit."""
MARK_HEIGHT = 0.035
"""Letter height of timecode and label as a share of the frame's shorter side."""
MARGIN = 0.06
"""Words keep this share of the frame's height free at its edges, inside the title-safe area."""
LOW = frozenset({TitlePlace.LOWER_THIRD, TitlePlace.BOTTOM})
"""Places of titles where captions stand otherwise."""
RAISED_MARGIN = 0.12
"""A raised caption stands this share of the frame's height below its edge, under timecode and label."""
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
{styles}
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True, slots=True)
class _Page:
    """The frame words are set on; `early` frames are added to every time."""

    rate: rates.FrameRate
    width: int
    height: int
    early: int

    def event(self, layer: int, style: str, start: int, end: int, text: str, margin: int = 0) -> str:
        """A line of the file; a `margin` of 0 is the style's own."""
        times = f"{clock(start + self.early, self.rate)},{clock(end + self.early, self.rate)}"
        return f"Dialogue: {layer},{times},{style},,0,0,{margin},,{text}\n"


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


def has_words(segment: Segment) -> bool:
    """True when anything is written on the segment's picture."""
    return bool(segment.titles or segment.captions or segment.clock is not None or _label(segment))


def _label(segment: Segment) -> str:
    return " ".join(segment.finish.label.split())


def lead(segment: Segment) -> int:
    """Frames to count ahead of the segment so that no title begins at a negative time."""
    return max([0, *(-title.at.start for title in segment.titles)])


def written(segment: Segment) -> tuple[str, ...]:
    """The texts people wrote that the segment shows."""
    texts = [*(title.text for title in segment.titles), *(caption.text for caption in segment.captions)]
    return tuple(text for text in (*texts, _label(segment)) if text)


def ass_document(segment: Segment, spec: PictureSpec, rate: rates.FrameRate) -> str:
    """An ASS file of all words of a segment; its times count from `lead` frames ahead of the segment."""
    page = _Page(rate, spec.width, spec.height, lead(segment))
    head = HEADER.format(width=spec.width, height=spec.height, styles=_styles(spec))
    parts = [
        *(_caption_event(page, caption, segment) for caption in segment.captions),
        *(event for title in segment.titles for event in _title_events(page, title)),
        *_marks(page, segment),
    ]
    return head + "".join(parts)


def _styles(spec: PictureSpec) -> str:
    height, margin = spec.height, round(spec.height * MARGIN)
    thin = max(1, round(height / 240))
    mark = max(1, round(min(spec.height, spec.width) * MARK_HEIGHT))
    caption = max(1, round(min(height * CAPTION_HEIGHT, spec.width * CAPTION_WIDTH)))
    half = spec.width // 2 - mark * 4
    rows = (
        _style(spec, "Title", round(height * 0.09), (1, thin, 0), 5, (margin, margin, margin)),
        _style(spec, "Bar", round(height * 0.05), (3, max(2, height // 60), 0), 1, (margin, margin, margin)),
        _style(spec, "Caption", caption, (1, max(1, round(caption / 11)), 0), 2, (margin, margin, margin)),
        _style(spec, "Clock", mark, (3, max(1, mark // 5), 0), 8, (margin, margin, margin // 2)),
        _style(spec, "Label", mark, (3, max(1, mark // 5), 0), 7, (margin // 2, max(0, half), margin // 2)),
    )
    return "".join(rows)


def _style(
    spec: PictureSpec,
    name: str,
    size: int,
    border: tuple[int, int, int],
    place: int,
    margins: tuple[int, int, int],
) -> str:
    """A style line: white letters, `border` is kind (1 outline, 3 box), its width and the shadow.

    The last figure asks libass to find each line's own direction, so that right-to-left text ends with its
    full stop on the left.
    """
    font = "".join(char for char in spec.font if char.isprintable() and char != ",")
    kind, outline, shadow = border
    edge = "&H64000000" if name == "Title" else "&H00000000"
    left, right, vertical = margins
    return (
        f"Style: {name},{font},{max(1, size)},&H00FFFFFF,&H00FFFFFF,{edge},&H64000000,"
        f"0,0,0,0,100,100,0,0,{kind},{outline},{shadow},{place},{left},{right},{vertical},-1\n"
    )


def _caption_event(page: _Page, caption: Caption, segment: Segment) -> str:
    """A caption at the bottom, or at the top while a title has its place."""
    start, end = max(0, caption.start_frame), min(segment.length, caption.end_frame)
    shown = FrameRange(start, end - start)
    taken = any(title.place in LOW and title.at.overlap(shown) for title in segment.titles)
    # its lines are broken already; \q2 keeps libass from breaking them again
    tags = "\\an8\\q2" if taken else "\\q2"
    below_marks = round(page.height * RAISED_MARGIN) if taken else 0
    return page.event(0, "Caption", start, end, f"{{{tags}}}{literal(caption.text)}", below_marks)


def _title_events(page: _Page, title: Title) -> Iterator[str]:
    start, end = title.at.start, title.at.end
    fade = round(float(page.rate.seconds(title.fade)) * 1000)
    faded = f"\\fad({fade},{fade})" if fade else ""
    size = max(1, round(page.height * title.size))
    words = literal(title.text)
    if title.look is TitleLook.CARD:
        sheet = f"m 0 0 l {page.width} 0 {page.width} {page.height} 0 {page.height}"
        black = f"{{\\an7\\pos(0,0)\\bord0\\shad0\\1c&H000000&{faded}\\p1}}{sheet}"
        yield page.event(1, "Title", start, end, black)
    if title.look is TitleLook.ROLL:
        # libass draws an empty line at half height; a hard space keeps the roll as long as counted
        words = literal("\n".join(line or "\u00a0" for line in title.text.splitlines()))
        yield page.event(2, "Title", start, end, f"{{{_roll(page, title, size)}{faded}}}{words}")
        return
    style = "Bar" if title.look is TitleLook.BAR else "Title"
    yield page.event(2, style, start, end, f"{{\\an{ALIGNMENT[title.place]}\\fs{size}{faded}}}{words}")


def _roll(page: _Page, title: Title, size: int) -> str:
    """From below the frame to above it over the title's frames; a line is as high as its font size."""
    lines = len(title.text.splitlines())
    duration = round(float(page.rate.seconds(title.at.length)) * 1000)
    middle = page.width // 2
    return f"\\an8\\q2\\fs{size}\\move({middle},{page.height},{middle},{-lines * size},0,{duration})"


def _marks(page: _Page, segment: Segment) -> Iterator[str]:
    """The label, and one event of timecode for every frame: what a frame shows is its own number."""
    label = _label(segment)
    if label:
        yield page.event(3, "Label", 0, segment.length, literal(label))
    if segment.clock is not None:
        for frame in range(segment.length):
            yield page.event(3, "Clock", frame, frame + 1, page.rate.timecode(segment.clock + frame))
