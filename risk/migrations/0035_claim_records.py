import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0034_channel_acts_kept"),
        ("shipments", "0022_register_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClaimRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("registration_number", models.TextField()),
                ("item_number", models.PositiveIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("accepted_at", models.DateTimeField()),
                ("hs6", models.TextField(blank=True)),
                (
                    "substance_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("claims", models.JSONField(default=list)),
                (
                    "goods_item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claim_record",
                        to="shipments.goodsitem",
                    ),
                ),
                (
                    "importer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="shipments.party",
                    ),
                ),
                (
                    "representative",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="shipments.party",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("registration_number", "item_number"), name="claim_record_once"
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["importer", "accepted_at", "registration_number", "item_number"],
                        name="claim_record_importer",
                    ),
                    models.Index(
                        condition=models.Q(("representative__isnull", False)),
                        fields=[
                            "representative", "accepted_at", "registration_number", "item_number",
                        ],
                        name="claim_record_representative",
                    ),
                    models.Index(
                        fields=["accepted_at", "registration_number", "item_number"],
                        name="claim_record_moment",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["kinds"], name="claim_record_kinds"
                    ),
                ],
            },
        ),
    ]  # fmt: skip
