from django.db import migrations, models

from tenancy import rls

DUE_WHERE = "j.deps_left = 0 AND j.waiting_for NOT IN ('gate', 'funds', 'inputs')"
READY = f"{DUE_WHERE} AND j.state = 'queued' AND NOT j.held"
HELD = """EXISTS (SELECT FROM workflow_hold h JOIN workflow_job k ON k.id = wanted.id
             WHERE h.studio_id = k.studio_id AND k.payload ->> h.field = h.value)"""

# As in 0004, but a hold is asked about only where a job was named: on a connection whose first claim names none,
# there was no record to ask about yet, and the claim failed.
CLAIM = f"""
DECLARE wanted record; busy int; allowed int; passed int := 0; theirs boolean := false;
BEGIN
  IF job IS NOT NULL THEN
    SELECT j.id, j.studio_id, j.state INTO wanted FROM workflow_job j
     WHERE j.id = job AND {DUE_WHERE}
       AND ((j.state IN ('queued', 'waiting_engine', 'unknown') AND j.run_after <= clock_timestamp())
            OR (j.state = 'running' AND j.lease_until < clock_timestamp()))
     FOR UPDATE SKIP LOCKED;
    theirs := FOUND;
    IF theirs AND wanted.state = 'queued' AND {HELD} THEN
      UPDATE workflow_job j SET held = true WHERE j.id = wanted.id;
      theirs := false;
    END IF;
  END IF;
  IF NOT theirs THEN
    LOOP
      SELECT j.id, j.studio_id, j.state, j.priority, j.run_after INTO wanted FROM workflow_job j
       WHERE j.studio_id = house AND j.queue = line AND {READY} AND j.run_after <= clock_timestamp()
       ORDER BY j.priority DESC, j.run_after LIMIT 1 FOR UPDATE SKIP LOCKED;
      IF NOT FOUND OR passed = 500 THEN RETURN; END IF;
      EXIT WHEN NOT {HELD};
      UPDATE workflow_job j SET held = true WHERE j.id = wanted.id;
      passed := passed + 1;
    END LOOP;
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
    dependencies = [
        ("workflow", "0004_holds"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="crashes",
            field=models.IntegerField(default=0),
        ),
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
