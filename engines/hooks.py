"""Engines that ring us: a verified call-back makes the call's job look now instead of later. It is a hint, no more.

    POST /hooks/<studio>/<engine>/<word>/   the word is in the address we gave the engine; nobody can guess it

What the call-back says of the work is not read: the state is always fetched. So a doubled one looks twice, one that
comes in the wrong order looks early, and a forged one is refused; none of them changes a row.
"""

from __future__ import annotations

import logging
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from engines import crew
from engines.access import access_of
from engines.adapters.base import Access, AuthRefused, EngineError
from engines.models import EngineAccount, EngineCall
from engines.states import OPEN_CALLS
from tenancy.scope import studio_scope
from workflow import steering

log = logging.getLogger(__name__)
MAX_BODY = 1 << 20
SALT = "engines.hook"


# Exempt because an engine has no cookie of ours: the word in the address and the signature are what counts.
@csrf_exempt
@require_POST
def ring(request: HttpRequest, tenant: uuid.UUID, engine: str, word: str) -> HttpResponse:
    """Take a call-back. 404 for a wrong word, 403 for a wrong signature, else 204 whatever it is about."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        return HttpResponse(status=413)
    with studio_scope(tenant):
        account = EngineAccount.objects.filter(engine=engine, enabled=True).first()
        if account is None or not constant_time_compare(word, word_of(account)):
            return HttpResponse(status=404)
        access = access_of(account)
    try:
        ref = _believed(engine, access, request)
    except AuthRefused:
        log.warning("a call-back of %s is not signed by it", engine)
        return HttpResponse(status=403)
    except EngineError as error:
        log.info("a call-back of %s is not about a work: %s", engine, error.message)
        return HttpResponse(status=204)
    with studio_scope(tenant):
        call = EngineCall.objects.filter(engine=engine, provider_ref=ref, state__in=OPEN_CALLS).first()
        if call is not None:
            steering.hasten(call.job_id)
    return HttpResponse(status=204)


def _believed(engine: str, access: Access, request: HttpRequest) -> str:
    """The reference in a call-back that bears the engine's signature. Call outside any transaction: some engines are
    asked for their keys. Raises AuthRefused, or another EngineError for one that is about nothing."""
    model = crew.engines()[engine].models[0]
    adapter = crew.adapter(model, spool=settings.SLATE_WORK, access=access)
    return adapter.parse_webhook(dict(request.headers), request.body)


def word_of(account: EngineAccount) -> str:
    """The word in the account's call-back address."""
    return salted_hmac(SALT, f"{account.studio_id}:{account.pk}", algorithm="sha256").hexdigest()[:40]


def callback_address(account: EngineAccount) -> str:
    """Where the engine may ring us; empty when this studio has no public address over TLS."""
    if not crew.engines()[account.engine].webhook or urlsplit(settings.SLATE_ORIGIN).scheme != "https":
        return ""
    return f"{settings.SLATE_ORIGIN}/hooks/{account.studio_id}/{account.engine}/{word_of(account)}/"
