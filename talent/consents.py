"""Verbs of consent: say whom a character portrays, record what a person has agreed to, take it back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from craft.terms.consent import TERRITORIES, ConsentKind, ConsentMethod, ConsentUse
from craft.terms.languages import LANGUAGES
from craft.terms.people import Permission
from engines import crew
from engines.rights import BUILT_IN
from studio.models import Project
from talent.models import Character, Consent, Recording, Reference, Training
from talent.queries import cloned_voices
from talent.rights import same, seal_of
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from vault.kinds import Kind
from vault.models import Asset
from vault.services import store
from workflow.events import emit

MOST_EVIDENCE_BYTES = 64 * 1024**2
EVIDENCE_MIME = "application/octet-stream"
LISTS = ("projects", "characters", "uses", "languages", "territories", "engines", "regions")


class ConsentInvalid(SlateError):
    """The consent cannot be recorded as it is; `fields` names what to mend."""

    code = "consent.invalid"
    status = 422


class ConsentOver(SlateError):
    """The consent was taken back before."""

    code = "consent.revoked"
    status = 409


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody has agreed to, as the form asks it. `scope` is that of `Consent`."""

    subject: str
    kinds: Sequence[str]
    valid_from: date | None
    method: str
    text_version: str
    granted_by: str
    valid_to: date | None = None
    guardian: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)


def portray(*, character: Character, person: str, born_on: date | None, actor: User) -> Character:
    """Say which real person a character portrays; an empty name makes it invented. Naming somebody is an edit;
    taking a name back, or putting another name or birthday in its place, is for those who keep the consents.

    Raises Forbidden, ConsentInvalid.
    """
    name = " ".join(person.split())[:200]
    other = bool(character.portrays) and not same(name, character.portrays)
    # the birthday decides whether a guardian has to agree
    changes = other or (bool(character.portrays) and born_on != character.portrays_born_on)
    require(actor, Permission.CONSENT if changes else Permission.EDIT)
    wrong: dict[str, str] = {}
    if name and born_on is None:
        wrong["born_on"] = "Needed: a minor's consent is a guardian's."
    elif name and born_on is not None and born_on > timezone.now().date():
        wrong["born_on"] = "This day is still to come."
    if other and Reference.objects.filter(character=character, real=True).exists():
        wrong["person"] = f"There are pictures of {character.portrays}: take them away first."
    if changes and Training.objects.filter(character=character).exclude(consents=[]).exists():
        wrong["person"] = f"Something was trained from {character.portrays}: drop it first."
    voiced = Recording.objects.filter(character=character), cloned_voices().filter(character=character)
    if changes and any(rows.exists() for rows in voiced):
        wrong["person"] = f"There are recordings or voices of {character.portrays}: take them away first."
    if wrong:
        raise ConsentInvalid("This cannot be said like that.", fields=wrong, kept="Nothing was changed.")
    character.portrays, character.portrays_born_on = name, born_on if name else None
    character.save(update_fields=["portrays", "portrays_born_on", "updated_at"])
    record(actor, "character.portrays", character, {"somebody": bool(name)})
    emit(None, "character.saved", {"id": str(character.pk), "version": character.bible_version})
    return character


def record_consent(*, terms: Terms, evidence: Path, filename: str, actor: User) -> list[Consent]:
    """Record what a real person has agreed to, one row for each kind, with the evidence kept byte for byte.

    Raises Forbidden, ConsentInvalid, NothingToStore.
    """
    require(actor, Permission.CONSENT)
    _check(terms)
    subject = " ".join(terms.subject.split())[:200]
    # the title is told to everybody who watches the vault, so it names nobody
    asset = store(
        evidence,
        kind=Kind.CONSENT,
        title="Evidence of a consent",
        mime=EVIDENCE_MIME,
        meta={"filename": filename[:160]},
    )
    return [_row(terms, kind, subject, asset, actor) for kind in dict.fromkeys(terms.kinds)]


def _row(terms: Terms, kind: str, subject: str, asset: Asset, actor: User) -> Consent:
    assert terms.valid_from is not None  # asked for above
    row = Consent(
        id=uuid.uuid4(),
        subject=subject,
        kind=kind,
        scope=_scope(terms.scope),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        method=terms.method,
        evidence=asset,
        evidence_sha256=asset.sha256,
        text_version=terms.text_version.strip()[:40],
        guardian=terms.guardian.strip()[:200],
        granted_by=terms.granted_by.strip()[:200],
        recorded_by=actor,
    )
    row.seal = seal_of(row)
    row.save(force_insert=True)
    record(actor, "consent.recorded", row, {"kind": kind, "evidence": asset.sha256, "seal": row.seal})
    emit(None, "consent.recorded", {"id": str(row.pk), "kind": kind})
    return row


def revoke(*, consent: Consent, because: str, actor: User) -> Consent:
    """Take a consent back: from this commit on nothing is made under it. Finished work stays and is listed.

    Raises Forbidden, ConsentOver, ConsentInvalid (no reason).
    """
    require(actor, Permission.CONSENT)
    row: Consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if row.revoked_at is not None:
        raise ConsentOver("This consent was taken back before.", kept="Nothing was changed.")
    if not because.strip():
        raise ConsentInvalid(
            "Say why it is taken back.", fields={"because": "Needed."}, kept="It still holds."
        )
    row.revoked_at, row.revoked_by, row.revoked_because = timezone.now(), actor, because.strip()[:500]
    row.save(update_fields=["revoked_at", "revoked_by", "revoked_because", "updated_at"])
    record(actor, "consent.revoked", row, {"because": row.revoked_because})
    emit(None, "consent.revoked", {"id": str(row.pk), "kind": row.kind})
    return row


def _scope(given: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: sorted(set(map(str, given.get(name) or ()))) for name in LISTS}
    return {**lists, "training": bool(given.get("training", False))}


def _check(terms: Terms) -> None:
    wrong = _scope_problems(_scope(terms.scope))
    if not terms.subject.strip():
        wrong["subject"] = "Whose consent is it?"
    if not terms.kinds or not set(terms.kinds) <= set(ConsentKind):
        wrong["kinds"] = f"At least one of {', '.join(ConsentKind)}."
    if terms.method not in set(ConsentMethod):
        wrong["method"] = f"One of {', '.join(ConsentMethod)}."
    for name in ("text_version", "granted_by"):
        if not str(getattr(terms, name)).strip():
            wrong[name] = "Needed."
    if terms.valid_from is None:
        wrong["valid_from"] = "Needed."
    elif terms.valid_to is not None and terms.valid_to < terms.valid_from:
        wrong["valid_to"] = "Not before it begins."
    if wrong:
        raise ConsentInvalid("This consent cannot be recorded.", fields=wrong, kept="Nothing was recorded.")


def _scope_problems(scope: Mapping[str, Any]) -> dict[str, str]:
    engines = {BUILT_IN, *crew.engines(), *crew.models()}
    regions = {region for engine in crew.engines().values() for region in engine.regions}
    known: dict[str, set[str]] = {
        "projects": {str(pk) for pk in Project.objects.values_list("pk", flat=True)},
        "characters": {str(pk) for pk in Character.objects.values_list("pk", flat=True)},
        "uses": set(ConsentUse),
        "languages": set(LANGUAGES),
        "territories": set(TERRITORIES),
        "engines": engines,
        "regions": regions,
    }
    wrong = {
        name: f"Unknown: {', '.join(strange)}."
        for name, allowed in known.items()
        if (strange := sorted(set(scope[name]) - allowed))
    }
    if not scope["uses"]:
        wrong["uses"] = f"At least one of {', '.join(ConsentUse)}."
    return wrong
