"""The job of a cloned voice: have an engine make it from the recordings, keep what the engine calls it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from uuid import UUID

from engines.services import run_call
from talent.models import ClonedVoice
from talent.queries import cloned_voices
from talent.voices import ROLE, request_of, uses_of
from tenancy.audit import record
from tenancy.queries import get_for
from vault import services as vault
from vault.models import Asset
from workflow.events import emit
from workflow.runner import Context


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


def _row(voice: str) -> ClonedVoice:
    return get_for(ClonedVoice, voice, using=cloned_voices())
