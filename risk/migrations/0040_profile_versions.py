"""Profiles as versions with a life, their simulations, and the trigger that keeps approved ones."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# What is stored came from files, and was used from then on.
CARRY_OVER = """
UPDATE risk_riskprofile SET state = 'approved', loaded_from = 'a file', activated_at = created_at;
"""
KEEP_PROFILES = """
CREATE FUNCTION risk_keep_profile() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  free text[] := ARRAY['is_active', 'activated_at'];
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    RAISE EXCEPTION 'profile % was approved: a change is a new version', OLD.id
      USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER risk_keep_profile BEFORE UPDATE OR DELETE ON risk_riskprofile
  FOR EACH ROW WHEN (OLD.state = 'approved')
  EXECUTE FUNCTION risk_keep_profile();
"""
FORGET_PROFILES = """
DROP TRIGGER risk_keep_profile ON risk_riskprofile;
DROP FUNCTION risk_keep_profile;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0039_reagent_baskets"),
        ("shipments", "0026_profile_simulations"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProfileSimulation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("result", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="SimulatedLoad",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customs_office", models.TextField(blank=True)),
                ("day", models.DateField()),
                ("declarations", models.PositiveIntegerField()),
                ("red", models.PositiveIntegerField()),
                ("yellow", models.PositiveIntegerField()),
                ("blue", models.PositiveIntegerField()),
                ("random_arm", models.PositiveIntegerField()),
                ("red_before", models.PositiveIntegerField()),
                ("yellow_before", models.PositiveIntegerField()),
                ("blue_before", models.PositiveIntegerField()),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="riskprofile",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="riskprofile",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="riskprofile",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="activated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="author_persons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="authors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="based_on",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="risk.riskprofile",
            ),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="change_note",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="loaded_from",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="proposed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="state",
            field=models.TextField(
                choices=[("draft", "draft"), ("proposed", "proposed"), ("approved", "approved")],
                default="draft",
            ),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="activated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="author_persons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="authors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="based_on",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="risk.riskprofile",
            ),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="change_note",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="loaded_from",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="proposed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="riskprofileevent",
            name="state",
            field=models.TextField(
                choices=[("draft", "draft"), ("proposed", "proposed"), ("approved", "approved")],
                default="draft",
            ),
        ),
        migrations.AlterField(
            model_name="rescreening",
            name="kind",
            field=models.TextField(
                choices=[
                    ("look_back", "look-back: stored declarations under changed law"),
                    ("name_look_back", "look-back: stored declarations under changed names"),
                    ("simulation", "simulation: what a draft would change"),
                    ("indexing", "blocking keys of texts stored before"),
                    ("reassessment", "stored declarations after a register changed"),
                    ("profile_simulation", "simulation: what a risk profile would select"),
                ]
            ),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="riskprofile",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_riskprofileevent" ("activated_at", "approved_at", "approved_by", "approved_person", "author_persons", "authors", "based_on_id", "change_note", "code", "content", "created_at", "digest", "id", "is_active", "loaded_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "revision", "state", "valid_from", "version") SELECT new_values."activated_at", new_values."approved_at", new_values."approved_by", new_values."approved_person", new_values."author_persons", new_values."authors", new_values."based_on_id", new_values."change_note", new_values."code", new_values."content", new_values."created_at", new_values."digest", new_values."id", new_values."is_active", new_values."loaded_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."proposed_at", new_values."proposed_by", new_values."proposed_person", new_values."revision", new_values."state", new_values."valid_from", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b7a0951ea94cbe3c3a1993a98e5c30b014c9adfd",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5da79",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="risk_riskprofile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="riskprofile",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_riskprofileevent" ("activated_at", "approved_at", "approved_by", "approved_person", "author_persons", "authors", "based_on_id", "change_note", "code", "content", "created_at", "digest", "id", "is_active", "loaded_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "revision", "state", "valid_from", "version") SELECT new_values."activated_at", new_values."approved_at", new_values."approved_by", new_values."approved_person", new_values."author_persons", new_values."authors", new_values."based_on_id", new_values."change_note", new_values."code", new_values."content", new_values."created_at", new_values."digest", new_values."id", new_values."is_active", new_values."loaded_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."proposed_at", new_values."proposed_by", new_values."proposed_person", new_values."revision", new_values."state", new_values."valid_from", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (ROW(old_values."id", old_values."proposed_by", old_values."proposed_person", old_values."approved_by", old_values."approved_person", old_values."code", old_values."version", old_values."state", old_values."content", old_values."digest", old_values."valid_from", old_values."based_on_id", old_values."revision", old_values."authors", old_values."author_persons", old_values."change_note", old_values."loaded_from", old_values."is_active", old_values."created_at", old_values."proposed_at", old_values."approved_at", old_values."activated_at") IS DISTINCT FROM ROW(new_values."id", new_values."proposed_by", new_values."proposed_person", new_values."approved_by", new_values."approved_person", new_values."code", new_values."version", new_values."state", new_values."content", new_values."digest", new_values."valid_from", new_values."based_on_id", new_values."revision", new_values."authors", new_values."author_persons", new_values."change_note", new_values."loaded_from", new_values."is_active", new_values."created_at", new_values."proposed_at", new_values."approved_at", new_values."activated_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="6d8fcb6ec158f11cd8d3ca6c1d66ce6de61bc150",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_de369",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="risk_riskprofile",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="riskprofile",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_riskprofileevent" ("activated_at", "approved_at", "approved_by", "approved_person", "author_persons", "authors", "based_on_id", "change_note", "code", "content", "created_at", "digest", "id", "is_active", "loaded_from", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "revision", "state", "valid_from", "version") SELECT old_values."activated_at", old_values."approved_at", old_values."approved_by", old_values."approved_person", old_values."author_persons", old_values."authors", old_values."based_on_id", old_values."change_note", old_values."code", old_values."content", old_values."created_at", old_values."digest", old_values."id", old_values."is_active", old_values."loaded_from", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."proposed_at", old_values."proposed_by", old_values."proposed_person", old_values."revision", old_values."state", old_values."valid_from", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="a0619c0c1ee31fb502473f36433e6cae41f3798e",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e7368",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="risk_riskprofile",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="riskprofile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "proposed"])),
                fields=("code",),
                name="risk_profile_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", ""),
                    models.Q(
                        models.Q(("authors__contains", [models.F("approved_by")]), _negated=True),
                        models.Q(
                            ("author_persons__contains", [models.F("approved_person")]),
                            _negated=True,
                        ),
                    ),
                    _connector="OR",
                ),
                name="risk_profile_author_not_approver",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(("approved_by", ""), _negated=True),
                    models.Q(("loaded_from", ""), _negated=True),
                    _connector="OR",
                ),
                name="risk_profile_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_active", False), ("state", "approved"), _connector="OR"),
                name="risk_profile_used_is_approved",
            ),
        ),
        migrations.AddField(
            model_name="profilesimulation",
            name="compared_with",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="risk.riskprofile"
            ),
        ),
        migrations.AddField(
            model_name="profilesimulation",
            name="job",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="profile_simulation",
                to="shipments.job",
            ),
        ),
        migrations.AddField(
            model_name="profilesimulation",
            name="profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="simulations",
                to="risk.riskprofile",
            ),
        ),
        migrations.AddField(
            model_name="simulatedload",
            name="simulation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="loads",
                to="risk.profilesimulation",
            ),
        ),
        migrations.AddConstraint(
            model_name="profilesimulation",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))),
                name="profile_simulation_period_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="simulatedload",
            constraint=models.UniqueConstraint(
                fields=("simulation", "day", "customs_office"), name="simulated_load_once"
            ),
        ),
        migrations.RunSQL(KEEP_PROFILES, FORGET_PROFILES),
    ]
