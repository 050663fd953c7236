"""What every job does at its edges is one call of the database each, so that its plan is kept."""

from django.db import migrations

FOR_THE_APPLICATION = "REVOKE ALL ON FUNCTION {0} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {0} TO slate_app;"

# The transaction is for this studio from here on; the row policies read it. No job: it is somebody else's.
OWN = """
CREATE FUNCTION own_job(house uuid, wanted uuid, mine bigint, OUT job workflow_job, OUT edition bigint)
LANGUAGE plpgsql AS $body$
BEGIN
  PERFORM set_config('app.studio_id', house::text, true);
  SELECT j.* INTO job FROM workflow_job j
   WHERE j.studio_id = house AND j.id = wanted AND j.fence = mine AND j.state = 'running' FOR UPDATE;
  SELECT s.edition INTO edition FROM tenancy_studio s WHERE s.id = house;
END
$body$;
"""

# Children are locked in order of their ids, so that two parents that end at once never wait for each other in a circle.
# Answers those that may start now.
END = """
CREATE FUNCTION end_job(ended uuid, told jsonb, at timestamptz) RETURNS TABLE (child uuid, line varchar)
LANGUAGE plpgsql AS $body$
DECLARE house uuid := app_studio();
BEGIN
  UPDATE workflow_job j SET state = 'done', result = told, error = NULL, lease_until = NULL, waiting_for = '',
    ended_at = at, updated_at = at WHERE j.studio_id = house AND j.id = ended;
  PERFORM c.id FROM workflow_jobedge e JOIN workflow_job c ON c.id = e.child_id
    WHERE e.studio_id = house AND e.parent_id = ended AND c.deps_left > 0 ORDER BY c.id FOR UPDATE OF c;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY WITH counted AS (
    UPDATE workflow_job c SET deps_left = c.deps_left - 1,
      waiting_for = CASE WHEN c.deps_left = 1 AND c.state = 'queued' AND c.waiting_for = 'inputs'
                         THEN '' ELSE c.waiting_for END,
      run_after = CASE WHEN c.deps_left = 1 AND c.state = 'queued' AND c.waiting_for = 'inputs'
                       THEN clock_timestamp() ELSE c.run_after END
      FROM workflow_jobedge e
     WHERE e.studio_id = house AND e.parent_id = ended AND c.id = e.child_id AND c.deps_left > 0
    RETURNING c.id, c.queue, c.state, c.deps_left, c.waiting_for)
  SELECT n.id, n.queue FROM counted n WHERE n.deps_left = 0 AND n.state = 'queued' AND n.waiting_for = '';
END
$body$;
"""

# The numbers are taken under the stream's row lock and the events written with them. Answers the last number. A stream
# begins with a row of its own, in whichever of two transactions comes first: ON CONFLICT (id) DO UPDATE would let the
# other one wait at the table's second unique key, and fail there.
WRITE = """
CREATE FUNCTION write_events(stream uuid, kinds text[], bodies jsonb[]) RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE house uuid := app_studio(); many bigint := cardinality(kinds); last bigint;
BEGIN
  UPDATE workflow_stream s SET seq = s.seq + many WHERE s.studio_id = house AND s.id = stream RETURNING s.seq INTO last;
  IF NOT FOUND THEN
    INSERT INTO workflow_stream (id, studio_id, seq) VALUES (stream, house, 0) ON CONFLICT DO NOTHING;
    UPDATE workflow_stream s SET seq = s.seq + many
     WHERE s.studio_id = house AND s.id = stream RETURNING s.seq INTO last;
  END IF;
  INSERT INTO workflow_event (id, studio_id, created_at, updated_at, stream_id, seq, kind, body)
  SELECT gen_random_uuid(), house, clock_timestamp(), clock_timestamp(), stream, last - many + t.number, t.kind, t.body
    FROM unnest(kinds, bodies) WITH ORDINALITY AS t (kind, body, number);
  RETURN last;
END
$body$;
"""


def function(name: str, body: str) -> migrations.RunSQL:
    """Install it for the application; behind the row policies, as it runs as its caller."""
    return migrations.RunSQL(body + FOR_THE_APPLICATION.format(name), f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [("workflow", "0005_crashes"), ("tenancy", "0002_edition")]

    operations = [function("own_job", OWN), function("end_job", END), function("write_events", WRITE)]
