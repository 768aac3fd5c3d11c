"""Limits of offices' lanes, the running counts of their days, and where a declaration stood."""

from django.db import migrations, models

from shipments.models.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0044_lead_sharing"),
    ]

    operations = [
        migrations.AddField(
            model_name="lanedecision",
            name="is_over_capacity",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="lanedecision",
            name="place",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="profilesimulation",
            name="plan_day",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="simulatedload",
            name="over_capacity",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="simulatedload",
            name="over_capacity_before",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="simulatedload",
            name="topped_up",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="simulatedload",
            name="topped_up_before",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="LaneDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customs_office", models.TextField()),
                ("day", models.DateField()),
                ("seen", models.PositiveIntegerField(default=0)),
                ("red", models.PositiveIntegerField(default=0)),
                ("yellow", models.PositiveIntegerField(default=0)),
                ("blue", models.PositiveIntegerField(default=0)),
                ("topped_up", models.PositiveIntegerField(default=0)),
                ("over_capacity", models.PositiveIntegerField(default=0)),
                ("passed", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customs_office", "day"), name="lane_day_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LaneLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customs_office", models.TextField()),
                (
                    "lane",
                    models.TextField(
                        choices=[
                            ("red", "red: physical inspection"),
                            ("yellow", "yellow: documents"),
                            ("blue", "blue: audit after clearance"),
                            ("green", "green: release"),
                        ]
                    ),
                ),
                ("capacity", models.PositiveIntegerField(null=True)),
                ("rate", models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                ("valid_from", models.DateField()),
                ("reason", models.TextField()),
                ("recorded_by", models.TextField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customs_office", "valid_from"], name="lane_limit_office")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lane__in", ("red", "yellow", "blue"))),
                        name="lane_limit_of_a_lane_with_work",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rate__isnull", True),
                            models.Q(("rate__gte", 0), ("rate__lte", 1)),
                            _connector="OR",
                        ),
                        name="lane_limit_rate_range",
                    ),
                ],
            },
        ),
        append_only("risk_lanelimit"),
    ]
