"""Blocking: walks without sliding feet, seats, handovers, embraces, falls and gazes, all as functions of time."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from craft.previs import Packet
from craft.previs.casting import cast
from craft.previs.emotions import EMOTIONS
from craft.previs.frames import wrapped
from craft.previs.gait import sole_at
from craft.previs.gaze import EYES_IN_HEAD
from craft.previs.paths import blocks_of, crosses, grown, walkway, within
from craft.previs.performance import act, eyes_of
from craft.previs.posing import Sole
from craft.previs.projection import box_of, clipped
from craft.previs.sets import stage_for
from craft.previs.shot import plan_shot
from craft.previs.spatial import apply, dot, length, unit, vec

FPS = 24
ARMS = ("upper_arm", "forearm", "hand")


def company(packet_data, frames=96, **changes):
    packet = Packet.from_json(packet_data(frames=frames, **changes))
    return cast(packet, stage_for(packet)), stage_for(packet), packet


def people(
    packet_data, *beats, kind="street", marks=(0, 1), poses=("stand", "stand"), seconds=5.0, **changes
):
    data = packet_data()["characters"]
    for i, person in enumerate(data):
        person["mark"], person["pose"] = marks[i], poses[i]
        if i < len(beats):
            person["beats"] = list(beats[i])
    found, stage, _packet = company(
        packet_data, frames=int(seconds * FPS), set={"kind": kind, "seed": 2}, characters=data, **changes
    )
    return found.actors(None), stage, found


def beat(at, action, **rest):
    return {"at_ms": int(at * 1000), "action": action, **rest}


def point(actor, moment, bone, bind=None):
    return moment.posed.point(actor.figure, bone, actor.figure.joints[bone] if bind is None else bind)


def sole(actor, moment, tag, ahead=0.0):
    bind = actor.figure.joints["foot_" + tag]
    return point(actor, moment, "foot_" + tag, vec(float(bind[0]), 0.0, float(bind[2]) + ahead))


def free_standing_marks(stage):
    return [i for i, m in enumerate(stage.marks) if m.seat <= 0]


def test_a_walker_ends_on_the_mark_and_faces_the_one_it_talks_to(packet_data):
    actors, stage, _ = people(packet_data, [beat(0.2, "walk", mark=5)], seconds=9)
    ada = actors[0]
    place = ada.acting.place(9.0)
    mark = stage.marks[5]
    assert math.dist(place.spot, (mark.x, mark.z)) < 0.01
    ben = actors[1].acting.place(9.0)
    toward = math.degrees(math.atan2(ben.x - place.x, ben.z - place.z))
    assert abs(wrapped(place.yaw - toward)) < 5
    assert place.going == 0


def test_planted_feet_do_not_slide_float_or_sink(packet_data):
    actors, _stage, _ = people(
        packet_data, [beat(0.2, "walk", mark=5), beat(6.5, "turn", target="camera")], seconds=8
    )
    ada = actors[0]
    moments = [act(ada.acting, f / 48) for f in range(48 * 8)]
    steps = ada.acting.role.part.track.steps
    walked = 0
    for tag in ("l", "r"):
        places = [sole(ada, m, tag, 0.115) for m in moments]
        for k, (step, after) in enumerate(pairwise([*steps[tag], None])):
            rest = step.end if math.isfinite(step.end) else 0.0
            until = after.start if after is not None else 8.0
            still = [places[f] for f in range(len(places)) if rest + 0.13 <= f / 48 <= until]
            for p in still:
                assert math.dist((p[0], p[2]), (still[0][0], still[0][2])) < 0.005, (tag, k)
                assert abs(float(p[1])) < 0.008
            walked += bool(still)
        assert min(float(p[1]) for p in places) > -0.02
        heels = [float(sole(ada, m, tag, -0.045)[1]) for m in moments]
        assert min(heels) > -0.02
    assert walked > 8


def test_legs_reach_the_feet_they_are_given(packet_data):
    actors, _stage, _ = people(packet_data, [beat(0.0, "walk", mark=5)], seconds=5)
    ada = actors[0]
    for f in range(0, 120, 3):
        moment = act(ada.acting, f / FPS)
        for tag in ("l", "r"):
            shin = moment.posed.frames["shin_" + tag]
            end = apply(shin, ada.figure.joints["foot_" + tag] - ada.figure.joints["shin_" + tag])
            assert length(end - point(ada, moment, "foot_" + tag)) < 0.004


def test_walks_go_round_furniture(packet_data):
    _found, stage, _packet = company(packet_data, set={"kind": "office", "seed": 4})
    blocks = blocks_of(stage)
    marks = [stage.marks[i] for i in free_standing_marks(stage)]
    for a in marks[:6]:
        for b in marks[:6]:
            if a is b:
                continue
            way = walkway((a.x, a.z), (b.x, b.z), blocks)
            for block in blocks:
                if within(grown(block, 0.1), (a.x, a.z)) or within(grown(block, 0.1), (b.x, b.z)):
                    continue
                assert not any(crosses(block, tuple(p), tuple(q)) for p, q in pairwise(way.points))


def test_a_way_round_a_box_is_longer_than_the_straight_one_and_clear_of_it():
    block = (-0.5, -0.5, 0.5, 0.5)
    way = walkway((-2.0, 0.0), (2.0, 0.1), [block])
    assert 4.1 < way.length < 5.5
    assert min(max(abs(float(x)), abs(float(z))) for x, z in way.points) > 0.6
    turns = [way.heading(s) for s in np.arange(0.0, way.length, 0.05)]
    assert max(abs(wrapped(b - a)) for a, b in pairwise(turns)) < 20


@pytest.mark.parametrize("kind", ["hospital", "car"])
def test_seated_people_sit_on_the_seat_with_their_soles_on_the_floor(packet_data, kind):
    packet = Packet.from_json(packet_data(set={"kind": kind, "seed": 2}))
    stage = stage_for(packet)
    seats = [i for i, m in enumerate(stage.marks) if m.seat > 0][:2]
    actors, stage, _ = people(packet_data, kind=kind, marks=seats)
    for actor, i in zip(actors, seats, strict=True):
        mark, moment = stage.marks[i], act(actor.acting, 1.0)
        at = actor.figure.joints
        under = [point(actor, moment, "hips", at["thigh_" + t] - vec(0, 0.085, 0)) for t in "lr"]
        middle = (under[0] + under[1]) / 2
        assert abs(float(middle[1]) - mark.seat) < 0.02
        assert math.dist((middle[0], middle[2]), (mark.x, mark.z)) < 0.08
        for tag in "lr":
            assert abs(float(sole(actor, moment, tag)[1])) < 0.005
            thigh = point(actor, moment, "shin_" + tag) - point(actor, moment, "thigh_" + tag)
            assert abs(float(thigh[1])) < 0.45 * length(thigh)
        back = point(actor, moment, "neck") - point(actor, moment, "spine")
        assert float(back[1]) > 0.9 * length(back)
        assert actor.subject.height(1.645) < 1.45
        assert not actor.subject.upright


def test_who_is_told_to_sit_walks_to_a_free_seat(packet_data):
    actors, stage, _ = people(packet_data, [beat(0.1, "sit")], kind="hospital", seconds=14)
    place = actors[0].acting.place(14.0)
    assert place.sit == 1
    assert place.seat in {m.seat for m in stage.marks if m.seat > 0}
    assert actors[0].acting.place(0.0).sit == 0


def test_a_seat_can_be_left_again(packet_data):
    packet = Packet.from_json(packet_data(set={"kind": "hospital", "seed": 2}))
    seat = next(i for i, m in enumerate(stage_for(packet).marks) if m.seat > 0)
    actors, _stage, _ = people(packet_data, [beat(0.2, "stand")], kind="hospital", marks=(seat, 0), seconds=3)
    assert actors[0].acting.place(0.0).sit == 1
    assert actors[0].acting.place(3.0).sit == 0
    assert float(eyes_of(actors[0].acting.role, 3.0)[1] - eyes_of(actors[0].acting.role, 0.0)[1]) > 0.3


def test_a_handover_brings_the_hands_together_and_changes_the_owner(packet_data):
    actors, _stage, found = people(
        packet_data,
        [beat(0.2, "give", target="ben", prop="cup")],
        props=[{"id": "cup", "kind": "cup", "held_by": "ada"}],
        seconds=7,
    )
    track = found.props[0]
    assert [h.by for h in track.holds] == ["ada", "ben"]
    swap = track.holds[1].at
    hands = []
    for actor, tag in zip(actors, (track.holds[0].hand, track.holds[1].hand), strict=True):
        moment = act(actor.acting, swap)
        wrist, axes = point(actor, moment, "hand_" + tag), moment.posed.frames["hand_" + tag]
        along = unit(actor.figure.joints["hand_" + tag] - actor.figure.joints["forearm_" + tag])
        hands.append(wrist + apply(axes[:3, :3], along) * 0.06)
    assert length(hands[0] - hands[1]) < 0.06
    for actor in actors:
        moment = act(actor.acting, swap)
        eyes = apply(moment.posed.frames["head"], vec(*EYES_IN_HEAD))
        look = apply(moment.posed.frames["head"][:3, :3], vec(*moment.face.eyes)) / actor.figure.body.scale
        assert dot(unit(hands[0] - eyes), unit(look)) > math.cos(math.radians(14))


def test_an_embrace_brings_two_people_together_with_arms_round_each_other(packet_data):
    actors, _stage, _ = people(packet_data, [beat(0.1, "embrace", target="ben", duration_ms=9000)], seconds=9)
    ada, ben = actors
    a, b = act(ada.acting, 6.0), act(ben.acting, 6.0)
    assert 0.2 < math.dist(a.place.spot, b.place.spot) < 0.5
    for me, mine, other, theirs in ((ada, a, ben, b), (ben, b, ada, a)):
        way = unit(point(other, theirs, "chest") - point(me, mine, "chest"))
        for tag in "lr":
            beyond = dot(point(me, mine, "hand_" + tag) - point(other, theirs, "chest"), way)
            assert beyond > -0.02
        assert length(point(me, mine, "head") - point(other, theirs, "head")) > 0.17


def test_a_fall_ends_on_the_ground_and_stays_there(packet_data):
    actors, _stage, _ = people(packet_data, [beat(0.1, "fall"), beat(2.0, "walk", mark=4)], seconds=6)
    ada = actors[0]
    for t in (2.0, 5.9):
        moment = act(ada.acting, t)
        assert moment.place.fall == 1
        for bone in ("hips", "chest", "head"):
            assert 0.0 < float(point(ada, moment, bone)[1]) < 0.33, bone
        assert min(float(point(ada, moment, b)[1]) for b in ("hand_l", "hand_r")) > -0.02
    lying = ada.subject_at(5.0)
    assert not lying.upright
    assert max(float(s[0][1]) for s in lying.spheres) < 0.75
    assert abs(float(lying.at(1.645)[1]) - float(lying.head[1])) < 0.45


def test_pointing_points_and_a_nod_moves_the_head(packet_data):
    actors, _stage, _ = people(
        packet_data,
        [beat(0.1, "point", target="ben", duration_ms=2500), beat(3.0, "nod", duration_ms=1000)],
        seconds=5,
    )
    ada, ben = actors
    moment = act(ada.acting, 2.0)
    arm = point(ada, moment, "hand_r") - point(ada, moment, "upper_arm_r")
    aim = eyes_of(ben.acting.role, 2.0) - vec(0, 0.25, 0) - point(ada, moment, "upper_arm_r")
    assert dot(unit(arm), unit(aim)) > 0.985
    assert moment.hands[1] == "point"
    faces = [act(ada.acting, 3.0 + k / 20).posed.frames["head"][1, 2] for k in range(21)]
    assert max(faces) - min(faces) > 0.08


@pytest.mark.parametrize("emotion", sorted(EMOTIONS))
def test_eyes_meet_whatever_is_felt(packet_data, emotion):
    data = packet_data()["characters"]
    data[0]["emotion"] = emotion
    found, _stage, _packet = company(packet_data, characters=data)
    ada, ben = found.actors(None)
    for t in (0.0, 1.3, 2.9):
        moment = act(ada.acting, t)
        head = moment.posed.frames["head"]
        eyes = apply(head, vec(*EYES_IN_HEAD))
        look = unit(apply(head[:3, :3], vec(*moment.face.eyes)))
        target = apply(act(ben.acting, t).posed.frames["head"], vec(*EYES_IN_HEAD))
        assert math.degrees(math.acos(min(1.0, dot(look, unit(target - eyes))))) < 4.0


def test_each_emotion_shows_in_face_and_posture_and_grows_with_its_strength(packet_data):
    def seen(emotion, strength=1.0):
        data = packet_data()["characters"][:1]
        data[0] |= {"emotion": emotion, "emotion_strength": strength, "gaze": "ahead"}
        found, _stage, _packet = company(packet_data, characters=data)
        (ada,) = found.actors(None)
        moment = act(ada.acting, 1.0)
        face = np.array([*moment.face.mouth, moment.face.lids, moment.face.squint])
        brow = point(ada, moment, "brow_l") - point(ada, moment, "head")
        face = np.concatenate([face, np.asarray(brow) * 40])
        bones = ("head", "hand_l", "hand_r", "upper_arm_l", "forearm_r", "neck")
        origin = ada.acting.origin
        return face, np.concatenate([point(ada, moment, b) - origin for b in bones])

    found = {emotion: seen(emotion) for emotion in EMOTIONS}
    names = sorted(found)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            assert np.abs(found[a][0] - found[b][0]).max() > 0.1, (a, b)
            assert np.abs(found[a][1] - found[b][1]).max() > 0.03, (a, b)
    for emotion in names:
        if emotion != "neutral":
            half = np.abs(seen(emotion, 0.5)[1] - found["neutral"][1]).max()
            full = np.abs(found[emotion][1] - found["neutral"][1]).max()
            assert 0.15 * full < half < 0.9 * full


BUSY = (
    [
        beat(0.2, "drink"),
        beat(1.5, "emote", emotion="anger"),
        beat(3.4, "walk", mark=4),
        beat(6.0, "give", target="ben", prop="book"),
        beat(7.0, "embrace", target="ben"),
        beat(15.0, "fall"),
    ],
    [beat(0.3, "phone", duration_ms=2500), beat(1.0, "look", gaze="up"), beat(2.0, "emote", emotion="fear")],
)


def busy(packet_data):
    props = [{"id": "book", "kind": "book", "held_by": "ada", "hand": "left"}]
    return people(packet_data, *BUSY, props=props, seconds=19)


def test_acting_is_a_pure_function_of_time(packet_data):
    actors, _stage, _ = busy(packet_data)
    again, _stage, _ = busy(packet_data)
    times = [0.0, 17.0, 3.3, 8.1, 0.5, 12.0]
    first = [act(a.acting, t) for t in times for a in actors]
    second = [act(a.acting, t) for t in reversed(times) for a in reversed(again)]
    for one, two in zip(first, reversed(second), strict=True):
        assert np.array_equal(one.posed.palette, two.posed.palette)
        assert one.face == two.face
        assert one.hands == two.hands


def test_nothing_pops(packet_data):
    actors, _stage, _ = busy(packet_data)
    for actor in actors:
        before = None
        for k in range(19 * 60):
            moment = act(actor.acting, k / 60)
            now = np.stack([point(actor, moment, b) for b in actor.figure.joints if not b.startswith("brow")])
            turns = (
                np.stack([moment.posed.frames[b][:3, :3] for b in actor.figure.joints])
                / actor.figure.body.scale
            )
            if before is not None:
                names = [b for b in actor.figure.joints if not b.startswith("brow")]
                moved = np.sqrt(((now - before[0]) ** 2).sum(1))
                assert moved.max() < 0.12, (actor.spec.id, k / 60, names[int(moved.argmax())])
                spun = np.abs(turns - before[1]).max((1, 2))
                assert spun.max() < 0.40, (
                    actor.spec.id,
                    k / 60,
                    list(actor.figure.joints)[int(spun.argmax())],
                )
            before = (now, turns)


def _capsules(actor, moment):
    at, k = actor.figure.joints, actor.figure.body.scale
    radii = {"upper_arm": 0.040, "forearm": 0.034, "thigh": 0.055, "shin": 0.045}
    ends = {"upper_arm": "forearm", "forearm": "hand", "thigh": "shin", "shin": "foot"}
    return {
        f"{name}_{tag}": (
            point(actor, moment, f"{name}_{tag}"),
            point(actor, moment, f"{name}_{tag}", at[f"{ends[name]}_{tag}"]),
            r * k,
        )
        for name, r in radii.items()
        for tag in "lr"
    } | {"trunk": (point(actor, moment, "hips"), point(actor, moment, "chest", vec(0, 1.30, 0)), 0.085 * k)}


def _gap(one, two):
    """Smallest distance between the surfaces of two capsules, sampled."""
    best = math.inf
    for i in range(9):
        p = one[0] + (one[1] - one[0]) * (i / 8)
        axis = two[1] - two[0]
        h = min(1.0, max(0.0, dot(p - two[0], axis) / max(dot(axis, axis), 1e-9)))
        best = min(best, length(p - two[0] - axis * h))
    return best - one[2] - two[2]


def assert_limbs_apart(actor, moment, note=""):
    parts = _capsules(actor, moment)
    pairs = [(f"forearm_{t}", "trunk") for t in "lr"]
    pairs += [
        ("forearm_l", "forearm_r"),
        ("shin_l", "shin_r"),
        ("forearm_l", "upper_arm_r"),
        ("forearm_r", "upper_arm_l"),
    ]
    pairs += [(f"forearm_{a}", f"thigh_{b}") for a in "lr" for b in "lr"]
    for a, b in pairs:
        assert _gap(parts[a], parts[b]) > -0.03, (note, a, b)


@pytest.mark.parametrize(
    "pose", ["stand", "relaxed", "talk", "pocket", "hips", "crossed", "point", "lean", "sit"]
)
def test_limbs_do_not_run_through_each_other_in_any_pose(packet_data, pose):
    actors, _stage, _ = people(packet_data, kind="hospital", poses=(pose, "stand"), seconds=2)
    for t in (0.0, 1.1):
        assert_limbs_apart(actors[0], act(actors[0].acting, t), pose)


@pytest.mark.parametrize("emotion", sorted(EMOTIONS))
def test_limbs_do_not_run_through_each_other_in_any_feeling(packet_data, emotion):
    data = packet_data()["characters"]
    data[0]["emotion"] = emotion
    found, _stage, _packet = company(packet_data, characters=data)
    assert_limbs_apart(found.actors(None)[0], act(found.actors(None)[0].acting, 1.0), emotion)


def test_soles_roll_over_heel_and_toe_while_walking(packet_data):
    actors, _stage, _ = people(packet_data, [beat(0.0, "walk", mark=5)], seconds=5)
    steps = actors[0].acting.role.part.track.steps["r"]
    rolls = [sole_at(steps, k / 60).pitch for k in range(300)]
    assert max(rolls) > 15
    assert min(rolls) < -5
    assert isinstance(sole_at(steps, 0.0), Sole)


def test_extras_fill_the_background_and_leave_the_subjects_alone(packet_data):
    found, stage, packet = company(packet_data, extras=12, set={"kind": "street", "seed": 2}, frames=72)
    actors = found.actors(None)
    extras = [a for a in actors if a.extra]
    assert 4 <= len(extras) <= 10
    assert len(actors) <= 12
    leads = [a for a in actors if not a.extra]
    for extra in extras:
        for t in (0.0, 1.5, 3.0):
            spot = extra.acting.place(t).spot
            for lead in leads:
                assert math.dist(spot, lead.acting.place(t).spot) > 0.85
        start = extra.acting.place(0.0).spot
        assert not any(within(b, start) for b in blocks_of(stage)) or extra.acting.place(0.0).sit
    again, _stage, _packet = company(packet_data, extras=12, set={"kind": "street", "seed": 2}, frames=72)
    assert [a.spec for a in again.actors(None)] == [a.spec for a in actors]
    other, _stage, _packet = company(packet_data, extras=12, set={"kind": "street", "seed": 3}, frames=72)
    assert [a.spec for a in other.actors(None)] != [a.spec for a in actors]
    assert len({(a.spec.body, a.spec.wardrobe.garment, a.spec.hair.style) for a in extras}) >= 3
    assert packet.extras == 12


def test_no_extra_stands_between_the_lens_and_the_subjects(packet_data):
    data = packet_data(frames=72, extras=10, camera={"size": "ws", "framing": "two_shot", "azimuth": 0})
    data["camera"]["subjects"] = ["ada", "ben"]
    shot = plan_shot(Packet.from_json(data))
    extras = [a for a in shot.drawn if a.extra]
    assert extras
    assert {a.spec.id for a in shot.drawn} >= {"ada", "ben"}
    for extra in extras:
        for frame in (0, 35, 71):
            subject = extra.subject_at(shot.time(frame))
            box = clipped(box_of(shot.path[frame], shot.aspect, subject.spheres))
            reach = length(shot.composition.focus - shot.path[frame].eye)
            assert box is None or length(subject.head - shot.path[frame].eye) > 0.8 * reach
