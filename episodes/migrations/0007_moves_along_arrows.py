"""A move along an arrow is seen to be one by the trigger's condition, without a call of its function."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0006_no_index_of_studios_alone"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="episode",
            name="state_arrows",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="gatereview",
            name="state_arrows",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="shot",
            name="state_arrows",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="episode",
            trigger=pgtrigger.compiler.Trigger(
                name="state_arrows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND OLD."state" || \':\' || NEW."state" <> ALL (\'{assembling:cancelling,assembling:gate_a,assembling:gate_b,assembling:gate_c,cancelling:cancelled,certified:drafting,certified:released,drafting:cancelling,drafting:gate_a,gate_a:cancelling,gate_a:drafting,gate_a:generating,gate_b:assembling,gate_b:cancelling,gate_b:gate_a,gate_b:generating,gate_c:assembling,gate_c:cancelling,gate_c:certified,gate_c:gate_a,gate_c:gate_b,generating:cancelling,generating:gate_a,generating:gate_b,released:drafting}\'::text[]))',
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{assembling:cancelling,assembling:gate_a,assembling:gate_b,assembling:gate_c,cancelling:cancelled,certified:drafting,certified:released,drafting:cancelling,drafting:gate_a,gate_a:cancelling,gate_a:drafting,gate_a:generating,gate_b:assembling,gate_b:cancelling,gate_b:gate_a,gate_b:generating,gate_c:assembling,gate_c:cancelling,gate_c:certified,gate_c:gate_a,gate_c:gate_b,generating:cancelling,generating:gate_a,generating:gate_b,released:drafting}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="08bae44f6d0d1cf972196fc17320a34db2782183",
                    operation="UPDATE",
                    pgid="pgtrigger_state_arrows_ee928",
                    table="episodes_episode",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="gatereview",
            trigger=pgtrigger.compiler.Trigger(
                name="state_arrows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND OLD."state" || \':\' || NEW."state" <> ALL (\'{approved:superseded,open:approved,open:returned,open:superseded}\'::text[]))',
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{approved:superseded,open:approved,open:returned,open:superseded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b7dae473b5926cdd086c1b7f8ee94c1f4b01aec1",
                    operation="UPDATE",
                    pgid="pgtrigger_state_arrows_3a6b4",
                    table="episodes_gatereview",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shot",
            trigger=pgtrigger.compiler.Trigger(
                name="state_arrows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."state" IS DISTINCT FROM NEW."state" AND OLD."state" || \':\' || NEW."state" <> ALL (\'{approved:retake,approved:todo,awaiting_review:approved,awaiting_review:retake,awaiting_review:todo,retake:todo,retake:wip,todo:wip,wip:awaiting_review,wip:todo}\'::text[]))',
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{approved:retake,approved:todo,awaiting_review:approved,awaiting_review:retake,awaiting_review:todo,retake:todo,retake:wip,todo:wip,wip:awaiting_review,wip:todo}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b427a71f31f43f9c244608cd302762bbee133bec",
                    operation="UPDATE",
                    pgid="pgtrigger_state_arrows_a7cdf",
                    table="episodes_shot",
                    when="BEFORE",
                ),
            ),
        ),
    ]
