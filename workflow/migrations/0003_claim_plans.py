"""Claims are planned once for a connection: planning them anew costs more than they do, and no plan depends on the job."""

from django.db import migrations

from tenancy import rls

DUE_WHERE = "j.deps_left = 0 AND j.waiting_for NOT IN ('gate', 'funds', 'inputs')"
READY = f"{DUE_WHERE} AND j.state = 'queued'"
# A studio may run `jobs_at_once` jobs; the advisory lock makes two claims of one studio take turns at counting.
# `job` is tried first. Without it, or where it is not to be had, the next of the studio's line `line` is taken, unless
# the head of one of `others` comes before it: then the free slot is left to that line.
CLAIM = f"""
DECLARE wanted record; busy int; allowed int;
BEGIN
  IF job IS NOT NULL THEN
    SELECT j.id, j.studio_id, j.state INTO wanted FROM workflow_job j
     WHERE j.id = job AND {DUE_WHERE}
       AND ((j.state IN ('queued', 'waiting_engine', 'unknown') AND j.run_after <= clock_timestamp())
            OR (j.state = 'running' AND j.lease_until < clock_timestamp()))
     FOR UPDATE SKIP LOCKED;
  END IF;
  IF job IS NULL OR NOT FOUND THEN
    SELECT j.id, j.studio_id, j.state, j.priority, j.run_after INTO wanted FROM workflow_job j
     WHERE j.studio_id = house AND j.queue = line AND {READY} AND j.run_after <= clock_timestamp()
     ORDER BY j.priority DESC, j.run_after LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN; END IF;
    IF EXISTS (SELECT FROM unnest(others) o CROSS JOIN LATERAL (
        SELECT j.priority, j.run_after FROM workflow_job j
         WHERE j.studio_id = house AND j.queue = o AND {READY} AND j.run_after <= clock_timestamp()
         ORDER BY j.priority DESC, j.run_after LIMIT 1) head
       WHERE (-head.priority, head.run_after) < (-wanted.priority, wanted.run_after)) THEN RETURN; END IF;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('claim' || wanted.studio_id::text, 0));
  SELECT count(*) INTO busy FROM workflow_job j
   WHERE j.studio_id = wanted.studio_id AND j.state = 'running' AND j.lease_until >= clock_timestamp();
  SELECT s.jobs_at_once INTO allowed FROM tenancy_studio s WHERE s.id = wanted.studio_id;
  IF busy >= allowed THEN RETURN; END IF;
  RETURN QUERY UPDATE workflow_job j SET
      state = 'running', fence = j.fence + 1, lease_owner = owner, waiting_for = '',
      lease_until = clock_timestamp() + make_interval(secs => lease),
      attempts = j.attempts + (wanted.state = 'running')::int,
      started_at = coalesce(j.started_at, clock_timestamp()), version = j.version + 1, updated_at = clock_timestamp()
    WHERE j.id = wanted.id
    RETURNING j.*;
END
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_ready_lines")]

    operations = [
        rls.SysFunction(
            "claim_job(job uuid, house uuid, line text, others text[], owner text, lease double precision)",
            "SETOF workflow_job",
            CLAIM,
            "plpgsql",
        ),
        migrations.RunSQL(
            "ALTER FUNCTION claim_job SET plan_cache_mode = force_generic_plan", migrations.RunSQL.noop
        ),
    ]
