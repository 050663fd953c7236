"""A composition as Standard MIDI: one track and channel per part, so that stems are a choice of tracks.

`score_bytes` is the music as written, with its bars and its tempo map; `performance_bytes` is the same in
milliseconds, for a player that rounds at every change of tempo and would drift.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence

import mido

from craft.sound.composition import Composition
from craft.sound.cue import LEADS, PARTS
from craft.sound.palettes import instruments

TICKS = 960
CHANNELS = {
    "pad": 0, "bass": 1, "lead": 2, "counter": 3, "pulse": 4, "hits": 5, "second": 6, "third": 7, "drums": 9,
}  # fmt: skip
# part → (volume in dB under the loudest, pan, reverb send 0-127)
_SEATS = {
    "pad": (-7.0, 64, 80),
    "bass": (-6.0, 64, 24),
    "lead": (-4.5, 70, 66),
    "second": (-5.0, 52, 68),
    "third": (-5.5, 80, 70),
    "counter": (-9.0, 42, 76),
    "pulse": (-10.0, 86, 56),
    "hits": (-3.0, 64, 70),
    "drums": (-9.0, 60, 44),
}
_EXPRESSIVE = ("pad", "counter", *LEADS)
_MS_TICKS, _MS_TEMPO = 500, 500_000
_RELEASE, _SOUNDFONT_NRPN = 38, 120
_VOLUME, _PAN, _EXPRESSION, _PEDAL, _REVERB = 7, 10, 11, 64, 91
Timed = tuple[int, int, mido.Message]
Clock = Callable[[float], int]


def score_bytes(piece: Composition) -> bytes:
    """The cue as a file for people and their programs; the same composition gives the same bytes."""
    end = round(piece.grid.beat_at(piece.spec.seconds) * TICKS)
    head = mido.MidiTrack([mido.MetaMessage("track_name", name="cue")])
    events = [*_tempos(piece), *_meters(piece), *_markers(piece)]
    now = 0
    for at, message in sorted(events, key=lambda event: event[0]):
        head.append(message.copy(time=at - now))
        now = at
    head.append(mido.MetaMessage("end_of_track", time=end - now))
    tracks = [_track(piece, part, lambda beat: round(beat * TICKS), end) for part in _used(piece, PARTS)]
    return _saved(TICKS, [head, *tracks])


def performance_bytes(piece: Composition, parts: Sequence[str] = PARTS, after: float = 0.0) -> bytes:
    """Some parts as events in whole milliseconds, with what the synthesiser needs; `after` adds seconds of
    silence.
    """
    end = math.ceil((piece.spec.seconds + after) * 1000)
    head = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=_MS_TEMPO)])
    head.append(mido.MetaMessage("end_of_track", time=end))

    def clock(beat: float) -> int:
        return round(piece.grid.seconds_at(beat) * 1000)

    return _saved(_MS_TICKS, [head, *(_track(piece, part, clock, end) for part in _used(piece, parts))])


def _used(piece: Composition, parts: Sequence[str]) -> list[str]:
    sounding = {note.part for note in piece.notes}
    return [part for part in parts if part in sounding]


def _saved(ticks: int, tracks: list[mido.MidiTrack]) -> bytes:
    file = mido.MidiFile(ticks_per_beat=ticks)
    file.tracks.extend(tracks)
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def _tempos(piece: Composition) -> list[tuple[int, mido.MetaMessage]]:
    out, last = [], 0
    for beat in range(piece.grid.beats):
        tempo = round((piece.grid.times[beat + 1] - piece.grid.times[beat]) * 1e6)
        if tempo != last:
            out.append((beat * TICKS, mido.MetaMessage("set_tempo", tempo=tempo)))
        last = tempo
    return out


def _meters(piece: Composition) -> list[tuple[int, mido.MetaMessage]]:
    out, last = [], 0
    for start, beats in zip(piece.grid.starts, piece.grid.bars, strict=True):
        if beats != last:
            meter = mido.MetaMessage("time_signature", numerator=beats, denominator=4)
            out.append((start * TICKS, meter))
        last = beats
    return out


def _markers(piece: Composition) -> list[tuple[int, mido.MetaMessage]]:
    out = []
    for phrase in piece.plan:
        told = " ".join([phrase.role, *(str(theme + 1) for theme in phrase.themes)])
        out.append((piece.grid.starts[phrase.first] * TICKS, mido.MetaMessage("marker", text=told)))
    return out


def _track(piece: Composition, part: str, clock: Clock, end: int) -> mido.MidiTrack:
    timed = [*_seated(piece, part), *_bowed(piece, part, clock), *_pedalled(piece, part, clock, end)]
    channel = CHANNELS[part]
    for note in piece.notes:
        if note.part != part:
            continue
        start, stop = clock(note.start), min(end, clock(note.start + note.beats))
        sounding = {"channel": channel, "note": max(0, min(127, note.pitch))}
        timed.append((start, 3, mido.Message("note_on", velocity=note.velocity, **sounding)))
        timed.append((max(start + 1, stop), 1, mido.Message("note_off", **sounding)))
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=part)])
    now = 0
    for at, _, message in sorted(timed, key=lambda item: (item[0], item[1])):
        message.time = at - now
        track.append(message)
        now = at
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - now)))
    return track


def _seated(piece: Composition, part: str) -> list[Timed]:
    """Program, volume, place and room of a part."""
    channel, program = CHANNELS[part], piece.palette.program(part)
    level, pan, reverb = _SEATS[part]
    controls = []
    if part != "drums":
        instrument = instruments()[program]
        level += instrument.trim
        # 14 bits round the middle, in steps of two timecents
        data = 8192 - instrument.damped // 2
        if instrument.damped:
            controls += [(99, _SOUNDFONT_NRPN), (98, _RELEASE), (38, data & 127), (6, data >> 7)]
    volume = round(127 * 10 ** (min(0.0, level) / 40))
    controls += [(_VOLUME, volume), (_PAN, pan), (_REVERB, reverb), (_EXPRESSION, 104)]
    out: list[Timed] = [(0, 0, mido.Message("program_change", channel=channel, program=program))]
    return out + [(0, 0, _control(channel, control, value)) for control, value in controls]


def _bowed(piece: Composition, part: str, clock: Clock) -> list[Timed]:
    """A swell over each phrase for tones that hold."""
    if part not in _EXPRESSIVE or not instruments()[piece.palette.program(part)].held:
        return []
    out: list[Timed] = []
    for phrase in piece.plan:
        first = piece.grid.starts[phrase.first]
        beats = sum(piece.grid.bars[phrase.first : phrase.last])
        for beat in range(beats):
            hill = math.sin(math.pi * (beat + 0.5) / beats)
            out.append((clock(first + beat), 2, _control(CHANNELS[part], _EXPRESSION, round(92 + 26 * hill))))
    return out


def _pedalled(piece: Composition, part: str, clock: Clock, end: int) -> list[Timed]:
    """A pedal that is changed with the chord, for pianos that accompany."""
    if part not in ("pad", "pulse") or not instruments()[piece.palette.program(part)].pedal:
        return []
    out: list[Timed] = []
    for start, beats in zip(piece.grid.starts, piece.grid.bars, strict=True):
        out.append((clock(start + 0.1), 2, _control(CHANNELS[part], _PEDAL, 127)))
        out.append((min(end, clock(start + beats - 0.02)), 2, _control(CHANNELS[part], _PEDAL, 0)))
    return out


def _control(channel: int, control: int, value: int) -> mido.Message:
    return mido.Message("control_change", channel=channel, control=control, value=value)
