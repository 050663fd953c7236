"""Claims and the sweeper's question by index: neither may grow with the number of jobs that wait."""

from django.db import migrations, models

from tenancy import rls

DUE_WHERE = "j.deps_left = 0 AND j.waiting_for NOT IN ('gate', 'funds', 'inputs')"
READY = f"{DUE_WHERE} AND j.state = 'queued'"

# A studio may run `jobs_at_once` jobs; the advisory lock makes two claims of one studio take turns at counting.
# `job` is tried first. Without it, or where it is not to be had, the next of the studio's line `line` is taken, unless
# the head of one of `others` comes before it: then the free slot is left to that line.
CLAIM = f"""
DECLARE wanted record; busy int; allowed int;
BEGIN
  SELECT j.id, j.studio_id, j.state INTO wanted FROM workflow_job j
   WHERE j.id = job AND {DUE_WHERE}
     AND ((j.state IN ('queued', 'waiting_engine', 'unknown') AND j.run_after <= clock_timestamp())
          OR (j.state = 'running' AND j.lease_until < clock_timestamp()))
   FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
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
# Only lines with something ready are visited, however many jobs stand in them (a loose scan of `job_ready`).
DUE = f"""
  WITH RECURSIVE lines AS (
    (SELECT j.studio_id, j.queue FROM workflow_job j WHERE {READY} ORDER BY j.studio_id, j.queue LIMIT 1)
    UNION ALL
    SELECT n.studio_id, n.queue FROM lines l CROSS JOIN LATERAL (
      SELECT j.studio_id, j.queue FROM workflow_job j
       WHERE {READY} AND (j.studio_id, j.queue) > (l.studio_id, l.queue)
       ORDER BY j.studio_id, j.queue LIMIT 1) n),
  found AS (
    SELECT h.* FROM lines l CROSS JOIN LATERAL (
      SELECT j.id, j.queue, j.studio_id, j.run_after, j.state, j.priority FROM workflow_job j
       WHERE j.studio_id = l.studio_id AND j.queue = l.queue AND {READY} AND j.run_after <= clock_timestamp()
       ORDER BY j.priority DESC, j.run_after LIMIT most) h
    UNION ALL
    (SELECT j.id, j.queue, j.studio_id, j.run_after, j.state, j.priority FROM workflow_job j
      WHERE {DUE_WHERE} AND j.state IN ('waiting_engine', 'unknown') AND j.run_after <= clock_timestamp()
      ORDER BY j.run_after LIMIT most)
    UNION ALL
    (SELECT j.id, j.queue, j.studio_id, j.run_after, j.state, j.priority FROM workflow_job j
      WHERE {DUE_WHERE} AND j.state = 'running' AND j.lease_until < clock_timestamp()
      ORDER BY j.lease_until LIMIT most))
  SELECT f.id, f.queue, f.studio_id, f.run_after, f.state FROM found f
   ORDER BY row_number() OVER (PARTITION BY f.studio_id ORDER BY f.priority DESC, f.run_after), f.run_after
   LIMIT most
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                fields=["studio", "queue", "-priority", "run_after"],
                condition=models.Q(state="queued", deps_left=0)
                & ~models.Q(waiting_for__in=["gate", "funds", "inputs"]),
                name="job_ready",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                fields=["studio", "lease_until"], condition=models.Q(state="running"), name="job_leased"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                fields=["studio"], condition=models.Q(state="queued", waiting_for="funds"), name="job_broke"
            ),
        ),
        migrations.RunSQL("DROP FUNCTION claim_job(uuid, text, double precision)", migrations.RunSQL.noop),
        migrations.RunSQL("DROP FUNCTION due_jobs(int)", migrations.RunSQL.noop),
        rls.SysFunction(
            "claim_job(job uuid, house uuid, line text, others text[], owner text, lease double precision)",
            "SETOF workflow_job",
            CLAIM,
            "plpgsql",
        ),
        rls.SysFunction(
            "due_jobs(most int)",
            "TABLE (id uuid, queue varchar, studio_id uuid, run_after timestamptz, state varchar)",
            DUE,
        ),
    ]
