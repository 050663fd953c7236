"""Reads of the edit suite."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from edit_suite.models import (
    Deliverable,
    Inset,
    Master,
    Programme,
    ShotCut,
    SoundLevel,
    TimelineRevision,
    TitleCard,
)
from episodes.models import Episode
from episodes.queries import consents_used
from tenancy.errors import SlateError


class NoMaster(SlateError):
    """The episode has not been assembled in this revision."""

    code = "master.missing"
    status = 409


def latest_master(episode: Episode) -> Master | None:
    """The newest master of the episode's present revision."""
    rows = Master.objects.filter(episode=episode, revision=episode.revision)
    return (
        rows.select_related("asset", "timeline", "captions_vtt", "captions_srt", "poster")
        .order_by("-created_at")
        .first()
    )


def cuts_of(episode: Episode) -> dict[UUID, ShotCut]:
    """The cuts of an episode's shots by the shot's id."""
    return {cut.shot_id: cut for cut in ShotCut.objects.filter(shot__episode=episode)}


def programme_of(episode: Episode) -> Programme | None:
    """The finish and the mix of an episode, where somebody set them."""
    found: Programme | None = Programme.objects.filter(episode=episode).first()
    return found


def title_cards_of(episode: Episode) -> list[TitleCard]:
    """Titles in the order of the board."""
    rows = TitleCard.objects.filter(shot__episode=episode).select_related("shot")
    return list(rows.order_by("shot__position", "offset", "pk"))


def insets_of(episode: Episode) -> list[Inset]:
    """Pictures in the picture in the order of the board."""
    rows = Inset.objects.filter(shot__episode=episode).select_related("shot", "asset")
    return list(rows.order_by("shot__position", "offset", "pk"))


def levels_of(episode: Episode) -> dict[tuple[str, UUID], SoundLevel]:
    """How single sounds are heard, by stage and subject."""
    rows = SoundLevel.objects.filter(episode=episode)
    return {(level.stage, level.subject_id): level for level in rows}


def deliverables_of(master: Master) -> dict[str, Deliverable]:
    """What was asked for of a master, by kind."""
    rows = Deliverable.objects.filter(master=master).select_related("asset")
    return {row.kind: row for row in rows}


def timelines(episode: Episode) -> list[TimelineRevision]:
    """The episode's timelines, newest first."""
    return list(TimelineRevision.objects.filter(episode=episode).order_by("-number"))


def gate_c_evidence(episode: Episode) -> dict[str, Any]:
    """What Gate C shows: the master's hash, its loudness, its checks, its provenance. Raises NoMaster."""
    master = latest_master(episode)
    if master is None:
        raise NoMaster(
            f"{episode.title} has no master yet.", next_step="Approve Gate B: the assembly starts by itself."
        )
    report = master.provenance
    return {
        "master": {
            "asset": str(master.asset_id),
            "sha256": master.asset.sha256,
            "frames": master.frames,
            "rate": master.rate,
        },
        "loudness": master.loudness,
        "checks": master.checks,
        "segments": master.segments,
        "provenance": {
            "state": report.get("state", ""),
            "signer": report.get("signer", ""),
            "ingredients": len(report.get("ingredients", [])),
        },
        "captions": str(master.captions_vtt_id or ""),
        **({"consents": used} if (used := consents_used(episode)) else {}),
    }


def blockers(evidence: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What speaks against certifying: (what may never pass, what passes only with a reason), in words."""
    sound = evidence["provenance"]["state"] in ("trusted", "valid")
    never = [] if sound else ["The provenance of the master is not valid."]
    never += [
        f"{one['subject']} took the consent to their {one['kind']} back."
        for one in evidence.get("consents", [])
        if one["state"] == "revoked"
    ]
    return never, failed_checks(evidence)


def failed_checks(evidence: dict[str, Any]) -> list[str]:
    """The checks that do not hold, in words; empty when all do."""
    found = [
        f"{row['name']}: {row['value']}" for row in evidence["checks"].get("rows", []) if row["ok"] is False
    ]
    if evidence["loudness"].get("holds") is False:
        found.append("Loudness is outside its target.")
    return found
