"""What people do with alerts, move by move."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from shipments.models.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0019_draws"),
        ("targeting", "0014_audit_by_month"),
    ]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="assigned_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="alert",
            name="assignee",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assigned_alerts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="AlertAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "move",
                    models.TextField(
                        choices=[
                            ("take", "taken"),
                            ("assign", "assigned"),
                            ("release", "given back"),
                            ("note", "note"),
                            ("dismiss", "dismissed"),
                            ("confirm_dismissal", "dismissal confirmed"),
                            ("refuse_dismissal", "dismissal refused"),
                            ("reopen", "opened again"),
                        ]
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("other_meaning", "the words mean something else"),
                            ("below_limit", "below the limit"),
                            ("permits_in_order", "permits are in order"),
                            ("plausible_trade", "a plausible trade"),
                            ("found_clean", "inspected, nothing found"),
                            ("cancelled", "the declarant cancelled"),
                            ("other", "another reason"),
                        ],
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                ("assignee", models.TextField(blank=True)),
                ("actor", models.TextField()),
                ("person", models.TextField(blank=True)),
                ("acted_at", models.DateTimeField()),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acts",
                        to="targeting.alert",
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="risk.riskassessment",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="alert",
            name="proposal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposed_for",
                to="targeting.alertact",
            ),
        ),
        append_only("targeting_alertact"),
    ]
