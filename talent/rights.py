"""Whether a real person's voice, likeness or performance may be used: the one place that says so, before every attempt.

no consent ▸ missing    taken back ▸ revoked    not in force ▸ expired    evidence gone or row changed ▸ evidence
under age without a guardian ▸ minor    another production, character, use, language, training ▸ scope
shown where it does not hold ▸ territory      to whom the work may be given is for routing (`engines.rights`)

A consent covers a use whole or not at all: two halves of two consents are no consent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from craft.terms.consent import OF_AGE, ConsentKind, ConsentUse
from craft.terms.digest import digest
from engines.errors import ConsentRefused
from engines.rights import Grant, Leave, Use
from studio.models import Project
from talent.models import Character, Consent
from vault.errors import BlobDamaged, BlobMissing
from vault.services import local_path

SEALED = (
    "subject",
    "kind",
    "scope",
    "valid_from",
    "valid_to",
    "method",
    "evidence_id",
    "evidence_sha256",
    "text_version",
    "guardian",
    "granted_by",
)


@dataclass(frozen=True, slots=True)
class Need:
    """A use with the rows it is about: whose consent, to what, for a production that is shown where."""

    character: Character
    kind: str
    project: Project | None
    use: Use

    @property
    def subject(self) -> str:
        """The real person: the performer, else whom the character portrays."""
        return self.use.person or self.character.portrays

    @property
    def born_on(self) -> date | None:
        """Their birthday, where it is known."""
        return self.use.born_on if self.use.person else self.character.portrays_born_on


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a use is not covered: the code of the error and a sentence."""

    code: str
    message: str


def seal_of(consent: Consent) -> str:
    """What binds a consent's facts to this installation, its studio and its row."""
    facts = {
        name: value.isoformat() if isinstance(value := getattr(consent, name), date) else value
        for name in SEALED
    }
    said = digest("talent.consent", 1, facts)
    return salted_hmac(
        "talent.consent", f"{consent.studio_id}:{consent.pk}:{said}", algorithm="sha256"
    ).hexdigest()


def leave_for(uses: Sequence[Use]) -> Leave:
    """The consents under which these uses may go on. Raises ConsentRefused for the first that none covers."""
    found = []
    for need in needs_of(uses):
        granted, refusal = granted_for(need)
        if refusal is not None:
            raise refused(refusal)
        found.append(granted)
    return Leave(tuple(found))


def missing(uses: Sequence[Use]) -> list[dict[str, str]]:
    """What is not covered of these uses, in words for a gate; empty when everything is."""
    found = []
    for need in needs_of(uses):
        refusal = granted_for(need)[1]
        if refusal is not None:
            found.append({"who": need.subject, "code": refusal.code, "message": refusal.message})
    return found


def refused(refusal: Refusal) -> ConsentRefused:
    """The error people read."""
    return ConsentRefused(
        refusal.message,
        code=refusal.code,
        kept="Everything made before stays. Nothing was sent to any engine.",
        charged="Nothing was charged for this step.",
        next_step="Record a consent that covers it, or show somebody invented.",
    )


def needs_of(uses: Sequence[Use]) -> list[Need]:
    """What has to be covered: the uses of those who portray somebody, and their name where they bear it; what
    performers do, whomever they act."""
    ids, acted = {use.character for use in uses}, [use.character for use in uses if use.person]
    real = Q(pk__in=acted) | ~Q(portrays="")
    people = {row.pk: row for row in Character.objects.filter(real, pk__in=ids)}
    projects = {
        row.pk: row
        for row in Project.objects.filter(pk__in={use.project for use in uses if use.project})
        if people
    }
    found: dict[tuple[Any, ...], Need] = {}
    for use in uses:
        character = people.get(use.character)
        if character is None and use.person:
            raise refused(Refusal("consent.scope", f"{use.person} acts somebody who is not on the roster."))
        if character is None or not (use.person or character.portrays):
            continue
        named = not use.person and same(character.name, character.portrays)
        for kind in (use.kind, *([ConsentKind.NAME.value] if named else [])):
            project = projects.get(use.project) if use.project else None
            found.setdefault(
                (use.character, kind, use.project, use.languages, use.training, use.person, use.born_on),
                Need(character, kind, project, use),
            )
    return list(found.values())


def same(one: str, other: str) -> bool:
    """Whether two names are the same person's: letters in any case, blanks of any number."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def granted_for(need: Need) -> tuple[tuple[Grant, ...], Refusal | None]:
    """The consents that cover a use, or what is wrong with the one that comes nearest."""
    rows = Consent.objects.filter(kind=need.kind, subject__iexact=" ".join(need.subject.split()))
    judged = [(one, refusal_of(one, need)) for one in rows.select_related("evidence").order_by("-created_at")]
    grants = tuple(_grant(one) for one, wrong in judged if wrong is None)
    if grants:
        return grants, None
    near = sorted((wrong for _, wrong in judged if wrong), key=lambda wrong: -NEARNESS[wrong.code])
    missing = Refusal("consent.missing", f"{need.subject} has not agreed to the use of their {need.kind}.")
    return (), next(iter(near), missing)


def _grant(consent: Consent) -> Grant:
    scope = consent.scope
    return Grant(
        str(consent.pk), consent.subject, tuple(scope.get("engines", ())), tuple(scope.get("regions", ()))
    )


def refusal_of(consent: Consent, need: Need) -> Refusal | None:
    """What is wrong with a consent for this use, by the first check that fails; None when it covers it."""
    for check in _CHECKS:
        wrong = check(consent, need)
        if wrong is not None:
            return wrong
    return None


def _revoked(consent: Consent, need: Need) -> Refusal | None:
    if consent.revoked_at is None:
        return None
    when = consent.revoked_at.date().isoformat()
    return Refusal("consent.revoked", f"{_whose(consent)} was taken back on {when}.")


def _expired(consent: Consent, need: Need) -> Refusal | None:
    today = timezone.now().date()
    if today < consent.valid_from:
        return Refusal("consent.expired", f"{_whose(consent)} begins on {consent.valid_from}.")
    if consent.valid_to is not None and today > consent.valid_to:
        return Refusal("consent.expired", f"{_whose(consent)} ended on {consent.valid_to}.")
    return None


def _evidence(consent: Consent, need: Need) -> Refusal | None:
    """The row as it was recorded, and the evidence as it was brought, to the byte."""
    if not constant_time_compare(consent.seal, seal_of(consent)):
        return Refusal("consent.evidence", f"{_whose(consent)} is not as it was recorded here.")
    changed = Refusal(
        "consent.evidence", f"The evidence of {_whose(consent, 'the')} is not what was brought."
    )
    if consent.evidence.sha256 != consent.evidence_sha256:
        return changed
    try:
        with local_path(consent.evidence):
            return None
    except (BlobMissing, BlobDamaged):
        return changed


def _minor(consent: Consent, need: Need) -> Refusal | None:
    born = need.born_on
    if born is None or not is_minor(born, timezone.now().date()) or consent.guardian:
        return None
    return Refusal("consent.minor", f"{consent.subject} is under {OF_AGE}: a guardian has to agree.")


def is_minor(born: date, today: date) -> bool:
    """Whether somebody born on a day is not of age today."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < OF_AGE


def _scope(consent: Consent, need: Need) -> Refusal | None:
    scope, use = consent.scope, need.use
    outside = [
        ("this production", bool(scope.get("projects")) and str(use.project) not in scope["projects"]),
        (
            need.character.name,
            bool(scope.get("characters")) and str(use.character) not in scope["characters"],
        ),
        ("a programme", ConsentUse.PROGRAMME.value not in scope.get("uses", ())),
        ("training", use.training and not scope.get("training", False)),
    ]
    spoken = set(scope.get("languages", ()))
    strange = sorted(one for one in use.languages if spoken and not {one, one.split("-")[0]} & spoken)
    words = [what for what, is_outside in outside if is_outside]
    words += [f"the language {', '.join(strange)}"] if strange else []
    return (
        Refusal("consent.scope", f"{_whose(consent)} does not cover {', '.join(words)}.") if words else None
    )


def _territory(consent: Consent, need: Need) -> Refusal | None:
    allowed = consent.scope.get("territories", [])
    if not allowed or need.project is None:
        return None
    shown = need.project.territories
    if shown and set(shown) <= set(allowed):
        return None
    where = f"in {', '.join(sorted(set(shown) - set(allowed)))}" if shown else "everywhere"
    told = f"{need.project.title} is shown {where}"
    return Refusal("consent.territory", f"{told}; {_whose(consent, 'the')} holds for {', '.join(allowed)}.")


def _whose(consent: Consent, article: str = "The") -> str:
    return f"{article} consent of {consent.subject} to their {consent.kind}"


_CHECKS: tuple[Callable[[Consent, Need], Refusal | None], ...] = (
    _revoked,
    _expired,
    _evidence,
    _minor,
    _scope,
    _territory,
)
NEARNESS = {
    f"consent.{name}": place
    for place, name in enumerate(("revoked", "expired", "evidence", "minor", "scope", "territory"))
}
