"""Audit events by month, and the functions that keep the months of all such tables (ADR 19)."""

from django.db import migrations

from shipments.models.partitioning import keep_partitions, partition_by_month


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0017_indicator_rows_by_month"),
        ("shipments", "0014_messages_by_month"),
        ("targeting", "0013_retention"),
    ]

    operations = [
        partition_by_month("targeting_auditevent"),
        keep_partitions(),
    ]
