"""A settlement is one movement with the engine's cost in it, and a movement is looked at once, not once for each leg."""

from importlib import import_module

from django.db import migrations

from tenancy import rls

post = import_module("billing.migrations.0002_post_in_one_call").POST
reserved = import_module("billing.migrations.0003_reserved").RESERVED
settle = import_module("billing.migrations.0004_settle_in_one_call").SETTLE
balanced = import_module("billing.migrations.0001_initial")

FOR_THE_APPLICATION = "REVOKE ALL ON FUNCTION {0} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {0} TO slate_app;"

# Runs as the caller, behind the row policies. Accounts that are missing are made before any is locked; then they are
# locked by one statement, the wallet before all others whether it moves or not: a transaction may hold several movements,
# and who has the wallet waits for nobody else's, so they never wait for each other in a circle. Under the locks it is
# known whether a guarded account would fall below zero, and whether the key is taken. The checks of the tables stand
# behind it.
POST = """
CREATE FUNCTION billing_post(
  movement text, cause text, about text, why text, who text, kinds text[], currencies text[], amounts bigint[]
) RETURNS text LANGUAGE plpgsql AS $body$
DECLARE made uuid := gen_random_uuid(); house uuid := app_studio(); short boolean; moved int;
BEGIN
  IF (SELECT count(*) FROM billing_account a JOIN unnest(kinds, currencies) l (kind, currency)
       ON a.kind = l.kind AND a.currency = l.currency WHERE a.studio_id = house) < cardinality(kinds) THEN
    INSERT INTO billing_account (id, studio_id, kind, currency, balance, created_at, updated_at)
    SELECT gen_random_uuid(), house, l.kind, l.currency, 0, clock_timestamp(), clock_timestamp()
      FROM (SELECT DISTINCT k.kind, k.currency FROM unnest(kinds, currencies) k (kind, currency)) l
     ORDER BY l.kind, l.currency
    ON CONFLICT (studio_id, kind, currency) DO NOTHING;
  END IF;
  SELECT coalesce(bool_or(a.kind IN ('wallet', 'held') AND a.balance + a.amount < 0), false) INTO short FROM (
    SELECT a.kind, a.balance, l.amount FROM billing_account a
      LEFT JOIN unnest(kinds, currencies, amounts) l (kind, currency, amount)
        ON a.kind = l.kind AND a.currency = l.currency
     WHERE a.studio_id = house AND (a.kind = 'wallet' OR l.kind IS NOT NULL)
     ORDER BY a.kind <> 'wallet', a.id FOR NO KEY UPDATE OF a) a;
  IF NOT short THEN
    INSERT INTO billing_txn (id, studio_id, key, kind, subject, reason, actor_name, created_at, updated_at)
    VALUES (made, house, movement, cause, about, why, who, clock_timestamp(), clock_timestamp())
    ON CONFLICT (studio_id, key) DO NOTHING;
  END IF;
  IF short OR NOT FOUND THEN
    RETURN CASE WHEN EXISTS (SELECT FROM billing_txn t WHERE t.studio_id = house AND t.key = movement)
                THEN 'stands' ELSE 'short' END;
  END IF;
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
END
$body$;
"""

# In two steps, each by a key of its table: in one, a plan made while the tables are small may begin at the account, and
# then reads everything that was ever held.
RESERVED = """
CREATE FUNCTION billing_reserved(movement text) RETURNS TABLE (milli bigint, about varchar) LANGUAGE plpgsql AS $body$
DECLARE house uuid := app_studio(); made uuid;
BEGIN
  SELECT t.id, t.subject INTO made, about FROM billing_txn t WHERE t.studio_id = house AND t.key = movement;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT e.amount INTO milli FROM billing_entry e JOIN billing_account a ON a.id = e.account_id
   WHERE e.studio_id = house AND e.txn_id = made AND a.kind = 'held';
  IF FOUND THEN RETURN NEXT; END IF;
END
$body$;
"""

# `cost` is what the engine charged for it, in micro-dollars; it has no legs where it is 0. Answers what billing_post
# answers, with what was reserved; no row where nothing was reserved. More than was reserved is never taken.
SETTLE = """
CREATE FUNCTION billing_settle(movement text, actual bigint, cost bigint, who text)
RETURNS TABLE (milli bigint, told text) LANGUAGE plpgsql AS $body$
DECLARE about text; kinds text[] := ARRAY['held']; currencies text[] := ARRAY['mcr']; amounts bigint[];
BEGIN
  SELECT r.milli, r.about INTO milli, about FROM billing_reserved('reserve:' || movement) r;
  IF NOT FOUND THEN RETURN; END IF;
  IF actual > milli THEN told := 'above'; RETURN NEXT; RETURN; END IF;
  amounts := ARRAY[-milli];
  IF actual > 0 THEN
    kinds := kinds || 'revenue'::text; currencies := currencies || 'mcr'::text; amounts := amounts || actual;
  END IF;
  IF milli > actual THEN
    kinds := kinds || 'wallet'::text; currencies := currencies || 'mcr'::text; amounts := amounts || (milli - actual);
  END IF;
  IF cost > 0 THEN
    kinds := kinds || ARRAY['grant', 'provider_cost']; currencies := currencies || ARRAY['uusd', 'uusd'];
    amounts := amounts || ARRAY[-cost, cost];
  END IF;
  told := billing_post('close:' || movement, 'settle', about, '', who, kinds, currencies, amounts);
  RETURN NEXT;
END
$body$;
"""

# Runs as the system role, so that the check does not depend on the setting the row policies read. All legs of a movement
# come with one statement, so it can be looked at right after it.
BALANCED = """
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT n.studio_id, n.txn_id FROM added n) n
               JOIN billing_entry e ON e.studio_id = n.studio_id AND e.txn_id = n.txn_id
               JOIN billing_account a ON a.id = e.account_id
             GROUP BY e.txn_id, a.currency HAVING sum(e.amount) <> 0) THEN
    RAISE EXCEPTION 'a movement does not add up to zero' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
"""
TRIGGER = """
DROP TRIGGER billing_balanced ON billing_entry;
CREATE TRIGGER billing_balanced AFTER INSERT ON billing_entry REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION billing_legs_balanced();
"""


def again(name: str, body: str, before: str) -> migrations.RunSQL:
    """In place of the one that was there, for the application."""
    drop, grants = f"DROP FUNCTION {name};", FOR_THE_APPLICATION.format(name)
    return migrations.RunSQL(drop + body + grants, drop + before)


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_settle_in_one_call")]

    operations = [
        again("billing_post", POST, post),
        again("billing_reserved", RESERVED, reserved),
        again("billing_settle", SETTLE, settle),
        rls.SysFunction("billing_legs_balanced()", "trigger", BALANCED, "plpgsql"),
        migrations.RunSQL(TRIGGER, f"DROP TRIGGER billing_balanced ON billing_entry; {balanced.TRIGGER}"),
    ]
