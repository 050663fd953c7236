"""The cut: what rows make of takes, what is refused, and that nothing refused leaves a trace."""

from __future__ import annotations

from typing import Any

import pytest

from craft.render.effects import Modifier, Style
from craft.render.model import Clip, Finish, SoundClip, TitlePlace
from craft.terms.cuts import Transition as Cut
from craft.terms.sound import Layer
from edit_suite import cutting
from edit_suite.compose import compose
from edit_suite.models import Inset, ShotCut, SoundLevel, TitleCard
from episodes.models import Line, Shot
from tenancy.errors import Forbidden
from tenancy.scope import studio_scope
from tests.edit_suite.conftest import FRAMES, Ground
from vault.models import Asset

pytestmark = pytest.mark.django_db


def clips(ground: Ground) -> list[Clip]:
    return [item for item in compose(ground.episode).timeline.picture.items if isinstance(item, Clip)]


def line(ground: Ground) -> SoundClip:
    (found,) = compose(ground.episode).timeline.layer(Layer.DIALOGUE)
    return found


def test_a_shot_that_nobody_cut_plays_as_it_was_made(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        timeline = compose(ground.episode).timeline
    assert timeline.length == 3 * FRAMES
    assert [clip.length for clip in clips_of(timeline)] == [FRAMES] * 3
    assert timeline.finish == Finish()


def clips_of(timeline: Any) -> list[Clip]:
    return [item for item in timeline.picture.items if isinstance(item, Clip)]


def test_frames_left_out_take_their_sound_with_them_unless_it_leads(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        before = line(ground)
        shot = ground.shots[1]
        cutting.set_cut(shot=shot, changes={"head": 30}, actor=ground.user)
        cut = line(ground)
        assert compose(ground.episode).timeline.length == 3 * FRAMES - 30
        assert (cut.record, cut.source_start) == (FRAMES, 30 - (before.record - FRAMES))
        cutting.set_cut(shot=shot, changes={"cut_in": "j_cut"}, actor=ground.user)
        lead = line(ground)
    # lips stay in step: the line is as far ahead of the picture's first frame as it was
    assert lead.record == before.record - 30
    assert (lead.length, lead.source_start) == (before.length, 0)
    assert lead.record < FRAMES


def test_l_cut_lets_a_line_run_on_under_the_next_shot(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        whole, shot = line(ground), ground.shots[1]
        tail = 2 * FRAMES - whole.record - 4
        cutting.set_cut(shot=shot, changes={"tail": tail}, actor=ground.user)
        assert line(ground).length == 4
        cutting.set_cut(shot=shot, changes={"cut_out": "l_cut"}, actor=ground.user)
        assert line(ground).length == whole.length


def test_ramp_moves_the_line_with_the_picture_and_captions_with_the_line(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        straight = line(ground)
        changes = {"ramp": "linear", "ramp_amount": 0.5}
        cutting.set_cut(shot=ground.shots[1], changes=changes, actor=ground.user)
        timeline = compose(ground.episode).timeline
        slow = line(ground)
    assert timeline.length == 4 * FRAMES
    assert slow.retime is not None
    assert slow.length == 2 * straight.length
    assert slow.record - FRAMES == 2 * (straight.record - FRAMES)
    assert (timeline.captions[0].start_frame, timeline.captions[0].end_frame) == (slow.record, slow.at.end)


def test_backwards_and_held_pictures_have_no_line(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        cutting.set_cut(shot=ground.shots[1], changes={"reverse": True, "freeze": 12}, actor=ground.user)
        timeline = compose(ground.episode).timeline
    shown = clips_of(timeline)[1]
    assert shown.retime is not None
    assert shown.retime.frames()[:2] == (FRAMES - 1, FRAMES - 2)
    assert shown.retime.frames()[-12:] == (0,) * 12
    assert timeline.layer(Layer.DIALOGUE) == ()
    assert timeline.captions == ()


def test_effects_follow_the_grade(ground: Ground) -> None:
    plain = [{"type": "modifier", "style": "sepia", "strength": 0.5}]
    with studio_scope(ground.studio, actor=ground.user):
        cutting.set_cut(shot=ground.shots[0], changes={"effects": plain}, actor=ground.user)
        assert clips(ground)[0].effects[-1] == Modifier(Style.SEPIA, 0.5)
        assert len(clips(ground)[0].effects) == len(clips(ground)[1].effects) + 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"head": FRAMES}, "picture"),
        ({"head": -1}, "head"),
        ({"ramp": "warp"}, "ramp"),
        ({"ramp": "custom", "ramp_points": [[0, 1], [0.5, -3]]}, ""),
        ({"ramp_points": "x"}, "ramp_points"),
        ({"ramp_at": 2}, "ramp_at"),
        ({"effects": [{"type": "hologram"}]}, "effects"),
        ({"effects": [{"type": "modifier", "style": "sepia", "strength": 7.0}]}, "picture"),
        ({"state": "done"}, "state"),
    ],
)
def test_what_cannot_be_cut_is_refused_and_leaves_nothing(
    ground: Ground, changes: dict[str, Any], field: str
) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        shot = ground.shots[0]
        with pytest.raises(cutting.CutRefused) as caught:
            cutting.set_cut(shot=shot, changes=changes, actor=ground.user)
        assert any(name.startswith(field) for name in caught.value.fields)
        kept = ShotCut.objects.filter(shot=shot).first()
        assert kept is None or (kept.head, kept.ramp, kept.effects) == (0, "", [])
        assert compose(ground.episode).timeline.length == 3 * FRAMES


def test_a_cut_that_tears_a_transition_apart_is_refused(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        shot = ground.shots[1]
        Shot.objects.filter(pk=shot.pk).update(transition_in=Cut.DISSOLVE.value, transition_frames=24)
        with pytest.raises(cutting.CutRefused):
            cutting.set_cut(shot=shot, changes={"head": FRAMES - 10}, actor=ground.user)


def test_titles_and_insets_hang_on_their_shot(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        third = ground.shots[2]
        words = {"offset": 6, "length": 24, "text": "THE END", "place": "centre", "size": 0.1, "fade": 4}
        cutting.add_title(shot=third, changes=words, actor=ground.user)
        asset = Asset.objects.filter(kind="clip").first()
        assert asset is not None
        cutting.add_inset(
            shot=third, asset=asset, changes={"length": 20, "corner": "bottom_left"}, actor=ground.user
        )
        cutting.set_cut(shot=ground.shots[0], changes={"head": 8}, actor=ground.user)
        composition = compose(ground.episode)
    (title,), (overlay,) = composition.timeline.titles, composition.timeline.overlays
    assert (title.at.start, title.text, title.place) == (2 * FRAMES - 8 + 6, "THE END", TitlePlace.CENTRE)
    assert overlay.at.start == 2 * FRAMES - 8
    assert overlay.box[0] < 0.1
    assert overlay.box[1] > 0.5
    assert [extra.sha256 for extra in composition.extras] == [asset.sha256]
    with studio_scope(ground.studio, actor=ground.user):
        for row in (TitleCard.objects.get(), Inset.objects.get()):
            cutting.remove(row=row, actor=ground.user)
        assert compose(ground.episode).timeline.titles == ()


def test_a_sound_is_not_a_picture(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        asset = Asset.objects.filter(kind="score").first()
        assert asset is not None
        with pytest.raises(cutting.CutRefused):
            cutting.add_inset(shot=ground.shots[0], asset=asset, changes={"length": 5}, actor=ground.user)


def test_levels_hold_for_whichever_take_is_used(ground: Ground) -> None:
    with studio_scope(ground.studio, actor=ground.user):
        before = line(ground)
        spoken = Line.objects.get()
        changes = {
            "gain_db": -6.0,
            "pan": 0.5,
            "shift": 3,
            "gain_keys": [[0, 0.0], [12, -12.0]],
            "room": "hall",
        }
        cutting.set_level(
            episode=ground.episode, stage="speech", subject=spoken.pk, changes=changes, actor=ground.user
        )
        after = line(ground)
        assert after.gain_db == before.gain_db - 6
        assert (after.pan, after.record, after.gain_keys) == (0.5, before.record + 3, ((0, 0.0), (12, -12.0)))
        assert after.room is not None
        with pytest.raises(cutting.CutRefused):
            cutting.set_level(
                episode=ground.episode,
                stage="speech",
                subject=spoken.pk,
                changes={"room": "the moon"},
                actor=ground.user,
            )
        assert SoundLevel.objects.get().room == "hall"
        cutting.set_level(
            episode=ground.episode,
            stage="speech",
            subject=spoken.pk,
            changes={"muted": True},
            actor=ground.user,
        )
        assert compose(ground.episode).timeline.layer(Layer.DIALOGUE) == ()


def test_mix_and_finish_reach_the_timeline(ground: Ground) -> None:
    finish = cutting.finish_from({"letterbox": "239/100", "captions": True, "label": "REVIEW"})
    with studio_scope(ground.studio, actor=ground.user):
        mix = {"music": {"gain_db": -3.0, "muted": False}, "effects": {"gain_db": 0.0, "muted": True}}
        cutting.set_mix(episode=ground.episode, mix=mix, rooms=True, loudness="ebu_r128", actor=ground.user)
        cutting.set_finish(episode=ground.episode, finish=finish, actor=ground.user)
        timeline = compose(ground.episode).timeline
    assert timeline.finish == finish
    assert timeline.layer(Layer.EFFECTS) == ()
    assert timeline.layer(Layer.MUSIC)[0].gain_db == -11 - 3
    assert timeline.layer(Layer.DIALOGUE)[0].room is not None


@pytest.mark.parametrize(
    "mix", [{"voices": {}}, {"music": {"gain_db": 99}}, {"music": {"gain_db": "x"}}, {"music": 3}]
)
def test_a_mix_that_cannot_be_is_refused(ground: Ground, mix: dict[str, Any]) -> None:
    with studio_scope(ground.studio, actor=ground.user), pytest.raises(cutting.CutRefused):
        cutting.set_mix(episode=ground.episode, mix=mix, rooms=False, loudness="", actor=ground.user)


@pytest.mark.parametrize("plain", [{"letterbox": "1/0"}, {"grain": 1}, {"effects": "x"}, {"letterbox": "9"}])
def test_a_finish_that_cannot_be_is_refused(ground: Ground, plain: dict[str, Any]) -> None:
    with studio_scope(ground.studio, actor=ground.user), pytest.raises(cutting.CutRefused):
        cutting.set_finish(episode=ground.episode, finish=cutting.finish_from(plain), actor=ground.user)


def test_only_who_may_cut_cuts(ground: Ground, stranger: Any) -> None:
    with studio_scope(ground.studio, actor=ground.user), pytest.raises(Forbidden):
        cutting.set_cut(shot=ground.shots[0], changes={"head": 4}, actor=stranger)
