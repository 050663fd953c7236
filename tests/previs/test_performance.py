"""Acting: mouths follow cues, eyes blink, feet stay planted, hands reach."""

from __future__ import annotations

from itertools import pairwise

import pytest

from craft.previs import Packet
from craft.previs.lips import blink, mouth_shape
from craft.previs.poses import POSES
from craft.previs.shot import plan_shot
from craft.previs.spatial import length, vec

CUES = ((0.2, "open"), (0.5, "closed"), (0.8, "pucker"), (1.1, "rest"))


def test_mouth_follows_its_cues_and_rests_outside_them():
    assert mouth_shape(CUES, 0.35)[1] > 0.8
    assert mouth_shape(CUES, 0.65)[1] < 0.05
    assert mouth_shape(CUES, 0.95)[2] > 0.8
    assert mouth_shape(CUES, 0.0)[1] == pytest.approx(0)
    assert mouth_shape(CUES, 9.0)[1] == pytest.approx(0)


def test_mouth_moves_without_jumps():
    opened = [mouth_shape(CUES, t / 24)[1] for t in range(40)]
    assert max(abs(b - a) for a, b in pairwise(opened)) < 0.8


def test_blinks_come_and_go():
    lids = [blink(3, t / 24) for t in range(24 * 12)]
    closed = [v > 0.9 for v in lids]
    starts = sum(1 for a, b in pairwise(closed) if b and not a)
    assert 3 <= starts <= 6
    assert sum(v == 0 for v in lids) > len(lids) * 0.85


@pytest.mark.parametrize("pose", sorted(POSES))
def test_feet_stay_planted_and_hands_stay_outside_the_trunk(packet_data, pose):
    data = packet_data(frames=48)
    data["characters"][0]["pose"] = pose
    shot = plan_shot(Packet.from_json(data))
    actor = shot.actors[0]
    first, later = shot.moments(0)[0], shot.moments(40)[0]
    for foot in ("foot_l", "foot_r"):
        bind = actor.figure.joints[foot]
        sole = first.posed.point(actor.figure, foot, vec(float(bind[0]), 0.0, float(bind[2])))
        assert abs(float(sole[1])) < 0.02
        drift = first.posed.point(actor.figure, foot, bind) - later.posed.point(actor.figure, foot, bind)
        assert length(drift) < 0.003
    for hand in ("hand_l", "hand_r"):
        at = first.posed.point(actor.figure, hand, actor.figure.joints[hand])
        axis = vec(float(actor.acting.origin[0]), float(at[1]), float(actor.acting.origin[2]))
        assert length(at - axis) > 0.12


def test_talking_hands_move_more_than_silent_ones(packet_data):
    def travel(visemes):
        data = packet_data(frames=48, visemes=visemes)
        data["characters"][0]["pose"] = "talk"
        shot = plan_shot(Packet.from_json(data))
        actor = shot.actors[0]
        places = [
            m.posed.point(actor.figure, "hand_r", actor.figure.joints["hand_r"])
            for m in (shot.moments(f)[0] for f in range(0, 48, 4))
        ]
        return sum(length(b - a) for a, b in pairwise(places))

    talk = [{"character": "ada", "cues": [[i * 90, ("open", "closed")[i % 2]] for i in range(22)]}]
    assert travel(talk) > 2 * travel([])
