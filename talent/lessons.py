"""The job of a training: have the crew learn from the pictures, keep the LoRA and what was told of it.

A LoRA is no picture and no sound, so there is nothing to sign it with; its lineage names the pictures it learned from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

from engines.errors import EngineGaveUp
from engines.services import CallResult, run_call
from talent.models import Training
from talent.queries import trainings
from talent.training import ROLE, request_of, uses_of
from tenancy.audit import record
from tenancy.queries import get_for
from vault import services as vault
from vault.kinds import Kind
from vault.models import Asset
from workflow.events import emit
from workflow.runner import Context

MOST_LOSSES = 400


def train(ctx: Context, *, training: str, **later: Any) -> dict[str, Any] | None:
    """Job: learn it and put the result into the vault. Raises what `run_call` raises."""
    with ctx.scope():
        row = _row(training)
        pictures = _pictures(row)
    with ExitStack() as stack:
        paths = {str(pk): stack.enter_context(vault.local_path(asset)) for pk, asset in pictures.items()}
        result = run_call(
            ctx,
            request=request_of(row, paths),
            role=ROLE,
            subject=f"talent.training:{row.pk}",
            project=None,
            uses=uses_of(row.character),
        )
    facts = _told(result)
    staged = [vault.stage(file.path, mime=file.mime, studio_id=ctx.studio_id) for file in result.files[:2]]
    with ctx.closing({"training": training, "engine": result.engine}):
        _keep(_row(training), result, staged, facts, list(pictures.values()))
    return None


def _row(training: str) -> Training:
    return get_for(Training, training, using=trainings())


def _pictures(row: Training) -> dict[UUID, Asset]:
    """The pictures as they lie in the vault, also those that the roster has let go since."""
    wanted = [UUID(one["asset"]) for one in row.examples]
    return {asset.pk: asset for asset in Asset.objects.filter(pk__in=wanted)}


def _told(result: CallResult) -> dict[str, Any]:
    """What `training.json` says; empty where the engine wrote none. Raises EngineGaveUp."""
    path = next((file.path for file in result.files if file.mime == "application/json"), None)
    return _read(path) if path else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except ValueError as error:
        raise EngineGaveUp(f"What the engine says of the training cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def _keep(
    row: Training,
    result: CallResult,
    staged: Sequence[vault.Staged],
    facts: dict[str, Any],
    pictures: Sequence[Asset],
) -> None:
    title = f"{row.character.name}, trained for {row.base}"
    base = facts.get("base", {})
    meta = {"file": row.file_name, "base": base, "call": str(result.call_id), "version": result.model_version}
    row.lora = vault.attach(
        staged[0], kind=Kind.LORA, title=title, meta=meta, parents=[(asset, "example") for asset in pictures]
    )
    for more in staged[1:]:
        vault.attach(more, kind=Kind.DOCUMENT, title=f"{title}: how", parents=[(row.lora, "beside")])
    row.losses = thinned(facts.get("training", {}).get("losses", []), MOST_LOSSES)
    row.facts = {name: facts[name] for name in ("base", "lora", "made_with") if name in facts}
    row.consents = list(result.consents)
    row.save(update_fields=["lora", "losses", "facts", "consents", "updated_at"])
    told = {"character": str(row.character_id), "lora": row.lora.sha256, "consents": row.consents}
    record(None, "training.finished", row, told)
    emit(None, "training.changed", {"character": str(row.character_id)})


def thinned(losses: Sequence[float], most: int) -> list[float]:
    """At most so many figures, each the mean of some in a row; as they are where there are no more."""
    size = max(1, -(-len(losses) // most))
    parts = [losses[at : at + size] for at in range(0, len(losses), size)]
    return [round(sum(part) / len(part), 6) for part in parts]
