"""A move along an arrow is seen to be one by the trigger's condition, without a call of its function."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("engines", "0006_no_index_of_studios_alone"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="enginecall",
            name="call_states",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enginecall",
            trigger=pgtrigger.compiler.Trigger(
                name="call_states",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND OLD."state" || \':\' || NEW."state" <> ALL (\'{intent:submitted,intent:unknown,intent:done,intent:failed,intent:cancelled,intent:needs_decision,unknown:intent,unknown:submitted,unknown:done,unknown:failed,unknown:needs_decision,submitted:done,submitted:failed,submitted:needs_decision,needs_decision:intent,needs_decision:unknown,needs_decision:submitted,needs_decision:done,needs_decision:failed}\'::text[]))',
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{intent:submitted,intent:unknown,intent:done,intent:failed,intent:cancelled,intent:needs_decision,unknown:intent,unknown:submitted,unknown:done,unknown:failed,unknown:needs_decision,submitted:done,submitted:failed,submitted:needs_decision,needs_decision:intent,needs_decision:unknown,needs_decision:submitted,needs_decision:done,needs_decision:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="a2199fc0bf7fe014909507462c296243ca46865b",
                    operation="UPDATE",
                    pgid="pgtrigger_call_states_4671d",
                    table="engines_enginecall",
                    when="BEFORE",
                ),
            ),
        ),
    ]
