"""Rows are found by keys that begin with the studio; an index of the studio alone could only mislead a plan."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_edition"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditrow",
            name="studio",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.studio",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="studio",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.studio",
            ),
        ),
        migrations.AlterField(
            model_name="secret",
            name="studio",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.studio",
            ),
        ),
    ]
