"""The list of declarations, read from the latest on without sorting all of them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("shipments", "0029_names_by_trigram"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="declaration",
            index=models.Index(fields=["-accepted_at", "-id"], name="declaration_latest"),
        ),
    ]
