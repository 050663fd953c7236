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


class NoCookies(httpx.Cookies):
    """Takes none: two studios may have accounts at one address."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Whatever an answer sets is left where it is."""


class Client(httpx.Client):
    """A client that neither keeps nor sends cookies."""

    @property
    def cookies(self) -> httpx.Cookies:
        """Always empty."""
        return _NONE

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise TypeError("an engine's client has no cookies")


_NONE = NoCookies()


@cache
def trusted() -> ssl.SSLContext:
    """The authorities whose certificates count, read once: reading them costs more than a whole call."""
    return httpx.create_ssl_context(trust_env=False)


def fresh(base_url: str, timeout: httpx.Timeout) -> httpx.Client:
    """A client of one's own. A proxy of the environment must not see engine traffic, and a redirect would carry the
    credential to another host."""
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
    return Client(
        base_url=base_url,
        timeout=timeout,
        verify=trusted(),
        trust_env=False,
        follow_redirects=False,
        limits=limits,
    )
