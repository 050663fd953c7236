"""What is written keeps the rules of harmony, the ranges of the instruments, the themes and the cuts."""

from __future__ import annotations

import io
import itertools
import random
from dataclasses import replace

import mido
import numpy as np
import pytest

from craft.sound import CueKind, ScoreSpec, SoundRefused, patterns
from craft.sound.composition import Composition, compose
from craft.sound.cue import LEADS, PARTS
from craft.sound.form import Role
from craft.sound.harmony import CADENCES, OPEN, SCALES
from craft.sound.midi import performance_bytes, score_bytes
from craft.sound.motif import motif_of
from craft.sound.palettes import instruments, palettes
from craft.sound.tempo import fitted
from craft.sound.voicing import parallels
from craft.terms.story import Genre

PLAIN = ScoreSpec(40.0, 0.4, 0.3, "drama", 3, "MARA")
_LENGTHS = {"cue": (1, 90), "intro": (4, 40), "stinger": (0.5, 3), "button": (2, 15), "loop": (4, 60)}


def any_spec(seed: int) -> ScoreSpec:
    """A cue of any kind, mood, genre and length with cuts and hits."""
    draw = random.Random(seed)
    kind = draw.choice(list(CueKind))
    seconds = draw.uniform(*_LENGTHS[kind])
    marks = tuple(draw.uniform(0, seconds * 0.99) for _ in range(draw.randrange(6)))
    return ScoreSpec(
        seconds,
        draw.uniform(-1, 1),
        draw.uniform(-1, 1),
        draw.choice(list(palettes())),
        seed,
        themes=tuple(draw.choice(("MARA", "JONAS", "FOG", "IDA")) for _ in range(draw.randrange(4))),
        out=draw.random() < 0.5,
        intro=draw.random() < 0.3,
        kind=kind,
        cuts=marks,
        hits=marks,
    )


PIECES = [compose(any_spec(seed)) for seed in range(150)]


def joints(piece: Composition) -> list[tuple[int, int]]:
    """Pairs of bars that follow each other; the last and the first too in a loop."""
    found = list(itertools.pairwise(range(len(piece.voices))))
    return [*found, (len(piece.voices) - 1, 0)] if piece.spec.kind is CueKind.LOOP else found


def test_no_voices_move_in_parallel_fifths_or_octaves_or_cross() -> None:
    for piece in PIECES:
        for first, second in joints(piece):
            assert parallels(piece.voices[first], piece.voices[second]) == 0, piece.spec
        assert all(list(voices) == sorted(set(voices)) for voices in piece.voices)


def test_leading_notes_rise_to_the_tonic() -> None:
    resolved = 0
    for piece in PIECES:
        leading = (piece.key.tonic - 1) % 12
        for first, second in joints(piece):
            if piece.chords[first] % 7 != 4 or piece.chords[second] != 0:
                continue
            for low, high in zip(piece.voices[first], piece.voices[second], strict=True):
                if low % 12 == leading:
                    assert high - low == 1
                    resolved += 1
    assert resolved > 50


def test_voices_move_little_and_chords_are_complete() -> None:
    moved = []
    for piece in PIECES:
        for first, second in joints(piece):
            pairs = zip(piece.voices[first][1:], piece.voices[second][1:], strict=True)
            moved.append(max(abs(a - b) for a, b in pairs))
        assert all(len({v % 12 for v in voices[1:]}) >= 3 for voices in piece.voices)
    assert np.mean(moved) < 3.5
    assert max(moved) <= 9


def test_every_note_lies_in_its_instruments_range_and_ends_within_the_cue() -> None:
    for piece in PIECES:
        for note in piece.notes:
            if note.part != "drums":
                instrument = instruments()[piece.palette.program(note.part)]
                assert instrument.low <= note.pitch <= instrument.high
            assert piece.grid.seconds_at(note.start + note.beats) <= piece.spec.seconds + 1e-3


@pytest.mark.parametrize("seed", range(0, 150, 15))
def test_every_note_that_begins_ends_and_pedals_are_lifted(seed: int) -> None:
    for data in (score_bytes(PIECES[seed]), performance_bytes(PIECES[seed])):
        for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
            held: dict[int, int] = {}
            pedal = 0
            for message in track:
                if message.type in ("note_on", "note_off"):
                    held[message.note] = held.get(message.note, 0) + (1 if message.type == "note_on" else -1)
                elif message.type == "control_change" and message.control == 64:
                    pedal = message.value
            assert pedal == 0
            assert not any(held.values())


def test_the_tempo_stays_near_its_mood_and_bends_gently() -> None:
    for piece in PIECES:
        if piece.spec.seconds < 4:
            continue
        tempos = 60 / np.diff(piece.grid.times)
        asked = 62 + 31 * (piece.spec.energy + 1) + piece.palette.tempo
        assert np.abs(np.log(tempos / asked)).max() < np.log(1.26), piece.spec
        assert np.abs(np.diff(np.log(tempos))).max(initial=0) < 0.15


def test_bar_lines_fall_on_cuts_with_a_new_chord() -> None:
    met = asked = 0
    for seed in range(40):
        draw = random.Random(seed)
        cuts = tuple(np.cumsum([round(draw.uniform(2, 7) * 24) / 24 for _ in range(8)]).tolist())
        piece = compose(
            replace(PLAIN, seconds=cuts[-1] + 4, cuts=cuts, seed=seed, energy=draw.uniform(-1, 1))
        )
        lines = [piece.grid.seconds_at(start) for start in piece.grid.starts]
        for cut in piece.grid.met:
            assert min(abs(line - cut) for line in lines) < 1e-6
            bar = piece.grid.bar_at(piece.grid.beat_at(cut))
            assert piece.chords[bar] != piece.chords[bar - 1]
            pad = [n for n in piece.notes if n.part == "pad"]
            assert min(abs(piece.grid.seconds_at(n.start) - cut) for n in pad) < 0.02
        asked, met = asked + len(cuts), met + len(piece.grid.met)
    assert met > 0.97 * asked


def test_cuts_too_close_for_music_are_left_and_said() -> None:
    grid = fitted(20.0, 90.0, (5.0, 5.2, 5.4, 12.0))
    assert 12.0 in grid.met
    assert len(grid.met) == 2
    assert grid.times[-1] == 20.0


def test_hits_lie_on_their_second() -> None:
    piece = compose(replace(PLAIN, hits=(4.04, 17.5, 39.2), cuts=(9.0, 21.0), out=True))
    times = sorted({round(piece.grid.seconds_at(n.start), 3) for n in piece.notes if n.part == "hits"})
    assert times == pytest.approx([4.04, 17.5, 39.2], abs=0.001)


def test_themes_are_introduced_in_their_order_each_with_its_instrument_and_later_combined() -> None:
    spec = replace(PLAIN, seconds=70, themes=("MARA", "JONAS", "FOG"))
    piece = compose(spec)
    first = [min(n.start for n in piece.notes if n.theme == theme) for theme in range(3)]
    assert first == sorted(first)
    assert np.diff(first).min() > 7
    for theme, part in enumerate(LEADS):
        assert {n.part for n in piece.notes if n.theme == theme} == {part}
    assert len(set(piece.palette.leads)) == 3
    together = [phrase for phrase in piece.plan if phrase.role is Role.COMBINED]
    assert together
    assert all(len(phrase.themes) >= 2 for phrase in together)
    assert together[0].first > max(p.first for p in piece.plan if p.role is Role.STATEMENT and p.section == 0)


def test_every_statement_keeps_the_steps_and_the_rhythm_of_its_theme() -> None:
    checked = 0
    for spec in (
        PLAIN,
        replace(PLAIN, valence=-0.8, energy=-0.6, genre="horror"),
        replace(PLAIN, themes=("MARA", "FOG")),
    ):
        piece = compose(spec)
        scale = [12 * o + piece.key.tonic + s for o in range(11) for s in SCALES[piece.key.mode]]
        for phrase in piece.plan:
            if phrase.role not in (Role.STATEMENT, Role.COMBINED):
                continue
            start = piece.grid.starts[phrase.first]
            for theme in phrase.themes:
                motif = motif_of(spec.names[theme])
                notes = [n for n in piece.notes if n.theme == theme and start - 0.2 < n.start < start + 7.8]
                degrees = [scale.index(note.pitch) for note in notes]
                if len(notes) == len(motif.degrees):
                    assert tuple(b - a for a, b in itertools.pairwise(degrees)) == motif.steps
                    assert np.diff([n.start for n in notes]) == pytest.approx(motif.beats[:-1], abs=0.2)
                    checked += 1
    assert checked >= 12


def test_the_harmony_carries_the_melody_where_it_counts() -> None:
    carried = []
    for seed, theme in enumerate(("MARA", "JONAS", "FOG", "IDA", "VIKTOR", "LENA")):
        piece = compose(replace(PLAIN, valence=0.5 - 0.2 * seed, seed=seed, theme=theme, out=True))
        for note in (n for n in piece.notes if n.part == "lead"):
            bar = piece.grid.bar_at(note.start + 0.1)
            if abs(note.start - piece.grid.starts[bar]) < 0.1:
                carried.append(note.pitch % 12 in {v % 12 for v in piece.voices[bar]})
    assert np.mean(carried) > 0.85


def test_accompaniment_changes_from_section_to_section() -> None:
    for family in (*patterns.BASS.values(), *(f for feel in patterns.PULSE.values() for f in feel.values())):
        assert len(set(family)) >= 3
    assert all(len(rows) >= 3 for rows in patterns.DRUMS.values())
    piece = compose(replace(PLAIN, seconds=60, energy=0.6, genre="action"))
    figures: dict[int, tuple[tuple[float, ...], ...]] = {}
    for bar, start in enumerate(piece.grid.starts):
        section = next(p.section for p in piece.plan if p.first <= bar < p.last)
        shape = tuple(
            tuple(
                round((n.start - start) * 4) / 4
                for n in piece.notes
                if n.part == part and start - 0.1 <= n.start < start + 2.9
            )
            for part in ("bass", "pulse")
        )
        figures.setdefault(section, shape)
    assert len(figures) >= 4
    changed = [figures[a] != figures[b] for a, b in itertools.pairwise(sorted(figures))]
    assert np.mean(changed) > 0.7


def test_dynamics_rise_towards_the_climax_and_players_are_human() -> None:
    piece = compose(replace(PLAIN, seconds=60, energy=0.5))
    at = {share: share * piece.beats for share in (0.1, 0.6, 0.8)}
    early = [n.velocity for n in piece.notes if n.part == "lead" and n.start < at[0.1] + 8]
    late = [n.velocity for n in piece.notes if n.part == "lead" and at[0.6] <= n.start < at[0.8]]
    assert np.mean(late) > np.mean(early) + 6
    lead = [n.start for n in piece.notes if n.part == "lead"]
    off = np.array([start * 4 - round(start * 4) for start in lead]) * 15 / piece.tempo
    assert 0.003 < np.std(off) < 0.03


def test_more_energy_means_more_instruments_and_more_notes() -> None:
    counts = []
    for energy in (-0.9, 0.0, 0.9):
        piece = compose(replace(PLAIN, energy=energy, genre="action"))
        counts.append((len({n.part for n in piece.notes}), len(piece.notes)))
    assert counts == sorted(counts)
    assert counts[2][1] > 4 * counts[0][1]


@pytest.mark.parametrize("valence", [-0.9, -0.5, -0.1, 0.1, 0.5, 0.9])
def test_each_kind_has_its_ending(valence: float) -> None:
    closed = compose(replace(PLAIN, valence=valence, seconds=12, out=True))
    assert closed.chords[-2:] == CADENCES[closed.key.mode]
    last = max((n for n in closed.notes if n.part in LEADS), key=lambda n: n.start)
    assert last.pitch % 12 == closed.key.tonic
    assert closed.grid.seconds_at(last.start + last.beats) > 11.5
    button = compose(replace(PLAIN, valence=valence, seconds=5, kind=CueKind.BUTTON))
    assert button.chords[-2:] == CADENCES[button.key.mode]
    intro = compose(replace(PLAIN, valence=valence, seconds=20, kind=CueKind.INTRO))
    assert intro.chords[-1] == OPEN[intro.key.mode]
    assert min(n.start for n in intro.notes if n.part == "lead") > 3.8
    loop = compose(replace(PLAIN, valence=valence, seconds=20, kind=CueKind.LOOP))
    assert (loop.chords[0], loop.chords[-1]) == (0, OPEN[loop.key.mode])
    stinger = compose(replace(PLAIN, valence=valence, seconds=2.5, kind=CueKind.STINGER))
    assert min(n.start for n in stinger.notes if n.part == "hits") == 0
    assert stinger.chords[-1] == 0


def test_themes_differ_from_each_other_and_stay_in_reach() -> None:
    motifs = [motif_of(f"theme {index}") for index in range(200)]
    assert len(set(motifs)) > 195
    assert motif_of(" mara ") == motif_of("MARA")
    for motif in motifs:
        assert sum(motif.beats) == 8
        assert len(motif.beats) == len(motif.degrees)
        assert -4 <= min(motif.degrees) <= max(motif.degrees) <= 8


def test_every_genre_has_its_own_palette() -> None:
    assert set(palettes()) == {genre.value for genre in Genre}
    assert len(set(palettes().values())) == len(palettes())


def test_a_spec_from_json_is_the_same_spec() -> None:
    plain = replace(PLAIN, themes=("MARA", "FOG"), hits=(3.0,), cuts=(9.0,), kind=CueKind.LOOP)
    told = replace(PLAIN, themes=["MARA", "FOG"], hits=[3], cuts=[9], kind="loop")  # type: ignore[arg-type]
    assert told == plain
    assert score_bytes(compose(told)) == score_bytes(compose(plain))
    assert {n.part for n in compose(plain).notes} <= set(PARTS)


@pytest.mark.parametrize(
    "bad",
    [
        {"seconds": 0.1},
        {"seconds": float("nan")},
        {"valence": 2.0},
        {"energy": "high"},
        {"genre": "polka"},
        {"kind": "waltz"},
        {"kind": "stinger", "seconds": 3.5},
        {"hits": (41.0,)},
        {"cuts": (-1.0,)},
        {"cuts": "5"},
        {"themes": "MARA"},
        {"themes": (1, 2)},
        {"themes": tuple("ABCDEFG")},
        {"seed": 1.5},
    ],
)
def test_an_impossible_cue_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SoundRefused):
        ScoreSpec(**{"seconds": 40.0, **bad})  # type: ignore[arg-type]


@pytest.mark.parametrize(("frames", "rate"), [(100, "0"), (100, "fast"), (1.5, "24")])
def test_frames_and_rates_that_are_none_are_refused(frames: int, rate: str) -> None:
    with pytest.raises(SoundRefused):
        ScoreSpec.of_frames(frames, rate)
