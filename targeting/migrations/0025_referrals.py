"""Referrals, attachments and due times of alerts; the role of people of another agency."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models

from shipments.models.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0046_exports"),
        ("shipments", "0027_exports"),
        ("targeting", "0024_list_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertAttachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("file", models.FileField(upload_to="")),
                ("file_name", models.TextField()),
                ("media_type", models.TextField()),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("note", models.TextField(blank=True)),
                ("added_by", models.TextField()),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.TextField(
                        choices=[("inspection", "to inspection"), ("agency", "to another agency")]
                    ),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("content", models.JSONField()),
                ("note", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("sent", "sent"),
                            ("received", "received"),
                            ("answered", "answered"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="sent",
                    ),
                ),
                ("received_by", models.TextField(blank=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True)),
                ("closed_by", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="user",
            name="user_roles_known",
        ),
        migrations.RemoveConstraint(
            model_name="user",
            name="user_role_held_alone",
        ),
        migrations.AddField(
            model_name="alert",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="alertact",
            name="move",
            field=models.TextField(
                choices=[
                    ("take", "taken"),
                    ("assign", "assigned"),
                    ("release", "given back"),
                    ("note", "note"),
                    ("refer", "referred"),
                    ("dismiss", "dismissed"),
                    ("confirm_dismissal", "dismissal confirmed"),
                    ("refuse_dismissal", "dismissal refused"),
                    ("reopen", "opened again"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(
                    choices=[
                        ("analyst", "customs analyst"),
                        ("senior_analyst", "senior customs analyst"),
                        ("examiner", "examiner"),
                        ("list_editor", "list editor"),
                        ("list_approver", "list approver"),
                        ("auditor", "auditor"),
                        ("administrator", "administrator"),
                        ("partner", "another agency: what is referred to it"),
                    ]
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="userevent",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(
                    choices=[
                        ("analyst", "customs analyst"),
                        ("senior_analyst", "senior customs analyst"),
                        ("examiner", "examiner"),
                        ("list_editor", "list editor"),
                        ("list_approver", "list approver"),
                        ("auditor", "auditor"),
                        ("administrator", "administrator"),
                        ("partner", "another agency: what is referred to it"),
                    ]
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["due_at", "id"],
                name="alert_by_due_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "roles__contained_by",
                        [
                            "analyst",
                            "senior_analyst",
                            "examiner",
                            "list_editor",
                            "list_approver",
                            "auditor",
                            "administrator",
                            "partner",
                        ],
                    )
                ),
                name="user_roles_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("roles__contains", ["administrator"]), _negated=True),
                        models.Q(("roles__contains", ["auditor"]), _negated=True),
                        models.Q(("roles__contains", ["partner"]), _negated=True),
                    ),
                    ("roles__len", 1),
                    _connector="OR",
                ),
                name="user_role_held_alone",
            ),
        ),
        migrations.AddField(
            model_name="alertattachment",
            name="alert",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="targeting.alert",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="act",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referral",
                to="targeting.alertact",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="agency",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="targeting.agency",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="alert",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="targeting.alert",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertattachment",
            constraint=models.UniqueConstraint(
                fields=("alert", "number"), name="attachment_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertattachment",
            constraint=models.UniqueConstraint(fields=("alert", "sha256"), name="attachment_once"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["agency", "-id"], name="referral_by_agency"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency__isnull", False), ("kind", "agency")),
                    models.Q(("agency", None), ("kind", "inspection")),
                    _connector="OR",
                ),
                name="referral_to_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", "")),
                    models.Q(
                        ("closed_at__isnull", False), models.Q(("closed_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="referral_closed_by_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="referral_as_sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF ROW(OLD.public_id, OLD.alert_id, OLD.act_id, OLD.kind, OLD.agency_id, OLD.parts, OLD.content, OLD.note) IS DISTINCT FROM ROW(NEW.public_id, NEW.alert_id, NEW.act_id, NEW.kind, NEW.agency_id, NEW.parts, NEW.content, NEW.note) THEN\n      RAISE EXCEPTION 'a referral stays as it was sent';\n    END IF;\n    RETURN NEW;\n",
                    hash="19790e1672e56c35fef5271b90e3d5e583e6ce61",
                    operation="UPDATE",
                    pgid="pgtrigger_referral_as_sent_d2dac",
                    table="targeting_referral",
                    when="BEFORE",
                ),
            ),
        ),
        append_only("targeting_alertattachment"),
    ]
