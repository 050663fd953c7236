"""A move along an arrow is seen to be one by the trigger's condition, without a call of its function."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0008_no_index_of_studios_alone"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="job",
            name="job_states",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="job",
            trigger=pgtrigger.compiler.Trigger(
                name="job_states",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND OLD."state" || \':\' || NEW."state" <> ALL (\'{queued:running,waiting_engine:running,unknown:running,running:queued,running:waiting_engine,running:unknown,running:needs_decision,running:done,running:failed,running:cancelled,queued:failed,queued:cancelled,waiting_engine:failed,waiting_engine:cancelled,unknown:failed,unknown:cancelled,needs_decision:failed,needs_decision:cancelled,needs_decision:queued,failed:queued,cancelled:queued}\'::text[]))',
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{queued:running,waiting_engine:running,unknown:running,running:queued,running:waiting_engine,running:unknown,running:needs_decision,running:done,running:failed,running:cancelled,queued:failed,queued:cancelled,waiting_engine:failed,waiting_engine:cancelled,unknown:failed,unknown:cancelled,needs_decision:failed,needs_decision:cancelled,needs_decision:queued,failed:queued,cancelled:queued}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="ca3758e995c736c04d36995223196ce81049e9de",
                    operation="UPDATE",
                    pgid="pgtrigger_job_states_5dac4",
                    table="workflow_job",
                    when="BEFORE",
                ),
            ),
        ),
    ]
