"""What is stored in the columns that go, put into those that came."""

import re
from decimal import Decimal

from django.db import migrations

_THRESHOLD = re.compile(r"(?P<amount>\d+(?:\.\d+)?) (?P<unit>\S+)(?: \((?P<wording>.+)\))?")
_NOMENCLATURE = {8: "cn", 10: "tnved"}


def carry_entries_over(apps, schema_editor):
    entries = apps.get_model("risk", "ListEntry").objects.select_related("edition")
    changed = []
    for entry in entries.iterator(chunk_size=2000):
        entry.codes = [
            {"nomenclature": _NOMENCLATURE.get(len(code), "hs"), "code": code}
            for code in entry.commodity_codes
        ]
        found = _THRESHOLD.fullmatch(entry.quantity_threshold)
        if found:
            wording = found["wording"] or ""
            entry.exempt_amount = Decimal(found["amount"])
            entry.exempt_unit = found["unit"]
            entry.exempt_period = "year" if "annual" in wording.lower() else "unknown"
            entry.exempt_wording = wording
        edition = entry.edition
        entry.verified_by, entry.verified_on = edition.verified_by, edition.verified_on
        changed.append(entry)
    fields = [
        "codes",
        "verified_by",
        "verified_on",
        "exempt_amount",
        "exempt_unit",
        "exempt_period",
        "exempt_wording",
    ]
    entries.bulk_update(changed, fields, batch_size=1000)


def close_periods(apps, schema_editor):
    """Give each edition that was law its period: up to the next one's first day.

    An edition that another replaced for its whole period keeps its first day as an empty
    period: it was a correction of what had been loaded.
    """
    edition_model = apps.get_model("risk", "ListEdition")
    for control_list in apps.get_model("risk", "ControlList").objects.all():
        editions = list(
            edition_model.objects.filter(
                control_list=control_list, state__in=["approved", "superseded"]
            ).order_by("-number")
        )
        until = None
        is_newest = True
        for edition in editions:
            since = edition.in_force_from
            if not is_newest:
                first = since or until
                if until is None or first >= until:
                    edition.in_force_from = edition.in_force_to = first = until or first
                else:
                    edition.in_force_to = until
                until = min(until, first) if until else first
            else:
                until = since
                is_newest = False
            if not edition.source_digest and not edition.approved_by:
                edition.source_digest = "loaded before digests were kept"
            edition.save()


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0003_living_lists"),
    ]

    operations = [
        migrations.RunPython(carry_entries_over, migrations.RunPython.noop),
        migrations.RunPython(close_periods, migrations.RunPython.noop),
    ]
