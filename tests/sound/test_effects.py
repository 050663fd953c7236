"""Effects exist, stay below full scale, follow their parameters and are found in action lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from craft.sound import HITS, SoundRefused, effect, effects_for
from craft.sound.effects import effect_signal
from craft.sound.placement import _rules
from craft.sound.wav import read_wav
from tests.sound.analysis import centroid, mono


@pytest.mark.parametrize("kind", sorted(HITS.all()))
def test_every_effect_sounds_and_stays_below_full_scale(kind: str) -> None:
    made = effect_signal(kind, seed=4)
    assert np.isfinite(made).all()
    assert made.shape[-1] > 2000
    assert 10 ** (-30 / 20) < np.abs(made).max() < 0.75
    assert abs(float(mono(made)[-1])) < 0.01


def test_effect_is_the_same_every_time_and_differs_by_seed(tmp_path: Path) -> None:
    paths = [
        effect("steps", seed=s, params={"surface": "gravel"}, out=tmp_path / f"{i}.wav").path
        for i, s in enumerate((1, 1, 2))
    ]
    sounds = [path.read_bytes() for path in paths]
    assert sounds[0] == sounds[1] != sounds[2]


def test_steps_follow_surface_count_and_pace() -> None:
    gravel = effect_signal("steps", params={"surface": "gravel"})
    carpet = effect_signal("steps", params={"surface": "carpet"})
    assert centroid(gravel) > 3 * centroid(carpet)
    few = effect_signal("steps", params={"count": 2, "pace": 2.0})
    many = effect_signal("steps", params={"count": 8, "pace": 2.0})
    assert mono(many).size - mono(few).size == pytest.approx(3 * 48_000, rel=0.1)


def test_far_thunder_is_duller_than_near() -> None:
    near, far = (effect_signal("thunder", params={"distance": d}) for d in (0.0, 1.0))
    assert centroid(near) > 2 * centroid(far)


def test_a_whoosh_crosses_from_left_to_right() -> None:
    left, right = effect_signal("whoosh")
    half = left.size // 2
    assert np.square(left[:half]).sum() > np.square(right[:half]).sum()
    assert np.square(left[half:]).sum() < np.square(right[half:]).sum()


def test_an_unknown_surface_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoundRefused, match="choose one of wood"):
        effect("steps", params={"surface": "lava"}, out=tmp_path / "x.wav")


def test_an_action_line_names_its_effects_in_order() -> None:
    found = effects_for(
        "Mara crosses the wet quay. A fog horn sounds. She unfolds the letter; the door slams shut. Gulls."
    )
    assert [kind for kind, _, _ in found] == ["steps", "ship_horn", "paper", "door", "gull"]
    assert found[0][1]["surface"] == "concrete"
    assert found[3][1]["force"] == 1.0
    places = [at for _, _, at in found]
    assert places == sorted(places)
    assert 0 <= places[0] < places[-1] <= 1


def test_an_action_without_sounds_places_none() -> None:
    assert effects_for("She looks at him. He understands.") == []


def test_every_effect_rule_names_a_kind_that_takes_its_parameters() -> None:
    for rule in _rules("effects"):
        HITS.get(rule.kind).settings(rule.params)


def test_written_effect_reads_back(tmp_path: Path) -> None:
    made = effect("bell", params={"size": "church"}, out=tmp_path / "bell.wav")
    signal, rate = read_wav(made.path)
    assert (rate, signal.shape[-1] / rate) == (48_000, pytest.approx(made.seconds))
