"""From a shot's row to what is drawn: staging read from its action, the lens move, the focus that travels."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.services import subscribe
from craft.previs import Packet
from episodes.models import Episode, Shot
from episodes.packets import shot_packet
from episodes.queries import cast_of, shots_of
from episodes.services import ShotRefused, edit_shot
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow.models import Job

pytestmark = pytest.mark.django_db
SCRIPT = """INT. OFFICE - NIGHT

[[shot: ms two_shot eye_level static 2s on INES + AUGUST]]
INES (34) sits. AUGUST (45) hands Ines a letter.

[[shot: cu eye_level static 2s on INES]]
She lifts the receiver.

INES
Who is this?
"""


@pytest.fixture
def shots(studio: Studio, user: Any) -> list[Shot]:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="two.fountain", brief=Brief(), actor=user)
        episode = Episode.objects.select_related("project").get(project=built.project)
        return list(shots_of(episode))


def _packet(shot: Shot) -> Packet:
    return Packet.from_json(shot_packet(shot, shot.episode.project, cast_of(shot)))


def test_action_becomes_poses_beats_and_props(studio: Studio, user: Any, shots: list[Shot]) -> None:
    with studio_scope(studio, actor=user):
        first, second = (_packet(shot) for shot in shots[:2])
    people = {c.name.casefold(): c for c in first.characters}
    assert people["ines"].pose == "sit"
    (give,) = people["august"].beats
    assert (give.action, give.target) == ("give", people["ines"].id)
    (letter,) = [prop for prop in first.props if prop.kind == "paper"]
    assert (letter.held_by, give.prop) == (people["august"].id, letter.id)
    ines = second.characters[0]
    assert (ines.pose, ines.beats[0].action) == ("sit", "phone")
    assert {prop.kind for prop in second.props if prop.held_by == ines.id} == {"phone"}


def test_action_written_anew_is_staged_anew(studio: Studio, user: Any, shots: list[Shot]) -> None:
    with studio_scope(studio, actor=user):
        edit_shot(shot=shots[1], changes={"action": "Ines shakes her head."}, actor=user)
        packet = _packet(next(s for s in shots_of(shots[1].episode) if s.pk == shots[1].pk))
    assert [beat.action for beat in packet.characters[0].beats] == ["shake_head"]
    # She came in seated, and nobody has let her rise.
    assert packet.characters[0].pose == "sit"
    assert packet.props == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"optics": "dolly_zoom", "optics_direction": "out"}, ("dolly_zoom", "out")),
        ({"optics": "roll"}, ("roll", "cw")),
        ({"optics": "none"}, ("none", "in")),
    ],
)
def test_lens_moves_reach_the_packet(
    studio: Studio, user: Any, shots: list[Shot], changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    with studio_scope(studio, actor=user):
        edit_shot(shot=shots[0], changes={**changes, "aperture": "1.8", "easing": "linear"}, actor=user)
        camera = _packet(Shot.objects.select_related("episode__project", "scene").get(pk=shots[0].pk)).camera
    assert (camera.optics, camera.optics_direction) == expected
    assert (camera.aperture, camera.easing) == (1.8, "linear")


def test_the_api_moves_the_lens_and_asks_for_passes(
    studio: Studio, api: APIClient, shots: list[Shot]
) -> None:
    place = f"/api/v1/studios/{studio.slug}/shots/{shots[0].pk}"
    answer = api.patch(place, {"optics": "zoom", "aperture": 2.8}, format="json")
    assert (answer.status_code, answer.json()["optics"], answer.json()["aperture"]) == (200, "zoom", 2.8)
    assert answer.json()["staging"]["cues"]
    asked = api.post(place + "/guides")
    assert asked.status_code == 202
    with studio_scope(studio):
        assert str(Job.objects.get(kind="episodes.make_guides").pk) == asked.json()["job"]


def test_rack_focus_goes_to_the_other_one_and_needs_one(studio: Studio, user: Any, shots: list[Shot]) -> None:
    with studio_scope(studio, actor=user):
        for shot in shots[:2]:
            edit_shot(shot=shot, changes={"optics": "rack_focus"}, actor=user)
        both, alone = (_packet(shot) for shot in shots_of(shots[0].episode)[:2])
    assert both.camera.rack_to == both.camera.subjects[1]
    assert (alone.camera.optics, alone.camera.rack_to) == ("none", None)


def test_a_projects_look_and_a_free_tiers_burn_in_reach_the_packet(
    studio: Studio, user: Any, shots: list[Shot]
) -> None:
    with studio_scope(studio, actor=user):
        plain = _packet(shots[0])
        subscribe(tier="previs", actor=user)
        shots[0].episode.project.look = "toon"
        drawn = _packet(shots[0])
    assert (plain.look, plain.burn_in) == ("cinematic", None)
    assert drawn.look == "toon"
    assert drawn.burn_in is not None
    assert drawn.burn_in.endswith("S01")


def test_impossible_lens_moves_are_refused(studio: Studio, user: Any, shots: list[Shot]) -> None:
    with studio_scope(studio, actor=user):
        for wrong in ({"optics": "wobble"}, {"aperture": "64"}, {"aperture": "nan"}, {"easing": ""}):
            with pytest.raises(ShotRefused) as refused:
                edit_shot(shot=shots[0], changes=wrong, actor=user)
            assert list(refused.value.fields) == list(wrong)
