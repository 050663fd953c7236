"""Rooms of everyday life: room for people, seats that carry, dressing that shows, light by day and night."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from craft.previs import Packet, health, render_still
from craft.previs.batch import Geometry
from craft.previs.demo_packet import conversation
from craft.previs.sets import SETS
from craft.previs.sets.pieces.openings import Opening
from craft.previs.sets.room import Dressing
from craft.previs.sets.shell import Shell, build_shell, finish_for, indoor_tones, window_light
from craft.previs.spatial import vec
from craft.previs.stage import Builder, Mark, Obstacle, StageSet, inside, segment_hits

KINDS = ("office", "apartment", "bedroom", "kitchen", "cafe", "bar")
ERAS = ("period", "midcentury", "modern", "future")
needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")


@cache
def built(kind: str, time: str = "night", seed: int = 4, **options: str | float) -> StageSet:
    return SETS[kind](Dressing(seed, time, tuple(sorted(options.items()))))


def dressings(kind: str) -> Iterator[StageSet]:
    """The place as it comes, and in every era poor and rich, crammed."""
    yield built(kind)
    for era in ERAS:
        for wealth in (5.0, 95.0):
            yield built(kind, era=era, wealth=wealth, clutter=100.0)


def same(a: StageSet, b: StageSet) -> bool:
    return a.groups.keys() == b.groups.keys() and all(
        a.groups[n].vertices.tobytes() == b.groups[n].vertices.tobytes()
        and a.groups[n].triangles.tobytes() == b.groups[n].triangles.tobytes()
        for n in a.groups
    )


def shape(stage: StageSet) -> bytes:
    return b"".join(stage.groups[n].vertices["pos"].tobytes() for n in sorted(stage.groups))


def paint(stage: StageSet) -> bytes:
    return b"".join(stage.groups[n].vertices["col"].tobytes() for n in sorted(stage.groups))


def gap(o: Obstacle, mark: Mark) -> float:
    """Metres between a mark and an obstacle, seen from above."""
    dx = max(o.low[0] - mark.x, 0.0, mark.x - o.high[0])
    return math.hypot(dx, max(o.low[2] - mark.z, 0.0, mark.z - o.high[2]))


@pytest.mark.parametrize("kind", KINDS)
def test_standing_marks_are_in_the_room_and_clear_of_things(kind: str) -> None:
    for stage in dressings(kind):
        standing = [m for m in stage.marks if not m.seat]
        assert len(standing) >= 10
        assert list(stage.marks[: len(standing)]) == standing, "seats come after those who stand"
        for mark in standing:
            assert stage.low[0] < mark.x < stage.high[0] and stage.low[2] < mark.z < stage.high[2]
            near = [o for o in stage.obstacles if gap(o, mark) < 0.15 and o.low[1] < 1.85]
            assert not near, (mark, near)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_marks_share_a_place(kind: str) -> None:
    for stage in dressings(kind):
        for i, a in enumerate(stage.marks):
            for b in stage.marks[:i]:
                assert math.hypot(a.x - b.x, a.z - b.z) > 0.4, (a, b)


@pytest.mark.parametrize("kind", KINDS)
def test_two_who_talk_stand_a_step_apart_and_see_each_other(kind: str) -> None:
    for stage in dressings(kind):
        a, b = stage.marks[:2]
        assert 0.9 <= math.hypot(a.x - b.x, a.z - b.z) <= 1.6
        assert math.sin(math.radians(a.yaw)) * (b.x - a.x) + math.cos(math.radians(a.yaw)) * (b.z - a.z) > 0
        assert math.sin(math.radians(b.yaw)) * (a.x - b.x) + math.cos(math.radians(b.yaw)) * (a.z - b.z) > 0
        for high in (0.4, 1.0, 1.6):
            line = vec(a.x, high, a.z), vec(b.x, high, b.z)
            assert not [o for o in stage.obstacles if segment_hits(o, *line, 0.05)]


def surface_below(stage: StageSet, x: float, z: float, low: float, high: float) -> list[float]:
    """Heights between two at which a plumb line meets upward faces of furniture."""
    tris = np.concatenate(
        [g.vertices["pos"][g.triangles] for n, g in stage.groups.items() if n not in ("floor", "outside")]
    ).astype(np.float64)
    a, b, c = (tris[:, i, ::2] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    area = np.where(np.abs(area) < 1e-9, np.inf, area)
    u = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (z - a[:, 1])) / area
    v = ((b[:, 0] - a[:, 0]) * (z - a[:, 1]) - (x - a[:, 0]) * (b[:, 1] - a[:, 1])) / area
    y = tris[:, 0, 1] * (1 - u - v) + tris[:, 1, 1] * u + tris[:, 2, 1] * v
    met = np.isfinite(area) & (u >= 0) & (v >= 0) & (u + v <= 1) & (y > low) & (y < high)
    return [float(h) for h in y[met]]


@pytest.mark.parametrize("kind", KINDS)
def test_who_sits_sits_on_something_with_room_for_the_body(kind: str) -> None:
    assert len([m for m in built(kind).marks if m.seat]) >= 3
    for stage in dressings(kind):
        for mark in (m for m in stage.marks if m.seat):
            met = surface_below(stage, mark.x + 0.013, mark.z + 0.007, mark.seat - 0.10, 1.35)
            assert met and max(met) == pytest.approx(mark.seat, abs=0.05), (mark, met)
            turn = math.radians(mark.yaw)
            for ahead, high in ((0.05, mark.seat + 0.75), (0.0, mark.seat + 0.35), (0.38, mark.seat + 0.06)):
                at = vec(mark.x + ahead * math.sin(turn), high, mark.z + ahead * math.cos(turn))
                assert not [o for o in stage.obstacles if inside(o, at, 0.0)], (mark, at)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lens_has_room_round_two_who_talk(kind: str) -> None:
    for stage in dressings(kind):
        a, b = stage.marks[:2]
        x, z = (a.x + b.x) / 2, (a.z + b.z) / 2
        free = 0
        for i in range(16):
            turn = math.tau * i / 16
            line = vec(x, 1.5, z), vec(x + 1.8 * math.sin(turn), 1.5, z + 1.8 * math.cos(turn))
            free += not any(segment_hits(o, *line, 0.1) for o in stage.obstacles)
        assert free >= 12


_STEP = 0.1


def walkable(stage: StageSet) -> np.ndarray:
    """Where a narrow body gets to from the first mark: points of the floor, float64[n, 2]."""
    low, high = (np.array((end[0], end[2])) for end in (stage.low, stage.high))
    free = np.ones(((high - low) / _STEP).astype(int) + 1, bool)
    for o in stage.obstacles:
        if o.low[1] < 1.85:
            first = np.ceil((np.array((o.low[0], o.low[2])) - 0.15 - low) / _STEP).astype(int).clip(0)
            last = np.floor((np.array((o.high[0], o.high[2])) + 0.15 - low) / _STEP).astype(int).clip(-1)
            free[first[0] : last[0] + 1, first[1] : last[1] + 1] = False
    mark = stage.marks[0]
    seen, todo = set(), [(round((mark.x - low[0]) / _STEP), round((mark.z - low[1]) / _STEP))]
    while todo:
        i, k = todo.pop()
        if (i, k) not in seen and 0 <= i < free.shape[0] and 0 <= k < free.shape[1] and free[i, k]:
            seen.add((i, k))
            todo += [(i + 1, k), (i - 1, k), (i, k + 1), (i, k - 1)]
    return np.array(sorted(seen)) * _STEP + low


@pytest.mark.parametrize("kind", KINDS)
def test_one_can_walk_to_every_mark_and_seat(kind: str) -> None:
    for stage in dressings(kind):
        ground = walkable(stage)
        for mark in stage.marks:
            near = np.hypot(ground[:, 0] - mark.x, ground[:, 1] - mark.z).min()
            # The inner seat of a booth is a slide of its bench's width away.
            assert near < (1.2 if mark.seat else 0.15), (mark, near)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_dressing_is_the_same_place(kind: str) -> None:
    assert same(built(kind), SETS[kind](Dressing(4, "night")))
    assert not same(built(kind), built(kind, seed=5))


@pytest.mark.parametrize("kind", KINDS)
def test_era_means_and_clutter_change_what_stands_there(kind: str) -> None:
    plain = shape(built(kind))
    for options in (
        {"era": "period"},
        {"era": "midcentury"},
        {"era": "future"},
        {"wealth": 5.0},
        {"wealth": 95.0},
        {"clutter": 0.0},
        {"clutter": 100.0},
    ):
        assert shape(built(kind, **options)) != plain, options


@pytest.mark.parametrize("kind", KINDS)
def test_colours_change_paint_and_nothing_else(kind: str) -> None:
    plain = built(kind)
    for name in ("wall", "floor", "wood", "fabric", "accent", "lamp"):
        other = built(kind, **{name: "#8040c0"})
        assert shape(other) == shape(plain), name
        assert paint(other) != paint(plain), name


def test_the_office_takes_its_own_colours() -> None:
    for name in ("lamp", "rug", "sofa"):
        assert paint(built("office", **{name: "#8040c0"})) != paint(built("office")), name


def steady(stage: StageSet) -> dict[str, Geometry]:
    """Groups that hold nothing one could leave lying about."""
    return {n: g for n, g in stage.groups.items() if n in ("outside", "lamp", "sofa", "roof")}


@pytest.mark.parametrize("kind", KINDS)
def test_clutter_adds_things_and_moves_nobody(kind: str) -> None:
    bare, full = built(kind, clutter=0.0), built(kind, clutter=100.0)
    count = [sum(len(g.triangles) for g in s.groups.values()) for s in (bare, full)]
    assert count[1] > count[0] + 500
    assert full.marks == bare.marks
    assert set(bare.obstacles) <= set(full.obstacles)
    assert same(replace(bare, groups=steady(bare)), replace(full, groups=steady(full)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_room_stays_within_its_budget(kind: str) -> None:
    for stage in dressings(kind):
        assert 4_000 < sum(len(g.triangles) for g in stage.groups.values()) <= 70_000
        assert 2 <= len(stage.lights) <= 8
        assert stage.interior


@pytest.mark.parametrize("kind", KINDS)
def test_day_and_night_give_light(kind: str) -> None:
    noon, night = built(kind, "noon"), built(kind, "night")
    assert noon.lights != night.lights
    for stage in (noon, night):
        assert any(lamp.shadow for lamp in stage.lights), "sun or moon through a window"
        assert any(lamp.practical for lamp in stage.lights), "lamps of the room"
    brightest = [max(lamp.intensity for lamp in s.lights if lamp.shadow) for s in (noon, night)]
    assert brightest[0] > 1.2 * brightest[1]


def test_a_low_sun_is_warmer_than_noon() -> None:
    for kind in KINDS:
        sun = [next(x for x in built(kind, time).lights if x.shadow) for time in ("dusk", "noon")]
        assert sun[0].colour[0] / sun[0].colour[2] > 1.3 * sun[1].colour[0] / sun[1].colour[2], kind


def test_the_office_keeps_its_first_marks() -> None:
    marks = [(m.x, m.z, m.yaw) for m in built("office").marks[:12]]
    assert marks[:3] == [(-0.58, 0.45, 35), (0.58, 0.45, -35), (-0.1, -0.55, 0)]
    assert marks[8:] == [(1.0, 2.4, 200), (-0.9, 2.5, 160), (2.4, 0.1, -60), (-2.6, 0.7, 80)]
    assert paint(built("office", style="cabin")) != paint(built("office"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_wall_gives_way_to_a_lens_behind_it(kind: str) -> None:
    stage = built(kind)
    middle = [(lo + hi) / 2 for lo, hi in zip(stage.low, stage.high, strict=True)]
    assert not [g for g in stage.hidden([vec(*middle)]) if g.startswith(("wall", "roof"))]
    for wall in stage.walls:
        eye = list(middle)
        eye[wall.axis] = wall.at + wall.sign * 0.5
        assert wall.group in stage.hidden([vec(*eye)])
        assert wall.group in stage.groups


def test_light_through_a_window_passes_its_opening() -> None:
    room = Shell(-3.0, 3.0, -2.5, 3.5, 2.7)
    for side, at in (("n", 0.4), ("s", -1.0), ("w", 0.5), ("e", 1.2)):
        hole = Opening(side, at, 1.8, 0.8, 2.3)
        lamp = window_light(room, hole, Dressing(1, "noon"))
        axis, wall = {"n": (2, -2.5), "s": (2, 3.5), "w": (0, -3.0), "e": (0, 3.0)}[side]
        share = (wall - lamp.position[axis]) / (lamp.aim[axis] - lamp.position[axis])
        assert 0 < share < 1, "from outside to inside"
        across = 2 - axis
        met = lamp.position[across] + share * (lamp.aim[across] - lamp.position[across])
        high = lamp.position[1] + share * (lamp.aim[1] - lamp.position[1])
        assert abs(met - at) < hole.wide / 2 + 0.9
        assert hole.sill - 0.2 < high < hole.head + 0.6


def test_an_opening_is_open() -> None:
    room, hole = Shell(-3.0, 3.0, -2.5, 3.5, 2.7), Opening("w", 0.5, 1.2, 0.9, 2.2, cover="none")
    dressing, b = Dressing(1, "noon"), Builder()
    t = indoor_tones(dressing)
    build_shell(b, room, finish_for(t, 0.5), t, dressing, [hole], view="w")
    tris = b.groups()["wall_w"]
    p = tris.vertices["pos"][tris.triangles]
    low, high = p.min(1), p.max(1)
    covers = (
        (low[:, 1] < 1.3)
        & (high[:, 1] > 1.3)
        & (low[:, 2] < 0.25)
        & (high[:, 2] > 0.25)
        & (high[:, 2] - low[:, 2] > 0.6)
    )
    assert not covers.any(), "nothing wide stands across the opening at the height of the eye"
    assert ((low[:, 2] < 2.0) & (high[:, 2] > 2.0)).any(), "but the wall beside it does"


@pytest.mark.parametrize("size", ["ws", "mws"])
@pytest.mark.parametrize("time", ["noon", "night"])
@pytest.mark.parametrize("kind", KINDS)
@needs_egl
def test_a_frame_shows_the_place(kind: str, time: str, size: str, tmp_path: Path) -> None:
    changes: dict[str, Any] = {
        "width": 160,
        "height": 90,
        "frames": 1,
        "visemes": [],
        "time_of_day": time,
        "atmosphere": {"kind": "clear", "density": 0},
        "camera": {"size": size, "framing": "two_shot", "azimuth": 0, "subjects": ["ada", "ben"]},
    }
    out = tmp_path / "frame.png"
    render_still(Packet.from_json(conversation(kind, **changes)), out, frame=0)
    grey = np.asarray(Image.open(out).convert("L"), np.float64)
    assert 12 < grey.mean() < 200
    assert grey.std() > 12
