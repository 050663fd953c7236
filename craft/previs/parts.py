"""Parts: what one person does through a shot, and the person while that is being laid out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from craft.previs.gait import Feet, Pace, Step, offset
from craft.previs.packet import Beat
from craft.previs.paths import Spot
from craft.previs.places import Bearing, Move, Place, Track, knee_room
from craft.previs.stage import Mark


@dataclass(frozen=True)
class Gesture:
    """Something arms and head do from ``start`` to ``end``; ``hand`` 'l' or 'r', ``point`` in the world,
    ``prop`` the kind of thing.
    """

    kind: str
    start: float
    end: float
    hand: str = "r"
    target: str | None = None
    point: tuple[float, float, float] | None = None
    prop: str | None = None


@dataclass(frozen=True)
class Cue:
    """From ``at`` seconds on: an emotion, or somewhere to look (a name or a point)."""

    at: float
    value: str | tuple[float, float, float]


@dataclass(frozen=True)
class Handover:
    """A prop changes hands."""

    at: float
    prop: str
    by: str
    hand: str


@dataclass(frozen=True)
class Part:
    """Everything one person does."""

    track: Track
    gestures: tuple[Gesture, ...] = ()
    gazes: tuple[Cue, ...] = ()
    feelings: tuple[Cue, ...] = ()


@dataclass
class Person:
    """Somebody while their part is being laid out."""

    id: str
    place: Place
    scale: float
    feet: Feet
    gaze: str
    emotion: str
    beats: Sequence[Beat] = ()
    hands: dict[str, str | None] = field(default_factory=lambda: {"l": None, "r": None})
    seat: Mark | None = None
    free: float = 0.0
    first: Place | None = None
    moves: list[Move] = field(default_factory=list)
    steps: dict[str, list[Step]] = field(default_factory=dict)
    gestures: list[Gesture] = field(default_factory=list)
    gazes: list[Cue] = field(default_factory=list)
    feelings: list[Cue] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.first = self.place
        self.gazes.append(Cue(-math.inf, self.gaze))
        self.feelings.append(Cue(-math.inf, self.emotion))
        for tag in ("l", "r"):
            stance = self.feet.stance(tag, self.place.spot, self.place.yaw)
            self.steps[tag] = [Step(-math.inf, -math.inf, stance)]

    def move(
        self, kind: str, seconds: float, to: Place, bearing: Bearing | None = None, pace: Pace | None = None
    ) -> None:
        """Add a move after everything so far."""
        self.moves.append(Move(kind, self.free, self.free + seconds, to, bearing, pace))
        self.place, self.free = to, self.free + seconds

    def stride(self, steps: Mapping[str, Sequence[Step]]) -> None:
        """Add steps of both feet."""
        for tag in ("l", "r"):
            self.steps[tag] += steps[tag]

    def part(self) -> Part:
        """What was laid out."""
        track = Track(
            self.first or self.place, tuple(self.moves), {k: tuple(v) for k, v in self.steps.items()}
        )
        gazes = tuple(sorted(self.gazes, key=lambda c: c.at))
        return Part(track, tuple(self.gestures), gazes, tuple(sorted(self.feelings, key=lambda c: c.at)))


def heading_to(a: Spot, b: Spot) -> float:
    """Degrees from a to b, 0 = +z."""
    return math.degrees(math.atan2(b[0] - a[0], b[1] - a[1]))


def seat_place(mark: Mark, scale: float) -> Place:
    """Sitting on a seat: the feet stand before it."""
    x, z = offset((mark.x, mark.z), mark.yaw, 0.0, knee_room(mark.seat, scale))
    return Place(x, z, mark.yaw, 1.0, mark.seat)
