"""The cast: characters belong to the studio and are cast into projects."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from craft.terms.consent import ConsentKind, ConsentMethod
from craft.terms.references import View
from studio.models import Project
from tenancy.models import StudioModel, User


class Character(StudioModel):
    """A character's bible as it stands. Each saved change makes a `CharacterVersion`.

    look: {body, age, skin, eyes, hair {style, colour}, beard, hat {kind, colour}, glasses {kind, colour},
    wardrobe {garment, legs, pattern, top, bottom, shoes, shirt, accent, pattern_colour}} (colours as #rrggbb).
    voice: {espeak, pitch, rate, range, formant, breath}. `portrays` is the name of the real person who is shown or
    heard, empty for somebody invented; then nothing of them is used without a `Consent`.
    """

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, allow_unicode=True)
    description = models.TextField(blank=True)
    traits = models.JSONField(default=list)
    look = models.JSONField(default=dict)
    voice = models.JSONField(default=dict)
    bible_version = models.PositiveIntegerField(default=1)
    locked = models.BooleanField(default=False)
    portrays = models.CharField(max_length=200, blank=True)
    portrays_born_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "slug"], name="character_one_per_slug"),
            models.CheckConstraint(
                condition=models.Q(portrays="") | models.Q(portrays_born_on__isnull=False),
                name="character_real_person_has_a_birthday",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CharacterVersion(StudioModel):
    """The bible as it was; takes name the version they were made from."""

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    look = models.JSONField()
    voice = models.JSONField()
    traits = models.JSONField()
    description = models.TextField(blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "character", "number"], name="characterversion_once"),
        ]


class Casting(StudioModel):
    """A character in a project, under the name the script uses."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cast")
    character = models.ForeignKey(Character, on_delete=models.PROTECT, related_name="castings")
    script_name = models.CharField(max_length=120)
    lines = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["studio", "project", "script_name"], name="casting_one_per_name"),
        ]


class Reference(StudioModel):
    """A picture of a character for engines to go by. `real` says that it shows the person who is portrayed,
    `drawn_version` the bible's version that the built-in engine drew it from; empty for what was brought."""

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="references")
    view = models.CharField(max_length=16, choices=[(v.value, v.label) for v in View])
    label = models.CharField(max_length=80, blank=True)
    position = models.PositiveIntegerField(default=0)
    asset = models.ForeignKey("vault.Asset", on_delete=models.PROTECT, related_name="+")
    real = models.BooleanField(default=False)
    drawn_version = models.PositiveIntegerField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "character", "position"])]

    @property
    def name(self) -> str:
        """What it shows, in words."""
        shown = View(self.view).label.lower().replace(" ", "-" if self.view == View.THREE_QUARTER else " ")
        return f"{shown}, {self.label}" if self.label else shown


class Training(StudioModel):
    """What a model is to learn of a character, from which pictures, and what came of it; its state is its job's.

    examples: [{reference, asset, sha256, mime, title, caption, real}]; `word` stands in every caption and calls what
    was learned. losses: at most 400, means of steps in a row; facts: of `training.json` (base, lora, made_with).
    `worn`: shots in which the character is seen are made with it where an engine can, as strongly as `scale` says
    (0 to 1); a character wears one for each weights, so that stills and clips can each have theirs.
    """

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="trainings")
    base = models.CharField(max_length=80)
    word = models.CharField(max_length=40, blank=True)
    examples = models.JSONField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    rank = models.PositiveIntegerField()
    steps = models.PositiveIntegerField()
    learning_rate = models.FloatField()
    seed = models.BigIntegerField()
    job = models.ForeignKey("workflow.Job", null=True, on_delete=models.PROTECT, related_name="+")
    lora = models.ForeignKey("vault.Asset", null=True, on_delete=models.PROTECT, related_name="+")
    losses = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    consents = models.JSONField(default=list)
    worn = models.BooleanField(default=False)
    scale = models.FloatField(default=1.0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "character", "base"],
                condition=models.Q(worn=True),
                name="training_one_worn_for_each_base",
            ),
            models.CheckConstraint(
                condition=models.Q(worn=False) | models.Q(lora__isnull=False), name="training_worn_when_done"
            ),
            models.CheckConstraint(
                condition=models.Q(scale__gte=0, scale__lte=1), name="training_scale_from_0_to_1"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "character", "-created_at"], name="training_of_character")
        ]

    @property
    def file_name(self) -> str:
        """What the file is called where a machine has to know it by name."""
        return f"{self.character.slug}-{self.pk.hex[:8]}.safetensors"


class Recording(StudioModel):
    """A recording of the real person's voice whom a character portrays, as our own WAV, for voices to be made from."""

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="recordings")
    label = models.CharField(max_length=80)
    asset = models.ForeignKey("vault.Asset", on_delete=models.PROTECT, related_name="+")
    seconds = models.FloatField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "character", "created_at"])]


class ClonedVoice(StudioModel):
    """A voice that an engine makes from recordings of a person, the `subject`; its state is its job's.

    samples: [{asset, sha256, mime, title}]; consents: ids of those under which it was asked for. `number` is what its
    `engine` calls it, empty until it is made; `verify` says that the engine wants the person to confirm it first. What
    was made is never forgotten: `dropped` takes it from the roster, and still nobody else may have it. `deletion` is
    the job that then deletes it in the account with its engine.
    """

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="cloned_voices")
    subject = models.CharField(max_length=200)
    samples = models.JSONField()
    consents = models.JSONField()
    job = models.ForeignKey("workflow.Job", null=True, on_delete=models.PROTECT, related_name="+")
    engine = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=80, blank=True)
    verify = models.BooleanField(default=False)
    dropped = models.BooleanField(default=False)
    deletion = models.ForeignKey("workflow.Job", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["studio", "engine", "number"],
                condition=~models.Q(number=""),
                name="cloned_voice_once_at_its_engine",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["studio", "character", "-created_at"], name="cloned_voice_of_character")
        ]


class Consent(StudioModel):
    """What a real person has agreed to (reliability.md §3.11). Never changed afterwards, except that it is revoked.

    scope: {projects, characters (ids), uses, languages, territories, engines (keys of engines or models, `builtin` for
    those that come with Slate), regions, training}; an empty list is no limit, `uses` is never empty. `seal` binds
    all of it to this installation's key, so that a row that was written or changed behind Slate's back is seen.
    """

    subject = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=[(k.value, k.label) for k in ConsentKind])
    scope = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    method = models.CharField(max_length=20, choices=[(m.value, m.label) for m in ConsentMethod])
    evidence = models.ForeignKey("vault.Asset", on_delete=models.PROTECT, related_name="+")
    evidence_sha256 = models.CharField(max_length=64)
    text_version = models.CharField(max_length=40)
    guardian = models.CharField(max_length=200, blank=True)
    granted_by = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    seal = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_because = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="consent_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["studio", "subject", "kind"])]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(
                name="consent_stands",
                fields=[
                    "subject",
                    "kind",
                    "scope",
                    "valid_from",
                    "valid_to",
                    "method",
                    "evidence",
                    "evidence_sha256",
                    "text_version",
                    "guardian",
                    "granted_by",
                    "seal",
                ],
            ),
            pgtrigger.Protect(name="consent_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_kind_display().lower()}"
