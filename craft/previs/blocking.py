"""Beats into moves: who walks, turns, sits, gives or falls when - laid out before the first frame is drawn.

Beats of all characters are taken in the order of their times, because a handover or an embrace needs both people.
A beat that comes while its character is still under way waits; one who lies on the floor only gets up again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from craft.previs.frames import wrapped
from craft.previs.gait import TURN_STEP_S, Pace, offset, turn_rounds, turn_steps, walk_steps
from craft.previs.packet import Beat
from craft.previs.parts import Cue, Gesture, Handover, Part, Person, heading_to, seat_place
from craft.previs.paths import Block, Spot, blocks_of, crosses, grown, person_block, walkway, within
from craft.previs.places import FALL_S, GET_UP_S, RISE_S, SIT_S, Bearing
from craft.previs.stage import Mark, StageSet

_STROLL = 1.2
_SLOWEST, _FASTEST = 0.35, 2.3
_GIVE_M, _EMBRACE_M = 0.88, 0.33
_GESTURES = {"point": 2.0, "drink": 2.8, "phone": 6.0, "nod": 1.2, "shake_head": 1.4}
"""Seconds of a gesture that is told no duration."""
_GIVE_S, _EMBRACE_S = 2.2, 3.2
GIVE_SHARE = 0.52
"""When in a handover the thing changes hands."""


class Blocking:
    """Lays out the parts of a company on a set."""

    def __init__(self, stage: StageSet, people: Sequence[Person], kinds: Mapping[str, str]) -> None:
        self.stage = stage
        self.kinds = kinds
        self.people = {p.id: p for p in people}
        self.blocks = blocks_of(stage)
        self.handovers: list[Handover] = []

    def run(self) -> dict[str, Part]:
        """Every part, from every beat."""
        order = [
            (beat.at_ms, i, k)
            for i, person in enumerate(self.people.values())
            for k, beat in enumerate(person.beats)
        ]
        people = list(self.people.values())
        for _at, i, k in sorted(order):
            self.beat(people[i], people[i].beats[k])
        return {p.id: p.part() for p in people}

    def beat(self, who: Person, beat: Beat) -> None:
        """Lay out one beat."""
        at = beat.at_ms / 1000
        if beat.emotion is not None:
            who.feelings.append(Cue(at, beat.emotion))
        look = beat.gaze or (beat.target if beat.action in ("look", "turn", "point") else None)
        if look is not None:
            who.gazes.append(Cue(at, look))
        if who.place.fall and beat.action != "stand":
            return
        who.free = max(who.free, at)
        seconds = beat.duration_ms / 1000
        if beat.action in _GESTURES:
            self.gesture(who, beat, at, seconds)
            return
        action = {
            "walk": self.walk,
            "turn": self.turn,
            "sit": self.sit,
            "stand": self.stand,
            "fall": self.fall,
            "give": self.give,
            "embrace": self.embrace,
        }.get(beat.action)
        if action is not None:
            action(who, beat, seconds)

    def gesture(self, who: Person, beat: Beat, at: float, seconds: float) -> None:
        """Something that needs no legs: it may run while walking."""
        hand = self.hand_for(who, beat)
        long = seconds or _GESTURES[beat.action]
        if beat.action == "point" and beat.target in self.people and not who.place.sit:
            self.face(who, self.spot_of(beat.target), 55.0)
        kind = self.kinds.get(beat.prop or who.hands[hand] or "")
        who.gestures.append(Gesture(beat.action, at, at + long, hand, beat.target, None, kind))

    def hand_for(self, who: Person, beat: Beat) -> str:
        """The hand that holds the prop a beat names, or for a gesture a free one."""
        for tag in ("r", "l"):
            if beat.prop is not None and who.hands[tag] == beat.prop:
                return tag
        if beat.action in ("drink", "phone"):
            return "r"
        return "l" if who.hands["r"] is not None and who.hands["l"] is None else "r"

    def spot_of(self, name: str | None) -> Spot:
        """Where somebody is going to be once their moves are done."""
        return self.people[name].place.spot if name in self.people else (0.0, 6.0)

    def face(self, who: Person, spot: Spot, slack: float = 4.0) -> None:
        """Turn on the spot until ``spot`` lies within ``slack`` degrees of ahead."""
        if math.dist(who.place.spot, spot) > 0.05:
            self.face_yaw(who, heading_to(who.place.spot, spot), slack)

    def face_yaw(self, who: Person, yaw: float, slack: float = 4.0, seconds: float = 0.0) -> None:
        """Turn on the spot to a heading; a sitting person only turns the upper body."""
        swing = wrapped(yaw - who.place.yaw)
        if abs(swing) <= slack or who.place.sit or who.place.fall:
            return
        new = who.place.yaw + swing
        natural = turn_rounds(who.place.yaw, new) * 2 * TURN_STEP_S
        who.stride(turn_steps(who.place.spot, who.free, who.place.yaw, new, who.feet))
        who.move("turn", max(natural, seconds), replace(who.place, yaw=new))

    def rise(self, who: Person) -> None:
        """Stand up from a seat or from the floor."""
        if who.place.sit:
            who.move("rise", RISE_S, replace(who.place, sit=0.0))
            who.seat = None
        elif who.place.fall:
            who.move("rise", GET_UP_S, replace(who.place, fall=0.0))

    def others(self, who: Person, *but: str | None) -> list[Block]:
        return [person_block(p.place.spot) for p in self.people.values() if p is not who and p.id not in but]

    def go(self, who: Person, goal: Spot, yaw: float, seconds: float, *but: str | None) -> None:
        """Get up if need be, turn, walk round what stands there, and arrive facing ``yaw``."""
        self.rise(who)
        if math.dist(who.place.spot, goal) < 0.10:
            self.face_yaw(who, yaw)
            return
        way = walkway(who.place.spot, goal, [*self.blocks, *self.others(who, *but)])
        self.face_yaw(who, way.heading(0.0), 40.0)
        bearing = Bearing.of(way, who.place.yaw, yaw, 75.0)
        long = seconds or way.length / (_STROLL * who.scale) + 0.5
        long = min(max(long, way.length / _FASTEST + 0.4), way.length / _SLOWEST + 0.8)
        pace = Pace(way.length, long)
        to = replace(who.place, x=goal[0], z=goal[1], yaw=bearing.last, going=0.0)
        rested = "l" if who.steps["l"][-1].end < who.steps["r"][-1].end else "r"
        who.stride(walk_steps(way, pace, who.free, bearing.at, goal, who.feet, rested))
        who.move("walk", long, to, bearing, pace)
        who.free += 0.14
        self.face_yaw(who, yaw)

    def walk(self, who: Person, beat: Beat, seconds: float) -> None:
        """To a mark; to a seat means to sit down on it."""
        if beat.mark is None:
            if beat.target in self.people and beat.target != who.id:
                self.approach(who, self.people[beat.target], 1.0, seconds)
            return
        mark = self.stage.marks[beat.mark % len(self.stage.marks)]
        if mark.seat > 0:
            self.take_seat(who, mark, seconds)
            return
        goal = self.clear_of_people(who, (mark.x, mark.z))
        yaw = mark.yaw
        partner = beat.target if beat.target in self.people else who.gaze
        if beat.target == "camera" or who.gaze == "camera":
            yaw = 0.0
        elif partner in self.people and partner != who.id:
            yaw = heading_to(goal, self.spot_of(partner))
        self.go(who, goal, yaw, seconds)

    def clear_of_people(self, who: Person, goal: Spot) -> Spot:
        """The mark itself, or a place beside whoever stands on it."""
        for other in self.people.values():
            if other is not who and math.dist(other.place.spot, goal) < 0.5:
                away = heading_to(other.place.spot, who.place.spot)
                return offset(other.place.spot, away, 0.0, 0.75)
        return goal

    def approach(self, who: Person, other: Person, reach: float, seconds: float = 0.0) -> None:
        """Come within ``reach`` metres of somebody, facing them."""
        gap = math.dist(who.place.spot, other.place.spot)
        if gap > reach + 0.12:
            way = heading_to(other.place.spot, who.place.spot)
            goal = offset(other.place.spot, way, 0.0, reach)
            if any(within(grown(b, 0.1), goal) for b in self.blocks):
                goal = offset(other.place.spot, other.place.yaw, 0.0, reach)
            self.go(who, goal, heading_to(goal, other.place.spot), seconds, other.id)

    def turn(self, who: Person, beat: Beat, seconds: float) -> None:
        """Towards a person, the camera (the audience's side) or the heading of a mark."""
        if beat.target in self.people:
            self.face_yaw(who, heading_to(who.place.spot, self.spot_of(beat.target)), 4.0, seconds)
        elif beat.target == "camera":
            self.face_yaw(who, 0.0, 4.0, seconds)
        elif beat.mark is not None:
            mark = self.stage.marks[beat.mark % len(self.stage.marks)]
            self.face_yaw(who, heading_to(who.place.spot, (mark.x, mark.z)), 4.0, seconds)
        else:
            self.face_yaw(who, who.place.yaw + 180.0, 4.0, seconds)

    def free_seat(self, spot: Spot) -> Mark | None:
        """The nearest seat nobody has taken."""
        taken = [p.seat for p in self.people.values()]
        seats = [m for m in self.stage.marks if m.seat > 0 and not any(m is t for t in taken)]
        return min(seats, key=lambda m: math.dist(spot, (m.x, m.z)), default=None)

    def sit(self, who: Person, beat: Beat, seconds: float) -> None:
        """On the seat told, else on the nearest free one; without any one stays standing."""
        mark = self.stage.marks[beat.mark % len(self.stage.marks)] if beat.mark is not None else None
        if mark is None or mark.seat <= 0:
            mark = self.free_seat(who.place.spot if mark is None else (mark.x, mark.z))
        if mark is not None and mark is not who.seat:
            self.take_seat(who, mark, seconds)

    def take_seat(self, who: Person, mark: Mark, seconds: float) -> None:
        """Walk up to a seat, turn one's back to it and sit down."""
        place = seat_place(mark, who.scale)
        self.go(who, place.spot, mark.yaw, max(0.0, seconds - SIT_S))
        who.seat = mark
        who.move("sit", SIT_S, replace(place, yaw=who.place.yaw))

    def stand(self, who: Person, beat: Beat, seconds: float) -> None:
        """Get up from where one sits or lies."""
        self.rise(who)

    def fall(self, who: Person, beat: Beat, seconds: float) -> None:
        """Backwards to the ground, turned so that there is room to lie."""
        spot = who.place.spot
        turns = (0.0, 35.0, -35.0, 70.0, -70.0, 110.0, -110.0, 150.0, -150.0, 180.0)
        blocks = [grown(b, 0.12) for b in [*self.blocks, *self.others(who)]]

        def room(turn: float) -> float:
            head = offset(spot, who.place.yaw + turn, 0.0, -1.35)
            low, high = self.stage.low, self.stage.high
            out = not (low[0] <= head[0] <= high[0] and low[2] <= head[1] <= high[2])
            return 3.0 * sum(crosses(b, spot, head) for b in blocks) + 3.0 * out + abs(turn) / 180

        turn = min(turns, key=room)
        who.seat = None
        who.move("fall", seconds or FALL_S, replace(who.place, yaw=who.place.yaw + turn, fall=1.0, sit=0.0))

    def meet(self, who: Person, other: Person, reach: float) -> float:
        """Bring two people together, facing each other; seconds when both are there."""
        self.approach(who, other, reach)
        for a, b in ((who, other), (other, who)):
            a.free = max(a.free, who.free if a is other and reach < 0.6 else a.free)
            self.face(a, b.place.spot, 6.0 if reach < 0.6 else 30.0)
        start = max(who.free, other.free)
        who.free = other.free = start
        return start

    def partner(self, who: Person, beat: Beat) -> Person | None:
        """The one told, else the nearest who stands or sits."""
        if beat.target in self.people and beat.target != who.id:
            return self.people[beat.target]
        others = [p for p in self.people.values() if p is not who]
        return min(others, key=lambda p: math.dist(p.place.spot, who.place.spot), default=None)

    def give(self, who: Person, beat: Beat, seconds: float) -> None:
        """Hand a prop over: both hands meet half-way, where it changes owner, and both look at it."""
        other = self.partner(who, beat)
        prop = beat.prop or who.hands["r"] or who.hands["l"]
        if other is None or other.place.fall or prop is None or prop not in who.hands.values():
            return
        mine = next(tag for tag in ("r", "l") if who.hands[tag] == prop)
        theirs = "r" if other.hands["r"] is None else "l"
        start = self.meet(who, other, _GIVE_M)
        end = start + (seconds or _GIVE_S)
        swap = start + (end - start) * GIVE_SHARE
        point = self.between(who, other)
        for person, tag, kind in ((who, mine, "give"), (other, theirs, "take")):
            person.gestures.append(Gesture(kind, start, end, tag, None, point, self.kinds[prop]))
            before = [c.value for c in person.gazes if c.at <= start][-1]
            partner = other.id if person is who else who.id
            person.gazes += [Cue(start, point), Cue(swap + 0.35, partner)]
            person.gazes.append(Cue(end + 0.6, before))
            person.free = end
        self.handovers.append(Handover(swap, prop, other.id, theirs))
        who.hands[mine], other.hands[theirs] = None, prop

    def between(self, a: Person, b: Person) -> tuple[float, float, float]:
        """Where two hands meet: half-way, at the height of the lower elbow."""
        sitting = min((p.place.seat + 0.62 if p.place.sit else 1.14 * p.scale) for p in (a, b))
        share = 0.5
        x = a.place.x + (b.place.x - a.place.x) * share
        return (x, sitting, a.place.z + (b.place.z - a.place.z) * share)

    def embrace(self, who: Person, beat: Beat, seconds: float) -> None:
        """Two people in each other's arms."""
        other = self.partner(who, beat)
        if other is None or other.place.fall:
            return
        self.rise(other) if other.place.sit else None
        start = self.meet(who, other, _EMBRACE_M)
        end = start + (seconds or _EMBRACE_S)
        for a, b in ((who, other), (other, who)):
            a.gestures.append(Gesture("embrace", start, end, "r", b.id, (b.place.x, b.scale, b.place.z)))
            a.free = end
