"""The public verify page: anybody may check a file; nothing of it is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.cache import cache
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET

from tenancy.errors import SlateError
from vault.errors import Unreadable, UploadTooLarge
from vault.provenance import root_certificate, verify_file
from vault.reading import ProvenanceReport

MAX_BYTES = 2 * 1024**3
FORM_BYTES = 64 * 1024  # boundary and fields around the file
CHECKS_AT_ONCE = 2
PER_MINUTE = 20
_slots = threading.BoundedSemaphore(CHECKS_AT_ONCE)


class TooBusy(SlateError):
    """Too many files are being checked."""

    code = "provenance.busy"
    status = 429


class LimitedUpload(TemporaryFileUploadHandler):
    """Streams the file to disk and stops at the limit, whatever length was declared."""

    seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write one part. Raises UploadTooLarge past the limit."""
        self.seen += len(raw_data)
        if self.seen > MAX_BYTES:
            raise _too_large()
        super().receive_data_chunk(raw_data, start)


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class VerifyPage(View):
    """Drop a file, read what it says and what failed.

    Exempt only so that the upload handler is in place before the form is read; the token is checked in
    `_checked`.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        return _page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the given file."""
        request.upload_handlers = [LimitedUpload(request)]
        try:
            return _checked(request)
        except UploadTooLarge as error:  # found while the form was being read
            return _page(request, problem=error, status=error.status)


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponse:
    try:
        file = _given(request)
        with _slot(request):
            report = verify_file(Path(file.temporary_file_path()), isolated=True)
    except SlateError as error:
        return _page(request, problem=error, status=error.status)
    return _page(request, report=report, name=str(file.name))


def _given(request: HttpRequest) -> TemporaryUploadedFile:
    declared = int(request.META.get("CONTENT_LENGTH") or 0)
    if declared > MAX_BYTES + FORM_BYTES:
        raise _too_large()
    file = request.FILES.get("file")
    if not isinstance(file, TemporaryUploadedFile):
        raise Unreadable("There is no file to check.", next_step="Choose an MP4, PNG, JPEG or WAV file.")
    return file


def _too_large() -> UploadTooLarge:
    return UploadTooLarge(
        "Files of up to 2 GB are checked here.", next_step="Use the command `manage.py verify` instead."
    )


@contextmanager
def _slot(request: HttpRequest) -> Iterator[None]:
    """One of the few places at the desk, and not too often from one address."""
    key = f"verify:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, 60)
    try:
        asked = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        asked = 1
    if asked > PER_MINUTE or not _slots.acquire(timeout=20):
        raise TooBusy("Too many files are being checked just now.", next_step="Try again in a minute.")
    try:
        yield
    finally:
        _slots.release()


def _page(
    request: HttpRequest,
    *,
    report: ProvenanceReport | None = None,
    problem: SlateError | None = None,
    name: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"report": report, "problem": problem, "name": name}
    return render(request, "vault/verify.html", context, status=status)


@require_GET
def root(request: HttpRequest) -> HttpResponse:
    """The root certificate, for those who want to trust it."""
    headers = {"Content-Disposition": 'attachment; filename="slate-root.pem"'}
    return HttpResponse(root_certificate(), content_type="application/x-pem-file", headers=headers)
