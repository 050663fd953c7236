"""Steps ahead of an order: free questions that a refusal ends, and files put into a vendor's store.

A store's address is signed by the vendor and takes no credential of ours. Putting the same bytes there again overwrites
them, so it may be repeated. The address is the vendor's word: one that leads into this network is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from engines.adapters.errors import EngineError, NotReached

if TYPE_CHECKING:
    from engines.adapters.remote import Remote

TRIES = 3
CHUNK = 1 << 20


def ahead(adapter: Remote, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """A free step before the order: nothing is ordered by it. Raises a class of a refusal, else NotReached."""
    try:
        answer = adapter.http.request(method, path, json=body, headers=adapter.headers())
    except httpx.HTTPError as error:
        raise NotReached("The engine could not be prepared for the order.", detail=repr(error)) from error
    if not answer.is_success:
        if 400 <= answer.status_code < 500:
            raise adapter.refusal(answer)
        raise NotReached(f"The engine answered {answer.status_code} before anything was ordered.")
    try:
        found = answer.json()
    except ValueError as error:
        raise NotReached("The engine's answer could not be read.", detail=repr(error)) from error
    if not isinstance(found, dict):
        raise NotReached("The engine's answer could not be read.", detail=answer.text[:200])
    return found


def told(body: dict[str, Any], name: str) -> Any:
    """What a free step's answer says under a name. Raises NotReached when it says nothing."""
    if not body.get(name):
        raise NotReached(f"The engine did not say its {name}; nothing was ordered.")
    return body[name]


def put(client: httpx.Client, url: str, data: bytes, mime: str) -> str:
    """Put bytes at a signed address; the tag that the store gives them. Raises NotReached."""
    return _put(client, url, lambda: data, len(data), mime)


def put_part(client: httpx.Client, url: str, path: Path, place: tuple[int, int], mime: str) -> str:
    """Put a piece of a file, (start, size) in bytes, at a signed address, read as it goes. Raises NotReached."""
    return _put(client, url, lambda: _piece(path, *place), place[1], mime)


def _put(
    client: httpx.Client,
    url: str,
    content: Callable[[], bytes | Iterator[bytes]],
    size: int,
    mime: str,
) -> str:
    headers, said = {"Content-Type": mime, "Content-Length": str(size)}, ""
    for _ in range(TRIES):
        try:
            answer = client.put(url, content=content(), headers=headers)
        except EngineError as error:
            raise NotReached("The engine names no good address for a file.", detail=error.detail) from error
        except httpx.TransportError as error:
            said = repr(error)
            continue
        if answer.is_success:
            return str(answer.headers.get("etag", "")).strip('"')
        said = f"{answer.status_code} {answer.text[:300]}"
        if answer.status_code < 500:
            break
    raise NotReached("A file could not be brought to the engine.", detail=said)


def _piece(path: Path, start: int, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while size > 0 and (chunk := file.read(min(CHUNK, size))):
            size -= len(chunk)
            yield chunk
