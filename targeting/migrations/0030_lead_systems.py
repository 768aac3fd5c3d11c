from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shipments", "0029_names_by_trigram"),
        ("targeting", "0029_events_by_subject"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="apiclient",
            name="client_scopes_of_kind",
        ),
        migrations.AlterField(
            model_name="apiclient",
            name="kind",
            field=models.TextField(
                choices=[
                    ("api_client", "API client: submits and reads its receipts"),
                    ("customs_system", "customs system: lanes and outcomes"),
                    ("lead_system", "lead system: posts leads and reads its own"),
                ],
                default="api_client",
            ),
        ),
        migrations.AlterField(
            model_name="apiclientevent",
            name="kind",
            field=models.TextField(
                choices=[
                    ("api_client", "API client: submits and reads its receipts"),
                    ("customs_system", "customs system: lanes and outcomes"),
                    ("lead_system", "lead system: posts leads and reads its own"),
                ],
                default="api_client",
            ),
        ),
        migrations.AddConstraint(
            model_name="apiclient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "api_client"),
                        ("scopes__contained_by", ["declarations:write", "receipts:read"]),
                    ),
                    models.Q(
                        ("kind", "customs_system"),
                        (
                            "scopes__contained_by",
                            ["lanes:acknowledge", "lanes:read", "outcomes:write"],
                        ),
                    ),
                    models.Q(
                        ("kind", "lead_system"),
                        ("scopes__contained_by", ["leads:read", "leads:write"]),
                    ),
                    _connector="OR",
                ),
                name="client_scopes_of_kind",
            ),
        ),
    ]
