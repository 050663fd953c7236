"""Connections to engines that are kept between calls of this process.

A kept connection may be closed by the other end at the moment when something is sent over it. A question can be asked
again, and an order that honours our key too; an order that nobody can tell from a second one gets its own connection.
"""

from __future__ import annotations

import os
import ssl
from functools import cache, lru_cache

import httpx

KEPT_SECONDS = 4.0
ENGINES = 64


class Client(httpx.Client):
    """A client over one line that does nothing beside: it neither keeps nor sends cookies (two studios may have
    accounts at one address), follows no redirect (it would carry the credential to another house), adds no credential.
    """

    def __init__(self, line: httpx.BaseTransport, timeout: httpx.Timeout, base_url: str = "") -> None:
        super().__init__(base_url=base_url, timeout=timeout, transport=line, trust_env=False)
        self._line = line

    def send(self, request: httpx.Request, *, stream: bool = False, **_more: object) -> httpx.Response:
        """Send it as it stands. Raises httpx.TransportError."""
        answer = self._line.handle_request(request)
        answer.request = request
        if not stream:
            try:
                answer.read()
            finally:
                answer.close()
        return answer


@cache
def trusted() -> ssl.SSLContext:
    """The authorities whose certificates count, read once: reading them costs more than a whole call."""
    return httpx.create_ssl_context(trust_env=False)


def fresh(base_url: str, timeout: httpx.Timeout) -> httpx.Client:
    """A client of one's own. A proxy of the environment must not see engine traffic."""
    return _client(base_url, timeout, 0)


def kept(base_url: str, timeout: httpx.Timeout) -> httpx.Client:
    """The client of this process for an address."""
    return _kept(os.getpid(), base_url, tuple(timeout.as_dict().values()))


@lru_cache(maxsize=ENGINES)
def _kept(_process: int, base_url: str, times: tuple[float | None, ...]) -> httpx.Client:
    connect, read, write, pool = times
    return _client(base_url, httpx.Timeout(connect=connect, read=read, write=write, pool=pool), 8)


def _client(base_url: str, timeout: httpx.Timeout, kept_at_once: int) -> httpx.Client:
    limits = httpx.Limits(max_keepalive_connections=kept_at_once, keepalive_expiry=KEPT_SECONDS)
    return Client(httpx.HTTPTransport(verify=trusted(), trust_env=False, limits=limits), timeout, base_url)
