from django.db import migrations, models

# What a list exempts counts by its jurisdiction, so a change of that is a change of the lists.
MARK = """
DROP TRIGGER risk_mark_control_list ON risk_controllist;
CREATE TRIGGER risk_mark_control_list AFTER UPDATE OF {} ON risk_controllist
  FOR EACH STATEMENT EXECUTE FUNCTION risk_mark_revision();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0028_party_ties"),
    ]

    operations = [
        migrations.AddField(
            model_name="substancematch",
            name="is_exempt",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(MARK.format("code, jurisdiction"), MARK.format("code")),
    ]
