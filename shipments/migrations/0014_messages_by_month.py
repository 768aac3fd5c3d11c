"""Raw messages by month of receipt (ADR 19)."""

from django.db import migrations, models

from shipments.models.partitioning import partition_by_month

MESSAGES = """
    SELECT message.*, batch.received_at FROM {old} AS message
    JOIN shipments_intakebatch AS batch ON batch.id = message.batch_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("shipments", "0013_transport_keys"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name="rawmessage",
                    name="received_at",
                    field=models.DateTimeField(),
                    preserve_default=False,
                ),
            ],
            database_operations=[
                partition_by_month(
                    "shipments_rawmessage", select=MESSAGES, add="received_at timestamptz NOT NULL"
                ),
            ],
        ),
    ]
