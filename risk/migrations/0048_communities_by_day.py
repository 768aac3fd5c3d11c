"""A community is kept up by day as a component is: by a key, with what is true of it beside."""

from django.db import migrations, models

_FROM_THE_NIGHT = """
    UPDATE risk_networkcommunity SET name = key, measured_at = (
      SELECT computed_at FROM risk_networkrun ORDER BY day DESC LIMIT 1)
    WHERE EXISTS (SELECT FROM risk_networkrun)
"""
_NEVER = "1970-01-01T00:00:00+00:00"


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0047_masses_on_edges"),
    ]

    operations = [
        migrations.RenameField(model_name="networkcommunity", old_name="name", new_name="key"),
        migrations.AddField(
            model_name="networkcommunity",
            name="name",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="networkcommunity",
            name="measured_at",
            field=models.DateTimeField(default=_NEVER),
            preserve_default=False,
        ),
        migrations.RunSQL(_FROM_THE_NIGHT, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="networkcommunity",
            index=models.Index(fields=["name"], name="network_community_name"),
        ),
    ]
