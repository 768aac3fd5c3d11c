"""Holders of an identifier are read from the index alone, the first of them in its order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shipments", "0023_legal_entities"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="partyidentifier",
            name="party_identifier_value",
        ),
        migrations.AddIndex(
            model_name="partyidentifier",
            index=models.Index(fields=["kind", "value", "party"], name="party_identifier_holder"),
        ),
    ]
