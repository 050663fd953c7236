"""Text in any script: each stretch of it in a font that has its letters.

Pillow lays text out but does not look for fonts, so the system's folders are searched, plain sans first. Where
no font has a letter the first font's empty box stands for it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_FIRST = ("NotoSans-Regular", "DejaVuSans", "LiberationSans-Regular")
_ABSENT = "\u0378"
"""Not a letter in any script: what a font draws for it is what it draws for a letter it lacks."""


def _rank(path: Path) -> tuple[int, int, str]:
    """Plain upright sans before the rest, so that a search ends early and texts look alike."""
    name = path.stem
    plain = 0 if name in _FIRST else 1 if name.startswith("NotoSans") and "Regular" in name else 2
    return plain, _FIRST.index(name) if name in _FIRST else 0, str(path)


@cache
def _files() -> tuple[Path, ...]:
    found = [
        path
        for folder in _FOLDERS
        for path in Path(folder).expanduser().rglob("*")
        if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    ]
    return tuple(sorted(found, key=_rank))


@lru_cache(maxsize=64)
def _font(path: Path | None, size: int) -> FreeTypeFont:
    if path is None:
        loaded = ImageFont.load_default(size)
        assert isinstance(loaded, FreeTypeFont)
        return loaded
    return ImageFont.truetype(str(path), size)


def _has(path: Path | None, letter: str) -> bool:
    try:
        font = _font(path, 16)
        return bytes(font.getmask(letter)) != bytes(font.getmask(_ABSENT))
    except (OSError, ValueError):
        return False  # a font of bitmaps, or one that cannot be read


@lru_cache(maxsize=4096)
def _path_for(letter: str) -> Path | None:
    """The first font with a letter; None is Pillow's own."""
    if letter.isascii() or letter.isspace() or unicodedata.combining(letter):
        return None
    return next((path for path in (None, *_files()) if _has(path, letter)), None)


def runs(text: str, size: int) -> Iterator[tuple[str, FreeTypeFont]]:
    """Stretches of a text with the font of each; marks, joiners and spaces stay with the letter before them."""
    owners: list[Path | None] = []
    for letter in text:
        follows = owners and (unicodedata.category(letter) in ("Mn", "Mc", "Cf") or letter.isspace())
        owners.append(owners[-1] if follows else _path_for(letter))
    for path, stretch in groupby(zip(owners, text, strict=True), key=lambda pair: pair[0]):
        yield "".join(letter for _owner, letter in stretch), _font(path, size)


def width(text: str, size: int) -> float:
    """Pixels a text takes."""
    return sum(font.getlength(stretch) for stretch, font in runs(text, size))


def draw_text(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: tuple[int, int, int, int]
) -> None:
    """Write a text from ``at`` (left end of its baseline)."""
    x, y = at
    for stretch, font in runs(text, size):
        # Without its last spaces: a line that runs from right to left would put them at its left end.
        draw.text((x, y), stretch.rstrip(), font=font, fill=fill, anchor="ls")
        x += font.getlength(stretch)


def blank(width_px: int, height_px: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A clear RGBA picture and its pen."""
    image = Image.new("RGBA", (width_px, height_px))
    return image, ImageDraw.Draw(image)
