"""Bringing results here: public addresses only, no credential that does not belong there, whole or not at all.

The address of a result is the engine's word, and a result may have been made from somebody's prompt. So an address that
leads into this network is refused, before every redirect again (server-side request forgery). A name is looked up once:
what was looked at is what is connected to, whatever the name says a moment later (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import os
import socket
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import httpx

from engines.adapters.base import FINISHED
from engines.adapters.connections import Client, trusted
from engines.adapters.errors import BadOutput, PollFailed, ResultGone

MAX_FILE = 2 << 30
MAX_REDIRECTS = 3
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0


class PublicOnly(httpx.BaseTransport):
    """Connects to the very address that was looked at. `local` allows this machine's own.

    No connection is kept: two houses may live at one address, and each has to show its own certificate.
    """

    def __init__(self, *, local: bool) -> None:
        self.local = local
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.HTTPTransport(verify=trusted(), trust_env=False, limits=limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on; the Host header and the certificate stay those of the name. Raises BadOutput, PollFailed."""
        address = checked_address(str(request.url), local=self.local)
        request.extensions = {**request.extensions, "sni_hostname": request.url.host}
        request.url = request.url.copy_with(host=address)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Give up what is open."""
        self._inner.close()


def away(*, local: bool, seconds: float = READ_SECONDS) -> httpx.Client:
    """A client for addresses that an engine names: no credential of its own, no redirect, public addresses only."""
    timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
    return Client(PublicOnly(local=local), timeout)


def download(
    url: str, path: Path, *, headers: Mapping[str, str], local: bool, own: httpx.Client | None = None
) -> None:
    """Bring `url` to `path`, a file that nobody writes to any more. `local` allows addresses of this machine, for an
    engine that runs on it; `own` is the engine's client, where the address is its own.

    Raises PollFailed (ask again), ResultGone (403, 404, 410: expired), BadOutput (an address or a size we refuse).
    """
    part = path.with_name(f".{path.name}.{threading.get_native_id()}.part")
    with ExitStack() as unfinished:
        unfinished.callback(part.unlink, missing_ok=True)
        _follow(url, part, headers, local=local, own=own)
        part.replace(path)
        unfinished.pop_all()


def _follow(
    url: str, part: Path, headers: Mapping[str, str], *, local: bool, own: httpx.Client | None
) -> None:
    """Write what lies at the end of `url` to `part`. Raises what `download` raises."""
    try:
        with ExitStack() as opened:
            client = own or opened.enter_context(away(local=local))
            for _ in range(MAX_REDIRECTS + 1):
                onward = _take(client, url, headers, part)
                if onward is None:
                    return
                # another host must not see what was meant for the first one
                url, headers = urljoin(url, onward), {}
                client = opened.enter_context(away(local=local)) if client is own else client
        raise BadOutput("The engine's file is redirected without end.")
    except httpx.UnsupportedProtocol as error:
        raise BadOutput("The engine names an address that is not https.", detail=url[:200]) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PollFailed("The result could not be downloaded.", detail=repr(error)) from error


def _take(client: httpx.Client, url: str, headers: Mapping[str, str], part: Path) -> str | None:
    """Write one answer to `part`; the address it sends us on to, or None when it was the file."""
    size = 0
    with client.stream("GET", url, headers=dict(headers)) as answer, _begun(part) as out:
        if answer.is_redirect:
            return str(answer.headers.get("location", ""))
        if answer.status_code in (403, 404, 410):
            raise ResultGone("The engine's file can no longer be fetched.", detail=f"{answer.status_code}")
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > MAX_FILE:
                raise BadOutput(f"The engine's file is larger than {MAX_FILE >> 20} MiB.")
            out.write(chunk)
    return None


def _begun(part: Path) -> BinaryIO:
    """A new file that nobody else can write to: what somebody left there before is put away."""
    try:
        return open(part, "xb", opener=_finished)
    except FileExistsError:
        part.unlink(missing_ok=True)
    except FileNotFoundError:
        part.parent.mkdir(parents=True, exist_ok=True)
    return open(part, "xb", opener=_finished)


def _finished(path: str, flags: int) -> int:
    return os.open(path, flags, FINISHED)


def checked_address(url: str, *, local: bool) -> str:
    """The address behind a URL's name, if it is a public one over TLS.

    Raises BadOutput; PollFailed for a name without an address.
    """
    there = urlsplit(url)
    host = there.hostname or ""
    if not host or there.scheme not in ("https", "http") or (there.scheme == "http" and not local):
        raise BadOutput("The engine names an address that is not https.", detail=url[:200])
    try:
        rows = socket.getaddrinfo(host, there.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise PollFailed("The address of the result is not found.", detail=f"{host}: {error}") from error
    found = [str(row[4][0]) for row in rows]
    for address in map(ipaddress.ip_address, found):
        if not (address.is_global or (local and address.is_loopback)):
            raise BadOutput("The engine names an address inside this network.", detail=f"{host} {address}")
    return found[0]
