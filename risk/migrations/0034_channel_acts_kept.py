from django.db import migrations

from shipments.models.append_only import append_only


class Migration(migrations.Migration):
    """What analysts did with a channel is history: the application adds to it and reads it."""

    dependencies = [("risk", "0033_channels")]

    operations = [append_only("risk_channelact")]
