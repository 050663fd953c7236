"""What Slate's own processes are told and how they are started: web, worker, sweeper, signer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from launcher import services, tools
from launcher.keys import keys_in
from launcher.layout import Layout
from launcher.processes import Program, answers_http, answers_on, says
from launcher.stamps import Stamps

FIRST_PORT = 8321
QUEUES = "engine_io,render,publish,short,gpu"
# The caller's own values of these would point Slate at a stranger's database or a stranger's packages.
NOT_INHERITED = (
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "PGHOST",
    "PGUSER",
    "PGDATABASE",
    "PGPORT",
    "PGPASSWORD",
    "DJANGO_SETTINGS_MODULE",
)


def environment(
    layout: Layout, port: int, *, process: str = "tool", base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The environment of one of Slate's processes. `process` is web, worker, sweeper, signer or tool."""
    inherited = os.environ if base is None else base
    told = {name: value for name, value in inherited.items() if name not in NOT_INHERITED}
    told.update(services.addresses(layout))
    told.update(keys_in(layout.data))
    told.update(
        PATH=os.pathsep.join([str(layout.venv / "bin"), inherited.get("PATH", os.defpath)]),
        DJANGO_SETTINGS_MODULE="config.settings",
        SLATE_PROCESS=process,
        SLATE_DATA=str(layout.data),
        SLATE_MEDIA=str(layout.data / "vault"),
        SLATE_WORK=str(layout.data / "work"),
        SLATE_CACHE=str(layout.data / "cache"),
        SLATE_SIGNER_SOCKET=str(layout.signer_socket),
        SLATE_SIGNER_HOME=str(layout.data / "signer"),
        SLATE_ORIGIN=f"http://127.0.0.1:{port}",
        ALLOWED_HOSTS="127.0.0.1,localhost",
        PYTHONUNBUFFERED="1",
        PYTHONUTF8="1",
    )
    return told


def test_environment(layout: Layout, port: int) -> dict[str, str]:
    """Like `environment`, but no file or queue of the studio's is within reach of a test."""
    ground = layout.data / "test"
    told = environment(layout, port)
    told.update(services.addresses(layout, redis_db=1))
    told.update(
        SLATE_DATA=str(ground),
        SLATE_MEDIA=str(ground / "vault"),
        SLATE_WORK=str(ground / "work"),
        SLATE_CACHE=str(ground / "cache"),
        SLATE_SIGNER_SOCKET=str(layout.sockets / "test-signer.sock"),
        SLATE_SIGNER_HOME=str(ground / "signer"),
        SLATE_TEST_DB="test_slate",
        ALLOWED_HOSTS="127.0.0.1,localhost,testserver",
        CHANNEL_PREFIX="test",
        CELERY_PREFIX="test:",
    )
    if found := tools.chromium(layout):
        told["SLATE_CHROMIUM"] = found.path
    return told


def ground(layout: Layout) -> tuple[Program, ...]:
    """Postgres and Redis; everything else needs them."""
    return (services.postgres_program(layout), services.redis_service(layout))


def signer(layout: Layout, port: int, told: Mapping[str, str] | None = None) -> Program:
    """The process that alone holds the signing key."""
    env = dict(told or environment(layout, port, process="signer"))
    socket, home = Path(env["SLATE_SIGNER_SOCKET"]), env["SLATE_SIGNER_HOME"]
    argv = (str(layout.python), "-m", "vault.signer", "--socket", str(socket), "--home", home)
    return Program("signer", argv, env, answers_on(socket), "vault.signer", layout.root)


def house(layout: Layout, port: int, cores: int) -> tuple[Program, ...]:
    """Web, worker, sweeper and signer. They start side by side once the ground stands and is migrated."""
    python = str(layout.python)
    web = (
        python,
        "-m",
        "uvicorn",
        "config.asgi:application",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-access-log",
        "--lifespan",
        "off",
    )
    worker = (
        python, "-m", "celery", "-A", "config", "worker", "--queues", QUEUES, "--concurrency", str(cores),
        "--prefetch-multiplier", "1", "-O", "fair", "--loglevel", "INFO", "--hostname", "slate@local",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    )  # fmt: skip
    sweeper = (python, "manage.py", "sweep")
    # One thread of linear algebra per worker child: the children are the parallelism; threads cost memory.
    narrow = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}

    def told(process: str) -> dict[str, str]:
        return environment(layout, port, process=process)

    return (
        Program("web", web, told("web"), answers_http(port, "/healthz"), "uvicorn", layout.root, grace=5.0),
        Program(
            "worker", worker, {**told("worker"), **narrow}, says(" ready."), "celery", layout.root, grace=6.0
        ),
        Program("sweeper", sweeper, told("sweeper"), says("sweeper ready"), "sweep", layout.root, grace=3.0),
        signer(layout, port),
    )


def stamps_of(layout: Layout) -> Stamps:
    """What was done to this data folder: roles, migrations, static files, first rows."""
    return Stamps(layout.data / "stamps.json")
