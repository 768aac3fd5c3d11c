"""Open alerts from before there were due times get theirs, counted from now on.

Counted from when they were raised, all of them would be overdue by a rule that nobody knew.
"""

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from targeting.domain.office_hours import due_times, read_minutes, read_office_hours

LANES = ("red", "yellow", "blue", "green")


def set_due_times(apps, schema_editor):
    chosen = settings.TARGETING
    hours = read_office_hours(
        chosen["OFFICE_HOURS"], zone=chosen["OFFICE_TIME_ZONE"], holidays=chosen["HOLIDAYS"]
    )
    minutes = read_minutes(chosen["DECIDE_MINUTES"], names=LANES)
    waiting = apps.get_model("targeting", "Alert").objects.filter(state="open", due_at=None)
    for lane, due_at in due_times(timezone.now(), minutes=minutes, hours=hours).items():
        waiting.filter(lane=lane).update(due_at=due_at)


class Migration(migrations.Migration):
    dependencies = [("targeting", "0027_export_resources")]

    operations = [migrations.RunPython(set_due_times, migrations.RunPython.noop)]
