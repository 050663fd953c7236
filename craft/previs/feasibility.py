"""What a set can give: a table by the kind of place, then the composed frame itself, then the nearest that works."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from craft.previs.cuts import CUTS
from craft.previs.errors import Infeasible, PacketError
from craft.previs.framing import Composition, framed
from craft.previs.packet import CameraSpec
from craft.previs.spatial import F64
from craft.previs.stage import StageSet
from craft.previs.subjects import Subject

Place = Literal["vehicle", "room", "corridor", "hall", "open"]
Moves = Callable[[CameraSpec, Composition], bool]

PLACES: dict[str, Place] = {
    "car": "vehicle",
    "office": "room",
    "apartment": "room",
    "kitchen": "room",
    "bedroom": "room",
    "cafe": "room",
    "bar": "room",
    "train": "corridor",
    "hospital": "corridor",
    "spaceship": "corridor",
    "warehouse": "hall",
    "street": "open",
    "alley": "open",
    "rooftop": "open",
    "forest": "open",
}

_SIZES = tuple(CUTS)
_ANY = frozenset(_SIZES)
NEVER: dict[Place, dict[str, frozenset[str]]] = {
    "vehicle": {
        "": frozenset({"ews", "ws", "fs", "mws"}),
        "aerial": _ANY,
        "worms_eye": _ANY,
        "ground_level": _ANY,
        "knee_level": _ANY,
        # Under the dashboard there is nothing but its back.
        "hip_level": frozenset({"ms", "mcu"}),
        "low_angle": frozenset({"ms", "mcu"}),
    },
    "corridor": {"aerial": _ANY, "overhead": frozenset({"ews"})},
    "room": {},
    "hall": {},
    "open": {},
}
"""Sizes a kind of place never gives, by angle; the angle "" stands for all of them."""

_PAST_SOMEBODY: dict[str, frozenset[str]] = {
    "": frozenset({"ews", "ws"}),
    "aerial": _ANY,
    "overhead": _ANY,
    "worms_eye": _ANY,
    "ground_level": _ANY,
    "knee_level": _ANY,
    "pov": _ANY,
}
"""What cannot be taken over a shoulder anywhere."""

_STEPS: dict[str, float] = {
    "overhead": 4.8,
    "aerial": 3.0,
    "high_angle": 1.6,
    "eye_level": 0.0,
    "dutch": 0.3,
    "pov": 0.4,
    "shoulder_level": -0.3,
    "hip_level": -0.8,
    "knee_level": -1.3,
    "ground_level": -1.8,
    "low_angle": -1.5,
    "worms_eye": -2.6,
}
"""How far the angles lie apart, in steps of size: the order in which the nearest is looked for."""

_FRAMINGS: dict[str, tuple[str, ...]] = {
    "ots": ("dirty", "clean"),
    "dirty": ("ots", "clean"),
    "group": ("two_shot", "single"),
    "two_shot": ("single",),
}
"""What stands in for a framing when no size and no angle gives it."""
_ANOTHER_ANGLE, _ANOTHER_FRAMING = 0.9, 5.5
_NARROW_M, _LOW_M, _HALL_M2 = 3.4, 1.9, 90.0


def place_of(stage: StageSet) -> Place:
    """The kind of place: by name, and for sets built from words by their measures."""
    known = PLACES.get(stage.kind)
    if known is not None:
        return known
    if not stage.interior:
        return "open"
    width, tall, depth = (high - low for low, high in zip(stage.low, stage.high, strict=True))
    if tall < _LOW_M:
        return "vehicle"
    if min(width, depth) < _NARROW_M and max(width, depth) > 2 * min(width, depth):
        return "corridor"
    return "hall" if width * depth > _HALL_M2 else "room"


def _forbidden(table: dict[str, frozenset[str]], camera: CameraSpec) -> str | None:
    """Which entry of the camera asks too much, by a table."""
    if camera.size in table.get("", frozenset()):
        return "camera.size"
    sizes = table.get(camera.angle, frozenset())
    if camera.size in sizes:
        return "camera.angle" if sizes == _ANY else "camera.size"
    return None


def refused(camera: CameraSpec, place: Place) -> str | None:
    """The entry (``camera.size`` or ``camera.angle``) that this kind of place never gives, or None."""
    if camera.framing in ("ots", "dirty"):
        found = _forbidden(_PAST_SOMEBODY, camera)
        if found:
            return found
    return _forbidden(NEVER[place], camera)


def _alternatives(camera: CameraSpec) -> Iterator[CameraSpec]:
    """All other cameras from the most alike to the least: size steps, then angles, then another framing."""
    framings = (camera.framing, *_FRAMINGS.get(camera.framing, ()))
    at = _SIZES.index(camera.size)
    ranked = []
    for f, framing in enumerate(framings):
        for a, (angle, step) in enumerate(_STEPS.items()):
            for s, size in enumerate(_SIZES):
                if (camera.size == "insert") != (size == "insert"):
                    continue
                away = abs(step - _STEPS[camera.angle]) + abs(s - at) + _ANOTHER_FRAMING * f
                away += _ANOTHER_ANGLE if angle != camera.angle else 0.0
                # A roll or somebody's eyes are not what was asked for unless they were.
                away += 2.0 if angle in ("dutch", "pov") and angle != camera.angle else 0.0
                ranked.append((away, f, s, a, replace(camera, size=size, angle=angle, framing=framing)))
    for *_order, found in sorted(ranked, key=lambda entry: entry[:4]):
        if found != camera:
            yield found


def _round_about(camera: CameraSpec) -> Iterator[CameraSpec]:
    """Where a face can be seen from no direction near the asked one: other sides of it, plain angles."""
    for turn in (90.0, -90.0, 180.0):
        for angle in ("eye_level", "high_angle"):
            for size in sorted(_SIZES, key=lambda s: abs(_SIZES.index(s) - _SIZES.index(camera.size))):
                azimuth = (camera.azimuth + turn + 180) % 360 - 180
                framing = "single" if camera.framing in ("ots", "dirty") else camera.framing
                yield replace(camera, size=size, angle=angle, azimuth=azimuth, framing=framing)


def nearest(
    camera: CameraSpec, subjects: Sequence[Subject], stage: StageSet, aspect: float, spot: F64 | None = None
) -> tuple[CameraSpec, Composition] | None:
    """The camera most like the asked one that this set gives, and its frame; None when it gives none at all."""
    place, free = place_of(stage), replace(camera, focal_mm=0.0)
    for other in chain([free] if camera.focal_mm else [], _alternatives(free), _round_about(free)):
        if refused(other, place) is None:
            found = framed(other, subjects, stage, aspect, spot)
            if found is not None:
                return other, found
    return None


def composed(
    camera: CameraSpec,
    subjects: Sequence[Subject],
    stage: StageSet,
    aspect: float,
    moves: Moves,
    *,
    spot: F64 | None = None,
) -> Composition:
    """The frame as asked; ``aspect`` is width over height, ``moves`` says whether a camera has room for its movement,
    ``spot`` is the thing an insert is about where nobody is.
    Raises Infeasible with the nearest camera where the set cannot give the frame, PacketError where no lens at all
    sees the people.
    """
    place = place_of(stage)
    path = refused(camera, place) if subjects else None
    if path is None:
        found = framed(camera, subjects, stage, aspect, spot)
        if found is not None:
            return found
    other = nearest(camera, subjects, stage, aspect, spot)
    if other is None:
        raise PacketError("camera", f"nobody can be seen from anywhere in this {stage.kind}; use other marks")
    works = other[0] if moves(*other) else other[0].standing()
    problem = f"{camera.size} {camera.angle} {camera.framing} in the {stage.kind}"
    raise Infeasible(path or _changed(camera, works), problem, works)


def _changed(camera: CameraSpec, other: CameraSpec) -> str:
    """The first entry that had to change."""
    for name in ("size", "angle", "framing", "azimuth"):
        if getattr(camera, name) != getattr(other, name):
            return f"camera.{name}"
    return "camera.focal_mm"
