"""What the roster answers where others ask: what was learned under a consent."""

from __future__ import annotations

from django.urls import reverse

from talent.models import Consent
from talent.queries import trainings
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
