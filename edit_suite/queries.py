"""Reads of the edit suite."""

from __future__ import annotations

from typing import Any

from edit_suite.models import Master, TimelineRevision
from episodes.models import Episode
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
    }


def blockers(evidence: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What speaks against certifying: (what may never pass, what passes only with a reason), in words."""
    sound = evidence["provenance"]["state"] in ("trusted", "valid")
    never = [] if sound else ["The provenance of the master is not valid."]
    return never, failed_checks(evidence)


def failed_checks(evidence: dict[str, Any]) -> list[str]:
    """The checks that do not hold, in words; empty when all do."""
    found = [
        f"{row['name']}: {row['value']}" for row in evidence["checks"].get("rows", []) if row["ok"] is False
    ]
    if evidence["loudness"].get("holds") is False:
        found.append("Loudness is outside its target.")
    return found
