"""A movement is one call of the database: key, locks in order of ids, balances, legs."""

from django.db import migrations

# Runs as the caller, behind the row policies. The checks of the table refuse a wallet or a held account below zero: then
# the inner block is taken back as a whole and the movement was never there. Accounts are locked in order of their ids,
# so that two movements never wait for each other in a circle.
POST = """
CREATE FUNCTION billing_post(
  movement text, cause text, about text, why text, who text, kinds text[], currencies text[], amounts bigint[]
) RETURNS text LANGUAGE plpgsql AS $body$
DECLARE made uuid := gen_random_uuid(); house uuid := app_studio(); moved int;
BEGIN
  BEGIN
    INSERT INTO billing_txn (id, studio_id, key, kind, subject, reason, actor_name, created_at, updated_at)
    VALUES (made, house, movement, cause, about, why, who, clock_timestamp(), clock_timestamp())
    ON CONFLICT (studio_id, key) DO NOTHING;
    IF NOT FOUND THEN RETURN 'stands'; END IF;
    INSERT INTO billing_account (id, studio_id, kind, currency, balance, created_at, updated_at)
    SELECT gen_random_uuid(), house, l.kind, l.currency, 0, clock_timestamp(), clock_timestamp()
      FROM unnest(kinds, currencies) l (kind, currency)
     WHERE NOT EXISTS (SELECT FROM billing_account a
                        WHERE a.studio_id = house AND a.kind = l.kind AND a.currency = l.currency)
     ORDER BY l.kind, l.currency
    ON CONFLICT (studio_id, kind, currency) DO NOTHING;
    PERFORM 1 FROM billing_account a JOIN unnest(kinds, currencies) l (kind, currency)
       ON a.kind = l.kind AND a.currency = l.currency
     WHERE a.studio_id = house ORDER BY a.id FOR UPDATE OF a;
    WITH moved AS (
      UPDATE billing_account a SET balance = a.balance + l.amount
        FROM unnest(kinds, currencies, amounts) l (kind, currency, amount)
       WHERE a.studio_id = house AND a.kind = l.kind AND a.currency = l.currency
      RETURNING a.id, l.amount)
    INSERT INTO billing_entry (id, studio_id, txn_id, account_id, amount, created_at, updated_at)
    SELECT gen_random_uuid(), house, made, m.id, m.amount, clock_timestamp(), clock_timestamp() FROM moved m;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(kinds) THEN RAISE EXCEPTION 'movement % has an account twice', movement; END IF;
    RETURN 'posted';
  EXCEPTION WHEN check_violation THEN
    RETURN 'short';
  END;
END
$body$;
REVOKE ALL ON FUNCTION billing_post FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing_post TO slate_app;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [migrations.RunSQL(POST, "DROP FUNCTION billing_post")]
