"""The jobs of a cloned voice: have an engine make it from the recordings; have it deleted there once it is dropped."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from engines import crew
from engines.access import access_of
from engines.accounts import delete_voice_with
from engines.adapters.base import EngineError, PollFailed
from engines.models import EngineAccount
from engines.services import run_call
from talent.models import ClonedVoice
from talent.queries import cloned_voices
from talent.voices import ROLE, VoiceKept, request_of, uses_of
from tenancy.audit import record
from tenancy.queries import get_for
from vault import services as vault
from vault.models import Asset
from workflow import jobs
from workflow.events import emit
from workflow.runner import Context

ASKED_FOR, WAIT_SECONDS = timedelta(minutes=10), 20.0
"""How long an engine that does not answer is asked to delete a voice; after that a person says when."""


def clone_voice(ctx: Context, *, voice: str, **later: Any) -> dict[str, Any] | None:
    """Job: make the voice. Raises what `run_call` raises."""
    with ctx.scope():
        row = _row(voice)
        samples = Asset.objects.in_bulk([UUID(one["asset"]) for one in row.samples])
    with ExitStack() as stack:
        paths = {str(pk): stack.enter_context(vault.local_path(asset)) for pk, asset in samples.items()}
        result = run_call(
            ctx,
            request=request_of(row, paths),
            role=ROLE,
            subject=f"talent.voice:{row.pk}",
            project=None,
            uses=uses_of(row.character),
        )
    facts = result.files[0].meta
    with ctx.closing({"voice": voice, "engine": result.engine}):
        row = _row(voice)
        row.engine, row.number = result.engine, str(facts["voice_id"])
        row.verify, row.consents = bool(facts.get("requires_verification")), list(result.consents)
        row.save(update_fields=["engine", "number", "verify", "consents", "updated_at"])
        told = {"character": str(row.character_id), "engine": row.engine, "consents": row.consents}
        record(None, "voice.made", row, told)
        emit(None, "voice.changed", {"character": str(row.character_id)})
    return None


def delete_voice(ctx: Context, *, voice: str, **later: Any) -> dict[str, Any] | None:
    """Job: delete a dropped voice in the studio's account with its engine. Raises VoiceKept, after some minutes where
    the engine does not answer."""
    with ctx.scope():
        row = get_for(ClonedVoice, voice, using=cloned_voices())
        account = EngineAccount.objects.filter(engine=row.engine, enabled=True).first()
        if account is None:
            raise _kept(row, "it is not connected any more", "Connect it and try again")
        access, until = access_of(account), row.updated_at + ASKED_FOR
    try:
        known = delete_voice_with(row.engine, access, row.number)
    except EngineError as error:
        if isinstance(error, PollFailed) and timezone.now() < until:
            raise jobs.Again(max(error.after or 0.0, WAIT_SECONDS)) from error
        raise _kept(row, error.message, "Try again") from error
    with ctx.closing({"voice": voice, "known": known}):
        told = {"character": str(row.character_id), "engine": row.engine, "known": known}
        record(None, "voice.deleted", row, told)
        emit(None, "voice.changed", {"character": str(row.character_id)})
    return None


def _kept(row: ClonedVoice, why: str, next_step: str) -> VoiceKept:
    label = crew.engines()[row.engine].label if row.engine in crew.engines() else row.engine
    return VoiceKept(
        f"{label} still has the voice {row.number}: {why.rstrip('.')}.",
        kept="It is off the roster here.",
        charged="Nothing was charged.",
        next_step=f"{next_step}, or delete it in the account with {label}.",
    )


def _row(voice: str) -> ClonedVoice:
    return get_for(ClonedVoice, voice, using=cloned_voices())
