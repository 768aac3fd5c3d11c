import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0043_joined_channels"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="watchlistentry",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="watchlistentry",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="watchlistentry",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="watchlistentry",
            name="sharing",
            field=models.TextField(
                choices=[
                    ("analysts", "all who read cases"),
                    ("central", "who sees every office"),
                    ("seniors", "senior analysts and auditors"),
                ],
                default="analysts",
            ),
        ),
        migrations.AddField(
            model_name="watchlistentryevent",
            name="sharing",
            field=models.TextField(
                choices=[
                    ("analysts", "all who read cases"),
                    ("central", "who sees every office"),
                    ("seniors", "senior analysts and auditors"),
                ],
                default="analysts",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="watchlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_watchlistentryevent" ("approved_at", "approved_by", "approved_person", "id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "reason", "sharing", "source", "state", "valid_from", "valid_until", "value", "withdrawal_reason", "withdrawn_at", "withdrawn_by") SELECT new_values."approved_at", new_values."approved_by", new_values."approved_person", new_values."id", new_values."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."proposed_at", new_values."proposed_by", new_values."proposed_person", new_values."reason", new_values."sharing", new_values."source", new_values."state", new_values."valid_from", new_values."valid_until", new_values."value", new_values."withdrawal_reason", new_values."withdrawn_at", new_values."withdrawn_by" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="27f587d1832badd2d494e11dfba33ece0619350b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_de935",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="risk_watchlistentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="watchlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_watchlistentryevent" ("approved_at", "approved_by", "approved_person", "id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "reason", "sharing", "source", "state", "valid_from", "valid_until", "value", "withdrawal_reason", "withdrawn_at", "withdrawn_by") SELECT new_values."approved_at", new_values."approved_by", new_values."approved_person", new_values."id", new_values."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."proposed_at", new_values."proposed_by", new_values."proposed_person", new_values."reason", new_values."sharing", new_values."source", new_values."state", new_values."valid_from", new_values."valid_until", new_values."value", new_values."withdrawal_reason", new_values."withdrawn_at", new_values."withdrawn_by" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (ROW(old_values."id", old_values."proposed_by", old_values."proposed_person", old_values."approved_by", old_values."approved_person", old_values."kind", old_values."value", old_values."reason", old_values."source", old_values."sharing", old_values."valid_from", old_values."valid_until", old_values."state", old_values."proposed_at", old_values."approved_at", old_values."withdrawn_by", old_values."withdrawn_at", old_values."withdrawal_reason") IS DISTINCT FROM ROW(new_values."id", new_values."proposed_by", new_values."proposed_person", new_values."approved_by", new_values."approved_person", new_values."kind", new_values."value", new_values."reason", new_values."source", new_values."sharing", new_values."valid_from", new_values."valid_until", new_values."state", new_values."proposed_at", new_values."approved_at", new_values."withdrawn_by", new_values."withdrawn_at", new_values."withdrawal_reason")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="2a63960cd745492a58dc6f03b0506da9f306f5e6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_40b3a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="risk_watchlistentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="watchlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_watchlistentryevent" ("approved_at", "approved_by", "approved_person", "id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "reason", "sharing", "source", "state", "valid_from", "valid_until", "value", "withdrawal_reason", "withdrawn_at", "withdrawn_by") SELECT old_values."approved_at", old_values."approved_by", old_values."approved_person", old_values."id", old_values."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."proposed_at", old_values."proposed_by", old_values."proposed_person", old_values."reason", old_values."sharing", old_values."source", old_values."state", old_values."valid_from", old_values."valid_until", old_values."value", old_values."withdrawal_reason", old_values."withdrawn_at", old_values."withdrawn_by" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="62b27469c9c5e95ff1f6d1c952f63568c3dfbd30",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2ad57",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="risk_watchlistentry",
                    when="AFTER",
                ),
            ),
        ),
    ]
