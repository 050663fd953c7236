"""Car, train, hospital and spaceship: room for people, walls that give way, dressing that shows, light."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from craft.previs import Packet, health, render_still
from craft.previs.batch import Kind
from craft.previs.film import StillResult
from craft.previs.sets import SETS
from craft.previs.sets.pieces.passing import Ride
from craft.previs.sets.room import Dressing
from craft.previs.solids import plain_box
from craft.previs.spatial import vec
from craft.previs.stage import Mark, StageSet

KINDS = ("car", "train", "hospital", "spaceship")
STANDING = ("train", "hospital", "spaceship")
ERAS = ("period", "midcentury", "modern", "future")
PacketData = dict[str, Any]
needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")


@cache
def built(kind: str, time: str = "night", seed: int = 4, **options: str | float) -> StageSet:
    return SETS[kind](Dressing(seed, time, tuple(sorted(options.items()))))


@cache
def corners(kind: str, era: str) -> np.ndarray:
    """Every triangle that may be over somebody's head: float64[n, 3 corners, 3]."""
    groups = built(kind, era=era, clutter=100.0).groups
    near = [g for name, g in groups.items() if name != "outside" and not name.startswith("apron")]
    return np.concatenate([g.vertices["pos"][g.triangles] for g in near]).astype(np.float64)


def lowest_above(triangles: np.ndarray, x: float, z: float, start: float) -> float:
    """Height at which a plumb line from ``start`` upwards meets the set first."""
    a, b, c = (triangles[:, i, ::2] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    area = np.where(np.abs(area) < 1e-9, np.inf, area)
    u = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (z - a[:, 1])) / area
    v = ((b[:, 0] - a[:, 0]) * (z - a[:, 1]) - (x - a[:, 0]) * (b[:, 1] - a[:, 1])) / area
    y = triangles[:, 0, 1] * (1 - u - v) + triangles[:, 1, 1] * u + triangles[:, 2, 1] * v
    met = y[(np.isfinite(area)) & (u >= 0) & (v >= 0) & (u + v <= 1) & (y > start)]
    return float(met.min()) if len(met) else math.inf


def round_mark(mark: Mark, reach: float) -> list[tuple[float, float]]:
    turns = [math.tau * i / 6 for i in range(6)]
    return [
        (mark.x, mark.z),
        *((mark.x + reach * math.cos(t), mark.z + reach * math.sin(t)) for t in turns),
    ]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("kind", KINDS)
def test_heads_have_room_above_every_mark(kind: str, era: str) -> None:
    for mark in built(kind).marks:
        start, top = (mark.seat + 0.15, mark.seat + 1.0) if mark.seat else (0.06, 1.85)
        for x, z in round_mark(mark, 0.08 if mark.seat else 0.16):
            found = lowest_above(corners(kind, era), x, z, start)
            assert found >= top, (mark, x, z, found)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("kind", KINDS)
def test_who_sits_sits_on_something(kind: str, era: str) -> None:
    for mark in (m for m in built(kind).marks if m.seat):
        tops = [
            lowest_above(corners(kind, era), mark.x + dx, mark.z + dz, mark.seat - 0.03)
            for dx, dz in ((0.02, 0.02), (-0.03, 0.01))
        ]
        assert min(tops) == pytest.approx(mark.seat, abs=0.03), mark


@pytest.mark.parametrize("kind", STANDING)
def test_standing_marks_are_inside_and_clear_of_everything(kind: str) -> None:
    for era in ERAS:
        stage = built(kind, era=era, clutter=100.0)
        standing = [m for m in stage.marks if not m.seat]
        assert len(standing) >= 12
        assert list(stage.marks[: len(standing)]) == standing
        assert len(stage.marks) - len(standing) >= 4
        for mark in standing:
            assert stage.low[0] < mark.x < stage.high[0] and stage.low[2] < mark.z < stage.high[2]
            for o in stage.obstacles:
                away = math.hypot(
                    max(o.low[0] - mark.x, 0.0, mark.x - o.high[0]),
                    max(o.low[2] - mark.z, 0.0, mark.z - o.high[2]),
                )
                assert away > 0.20 or o.low[1] > 1.85, (era, mark, o)


@pytest.mark.parametrize("kind", KINDS)
def test_heads_and_knees_of_the_seated_are_in_no_obstacle(kind: str) -> None:
    for era in ERAS:
        stage = built(kind, era=era, clutter=100.0)
        for mark in (m for m in stage.marks if m.seat):
            turn = math.radians(mark.yaw)
            for ahead, high in ((0.05, mark.seat + 0.75), (0.0, mark.seat + 0.35), (0.38, mark.seat + 0.06)):
                at = (mark.x + ahead * math.sin(turn), high, mark.z + ahead * math.cos(turn))
                hit = [o for o in stage.obstacles if all(o.low[i] < at[i] < o.high[i] for i in range(3))]
                assert not hit, (era, mark, at, hit)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_marks_share_a_place(kind: str) -> None:
    marks = built(kind).marks
    for i, a in enumerate(marks):
        for b in marks[:i]:
            assert math.hypot(a.x - b.x, a.z - b.z) >= (0.45 if a.seat else 0.5), (a, b)


def test_conversations_have_their_distance() -> None:
    for kind in KINDS:
        a, b = built(kind).marks[:2]
        low, high = (0.6, 0.9) if kind == "car" else (0.9, 1.6)
        assert low <= math.hypot(a.x - b.x, a.z - b.z) <= high
    assert len(built("car").marks) == 5
    assert all(m.seat for m in built("car").marks)
    driver, passenger, rear_left, rear_right, middle = built("car").marks
    assert driver.x > 0 > passenger.x
    assert rear_left.x > middle.x > rear_right.x
    assert rear_left.z < driver.z


def test_train_seats_come_in_facing_pairs() -> None:
    seats = [m for m in built("train").marks if m.seat]
    for a, b in zip(seats[::2], seats[1::2], strict=True):
        assert abs(a.yaw - b.yaw) == 180
        assert a.x == b.x
        ahead = math.cos(math.radians(a.yaw)) * (b.z - a.z)
        assert 0.9 < ahead < 1.4


def same(a: StageSet, b: StageSet) -> bool:
    return a.groups.keys() == b.groups.keys() and all(
        a.groups[n].vertices.tobytes() == b.groups[n].vertices.tobytes()
        and a.groups[n].triangles.tobytes() == b.groups[n].triangles.tobytes()
        for n in a.groups
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_dressing_is_the_same_place_and_another_is_not(kind: str) -> None:
    plain = built(kind)
    assert same(plain, SETS[kind](Dressing(4, "night")))
    assert not same(plain, built(kind, seed=5))
    for options in (
        {"era": "period"},
        {"era": "midcentury"},
        {"era": "future"},
        {"wealth": 5.0},
        {"wealth": 95.0},
        {"clutter": 100.0},
        {"wall": "#804020"},
        {"floor": "#205080"},
        {"fabric": "#307040"},
        {"wood": "#90a0b0"},
        {"accent": "#c03060"},
        {"lamp": "#80ff80"},
    ):
        assert not same(plain, built(kind, **options)), options


@pytest.mark.parametrize("kind", KINDS)
def test_clutter_adds_things_and_moves_none(kind: str) -> None:
    bare, full = (built(kind, clutter=level) for level in (0.0, 100.0))
    assert len(full.obstacles) >= len(bare.obstacles)

    def triangles(stage: StageSet) -> int:
        return sum(len(g.triangles) for g in stage.groups.values())

    assert triangles(full) > triangles(bare)
    assert full.groups["outside"].vertices.tobytes() == bare.groups["outside"].vertices.tobytes()
    assert full.marks == bare.marks


@pytest.mark.parametrize("kind", KINDS)
def test_a_set_stays_within_its_budget(kind: str) -> None:
    for era in ERAS:
        stage = built(kind, era=era, clutter=100.0)
        assert 5_000 < sum(len(g.triangles) for g in stage.groups.values()) <= 70_000
        assert 3 <= len(stage.lights) <= 8
        assert stage.interior


@pytest.mark.parametrize("kind", KINDS)
def test_day_and_night_are_lit_differently(kind: str) -> None:
    noon, night = built(kind, "noon"), built(kind, "night")
    assert noon.lights != night.lights
    brightest = [
        max(max(lamp.colour) * lamp.intensity for lamp in s.lights if lamp.shadow) for s in (noon, night)
    ]
    if kind != "car":
        assert brightest[0] > 1.5 * brightest[1]
    if kind != "spaceship":
        metas = [s.groups["outside"].vertices["meta"] for s in (noon, night)]
        sky = [meta[meta[:, 1] == Kind.GLOW][:, 2].astype(float).mean() for meta in metas]
        assert sky[0] > 1.5 * sky[1]


_BEYOND: dict[str, dict[str, tuple[float, float, float]]] = {
    "car": {
        "wall_s": (0, 1.2, 2.2),
        "wall_n": (0, 1.2, -3),
        "wall_e": (2, 1.2, 0),
        "wall_w": (-2, 1.2, 0),
        "roof": (0, 3, 0),
    },
    **{
        kind: {
            "wall_s": (0, 1.4, 6),
            "wall_n": (0, 1.4, -12),
            "wall_e": (3, 1.4, 0),
            "wall_w": (-3, 1.4, 0),
            "roof": (0, 4, 0),
        }
        for kind in STANDING
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_lens_outside_sees_through_the_wall_it_stands_behind(kind: str) -> None:
    stage = built(kind)
    inside = stage.hidden([vec(0, 1.2, -0.1)])
    assert not any(name.startswith(("wall", "roof", "door")) for name in inside)
    for group, eye in _BEYOND[kind].items():
        gone = stage.hidden([vec(*eye)])
        assert group in gone
        assert {n for n in gone if n.startswith(("wall", "roof"))} == {group}
        assert group in stage.groups and len(stage.groups[group].triangles) > 0


def test_a_car_door_hides_for_a_low_lens_only() -> None:
    stage = built("car")
    assert "door_e" in stage.hidden([vec(2, 0.5, 0)])
    assert "door_e" not in stage.hidden([vec(2, 1.2, 0)])
    assert "door_w" not in stage.hidden([vec(2, 0.5, 0)])


@pytest.mark.parametrize("kind", STANDING)
def test_floor_beyond_a_wall_is_there_only_for_a_lens_beyond_it(kind: str) -> None:
    stage = built(kind)
    aprons = {name for name in stage.groups if name.startswith("apron")}
    assert len(aprons) == 4
    assert aprons <= stage.hidden([vec(0, 1.4, 0)])
    assert aprons - stage.hidden([vec(-3, 1.4, 0)]) == {"apron_w"}


def test_every_hidden_group_and_obstacle_is_one_that_is_drawn_or_known() -> None:
    for kind in KINDS:
        stage = built(kind, clutter=100.0)
        assert {w.group for w in stage.walls} <= set(stage.groups)
        assert {o.group for o in stage.obstacles} <= set(stage.groups)


def test_a_ride_writes_place_speed_and_ground_for_the_shader() -> None:
    ids, weights = Ride(16.0, 1.1).at(plain_box((5, 0, 18), (1, 1, 1)))
    assert ids.shape == (24, 4)
    assert (int(ids[0, 0]) * 256 + int(ids[0, 1])) / 65535 == pytest.approx(0.75, abs=1e-3)
    assert ids[0, 2] == 128
    assert ids[0, 3] == 110
    assert (weights.sum(1) == 255).all()


def test_the_world_passes_unless_the_car_is_parked() -> None:
    for style, moves in (("city", True), ("city-parked", False)):
        outside = built("car", style=style).groups["outside"].vertices
        things = outside[outside["meta"][:, 1] == Kind.PASSING]
        assert len(things) > 500
        assert bool((things["bones"][:, 2] > 0).all()) is moves


def draw(data: PacketData, folder: Path, frame: int = 0) -> tuple[StillResult, np.ndarray]:
    found = render_still(Packet.from_json(data), folder / "still.png", frame=frame)
    return found, np.asarray(Image.open(found.path).convert("RGB"), np.float64) / 255


@needs_egl
@pytest.mark.parametrize(
    ("kind", "size"),
    [(kind, size) for kind in KINDS for size in ("cu", "ms", "ws") if (kind, size) != ("car", "ws")],
)
def test_frames_are_neither_black_nor_burnt_nor_empty(
    kind: str, size: str, packet_data: Callable[..., PacketData], tmp_path: Path
) -> None:
    for time in ("night", "noon"):
        data = packet_data(
            width=160,
            height=90,
            frames=1,
            set={"kind": kind},
            time_of_day=time,
            camera={"size": size, "azimuth": 20},
        )
        found, pixels = draw(data, tmp_path)
        light = pixels.mean(2)
        assert 0.06 < light.mean() < 0.72, (time, light.mean())
        assert (light > 0.97).mean() < 0.12, (time, (light > 0.97).mean())
        assert (light < 0.02).mean() < 0.5, (time, (light < 0.02).mean())
        assert light.std() > 0.07, (time, light.std())
        box = found.boxes["ada"]
        assert box is not None
        assert box[0] < 0.8 and box[2] > 0.2, (time, box)


@needs_egl
def test_noon_is_brighter_outside_of_the_window_than_night(
    packet_data: Callable[..., PacketData], tmp_path: Path
) -> None:
    camera = {"size": "ms", "azimuth": 20}
    looks = [
        draw(packet_data(set={"kind": "car"}, frames=1, time_of_day=time, camera=camera), tmp_path)[1]
        for time in ("noon", "night")
    ]
    upper = [pixels[: len(pixels) // 2].mean() for pixels in looks]
    assert upper[0] > upper[1] + 0.12


@needs_egl
def test_fields_pass_the_windows_of_a_moving_car_only(
    packet_data: Callable[..., PacketData], tmp_path: Path
) -> None:
    changes = []
    for style in ("country", "country-parked"):
        dressed = {"kind": "car", "seed": 2, "dressing": {"style": style}}
        data = packet_data(frames=13, set=dressed, time_of_day="noon", camera={"size": "ws", "subjects": []})
        data["characters"] = []
        first, later = (draw(data, tmp_path, frame)[1] for frame in (0, 12))
        changes.append(np.abs(first - later).mean())
    assert changes[0] > 3 * changes[1]
