"""The strip along the bottom of a frame: the shot's text, and PREVIS so that nobody takes it for the real thing."""

from __future__ import annotations

from craft.previs.fonts import blank, draw_text, width

WORD = "PREVIS"
_SHARE = 0.055
"""Height of the strip, of the frame's shorter side."""
_STRIP, _TEXT, _MARK = (0, 0, 0, 190), (255, 255, 255, 255), (255, 190, 70, 255)


def strip_height(frame_width: int, frame_height: int) -> int:
    """Pixels the strip takes from the bottom of a frame."""
    return max(13, round(min(frame_width, frame_height) * _SHARE))


def overlay(text: str, frame_width: int, frame_height: int) -> bytes:
    """RGBA, frame size, top row first. A text that is too long shrinks a little, then loses its middle."""
    tall = strip_height(frame_width, frame_height)
    top, margin = frame_height - tall, round(tall * 0.35)
    image, draw = blank(frame_width, frame_height)
    draw.rectangle((0, top, frame_width, frame_height), fill=_STRIP)
    size = max(8, round(tall * 0.62))
    baseline = top + round(tall * 0.72)
    mark = width(WORD, size)
    draw_text(draw, (frame_width - margin - mark, baseline), WORD, size, _MARK)
    room = frame_width - 3 * margin - mark
    line, size = _fitted(" ".join(text.split()), size, room)
    draw_text(draw, (margin, baseline), line, size, _TEXT)
    return image.tobytes()


def _fitted(text: str, size: int, room: float) -> tuple[str, int]:
    smallest = max(7, round(size * 0.75))
    while size > smallest and width(text, size) > room:
        size -= 1
    keep = len(text)
    line = text
    while keep > 1 and width(line, size) > room:
        keep -= 1
        line = f"{text[: (keep + 1) // 2]}…{text[len(text) - keep // 2 :]}"
    return line if width(line, size) <= room else "", size
