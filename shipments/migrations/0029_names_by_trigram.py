"""Names of parties found by parts and with slips of the pen in them."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("shipments", "0028_list_imports"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="party",
            index=GinIndex(fields=["name"], name="party_trigram", opclasses=["gin_trgm_ops"]),
        ),
        AddIndexConcurrently(
            model_name="partyname",
            index=GinIndex(fields=["name"], name="party_name_trigram", opclasses=["gin_trgm_ops"]),
        ),
    ]
