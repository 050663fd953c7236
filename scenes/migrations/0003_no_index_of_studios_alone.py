"""Rows are found by keys that begin with the studio; an index of the studio alone could only mislead a plan."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scenes", "0002_references"),
        ("tenancy", "0003_no_index_of_studios_alone"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reference",
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
            model_name="scene",
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
            model_name="sceneversion",
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
