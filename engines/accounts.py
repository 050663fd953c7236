"""The studio's accounts with remote engines: connecting, changing, asking how they are. Secrets are never shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from django.conf import settings

from craft.terms.people import Permission
from engines import crew
from engines.access import access_of
from engines.adapters.base import Access, Health, KeepsVoices, NotSupported
from engines.errors import AccountRefused
from engines.models import EngineAccount
from tenancy.audit import record
from tenancy.models import User
from tenancy.rules import require
from tenancy.secrets import put_secret


def connect(
    *,
    engine: str,
    base_url: str,
    token: str,
    actor: User | None,
    label: str = "",
    roles: Collection[str] = (),
    options: Mapping[str, str] | None = None,
    hook_secret: str = "",
    at_once: int | None = None,
) -> EngineAccount:
    """Set up or change the studio's account with a remote engine; the secrets are sealed. Raises AccountRefused."""
    if actor is not None:
        require(actor, Permission.MEMBERS)
    base_url = base_url or getattr(crew.engines().get(engine), "base_url", "")
    _check_account(engine, base_url, roles, options or {})
    account: EngineAccount
    account, _ = EngineAccount.objects.update_or_create(
        engine=engine,
        defaults={
            "base_url": base_url.rstrip("/"),
            "label": label[:120],
            "roles": sorted(roles),
            "options": dict(options or {}),
            "at_once": at_once,
            "enabled": True,
        },
    )
    if token:
        put_secret(account.secret_name, token)
    if hook_secret:
        put_secret(account.hook_secret_name, hook_secret)
    record(
        actor, "engine.connected", account, {"engine": engine, "base_url": base_url, "roles": sorted(roles)}
    )
    return account


def _check_account(engine: str, base_url: str, roles: Collection[str], options: Mapping[str, str]) -> None:
    found = crew.engines().get(engine)
    if found is None or found.builtin:
        remote = sorted(one.key for one in crew.engines().values() if not one.builtin)
        raise AccountRefused(
            "There is no such remote engine.", fields={"engine": f"Choose one of: {', '.join(remote)}."}
        )
    unknown = sorted(set(roles) - set(crew.routes()))
    if unknown:
        raise AccountRefused("There is no such role.", fields={"roles": f"Unknown: {', '.join(unknown)}."})
    strange = sorted(set(options) - set(found.options))
    if strange:
        known = ", ".join(found.options) or "none"
        raise AccountRefused(
            "This engine has no such option.",
            fields={"options": f"Unknown: {', '.join(strange)}; known: {known}."},
        )
    _check_address(found, base_url)


def _check_address(engine: crew.Engine, base_url: str) -> None:
    """An engine elsewhere is reached over TLS. The test engine lives on this machine only; others may where the
    installation says so (its own proofs, a self-hosted engine)."""
    url = urlsplit(base_url)
    local = url.scheme == "http" and url.hostname in ("127.0.0.1", "localhost")
    secure = url.scheme == "https" and bool(url.hostname) and engine.key != "fake"
    if not (secure or (local and (engine.key == "fake" or settings.SLATE_LOCAL_ENGINES))):
        raise AccountRefused(
            "This address cannot be used.",
            fields={"base_url": "Use https://… (the test engine: http://127.0.0.1:port)."},
        )


def disconnect(*, account: EngineAccount, actor: User | None) -> EngineAccount:
    """Take a remote engine out of all routes; its credential is overwritten."""
    if actor is not None:
        require(actor, Permission.MEMBERS)
    EngineAccount.objects.filter(pk=account.pk).update(enabled=False)
    put_secret(account.secret_name, "")
    record(actor, "engine.disconnected", account, {"engine": account.engine})
    account.enabled = False
    return account


def health(account: EngineAccount) -> Health:
    """Ask the engine whether it would work now: one free question, when somebody wants to know."""
    return health_with(account.engine, access_of(account))


def health_with(engine: str, access: Access) -> Health:
    """The same with an access that was read before: no transaction needs to be open while an engine is asked."""
    model = crew.engines()[engine].models[0]
    return crew.adapter(model, spool=settings.SLATE_WORK, access=access).health()


def delete_voice_with(engine: str, access: Access, number: str) -> bool:
    """Delete a voice in the account with an engine; False where the account knows none of that number.

    No transaction needs to be open. Raises PollFailed (ask again) and NotSupported (it keeps no voices).
    """
    model = crew.engines()[engine].models[0]
    adapter = crew.adapter(model, spool=settings.SLATE_WORK, access=access)
    if not isinstance(adapter, KeepsVoices):
        raise NotSupported(f"{crew.engines()[engine].label} keeps no voices.")
    return adapter.delete_voice(number)
