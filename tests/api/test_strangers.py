"""Every address of the studio, made from the router: foreign and missing are the same 404, nothing leaks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from episodes.models import Episode
from episodes.services import submit
from studio.services import Brief, start_project
from tenancy.models import Membership, Studio, StudioModel, User
from tenancy.scope import studio_scope

pytestmark = pytest.mark.django_db
CANARY = "Zanzibarkipferl"
SCRIPT = f"INT. {CANARY} HALL - NIGHT\n\nThe lamp hums.\n\n{CANARY.upper()}\nWe {CANARY} are open.\n"
METHODS = ("get", "post", "put", "patch", "delete")
WORDS = {
    "action": ("cancel", "retry", "submit", "revise"),
    "gate": ("a", "b", "c"),
    "number": ("1",),
    "to": ("1",),
}


def _routes(patterns: Any, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + re.sub(r"^\^|\\Z|\$$", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def _studio_routes() -> list[str]:
    routes = {
        r for r in _routes(get_resolver().url_patterns) if "<slug:studio>" in r and "<drf_format" not in r
    }
    return sorted(r for r in routes if "format" not in r)


def _address(route: str, slug: str, ids: dict[str, uuid.UUID], fallback: uuid.UUID) -> str:
    """The route filled in; raises KeyError for a part this sweep does not know."""
    path = route.replace("<slug:studio>", slug).replace("<slug:engine>", "kling")
    path = re.sub(r"<uuid:(\w+)>", lambda m: str(ids.get(m[1], fallback)), path)
    path = re.sub(
        r"<(?:int|str):(\w+)>",
        lambda m: WORDS[m[1]][0] if m[1] in WORDS else str(ids.get(m[1], fallback)),
        path,
    )

    def group(match: re.Match[str]) -> str:
        name = match[1]
        if name in WORDS:
            return next(w for w in WORDS[name] if re.fullmatch(match[2], w))
        return str(ids.get(name, fallback))

    path = re.sub(r"\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)", group, path)
    assert not set(path) & set("<>()^$"), path
    return "/" + path


@pytest.fixture
def foreign(other_studio: Studio, stranger: User) -> dict[str, uuid.UUID]:
    """Ids of the other studio by the names addresses use; every row's words carry a canary."""
    with studio_scope(other_studio, actor=stranger):
        built = start_project(text=SCRIPT, filename="x.fountain", brief=Brief(title=CANARY), actor=stranger)
        submit(episode=Episode.objects.get(project=built.project), actor=stranger)
        found: dict[str, uuid.UUID] = {"user": stranger.pk, "stream": built.project.pk}
        for model in apps.get_models():
            if issubclass(model, StudioModel) and (row := model.objects.first()) is not None:
                found.setdefault(str(model._meta.model_name), row.pk)
    return found


def _send(client: Client, method: str, path: str) -> Any:
    body = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
    if method == "post" and path.startswith("/s/"):
        body = {}
    return getattr(client, method)(path, **body)


def test_sweep_reaches_every_address(foreign: dict[str, uuid.UUID], other_studio: Studio) -> None:
    routes = _studio_routes()
    assert len(routes) > 60
    assert {"project", "episode", "shot", "character", "scene", "job", "gatereview"} <= set(foreign)
    for route in routes:
        path = _address(route, other_studio.slug, foreign, uuid.uuid4())
        get_resolver().resolve(path)


@pytest.mark.parametrize("method", METHODS)
def test_stranger_gets_404_everywhere(
    client_in: Client, foreign: dict[str, uuid.UUID], other_studio: Studio, method: str
) -> None:
    wrong = []
    for route in _studio_routes():
        answer = _send(client_in, method, _address(route, other_studio.slug, foreign, uuid.uuid4()))
        if answer.status_code != 404 or CANARY.lower() in answer.content.decode().lower():
            wrong.append((route, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_sent_to_sign_in_whether_the_studio_exists_or_not(
    foreign: dict[str, uuid.UUID], other_studio: Studio, method: str
) -> None:
    for route in _studio_routes():
        for slug in (other_studio.slug, "no-such-studio"):
            answer = _send(Client(), method, _address(route, slug, foreign, uuid.uuid4()))
            assert answer.status_code == (401 if route.startswith("api/") else 302), route


@pytest.mark.parametrize("method", METHODS)
def test_foreign_id_is_answered_like_a_missing_one(
    client_in: Client, studio: Studio, user: User, foreign: dict[str, uuid.UUID], method: str
) -> None:
    with studio_scope(studio, actor=user):
        own = start_project(
            text="INT. A - DAY\n\nRain.\n", filename="own.fountain", brief=Brief(), actor=user
        )
    wrong = []
    for route in _studio_routes():
        if "uuid:" not in route and "(?P<" not in route:
            continue
        name_one = {"project": own.project.pk} if len(re.findall(r"uuid:|\(\?P<", route)) > 1 else {}
        theirs = _send(
            client_in,
            method,
            _address(route, studio.slug, {**foreign, **name_one, "pk": _pk(route, foreign)}, uuid.uuid4()),
        )
        missing = _send(client_in, method, _address(route, studio.slug, name_one, uuid.uuid4()))
        if CANARY.lower() in theirs.content.decode().lower() or theirs.status_code != missing.status_code:
            wrong.append((route, theirs.status_code, missing.status_code))
        elif route.startswith("api/") and theirs.content != missing.content:
            wrong.append((route, theirs.content[:120], missing.content[:120]))
        elif theirs.status_code >= 500:
            wrong.append((route, theirs.status_code, missing.status_code))
    assert wrong == []


def _pk(route: str, foreign: dict[str, uuid.UUID]) -> uuid.UUID:
    singular = route.split("studio>/")[1].split("/")[0].rstrip("s")
    return foreign.get(singular, uuid.uuid4())


def test_member_who_was_removed_is_a_stranger(
    client_in: Client, studio: Studio, user: User, stranger: User
) -> None:
    with studio_scope(studio, actor=user):
        Membership.objects.create(user=stranger, roles=["operator"])
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/s/{studio.slug}/").status_code == 200
    with studio_scope(studio, actor=user):
        Membership.objects.filter(user=stranger).delete()
    assert client.get(f"/s/{studio.slug}/").status_code == 404
    assert client.get(f"/api/v1/studios/{studio.slug}/projects").status_code == 404
