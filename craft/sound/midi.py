"""A composition as a Standard MIDI file: one track and channel per part, so that stems are a choice of
tracks.
"""

from __future__ import annotations

import io

import mido

from craft.sound.composition import PARTS, Composition

TICKS = 960
CHANNELS = {"pad": 0, "bass": 1, "lead": 2, "counter": 3, "pulse": 4, "hits": 5, "drums": 9}
# part → (volume, pan, reverb send), 0-127
_SEATS = {
    "pad": (88, 64, 80),
    "bass": (92, 64, 30),
    "lead": (104, 70, 70),
    "counter": (82, 44, 76),
    "pulse": (76, 84, 60),
    "hits": (110, 64, 70),
    "drums": (88, 64, 50),
}
_TIMPANI = 47


def midi_bytes(piece: Composition) -> bytes:
    """The file as bytes; the same composition gives the same bytes."""
    file = mido.MidiFile(ticks_per_beat=TICKS)
    tempo = mido.bpm2tempo(piece.tempo)
    end = round((piece.beats + piece.tail * piece.tempo / 60) * TICKS)
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("track_name", name="cue"))
    head.append(mido.MetaMessage("set_tempo", tempo=tempo))
    head.append(mido.MetaMessage("end_of_track", time=end))
    file.tracks.append(head)
    for part in PARTS:
        if any(note.part == part for note in piece.notes):
            file.tracks.append(_track(piece, part, end))
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def _track(piece: Composition, part: str, end: int) -> mido.MidiTrack:
    channel = CHANNELS[part]
    timed: list[tuple[int, int, mido.Message]] = []
    volume, pan, reverb = _SEATS[part]
    timed.append((0, 0, mido.Message("program_change", channel=channel, program=_program(piece, part))))
    for control, value in ((7, volume), (10, pan), (91, reverb)):
        timed.append((0, 0, mido.Message("control_change", channel=channel, control=control, value=value)))
    last_chord = piece.beats - 4
    for note in piece.notes:
        if note.part != part:
            continue
        start = round(note.start * TICKS)
        rings = (
            piece.tail > 0 and part in ("pad", "bass", "lead") and note.start + note.beats > piece.beats - 0.5
        )
        stop = end - 1 if rings and note.start >= last_chord else round((note.start + note.beats) * TICKS)
        sounding = {"channel": channel, "note": max(0, min(127, note.pitch))}
        timed.append((start, 2, mido.Message("note_on", velocity=note.velocity, **sounding)))
        timed.append((max(start + 1, stop), 1, mido.Message("note_off", **sounding)))
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("track_name", name=part))
    now = 0
    for at, _, message in sorted(timed, key=lambda item: (item[0], item[1])):
        track.append(message.copy(time=at - now))
        now = at
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - now)))
    return track


def _program(piece: Composition, part: str) -> int:
    if part == "hits":
        return _TIMPANI
    return 0 if part == "drums" else int(getattr(piece.palette, part))
