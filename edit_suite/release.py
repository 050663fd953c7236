"""What there is to release of an episode, with the evidence that lets it ship."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from craft.terms.rates import FrameRate
from edit_suite.models import Master
from edit_suite.queries import latest_master
from episodes.gates import decisions
from episodes.models import Episode, Take
from episodes.queries import approval, consents_used
from tenancy.queries import get_for
from vault.registries import Captions, ReleaseSubject

AI_GENERATED = "ai_generated"


def subject(episode_id: UUID) -> ReleaseSubject | None:
    """The release subject of an episode, or None while it has no master. Raises NotFound."""
    episode = get_for(Episode, episode_id, using=Episode.objects.select_related("project"))
    master = latest_master(episode)
    if master is None:
        return None
    standing = approval(episode, "c")
    approved = (
        standing is not None and standing.evidence.get("master", {}).get("sha256") == master.asset.sha256
    )
    return ReleaseSubject(
        project_id=episode.project_id,
        project_title=episode.project.title,
        episode_id=episode.pk,
        episode_title=episode.title,
        revision=episode.revision,
        master=master.asset,
        approved=approved,
        reason="" if approved else "Gate C has not approved this master.",
        gates=decisions(episode),
        checks=master.checks.get("rows", []),
        loudness=master.loudness,
        engines=_engines(episode),
        consents=consents_used(episode),
        content_type=AI_GENERATED,
        duration_seconds=float(FrameRate.parse(master.rate).seconds(master.frames)),
        frames=master.frames,
        rate=master.rate,
        captions=_captions(master, episode),
    )


def _captions(master: Master, episode: Episode) -> list[Captions]:
    if master.captions_vtt is None:
        return []
    return [Captions(master.captions_vtt, episode.project.language, "Dialogue")]


def _engines(episode: Episode) -> list[dict[str, Any]]:
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for take in Take.objects.filter(episode=episode, chosen=True).exclude(stage="board"):
        counted[take.engine, take.model, take.model_version, take.stage] += 1
    keys = ("engine", "model", "model_version", "role")
    return [
        {**dict(zip(keys, names, strict=True)), "shots": count} for names, count in sorted(counted.items())
    ]
