"""The files a segment's graph opens in its working folder: its cubes and its words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from craft.render.bake import bake
from craft.render.cube import Cube, CubeError, parse, write
from craft.render.errors import RenderError
from craft.render.fonts import missing_glyphs
from craft.render.graphs.words import WORDS_FILE
from craft.render.looks import Chain, looks_of
from craft.render.plan import PictureSpec, Segment
from craft.render.titles import ass_document, has_words, written
from craft.terms import rates

GLYPHS_NAMED = 12


@dataclass
class SegmentFiles:
    """Writes them for the segments of one programme, from several threads; a table is read only once."""

    resolve: Callable[[str], Path]
    spec: PictureSpec
    rate: rates.FrameRate
    _tables: dict[str, Cube] = field(default_factory=dict)
    _baked: dict[Chain, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, part: Segment, folder: Path) -> None:
        """Everything `part` needs. Raises `RenderError` that names it when a table is missing or is none."""
        for name, chain in looks_of(part).cubes().items():
            (folder / name).write_text(self._cube(chain, part.name), encoding="ascii")
        if has_words(part):
            words = ass_document(part, self.spec, self.rate)
            (folder / WORDS_FILE).write_text(words, encoding="utf-8")

    def _cube(self, chain: Chain, name: str) -> str:
        with self._lock:
            known = self._baked.get(chain)
        if known is None:
            known = write(bake(chain, lambda sha256: self._table(sha256, name)))
            with self._lock:
                self._baked = {
                    chain: known
                }  # neighbours often share a look; the film's others need no memory
        return known

    def _table(self, sha256: str, name: str) -> Cube:
        with self._lock:
            known = self._tables.get(sha256)
        if known is not None:
            return known
        try:
            found = parse(self.resolve(sha256).read_bytes())
        except (KeyError, OSError) as error:
            raise RenderError("missing_lut", name, f"no table {sha256[:12]}") from error
        except CubeError as error:
            raise RenderError("bad_lut", name, f"table {sha256[:12]}: {error}") from error
        with self._lock:
            self._tables[sha256] = found
        return found


def glyph_warnings(parts: Sequence[Segment]) -> tuple[str, ...]:
    """What to say of letters that no font has: they would be drawn as empty boxes without a word."""
    texts = {text for part in parts for text in written(part)}
    missing = sorted(missing_glyphs("".join(texts))) if texts else []
    if not missing:
        return ()
    more = len(missing) - GLYPHS_NAMED
    named = " ".join(missing[:GLYPHS_NAMED])
    return (f"no font for {named}" + (f" and {more} more" if more > 0 else ""),)
