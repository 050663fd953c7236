"""Bringing results here: public addresses only, no credential that does not belong there, whole or not at all.

The address of a result is the engine's word, and a result may have been made from somebody's prompt. So an address that
leads into this network is refused, before every redirect again (server-side request forgery).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from engines.adapters.errors import BadOutput, PollFailed, ResultGone

MAX_FILE = 2 << 30
MAX_REDIRECTS = 3
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0


@cache
def trusted() -> ssl.SSLContext:
    """The authorities whose certificates count, read once: reading them costs more than a whole call."""
    return httpx.create_ssl_context(trust_env=False)


def download(url: str, path: Path, *, headers: Mapping[str, str], local: bool) -> None:
    """Bring `url` to `path`. `local` allows addresses of this machine, for an engine that runs on it.

    Raises PollFailed (ask again), ResultGone (403, 404, 410: expired), BadOutput (an address or a size we refuse).
    """
    part = path.with_name(f".{path.name}.part")
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    try:
        with httpx.Client(
            timeout=timeout, verify=trusted(), trust_env=False, follow_redirects=False
        ) as client:
            for _ in range(MAX_REDIRECTS + 1):
                check_address(url, local=local)
                onward = _take(client, url, headers, part)
                if onward is None:
                    part.replace(path)
                    return
                # another host must not see what was meant for the first one
                url, headers = urljoin(url, onward), {}
        raise BadOutput("The engine's file is redirected without end.")
    except httpx.HTTPError as error:
        raise PollFailed("The result could not be downloaded.", detail=repr(error)) from error
    finally:
        part.unlink(missing_ok=True)


def _take(client: httpx.Client, url: str, headers: Mapping[str, str], part: Path) -> str | None:
    """Write one answer to `part`; the address it sends us on to, or None when it was the file."""
    size = 0
    with client.stream("GET", url, headers=dict(headers)) as answer, part.open("wb") as out:
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


def check_address(url: str, *, local: bool) -> None:
    """Refuse an address that is not a public one over TLS. Raises BadOutput; PollFailed for a name without address."""
    there = urlsplit(url)
    host = there.hostname or ""
    if not host or there.scheme not in ("https", "http") or (there.scheme == "http" and not local):
        raise BadOutput("The engine names an address that is not https.", detail=url[:200])
    try:
        found = {row[4][0] for row in socket.getaddrinfo(host, there.port or 443, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise PollFailed("The address of the result is not found.", detail=f"{host}: {error}") from error
    for address in map(ipaddress.ip_address, found):
        if not (address.is_global or (local and address.is_loopback)):
            raise BadOutput("The engine names an address inside this network.", detail=f"{host} {address}")
