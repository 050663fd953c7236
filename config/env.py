"""Loud readers of the environment: a missing or bad value stops the start and names the variable."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PREPARED_AFTER = 4
"""How often a connection hears a statement before it plans it for good."""


def text(name: str, default: str | None = None) -> str:
    """A non-empty text. Raises ImproperlyConfigured naming the variable."""
    value = os.environ.get(name, default)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def optional(name: str) -> str:
    """A text that may be absent."""
    return os.environ.get(name, "")


def flag(name: str, default: bool = False) -> bool:
    """on/off, true/false, yes/no, 1/0."""
    value = os.environ.get(name, "on" if default else "off").lower()
    if value in {"1", "on", "true", "yes"}:
        return True
    if value in {"0", "off", "false", "no", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")


def whole(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    raw = os.environ.get(name, str(default))
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if value < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {value}.")
    return value


def one_of(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    value = os.environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def names(name: str, default: str) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """An absolute folder; created when missing."""
    path = Path(os.environ.get(name, str(default)))
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} must be an absolute path, not {str(path)!r}.")
    path.mkdir(parents=True, exist_ok=True)
    return path


def key(name: str, length: int) -> str:
    """A base64 key of `length` bytes, returned as it stands."""
    value = text(name)
    try:
        size = len(base64.b64decode(value, validate=True))
    except binascii.Error:
        raise ImproperlyConfigured(f"{name} must be base64.") from None
    if size != length:
        raise ImproperlyConfigured(f"{name} must hold {length} bytes, not {size}.")
    return value


def origin(name: str, default: str) -> str:
    """Scheme, host and perhaps a port of the site, without a path."""
    value = text(name, default)
    url = urlsplit(value)
    if url.scheme not in {"http", "https"} or not url.hostname or value != f"{url.scheme}://{url.netloc}":
        raise ImproperlyConfigured(f"{name} must look like https://studio.example, not {value!r}.")
    return value


def database(name: str, **options: object) -> dict[str, object]:
    """A Django DATABASES entry from `postgres://user:password@host:port/name?host=/socket/folder`."""
    url = urlsplit(text(name))
    if url.scheme not in {"postgres", "postgresql"} or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgres://user@host/name.")
    query = parse_qs(url.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.strip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query["host"][0] if "host" in query else (url.hostname or ""),
        "PORT": str(url.port or ""),
        # Values travel beside a statement, not in it: what is asked again and again is planned once by a connection.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": PREPARED_AFTER, **options},
    }


def redis(name: str) -> tuple[str, str]:
    """The Redis address in redis-py's and in Celery's spelling, which differ for unix sockets."""
    value = text(name)
    if value.startswith("unix://"):
        return value, "redis+socket://" + value.removeprefix("unix://").replace("?db=", "?virtual_host=")
    if value.startswith(("redis://", "rediss://")):
        return value, value
    raise ImproperlyConfigured(f"{name} must start with unix://, redis:// or rediss://.")
