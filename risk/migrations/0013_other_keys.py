from django.db import migrations


class Migration(migrations.Migration):
    """Keys of the first version say nothing any more; texts are indexed anew."""

    dependencies = [("risk", "0012_looked_back_on_in_order")]

    operations = [migrations.RunSQL("DELETE FROM risk_textkey", migrations.RunSQL.noop)]
