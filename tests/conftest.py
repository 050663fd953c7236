"""The cast and the ground of every test: a database walled as in production, a studio and its founder, a stranger.

Tests run as `slate_app`; the schema is built, and emptied after tests that commit, by `slate_owner`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connections
from django.test import Client, TransactionTestCase
from rest_framework.test import APIClient

KEEP_TABLES = ("django_migrations", "django_content_type", "auth_permission", "billing_tier")
PASSWORD = "a-long-test-password"
FIRST_WORKER_DB = 2
"""Redis numbers its databases; 0 is the studio's, 1 that of tests without workers."""


def _admin_dsn(facts_of: dict[str, Any], name: str) -> str:
    facts = {
        "dbname": name,
        "user": facts_of["USER"],
        "host": facts_of["HOST"],
        "port": facts_of["PORT"] or 5432,
    }
    facts |= {"password": facts_of["PASSWORD"] or "unused"}
    return " ".join(f"{key}={value}" for key, value in facts.items())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """Each worker gets a Redis database, a vault and a work folder of its own, as it gets its own Postgres one."""
    redis_url = os.environ["REDIS_URL"].rpartition("=")[0]
    for number, spec in enumerate(specs):
        own = Path(os.environ["SLATE_DATA"]) / f"worker{number}"
        spec.env |= {
            "REDIS_URL": f"{redis_url}={FIRST_WORKER_DB + number}",
            "SLATE_MEDIA": str(own / "vault"),
            "SLATE_WORK": str(own / "work"),
        }


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """A fresh database for this run (and xdist worker), migrated by its owner, used by the application's role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{os.environ.get('SLATE_TEST_DB', 'test_slate')}_{worker}"
    owner = connections["owner"].settings_dict
    with psycopg.connect(_admin_dsn(owner, owner["NAME"]), autocommit=True) as admin:
        _drop(admin, name)
        admin.execute(f'CREATE DATABASE "{name}"')
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        with django_db_blocker.unblock():
            call_command("migrate", database="owner", verbosity=0)
        yield
        with django_db_blocker.unblock():
            connections.close_all()
        _drop(admin, name)


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    """The owner may not end the application's backends; those that are still leaving get a moment."""
    for _ in range(50):
        try:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except psycopg.errors.ObjectInUse:
            time.sleep(0.1)
        else:
            return


def _empty_as_owner(self: TransactionTestCase) -> None:
    """The application's role may not truncate; the owner may."""
    connection = connections["owner"]
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t not in KEEP_TABLES]
        cursor.execute("TRUNCATE " + ", ".join(f'"{t}"' for t in tables))
    connection.close()


TransactionTestCase._fixture_teardown = _empty_as_owner  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Hashing is made slow on purpose; tests sign in hundreds of times and prove nothing about it.

    One round of the real kind, so that a web process of its own can read it too.
    """
    PBKDF2PasswordHasher.iterations = 1


@pytest.fixture
def user(db: None) -> Any:
    """Ada, who founded the studio."""
    from tenancy.models import User  # reason: apps are loaded by now

    return User.objects.create_user("ada@slate.test", PASSWORD, name="Ada")


@pytest.fixture
def stranger(db: None) -> Any:
    """Bo, who belongs to another studio."""
    from tenancy.models import User  # reason: apps are loaded by now

    return User.objects.create_user("bo@slate.test", PASSWORD, name="Bo")


@pytest.fixture
def studio(user: Any) -> Any:
    """Ada's studio on the tier `studio`."""
    return _found("Lantern", user)


@pytest.fixture
def other_studio(stranger: Any) -> Any:
    """Bo's studio."""
    return _found("Harbour", stranger)


def _found(name: str, founder: Any) -> Any:
    from billing.services import subscribe  # reason: apps are loaded by now
    from tenancy.scope import studio_scope
    from tenancy.services import found_studio

    studio = found_studio(name=name, founder=founder, jobs_at_once=16)
    with studio_scope(studio, actor=founder):
        subscribe(tier="studio", actor=founder)
    return studio


@pytest.fixture
def scope(studio: Any, user: Any) -> Iterator[Any]:
    """Inside Ada's studio for the whole test."""
    from tenancy.scope import studio_scope  # reason: apps are loaded by now

    with studio_scope(studio, actor=user) as opened:
        yield opened


@pytest.fixture
def client_in(user: Any, studio: Any) -> Client:
    """A browser in which Ada is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def api(user: Any, studio: Any) -> APIClient:
    """An API client that is Ada."""
    client = APIClient()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
