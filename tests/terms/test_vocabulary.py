"""The lists as the vocabulary fixes them, by value: a slug that changes breaks stored data."""

from __future__ import annotations

import pytest

from craft.terms import cuts, light, people, shots, sound, states, story
from craft.terms.base import Term

LISTS = {
    shots.Size: "ews ws fs mws ms mcu cu ecu insert",
    shots.Framing: "single two_shot group ots clean dirty",
    shots.Purpose: "establishing master coverage reaction cutaway b_roll insert_detail",
    shots.Angle: "eye_level shoulder_level hip_level knee_level ground_level low_angle worms_eye high_angle "
    "overhead aerial dutch pov",
    shots.Movement: "static pan tilt dolly truck crane arc handheld",
    shots.Speed: "slow medium fast whip",
    shots.Easing: "linear ease ease_in ease_out",
    shots.Optics: "none zoom dolly_zoom rack_focus roll",
    shots.Side: "auto left right",
    light.Position: "front front_right right back_right back back_left left front_left",
    light.LightRole: "key fill back rim kicker hair background practical",
    light.Elevation: "low eye high top",
    light.Softness: "hard medium soft",
    light.Mood: "high_key low_key natural golden_hour blue_hour tungsten neon silhouette rim_lit "
    "volumetric overcast",
    light.Atmosphere: "clear haze fog rain snow dust smoke",
    light.TimeOfDay: "dawn morning noon afternoon dusk night",
    cuts.EditorialCut: "match_cut smash_cut jump_cut j_cut l_cut cross_cut",
    cuts.Transition: "cut dissolve fade_black fade_white wipe_left wipe_right wipe_up wipe_down push_left "
    "push_right push_up push_down iris_open iris_close whip flash",
    story.ActStructure: "micro_drama short_3min half_hour hour feature_3 feature_4 commercial anthology "
    "custom",
    story.ActOut: "hook cliffhanger button resolve",
    story.Genre: "action adventure comedy drama thriller horror detective romance sci_fi fantasy war western "
    "historical sitcom documentary animation_family musical mystery",
    sound.Layer: "dialogue music ambience effects",
    people.Role: "owner admin producer director supervisor operator editor rights client auditor",
    people.Tier: "previs indie studio network",
    states.JobState: "queued running waiting_engine unknown needs_decision done failed cancelled",
    states.ArtifactState: "current stale missing blocked",
    states.ReviewState: "todo wip awaiting_review retake approved",
    states.Admission: "allow confirm blocked",
    states.EpisodeState: "drafting gate_a generating gate_b assembling gate_c certified released cancelling "
    "cancelled",
}


@pytest.mark.parametrize("terms", LISTS, ids=lambda t: t.__name__)
def test_list_has_the_vocabulary_slugs_and_distinct_labels(terms: type[Term]) -> None:
    assert [term.value for term in terms] == LISTS[terms].split()
    assert [term.name for term in terms] == [term.value.upper() for term in terms]
    assert len({term.label for term in terms}) == len(terms)


def test_labels_are_words_for_people() -> None:
    assert shots.Size.MWS.label == "Medium wide (cowboy)"
    assert shots.Angle.LOW_ANGLE.label == "Low angle"
    assert story.Genre.SCI_FI.label == "Science fiction"


def test_every_movement_has_directions_and_defaults_to_the_first() -> None:
    assert set(shots.DIRECTIONS) == set(shots.Movement)
    assert shots.DIRECTIONS[shots.Movement.DOLLY] == (shots.Direction.IN, shots.Direction.OUT)


def test_every_transition_but_cut_and_flash_has_an_xfade_name() -> None:
    assert set(cuts.Transition) - set(cuts.XFADE) == {cuts.Transition.CUT, cuts.Transition.FLASH}


def test_matrix_gives_each_role_exactly_what_the_vocabulary_says() -> None:
    p, r = people.Permission, people.Role
    can = {role: {perm for perm, roles in people.MATRIX.items() if role in roles} for role in r}
    assert set(people.MATRIX) == set(p)
    assert can[r.AUDITOR] == {p.LEDGER}
    assert can[r.CLIENT] == {p.RECOMMEND, p.COMMENT}
    assert can[r.RIGHTS] == {p.CONSENT, p.VETO, p.COMMENT, p.LEDGER}
    assert can[r.OPERATOR] == {p.EDIT, p.GENERATE, p.COMMENT}
    assert can[r.DIRECTOR] == {p.EDIT, p.LOCK, p.GENERATE, p.GATE_B, p.TIMELINE, p.GATE_C, p.COMMENT}
    assert r.ADMIN not in people.MATRIX[p.GATE_A]
    assert people.MATRIX[p.BILLING] == {r.OWNER}


def test_act_shapes_fill_the_runtime() -> None:
    assert set(story.ACT_SHAPES) == set(story.ActStructure)
    for shapes in story.ACT_SHAPES.values():
        assert sum(shape.share for shape in shapes) == pytest.approx(1.0)
        assert all(-1 <= shape.valence <= 1 and -1 <= shape.energy <= 1 for shape in shapes)


def test_loudness_targets_are_the_delivery_specifications() -> None:
    figures = {key: (s.integrated, s.tolerance, s.true_peak) for key, s in sound.LOUDNESS.items()}
    assert figures == {
        "ebu_r128": (-23.0, 1.0, -1.0),
        "atsc_a85": (-24.0, 2.0, -2.0),
        "streaming": (-27.0, 2.0, -2.0),
        "online": (-14.0, 1.0, -1.0),
    }
