"""What is published of the random draw, day by day."""

import django.db.models.deletion
from django.db import migrations, models

from shipments.models.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0018_watchlists"),
    ]

    operations = [
        migrations.CreateModel(
            name="DrawDigest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("digest", models.TextField()),
                ("announced_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DrawKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField()),
                ("published_at", models.DateTimeField()),
                (
                    "announcement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published",
                        to="risk.drawdigest",
                    ),
                ),
            ],
        ),
        append_only("risk_drawdigest", "risk_drawkey"),
    ]
