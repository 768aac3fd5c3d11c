"""Attaching a file is a row of the alert's timeline from now on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targeting", "0031_moves_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="alertattachment",
            name="act",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachment",
                to="targeting.alertact",
            ),
        ),
        migrations.AlterField(
            model_name="alertact",
            name="move",
            field=models.TextField(
                choices=[
                    ("take", "taken"),
                    ("assign", "assigned"),
                    ("release", "given back"),
                    ("note", "note"),
                    ("attach", "file attached"),
                    ("refer", "referred"),
                    ("dismiss", "dismissed"),
                    ("confirm_dismissal", "dismissal confirmed"),
                    ("refuse_dismissal", "dismissal refused"),
                    ("reopen", "opened again"),
                ]
            ),
        ),
    ]
