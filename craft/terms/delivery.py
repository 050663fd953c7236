"""Frame shapes and sizes, and the words for disclosure."""

from __future__ import annotations

from craft.terms.base import Term

ASPECTS: dict[str, tuple[int, int]] = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
# The short side of a 16:9 frame of each quality, in pixels.
QUALITY: dict[str, tuple[int, int]] = {
    "draft": (640, 360),
    "preview": (960, 540),
    "hd": (1280, 720),
    "full": (1920, 1080),
}


class ContentType(Term):
    """How much of the work a machine made, as disclosed."""

    AI_GENERATED = "ai_generated"
    AI_ASSISTED = "ai_assisted"
    HUMAN_DIRECTED = "human_directed"


# The field of each platform that says a machine took part.
DISCLOSURE_FIELDS: dict[str, str] = {
    "youtube": "containsSyntheticMedia",
    "tiktok": "is_aigc",
    "x": "made_with_ai",
}


def frame_size(aspect: str, quality: str) -> tuple[int, int]:
    """Width and height in even pixels. Raises KeyError for an unknown aspect or quality."""
    across, down = ASPECTS[aspect]
    short = QUALITY[quality][1]
    width, height = (short * across / down, short) if across >= down else (short, short * down / across)
    return round(width / 2) * 2, round(height / 2) * 2
