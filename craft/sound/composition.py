"""Composition: a mood, a genre, themes and a length become notes. Pure and deterministic: no files, no sound.

|intro| theme A   answer    | theme B …  combined  | … climax near 70 % … | cadence | tail |
pad ───────────────────────────────────────────────────────────────────────────────────────
      bass ────── pulse (energy) ────── counter ───── drums (energy) ──
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from craft.sound import form
from craft.sound.accompaniment import accompany
from craft.sound.cue import LEADS, PARTS, CueKind, Note, ScoreSpec
from craft.sound.desk import Desk, drawn
from craft.sound.form import Phrase, Role, Sung
from craft.sound.harmony import CADENCES, OPEN, PROGRESSIONS, Bar, Key, chosen, mode_for
from craft.sound.motif import Motif, motif_of, tonic_of
from craft.sound.palettes import Palette, palette_for
from craft.sound.patterns import Rotation
from craft.sound.tempo import TempoMap, fitted
from craft.sound.voicing import voiced

_SLOWEST_BPM, _ENERGY_BPM = 62.0, 62.0
# what rings through the last chord of a cue that closes
_RINGING = ("pad", "bass", *LEADS)


@dataclass(frozen=True, slots=True)
class Composition:
    """A finished cue on paper: the beats of `grid` fill `played` seconds, the last chord rings for `tail`
    more. `chords` is a scale degree, `voices` (bass, four upper) for each bar; `motifs` in the order of
    `spec.names`.
    """

    spec: ScoreSpec
    key: Key
    palette: Palette
    motifs: tuple[Motif, ...]
    grid: TempoMap
    tail: float
    plan: tuple[Phrase, ...]
    notes: tuple[Note, ...]
    chords: tuple[int, ...]
    voices: tuple[tuple[int, ...], ...]

    @property
    def tempo(self) -> float:
        """Mean beats per minute."""
        return self.grid.tempo

    @property
    def beats(self) -> int:
        """Beats before the tail."""
        return self.grid.beats

    @property
    def played(self) -> float:
        """Seconds before the tail."""
        return self.grid.times[-1]


def compose(spec: ScoreSpec) -> Composition:
    """Write the cue. The same spec gives the same notes on every machine."""
    palette, energy = palette_for(spec.genre), (spec.energy + 1) / 2
    tail = _tail(spec)
    tempo = _SLOWEST_BPM + _ENERGY_BPM * energy + palette.tempo
    grid = fitted(spec.seconds - tail, tempo, spec.cuts, slows=spec.closes)
    key = Key(tonic_of(spec.names[0]), mode_for(spec.valence))
    motifs = tuple(motif_of(name) for name in spec.names)
    plan = form.phrases(spec, grid, energy, drawn(spec, "form"))
    desk = Desk(spec, key, palette, grid, energy, plan, Rotation(drawn(spec, "figures")))
    if spec.kind is CueKind.STINGER:
        sung = form.accent(motifs[0], grid)
    else:
        sung = form.melody(plan, grid, motifs, drawn(spec, "melody"))
    degrees = _harmonise(desk, sung)
    accompany(desk)
    _sing(desk, sung)
    notes = sorted(_rung(desk), key=lambda n: (n.start, PARTS.index(n.part), n.pitch))
    return Composition(
        spec, key, palette, motifs, grid, tail, tuple(plan), tuple(notes), tuple(degrees), tuple(desk.voices)
    )


def _tail(spec: ScoreSpec) -> float:
    """Seconds the last chord rings after the last beat."""
    if spec.kind is CueKind.STINGER:
        return 0.45 * spec.seconds
    if spec.kind is CueKind.INTRO:
        return min(1.2, 0.1 * spec.seconds)
    return min(2.8, 0.22 * spec.seconds) if spec.closes else 0.0


def _harmonise(desk: Desk, sung: list[Sung]) -> list[int]:
    """Choose a degree for each bar and lead the voices through them."""
    spec, grid, key = desk.spec, desk.grid, desk.key
    asked = _asked(desk, sung)
    settled: dict[int, int] = {}
    last = len(asked) - 1
    if spec.closes and last >= 1:
        settled = dict(zip((last - 1, last), CADENCES[key.mode], strict=True))
    elif spec.closes or spec.kind is CueKind.STINGER:
        settled = {last: 0}
    elif spec.kind in (CueKind.INTRO, CueKind.LOOP) and last >= 1:
        settled = {0: 0, last: OPEN[key.mode]}
    degrees = chosen(key, [replace(bar, settled=settled.get(i)) for i, bar in enumerate(asked)])
    around = spec.kind is CueKind.LOOP
    for bar, degree in enumerate(degrees):
        following = degrees[(bar + 1) % len(degrees)] if bar < last or around else None
        opens = spec.kind is CueKind.INTRO and bar == last
        rich = desk.energy < 0.5 and degree in (1, 3) and spec.valence > 0
        desk.chords.append(key.chord(degree, dominant=following == 0 or opens, seventh=rich))
    desk.voices = voiced(desk.chords, around=around and len(grid.bars) > 1)
    return degrees


def _asked(desk: Desk, sung: list[Sung]) -> list[Bar]:
    """What each bar asks of its chord."""
    grid = desk.grid
    fresh = {grid.bar_at(grid.beat_at(cut)) for cut in grid.met}
    out = []
    for bar, (start, beats) in enumerate(zip(grid.starts, grid.bars, strict=True)):
        phrase = desk.phrase_of(bar)
        options = PROGRESSIONS[desk.key.mode]
        row = desk.rotation.figure("progression", phrase.section, options)
        begins = min(p.first for p in desk.plan if p.section == phrase.section)
        usual = row[(bar - begins) % len(row)] if phrase.role is not Role.INTRO else 0
        heard = tuple(
            (min(s.beats, start + beats - s.start) * _weight(s.start - start), s.degree)
            for s in sung
            if start <= s.start < start + beats
        )
        out.append(Bar(usual, heard, bar in fresh))
    return out


def _weight(beat: float) -> float:
    """How much a chord should agree with a melody note, from the first beat of a bar down to off the beat."""
    if beat == 0:
        return 2.6
    return 1.2 if beat % 2 == 0 else 0.6


def _sing(desk: Desk, sung: list[Sung]) -> None:
    """Give every theme to its instrument, each phrase in an octave where all of it can be played."""
    ordered = sorted(sung, key=lambda s: (s.theme, desk.grid.bar_at(s.start), s.start))
    by_phrase = itertools.groupby(
        ordered, key=lambda s: (s.theme, desk.phrase_of(desk.grid.bar_at(s.start)).first)
    )
    for (theme, _), group in by_phrase:
        phrase = list(group)
        part = LEADS[theme % len(LEADS)]
        shift = _octave(desk, part, phrase)
        following = {s.start: after.start for s, after in itertools.pairwise(phrase)}
        for s in phrase:
            pitch = desk.instrument(part).fitted(desk.key.pitch(s.degree, shift))
            length = min(s.beats, following.get(s.start, s.start + s.beats) - s.start)
            _sound(desk, part, s, pitch, length * (0.82 if desk.energy > 0.7 and s.beats <= 0.5 else 0.97))


def _octave(desk: Desk, part: str, phrase: list[Sung]) -> int:
    """The octave nearest to the mood's in which the instrument reaches every note."""
    wanted = 5 if desk.spec.valence > 0.3 else 4
    instrument = desk.instrument(part)

    def missed(octave: int) -> tuple[int, int]:
        pitches = [desk.key.pitch(s.degree, octave) for s in phrase]
        out = sum(not instrument.low <= pitch <= instrument.high for pitch in pitches)
        return out, abs(octave - wanted)

    return min(range(1, 8), key=missed)


def _sound(desk: Desk, part: str, s: Sung, pitch: int, beats: float) -> None:
    weight = 0.95 if s.start in desk.grid.starts else 0.86
    if not s.verbatim:
        weight -= 0.08
    desk.add(part, s.start, beats, pitch, weight, s.theme)
    doubled = desk.energy > 0.8 and s.start >= desk.grid.beats / 2 and part == "lead"
    if doubled and pitch + 12 <= desk.instrument(part).high:
        desk.add(part, s.start, beats, pitch + 12, 0.6, s.theme)


def _rung(desk: Desk) -> list[Note]:
    """The notes with those of the last chord held to the very end where a cue rings out."""
    rings = desk.spec.closes or desk.spec.kind in (CueKind.INTRO, CueKind.STINGER)
    if not rings:
        return desk.notes
    until = desk.grid.beats - 0.5

    def held(note: Note) -> Note:
        if note.part not in _RINGING or note.start + note.beats <= until:
            return note
        return replace(note, beats=round(desk.end - note.start - 0.01, 4))

    return [held(note) for note in desk.notes]
