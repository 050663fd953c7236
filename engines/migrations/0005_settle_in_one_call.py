"""The end of a call that came good is one call of the database: its row and the ledger's movements."""

from django.db import migrations

# Only a call that is still where it was seen ends here; no row otherwise. `changes` holds what comes with the result,
# by column. Answers what billing_settle answers: nothing in it where nothing was reserved. Money moves last: whoever
# else spends in this studio waits for its accounts until the commit.
SETTLE = """
CREATE FUNCTION settle_call(
  settled uuid, seen text, times int, at timestamptz, spent bigint, charged bigint, dollars bigint, who text,
  brought jsonb, lies_here boolean, made_by text, reference text
) RETURNS TABLE (milli bigint, told text) LANGUAGE plpgsql AS $body$
DECLARE house uuid := app_studio(); movement text; quoted bigint;
BEGIN
  UPDATE engines_enginecall c SET state = 'done', ended_at = at, updated_at = at, error = NULL, cost_milli = spent,
    billed_milli = charged, outputs = coalesce(brought, c.outputs), spooled = coalesce(lies_here, c.spooled),
    model_version = coalesce(made_by, c.model_version), provider_ref = coalesce(reference, c.provider_ref)
   WHERE c.studio_id = house AND c.id = settled AND c.state = seen AND c.sends = times
  RETURNING c.idem_key, c.quoted_milli INTO movement, quoted;
  IF NOT FOUND THEN RETURN; END IF;
  IF quoted > 0 THEN
    SELECT b.milli, b.told INTO milli, told FROM billing_settle(movement, charged, dollars, who) b;
  END IF;
  RETURN NEXT;
END
$body$;
REVOKE ALL ON FUNCTION settle_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle_call TO slate_app;
"""


class Migration(migrations.Migration):
    dependencies = [("engines", "0004_editions"), ("billing", "0004_settle_in_one_call")]

    operations = [migrations.RunSQL(SETTLE, "DROP FUNCTION settle_call")]
