from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0004_holds"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="crashes",
            field=models.IntegerField(default=0),
        ),
    ]
