"""Real Postgres and Redis: roles, privacy, and a launcher that was killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest
import redis

from launcher import services, stack
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout
from launcher.state import clear_leftovers
from launcher.supervisor import Supervisor


def connect(
    layout: Layout, role: str, database: str = services.DATABASE
) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(layout.sockets), user=role, dbname=database, autocommit=True)


def test_services_start_make_the_roles_and_survive_a_killed_launcher(
    checkout: Layout, console: Console
) -> None:
    first = Supervisor(checkout.logs, console)
    first.start(stack.ground(checkout))
    services.make_roles(checkout, stack.stamps_of(checkout))
    services.make_roles(checkout, stack.stamps_of(checkout))
    with connect(checkout, "slate_app") as app:
        roles = app.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolcreatedb FROM pg_roles"
            " WHERE rolname LIKE 'slate\\_%' ORDER BY 1"
        ).fetchall()
        assert roles == [
            ("slate_app", False, False, True, False),
            ("slate_owner", False, False, True, True),
            ("slate_super", True, True, True, True),
            ("slate_sys", False, False, False, False),
        ]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE public.mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SET ROLE slate_sys")
    with connect(checkout, "slate_owner") as owner:
        owner.execute("CREATE TABLE kept (n int)")
        owner.execute("INSERT INTO kept VALUES (7)")
        owner.execute("SET ROLE slate_sys")
    redis.from_url(services.addresses(checkout)["REDIS_URL"]).set("kept", "7")
    # As after kill -9 of the launcher: both still run, nobody holds them.
    assert clear_leftovers(checkout) == ["redis", "postgres"]
    second = Supervisor(checkout.logs, console)
    second.start(stack.ground(checkout))
    with connect(checkout, "slate_owner") as owner:
        assert owner.execute("SELECT n FROM kept").fetchone() == (7,)
    assert redis.from_url(services.addresses(checkout)["REDIS_URL"]).get("kept") == b"7"
    second.stop()
    assert not checkout.redis_socket.exists()


def test_postgres_comes_back_after_its_postmaster_was_killed(checkout: Layout, console: Console) -> None:
    supervisor = Supervisor(checkout.logs, console)
    supervisor.start(stack.ground(checkout))
    supervisor.watch()
    pid = int((checkout.cluster / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    for _ in range(200):
        try:
            with connect(checkout, services.SUPERUSER, "postgres") as again:
                assert again.execute("SELECT 1").fetchone() == (1,)
                break
        except psycopg.OperationalError:
            supervisor.stopping.wait(0.05)
    else:
        pytest.fail("Postgres did not come back")
    supervisor.stop()


def test_data_of_another_major_version_are_refused_untouched(checkout: Layout) -> None:
    version = checkout.cluster / "PG_VERSION"
    version.write_text("9\n")
    with pytest.raises(Failure) as caught:
        services.postgres_program(checkout)
    assert caught.value.code == "launcher.postgres_version"
    assert [path.name for path in checkout.cluster.iterdir()] == ["PG_VERSION"]


def test_processes_are_told_the_private_services_and_not_the_callers(checkout: Layout) -> None:
    told = stack.environment(
        checkout, 8400, base={"PATH": "/bin", "DATABASE_URL": "postgres://elsewhere/x", "PGHOST": "elsewhere"}
    )
    assert told["DATABASE_URL"] == f"postgres://slate_app@/slate?host={checkout.sockets}"
    assert told["DATABASE_OWNER_URL"] == f"postgres://slate_owner@/slate?host={checkout.sockets}"
    assert told["REDIS_URL"] == f"unix://{checkout.sockets}/redis.sock"
    assert told["SLATE_ORIGIN"] == "http://127.0.0.1:8400"
    assert told["PATH"].split(":")[0] == str(checkout.venv / "bin")
    assert "PGHOST" not in told
    tests = stack.test_environment(checkout, 8400)
    shared = {
        name
        for name in ("SLATE_DATA", "SLATE_MEDIA", "SLATE_SIGNER_SOCKET", "SLATE_SIGNER_HOME")
        if tests[name] == told[name]
    }
    assert shared == set()
    assert tests["REDIS_URL"].endswith("?db=1")
    assert Path(tests["SLATE_MEDIA"]).is_relative_to(checkout.data)
