"""Owning a job reads no more of it than is used; its end and the claim of the next are one call."""

from importlib import import_module

from django.db import migrations

before = import_module("workflow.migrations.0006_one_call_each")
FOR_THE_APPLICATION = "REVOKE ALL ON FUNCTION {0} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {0} TO slate_app;"

# The transaction is for this studio from here on; the row policies read it. The job is locked. No row: it is somebody
# else's.
OWN = """
CREATE FUNCTION own_job(house uuid, wanted uuid, mine bigint) RETURNS TABLE (edition bigint)
LANGUAGE plpgsql AS $body$
BEGIN
  PERFORM set_config('app.studio_id', house::text, true);
  PERFORM FROM workflow_job j
   WHERE j.studio_id = house AND j.id = wanted AND j.fence = mine AND j.state = 'running' FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT s.edition FROM tenancy_studio s WHERE s.id = house;
END
$body$;
"""

# As end_job, then as claim_job for the next of the studio's line. `children` are those that may start now, [[id, line]].
END_AND_NEXT = """
CREATE FUNCTION end_job_and_claim(
  ended uuid, result jsonb, at timestamptz, line text, others text[], owner text, lease double precision,
  OUT children jsonb, OUT claimed workflow_job
) LANGUAGE plpgsql AS $body$
BEGIN
  SELECT jsonb_agg(jsonb_build_array(e.child, e.line)) INTO children FROM end_job(ended, result, at) e;
  SELECT c.* INTO claimed FROM claim_job(NULL, app_studio(), line, others, owner, lease) c;
END
$body$;
"""


def function(name: str, body: str) -> str:
    """For the application; behind the row policies, as it runs as its caller."""
    return body + FOR_THE_APPLICATION.format(name)


class Migration(migrations.Migration):
    dependencies = [("workflow", "0006_one_call_each")]

    operations = [
        migrations.RunSQL(
            "DROP FUNCTION own_job;" + function("own_job", OWN),
            "DROP FUNCTION own_job;" + function("own_job", before.OWN),
        ),
        migrations.RunSQL(function("end_job_and_claim", END_AND_NEXT), "DROP FUNCTION end_job_and_claim"),
    ]
