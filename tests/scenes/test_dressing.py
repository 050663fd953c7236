"""Dressing and gels: what the form and the API may say of a place, and what the renderer then gets."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from craft.previs import Packet
from craft.previs.sets import SETS
from craft.terms.places import SetKind
from episodes.packets import scene_packet
from scenes.dressing import dressed, layout_problems
from scenes.models import Scene
from scenes.services import SceneRefused, create_scene, save_scene
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope

SCRIPT = "INT. VICTORIAN KITCHEN - NIGHT\n\nINES (34) waits.\n\nINES\nHello.\n"


@pytest.fixture
def scene(studio: Studio, user: Any) -> Scene:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="one.fountain", brief=Brief(), actor=user)
        return Scene.objects.select_related("project").get(project=built.project)


@pytest.mark.parametrize(
    ("layout", "field"),
    [
        ({"dressing": {"era": "stone age"}}, "dressing.era"),
        ({"dressing": {"wealth": 101}}, "dressing.wealth"),
        ({"dressing": {"clutter": True}}, "dressing.clutter"),
        ({"dressing": {"wall": "red"}}, "dressing.wall"),
        ({"dressing": {"smell": "#000000"}}, "dressing.smell"),
        ({"seed": -1}, "layout.seed"),
        ({"words": 3}, "layout.words"),
        ({"words": "x" * 2001}, "layout.words"),
        ({"marks": []}, "layout.marks"),
        ({"extras": 13}, "layout.extras"),
        ({"extras": None}, "layout.extras"),
        ([], "layout"),
        ({"dressing": []}, "layout"),
    ],
)
def test_what_is_wrong_with_a_layout_is_named(layout: Any, field: str) -> None:
    assert set(layout_problems(layout)) == {field}


def test_form_sets_what_is_ticked_and_leaves_the_rest_to_the_set() -> None:
    posted = {
        "era": "future",
        "wealth": "80",
        "clutter": "",
        "own_wall": "yes",
        "colour_wall": "#112233",
        "colour_rug": "#ffffff",
    }
    assert dressed({"style": "cabin", "rug": "#445566"}, posted) == {
        "style": "cabin", "era": "future", "wealth": 80.0, "wall": "#112233",
    }  # fmt: skip
    assert layout_problems({"dressing": dressed({}, {"wealth": "lots"})}) == {
        "dressing.wealth": "From 0 to 100."
    }


def test_every_kind_of_the_vocabulary_can_be_built() -> None:
    assert set(SETS) == {kind.value for kind in SetKind}


@pytest.mark.django_db
def test_words_of_the_place_choose_and_dress_its_set(scene: Scene, studio: Studio, user: Any) -> None:
    assert (scene.set_kind, scene.layout["dressing"]["era"]) == ("kitchen", "period")
    with studio_scope(studio, actor=user):
        odd = create_scene(project=scene.project, key="x", name="LIGHTHOUSE LAMP ROOM", definition={})
        assert odd.set_kind == "described"
        packet = Packet.from_json(scene_packet(odd, scene.project, None))
    assert packet.set.words == "LIGHTHOUSE LAMP ROOM"


@pytest.mark.django_db
def test_gel_and_dressing_reach_the_packet_and_nonsense_does_not(
    scene: Scene, studio: Studio, user: Any
) -> None:
    lights = [{**scene.lights[0], "gel": "#3264ff"}, *scene.lights[1:]]
    layout = {**scene.layout, "dressing": {"era": "future", "wall": "#112233"}}
    with studio_scope(studio, actor=user):
        save_scene(scene=scene, changes={"lights": lights, "layout": layout}, actor=user)
        packet = Packet.from_json(scene_packet(scene, scene.project, None))
        with pytest.raises(SceneRefused) as refused:
            save_scene(scene=scene, changes={"lights": [{**lights[0], "gel": "url(x)"}]}, actor=user)
    assert packet.lights[0].gel == "#3264ff"
    assert packet.lights[1].gel is None
    assert dict(packet.set.dressing) == {"era": "future", "wall": "#112233"}
    assert list(refused.value.fields) == ["lights.0.gel"]


@pytest.mark.django_db
def test_page_saves_a_dressing_and_keeps_what_was_typed_when_it_is_refused(
    scene: Scene, studio: Studio, client_in: Client
) -> None:
    place = {"studio": studio.slug, "project": scene.project_id, "scene": scene.pk}
    page = reverse("scenes:light", kwargs=place)
    form = {
        "name": scene.name, "set_kind": "bar", "time_of_day": "night", "mood": "neon", "atmosphere": "haze",
        "density": "20", "fill_ratio": "4", "extras": "5", "era": "midcentury", "wealth": "90", "clutter": "10",
        "words": "a bar",
        "light_position": "left", "light_role": "key", "light_elevation": "high", "light_intensity": "60",
        "light_kelvin": "4300", "light_softness": "soft", "light_gel": "#ffb45a",
    }  # fmt: skip
    assert client_in.post(page, form).status_code == 302
    with studio_scope(studio):
        scene.refresh_from_db()
    assert (scene.set_kind, scene.layout["words"], scene.layout["extras"]) == ("bar", "a bar", 5)
    assert scene.layout["dressing"] == {"era": "midcentury", "wealth": 90.0, "clutter": 10.0}
    refused = client_in.post(page, {**form, "wealth": "900", "era": "period"})
    assert refused.status_code == 422
    assert "dressing.wealth" in refused.content.decode()
    assert 'value="900' in refused.content.decode()
