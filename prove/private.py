"""A ground of a proof's own: Postgres, Redis and Slate's processes in a temporary folder, free to be killed.

A proof starts itself once more as a child with the environment of that folder, so that nothing of a studio's is
within its reach. The child holds the processes; the parent removes the folder, whatever became of the child.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from launcher import layout as places
from launcher import services, stack
from launcher.console import Console
from launcher.processes import Process, Program, free_port, says
from launcher.stamps import Stamps
from prove import points

ROOT = Path(__file__).resolve().parent.parent
HOME = "SLATE_PROVE_HOME"
FIRST_PORT = 8600
PATIENCE = 60.0
WORKER = "prove.worker"


def inside() -> bool:
    """Whether this process already has a ground of its own."""
    return HOME in os.environ


def enter(name: str, argv: list[str], kind: str = "prove") -> list[dict[str, Any]]:
    """Run a proof (or bench) as a child on fresh ground; its rows. Raises SystemExit when it ended without any."""
    # Asked to end, it ends what it started.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(1))
    home = Path(tempfile.mkdtemp(prefix="slate-prove-"))
    home.chmod(0o711)
    found, target = layout_at(home), home / "rows.json"
    try:
        places.prepare(found)
        (home / "state" / "venv").symlink_to(sys.prefix)
        env = stack.environment(found, free_port(FIRST_PORT, 500)) | {
            HOME: str(home),
            "SLATE_LOCAL_ENGINES": "1",
        }
        command = [sys.executable, "-m", "launcher.rows", kind, name, "--json", str(target), *argv]
        child = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, start_new_session=True
        )
        _wait(child)
        if not target.exists():
            raise SystemExit(f"{kind} {name} ended with status {child.returncode} and without a result.")
        rows: list[dict[str, Any]] = json.loads(target.read_text())
        if any(row["holds"] is False for row in rows):
            _keep_logs(found, name)
        return rows
    finally:
        _end_leftovers(home)
        shutil.rmtree(home, ignore_errors=True)


def _keep_logs(ground: places.Layout, name: str) -> None:
    """What a proof that fails once in many runs leaves behind: what its processes said, under the launcher's logs."""
    kept = places.layout_of(ROOT).logs / f"prove-{name}"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(ground.logs, kept)
    print(f"It did not hold. What the processes said is kept in {kept}.", file=sys.stderr, flush=True)


def _wait(child: subprocess.Popen[bytes]) -> None:
    """Until it ends; a stop of ours is passed on, and it gets the time to end what it started."""
    try:
        child.wait()
    except BaseException:  # a stop is passed on and goes up when the child has cleaned up
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(30)
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _end_leftovers(home: Path) -> None:
    """End the processes a killed child left: each notes its number in the folder when it starts."""
    for note in sorted((home / "pids").glob("*")):
        with contextlib.suppress(ProcessLookupError, ValueError):
            os.killpg(int(note.read_text()), signal.SIGKILL)


def layout_at(home: Path) -> places.Layout:
    """The layout of a ground."""
    account = places.service_account() if os.geteuid() == 0 else None
    return places.Layout(ROOT, home / "state", home / "data", home / "s", account)


@dataclass(slots=True)
class Service:
    """One process of the ground, to be started, killed and started again."""

    program: Program
    home: Path
    process: Process | None = None
    revived: int = 0

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = Process(self.program, self.home / "state" / "logs", Console(sys.stderr))
        self._note(self.process.popen.pid)
        ends = time.monotonic() + PATIENCE
        while not self.process.is_ready():
            if not self.process.alive or time.monotonic() > ends:
                raise RuntimeError(f"{self.program.name} does not start: {self.process.tail()[-5:]}")
            time.sleep(0.05)

    def _note(self, pid: int) -> None:
        folder = self.home / "pids"
        folder.mkdir(exist_ok=True)
        (folder / self.program.name).write_text(str(pid))

    @property
    def pid(self) -> int:
        """Its process number. Raises RuntimeError when it was never started."""
        if self.process is None:
            raise RuntimeError(f"{self.program.name} was not started")
        return int(self.process.popen.pid)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send it a signal and wait for its end."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
        self.process.popen.wait(60)

    def end(self) -> None:
        """Stop it and all of its group."""
        if self.process is not None:
            self.process.ask_to_stop()
            self.process.end()
            (self.home / "pids" / self.program.name).unlink(missing_ok=True)


@dataclass(slots=True)
class Ground:
    """The services of a proof and where they lie."""

    layout: places.Layout
    port: int
    postgres: Service
    redis: Service
    others: dict[str, Service] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The folder."""
        return self.layout.state.parent

    def add(self, name: str, program: Program) -> Service:
        """Start one more process; it ends with the ground."""
        service = self.others[name] = Service(program, self.home)
        service.start()
        return service

    def drop(self, name: str) -> None:
        """End one of the further processes."""
        self.others.pop(name).end()

    def revive(self) -> None:
        """Start again what has died, as the launcher's supervisor does: a Celery parent may end with its broker."""
        for service in self.others.values():
            if service.process is not None and not service.process.alive:
                print(f"{service.program.name} ended; starting it again", file=sys.stderr, flush=True)
                service.process.sweep_group()
                service.start()
                service.revived += 1

    def sql(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database as its superuser: past scopes, policies and the application's own code."""
        with psycopg.connect(self._address, autocommit=True) as asked:
            return asked.execute(text, values or None).fetchall()

    def execute(self, text: str, *values: Any) -> None:
        """Tell the database something as its superuser."""
        with psycopg.connect(self._address, autocommit=True) as told:
            told.execute(text, values or None)

    def watch(self) -> psycopg.Connection[tuple[Any, ...]]:
        """One connection of the superuser's, for whoever asks often: opening one costs more than its answer."""
        return psycopg.connect(self._address, autocommit=True)

    @property
    def deaths(self) -> Path:
        """Where the deaths of workers wait, at named points."""
        return self.layout.data / "points"

    @property
    def _address(self) -> str:
        return f"host={self.layout.sockets} user={services.SUPERUSER} dbname={services.DATABASE}"

    def env(self, process: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of one of Slate's processes here."""
        return {**stack.environment(self.layout, self.port, process=process), **(more or {})}

    def program(
        self,
        name: str,
        argv: list[str],
        ready: str,
        *,
        process: str = "",
        env: Mapping[str, str] | None = None,
    ) -> Program:
        """A program of this checkout that says `ready` once it is."""
        told = self.env(process or name, env)
        return Program(name, tuple(argv), told, says(ready), argv[1], ROOT, grace=4.0)


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """Postgres with its tables, and Redis. Call in the child only; all processes end with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    home = Path(os.environ[HOME])
    found = layout_at(home)
    port = int(os.environ["SLATE_ORIGIN"].rpartition(":")[2])
    made = Ground(
        found,
        port,
        Service(services.postgres_program(found), home),
        Service(services.redis_service(found), home),
    )
    try:
        made.postgres.start()
        made.redis.start()
        services.make_roles(found, Stamps(found.data / "stamps.json"))
        migrate = [sys.executable, "manage.py", "migrate", "--database", "owner", "--no-input", "-v", "0"]
        subprocess.run(migrate, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=made.env("tool"))
        yield made
    finally:
        for service in [*reversed(made.others.values()), made.redis, made.postgres]:
            service.end()


def add_workers(
    made: Ground,
    *,
    children: int = 2,
    lease: float = 0.0,
    app: str = WORKER,
    sweeper: bool = True,
    fuses: bool = False,
) -> None:
    """A warm Celery parent with children, a sweeper, the signer; once. `app` is the Celery application's module.

    With `fuses` the workers can be made to die at named points.
    """
    if "worker" in made.others:
        return
    narrow = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    env = narrow | ({"SLATE_PROVE_LEASE": str(lease)} if lease else {})
    env |= {points.ENVIRONMENT: str(made.deaths)} if fuses else {}
    made.add("signer", stack.signer(made.layout, made.port))
    made.add("worker", worker_program(made, children=children, app=app, env=env))
    if sweeper:
        argv = [sys.executable, "manage.py", "sweep"]
        made.add("sweeper", made.program("sweeper", argv, "sweeper ready"))


def worker_program(made: Ground, *, children: int, app: str, env: Mapping[str, str]) -> Program:
    """A Celery parent as the launcher starts it, with another application module and number of children."""
    argv = [
        sys.executable, "-m", "celery", "-A", app, "worker", "--queues", stack.QUEUES,
        "--concurrency", str(children), "--prefetch-multiplier", "1", "-O", "fair", "--loglevel", "INFO",
        "--hostname", "proof@local", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    return made.program("worker", argv, " ready.", env=env)
