"""The columns that go, the constraints on editions, and the triggers that keep what is law."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

KEEP_EDITIONS = """
CREATE FUNCTION risk_keep_edition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  free text[] := ARRAY['state', 'version', 'in_force_from', 'in_force_to', 'entered_force_at',
                       'verified_by', 'verified_on', 'verification_note'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'edition % was approved and is kept', OLD.id USING ERRCODE = '23001';
  END IF;
  IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
     OR NEW.state NOT IN ('approved', 'superseded')
     OR NEW.in_force_from IS DISTINCT FROM OLD.in_force_from
        AND NOT isempty(daterange(NEW.in_force_from, NEW.in_force_to)) THEN
    RAISE EXCEPTION 'edition % was approved: a change is a new edition', OLD.id
      USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER risk_keep_edition BEFORE UPDATE OR DELETE ON risk_listedition
  FOR EACH ROW WHEN (OLD.state IN ('approved', 'superseded'))
  EXECUTE FUNCTION risk_keep_edition();

CREATE FUNCTION risk_keep_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  free text[] := ARRAY['verified_by', 'verified_on'];
  closed bigint;
BEGIN
  SELECT id INTO closed FROM risk_listedition
   WHERE state <> 'draft'
     AND id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.edition_id END,
                CASE WHEN TG_OP <> 'DELETE' THEN NEW.edition_id END)
   LIMIT 1;
  IF closed IS NOT NULL
     AND NOT (TG_OP = 'UPDATE' AND to_jsonb(NEW) - free = to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'edition % is no draft: its entries are kept', closed
      USING ERRCODE = '23001';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER risk_keep_entry BEFORE INSERT OR UPDATE OR DELETE ON risk_listentry
  FOR EACH ROW EXECUTE FUNCTION risk_keep_entry();
"""
FORGET_EDITIONS = """
DROP TRIGGER risk_keep_entry ON risk_listentry;
DROP FUNCTION risk_keep_entry;
DROP TRIGGER risk_keep_edition ON risk_listedition;
DROP FUNCTION risk_keep_edition;
"""
# Entries need no trigger of their own: they are law from the moment their edition is.
MARK_REVISIONS = """
CREATE FUNCTION risk_mark_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO risk_listsrevision (id, revision) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET revision = EXCLUDED.revision;
  RETURN NULL;
END $$;
CREATE TRIGGER risk_mark_new_edition AFTER INSERT ON risk_listedition
  FOR EACH ROW WHEN (NEW.state IN ('approved', 'superseded'))
  EXECUTE FUNCTION risk_mark_revision();
CREATE TRIGGER risk_mark_edition AFTER UPDATE ON risk_listedition
  FOR EACH ROW WHEN (NEW.state IN ('approved', 'superseded'))
  EXECUTE FUNCTION risk_mark_revision();
CREATE TRIGGER risk_mark_names AFTER INSERT OR UPDATE OR DELETE ON risk_substancename
  FOR EACH STATEMENT EXECUTE FUNCTION risk_mark_revision();
CREATE TRIGGER risk_mark_control_list AFTER UPDATE OF code ON risk_controllist
  FOR EACH STATEMENT EXECUTE FUNCTION risk_mark_revision();
INSERT INTO risk_listsrevision (id, revision) VALUES (1, gen_random_uuid());
"""
UNMARK_REVISIONS = """
DROP TRIGGER risk_mark_control_list ON risk_controllist;
DROP TRIGGER risk_mark_names ON risk_substancename;
DROP TRIGGER risk_mark_edition ON risk_listedition;
DROP TRIGGER risk_mark_new_edition ON risk_listedition;
DROP FUNCTION risk_mark_revision;
DELETE FROM risk_listsrevision;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0004_carry_lists_over"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.RemoveField(
            model_name="listentry",
            name="commodity_codes",
        ),
        migrations.RemoveField(
            model_name="listentry",
            name="quantity_threshold",
        ),
        migrations.RemoveField(
            model_name="listentryevent",
            name="commodity_codes",
        ),
        migrations.RemoveField(
            model_name="listentryevent",
            name="quantity_threshold",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="controllist",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_controllistevent" ("act_url", "authority", "code", "id", "jurisdiction", "legal_act", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."act_url", new_values."authority", new_values."code", new_values."id", new_values."jurisdiction", new_values."legal_act", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b3475651037fc17b11f1d4434bc95895281eb890",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_442db",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="risk_controllist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="controllist",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_controllistevent" ("act_url", "authority", "code", "id", "jurisdiction", "legal_act", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT new_values."act_url", new_values."authority", new_values."code", new_values."id", new_values."jurisdiction", new_values."legal_act", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (ROW(old_values."id", old_values."code", old_values."title", old_values."authority", old_values."jurisdiction", old_values."legal_act", old_values."act_url") IS DISTINCT FROM ROW(new_values."id", new_values."code", new_values."title", new_values."authority", new_values."jurisdiction", new_values."legal_act", new_values."act_url")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b76b0628e5984c18fa1dce7f7fb436ae08bcf9d9",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_60a42",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="risk_controllist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="controllist",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_controllistevent" ("act_url", "authority", "code", "id", "jurisdiction", "legal_act", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") SELECT old_values."act_url", old_values."authority", old_values."code", old_values."id", old_values."jurisdiction", old_values."legal_act", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."title" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="e93275bca6eb6df546658a80db5034447c141886",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0bf64",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="risk_controllist",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listedition",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_listeditionevent" ("approved_at", "approved_by", "approved_person", "author_persons", "authors", "based_on_id", "change_note", "control_list_id", "created_at", "entered_force_at", "id", "in_force_from", "in_force_to", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "provenance", "source_digest", "state", "verification_note", "verified_by", "verified_on", "version") SELECT new_values."approved_at", new_values."approved_by", new_values."approved_person", new_values."author_persons", new_values."authors", new_values."based_on_id", new_values."change_note", new_values."control_list_id", new_values."created_at", new_values."entered_force_at", new_values."id", new_values."in_force_from", new_values."in_force_to", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."proposed_at", new_values."proposed_by", new_values."proposed_person", new_values."provenance", new_values."source_digest", new_values."state", new_values."verification_note", new_values."verified_by", new_values."verified_on", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a2c8a8cd429e2ec8eea9373400717cedf58fd63b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c4113",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="risk_listedition",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listedition",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_listeditionevent" ("approved_at", "approved_by", "approved_person", "author_persons", "authors", "based_on_id", "change_note", "control_list_id", "created_at", "entered_force_at", "id", "in_force_from", "in_force_to", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "provenance", "source_digest", "state", "verification_note", "verified_by", "verified_on", "version") SELECT new_values."approved_at", new_values."approved_by", new_values."approved_person", new_values."author_persons", new_values."authors", new_values."based_on_id", new_values."change_note", new_values."control_list_id", new_values."created_at", new_values."entered_force_at", new_values."id", new_values."in_force_from", new_values."in_force_to", new_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."proposed_at", new_values."proposed_by", new_values."proposed_person", new_values."provenance", new_values."source_digest", new_values."state", new_values."verification_note", new_values."verified_by", new_values."verified_on", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (ROW(old_values."id", old_values."proposed_by", old_values."proposed_person", old_values."approved_by", old_values."approved_person", old_values."control_list_id", old_values."number", old_values."state", old_values."based_on_id", old_values."version", old_values."authors", old_values."author_persons", old_values."change_note", old_values."in_force_from", old_values."in_force_to", old_values."source_digest", old_values."provenance", old_values."verified_by", old_values."verified_on", old_values."verification_note", old_values."proposed_at", old_values."approved_at", old_values."entered_force_at", old_values."created_at") IS DISTINCT FROM ROW(new_values."id", new_values."proposed_by", new_values."proposed_person", new_values."approved_by", new_values."approved_person", new_values."control_list_id", new_values."number", new_values."state", new_values."based_on_id", new_values."version", new_values."authors", new_values."author_persons", new_values."change_note", new_values."in_force_from", new_values."in_force_to", new_values."source_digest", new_values."provenance", new_values."verified_by", new_values."verified_on", new_values."verification_note", new_values."proposed_at", new_values."approved_at", new_values."entered_force_at", new_values."created_at")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="89e7e8845d6883f60f34dadc9c996f7db27d23f3",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d9fbc",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="risk_listedition",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listedition",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_listeditionevent" ("approved_at", "approved_by", "approved_person", "author_persons", "authors", "based_on_id", "change_note", "control_list_id", "created_at", "entered_force_at", "id", "in_force_from", "in_force_to", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by", "proposed_person", "provenance", "source_digest", "state", "verification_note", "verified_by", "verified_on", "version") SELECT old_values."approved_at", old_values."approved_by", old_values."approved_person", old_values."author_persons", old_values."authors", old_values."based_on_id", old_values."change_note", old_values."control_list_id", old_values."created_at", old_values."entered_force_at", old_values."id", old_values."in_force_from", old_values."in_force_to", old_values."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."proposed_at", old_values."proposed_by", old_values."proposed_person", old_values."provenance", old_values."source_digest", old_values."state", old_values."verification_note", old_values."verified_by", old_values."verified_on", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="db8a7d73fda197325ae6a629611d6e5764c98bd2",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2664a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="risk_listedition",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listentry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_listentryevent" ("acknowledged", "cas_rn", "clause_smarts", "clause_wording", "codes", "concentration_min_pct", "confidence", "confidences", "ec_number", "edition_id", "effective_from", "effective_to", "exceptions", "exempt_amount", "exempt_period", "exempt_unit", "exempt_wording", "form", "form_name", "formula", "hs6", "id", "inchikey", "includes_esters", "includes_ethers", "includes_isomers", "includes_mixtures", "includes_preparations", "includes_salts", "is_basket_code", "is_limit_exclusive", "is_limit_known", "kind", "notes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "schedule", "smiles", "source", "substance_id", "un_number", "verified_by", "verified_on") SELECT new_values."acknowledged", new_values."cas_rn", new_values."clause_smarts", new_values."clause_wording", new_values."codes", new_values."concentration_min_pct", new_values."confidence", new_values."confidences", new_values."ec_number", new_values."edition_id", new_values."effective_from", new_values."effective_to", new_values."exceptions", new_values."exempt_amount", new_values."exempt_period", new_values."exempt_unit", new_values."exempt_wording", new_values."form", new_values."form_name", new_values."formula", new_values."hs6", new_values."id", new_values."inchikey", new_values."includes_esters", new_values."includes_ethers", new_values."includes_isomers", new_values."includes_mixtures", new_values."includes_preparations", new_values."includes_salts", new_values."is_basket_code", new_values."is_limit_exclusive", new_values."is_limit_known", new_values."kind", new_values."notes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."schedule", new_values."smiles", new_values."source", new_values."substance_id", new_values."un_number", new_values."verified_by", new_values."verified_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="283897df6b2395bccb38fe247fb9afc17939441d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_af9b1",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="risk_listentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listentry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_listentryevent" ("acknowledged", "cas_rn", "clause_smarts", "clause_wording", "codes", "concentration_min_pct", "confidence", "confidences", "ec_number", "edition_id", "effective_from", "effective_to", "exceptions", "exempt_amount", "exempt_period", "exempt_unit", "exempt_wording", "form", "form_name", "formula", "hs6", "id", "inchikey", "includes_esters", "includes_ethers", "includes_isomers", "includes_mixtures", "includes_preparations", "includes_salts", "is_basket_code", "is_limit_exclusive", "is_limit_known", "kind", "notes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "schedule", "smiles", "source", "substance_id", "un_number", "verified_by", "verified_on") SELECT new_values."acknowledged", new_values."cas_rn", new_values."clause_smarts", new_values."clause_wording", new_values."codes", new_values."concentration_min_pct", new_values."confidence", new_values."confidences", new_values."ec_number", new_values."edition_id", new_values."effective_from", new_values."effective_to", new_values."exceptions", new_values."exempt_amount", new_values."exempt_period", new_values."exempt_unit", new_values."exempt_wording", new_values."form", new_values."form_name", new_values."formula", new_values."hs6", new_values."id", new_values."inchikey", new_values."includes_esters", new_values."includes_ethers", new_values."includes_isomers", new_values."includes_mixtures", new_values."includes_preparations", new_values."includes_salts", new_values."is_basket_code", new_values."is_limit_exclusive", new_values."is_limit_known", new_values."kind", new_values."notes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', new_values."id", new_values."schedule", new_values."smiles", new_values."source", new_values."substance_id", new_values."un_number", new_values."verified_by", new_values."verified_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (ROW(old_values."id", old_values."edition_id", old_values."substance_id", old_values."schedule", old_values."kind", old_values."form", old_values."form_name", old_values."cas_rn", old_values."ec_number", old_values."un_number", old_values."inchikey", old_values."smiles", old_values."formula", old_values."hs6", old_values."codes", old_values."is_basket_code", old_values."includes_salts", old_values."includes_isomers", old_values."includes_esters", old_values."includes_ethers", old_values."includes_mixtures", old_values."includes_preparations", old_values."exceptions", old_values."concentration_min_pct", old_values."is_limit_exclusive", old_values."is_limit_known", old_values."exempt_amount", old_values."exempt_unit", old_values."exempt_period", old_values."exempt_wording", old_values."clause_smarts", old_values."clause_wording", old_values."effective_from", old_values."effective_to", old_values."source", old_values."confidence", old_values."confidences", old_values."notes", old_values."acknowledged", old_values."verified_by", old_values."verified_on") IS DISTINCT FROM ROW(new_values."id", new_values."edition_id", new_values."substance_id", new_values."schedule", new_values."kind", new_values."form", new_values."form_name", new_values."cas_rn", new_values."ec_number", new_values."un_number", new_values."inchikey", new_values."smiles", new_values."formula", new_values."hs6", new_values."codes", new_values."is_basket_code", new_values."includes_salts", new_values."includes_isomers", new_values."includes_esters", new_values."includes_ethers", new_values."includes_mixtures", new_values."includes_preparations", new_values."exceptions", new_values."concentration_min_pct", new_values."is_limit_exclusive", new_values."is_limit_known", new_values."exempt_amount", new_values."exempt_unit", new_values."exempt_period", new_values."exempt_wording", new_values."clause_smarts", new_values."clause_wording", new_values."effective_from", new_values."effective_to", new_values."source", new_values."confidence", new_values."confidences", new_values."notes", new_values."acknowledged", new_values."verified_by", new_values."verified_on")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f15ec8c86f32332087d6bb12f91d234c910b1d4d",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_eb934",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="risk_listentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listentry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "risk_listentryevent" ("acknowledged", "cas_rn", "clause_smarts", "clause_wording", "codes", "concentration_min_pct", "confidence", "confidences", "ec_number", "edition_id", "effective_from", "effective_to", "exceptions", "exempt_amount", "exempt_period", "exempt_unit", "exempt_wording", "form", "form_name", "formula", "hs6", "id", "inchikey", "includes_esters", "includes_ethers", "includes_isomers", "includes_mixtures", "includes_preparations", "includes_salts", "is_basket_code", "is_limit_exclusive", "is_limit_known", "kind", "notes", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "schedule", "smiles", "source", "substance_id", "un_number", "verified_by", "verified_on") SELECT old_values."acknowledged", old_values."cas_rn", old_values."clause_smarts", old_values."clause_wording", old_values."codes", old_values."concentration_min_pct", old_values."confidence", old_values."confidences", old_values."ec_number", old_values."edition_id", old_values."effective_from", old_values."effective_to", old_values."exceptions", old_values."exempt_amount", old_values."exempt_period", old_values."exempt_unit", old_values."exempt_wording", old_values."form", old_values."form_name", old_values."formula", old_values."hs6", old_values."id", old_values."inchikey", old_values."includes_esters", old_values."includes_ethers", old_values."includes_isomers", old_values."includes_mixtures", old_values."includes_preparations", old_values."includes_salts", old_values."is_basket_code", old_values."is_limit_exclusive", old_values."is_limit_known", old_values."kind", old_values."notes", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."schedule", old_values."smiles", old_values."source", old_values."substance_id", old_values."un_number", old_values."verified_by", old_values."verified_on" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="090c2f13edb3646201bdd841474d54083ce5b7a2",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c27ba",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="risk_listentry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="listedition",
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
                name="edition_author_not_approver",
            ),
        ),
        migrations.AddConstraint(
            model_name="listedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("approved", "superseded")), _negated=True),
                    models.Q(("approved_by", ""), _negated=True),
                    models.Q(("source_digest", ""), _negated=True),
                    _connector="OR",
                ),
                name="edition_law_is_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="listedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("in_force_from__isnull", True),
                    ("in_force_to__isnull", True),
                    ("in_force_to__gte", models.F("in_force_from")),
                    _connector="OR",
                ),
                name="edition_period_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="listedition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_digest", ""), ("state__in", ["draft", "proposed"])),
                fields=("control_list",),
                name="edition_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="listedition",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state__in", ("approved", "superseded"))),
                expressions=[
                    ("control_list", "="),
                    (
                        models.Func(
                            "in_force_from",
                            "in_force_to",
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="edition_periods_apart",
            ),
        ),
        migrations.AddConstraint(
            model_name="listentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("exempt_amount__isnull", True), ("exempt_period", ""), ("exempt_unit", "")
                    ),
                    models.Q(
                        ("exempt_amount__gt", 0),
                        models.Q(("exempt_unit", ""), _negated=True),
                        models.Q(("exempt_period", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="list_entry_exemption",
            ),
        ),
        migrations.AddConstraint(
            model_name="listentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("clause_smarts", ""),
                    models.Q(("clause_wording", ""), _negated=True),
                    _connector="OR",
                ),
                name="list_entry_clause_worded",
            ),
        ),
        migrations.RunSQL(KEEP_EDITIONS, FORGET_EDITIONS),
        migrations.RunSQL(MARK_REVISIONS, UNMARK_REVISIONS),
    ]
