"""A real browser before the real web process: its own port, vault and signer, this run's database.

Playwright's loop lives in the main thread, where Django's database may not be used meanwhile: what a test does to the
studio's rows it does in the `house`, a thread of its own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

from tests.browser.health import Findings
from tests.vault.conftest import start_signer, stop

ROOT = Path(__file__).resolve().parents[2]
SWITCHES = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
READY_SECONDS = 40.0
QUEUES = "engine_io,render,publish,short,gpu"


@dataclass
class Site:
    """The web process of this run; it may be killed and started again on the same port."""

    origin: str
    folder: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_web(self) -> None:
        """Start uvicorn and wait for its health answer."""
        port = str(urlsplit(self.origin).port)
        self._start(
            "web", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", port,
            "--log-level", "warning", "--timeout-graceful-shutdown", "2",
        )  # fmt: skip
        self._wait_for_health()

    def start_worker(self) -> None:
        """Start a worker on all queues, as the launcher does."""
        self._start(
            "worker", "celery", "-A", "config", "worker", "--queues", QUEUES, "--concurrency", "2",
            "--prefetch-multiplier", "1", "-O", "fair", "--loglevel", "WARNING",
        )  # fmt: skip

    def kill_web(self) -> None:
        """As a crash would."""
        process = self.processes.pop("web")
        process.kill()
        process.wait(10)

    def stop(self, *names: str) -> None:
        """End what was started: these, or all of it."""
        ending = [self.processes.pop(name) for name in names or list(self.processes)]
        for process in ending:
            process.terminate()
        for process in ending:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)

    def _start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={**self.environment, "SLATE_PROCESS": name},
                stdout=log,
                stderr=log,
            )

    def _wait_for_health(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.origin}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            if self.processes["web"].poll() is not None:
                break
        raise AssertionError(f"The web did not start:\n{self.log('web')}")

    def log(self, name: str) -> str:
        """The tail of a process's log."""
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""


@dataclass
class House:
    """Runs functions in the studio's scope, in a thread that has no loop."""

    studio: Any
    user: Any
    pool: ThreadPoolExecutor

    def __call__(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Inside the studio's scope, as its founder; commits at the end."""
        return self.pool.submit(self._inside, work, *arguments, **named).result(120)

    def outside(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """In the thread, but in no scope: a worker's place."""
        return self.later(work, *arguments).result(120)

    def later(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """The same, without waiting: a future."""
        return self.pool.submit(_closing, work, *arguments)

    def _inside(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        from tenancy.scope import studio_scope  # reason: apps are loaded by now

        try:
            with studio_scope(self.studio, actor=self.user):
                return work(*arguments, **named)
        finally:
            connections.close_all()


def _closing(work: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return work(*arguments)
    finally:
        connections.close_all()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), "")
    if not found:
        pytest.skip("no Chromium is installed")
    return found


@pytest.fixture(scope="session")
def site(chromium: str, django_db_setup: None) -> Iterator[Site]:
    """The web process before this run's database."""
    with tempfile.TemporaryDirectory(prefix="slate-b-") as name:
        folder = Path(name)
        signer = start_signer(folder)
        origin = f"http://127.0.0.1:{_free_port()}"
        running = Site(origin, folder, _environment(origin, folder))
        try:
            running.start_web()
            yield running
        finally:
            running.stop()
            stop(signer)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(origin: str, folder: Path) -> dict[str, str]:
    own = {
        "DATABASE_URL": _here(os.environ["DATABASE_URL"]),
        "DATABASE_OWNER_URL": _here(os.environ["DATABASE_OWNER_URL"]),
        "SLATE_ORIGIN": origin,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SLATE_DATA": str(folder),
        "SLATE_MEDIA": str(folder / "vault"),
        "SLATE_WORK": str(folder / "work"),
        "SLATE_CACHE": str(folder / "cache"),
        "SLATE_SIGNER_SOCKET": str(folder / "s.sock"),
        "SLATE_SIGNER_HOME": str(folder / "home"),
        "CELERY_PREFIX": f"slate-{folder.name}:",
        "SLATE_LIVE_TESTS": "on",
        "DEBUG": "off",
        "LOG_LEVEL": "WARNING",
    }
    return {**os.environ, **own}


def _here(url: str) -> str:
    """The same server and role, the database of this run."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{connections['default'].settings_dict['NAME']}"))


@pytest.fixture
def house(transactional_db: None, studio: Any, user: Any, site: Site, settings: Any) -> Iterator[House]:
    """The studio, with the vault of the running web."""
    local = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(site.folder / "vault")},
    }
    settings.STORAGES = {**settings.STORAGES, "vault": local}
    settings.SLATE_SIGNER_SOCKET, settings.SLATE_SIGNER_HOME = (
        str(site.folder / "s.sock"),
        site.folder / "home",
    )
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="house") as pool:
        yield House(studio, user, pool)


@pytest.fixture
def worker(site: Site, house: House) -> Iterator[None]:
    """A worker on all queues; gone before the database is emptied."""
    site.start_worker()
    yield
    site.stop("worker")


@pytest.fixture
def browser(house: House, chromium: str) -> Iterator[Browser]:
    """Chromium; started after the rows every test begins with, ended before the database is emptied."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield running
        running.close()


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Page]:
    """A page in which nobody is signed in; at the end the console must be empty and no policy broken."""
    yield from _page(browser.new_context(base_url=site.origin, viewport=DESKTOP, accept_downloads=True))


@pytest.fixture
def page(client_in: Client, browser: Browser, site: Site) -> Iterator[Page]:
    """A page in which the studio's founder is signed in."""
    context = browser.new_context(base_url=site.origin, viewport=DESKTOP, accept_downloads=True)
    context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": site.origin}
            for name, morsel in client_in.cookies.items()
        ]
    )
    yield from _page(context)


def _page(context: BrowserContext) -> Iterator[Page]:
    context.set_default_timeout(15_000)
    page = context.new_page()
    findings = Findings()

    def said(message: ConsoleMessage) -> None:
        findings.note(message.type, message.text, page.url)

    page.on("console", said)
    page.on("pageerror", lambda error: findings.note("error", str(error), page.url))
    yield page
    context.close()
    findings.assert_none()
