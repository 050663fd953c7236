"""A studio's settings have an edition: a number that is another one as soon as any of them has changed.

Whoever keeps what it read of them asks for the number instead of for all of it. It comes from a sequence, so that a
change that was taken back never leaves its number to another one.
"""

from django.db import migrations, models

from tenancy import rls

SEQUENCE = "CREATE SEQUENCE tenancy_edition; GRANT USAGE ON SEQUENCE tenancy_edition TO slate_sys"

OF_ONE = """
DECLARE theirs uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN theirs := OLD.studio_id; ELSE theirs := NEW.studio_id; END IF;
  UPDATE tenancy_studio SET edition = nextval('tenancy_edition') WHERE id = theirs;
  RETURN NULL;
END
"""
OF_ALL = """
BEGIN
  UPDATE tenancy_studio SET edition = nextval('tenancy_edition');
  RETURN NULL;
END
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.AddField("studio", "edition", models.BigIntegerField(db_default=0, editable=False)),
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE tenancy_edition"),
        rls.SysAccess("studio", "SELECT, INSERT, UPDATE"),
        rls.SysFunction("new_edition()", "trigger", OF_ONE, "plpgsql"),
        rls.SysFunction("new_edition_of_all()", "trigger", OF_ALL, "plpgsql"),
        rls.Editions("secret"),
    ]
