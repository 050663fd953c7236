"""The certificate: why this file may ship. Plain data in and out; people and machines read the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from craft.terms.delivery import ContentType
from craft.terms.digest import digest
from vault.claims import finite, public_gate
from vault.reading import ProvenanceReport
from vault.registries import ReleaseSubject

FORMAT = "slate.certificate/1"
TRUST = (
    "Signed under this studio's own root. That makes every later change visible to anyone who holds the root"
    " certificate; it is not a publicly trusted name, and public verifiers will report an unknown signer."
)
NO_PERSON = (
    "None recorded and none required: the figures and voices were computed by built-in engines and"
    " portray no real person."
)
UNKNOWN_PERSON = (
    "None recorded: no character of the roster is said to portray a real person. External engines took part:"
    " whether they show somebody real beyond that is not known here and has to be settled before shipping."
)


def certificate(
    subject: ReleaseSubject, report: ProvenanceReport, *, studio: str, now: datetime
) -> dict[str, Any]:
    """Everything that speaks for (or against) this master, as it was known at `now`."""
    master = subject.master
    return {
        "format": FORMAT,
        "issued_at": now.isoformat(timespec="seconds"),
        "studio": studio,
        "project": subject.project_title,
        "episode": subject.episode_title,
        "revision": subject.revision,
        "master": {
            "sha256": master.sha256,
            "bytes": master.size,
            "type": master.mime,
            "seconds": round(subject.duration_seconds, 3),
            "frames": subject.frames,
            "rate": subject.rate,
        },
        "gates": [public_gate(gate) for gate in subject.gates],
        "checks": finite(list(subject.checks)),
        "loudness": finite(subject.loudness),
        "engines": [dict(engine) for engine in subject.engines],
        "captions": [captions.language for captions in subject.captions],
        "provenance": _provenance(report),
        "consents": _consents(subject),
        "disclosure": disclosure(subject.content_type),
    }


def certificate_digest(data: Mapping[str, Any]) -> str:
    """What a release is bound to: SHA-256 over the certificate's canonical form."""
    return digest("distribution.certificate", 1, dict(data))


def disclosure(content_type: str) -> dict[str, Any]:
    """What platforms have to be told. Generated and assisted media are both declared as made with AI."""
    made_with_ai = ContentType(content_type) is not ContentType.HUMAN_DIRECTED
    return {
        "content_type": content_type,
        "youtube_contains_synthetic_media": made_with_ai,
        "tiktok_is_aigc": made_with_ai,
        "x_made_with_ai": made_with_ai,
    }


def _provenance(report: ProvenanceReport) -> dict[str, Any]:
    second = report.second_opinion
    return {
        "state": report.state,
        "signer": report.signer,
        "digital_source": report.digital_source,
        "shots": [{"title": item.title, "state": item.state} for item in report.ingredients],
        "issues": [
            {"code": issue.code, "where": issue.where, "message": issue.message} for issue in report.issues
        ],
        "second_opinion": f"{second['by']} {second['version']}: {second['state']}"
        if second
        else "not measured",
        "trust": TRUST,
    }


def _consents(subject: ReleaseSubject) -> dict[str, Any]:
    # outsiders read ids, no names: the studio can say whose they are
    recorded = [{"id": consent["id"], "kind": consent["kind"]} for consent in subject.consents]
    if recorded:
        return {
            "recorded": recorded,
            "statement": f"Real people took part; {len(recorded)} consents are on file.",
        }
    built_in = all(bool(engine.get("built_in")) for engine in subject.engines)
    return {"recorded": [], "statement": NO_PERSON if built_in else UNKNOWN_PERSON}
