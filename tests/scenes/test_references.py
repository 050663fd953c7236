"""Reference pictures of a place and of things in it: what may be brought, the drawn views, page, API, walls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from engines import foreign
from scenes.models import Reference, Scene
from scenes.queries import references_of
from scenes.references import ReferenceRefused, add_reference, ask_views
from scenes.services import SceneLocked, set_lock
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.episodes.working import work
from tests.talent.test_references import picture
from tests.vault.conftest import signer, vault_ground

__all__ = ["signer", "vault_ground"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("vault_ground"),
    pytest.mark.skipif(not foreign.available(), reason="no sandbox here"),
]
SCRIPT = "INT. OFFICE - NIGHT\n\nINES (34) waits.\n"


@pytest.fixture
def scene(studio: Studio, user: Any) -> Scene:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="one.fountain", brief=Brief(), actor=user)
        return Scene.objects.select_related("project").get(project=built.project)


def bring(scene: Scene, actor: Any, folder: Path, **facts: Any) -> Reference:
    path = folder / "given"
    path.write_bytes(picture())
    return add_reference(
        scene=scene, file=path, actor=actor, **({"view": "wide", "prop": "", "label": ""} | facts)
    )


def test_a_prop_has_a_name_and_a_place_has_none(
    studio: Studio, user: Any, scene: Scene, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        assert bring(scene, user, tmp_path).name == "wide"
        assert bring(scene, user, tmp_path, view="prop", prop="brass compass").name == "brass compass"
        for wrong in ({"view": "prop"}, {"prop": "compass"}, {"view": "sideways"}):
            with pytest.raises(ReferenceRefused):
                bring(scene, user, tmp_path, **wrong)
        assert Reference.objects.count() == 2


def test_views_are_drawn_empty_and_from_both_sides(
    studio: Studio, user: Any, scene: Scene, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        bring(scene, user, tmp_path, view="prop", prop="compass")
        ask_views(scene=scene, actor=user)
    work(studio.pk, skip=("episodes.",))
    with studio_scope(studio, actor=user):
        rows = references_of(scene)
        assert [row.view for row in rows] == ["wide", "reverse", "prop"]
        assert rows[0].asset.sha256 != rows[1].asset.sha256
        assert all(row.asset.signed for row in rows[:2])


def test_a_locked_scene_keeps_its_pictures(studio: Studio, user: Any, scene: Scene, tmp_path: Path) -> None:
    with studio_scope(studio, actor=user):
        set_lock(scene=scene, locked=True, actor=user)
        with pytest.raises(SceneLocked):
            bring(scene, user, tmp_path)
        with pytest.raises(SceneLocked):
            ask_views(scene=scene, actor=user)


def test_page_and_api(client_in: Client, api: APIClient, studio: Studio, scene: Scene) -> None:
    root = f"/s/{studio.slug}/p/{scene.project_id}/scenes/{scene.pk}/"
    for name in ("one", "two"):
        file = SimpleUploadedFile(f"{name}.png", picture(), "image/png")
        body = {"file": file, "view": "prop", "prop": name}
        assert client_in.post(f"{root}references/", body).status_code == 302
    with studio_scope(studio):
        second = Reference.objects.get(prop="two")
    assert client_in.post(f"{root}references/{second.pk}/move/", {"to": "earlier"}).status_code == 302
    page = client_in.get(root).content.decode()
    assert page.index("1. Two") < page.index("2. One")
    refused = client_in.post(f"{root}references/", {"view": "wide"})
    assert (refused.status_code, "Choose a file." in refused.content.decode()) == (422, True)
    address = f"/api/v1/studios/{studio.slug}/scene-references"
    rows = api.get(f"{address}?scene={scene.pk}").json()["results"]
    assert [row["prop"] for row in rows] == ["two", "one"]
    made = api.post(
        address,
        {"scene": str(scene.pk), "view": "wide", "file": SimpleUploadedFile("p.png", picture())},
        format="multipart",
    )
    assert made.status_code == 201, made.json()
    assert api.post(f"{address}/views", {"scene": str(scene.pk)}, format="json").status_code == 202
    assert api.delete(f"{address}/{second.pk}").status_code == 204
