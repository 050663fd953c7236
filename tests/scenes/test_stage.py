"""The stage of the live rig over the web: whose it is, how it is kept, what it holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from craft.previs.live_format import unpack
from scenes.models import Scene
from scenes.services import save_scene
from studio.services import Brief, start_project
from tenancy.models import Studio, User
from tenancy.scope import studio_scope

pytestmark = pytest.mark.django_db
SCRIPT = "INT. LIGHTHOUSE - NIGHT\n\nMARA lifts the lamp.\n\nMARA\nIt still burns.\n"


@pytest.fixture
def scene(studio: Studio, user: User) -> Scene:
    """A place from a script."""
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="lamp.fountain", brief=Brief(), actor=user)
        return Scene.objects.get(project=built.project)


def _address(studio: Studio, scene: Scene) -> str:
    return reverse(
        "scenes:stage", kwargs={"studio": studio.slug, "project": scene.project_id, "scene": scene.pk}
    )


def test_stage_holds_the_scene_as_it_is_lit(client_in: Client, studio: Studio, scene: Scene) -> None:
    answer = client_in.get(_address(studio, scene))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    header, buffers = unpack(answer.content)
    wanted = [(light["position"], light["role"], light["intensity"]) for light in scene.lights]
    assert [(one["position"], one["role"], one["intensity"]) for one in header["rig"]["lights"]] == wanted
    assert header["rig"]["mood"] == scene.mood
    assert (header["width"], header["height"]) == (640, 360)
    assert header["geometry"]
    assert buffers


def test_stage_is_kept_until_the_scene_changes(
    client_in: Client, studio: Studio, user: User, scene: Scene
) -> None:
    first = client_in.get(_address(studio, scene))
    kept = {"If-None-Match": first["ETag"]}
    again = client_in.get(_address(studio, scene), headers=kept)
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in first["Cache-Control"]
    assert "public" not in first["Cache-Control"]
    with studio_scope(studio, actor=user):
        save_scene(scene=Scene.objects.get(pk=scene.pk), changes={"mood": "neon"}, actor=user)
    changed = client_in.get(_address(studio, scene), headers=kept)
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_stage_of_another_studio_is_not_there(
    client_in: Client, studio: Studio, other_studio: Studio, stranger: User, scene: Scene
) -> None:
    with studio_scope(other_studio, actor=stranger):
        built = start_project(text=SCRIPT, filename="lamp.fountain", brief=Brief(), actor=stranger)
        theirs: Any = Scene.objects.get(project=built.project)
    assert client_in.get(_address(other_studio, theirs)).status_code == 404
    assert client_in.get(_address(studio, theirs)).status_code == 404
    mixed = {"studio": studio.slug, "project": theirs.project_id, "scene": scene.pk}
    assert client_in.get(reverse("scenes:stage", kwargs=mixed)).status_code == 404


def test_page_offers_the_stage_and_a_frame_without_it(
    client_in: Client, studio: Studio, scene: Scene
) -> None:
    address = _address(studio, scene)
    page = client_in.get(address.removesuffix("stage.bin")).content.decode()
    assert f'data-stage="{address}"' in page
    assert "The preview frame is drawn on the server." in page
