"""The queue in the orders that people ask for, read without sorting all of it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("targeting", "0030_lead_systems"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="alert",
            index=models.Index(fields=["-score", "-id"], name="alert_by_score"),
        ),
        AddIndexConcurrently(
            model_name="alert",
            index=models.Index(fields=["-raised_at", "-id"], name="alert_by_raising"),
        ),
    ]
