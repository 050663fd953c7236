"""What the roster answers where others ask: what was learned and which voices were made under a consent."""

from __future__ import annotations

from django.urls import reverse

from talent.models import ClonedVoice, Consent
from talent.queries import cloned_voices, trainings
from talent.registries import Touched
from tenancy.models import Studio
from tenancy.scope import current_scope


def learned_under(consent: Consent) -> list[Touched]:
    """The trainings whose LoRA was learned under a consent: what may have to be taken off and dropped."""
    slug = Studio.objects.values_list("slug", flat=True).get(pk=current_scope().studio_id)
    return [
        Touched(
            title=str(row.character),
            detail=f"Trained for {row.base}{', worn' if row.worn else ''}",
            url=reverse("talent:bible", kwargs={"studio": slug, "character": row.character_id})
            + f"#training-{row.pk}",
        )
        for row in trainings().filter(consents__contains=[str(consent.pk)])
    ]


def voices_under(consent: Consent) -> list[Touched]:
    """The voices that were made under a consent: what may have to be dropped."""
    slug = Studio.objects.values_list("slug", flat=True).get(pk=current_scope().studio_id)
    return [
        Touched(
            title=str(row.character),
            detail=_voice(row),
            url=reverse("talent:bible", kwargs={"studio": slug, "character": row.character_id}) + "#voices",
        )
        for row in cloned_voices().filter(consents__contains=[str(consent.pk)])
    ]


def _voice(row: ClonedVoice) -> str:
    number = f", number {row.number}" if row.number else ""
    return f"Voice at {row.engine or 'an engine'}{number}{', dropped, not deleted there yet' if row.dropped else ''}"
