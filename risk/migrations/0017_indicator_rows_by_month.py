"""Indicator rows by month of the declaration's acceptance (ADR 19)."""

from django.db import migrations, models

from shipments.models.partitioning import partition_by_month

ROWS = """
    SELECT fired.*, declaration.accepted_at FROM {old} AS fired
    JOIN risk_riskassessment AS assessment ON assessment.id = fired.assessment_id
    JOIN shipments_declaration AS declaration ON declaration.id = assessment.declaration_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0016_late_declarations"),
        ("shipments", "0014_messages_by_month"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(model_name="indicatorrow", name="indicator_row_once"),
                migrations.AddField(
                    model_name="indicatorrow",
                    name="accepted_at",
                    field=models.DateTimeField(),
                    preserve_default=False,
                ),
                migrations.AddConstraint(
                    model_name="indicatorrow",
                    constraint=models.UniqueConstraint(
                        fields=("assessment", "item_number", "code", "accepted_at"),
                        name="indicator_row_once",
                    ),
                ),
            ],
            database_operations=[
                partition_by_month(
                    "risk_indicatorrow", select=ROWS, add="accepted_at timestamptz NOT NULL"
                ),
            ],
        ),
    ]
