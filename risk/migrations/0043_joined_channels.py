import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0042_network_groups"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="joined_to",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joined",
                to="risk.channel",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="state",
            field=models.TextField(
                choices=[
                    ("suspected", "suspected"),
                    ("confirmed", "confirmed"),
                    ("liquidated", "liquidated"),
                    ("dismissed", "dismissed"),
                    ("joined", "part of another one"),
                ],
                default="suspected",
            ),
        ),
        migrations.AlterField(
            model_name="channelact",
            name="move",
            field=models.TextField(
                choices=[
                    ("confirm", "confirmed"),
                    ("liquidate", "liquidated"),
                    ("dismiss", "dismissed"),
                    ("reopen", "opened again"),
                    ("join", "joined with another one"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="channelact",
            name="state",
            field=models.TextField(
                choices=[
                    ("suspected", "suspected"),
                    ("confirmed", "confirmed"),
                    ("liquidated", "liquidated"),
                    ("dismissed", "dismissed"),
                    ("joined", "part of another one"),
                ]
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("joined_to__isnull", False), ("state", "joined")),
                    models.Q(models.Q(("state", "joined"), _negated=True), ("joined_to", None)),
                    _connector="OR",
                ),
                name="channel_joined_to",
            ),
        ),
    ]
