"""Lanes that would have been, by office and day of a month: nothing is stored."""

import csv
from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from msgspec.structs import asdict

from risk.domain.replays import OfficeLoad, ReplayResult, merged
from risk.models import RiskProfile
from risk.selectors.lane_days import plans_in_force
from risk.selectors.office import office_day
from risk.selectors.profiles import stored_profile
from risk.services.profile_simulations import replayed_day
from shipments.domain.sheets import neutralised

COLUMNS = ("customs_office", "day", *OfficeLoad.__struct_fields__)
_SHOWN = ("declarations", "red", "yellow", "blue", "random_arm", "topped_up", "over_capacity")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no month; YYYY-MM is expected") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; YYYY-MM-DD is expected") from None


class Command(BaseCommand):
    help = (
        "What lanes the declarations accepted in a month would have been given: their kept facts"
        " and draws under a version of the risk profile and under the limits of offices that hold"
        " on a day, by office and day, beside the version in use (columns ..._before)."
        " Stores nothing; a simulation of the same days says the same."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", type=_month, required=True, help="YYYY-MM")
        parser.add_argument("--profile", help="CODE:VERSION; the one in use without it")
        parser.add_argument(
            "--plan-day", type=_day, help="limits of offices that hold on this day; today's without"
        )
        parser.add_argument("--csv", type=Path, help="write the rows there as well")

    def handle(self, *args: Any, **options: Any) -> None:
        in_use = RiskProfile.objects.filter(is_active=True).first()
        if in_use is None:
            raise CommandError("No risk profile is in use: run load_risk_profile.")
        tried = _profile(options["profile"]) if options["profile"] else in_use
        plan_day: date = options["plan_day"] or office_day(timezone.now())
        plans = plans_in_force(plan_day)
        results: list[ReplayResult] = []
        rows: list[dict[str, Any]] = []
        for day in _days(options["month"]):
            result, loads = replayed_day(
                day, tried=stored_profile(tried), in_use=stored_profile(in_use), plans=plans
            )
            results.append(result)
            rows.extend(
                {"customs_office": office, "day": day.isoformat(), **asdict(load)}
                for office, load in loads.items()
            )
        self._tell(merged(results), rows, f"{tried} beside {in_use}", plan_day, len(plans))
        if options["csv"]:
            _write(options["csv"], rows)

    def _tell(
        self,
        result: ReplayResult,
        rows: list[dict[str, Any]],
        versions: str,
        plan_day: date,
        offices: int,
    ) -> None:
        self.stdout.write(f"{versions}; limits of {offices} offices as of {plan_day}")
        self.stdout.write("  ".join(("office", "day", *_SHOWN)))
        for row in rows:
            values = (row["customs_office"] or "-", row["day"], *(row[name] for name in _SHOWN))
            self.stdout.write("  ".join(map(str, values)))
        totals = {name: sum(row[name] for row in rows) for name in _SHOWN}
        self.stdout.write("total  " + "  ".join(f"{name} {n}" for name, n in totals.items()))
        shifts = ", ".join(f"{name} {n}" for name, n in sorted(result.shifts.items()))
        self.stdout.write(f"shifts: {shifts or 'none'}")
        if result.unreadable:
            self.stdout.write(f"facts that this release cannot read: {result.unreadable}")


def _profile(text: str) -> RiskProfile:
    code, _, version = text.partition(":")
    found = RiskProfile.objects.filter(
        code=code, version=int(version) if version.isdigit() else 0
    ).first()
    if found is None:
        raise CommandError(f"There is no version {text}; CODE:VERSION is expected.")
    return found


def _days(month: date) -> Iterator[date]:
    day = month
    while day.month == month.month:
        yield day
        day += timedelta(days=1)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as sheet:
        writer = csv.DictWriter(sheet, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "customs_office": neutralised(row["customs_office"])})
