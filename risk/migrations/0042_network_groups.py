"""What is true of a component or community stands once, and no longer with each of its parties."""

import django.db.models.deletion
from django.db import migrations, models

_GROUPS_OF_ROWS = """
    INSERT INTO risk_networkcomponent (key, name, parties, measured_at)
    SELECT component, component, max(component_parties), max(measured_at)
    FROM risk_partymetrics WHERE component IS NOT NULL GROUP BY component;
    INSERT INTO risk_networkcommunity (name, parties)
    SELECT community, max(community_parties)
    FROM risk_partymetrics WHERE community IS NOT NULL GROUP BY community;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0041_learned_models"),
    ]

    operations = [
        migrations.CreateModel(
            name="NetworkCommunity",
            fields=[
                ("name", models.BigIntegerField(primary_key=True, serialize=False)),
                ("parties", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name_plural": "network communities",
            },
        ),
        migrations.CreateModel(
            name="NetworkComponent",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
                ("name", models.BigIntegerField()),
                ("parties", models.PositiveIntegerField()),
                ("measured_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["name"], name="network_component_name")],
            },
        ),
        migrations.RunSQL(_GROUPS_OF_ROWS, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="partymetrics", name="component_parties"),
        migrations.RemoveField(model_name="partymetrics", name="community_parties"),
        migrations.AlterField(
            model_name="partymetrics",
            name="component",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="risk.networkcomponent",
            ),
        ),
        migrations.AlterField(
            model_name="partymetrics",
            name="community",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="risk.networkcommunity",
            ),
        ),
    ]
