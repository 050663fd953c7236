"""Rows are found by keys that begin with the studio; an index of the studio alone could only mislead a plan."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("talent", "0007_deletion_told_by_its_job"),
        ("tenancy", "0003_no_index_of_studios_alone"),
    ]

    operations = [
        migrations.AlterField(
            model_name="casting",
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
            model_name="character",
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
            model_name="characterversion",
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
            model_name="clonedvoice",
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
            model_name="consent",
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
            model_name="recording",
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
            model_name="training",
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
