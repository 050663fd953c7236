"""Street, alley, rooftop, forest, warehouse: room to play, the same things for a seed, parameters that show."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from craft.previs import Packet, render_still
from craft.previs.sets import SETS
from craft.previs.sets.room import Dressing
from craft.previs.spatial import vec
from craft.previs.stage import Mark, StageSet, segment_hits

KINDS = ("street", "alley", "rooftop", "forest", "warehouse")
ERAS = ("period", "midcentury", "modern", "future")
TRIANGLES = 110_000


def built(kind: str, seed: int = 3, time: str = "night", words: str = "", **options: str | float) -> StageSet:
    """A set as the registry builds it."""
    return SETS[kind](Dressing(seed, time, tuple(sorted(options.items())), words))


def blocking(stage: StageSet, mark: Mark, clear: float = 0.15) -> list[str]:
    """Groups of solids that a body standing at a mark would touch between ankle and head."""
    return [
        o.group
        for o in stage.obstacles
        if o.high[1] > 0.16
        and o.low[1] < 1.75
        and o.low[0] - clear < mark.x < o.high[0] + clear
        and o.low[2] - clear < mark.z < o.high[2] + clear
    ]


def assert_playable(stage: StageSet) -> None:
    """Marks to stand on that are free and within bounds; two of them face each other at talking distance."""
    standing = [m for m in stage.marks if not m.seat]
    assert len(standing) >= 12
    for i, mark in enumerate(standing):
        assert not blocking(stage, mark), f"mark {i} of {stage.kind} stands in {blocking(stage, mark)}"
        assert stage.low[0] < mark.x < stage.high[0] and stage.low[2] < mark.z < stage.high[2], i
    a, b = stage.marks[:2]
    assert 0.9 <= math.hypot(a.x - b.x, a.z - b.z) <= 1.6
    eyes = vec(a.x, 1.6, a.z), vec(b.x, 1.6, b.z)
    assert not any(segment_hits(o, *eyes) for o in stage.obstacles)
    # Facing each other: each looks towards the other's half of the world.
    assert math.sin(math.radians(a.yaw)) * (b.x - a.x) > 0 > math.sin(math.radians(b.yaw)) * (b.x - a.x)
    for seat in (m for m in stage.marks if m.seat):
        assert 0.1 <= seat.seat <= 1.2, seat


def same_geometry(a: StageSet, b: StageSet) -> bool:
    """Whether two sets are the same to the last vertex."""
    return set(a.groups) == set(b.groups) and all(
        np.array_equal(a.groups[g].vertices, b.groups[g].vertices)
        and np.array_equal(a.groups[g].triangles, b.groups[g].triangles)
        for g in a.groups
    )


def triangles(stage: StageSet) -> int:
    """How many a set has."""
    return sum(len(g.triangles) for g in stage.groups.values())


def picture(data: dict[str, Any], out: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A rendered frame as RGB bytes."""
    render_still(Packet.from_json(data), out, frame=0)
    with Image.open(out) as image:
        return np.asarray(image.convert("RGB"))


def assert_picture(frame: np.ndarray[Any, np.dtype[np.uint8]], name: str) -> None:
    """Neither black nor burnt nor empty."""
    light = frame.astype(np.float64).mean(2)
    assert 14 < light.mean() < 205, f"{name}: mean {light.mean():.0f}"
    assert (light > 250).mean() < 0.12, f"{name}: {(light > 250).mean():.0%} burnt"
    assert (light < 4).mean() < 0.45, f"{name}: {(light < 4).mean():.0%} black"
    assert light.std() > 14, f"{name}: flat"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("era", ERAS)
def test_a_set_is_playable_in_every_era_poor_or_rich_bare_or_crammed(kind: str, era: str) -> None:
    for seed, wealth, clutter in ((1, 5, 100), (2, 95, 0), (7, 50, 60)):
        stage = built(kind, seed, era=era, wealth=wealth, clutter=clutter)
        assert_playable(stage)
        assert triangles(stage) < TRIANGLES


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_dressing_builds_the_same_things_and_another_seed_others(kind: str) -> None:
    assert same_geometry(built(kind, clutter=70), built(kind, clutter=70))
    assert not same_geometry(built(kind, clutter=70), built(kind, seed=4, clutter=70))


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_change_the_place(kind: str) -> None:
    plain = built(kind)
    eras = [built(kind, era=era) for era in ERAS]
    assert all(not same_geometry(a, b) for i, a in enumerate(eras) for b in eras[:i])
    assert not same_geometry(plain, built(kind, wealth=95))
    assert triangles(built(kind, clutter=100)) > triangles(built(kind, clutter=0))
    for colour in ("floor", "accent") if kind != "rooftop" else ("floor", "wall"):
        painted = SETS[kind](Dressing(3, "night", ((colour, "#ff00aa"),)))
        assert not same_geometry(plain, painted), colour


@pytest.mark.parametrize(
    ("kind", "group"),
    [("street", "wall_n"), ("alley", "wall_w"), ("rooftop", "ends"), ("warehouse", "wall_n")],
)
def test_more_clutter_moves_nothing_that_was_there(kind: str, group: str) -> None:
    bare, crammed = built(kind, clutter=10), built(kind, clutter=90)
    assert np.array_equal(bare.groups[group].vertices, crammed.groups[group].vertices)


def test_the_marks_of_the_street_stay_where_shipped_scenes_have_them() -> None:
    places = [(m.x, m.z) for m in built("street").marks[:12]]
    assert places == [
        (-0.58, 0.9), (0.58, 0.9), (0.0, -0.4), (-2.0, 1.2), (1.9, 1.8), (0.1, 2.6), (-1.8, -0.8), (-3.2, 2.4),
        (1.4, 3.4), (-1.2, 3.6), (2.9, 3.0), (-3.8, 0.2),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_lamps_burn_at_night_and_outdoors_rest_by_day(kind: str) -> None:
    night, noon = built(kind, time="night"), built(kind, time="noon")
    assert any(lamp.practical for lamp in night.lights)
    assert not any(lamp.practical for lamp in noon.lights)
    assert len(night.lights) <= 6
    shine = [
        int(s.groups[g].vertices["meta"][:, 2].astype(int).sum()) for s in (night, noon) for g in s.groups
    ]
    half = len(shine) // 2
    assert sum(shine[:half]) != sum(shine[half:])


def test_rows_walls_and_trees_go_for_a_lens_behind_them() -> None:
    behind = {
        "street": ((0, 1.5, -6.0), "wall_n"),
        "alley": ((-3.5, 1.5, 0.0), "wall_w"),
        "rooftop": ((0, 1.5, 7.2), "rim_s"),
        "forest": ((0, 1.5, 8.0), "trees_s"),
        "warehouse": ((0, 9.0, 0.0), "roof"),
    }
    for kind, (eye, group) in behind.items():
        stage = built(kind)
        assert group in stage.groups
        assert group in stage.hidden([vec(*eye)])
        assert group not in stage.hidden([vec(0, 1.5, 0.4)])


def test_a_wood_has_trunks_to_go_round_a_clearing_without_and_a_way_through() -> None:
    stage = built("forest", clutter=80)
    trunks = [o for o in stage.obstacles if o.group.startswith("trees") and o.low[1] <= 0.1 and o.high[1] > 2]
    assert len(trunks) >= 12
    assert all(math.hypot((o.low[0] + o.high[0]) / 2, (o.low[2] + o.high[2]) / 2) > 3.5 for o in trunks)
    assert sum(1 for m in stage.marks if m.seat) >= 2


@pytest.mark.parametrize("style", ["pine", "birch", "palm", "dead"])
def test_a_forest_takes_its_trees_from_its_style(style: str) -> None:
    woods = {name: built("forest", style=name) for name in (style, "oak")}
    assert not same_geometry(woods[style], woods["oak"])
    assert_playable(woods[style])


@pytest.mark.parametrize("kind", KINDS)
def test_a_wide_and_a_medium_wide_shot_show_the_place(
    kind: str, packet_data: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    for time, size, azimuth in (("night", "mws", 0), ("noon", "ws", 0), ("dusk", "ws", 160)):
        camera = {"size": size, "framing": "two_shot", "subjects": ["ada", "ben"], "azimuth": azimuth}
        data = packet_data(
            width=160,
            height=90,
            frames=1,
            time_of_day=time,
            camera=camera,
            set={"kind": kind, "seed": 6, "dressing": {}},
        )
        assert_picture(picture(data, tmp_path / "still.png"), f"{kind} {time} {size}")


@pytest.mark.parametrize("kind", KINDS)
def test_eras_look_different(kind: str, packet_data: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    def frame(era: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
        camera = {"size": "ws", "framing": "two_shot", "subjects": ["ada", "ben"], "azimuth": 0}
        place = {"kind": kind, "seed": 6, "dressing": {"era": era}}
        data = packet_data(width=160, height=90, frames=1, time_of_day="noon", camera=camera, set=place)
        return picture(data, tmp_path / f"{era}.png").astype(np.int16)

    assert np.abs(frame("period") - frame("future")).mean() > 1.5
