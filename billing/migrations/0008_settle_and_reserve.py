"""A settlement and the reservation of what is made next are posted together: one lock, one change of each balance."""

from django.db import migrations

# For a job that ends and opens the next. Answers what billing_settle answers, with what billing_post answered for the
# reservation. Runs as the caller, behind the row policies; locks like billing_post, the wallet first. Where it cannot
# be done with what is there (an account is missing, the wallet has too little), the two are posted one after the other.
# A key that is taken is nobody's ordinary case here: it takes the whole transaction back, and a job that is tried again
# ends without opening another.
TOGETHER = """
CREATE FUNCTION billing_settle_and_reserve(
  movement text, actual bigint, cost bigint, who text, next_key text, next_about text, next_milli bigint
) RETURNS TABLE (milli bigint, told text, next_told text) LANGUAGE plpgsql AS $body$
DECLARE
  house uuid := app_studio(); closes uuid := gen_random_uuid(); opens uuid := gen_random_uuid();
  about text; known int; short boolean; posted int;
BEGIN
  SELECT r.milli, r.about INTO milli, about FROM billing_reserved('reserve:' || movement) r;
  SELECT count(*), bool_or(a.kind = 'wallet' AND a.balance + milli - actual < next_milli) INTO known, short FROM (
    SELECT a.kind, a.balance FROM billing_account a
     WHERE a.studio_id = house AND ((a.currency = 'mcr' AND a.kind IN ('wallet', 'held', 'revenue'))
                                 OR (a.currency = 'uusd' AND a.kind IN ('grant', 'provider_cost')))
     ORDER BY a.kind <> 'wallet', a.id FOR NO KEY UPDATE OF a) a;
  IF milli IS NULL OR actual > milli OR known < 5 OR short THEN
    SELECT b.milli, b.told INTO milli, told FROM billing_settle(movement, actual, cost, who) b;
    next_told := billing_post(next_key, 'reserve', next_about, '', who, ARRAY['wallet', 'held'], ARRAY['mcr', 'mcr'],
                              ARRAY[-next_milli, next_milli]);
    RETURN NEXT;
    RETURN;
  END IF;
  INSERT INTO billing_txn (id, studio_id, key, kind, subject, reason, actor_name, created_at, updated_at)
  VALUES (closes, house, 'close:' || movement, 'settle', about, '', who, clock_timestamp(), clock_timestamp()),
         (opens, house, next_key, 'reserve', next_about, '', who, clock_timestamp(), clock_timestamp())
  ON CONFLICT (studio_id, key) DO NOTHING;
  GET DIAGNOSTICS posted = ROW_COUNT;
  IF posted < 2 THEN RAISE EXCEPTION 'a movement of % and % stands', movement, next_key; END IF;
  WITH moved AS (
    UPDATE billing_account a SET balance = a.balance + CASE a.kind
        WHEN 'wallet' THEN milli - actual - next_milli WHEN 'held' THEN next_milli - milli WHEN 'revenue' THEN actual
        WHEN 'grant' THEN -cost ELSE cost END
     WHERE a.studio_id = house AND ((a.currency = 'mcr' AND a.kind IN ('wallet', 'held', 'revenue'))
                                 OR (a.currency = 'uusd' AND a.kind IN ('grant', 'provider_cost')))
    RETURNING a.id, a.kind)
  INSERT INTO billing_entry (id, studio_id, txn_id, account_id, amount, created_at, updated_at)
  SELECT gen_random_uuid(), house, l.txn, m.id, l.amount, clock_timestamp(), clock_timestamp()
    FROM moved m JOIN (VALUES (closes, 'held', -milli), (closes, 'revenue', actual), (closes, 'wallet', milli - actual),
                              (closes, 'grant', -cost), (closes, 'provider_cost', cost),
                              (opens, 'wallet', -next_milli), (opens, 'held', next_milli)) l (txn, kind, amount)
      ON l.kind = m.kind AND l.amount <> 0;
  told := 'posted'; next_told := 'posted';
  RETURN NEXT;
END
$body$;
REVOKE ALL ON FUNCTION billing_settle_and_reserve FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing_settle_and_reserve TO slate_app;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_no_index_of_studios_alone")]

    operations = [migrations.RunSQL(TOGETHER, "DROP FUNCTION billing_settle_and_reserve")]
