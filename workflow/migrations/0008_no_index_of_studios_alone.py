"""Rows are found by keys that begin with the studio; an index of the studio alone could only mislead a plan."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0003_no_index_of_studios_alone"),
        ("workflow", "0007_end_and_next"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
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
            model_name="hold",
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
            model_name="job",
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
            model_name="jobedge",
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
            model_name="transitionrow",
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
