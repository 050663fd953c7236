import uuid

import django.db.models.deletion
from django.db import migrations, models

from tenancy import rls


class Migration(migrations.Migration):
    dependencies = [
        ("talent", "0003_training"),
        ("tenancy", "0001_initial"),
        ("vault", "0004_loras"),
        ("workflow", "0005_crashes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClonedVoice",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("subject", models.CharField(max_length=200)),
                ("samples", models.JSONField()),
                ("consents", models.JSONField()),
                ("engine", models.CharField(blank=True, max_length=40)),
                ("number", models.CharField(blank=True, max_length=80)),
                ("verify", models.BooleanField(default=False)),
                ("dropped", models.BooleanField(default=False)),
                (
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cloned_voices",
                        to="talent.character",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.job",
                    ),
                ),
                (
                    "studio",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.studio",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["studio", "character", "-created_at"], name="cloned_voice_of_character"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("studio", "engine", "number"),
                        name="cloned_voice_once_at_its_engine",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("label", models.CharField(max_length=80)),
                ("seconds", models.FloatField()),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.asset"
                    ),
                ),
                (
                    "character",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recordings",
                        to="talent.character",
                    ),
                ),
                (
                    "studio",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.studio",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["studio", "character", "created_at"], name="talent_reco_studio__d5c0af_idx"
                    )
                ],
            },
        ),
        rls.StudioTables("recording", "clonedvoice"),
    ]
