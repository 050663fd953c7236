"""Form: which theme is played where. A cue is a row of phrases, each a few bars with one or more themes.

theme A   statement ·          answer    · combined ──        ·
theme B             · statement          · combined ── answer · …  cadence
section   1 ──────────────────  2 ─────────────────  3 ─────────────────
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from craft.sound.cue import ScoreSpec
from craft.sound.motif import Motif
from craft.sound.tempo import BEATS_PER_BAR, TempoMap

PHRASE_BEATS = 2 * BEATS_PER_BAR
_PHRASES_PER_SECTION = 2
_CLIMAX = 0.7


class Role(StrEnum):
    """What a phrase does."""

    INTRO = "intro"
    STATEMENT = "statement"
    ANSWER = "answer"
    COMBINED = "combined"
    REST = "rest"
    LINK = "link"
    CADENCE = "cadence"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Bars `first` … `last` (exclusive) with the numbers of the themes they play."""

    role: Role
    first: int
    last: int
    themes: tuple[int, ...]
    section: int


@dataclass(frozen=True, slots=True)
class Sung:
    """A note of a melody: its theme's number, beat, length in beats and scale degree (0 is the tonic).

    `verbatim` notes belong to a whole statement of the theme.
    """

    theme: int
    start: float
    beats: float
    degree: int
    verbatim: bool = True


def phrases(spec: ScoreSpec, grid: TempoMap, energy: float, rng: random.Random) -> list[Phrase]:
    """The phrases of a cue in order. Energy (0-1) decides how often the melody rests between statements."""
    spans = _spans(spec, grid)
    playing = [index for index, (role, _, _) in enumerate(spans) if role is Role.STATEMENT]
    themes = len(spec.names)
    each = -(-themes // max(1, len(playing)))
    climax = _climax(spans, playing, grid)
    out = []
    for index, (role, first, last) in enumerate(spans):
        section = index // _PHRASES_PER_SECTION
        if role is not Role.STATEMENT:
            out.append(
                Phrase(role, first, last, (0,) if role is not Role.LINK else (index % themes,), section)
            )
            continue
        slot = playing.index(index)
        role, heard = _turn(slot, each, themes, climax == index)
        if role is Role.ANSWER and rng.random() > 0.35 + 0.6 * energy:
            role = Role.REST
        out.append(Phrase(role, first, last, heard, section))
    return out


def _turn(slot: int, each: int, themes: int, climax: bool) -> tuple[Role, tuple[int, ...]]:
    """The role and the themes of a phrase: first every theme in its order, then answers and combinations."""
    if slot * each < themes:
        heard = tuple(range(slot * each, min(themes, (slot + 1) * each)))
        return (Role.STATEMENT if len(heard) == 1 else Role.COMBINED), heard
    later = slot - -(-themes // each)
    first = later // 2 % themes
    if themes > 1 and (climax or later % 4 == 0):
        return Role.COMBINED, (first, (first + 1) % themes)
    if climax or (later % 4 == 2 if themes > 1 else later % 2):
        return Role.STATEMENT, (first,)
    return Role.ANSWER, (first,)


def _climax(spans: Sequence[tuple[Role, int, int]], playing: Sequence[int], grid: TempoMap) -> int:
    """The phrase nearest to 70 % of the cue."""
    at = _CLIMAX * grid.beats
    return min(playing, key=lambda index: abs(grid.starts[spans[index][1]] - at), default=-1)


def _spans(spec: ScoreSpec, grid: TempoMap) -> list[tuple[Role, int, int]]:
    """Bars grouped in phrases of about eight beats; a phrase begins on a cut where enough bars are left."""
    bars, cut_bars = len(grid.bars), {grid.bar_at(grid.beat_at(cut)) for cut in grid.met}
    held = opening_bars(spec, bars)
    end = bars - 1 if spec.closes and bars >= 2 else bars
    spans = [(Role.INTRO, 0, held)] if held else []
    bar, owed = held, len(spec.names)
    while bar < end:
        last, beats = bar, 0
        while last < end and beats < PHRASE_BEATS - 1:
            beats += grid.bars[last]
            last += 1
        room = (end - last) // 2 >= owed
        early = next((b for b in range(bar + 1, last) if b in cut_bars), None)
        if early is not None and (room or owed <= 0):
            spans.append((Role.LINK, bar, early))
            bar = early
            continue
        whole = beats >= PHRASE_BEATS - 1 or not any(role is Role.STATEMENT for role, _, _ in spans)
        spans.append((Role.STATEMENT if whole else Role.LINK, bar, last))
        owed -= whole
        bar = last
    if end < bars:
        spans.append((Role.CADENCE, end, bars))
    return spans


def opening_bars(spec: ScoreSpec, bars: int) -> int:
    """Bars in which only the pad plays."""
    if not spec.grows or bars < 3:
        return 0
    return 2 if bars >= 8 else 1


def melody(plan: Sequence[Phrase], grid: TempoMap, motifs: Sequence[Motif], rng: random.Random) -> list[Sung]:
    """All notes of all themes, by start."""
    out: list[Sung] = []
    for phrase in plan:
        start = float(grid.starts[phrase.first])
        room = (
            grid.beats - start if phrase.role is not Role.LINK else sum(grid.bars[phrase.first : phrase.last])
        )
        if phrase.role in (Role.INTRO, Role.REST):
            continue
        if phrase.role is Role.CADENCE:
            out = _closed(out, start, grid.beats)
        elif phrase.role is Role.LINK:
            if room >= BEATS_PER_BAR and rng.random() < 0.5:
                shape = motifs[phrase.themes[0]].head(room - 1).moved(rng.choice((1, 2, -2)))
                out += _placed(shape, phrase.themes[0], start, room, verbatim=False)
        elif phrase.role is Role.ANSWER:
            motif = motifs[phrase.themes[0]]
            answers = (motif.moved(1), motif.inverted(), motif.moved(-2), motif.moved(2))
            out += _placed(rng.choice(answers), phrase.themes[0], start, room, verbatim=False)
        else:
            out += _together([motifs[index] for index in phrase.themes], phrase.themes, start, room)
    return sorted(out, key=lambda s: (s.start, s.theme))


def accent(motif: Motif, grid: TempoMap) -> list[Sung]:
    """The head of a theme at double speed: the melody of a stinger."""
    half = Motif(motif.degrees, tuple(beats / 2 for beats in motif.beats))
    return _placed(half.head(max(1.0, grid.beats * 0.5)), 0, 0.0, grid.beats, verbatim=False)


def _placed(motif: Motif, theme: int, start: float, room: float, *, verbatim: bool = True) -> list[Sung]:
    out, at = [], 0.0
    for degree, beats in zip(motif.degrees, motif.beats, strict=True):
        if at < room - 0.01:
            out.append(Sung(theme, start + at, min(beats, room - at), degree, verbatim))
        at += beats
    return out


def _together(motifs: Sequence[Motif], themes: Sequence[int], start: float, room: float) -> list[Sung]:
    """Themes at once: the first as it is, the others from the degree on which they rub least against it."""
    out = _placed(motifs[0], themes[0], start, room)
    for motif, theme in zip(motifs[1:], themes[1:], strict=True):
        moved = [_placed(motif.moved(by), theme, start, room) for by in (0, 2, -2, -3, 4, 1, -1)]
        rubs = [_friction(out, notes) for notes in moved]
        out += moved[rubs.index(min(rubs))]
    return out


def _friction(first: Sequence[Sung], second: Sequence[Sung]) -> float:
    """Beats in which two melodies sound a second or a seventh, or the same note; on strong beats twice."""
    total = 0.0
    for a in first:
        for b in second:
            shared = min(a.start + a.beats, b.start + b.beats) - max(a.start, b.start)
            if shared > 0:
                apart = (a.degree - b.degree) % 7
                strong = 2.0 if a.start == b.start else 1.0
                total += shared * strong * {0: 0.4, 1: 1.0, 6: 1.0, 3: 0.3}.get(apart, 0.0)
    return total


def _closed(sung: list[Sung], final: float, end: float) -> list[Sung]:
    """The melody with the tonic nearest to its last note held through the final bar."""
    kept = [s for s in sung if s.start < final]
    kept = [Sung(s.theme, s.start, min(s.beats, final - s.start), s.degree, s.verbatim) for s in kept]
    last = kept[-1] if kept else Sung(0, 0.0, 0.0, 0)
    return [*kept, Sung(last.theme, final, end - final, round(last.degree / 7) * 7, False)]
