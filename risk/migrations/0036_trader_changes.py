from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0035_claim_records"),
    ]

    operations = [
        migrations.AlterField(
            model_name="registerchange",
            name="register",
            field=models.TextField(
                choices=[
                    ("authorisation", "authorisation"),
                    ("notification", "pre-export notification"),
                    ("requirement", "requirement or norm"),
                    ("permit_match", "which permit an item came under"),
                    ("notification_match", "which notice an item came under"),
                    ("trader", "which parties are one trader"),
                ]
            ),
        ),
    ]
