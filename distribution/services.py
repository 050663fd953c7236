"""Verbs of the distribution hub: draft, release, withdraw. Call each inside the studio's scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from craft.terms.people import Permission
from craft.terms.states import EpisodeState
from distribution.certificate import certificate, certificate_digest
from distribution.errors import MasterNotWhole, NotReleasable
from distribution.models import Release, ShareLink
from distribution.states import WITHDRAWN
from engines import crew
from episodes.models import Episode
from talent.queries import consents_named, state_of
from tenancy.audit import record
from tenancy.models import Studio, User
from tenancy.rules import require
from tenancy.scope import current_scope
from vault.reading import ProvenanceReport
from vault.registries import ReleaseSubject, releasables
from vault.services import reread
from workflow import transitions


def releasable(episode_id: UUID) -> ReleaseSubject:
    """The master of an episode that Gate C stands for. Raises NotReleasable with the reason."""
    subject = releasables.get("releasable")(episode_id)
    if subject is None:
        raise NotReleasable(
            "The episode has no master yet.", next_step="Take it through gates A, B and C first."
        )
    if not subject.approved:
        raise NotReleasable(
            subject.reason or "Gate C does not stand for this master.", next_step="Decide Gate C first."
        )
    _require_consents(subject.consents)
    return subject


def _require_consents(used: Sequence[Mapping[str, Any]]) -> None:
    """Raise NotReleasable when somebody took a consent back under which this master was made."""
    gone = [one for one in consents_named([str(one["id"]) for one in used]) if state_of(one) == "revoked"]
    if gone:
        raise NotReleasable(
            " ".join(f"{one.subject} took the consent to their {one.kind} back." for one in gone),
            next_step="Make the shots again without them, or record a new consent.",
        )


def draft_release(*, episode_id: UUID, actor: User) -> Release:
    """Draft the release of a certified episode with its certificate, or return this master's open one.

    Reads the stored master again: a certificate speaks of the bytes that lie there. Raises Forbidden,
    NotReleasable, MasterNotWhole, BlobMissing, BlobDamaged.
    """
    subject = releasable(episode_id)
    require(actor, Permission.PUBLISH, subject.project_id)
    open_ones = Release.objects.filter(episode_id=episode_id, master=subject.master).exclude(state=WITHDRAWN)
    existing: Release | None = open_ones.first()
    if existing is not None:
        return existing
    known = replace(subject, engines=[_with_origin(engine) for engine in subject.engines])
    data = certificate(known, _whole(subject), studio=_studio_name(), now=timezone.now())
    try:
        with transaction.atomic():
            release: Release = Release.objects.create(
                project_id=subject.project_id,
                project_title=subject.project_title,
                episode_id=episode_id,
                title=subject.episode_title,
                revision=subject.revision,
                master=subject.master,
                captions=[_track(c.asset.pk, c.language, c.label) for c in subject.captions],
                certificate=data,
                certificate_digest=certificate_digest(data),
            )
    except IntegrityError:  # somebody drafted it at the same moment
        return open_ones.get()  # type: ignore[no-any-return]
    record(
        actor,
        "release.drafted",
        release,
        {"master": subject.master.sha256, "certificate": release.certificate_digest},
    )
    return release


def publish(*, release: Release, actor: User, seen: str | None = None) -> Release:
    """Release it, bound to the certificate that was seen. Raises Forbidden, Refused, Stale, WrongState;
    NotReleasable after a consent was taken back."""
    _require_consents(release.certificate.get("consents", {}).get("recorded", []))
    transitions.apply(release, "release", actor=actor, seen=seen, changes={"released_at": timezone.now()})
    episode = Episode.objects.filter(pk=release.episode_id).first()
    if episode is not None and episode.state == EpisodeState.CERTIFIED:
        transitions.apply(episode, "release", actor=actor)
    return release


def withdraw(*, release: Release, actor: User, note: str = "") -> Release:
    """Take a release (or a draft) back and end its links. Certificate and master stay in the vault."""
    action = "withdraw" if release.is_released else "discard"
    transitions.apply(release, action, actor=actor, note=note, changes={"withdrawn_at": timezone.now()})
    ShareLink.objects.filter(release=release, revoked_at=None).update(revoked_at=timezone.now())
    return release


def _whole(subject: ReleaseSubject) -> ProvenanceReport:
    report = reread(subject.master)
    if report.trusted:
        return report
    reasons = (
        "; ".join(f"{issue.where}: {issue.message}" for issue in report.issues) or f"it is {report.state}"
    )
    raise MasterNotWhole(
        f"The master was not certified: {reasons}",
        kept="The episode and its master are kept as they are.",
        next_step="Assemble the master again and take it through Gate C.",
    )


def _with_origin(engine: Mapping[str, Any]) -> dict[str, Any]:
    """Say whether an engine is built in; one that is not known any more counts as foreign."""
    model = crew.models().get(f"{engine.get('engine')}/{engine.get('model')}")
    return {"built_in": model is not None and crew.computes(model.engine), **engine}


def _track(asset_id: UUID, language: str, label: str) -> dict[str, str]:
    return {"asset": str(asset_id), "language": language, "label": label}


def _studio_name() -> str:
    return str(Studio.objects.get(pk=current_scope().studio_id))
