"""What was reserved under a key: asked at the end of every priced call, so its plan is kept."""

from django.db import migrations

RESERVED = """
CREATE FUNCTION billing_reserved(movement text) RETURNS TABLE (milli bigint, about varchar) LANGUAGE plpgsql AS $body$
BEGIN
  RETURN QUERY SELECT e.amount, t.subject
    FROM billing_txn t JOIN billing_entry e ON e.studio_id = t.studio_id AND e.txn_id = t.id
    JOIN billing_account a ON a.id = e.account_id
   WHERE t.studio_id = app_studio() AND t.key = movement AND a.kind = 'held';
END
$body$;
REVOKE ALL ON FUNCTION billing_reserved FROM PUBLIC;
GRANT EXECUTE ON FUNCTION billing_reserved TO slate_app;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_post_in_one_call")]

    operations = [migrations.RunSQL(RESERVED, "DROP FUNCTION billing_reserved")]
