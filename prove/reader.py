"""Somebody who reads the studio over HTTP all the while, and notes what was answered."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from types import TracebackType

from knox.models import AuthToken

from launcher.processes import Program, answers_http
from prove.private import ROOT, Ground
from tenancy.models import Studio, User
from tenancy.scope import studio_scope

PAUSE = 0.2


def add_web(ground: Ground) -> None:
    """Start the web process of the ground, once."""
    if "web" in ground.others:
        return
    argv = (
        sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(ground.port),
        "--no-access-log", "--lifespan", "off",
    )  # fmt: skip
    ready = answers_http(ground.port, "/healthz")
    ground.add("web", Program("web", argv, ground.env("web"), ready, "uvicorn", ROOT, grace=3.0))


def founder_of(studio: Studio) -> User:
    """Who founded a proof's studio."""
    return User.objects.get(email=f"{studio.slug}@slate.invalid")


class Reader:
    """Asks for the studio's jobs over the API, again and again, from entering to leaving."""

    def __init__(self, ground: Ground, studio: Studio) -> None:
        with studio_scope(studio):
            token = AuthToken.objects.create(founder_of(studio))[1]
        self._headers = {"Authorization": f"Token {token}"}
        self._address, self._path = ("127.0.0.1", ground.port), f"/api/v1/studios/{studio.slug}/jobs"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reader", daemon=True)
        self.statuses: Counter[int] = Counter()
        self.without_retry = 0
        self.longest_away = 0.0

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(20)

    def _read(self) -> None:
        answered = time.monotonic()
        while not self._over.wait(PAUSE):
            status = self._ask()
            self.statuses[status] += 1
            if status == 200:
                self.longest_away = max(self.longest_away, time.monotonic() - answered)
                answered = time.monotonic()

    def _ask(self) -> int:
        """The status; 0 when nobody answered."""
        connection = HTTPConnection(*self._address, timeout=15)
        try:
            connection.request("GET", self._path, headers=self._headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 503 and not answer.headers.get("Retry-After"):
                self.without_retry += 1
            return answer.status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()
