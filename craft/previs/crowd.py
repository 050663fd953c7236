"""People in the background: who they are, where they stand, sit or walk - by the set's seed, clear of the subjects."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from craft.previs.packet import CharacterSpec, Hair, Packet, Wardrobe
from craft.previs.paths import Spot, blocks_of, crosses, grown, within
from craft.previs.stage import Mark, StageSet
from craft.terms.digest import digest

MOST_PEOPLE = 12
"""People in view, subjects included."""
_CLEAR_M, _APART_M = 1.7, 0.75
_WALK_M = (2.4, 7.0)

_LOOKS = (
    ("tall", "short", "jacket", "#3f4a55"),
    ("slim", "bob", "coat", "#6d5a48"),
    ("broad", "buzz", "hoodie", "#4c5a44"),
    ("slim", "ponytail", "sweater", "#7a4448"),
    ("average", "afro", "shirt", "#5d6f86"),
    ("heavy", "bald", "suit", "#33363d"),
    ("petite", "long", "dress", "#56415f"),
    ("athletic", "undercut", "tee", "#8a8577"),
)
_SKINS = ("#f0cdb0", "#d7a17e", "#b98058", "#8d5a3a", "#5f3b27")
_HAIRS = ("#1b1512", "#3a2a20", "#6b4a2c", "#8d8a86", "#a5763c")
_POSES = ("stand", "relaxed", "pocket", "crossed", "talk", "hips")


@dataclass(frozen=True)
class Extra:
    """Somebody in the background: looks, where they are at first, whom they are turned to, where they walk."""

    spec: CharacterSpec
    spot: Spot
    yaw: float
    seat: Mark | None = None
    goals: tuple[Spot, ...] = ()
    start: float = 0.0
    """Seconds after frame 0 at which a walk begins (negative: already under way)."""


def _looks(name: str, pose: str, gaze: str, chance: random.Random) -> CharacterSpec:
    body, hair, garment, top = _LOOKS[chance.randrange(len(_LOOKS))]
    age = chance.randint(20, 74)
    colour = "#a9a6a2" if age > 62 else chance.choice(_HAIRS)
    wardrobe = Wardrobe(
        garment=garment,
        top=_varied(top, chance),
        bottom=_varied("#2d3138", chance),
        shoes=chance.choice(("#1a1817", "#3a2c22", "#4a4a4c")),
        accent=_varied("#7a3a3a", chance),
    )
    return CharacterSpec(
        id=name,
        name=name,
        body=body,
        age=age,
        skin=chance.choice(_SKINS),
        hair=Hair(hair, colour),
        wardrobe=wardrobe,
        pose=pose,
        gaze=gaze,
    )


def _varied(colour: str, chance: random.Random) -> str:
    """A colour a little lighter or darker, warmer or colder."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    k = chance.uniform(0.7, 1.35)
    return "#" + "".join(f"{max(8, min(247, round(p * k + chance.uniform(-14, 14)))):02x}" for p in parts)


class _Room:
    """Floor that is still free."""

    def __init__(self, stage: StageSet, busy: Sequence[Spot], chance: random.Random) -> None:
        self.stage, self.busy, self.chance = stage, busy, chance
        self.blocks = [grown(b, 0.30) for b in blocks_of(stage)]
        self.taken: list[Spot] = []

    def free(self, spot: Spot, clear: float = _CLEAR_M) -> bool:
        low, high = self.stage.low, self.stage.high
        inside = low[0] + 0.25 < spot[0] < high[0] - 0.25 and low[2] + 0.25 < spot[1] < high[2] - 0.25
        return (
            inside
            and not any(within(b, spot) for b in self.blocks)
            and all(math.dist(spot, b) >= clear for b in self.busy)
            and all(math.dist(spot, t) >= _APART_M for t in self.taken)
        )

    def behind(self, spot: Spot) -> bool:
        """Beside or behind the subjects as the audience sees them, not before them."""
        if not self.busy:
            return True
        x = sum(b[0] for b in self.busy) / len(self.busy)
        z = sum(b[1] for b in self.busy) / len(self.busy)
        return spot[1] < z - 0.4 or abs(spot[0] - x) > 1.6 + 0.6 * max(0.0, spot[1] - z)

    def spots(self) -> list[Spot]:
        """Free places: the set's marks first, then anywhere on the floor."""
        marks = [(m.x, m.z) for m in self.stage.marks if m.seat <= 0]
        self.chance.shuffle(marks)
        low, high = self.stage.low, self.stage.high
        reach = 9.0
        anywhere = [
            (
                self.chance.uniform(max(low[0], -reach), min(high[0], reach)),
                self.chance.uniform(max(low[2], -reach), min(high[2], reach)),
            )
            for _ in range(140)
        ]
        return [s for s in [*marks, *anywhere] if self.behind(s)]

    def take(self) -> Spot | None:
        found = next((s for s in self.spots() if self.free(s)), None)
        if found is not None:
            self.taken.append(found)
        return found

    def beyond(self, spot: Spot) -> Spot | None:
        """Somewhere to walk to from a spot without coming near the subjects."""
        for goal in self.spots():
            far = math.dist(spot, goal)
            if _WALK_M[0] < far < _WALK_M[1] and self.free(goal):
                corridor = [(b[0] - 0.9, b[1] - 0.9, b[0] + 0.9, b[1] + 0.9) for b in self.busy]
                if not any(crosses(c, spot, goal) for c in [*corridor, *self.blocks]):
                    return goal
        return None


def background(packet: Packet, stage: StageSet, busy: Sequence[Spot], seats: Sequence[Mark]) -> list[Extra]:
    """The packet's extras; ``busy`` are floor spots the subjects use, ``seats`` those they sit on."""
    wanted = min(packet.extras, MOST_PEOPLE - len(packet.characters))
    if wanted <= 0:
        return []
    chance = random.Random(digest("previs.crowd", 1, [packet.set.seed, packet.set.kind]))
    room = _Room(stage, busy, chance)
    free = [m for m in stage.marks if m.seat > 0 and not any(m is s for s in seats)]
    free = [m for m in free if all(math.dist((m.x, m.z), b) > 0.9 for b in busy)]
    chance.shuffle(free)
    found: list[Extra] = []
    while len(found) < wanted:
        extra = _next(room, free, len(found), chance)
        if extra is None:
            break
        found.append(extra)
    return found


def _next(room: _Room, seats: list[Mark], number: int, chance: random.Random) -> Extra | None:
    """One more: on a free seat, on the way somewhere, with somebody who stands alone, or standing."""
    name = f"extra-{number + 1}"
    if seats and chance.random() < 0.6:
        mark = seats.pop()
        spec = _looks(
            name,
            chance.choice(("sit", "talk", "sit")),
            chance.choice(("ahead", "down", "left", "right")),
            chance,
        )
        return Extra(spec, (mark.x, mark.z), mark.yaw, mark)
    spot = room.take()
    if spot is None:
        if not seats:
            return None
        mark = seats.pop()
        return Extra(_looks(name, "sit", "ahead", chance), (mark.x, mark.z), mark.yaw, mark)
    yaw = chance.uniform(-180, 180)
    goal = room.beyond(spot) if chance.random() < 0.45 else None
    if goal is not None:
        room.taken.append(goal)
        yaw = math.degrees(math.atan2(goal[0] - spot[0], goal[1] - spot[1]))
        spec = _looks(name, "stand", "ahead", chance)
        return Extra(spec, spot, yaw, None, (goal, spot), chance.uniform(-3.0, 1.5))
    near = min((t for t in room.taken if t != spot), key=lambda t: math.dist(t, spot), default=None)
    if near is not None and math.dist(near, spot) < 2.2:
        yaw = math.degrees(math.atan2(near[0] - spot[0], near[1] - spot[1]))
    gaze = chance.choice(("ahead", "ahead", "left", "right", "down"))
    return Extra(_looks(name, chance.choice(_POSES), gaze, chance), spot, yaw)
