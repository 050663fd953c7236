"""The feature bay: honest about what is not built, exact about what there is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from episodes.models import Act, Episode, Shot
from scenes.models import Scene
from studio.models import Project
from tenancy.scope import studio_scope

pytestmark = pytest.mark.django_db


def episode(project: Project, number: int, state: str, frames: tuple[int, ...]) -> Episode:
    made = Episode.objects.create(project=project, number=number, title=f"Part {number}", state=state)
    act = Act.objects.create(episode=made, number=1)
    scene = Scene.objects.create(project=project, name=f"Quay {number}", key=f"quay-{number}")
    for position, length in enumerate(frames, 1):
        Shot.objects.create(
            episode=made,
            act=act,
            scene=scene,
            number=position,
            position=position,
            frames=length,
            size="ms",
            framing="single",
            purpose="coverage",
            angle="eye_level",
            movement="static",
            direction="none",
            speed="slow",
        )
    return made


@pytest.fixture
def series(studio: Any) -> Project:
    """Two finished episodes and one that is not."""
    with studio_scope(studio):
        project = Project.objects.create(title="Night Ferry", rate="24")
        episode(project, 2, "released", (24 * 60,))
        episode(project, 1, "certified", (24, 48))
        episode(project, 3, "gate_c", (24,))
        return project


def test_the_empty_bay_explains_itself(client_in: Client, studio: Any) -> None:
    page = client_in.get(f"/s/{studio.slug}/features/")
    assert page.status_code == 200
    assert "not built yet" in page.content.decode() and "No episode is certified yet" in page.content.decode()


def test_certified_episodes_are_listed_with_their_length(
    api: APIClient, studio: Any, series: Project
) -> None:
    rows = api.get(f"/api/v1/studios/{studio.slug}/feature-candidates/").json()
    assert [(row["title"], row["shots"], row["seconds"]) for row in rows] == [
        ("Part 1", 2, 3.0),
        ("Part 2", 1, 60.0),
    ]


def test_the_page_adds_up_what_there_is(client_in: Client, studio: Any, series: Project) -> None:
    page = client_in.get(f"/s/{studio.slug}/features/").content.decode()
    assert (
        "2 episodes, 1:03 of shots in all" in page
        and "Part 3" not in page
        and "<button" not in page.split("<main")[-1].split("</main")[0]
    )


def test_another_studio_sees_none_of_it(
    client_in: Client, other_studio: Any, studio: Any, series: Project, stranger: Any
) -> None:
    other = Client()
    other.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(f"/s/{studio.slug}/features/").status_code == 404
    assert "Night Ferry" not in other.get(f"/s/{other_studio.slug}/features/").content.decode()
