"""The end of a reservation is one call of the database; tier and subscription are among a studio's settings."""

from django.db import migrations

from tenancy import rls

# `cost` is what the engine charged for it, in micro-dollars; nothing is booked where it is 0. Answers what billing_post
# answers, with what was reserved; no row where nothing was reserved. More than was reserved is never taken.
SETTLE = """
CREATE FUNCTION billing_settle(movement text, actual bigint, cost bigint, who text)
RETURNS TABLE (milli bigint, told text) LANGUAGE plpgsql AS $body$
DECLARE about text; kinds text[] := ARRAY['held']; amounts bigint[];
BEGIN
  SELECT r.milli, r.about INTO milli, about FROM billing_reserved('reserve:' || movement) r;
  IF NOT FOUND THEN RETURN; END IF;
  IF actual > milli THEN told := 'above'; RETURN NEXT; RETURN; END IF;
  amounts := ARRAY[-milli];
  IF actual > 0 THEN kinds := kinds || 'revenue'::text; amounts := amounts || actual; END IF;
  IF milli > actual THEN kinds := kinds || 'wallet'::text; amounts := amounts || (milli - actual); END IF;
  told := billing_post('close:' || movement, 'settle', about, '', who, kinds,
                       array_fill('mcr'::text, ARRAY[cardinality(kinds)]), amounts);
  IF cost > 0 AND told = 'posted' THEN
    PERFORM billing_post('cost:' || movement, 'cost', about, '', who, ARRAY['grant', 'provider_cost'],
                         ARRAY['uusd', 'uusd'], ARRAY[-cost, cost]);
  END IF;
  RETURN NEXT;
END
$body$;
REVOKE ALL ON FUNCTION billing_settle FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing_settle TO slate_app;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_reserved"), ("tenancy", "0002_edition")]

    operations = [
        migrations.RunSQL(SETTLE, "DROP FUNCTION billing_settle"),
        rls.Editions("subscription"),
        rls.Editions("tier", shared=True),
    ]
