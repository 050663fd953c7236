"""The end of a call that came good may post what the next one may cost with its own movement."""

from importlib import import_module

from django.db import migrations

before = import_module("engines.migrations.0005_settle_in_one_call").SETTLE

# As before; it ends now, and `rate` is what a milli-credit is in micro-dollars. With it comes the reservation of a call
# that is written in the same transaction: its key, what for, how much; no key where there is none. `next_told` is what
# billing_post answered for it.
SETTLE = """
CREATE FUNCTION settle_call(
  settled uuid, seen text, times int, spent bigint, charged bigint, rate bigint, who text, brought jsonb,
  lies_here boolean, made_by text, reference text, next_key text, next_about text, next_milli bigint
) RETURNS TABLE (milli bigint, told text, next_told text) LANGUAGE plpgsql AS $body$
DECLARE
  house uuid := app_studio(); movement text; quoted bigint; at timestamptz := clock_timestamp();
  dollars bigint := charged * rate;
BEGIN
  UPDATE engines_enginecall c SET state = 'done', ended_at = at, updated_at = at, error = NULL, cost_milli = spent,
    billed_milli = charged, outputs = coalesce(brought, c.outputs), spooled = coalesce(lies_here, c.spooled),
    model_version = coalesce(made_by, c.model_version), provider_ref = coalesce(reference, c.provider_ref)
   WHERE c.studio_id = house AND c.id = settled AND c.state = seen AND c.sends = times
  RETURNING c.idem_key, c.quoted_milli INTO movement, quoted;
  IF NOT FOUND THEN RETURN; END IF;
  IF quoted > 0 AND next_key IS NOT NULL THEN
    SELECT b.milli, b.told, b.next_told INTO milli, told, next_told
      FROM billing_settle_and_reserve(movement, charged, dollars, who, next_key, next_about, next_milli) b;
  ELSIF quoted > 0 THEN
    SELECT b.milli, b.told INTO milli, told FROM billing_settle(movement, charged, dollars, who) b;
  ELSIF next_key IS NOT NULL THEN
    next_told := billing_post(next_key, 'reserve', next_about, '', who, ARRAY['wallet', 'held'], ARRAY['mcr', 'mcr'],
                              ARRAY[-next_milli, next_milli]);
  END IF;
  RETURN NEXT;
END
$body$;
REVOKE ALL ON FUNCTION settle_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle_call TO slate_app;
"""
DROP = "DROP FUNCTION settle_call;"


class Migration(migrations.Migration):
    dependencies = [("engines", "0007_moves_along_arrows"), ("billing", "0008_settle_and_reserve")]

    operations = [migrations.RunSQL(DROP + SETTLE, DROP + before)]
