"""Ambiences sound like what they are called, fit their length and repeat without a seam."""

from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from craft.sound import BEDS, SoundRefused, ambience
from craft.sound.ambiences import ambience_signal
from craft.sound.catalogue import Figure
from craft.sound.signals import RATE
from tests.sound.analysis import Sound, centroid, mono
from tests.sound.figures import banded, beat_between, bursts, levels, onsets, share

KINDS = sorted(BEDS.all())


def measured(bed: Sound, low: float, high: float, measure: str) -> float:
    """A figure of what lies between two frequencies: "share" of the power, attacks per "second", "bursts"
    over the median, "depth" of the level's movement, or the rate of a "beat a-b".
    """
    if measure == "share":
        return share(bed, low, high)
    part = banded(bed, low, high)
    if measure == "rate":
        return onsets(part) * RATE / part.size
    if measure == "bursts":
        return bursts(part)
    if measure == "depth":
        pieces = levels(part, 2400)
        return float(pieces.std() / pieces.mean())
    slowest, _, fastest = measure.removeprefix("beat ").partition("-")
    return beat_between(part, float(slowest), float(fastest))


# kind: balance point of the whole in Hz, then what makes it this and no other place: between two frequencies
# a measure must lie in a range
CHARACTER: dict[str, tuple[tuple[float, float], tuple[float, float, str, float, float]]] = {
    "aeroplane": ((350, 600), (60, 1500, "depth", 0.05, 0.12)),
    "airport": ((300, 550), (500, 2500, "bursts", 1.5, 5)),
    "battlefield": ((80, 250), (25, 200, "bursts", 3.5, 12)),
    "blizzard": ((1400, 4500), (2500, 9000, "share", 0.12, 0.4)),
    "cafe": ((550, 1800), (2200, 16_000, "rate", 0.1, 3)),
    "car_inside": ((120, 240), (30, 300, "share", 0.6, 0.9)),
    "casino": ((600, 1500), (900, 2500, "rate", 0.8, 3)),
    "cave": ((160, 380), (650, 2000, "bursts", 4.5, 14)),
    "cellar": ((130, 230), (850, 1600, "rate", 0.05, 0.5)),
    "church": ((110, 210), (40, 200, "share", 0.5, 0.75)),
    "city_night": ((130, 280), (40, 400, "share", 0.65, 0.95)),
    "classroom": ((250, 450), (2000, 9000, "bursts", 2, 8)),
    "construction_site": ((280, 700), (20, 60, "share", 0.2, 0.45)),
    "control_room": ((380, 600), (860, 2700, "rate", 0.4, 2)),
    "crowd": ((1300, 2100), (300, 3500, "share", 0.8, 0.95)),
    "desert": ((1200, 3500), (5000, 12_500, "depth", 0.22, 0.9)),
    "farm": ((700, 1100), (600, 2700, "bursts", 1.9, 5)),
    "field": ((800, 1300), (2200, 5500, "bursts", 1.35, 3)),
    "fire": ((400, 850), (1500, 16_000, "rate", 2.2, 8)),
    "fog_harbour": ((330, 560), (80, 480, "share", 0.45, 0.7)),
    "forest": ((2300, 3200), (2200, 5500, "bursts", 1.4, 4)),
    "gym": ((230, 480), (100, 1800, "rate", 0.45, 2)),
    "hospital": ((240, 380), (900, 1020, "beat 0.5-3", 1.15, 1.25)),
    "jungle": ((1800, 3000), (4000, 6200, "beat 30-55", 37, 47)),
    "kitchen": ((180, 300), (90, 260, "share", 0.42, 0.65)),
    "laboratory": ((270, 420), (2000, 2200, "rate", 0.15, 0.9)),
    "lake": ((750, 1400), (200, 3000, "depth", 0.3, 0.7)),
    "library": ((220, 420), (1900, 9500, "bursts", 6, 30)),
    "lift": ((140, 240), (60, 400, "share", 0.7, 0.92)),
    "market": ((1300, 2200), (80, 700, "bursts", 1.8, 3.5)),
    "motorway": ((500, 850), (80, 1500, "share", 0.75, 0.95)),
    "night_insects": ((300, 900), (3700, 5000, "beat 20-40", 25, 35)),
    "office": ((270, 420), (1500, 8000, "rate", 0.9, 3)),
    "party": ((380, 1800), (40, 180, "beat 1.5-3", 1.95, 2.12)),
    "planet": ((180, 420), (295, 330, "depth", 0.25, 0.6)),
    "playground": ((650, 1200), (450, 2500, "depth", 0.35, 1)),
    "prison": ((160, 330), (150, 1900, "bursts", 1.65, 4)),
    "rain": ((6500, 9500), (2000, 16_000, "share", 0.78, 0.95)),
    "rain_roof": ((350, 900), (180, 900, "share", 0.55, 0.95)),
    "rain_window": ((800, 1300), (1350, 1700, "rate", 5, 12)),
    "restaurant": ((500, 1800), (2200, 16_000, "rate", 0.25, 4)),
    "river": ((1500, 2400), (300, 5000, "depth", 0.07, 0.2)),
    "room_tone": ((150, 300), (60, 400, "depth", 0.08, 0.2)),
    "sea": ((1500, 2500), (200, 6000, "depth", 0.4, 0.9)),
    "server_room": ((2300, 3400), (150, 6000, "depth", 0.01, 0.06)),
    "ship": ((250, 500), (250, 800, "bursts", 1.5, 4)),
    "snow_quiet": ((100, 200), (40, 400, "share", 0.7, 0.95)),
    "space_ship": ((120, 240), (40, 120, "beat 0.2-3", 0.4, 0.6)),
    "stadium": ((1500, 2200), (300, 3500, "share", 0.78, 0.95)),
    "station_hall": ((850, 1500), (500, 2500, "bursts", 1.5, 4)),
    "storm": ((2800, 7500), (20, 160, "depth", 0.5, 2.5)),
    "street": ((500, 900), (150, 2000, "depth", 0.09, 0.4)),
    "swamp": ((220, 380), (400, 800, "beat 15-50", 33, 45)),
    "swimming_pool": ((2000, 3100), (300, 4500, "share", 0.75, 0.95)),
    "theatre_hush": ((330, 650), (300, 2500, "share", 0.25, 0.7)),
    "train": ((220, 360), (70, 600, "beat 1-3", 1.5, 1.7)),
    "underground": ((260, 950), (60, 3000, "depth", 0.3, 0.9)),
    "underwater": ((90, 190), (25, 500, "share", 0.88, 1)),
    "wet_leaves": ((1700, 2700), (1150, 1350, "rate", 3, 8)),
    "wind": ((280, 520), (60, 900, "depth", 0.22, 0.5)),
    "workshop": ((160, 400), (20, 120, "share", 0.35, 0.85)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_ambience_measures_like_its_name_with_every_seed(kind: str) -> None:
    (dull, bright), (low, high, measure, least, most) = CHARACTER[kind]
    for seed in (11, 12):
        bed = ambience_signal(kind, seconds=16, seed=seed)
        assert dull < centroid(bed) < bright
        assert least < measured(bed, low, high, measure) < most


def test_there_are_enough_ambiences() -> None:
    assert set(CHARACTER) == set(BEDS.all())
    assert len(CHARACTER) >= 36


# kind, parameter, low value, high value, between two frequencies, measure, least ratio of high to low
CHANGES: list[tuple[str, str, object, object, float, float, str, float]] = [
    ("rain", "density", 0.0, 1.0, 20, 20_000, "level", 3.5),
    ("rain_window", "density", 0.0, 1.0, 1350, 1700, "level", 3.5),
    ("rain_roof", "density", 0.05, 0.5, 180, 900, "level", 1.7),
    ("rain_roof", "skin", "tent", "tin", 20, 20_000, "centroid", 2.5),
    ("rain_roof", "skin", "tent", "car", 20, 20_000, "centroid", 1.4),
    ("storm", "density", 0.0, 1.0, 20, 20_000, "level", 1.8),
    ("wind", "strength", 0.1, 1.0, 550, 700, "level", 4),
    ("blizzard", "strength", 0.0, 1.0, 20, 20_000, "level", 1.8),
    ("desert", "strength", 0.0, 1.0, 5000, 12_000, "level", 4),
    ("forest", "birds", 0.1, 1.0, 2200, 5500, "bursts", 1.3),
    ("night_insects", "density", 0.0, 1.0, 3700, 5000, "level", 1.8),
    ("swamp", "density", 0.0, 1.0, 400, 800, "level", 1.8),
    ("jungle", "density", 0.0, 1.0, 4000, 6200, "share", 2.5),
    ("sea", "swell", 0.0, 1.0, 200, 6000, "level", 1.8),
    ("lake", "swell", 0.0, 1.0, 200, 3000, "level", 1.8),
    ("river", "flow", 0.0, 1.0, 20, 20_000, "level", 3.5),
    ("underwater", "depth", 1.0, 0.0, 20, 20_000, "centroid", 1.6),
    ("cave", "drops", 0.1, 1.0, 650, 2000, "rate", 2.5),
    ("fire", "size", 0.0, 1.0, 1500, 16_000, "level", 1.7),
    ("wet_leaves", "density", 0.0, 1.0, 1150, 1350, "rate", 2),
    ("planet", "strangeness", 0.0, 1.0, 295, 330, "share", 1.5),
    ("office", "busy", 0.1, 1.0, 1500, 8000, "rate", 3),
    ("workshop", "busy", 0.0, 1.0, 700, 8000, "level", 5),
    ("hospital", "pulse", 60, 120, 900, 1020, "beat 0.6-3", 1.95),
    ("laboratory", "busy", 0.1, 1.0, 2000, 2200, "rate", 1.5),
    ("library", "busy", 0.0, 1.0, 1900, 9500, "level", 1.4),
    ("server_room", "load", 0.0, 1.0, 170, 370, "peak", 1.6),
    ("kitchen", "busy", 0.0, 1.0, 2000, 16_000, "level", 6),
    ("gym", "busy", 0.0, 1.0, 100, 1800, "rate", 1.3),
    ("swimming_pool", "busy", 0.0, 1.0, 300, 4500, "level", 1.8),
    ("prison", "busy", 0.0, 1.0, 300, 1900, "level", 1.6),
    ("lift", "speed", 0.0, 1.0, 50, 130, "peak", 1.5),
    ("control_room", "busy", 0.0, 1.0, 860, 2700, "rate", 1.8),
    ("restaurant", "busy", 0.0, 1.0, 2200, 16_000, "level", 1.6),
    ("cafe", "busy", 0.0, 1.0, 2200, 16_000, "level", 1.6),
    ("crowd", "size", 0.0, 1.0, 300, 3500, "level", 3.5),
    ("stadium", "heat", 0.0, 1.0, 300, 3500, "level", 3.5),
    ("station_hall", "busy", 0.0, 1.0, 300, 3500, "level", 1.8),
    ("airport", "busy", 0.0, 1.0, 300, 3500, "level", 1.8),
    ("party", "tempo", 90, 150, 40, 180, "beat 1.2-3", 1.6),
    ("party", "busy", 0.0, 1.0, 300, 3500, "level", 1.3),
    ("casino", "busy", 0.0, 1.0, 500, 4000, "level", 1.8),
    ("playground", "busy", 0.0, 1.0, 450, 2500, "level", 3.5),
    ("theatre_hush", "busy", 0.0, 1.0, 300, 2500, "level", 1.7),
    ("market", "busy", 0.0, 1.0, 80, 3000, "level", 1.6),
    ("classroom", "busy", 0.0, 1.0, 300, 2500, "level", 2),
    ("battlefield", "intensity", 0.0, 1.0, 25, 200, "level", 3),
    ("construction_site", "busy", 0.0, 1.0, 900, 6000, "level", 3.5),
    ("underground", "busy", 0.0, 1.0, 300, 3500, "level", 1.5),
    ("farm", "busy", 0.0, 1.0, 600, 2700, "bursts", 1.2),
    ("city_night", "traffic", 0.0, 1.0, 150, 900, "level", 1.6),
    ("street", "traffic", 0.0, 1.0, 150, 1800, "level", 3.5),
    ("motorway", "traffic", 0.0, 1.0, 80, 1400, "level", 1.8),
    ("train", "speed", 0.0, 1.0, 70, 600, "beat 0.7-3", 2.5),
    ("car_inside", "speed", 0.0, 1.0, 30, 74, "peak", 1.7),
    ("fog_harbour", "horn", 0.0, 1.0, 85, 480, "share", 1.1),
    ("room_tone", "size", 1.0, 0.0, 20, 20_000, "centroid", 1.2),
]


@pytest.mark.parametrize(
    ("kind", "name", "least", "most", "low", "high", "measure", "ratio"),
    CHANGES,
    ids=[f"{row[0]}-{row[1]}" for row in CHANGES],
)
def test_a_parameter_changes_what_it_claims(
    kind: str, name: str, least: object, most: object, low: float, high: float, measure: str, ratio: float
) -> None:
    figures = []
    for value in (least, most):
        bed = ambience_signal(kind, seconds=20, seed=3, params={name: value})
        if measure == "level":
            figures.append(float(np.sqrt(np.square(banded(bed, low, high)).mean())))
        elif measure == "centroid":
            figures.append(centroid(bed))
        elif measure == "peak":
            spectrum = np.abs(np.fft.rfft(banded(bed, low, high)))
            figures.append(float(np.argmax(spectrum)) * RATE / mono(bed).size)
        else:
            figures.append(measured(bed, low, high, measure))
    assert figures[1] > ratio * figures[0]


def test_every_parameter_of_every_ambience_is_tried() -> None:
    tried = {(row[0], row[1]) for row in CHANGES}
    assert {(kind, name) for kind in KINDS for name in BEDS.get(kind).params} == tried


@pytest.mark.parametrize("kind", KINDS)
def test_every_ambience_keeps_its_level_its_width_and_no_constant_part(kind: str) -> None:
    bed = ambience_signal(kind, seconds=8.0, seed=5)
    assert bed.shape == (2, 8 * RATE)
    assert np.isfinite(bed).all()
    rms = 20 * np.log10(np.sqrt(np.square(bed).mean()))
    assert rms == pytest.approx(BEDS.get(kind).level, abs=1.0)
    assert np.abs(bed).max() < 10 ** (-2.9 / 20)
    assert np.abs(bed.mean(axis=1)).max() < 10 ** (-60 / 20)
    assert 0.1 < np.asarray(np.corrcoef(bed))[0, 1] < 0.9
    # in mono nothing is lost: the sum is at most 3 dB under the sides
    sides = np.sqrt(np.square(bed).mean())
    assert np.sqrt(np.square(bed.mean(axis=0)).mean()) > 0.7 * sides


@pytest.mark.parametrize("kind", KINDS)
def test_the_loudest_settings_still_stay_below_full_scale(kind: str) -> None:
    params = {name: rule.highest for name, rule in BEDS.get(kind).params.items() if isinstance(rule, Figure)}
    bed = ambience_signal(kind, seconds=5.0, params=params)
    assert np.abs(bed).max() < 10 ** (-2.9 / 20)


def seam(bed: Sound) -> tuple[float, float, float]:
    """How far the wrap stands out: its bend of the wave against the bends within 20 ms on both sides, and the
    level and the balance point of the 100 ms across it as places among all other 100 ms (0 lowest, 1 highest;
    outside 0-1 by its distance).
    """
    worst = 0.0
    for side in np.atleast_2d(bed):
        turned = np.roll(side.astype(np.float64), side.size // 2)
        bend, at = np.abs(np.diff(turned, 2)), side.size // 2
        around = np.concatenate([bend[at - 960 : at - 4], bend[at + 3 : at + 959]])
        worst = max(worst, float(bend[at - 3 : at + 2].max() / max(around.max(), 1e-9)))
    turned = np.roll(mono(bed), 2400)
    pieces = turned[: turned.size // 4800 * 4800].reshape(-1, 4800)
    power = np.abs(np.fft.rfft(pieces * np.hanning(4800), axis=1)) ** 2
    balance = (power * np.arange(power.shape[1])).sum(axis=1) / power.sum(axis=1)
    return worst, _place(power.sum(axis=1)), _place(balance)


def _place(values: Sound) -> float:
    """Where the first value lies between the lowest and the highest of the rest, on a logarithmic scale."""
    first, rest = np.log(values[0]), np.log(values[1:])
    spread = max(float(rest.max() - rest.min()), 0.2)
    return float((first - rest.min()) / spread)


@pytest.mark.parametrize("seconds", [5.0, 3.32171])
@pytest.mark.parametrize("kind", KINDS)
def test_every_ambience_repeats_without_a_seam(kind: str, seconds: float) -> None:
    bend, level, balance = seam(ambience_signal(kind, seconds=seconds, seed=5))
    assert bend < 2.0
    assert -0.5 < level < 1.5
    assert -0.5 < balance < 1.5


@pytest.mark.parametrize("kind", ["hospital", "lift", "cellar", "space_ship"])
def test_a_cut_that_does_not_meet_itself_is_found(kind: str) -> None:
    """What the seam test is worth: the same beds cut short by a part of a second, with a step at the cut."""
    bed = ambience_signal(kind, seconds=6, seed=5)[:, :-12_345].copy()
    bed[:, : RATE // 2] += (
        np.float32(0.3) * np.abs(bed).max() * np.linspace(1, 0, RATE // 2, dtype=np.float32)
    )
    assert seam(bed)[0] > 2.0


@pytest.mark.parametrize("seconds", [0.25, 1.23457, 41.0, 80.0, 90.0, 100.00002, 300.00007])
def test_a_long_bed_still_meets_itself_at_its_end(seconds: float) -> None:
    bed = ambience_signal("wind", seconds=seconds)
    assert bed.shape[1] == round(seconds * RATE)
    assert seam(bed)[0] < 2.0


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_is_another_take(kind: str) -> None:
    one, other = (mono(ambience_signal(kind, seconds=4, seed=seed)) for seed in (1, 2))
    size = one.size
    # whatever the shift: a bed that only turned would still be the same
    same = np.fft.irfft(np.fft.rfft(one) * np.conj(np.fft.rfft(other)), size).max()
    assert same / np.sqrt((one @ one) * (other @ other)) < 0.9


def test_ambience_is_written_exactly_and_the_same_every_time(tmp_path: Path) -> None:
    first = ambience("fog_harbour", seconds=2.5, seed=2, params={"horn": 0.9}, out=tmp_path / "a.wav")
    ambience("fog_harbour", seconds=2.5, seed=2, params={"horn": 0.9}, out=tmp_path / "b.wav")
    ambience("fog_harbour", seconds=2.5, seed=3, params={"horn": 0.9}, out=tmp_path / "c.wav")
    with wave.open(str(first.path)) as file:
        assert (file.getnframes(), file.getframerate(), file.getnchannels()) == (120_000, 48_000, 2)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "c.wav").read_bytes()


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("volcano", {}, "no ambience 'volcano'"),
        ("rain", {"size": 1}, "no parameter 'size'"),
        ("rain", {"density": 3}, "from 0 to 1"),
        ("rain", {"density": "much"}, "from 0 to 1"),
        ("rain", {"density": float("nan")}, "from 0 to 1"),
        ("rain_roof", {"skin": "gold"}, "choose one of tent"),
    ],
)
def test_an_unknown_ambience_or_parameter_is_refused(
    kind: str, params: dict[str, object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(SoundRefused, match=said):
        ambience(kind, seconds=2, params=params, out=tmp_path / "x.wav")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seconds", [0.0, -3.0, 1e6, float("nan")])
def test_a_length_that_cannot_be_is_refused(seconds: float, tmp_path: Path) -> None:
    with pytest.raises(SoundRefused, match="lasts"):
        ambience("rain", seconds=seconds, out=tmp_path / "x.wav")
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_lists_kinds_with_levels_and_ranges() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "craft.sound", "kinds"], capture_output=True, text=True, check=True
    )
    assert '"skin"' in done.stdout
    assert '"highest": 1.0' in done.stdout
    assert '"tin"' in done.stdout
    assert '"level_dbfs": -28' in done.stdout
