"""Whoever receives a referral is told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targeting", "0032_attachments_in_timeline"),
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
                    ("referral_sent", "referral sent"),
                ]
            ),
        ),
    ]
