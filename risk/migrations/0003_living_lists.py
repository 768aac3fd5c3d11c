import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0002_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListsRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.UUIDField()),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="controllist",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="controllist",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="controllist",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listedition",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listedition",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listedition",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listentry",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listentry",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="listentry",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="controllist",
            name="act_url",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="controllistevent",
            name="act_url",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listedition",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="listedition",
            name="author_persons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="listedition",
            name="authors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="listedition",
            name="based_on",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="risk.listedition",
            ),
        ),
        migrations.AddField(
            model_name="listedition",
            name="change_note",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listedition",
            name="entered_force_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="listedition",
            name="proposed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="listedition",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="listeditionevent",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="listeditionevent",
            name="author_persons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="listeditionevent",
            name="authors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="listeditionevent",
            name="based_on",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="risk.listedition",
            ),
        ),
        migrations.AddField(
            model_name="listeditionevent",
            name="change_note",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listeditionevent",
            name="entered_force_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="listeditionevent",
            name="proposed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="listeditionevent",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="listentry",
            name="acknowledged",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="listentry",
            name="clause_smarts",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentry",
            name="clause_wording",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentry",
            name="codes",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="listentry",
            name="confidences",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="listentry",
            name="exceptions",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="listentry",
            name="exempt_amount",
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=15, null=True),
        ),
        migrations.AddField(
            model_name="listentry",
            name="exempt_period",
            field=models.TextField(
                blank=True,
                choices=[
                    ("consignment", "a consignment"),
                    ("month", "a month"),
                    ("year", "a year"),
                    ("unknown", "not known"),
                ],
            ),
        ),
        migrations.AddField(
            model_name="listentry",
            name="exempt_unit",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentry",
            name="exempt_wording",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentry",
            name="includes_ethers",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listentry",
            name="includes_mixtures",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listentry",
            name="includes_preparations",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listentry",
            name="is_limit_exclusive",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listentry",
            name="verified_by",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentry",
            name="verified_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="acknowledged",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="clause_smarts",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="clause_wording",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="codes",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="confidences",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="exceptions",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="exempt_amount",
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=15, null=True),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="exempt_period",
            field=models.TextField(
                blank=True,
                choices=[
                    ("consignment", "a consignment"),
                    ("month", "a month"),
                    ("year", "a year"),
                    ("unknown", "not known"),
                ],
            ),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="exempt_unit",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="exempt_wording",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="includes_ethers",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="includes_mixtures",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="includes_preparations",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="is_limit_exclusive",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="verified_by",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="listentryevent",
            name="verified_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="substancematch",
            name="is_upcoming",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="listentry",
            name="concentration_min_pct",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=7, null=True),
        ),
        migrations.AlterField(
            model_name="listentry",
            name="effective_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="listentry",
            name="effective_to",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="listentryevent",
            name="concentration_min_pct",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=7, null=True),
        ),
        migrations.AlterField(
            model_name="listentryevent",
            name="effective_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="listentryevent",
            name="effective_to",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="substanceidentifier",
            name="kind",
            field=models.TextField(
                choices=[
                    ("cas", "CAS number"),
                    ("ec", "EC number"),
                    ("un", "UN number"),
                    ("inchikey", "InChIKey"),
                    ("smiles", "SMILES"),
                    ("cus", "CUS number"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="substanceidentifierevent",
            name="kind",
            field=models.TextField(
                choices=[
                    ("cas", "CAS number"),
                    ("ec", "EC number"),
                    ("un", "UN number"),
                    ("inchikey", "InChIKey"),
                    ("smiles", "SMILES"),
                    ("cus", "CUS number"),
                ]
            ),
        ),
    ]
