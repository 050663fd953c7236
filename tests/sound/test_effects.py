"""Effects sound like what they are called, follow their parameters and stay below full scale."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from craft.sound import HITS, SoundRefused, effect
from craft.sound.catalogue import Choice, Figure
from craft.sound.effects import effect_signal
from craft.sound.foley.register import AWAY
from craft.sound.signals import RATE
from craft.sound.wav import read_wav
from tests.sound.analysis import Sound, centroid, mono
from tests.sound.figures import banded, figures

KINDS = sorted(HITS.all())
ANY = (0.0, 1e9)
Range = tuple[float, float]

# kind: balance point in Hz, share of tones, attacks, seconds until it has fallen by 20 dB after its loudest
# moment, and what else is its own: a figure and its range
CHARACTER: dict[str, tuple[Range, Range, Range, Range, tuple[str, Range] | None]] = {
    "alarm": ((1800, 2300), (0.8, 1), (4, 16), ANY, ("peak", (2000, 2100))),
    "applause": ((1900, 3300), (0, 0.25), ANY, (1, 3), ("rise", (0.6, 2))),
    "arrow": ((1000, 2000), (0.2, 0.6), (2, 3), (0, 0.2), ("rise", (0.3, 0.45))),
    "baby_cry": ((1000, 2000), (0.25, 0.6), (2, 2), ANY, ("beat", (0.5, 1))),
    "bell": ((1300, 2100), (0.95, 1), (1, 1), (0.35, 0.9), ("peak", (1090, 1210))),
    "bicycle_bell": ((2400, 3200), (0.6, 1), ANY, (0.2, 0.5), ("peak", (2480, 2920))),
    "bird_call": ((2900, 3700), (0.12, 0.8), (6, 6), ANY, ("beat", (5.5, 8))),
    "body_fall": ((250, 700), (0.3, 0.85), (2, 4), (0.1, 0.4), None),
    "bone_crack": ((2500, 4000), (0.1, 0.45), (1, 2), (0, 0.2), None),
    "brakes": ((1700, 2700), (0.3, 0.7), (0, 1), (0.4, 0.9), ("peak", (1150, 1950))),
    "breath": ((2000, 3200), (0, 0.1), (1, 2), (0.2, 0.6), None),
    "camera": ((4800, 7200), (0, 0.1), (2, 3), (0, 0.2), None),
    "car_door": ((280, 900), (0.5, 0.95), (1, 1), (0, 0.25), None),
    "car_horn": ((500, 1000), (0.6, 0.95), (1, 1), (0.1, 0.5), ("peak", (395, 520))),
    "car_pass": ((1300, 2100), (0.05, 0.25), (0, 0), (0.6, 1.3), ("rise", (1, 1.5))),
    "car_start": ((200, 450), (0.3, 0.7), (3, 8), ANY, ("peak", (15, 60))),
    "cat": ((1000, 2000), (0.35, 0.8), (1, 1), (0.2, 0.7), ("peak", (550, 1450))),
    "chain": ((2500, 4200), (0.08, 0.35), (2, 16), ANY, ("beat", (25, 32))),
    "chair_scrape": ((1500, 3000), (0.2, 0.75), (0, 3), (0.05, 0.5), None),
    "cheer": ((900, 1900), (0.05, 0.5), (0, 2), (0.3, 2.4), ("rise", (0.6, 2.5))),
    "chime": ((700, 1300), (0.9, 1), (2, 2), (0.6, 1.5), None),
    "chop": ((1100, 1900), (0.4, 0.8), (5, 5), ANY, ("beat", (3.8, 4.4))),
    "click": ((4000, 6800), (0, 0.15), (2, 2), (0, 0.15), None),
    "clock": ((2400, 3700), (0.3, 0.65), (4, 4), ANY, ("beat", (0.95, 1.05))),
    "cloth": ((3400, 5000), (0, 0.1), ANY, (0.1, 0.7), None),
    "coins": ((4500, 7800), (0.4, 0.9), (1, 5), ANY, None),
    "cork": ((1000, 2200), (0, 0.1), (1, 1), (0, 0.15), ("rise", (0, 0.03))),
    "cough": ((1900, 3000), (0.05, 0.3), (2, 3), ANY, ("beat", (2.2, 3))),
    "cow": ((280, 600), (0.4, 0.8), (0, 1), (0.7, 1.6), ("peak", (110, 350))),
    "crash": ((900, 1900), (0.15, 0.5), (1, 5), (0.3, 1), None),
    "crow": ((950, 1400), (0.25, 0.65), (3, 6), ANY, ("beat", (1.4, 1.9))),
    "cup": ((1400, 2200), (0.65, 0.95), (1, 2), (0, 0.2), ("peak", (1550, 1950))),
    "curtain": ((3800, 5700), (0.02, 0.25), (1, 5), (0.15, 0.5), None),
    "dial_tone": ((380, 410), (0.6, 1), (1, 1), ANY, ("beat", (15, 60))),
    "dishes": ((2000, 3800), (0.45, 0.85), (5, 8), ANY, None),
    "dog": ((700, 1200), (0.1, 0.35), (2, 2), ANY, ("beat", (2.2, 2.6))),
    "door": ((350, 1400), (0.4, 0.95), (1, 2), (0.1, 0.5), ("peak", (95, 150))),
    "door_open": ((2600, 4600), (0.3, 0.75), (1, 4), (0.05, 0.9), None),
    "doorbell": ((600, 1200), (0.7, 1), (2, 2), (0.3, 1.4), None),
    "drawer": ((600, 1400), (0.15, 0.6), (1, 3), (0.05, 0.3), ("rise", (0.35, 0.5))),
    "drip": ((700, 1100), (0.08, 0.4), (3, 3), ANY, ("peak", (750, 1200))),
    "explosion": ((400, 800), (0.2, 0.5), (1, 3), (1.4, 2.6), ("rise", (0, 0.1))),
    "fly": ((350, 600), (0.5, 0.95), (0, 2), ANY, ("peak", (170, 480))),
    "force_field": ((600, 1100), (0.45, 0.9), (1, 2), ANY, ("beat", (16.5, 17.5))),
    "frying": ((6800, 9000), (0, 0.05), (7, 30), ANY, None),
    "gasp": ((2700, 4000), (0, 0.15), (0, 2), (0.1, 0.5), ("rise", (0.25, 0.6))),
    "ghost": ((400, 900), (0.6, 1), (0, 1), (0.8, 2), ("rise", (0.7, 2))),
    "glass": ((7000, 10_500), (0.1, 0.4), (1, 8), (0.5, 1.6), ("rise", (0, 0.04))),
    "glasses_clink": ((3000, 4400), (0.95, 1), (1, 1), (0.3, 0.5), ("peak", (2450, 2950))),
    "glitch": ((1200, 3200), (0.15, 0.6), (1, 8), ANY, None),
    "gull": ((1050, 1700), (0, 0.25), (3, 3), ANY, ("beat", (1.5, 2))),
    "gun_cock": ((2900, 4500), (0.08, 0.35), (2, 3), (0, 0.1), ("rise", (0.15, 0.25))),
    "gunshot": ((350, 1000), (0.6, 0.95), (1, 3), (0.2, 0.8), ("rise", (0, 0.1))),
    "hammer": ((700, 1300), (0.5, 0.85), (3, 3), ANY, ("beat", (2.2, 2.6))),
    "heartbeat": ((50, 90), (0.7, 1), (8, 8), ANY, ("beat", (1.05, 1.25))),
    "helicopter": ((400, 750), (0.1, 0.35), (12, 40), ANY, ("beat", (12.2, 12.6))),
    "hooves": ((500, 950), (0.25, 0.65), (8, 8), ANY, ("beat", (2.3, 7.7))),
    "ignite": ((3000, 4800), (0, 0.1), (1, 1), (0.5, 0.9), None),
    "impact": ((280, 850), (0.5, 0.95), (1, 2), (0.4, 0.9), ("peak", (60, 110))),
    "kettle": ((1000, 1600), (0, 0.05), (0, 2), ANY, None),
    "keys": ((4600, 7600), (0.3, 0.8), (3, 7), ANY, ("beat", (4, 13))),
    "knock": ((320, 550), (0.6, 0.95), (3, 3), ANY, ("beat", (4, 5))),
    "laser": ((2000, 3300), (0.02, 0.2), (1, 1), (0.1, 0.35), ("rise", (0, 0.04))),
    "laughter": ((700, 1300), (0.05, 0.3), (1, 6), ANY, None),
    "lift_ding": ((1000, 1900), (0.9, 1), (1, 1), (0.35, 1.2), ("peak", (1000, 2180))),
    "lock": ((1100, 2400), (0.35, 0.7), (4, 9), (0.08, 0.3), ("rise", (0.4, 0.7))),
    "machine_gun": ((3800, 6700), (0.2, 0.6), (8, 8), ANY, None),
    "magic": ((1000, 3000), (0.5, 0.95), (0, 4), (0.4, 1.6), None),
    "metal_clang": ((800, 1300), (0.95, 1), (1, 1), (0.5, 1.2), ("peak", (520, 860))),
    "motorcycle": ((400, 700), (0.15, 0.45), (0, 0), (0.5, 1.1), ("rise", (1, 1.5))),
    "neigh": ((1200, 1900), (0.05, 0.3), (2, 9), ANY, None),
    "notification": ((1400, 2000), (0.9, 1), (1, 2), (0.2, 0.5), ("peak", (1500, 1630))),
    "owl": ((350, 470), (0.95, 1), (1, 5), ANY, ("peak", (385, 425))),
    "paper": ((6000, 8500), (0, 0.1), (2, 10), ANY, None),
    "phone": ((1100, 1700), (0.4, 0.75), (3, 14), ANY, None),
    "phone_buzz": ((270, 380), (0.9, 1), (2, 2), ANY, ("peak", (150, 180))),
    "plane_pass": ((850, 1450), (0, 0.1), (0, 0), (1, 2.2), ("rise", (1.5, 2.8))),
    "pour": ((1000, 1800), (0.02, 0.2), (1, 12), ANY, None),
    "power_down": ((270, 430), (0.02, 0.2), (1, 1), (1.2, 1.9), ("rise", (0, 0.2))),
    "power_up": ((320, 490), (0.05, 0.2), (0, 2), ANY, ("rise", (1.4, 2))),
    "printer": ((1400, 2800), (0.5, 0.9), (0, 2), ANY, ("beat", (2.2, 2.8))),
    "punch": ((400, 1300), (0.4, 0.95), (1, 1), (0, 0.25), ("rise", (0, 0.04))),
    "radio_beep": ((1200, 1400), (0.8, 1), (1, 2), (0, 0.25), ("peak", (1230, 1270))),
    "radio_static": ((2200, 3000), (0, 0.05), (0, 2), ANY, None),
    "ricochet": ((2700, 3900), (0.02, 0.2), (1, 1), (0.4, 0.9), None),
    "riser": ((3300, 4600), (0.15, 0.4), (0, 0), (0, 0.1), ("rise", (2.3, 2.5))),
    "rope": ((5500, 8000), (0.08, 0.35), (8, 30), ANY, ("beat", (14, 60))),
    "rubble": ((900, 2000), (0.05, 0.5), (1, 8), (0.5, 1.8), ("rise", (0, 0.6))),
    "saw": ((4400, 5800), (0, 0.05), (7, 11), ANY, ("beat", (2.7, 3.2))),
    "scream": ((900, 1250), (0.45, 0.95), (0, 1), (0.3, 0.9), ("peak", (950, 1120))),
    "servo": ((580, 820), (0.3, 0.75), (1, 1), (0.15, 0.4), None),
    "shield": ((280, 700), (0.5, 0.95), (1, 1), (0.05, 0.3), ("peak", (140, 500))),
    "ship_horn": ((120, 400), (0.3, 0.85), (0, 3), ANY, ("peak", (80, 300))),
    "siren": ((950, 1200), (0, 0.2), (1, 1), ANY, ("peak", (550, 1450))),
    "slap": ((3500, 5700), (0, 0.25), (1, 1), (0, 0.1), ("rise", (0, 0.03))),
    "snore": ((850, 1300), (0, 0.2), (10, 40), ANY, None),
    "splash": ((3400, 4800), (0.03, 0.2), (1, 7), (0.7, 1.4), ("rise", (0, 0.1))),
    "steps": ((400, 700), (0.35, 0.75), (4, 4), ANY, ("beat", (1.75, 2.1))),
    "sting": ((80, 220), (0.3, 0.8), (1, 1), (0.7, 1.7), ("peak", (47, 120))),
    "sword": ((7300, 9600), (0.2, 0.45), (1, 1), (0.25, 0.6), ("rise", (0.3, 0.42))),
    "sword_clash": ((2500, 4900), (0.9, 1), (1, 1), (0.15, 0.5), ("peak", (1850, 2550))),
    "tap": ((2100, 3200), (0, 0.1), (0, 3), ANY, None),
    "teleport": ((1700, 2700), (0.08, 0.35), (0, 4), (0.3, 1.7), ("rise", (0.05, 1.4))),
    "thunder": ((110, 300), (0.15, 0.55), ANY, (1.6, 4), ("rise", (0.3, 2))),
    "toilet": ((1600, 2500), (0, 0.2), (1, 6), (1.6, 2.8), None),
    "train_horn": ((400, 900), (0.5, 0.85), (0, 1), (0.5, 2.2), ("peak", (300, 650))),
    "train_pass": ((800, 1300), (0.08, 0.3), (2, 12), (1.3, 2.6), ("rise", (1.5, 2.5))),
    "typing": ((3500, 5200), (0, 0.06), (12, 15), ANY, ("beat", (4, 12))),
    "ui_blip": ((1350, 1600), (0.9, 1), (1, 1), (0, 0.1), ("peak", (1300, 1340))),
    "vending": ((1600, 2900), (0.3, 0.65), (2, 7), ANY, ("rise", (0.8, 1.4))),
    "whistle": ((2650, 3150), (0.8, 1), (1, 1), ANY, ("beat", (32, 34))),
    "whoosh": ((1500, 2500), (0, 0.1), (0, 2), (0.1, 0.4), ("rise", (0.2, 0.4))),
    "wolf": ((500, 1400), (0.5, 1), (0, 1), (0.6, 2.2), ("peak", (500, 1200))),
    "wood_snap": ((2200, 3500), (0.2, 0.5), (1, 3), (0.05, 0.25), ("rise", (0.08, 0.14))),
    "zip": ((5000, 6700), (0, 0.05), (0, 3), (0, 0.4), ("beat", (30, 60))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_effect_measures_like_its_name_with_every_seed(kind: str) -> None:
    balance, tonal, attacks, fall, own = CHARACTER[kind]
    for seed in (11, 12, 13):
        found = figures(effect_signal(kind, seed=seed))
        assert balance[0] <= found.centroid <= balance[1]
        assert tonal[0] - 0.001 <= found.tonal <= tonal[1] + 0.001
        assert attacks[0] <= found.onsets <= attacks[1]
        assert fall[0] <= found.fall <= fall[1]
        if own is not None:
            assert own[1][0] <= getattr(found, own[0]) <= own[1][1]


def test_there_are_enough_effects() -> None:
    assert set(CHARACTER) == set(HITS.all())
    assert len(CHARACTER) >= 72


@pytest.mark.parametrize("kind", KINDS)
def test_every_effect_has_its_level_clean_ends_and_no_constant_part(kind: str) -> None:
    made = effect_signal(kind, seed=4)
    assert np.isfinite(made).all()
    assert made.shape[-1] > 2000
    assert 20 * np.log10(np.abs(made).max()) == pytest.approx(HITS.get(kind).level, abs=0.2)
    assert np.abs(made).max() < 0.75
    ends = np.abs(np.concatenate([made[..., :1], made[..., -1:]], axis=-1)).max()
    assert ends < 1e-3
    assert abs(float(made.mean())) < 10 ** (-60 / 20)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loudest_settings_still_stay_below_full_scale(kind: str) -> None:
    loudest = {
        name: rule.lowest if rule.span < 0 else rule.highest
        for name, rule in HITS.get(kind).params.items()
        if isinstance(rule, Figure) and rule.span
    }
    assert np.abs(effect_signal(kind, params=loudest)).max() < 10 ** (-1 / 20)


# a device is the same device in every shot
SAME = {"dial_tone", "notification", "phone", "radio_beep", "ui_blip"}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - SAME))
def test_another_seed_is_another_take(kind: str) -> None:
    one, other = (mono(effect_signal(kind, seed=seed)) for seed in (1, 3))
    size = 1 << (one.size + other.size).bit_length()
    same = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)), size).max()
    assert same / np.sqrt((one @ one) * (other @ other)) < 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_of_every_effect_sounds_and_differs(kind: str) -> None:
    for name, rule in HITS.get(kind).params.items():
        if isinstance(rule, Choice):
            heard = [figures(effect_signal(kind, params={name: option})) for option in rule.options]
            assert len({(round(one.centroid, 1), round(one.seconds, 3)) for one in heard}) == len(heard)
            assert all(one.seconds > 0.05 for one in heard)


def seconds(made: Sound) -> float:
    """Length in seconds."""
    return mono(made).size / RATE


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if "count" in HITS.get(kind).params and kind not in ("coins", "dishes")]
)
def test_a_count_is_that_many(kind: str) -> None:
    rule = HITS.get(kind).params["count"]
    assert isinstance(rule, Figure)
    few, many = max(2.0, rule.lowest), max(4.0, rule.lowest * 2)
    short, long = (seconds(effect_signal(kind, seed=2, params={"count": n})) for n in (few, many))
    per_one = (long - short) / (many - few)
    assert per_one > 0.05
    energy = [np.square(mono(effect_signal(kind, seed=2, params={"count": n}))).sum() for n in (few, many)]
    assert energy[1] > 1.15 * energy[0]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "seconds" in HITS.get(kind).params])
def test_seconds_are_seconds(kind: str) -> None:
    short, long = (seconds(effect_signal(kind, params={"seconds": s})) for s in (1.0, 2.0))
    assert long - short == pytest.approx(1.0, abs=0.35)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if HITS.get(kind).params["distance"] is AWAY])
def test_farther_away_is_softer_and_duller(kind: str) -> None:
    near, far = (mono(effect_signal(kind, params={"distance": d})) for d in (0.0, 0.9))
    assert np.abs(far).max() < 0.25 * np.abs(near).max()
    # a pure tone cannot become duller than it is, noise does
    noisy = CHARACTER[kind][1][1] < 0.2
    assert centroid(far) < max((0.9 if noisy else 1.05) * centroid(near), 600)


# kind, parameter, low and high value, figure, least ratio of high to low
CHANGES: list[tuple[str, str, object, object, str, float]] = [
    ("steps", "surface", "carpet", "gravel", "centroid", 3.0),
    ("steps", "surface", "wood", "tiles", "centroid", 1.5),
    ("steps", "surface", "sand", "leaves", "centroid", 1.8),
    ("steps", "pace", 1.2, 3.0, "beat", 2.2),
    ("hooves", "surface", "grass", "concrete", "peak", 3.0),
    ("hooves", "pace", 8.0, 2.0, "seconds", 2.5),
    ("machine_gun", "pace", 14.0, 6.0, "seconds", 1.15),
    ("thunder", "distance", 1.0, 0.0, "centroid", 2.0),
    ("gunshot", "distance", 1.0, 0.0, "centroid", 1.3),
    ("ship_horn", "distance", 1.0, 0.0, "centroid", 1.15),
    ("door", "material", "wood", "glass", "peak", 1.3),
    ("door", "force", 0.0, 1.0, "loudest", 3.5),
    ("door_open", "material", "wood", "metal", "tonal", 0.2),
    ("knock", "material", "wood", "glass", "peak", 3.0),
    ("hammer", "material", "wood", "metal", "peak", 2.5),
    ("glass", "size", 0.0, 1.0, "energy", 1.6),
    ("metal_clang", "size", 1.0, 0.0, "peak", 3.0),
    ("impact", "size", 0.0, 1.0, "loudest", 3.5),
    ("splash", "size", 0.0, 1.0, "loudest", 3.5),
    ("explosion", "size", 0.0, 1.0, "loudest", 1.8),
    ("applause", "size", 0.0, 1.0, "loudest", 3.5),
    ("gasp", "size", 0.0, 1.0, "loudest", 3.5),
    ("laughter", "size", 0.0, 1.0, "loudest", 3.5),
    ("cheer", "size", 0.0, 1.0, "loudest", 3.5),
    ("breath", "effort", 1.0, 0.0, "seconds", 1.8),
    ("servo", "effort", 0.0, 1.0, "peak", 1.5),
    ("whoosh", "speed", 1.0, 0.0, "seconds", 2.0),
    ("car_pass", "speed", 1.0, 0.0, "seconds", 2.0),
    ("motorcycle", "speed", 0.0, 1.0, "peak", 1.4),
    ("plane_pass", "speed", 1.0, 0.0, "seconds", 1.5),
    ("magic", "brightness", 0.0, 1.0, "peak", 2.0),
    ("heartbeat", "pulse", 60, 120, "beat", 1.9),
    ("bell", "size", "church", "shop", "peak", 5.0),
    ("paper", "action", "page", "crumple", "seconds", 1.8),
    ("phone", "model", "office", "bell", "seconds", 1.1),
    ("alarm", "model", "building", "clock", "peak", 3.0),
    ("kettle", "model", "boil", "whistle", "tonal", 5.0),
    ("tap", "model", "tap", "shower", "centroid", 1.5),
    ("dial_tone", "model", "free", "busy", "depth", 5.0),
    ("ui_blip", "model", "error", "select", "peak", 5.0),
    ("doorbell", "model", "buzzer", "chime", "seconds", 1.3),
]


def _figure(made: Sound, name: str) -> float:
    if name == "loudest":
        return float(np.abs(made).max())
    return float(np.square(made).sum()) if name == "energy" else float(getattr(figures(made), name))


@pytest.mark.parametrize(
    ("kind", "name", "least", "most", "figure", "ratio"),
    CHANGES,
    ids=[f"{r[0]}-{r[1]}-{r[3]}" for r in CHANGES],
)
def test_a_parameter_changes_what_it_claims(
    kind: str, name: str, least: object, most: object, figure: str, ratio: float
) -> None:
    low, high = (
        float(np.median([_figure(effect_signal(kind, seed=s, params={name: v}), figure) for s in (1, 2, 3)]))
        for v in (least, most)
    )
    assert high > ratio * low


def test_every_parameter_of_every_effect_is_tried() -> None:
    tried = {(row[0], row[1]) for row in CHANGES}
    rest = {
        (kind, name)
        for kind in KINDS
        for name, rule in HITS.get(kind).params.items()
        if name not in ("count", "seconds") and rule is not AWAY
    }
    assert rest == tried


def test_a_whoosh_and_what_drives_by_cross_from_left_to_right() -> None:
    for kind in ("whoosh", "car_pass", "motorcycle"):
        left, right = effect_signal(kind)
        half = left.size // 2
        assert np.square(left[:half]).sum() > np.square(right[:half]).sum()
        assert np.square(left[half:]).sum() < np.square(right[half:]).sum()


def test_a_power_up_climbs_and_a_power_down_sinks() -> None:
    for kind, climbs in (("power_up", True), ("power_down", False), ("laser", False), ("teleport", True)):
        made = mono(effect_signal(kind))
        part = made.size // 4
        first, last = centroid(made[:part]), centroid(made[2 * part : 3 * part])
        assert (last > 1.15 * first) == climbs


def test_a_filling_glass_climbs_in_pitch() -> None:
    made = effect_signal("pour", params={"seconds": 4.0})
    bubbles = banded(made, 300, 1900)
    assert centroid(bubbles[-RATE:]) > 1.4 * centroid(bubbles[:RATE])


def test_effect_is_the_same_every_time_and_differs_by_seed(tmp_path: Path) -> None:
    paths = [
        effect("steps", seed=s, params={"surface": "gravel"}, out=tmp_path / f"{i}.wav").path
        for i, s in enumerate((1, 1, 2))
    ]
    sounds = [path.read_bytes() for path in paths]
    assert sounds[0] == sounds[1] != sounds[2]


def test_an_unknown_surface_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundRefused, match="choose one of wood"):
        effect("steps", params={"surface": "lava"}, out=tmp_path / "x.wav")
    assert list(tmp_path.iterdir()) == []


def test_written_effect_reads_back(tmp_path: Path) -> None:
    made = effect("bell", params={"size": "church"}, out=tmp_path / "bell.wav")
    signal, rate = read_wav(made.path)
    assert (rate, signal.shape[-1] / rate) == (48_000, pytest.approx(made.seconds))
