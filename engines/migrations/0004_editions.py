"""Accounts and the rules about engines are among a studio's settings."""

from django.db import migrations

from tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("engines", "0003_usage"), ("tenancy", "0002_edition")]

    operations = [rls.Editions("engineaccount"), rls.Editions("enginepolicy")]
