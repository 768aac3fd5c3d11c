"""A move of a person that is sent again under its key is made once."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("targeting", "0030_lead_systems"),
    ]

    operations = [
        migrations.AddField(
            model_name="alertact",
            name="request_key",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddConstraint(
            model_name="alertact",
            constraint=models.UniqueConstraint(
                condition=~Q(request_key=""),
                fields=("alert", "actor", "request_key"),
                name="alert_act_once_a_key",
            ),
        ),
    ]
