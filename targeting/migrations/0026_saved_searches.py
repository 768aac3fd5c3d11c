"""Searches that people keep, and the rows they were told of."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targeting", "0025_referrals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outboxevent",
            name="kind",
            field=models.TextField(
                choices=[
                    ("edition_proposed", "edition proposed"),
                    ("edition_approved", "edition approved"),
                    ("edition_in_force", "edition in force"),
                    ("lane_given", "lane given"),
                    ("question_asked", "question asked"),
                    ("question_reminded", "question reminded of"),
                    ("model_drifted", "learned model drifted"),
                    ("receipt_finished", "receipt finished"),
                    ("search_found", "saved search found more"),
                ]
            ),
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                (
                    "resource",
                    models.TextField(
                        choices=[("alerts", "alerts"), ("declarations", "declarations")]
                    ),
                ),
                ("query", models.JSONField(default=dict)),
                ("is_watched", models.BooleanField(default=False)),
                ("by_email", models.BooleanField(default=False)),
                (
                    "lang",
                    models.TextField(choices=[("en", "English"), ("ru", "Русский")], default="en"),
                ),
                ("looked_at", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "saved searches",
            },
        ),
        migrations.CreateModel(
            name="KnownRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.BigIntegerField()),
                (
                    "search",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="known_rows",
                        to="targeting.savedsearch",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="savedsearch",
            index=models.Index(
                condition=models.Q(("is_watched", True)), fields=["id"], name="saved_search_watched"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.UniqueConstraint(
                fields=("owner", "resource", "name"), name="saved_search_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="knownrow",
            constraint=models.UniqueConstraint(fields=("search", "row"), name="known_row_once"),
        ),
    ]
