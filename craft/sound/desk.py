"""The desk on which a cue is written: what its parts share, the arc of its loudness, a player's small
differences.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field

from craft.sound.cue import CueKind, Note, ScoreSpec
from craft.sound.form import Phrase, Role
from craft.sound.harmony import Chord, Key
from craft.sound.palettes import Instrument, Palette, instruments
from craft.sound.patterns import Rotation
from craft.sound.tempo import TempoMap

# part → standard deviation in seconds of when a player comes in, and of how loud (velocity)
_LOOSENESS = {
    "pad": (0.004, 2.5),
    "bass": (0.005, 3.0),
    "lead": (0.009, 4.0),
    "second": (0.009, 4.0),
    "third": (0.009, 4.0),
    "counter": (0.009, 3.0),
    "pulse": (0.004, 4.5),
    "drums": (0.003, 5.0),
}
_SETTLES = 0.35


def drawn(spec: ScoreSpec, purpose: str) -> random.Random:
    """Chances of one purpose: the same spec draws the same, and one part's draws do not move another's."""
    told = (
        f"{purpose}/{spec.seed}/{spec.kind}/{spec.genre}/{'|'.join(spec.names)}/"
        f"{spec.valence:.3f}/{spec.energy:.3f}/{spec.seconds:.4f}"
    )
    return random.Random(int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big"))


@dataclass(slots=True)
class Desk:
    """A cue in progress. `energy` is 0-1, `voices` are (bass, four upper) of each bar."""

    spec: ScoreSpec
    key: Key
    palette: Palette
    grid: TempoMap
    energy: float
    plan: list[Phrase]
    rotation: Rotation
    chords: list[Chord] = field(default_factory=list)
    voices: list[tuple[int, ...]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _chance: dict[str, random.Random] = field(default_factory=dict)

    @property
    def end(self) -> float:
        """The beat at which the cue's last sample lies, after the tail."""
        return self.grid.beat_at(self.spec.seconds)

    def chance(self, part: str) -> random.Random:
        """The part's own chances."""
        if part not in self._chance:
            self._chance[part] = drawn(self.spec, part)
        return self._chance[part]

    def instrument(self, part: str) -> Instrument:
        """What plays the part."""
        return instruments()[self.palette.program(part)]

    def phrase_of(self, bar: int) -> Phrase:
        """The phrase in which a bar lies."""
        return next(phrase for phrase in self.plan if phrase.first <= bar < phrase.last)

    def level(self, bar: int) -> float:
        """Energy 0-1 of a bar: a cue opens thinner and is fullest before its end, a loop stays as it is."""
        if self.spec.kind in (CueKind.LOOP, CueKind.STINGER, CueKind.BUTTON):
            return self.energy
        sections = self.plan[-1].section + 1
        section = self.phrase_of(bar).section
        if sections < 3:
            return self.energy
        if section == 0:
            return self.energy - 0.12
        at = section / (sections - 1)
        return self.energy + (0.08 if 0.5 <= at <= 0.85 else 0.0)

    def loudness(self, beat: float) -> float:
        """The arc of the cue, about 0.4-1.1: it rises to 70 % of its length and falls a little; an intro
        rises to its end, a loop stays level.
        """
        at = min(1.0, beat / max(1, self.grid.beats))
        base = 0.47 + 0.36 * self.energy
        if self.spec.kind is CueKind.LOOP:
            return base + 0.15
        if self.spec.kind is CueKind.STINGER:
            return base + 0.25
        if self.spec.kind is CueKind.INTRO:
            return base - 0.12 + 0.4 * at
        arc = at / 0.7 if at < 0.7 else 1.0 - _SETTLES * (at - 0.7) / 0.3
        opening = self.plan[0].role is Role.INTRO and beat < sum(self.grid.bars[: self.plan[0].last])
        return base + 0.25 * arc - (0.15 if opening else 0.0)

    def add(self, part: str, start: float, beats: float, pitch: int, weight: float, theme: int = -1) -> None:
        """Write a note with a player's small differences; what starts after the end is left out."""
        if start >= self.grid.beats - 0.01:
            return
        chance, (late, uneven) = self.chance(part), _LOOSENESS[part]
        off_beat = part not in ("pad", "bass") and round((start % 1) * 4) == 2
        swing = self.palette.swing if off_beat else 0.0
        accent = 3.0 if start in self.grid.starts else -2.0 if start % 1 else 0.0
        loud = self.loudness(start) * weight * 100 + accent + chance.gauss(0, uneven)
        human = chance.gauss(0, late) * self.grid.tempo / 60
        at = max(0.0, start + swing + human)
        length = max(0.05, min(beats, self.grid.beats - at))
        velocity = max(12, min(122, round(loud)))
        self.notes.append(Note(part, round(at, 4), round(length, 4), pitch, velocity, theme))
