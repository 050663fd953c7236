"""Rows are found by keys that begin with the studio; an index of the studio alone could only mislead a plan."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("studio", "0003_project_territories"),
        ("tenancy", "0003_no_index_of_studios_alone"),
    ]

    operations = [
        migrations.AlterField(
            model_name="project",
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
            model_name="season",
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
            model_name="source",
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
