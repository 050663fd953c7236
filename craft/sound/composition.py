"""Composition: a mood, a genre, a theme and a length become notes. Pure and deterministic: no files, no
sound.

|intro| motif      answer    | motif, thicker  answer | … climax near 70 % … | cadence | tail |
pad ───────────────────────────────────────────────────────────────────────────────────────────
      bass ────── pulse (energy) ────── counter ───── drums (energy) ──
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field

from craft.sound.errors import SoundRefused
from craft.sound.harmony import CADENCES, PROGRESSIONS, Key, led, mode_for
from craft.sound.motif import Motif, motif_of, tonic_of
from craft.sound.palettes import Palette, palette_for

BEATS_PER_BAR = 4
SHORTEST, LONGEST = 0.5, 1800.0
PARTS = ("pad", "bass", "lead", "counter", "pulse", "hits", "drums")


@dataclass(frozen=True, slots=True)
class ScoreSpec:
    """What a cue should be.

    seconds  its exact length · valence −1 (dark) … 1 (bright) · energy −1 (still) … 1 (driving)
    genre    a genre slug · theme the name whose melody it plays · seed another take of the same mood
    intro    begins with the pad alone · out ends with a cadence that rings
    hits     seconds at which an accent lands
    """

    seconds: float
    valence: float = 0.0
    energy: float = 0.0
    genre: str = "drama"
    seed: int = 0
    theme: str = ""
    intro: bool = False
    out: bool = False
    hits: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Raises `SoundRefused` for a figure out of range."""
        if not SHORTEST <= self.seconds <= LONGEST:
            raise SoundRefused(f"A cue lasts {SHORTEST} to {LONGEST} s, not {self.seconds}.")
        for name, value in (("valence", self.valence), ("energy", self.energy)):
            if not -1.0 <= value <= 1.0:
                raise SoundRefused(f"{name} is {value}; it must lie between −1 and 1.")
        palette_for(self.genre)


@dataclass(frozen=True, slots=True)
class Note:
    """One note: its part, start and length in beats, MIDI pitch (a drum's number for drums) and velocity
    1-127.
    """

    part: str
    start: float
    beats: float
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Composition:
    """A finished cue on paper: `beats` of it fill `played` seconds, the last chord rings for `tail` more."""

    spec: ScoreSpec
    key: Key
    palette: Palette
    motif: Motif
    beats: int
    tempo: float
    played: float
    tail: float
    notes: tuple[Note, ...]
    chords: tuple[int, ...]


@dataclass(slots=True)
class _Desk:
    """What the parts share while they are written."""

    spec: ScoreSpec
    key: Key
    palette: Palette
    motif: Motif
    beats: int
    tempo: float
    energy: float
    intro_bars: int
    rng: random.Random
    notes: list[Note] = field(default_factory=list)

    @property
    def bars(self) -> int:
        return -(-self.beats // BEATS_PER_BAR)

    def bar_beats(self, bar: int) -> int:
        return min(BEATS_PER_BAR, self.beats - bar * BEATS_PER_BAR)

    def loudness(self, beat: float) -> float:
        """The arc of the cue, 0-1: it rises to 70 % of its length and falls a little."""
        at = beat / max(1, self.beats)
        arc = at / 0.7 if at < 0.7 else 1.0 - 0.35 * (at - 0.7) / 0.3
        return (
            (0.45 + 0.4 * self.energy)
            + 0.25 * arc
            - (0.15 if beat < self.intro_bars * BEATS_PER_BAR else 0.0)
        )

    def add(self, part: str, start: float, beats: float, pitch: int, weight: float) -> None:
        """Write a note with a player's small differences; what starts after the end is left out."""
        if start >= self.beats - 0.01:
            return
        swing = self.palette.swing if part != "pad" and round((start % 1) * 4) == 2 else 0.0
        loud = self.loudness(start) * weight * 100 + self.rng.uniform(-5, 5)
        late = max(0.0, start + swing + self.rng.gauss(0, 0.006 if part != "pad" else 0.0))
        length = max(0.05, min(beats, self.beats - late))
        self.notes.append(Note(part, round(late, 4), round(length, 4), pitch, max(12, min(122, round(loud)))))


def compose(spec: ScoreSpec) -> Composition:
    """Write the cue. The same spec gives the same notes on every machine."""
    palette = palette_for(spec.genre)
    energy = (spec.energy + 1) / 2
    tail = min(2.8, 0.22 * spec.seconds) if spec.out else 0.0
    played = spec.seconds - tail
    beats = beats_for(played, 62 + 62 * energy + palette.tempo)
    key = Key(tonic_of(spec.theme), mode_for(spec.valence))
    desk = _Desk(
        spec, key, palette, motif_of(spec.theme), beats, beats * 60 / played, energy,
        _intro_bars(spec, -(-beats // BEATS_PER_BAR)), _random(spec),
    )  # fmt: skip
    melody = _melody(desk)
    chords = _chords(desk, melody)
    _write_pad_and_bass(desk, chords)
    _write_melody(desk, melody)
    _write_pulse(desk, chords)
    _write_counter(desk, chords)
    _write_drums(desk)
    _write_hits(desk)
    notes = sorted(desk.notes, key=lambda n: (n.start, PARTS.index(n.part), n.pitch))
    return Composition(
        spec, key, palette, desk.motif, beats, desk.tempo, played, tail, tuple(notes), tuple(chords)
    )


def beats_for(seconds: float, tempo: float) -> int:
    """How many beats fill the seconds: whole bars when the tempo then moves by less than 12 %, else whole
    beats.
    """
    exact = seconds * tempo / 60
    whole = max(1, round(exact / BEATS_PER_BAR)) * BEATS_PER_BAR
    return whole if abs(whole / exact - 1) < 0.12 else max(1, round(exact))


def _random(spec: ScoreSpec) -> random.Random:
    told = f"{spec.seed}/{spec.genre}/{spec.theme}/{spec.valence:.3f}/{spec.energy:.3f}/{spec.seconds:.4f}"
    return random.Random(int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big"))


def _intro_bars(spec: ScoreSpec, bars: int) -> int:
    if not spec.intro or bars < 3:
        return 0
    return 2 if bars >= 8 else 1


def _melody(desk: _Desk) -> list[tuple[float, float, int]]:
    """(start, beats, scale degree) of the lead: the motif, its answers, and rests between them when energy
    is low.
    """
    out: list[tuple[float, float, int]] = []
    start = desk.intro_bars * BEATS_PER_BAR
    answers = (desk.motif.moved(1), desk.motif.inverted(), desk.motif.moved(-2), desk.motif.moved(2))
    turn = 0
    while start < desk.beats:
        plain = turn % 2 == 0
        shape = desk.motif if plain else answers[desk.rng.randrange(len(answers))]
        if plain or desk.rng.random() < 0.35 + 0.6 * desk.energy:
            at = float(start)
            for degree, beats in zip(shape.degrees, shape.beats, strict=True):
                out.append((at, beats, degree))
                at += beats
        start += 2 * BEATS_PER_BAR
        turn += 1
    return _closed(desk, out) if desk.spec.out and desk.bars >= 2 else out


def _closed(desk: _Desk, sung: list[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
    """The melody with the tonic nearest to its last note held through the final bar."""
    final = (desk.bars - 1) * BEATS_PER_BAR
    kept = [(at, min(beats, final - at), degree) for at, beats, degree in sung if at < final]
    last = kept[-1][2] if kept else 0
    return [*kept, (final, desk.beats - final, min((0, 7), key=lambda d: abs(d - last)))]


def _chords(desk: _Desk, melody: list[tuple[float, float, int]]) -> list[int]:
    """A degree for each bar: the mode's progression, bent where the melody asks for another chord, then the
    cadence.
    """
    phrase = desk.rng.choice(PROGRESSIONS[desk.key.mode])
    # a diminished triad would sound like a question nobody asked
    steady = [d for d in range(6) if desk.key.pitch(d + 4, 4) - desk.key.pitch(d, 4) == 7]
    chords = []
    for bar in range(desk.bars):
        usual = phrase[(bar - desk.intro_bars) % len(phrase)] if bar >= desk.intro_bars else 0
        first, last = bar * BEATS_PER_BAR, (bar + 1) * BEATS_PER_BAR
        sung = [(min(b, last - at) * _weight(at), d % 7) for at, b, d in melody if first <= at < last]
        options = {d: _fit(d, sung) + (1.2 if d == usual else 0.0) for d in {*steady, usual}}
        chords.append(max(options, key=lambda d: (options[d], d == usual, -d)))
    if desk.spec.out and desk.bars >= 2:
        chords[-2:] = CADENCES[desk.key.mode]
    elif desk.spec.out:
        chords[-1] = 0
    return chords


def _weight(beat: float) -> float:
    """How much a chord should agree with a melody note, from the first beat of a bar down to off the beat."""
    if beat % BEATS_PER_BAR == 0:
        return 2.0
    return 1.2 if beat % 2 == 0 else 0.6


def _fit(degree: int, sung: list[tuple[float, int]]) -> float:
    """Weighted beats of melody that are notes of the triad, less half of those that rub against it."""
    triad = {(degree + s) % 7 for s in (0, 2, 4)}
    return sum(weight if d in triad else -0.5 * weight for weight, d in sung)


def _write_pad_and_bass(desk: _Desk, chords: list[int]) -> None:
    voices: tuple[int, ...] | None = None
    for bar, degree in enumerate(chords):
        start, beats = bar * BEATS_PER_BAR, desk.bar_beats(bar)
        root = desk.key.pitch(degree, 2)
        following = chords[bar + 1] if bar + 1 < len(chords) else None
        rich = desk.energy < 0.5 and degree in (1, 3) and desk.spec.valence > 0
        voices = led(voices, desk.key.chord(degree, dominant=following == 0, seventh=rich), root % 12)
        for index, pitch in enumerate(voices):
            desk.add("pad", start, beats, pitch, 0.62 + 0.05 * (index == 3))
        if bar < desk.intro_bars and bar == 0:
            continue
        low = root if root >= 36 else root + 12
        _write_bass(desk, start, beats, low)


def _write_bass(desk: _Desk, start: int, beats: int, root: int) -> None:
    if desk.energy < 0.4:
        desk.add("bass", start, beats, root, 0.74)
        return
    step = 2.0 if desk.energy < 0.6 else 1.0 if desk.energy < 0.8 else 0.5
    at = 0.0
    while at < beats:
        fifth = step >= 1.0 and at == 2.0 and desk.rng.random() < 0.5
        desk.add("bass", start + at, step * 0.92, root + (7 if fifth else 0), 0.82 if at % 2 == 0 else 0.7)
        at += step


def _write_melody(desk: _Desk, melody: list[tuple[float, float, int]]) -> None:
    octave = 5 if desk.spec.valence > 0.3 else 4
    for start, beats, degree in melody:
        pitch = desk.key.pitch(degree, octave)
        desk.add("lead", start, beats * 0.96, pitch, 0.92 if start % BEATS_PER_BAR == 0 else 0.84)
        if desk.energy > 0.8 and start >= desk.beats / 2:
            desk.add("lead", start, beats * 0.96, pitch + 12, 0.6)


def _write_pulse(desk: _Desk, chords: list[int]) -> None:
    """An ostinato of chord notes; sixteenths only when the mood drives."""
    if desk.energy < 0.3:
        return
    step = 1.0 if desk.energy < 0.5 else 0.5 if desk.energy < 0.8 else 0.25
    order = desk.rng.choice(((0, 2, 4, 2), (0, 4, 2, 4), (0, 2, 4, 7), (4, 2, 0, 2)))
    for bar in range(desk.intro_bars // 2, len(chords)):
        for index in range(int(desk.bar_beats(bar) / step)):
            degree = chords[bar] + order[index % len(order)]
            weight = 0.62 if index % 4 == 0 else 0.5
            desk.add(
                "pulse", bar * BEATS_PER_BAR + index * step, step * 0.7, desk.key.pitch(degree, 4), weight
            )


def _write_counter(desk: _Desk, chords: list[int]) -> None:
    """A slow second voice in the later half: thirds and fifths of the chords, moving against the bass."""
    first = max(desk.intro_bars, len(chords) // 2)
    if desk.energy < 0.25 or len(chords) < 4:
        return
    for bar in range(first, len(chords)):
        degree = chords[bar] + (2 if bar % 2 == 0 else 4)
        desk.add("counter", bar * BEATS_PER_BAR, desk.bar_beats(bar) * 0.95, desk.key.pitch(degree, 4), 0.6)


# style → (drum, beats in the bar, weight): General MIDI percussion numbers
_KITS: dict[str, tuple[tuple[int, tuple[float, ...], float], ...]] = {
    "none": (),
    "drive": ((36, (0, 2, 2.5), 1.0), (38, (1, 3), 0.9), (42, tuple(i / 2 for i in range(8)), 0.5)),
    "march": ((36, (0, 2), 0.9), (38, (0, 0.75, 1, 1.5, 2, 2.75, 3, 3.5), 0.55), (41, (0,), 0.8)),
    "brush": ((51, (0, 1, 1.5, 2, 3, 3.5), 0.5), (44, (1, 3), 0.5), (36, (0, 2.5), 0.6)),
    "tick": ((37, (0, 1, 2, 3), 0.4), (42, (0.5, 1.5, 2.5, 3.5), 0.35), (36, (0, 2.75), 0.75)),
    "low": ((41, (0,), 0.9), (43, (2.5,), 0.6), (36, (0, 3.5), 0.7)),
}


def _write_drums(desk: _Desk) -> None:
    kit = _KITS[desk.palette.drums]
    if desk.energy < 0.45:
        return
    for bar in range(desk.intro_bars, desk.bars):
        for drum, beats, weight in kit:
            for beat in beats:
                if beat < desk.bar_beats(bar):
                    desk.add("drums", bar * BEATS_PER_BAR + beat, 0.2, drum, weight)
        if bar % 4 == 3 and kit and desk.bar_beats(bar) == BEATS_PER_BAR:
            for index in range(4):
                desk.add("drums", bar * BEATS_PER_BAR + 3 + index / 4, 0.2, (50, 48, 45, 41)[index], 0.8)


def _write_hits(desk: _Desk) -> None:
    """A low drum and the tonic in octaves exactly where the picture asks for it."""
    for seconds in desk.spec.hits:
        beat = seconds * desk.tempo / 60
        if 0 <= beat < desk.beats:
            low = desk.key.pitch(0, 2)
            for pitch in (low, low + 12):
                desk.notes.append(Note("hits", round(beat, 4), 1.5, pitch, 112))
            desk.notes.append(Note("drums", round(beat, 4), 0.3, 49, 96))
