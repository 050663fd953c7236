import django.db.models.deletion
from django.db import migrations, models

from tenancy import rls


class Migration(migrations.Migration):
    dependencies = [
        ("talent", "0004_voices"),
        ("workflow", "0005_crashes"),
    ]

    operations = [
        migrations.AddField(
            model_name="clonedvoice",
            name="deletion",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflow.job",
            ),
        ),
        migrations.AddField(
            model_name="clonedvoice",
            name="deleted_at",
            field=models.DateTimeField(null=True),
        ),
        rls.StudioTables("clonedvoice"),
    ]
