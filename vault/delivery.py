"""Send a stored file: whole, in part, or only its headers. Authorisation has happened before.

The body is read after the request's transaction has ended, so nothing in this module may query.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, http_date

from vault import storage
from vault.models import Asset

CHUNK = 256 * 1024
# Shown in the page: what our own encoders wrote. Everything else is only ever saved.
INLINE = frozenset({"video/mp4", "audio/wav", "audio/mp4", "image/png", "image/jpeg", "text/vtt"})
SUFFIXES = {
    "video/mp4": ".mp4",
    "audio/wav": ".wav",
    "audio/mp4": ".m4a",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "application/json": ".json",
    "audio/midi": ".mid",
    "video/x-matroska": ".mkv",
    "model/gltf+json": ".gltf",
    "application/octet-stream": ".bin",
    "video/quicktime": ".mov",
    "application/zip": ".zip",
    "application/x-otio": ".otio",
    "application/x-otioz": ".otioz",
    "application/xml": ".xml",
    "text/x-edl": ".edl",
    "application/ttml+xml": ".ttml",
    "application/x-cube": ".cube",
}
_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
_UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `first` to `last`, both counted."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.last - self.first + 1


def send_asset(request: HttpRequest, asset: Asset, *, save: bool = False) -> HttpResponseBase:
    """The asset's bytes for GET or HEAD: Range, If-Range, If-None-Match. Raises BlobMissing, BlobDamaged.

    Media of our own encoders play in the page unless `save`; the rest is offered for saving.
    """
    headers = _headers(asset, inline=asset.mime in INLINE and not save)
    if _matches(request.headers.get("If-None-Match", ""), headers["ETag"]):
        return HttpResponse(status=304, headers={name: headers[name] for name in ("ETag", "Cache-Control")})
    span, partial = _wanted(request, headers["ETag"], asset.size)
    if span is None:
        unmet = {"Content-Range": f"bytes */{asset.size}", "Accept-Ranges": "bytes"}
        return HttpResponse(status=416, headers=unmet)
    file = storage.opened(storage.key_of(asset.studio_id, asset.sha256), asset.size)
    headers["Content-Length"] = str(span.length)
    if partial:
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{asset.size}"
    status = 206 if partial else 200
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, headers=headers)
    return _stream(request, file, span, status, headers)


def file_name(asset: Asset) -> str:
    """A name to save under: the title without what file systems and terminals trip over."""
    stem = _UNSAFE_IN_NAMES.sub(" ", asset.title).strip(" .")[:120] or "asset"
    suffix = SUFFIXES.get(asset.mime, "")
    return stem if stem.lower().endswith(suffix) else stem + suffix


def _headers(asset: Asset, *, inline: bool) -> dict[str, str]:
    disposition = content_disposition_header(not inline, file_name(asset)) or (
        "inline" if inline else "attachment"
    )
    return {
        "Content-Type": "text/vtt; charset=utf-8" if asset.mime == "text/vtt" else asset.mime,
        "Content-Disposition": disposition,
        "Accept-Ranges": "bytes",
        "ETag": f'"{asset.sha256}"',
        "Last-Modified": http_date(asset.created_at.timestamp()),
        "Cache-Control": "private, max-age=60",
        "X-Content-Type-Options": "nosniff",
        # Opened by itself, the file may run nothing and fetch nothing.
        "Content-Security-Policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
    }


def _matches(candidates: str, etag: str) -> bool:
    return candidates.strip() == "*" or etag in (
        part.strip().removeprefix("W/") for part in candidates.split(",")
    )


def _wanted(request: HttpRequest, etag: str, size: int) -> tuple[Span | None, bool]:
    """The bytes asked for and whether they are a part; no span when the range lies outside the file.

    Several ranges at once, other units and a stale If-Range are answered with the whole file, as RFC 9110
    allows.
    """
    whole = Span(0, size - 1)
    match = _RANGE.match(request.headers.get("Range", "").strip())
    if match is None or not any(match.groups()):
        return whole, False
    condition = request.headers.get("If-Range", "").strip()
    if condition and condition != etag:
        return whole, False
    first, last = match.groups()
    if not first:
        count = int(last)
        return (Span(max(size - count, 0), size - 1) if count else None), True
    span = Span(int(first), min(int(last), size - 1) if last else size - 1)
    return (span if span.first < size and span.first <= span.last else None), True


def _stream(
    request: HttpRequest, file: IO[bytes], span: Span, status: int, headers: dict[str, str]
) -> StreamingHttpResponse:
    # Under ASGI Django would gather a plain iterator in memory before sending it.
    body = _AsyncBody(file, span) if isinstance(request, ASGIRequest) else _Body(file, span)
    return StreamingHttpResponse(body, status=status, headers=headers)


class _Body:
    """The span of an open file, part by part. The response closes it, also when the client went away."""

    def __init__(self, file: IO[bytes], span: Span) -> None:
        self._file, self._span = file, span

    def __iter__(self) -> Iterator[bytes]:
        left = self._span.length
        self._file.seek(self._span.first)
        while left and (part := self._file.read(min(CHUNK, left))):
            left -= len(part)
            yield part

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class _AsyncBody:
    """The same for an event loop: each part is read in a thread, so a slow disk holds nobody else up."""

    def __init__(self, file: IO[bytes], span: Span) -> None:
        self._body = _Body(file, span)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = iter(self._body)
        while part := await asyncio.to_thread(next, parts, b""):
            yield part

    def close(self) -> None:
        """Let go of the file."""
        self._body.close()
