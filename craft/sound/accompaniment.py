"""Accompaniment: pad, bass, pulse, counter-melody, drums and hits over the chords of a cue."""

from __future__ import annotations

from craft.sound import patterns
from craft.sound.cue import CueKind, Note
from craft.sound.desk import Desk
from craft.sound.form import Role
from craft.sound.harmony import Chord

_PULSE_CENTRE, _COUNTER_CENTRE = 57, 62
_CRASH, _LOW_TOM = 49, 41


def accompany(desk: Desk) -> None:
    """Write every part under the melody."""
    for bar in range(len(desk.grid.bars)):
        phrase = desk.phrase_of(bar)
        _pad(desk, bar)
        if phrase.role is Role.INTRO and bar == 0:
            continue
        _bass(desk, bar)
        if phrase.role is Role.CADENCE:
            continue
        if phrase.role is not Role.INTRO or bar > 0:
            _pulse(desk, bar)
        if phrase.role is not Role.INTRO:
            _drums(desk, bar)
    _counter(desk)
    _hits(desk)


def _pad(desk: Desk, bar: int) -> None:
    start, beats = desk.grid.starts[bar], desk.grid.bars[bar]
    phrase = desk.phrase_of(bar)
    figure = desk.rotation.figure("pad", phrase.section, patterns.PAD)
    if desk.level(bar) < 0.3 or phrase.role in (Role.CADENCE, Role.INTRO):
        figure = patterns.PAD[0]
    strokes = [(at, length) for at, length in figure if at < beats]
    for index, (at, _) in enumerate(strokes):
        until = strokes[index + 1][0] if index + 1 < len(strokes) else beats
        for voice, pitch in enumerate(desk.voices[bar][1:]):
            desk.add("pad", start + at, until - at, pitch, 0.6 + 0.05 * (voice == 3))


def _bass(desk: Desk, bar: int) -> None:
    start, beats = desk.grid.starts[bar], desk.grid.bars[bar]
    kind = patterns.texture(desk.level(bar))
    section = desk.phrase_of(bar).section
    figure = desk.rotation.figure(f"bass {kind}", section, patterns.BASS[kind])
    if desk.phrase_of(bar).role is Role.CADENCE:
        figure = patterns.BASS["held"][0]
    instrument = desk.instrument("bass")
    for at, length, interval in figure:
        if at >= beats:
            continue
        pitch = instrument.fitted(_interval(desk, bar, interval))
        last = at + length >= 4
        desk.add(
            "bass",
            start + at,
            (beats - at) * 0.95 if last else length * 0.95,
            pitch,
            0.84 if at == 0 else 0.72,
        )


def _interval(desk: Desk, bar: int, interval: str) -> int:
    """A bass note by its name in a figure."""
    root = desk.voices[bar][0]
    if interval == "8":
        return root + 12 if root + 12 <= desk.instrument("bass").high else root
    if interval == "5":
        others = [p for p in range(root - 5, root + 8) if p % 12 in desk.chords[bar].classes and p != root]
        return min(others, key=lambda p: (abs(p - root - 7), p))
    if interval == "a":
        to = desk.voices[(bar + 1) % len(desk.voices)][0]
        scale = {desk.key.pitch(degree, 0) % 12 for degree in range(7)}
        return next(p for p in ((to - 1, to - 2) if to >= root else (to + 1, to + 2)) if p % 12 in scale)
    return root


def chord_notes(chord: Chord, low: int, count: int) -> list[int]:
    """`count` notes of a chord upwards, from the first root at or above a pitch."""
    root = low + (chord.root - low) % 12
    return [p for p in range(root, root + 12 * count) if p % 12 in chord.classes][:count]


def _pulse(desk: Desk, bar: int) -> None:
    """A figure of chord notes; it is silent when the mood is still."""
    level = desk.level(bar)
    if level < 0.2:
        return
    start, beats = desk.grid.starts[bar], desk.grid.bars[bar]
    kind, feel = patterns.motion(level), desk.palette.feel
    step, steps = desk.rotation.figure(
        f"pulse {kind}", desk.phrase_of(bar).section, patterns.PULSE[feel][kind]
    )
    instrument = desk.instrument("pulse")
    notes = [instrument.fitted(p) for p in chord_notes(desk.chords[bar], _PULSE_CENTRE - 6, 5)]
    short = 0.55 if feel == "repeat" else 0.5 if feel == "offbeat" else 0.9
    for index in range(round(beats / step)):
        token = steps[index % len(steps)]
        if token == ".":
            continue
        weight = 0.62 if index % 4 == 0 else 0.5
        for pitch in notes[1:3] if token == "x" else [notes[int(token)]]:
            desk.add("pulse", start + index * step, step * short, pitch, weight)


def _counter(desk: Desk) -> None:
    """A slow voice in the later half: the chord's notes nearest to where it is, against the bass."""
    bars = len(desk.grid.bars)
    first = 0 if desk.spec.kind is CueKind.LOOP else bars // 2
    if desk.energy < 0.25 or bars < 4:
        return
    instrument = desk.instrument("counter")
    here = instrument.fitted(_COUNTER_CENTRE)
    for bar in range(first, bars):
        phrase = desk.phrase_of(bar)
        if phrase.role in (Role.COMBINED, Role.INTRO, Role.CADENCE):
            continue
        down = bar > 0 and desk.voices[bar][0] > desk.voices[bar - 1][0]
        reach = [
            p
            for p in range(max(instrument.low, here - 7), min(instrument.high, here + 7) + 1)
            if p % 12 in desk.chords[bar].classes
        ]
        here = min(
            reach, key=lambda p: (abs(p - here - (-2 if down else 2)) + 0.1 * abs(p - _COUNTER_CENTRE), p)
        )
        desk.add("counter", desk.grid.starts[bar], desk.grid.bars[bar] * 0.95, here, 0.6)


def _drums(desk: Desk, bar: int) -> None:
    level, style = desk.level(bar), patterns.DRUMS[desk.palette.drums]
    if level < 0.42:
        return
    start, beats, phrase = desk.grid.starts[bar], desk.grid.bars[bar], desk.phrase_of(bar)
    rows = desk.rotation.figure("drums", phrase.section, style)
    last_of_section = bar + 1 >= len(desk.grid.bars) or desk.phrase_of(bar + 1).section != phrase.section
    fill = last_of_section and bool(rows) and beats >= 3 and desk.spec.kind is not CueKind.STINGER
    until = beats - 1 if fill else beats
    for drum, row in rows:
        for index in range(until * 4):
            token = row[index % len(row)]
            # a quiet section leaves the soft strokes out
            if token != "." and (token != "o" or level > 0.5):
                desk.add("drums", start + index / 4, 0.2, drum, patterns.STRENGTH[token] * 0.9)
    if fill:
        figure = desk.rotation.figure("fill", phrase.section, patterns.FILLS)
        for index, drum in enumerate(figure):
            desk.add("drums", start + beats - 1 + index / 4, 0.2, drum, 0.6 + 0.1 * index)


def _hits(desk: Desk) -> None:
    """Timpani in octaves, and a crash when there is energy, exactly where the picture asks for it."""
    wanted = list(desk.spec.hits)
    if desk.spec.kind is CueKind.STINGER and not wanted:
        wanted = [0.0]
    instrument = desk.instrument("hits")
    for seconds in wanted:
        beat = desk.grid.beat_at(seconds)
        root = desk.chords[min(len(desk.chords) - 1, desk.grid.bar_at(beat))].root
        low = instrument.low + (root - instrument.low) % 12
        length = min(1.5, desk.end - beat)
        for pitch in (low, low + 12) if low + 12 <= instrument.high else (low,):
            desk.notes.append(
                Note("hits", round(beat, 5), round(length, 4), pitch, round(92 + 26 * desk.energy))
            )
        drum, loud = (_CRASH, 96) if desk.energy >= 0.4 else (_LOW_TOM, 78)
        desk.notes.append(Note("drums", round(beat, 5), round(min(0.3, length), 4), drum, loud))
