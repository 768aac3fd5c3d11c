"""Prove that stored assessments follow from their facts and profile."""

from argparse import ArgumentTypeError
from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from risk.models import RiskAssessment
from risk.selectors.office import midnight
from risk.services.reassessments import reassess_all

SHOWN = 20
"""At most so many differences are listed; all are counted."""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; YYYY-MM-DD is expected") from None


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number of assessments")
    return int(text)


class Command(BaseCommand):
    help = (
        "Do stored assessments again from their facts and profile, the latest first, and hold"
        " score, confidence, contributions, codes and lane against what is stored. Those of"
        " indicators that changed since are counted and not compared. Ends with 1 and names what"
        " differs."
        " Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=_day, help="first day of acceptance")
        parser.add_argument("--to", dest="last", type=_day, help="last day of acceptance")
        parser.add_argument("--limit", type=_count, help="at most so many assessments")

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        faults: list[str] = []
        for again in reassess_all(_chosen(options).iterator(chunk_size=500)):
            counts["all"] += 1
            counts["other"] += not again.comparable
            if again.differing:
                counts["differing"] += 1
                what = ", ".join(again.differing)
                faults.append(f"{again.registration_number} v{again.version}: {what}")
        compared = counts["all"] - counts["other"]
        same = compared - counts["differing"]
        self.stdout.write(f"{same} of {compared} assessments give the same again")
        if counts["other"]:
            self.stdout.write(f"not compared, an indicator changed since: {counts['other']}")
        if faults:
            listed = "\n".join(faults[:SHOWN])
            raise CommandError(f"{counts['differing']} differ:\n{listed}", returncode=1)


def _chosen(options: dict[str, Any]) -> QuerySet[RiskAssessment]:
    rows = RiskAssessment.objects.select_related("declaration", "basis__profile", "lane_decision")
    rows = rows.prefetch_related("indicator_rows").order_by("-pk")
    if options["first"]:
        rows = rows.filter(declaration__accepted_at__gte=midnight(options["first"]))
    if options["last"]:
        after = options["last"] + timedelta(days=1)
        rows = rows.filter(declaration__accepted_at__lt=midnight(after))
    return rows[: options["limit"]] if options["limit"] else rows
