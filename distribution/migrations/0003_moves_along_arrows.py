"""A move along an arrow is seen to be one by the trigger's condition, without a call of its function."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("distribution", "0002_no_index_of_studios_alone"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="release",
            name="state_arrows",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="release",
            trigger=pgtrigger.compiler.Trigger(
                name="state_arrows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND OLD."state" || \':\' || NEW."state" <> ALL (\'{draft:released,draft:withdrawn,released:withdrawn}\'::text[]))',
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:released,draft:withdrawn,released:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="d73672f9c34f8628a3846464d88493618c5c9e80",
                    operation="UPDATE",
                    pgid="pgtrigger_state_arrows_c5c0d",
                    table="distribution_release",
                    when="BEFORE",
                ),
            ),
        ),
    ]
