from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shipments", "0025_kinds_of_leads"),
    ]

    operations = [
        migrations.AlterField(
            model_name="job",
            name="kind",
            field=models.TextField(
                choices=[
                    ("look_back", "look-back: stored declarations under changed law"),
                    ("name_look_back", "look-back: stored declarations under changed names"),
                    ("simulation", "simulation: what a draft would change"),
                    ("indexing", "blocking keys of texts stored before"),
                    ("reassessment", "stored declarations after a register changed"),
                    ("profile_simulation", "simulation: what a risk profile would select"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="stagerun",
            name="stage",
            field=models.TextField(
                choices=[
                    ("ingest", "ingest"),
                    ("match", "match"),
                    ("link", "link"),
                    ("assess", "assess"),
                    ("alert", "alert"),
                    ("index", "index"),
                    ("plan", "plan"),
                    ("screen", "screen"),
                    ("judge", "judge"),
                    ("choose", "choose"),
                    ("reassess", "reassess"),
                    ("replay", "replay"),
                ]
            ),
        ),
    ]
