"""Fit the match scores to the tuned part of the labelled cases."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from risk.domain.matching.calibration import fit, write_calibration
from risk.domain.matching_cases.case import FILES, TUNED, read_cases
from risk.domain.matching_cases.engines import ShippedLists
from risk.domain.matching_cases.evaluate import evaluate
from risk.domain.matching_cases.ranking import named_evidence


class Command(BaseCommand):
    help = (
        "Fit fixtures/matching/calibration.csv to the tuned part of the cases: which share of"
        " the evidence of a method and strength is right. The frozen part judges it"
        " (make bench part=matching)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        fixtures = Path(settings.TARGETING["FIXTURES_DIR"])
        cases = read_cases(fixtures / "matching" / FILES[TUNED])
        judged = evaluate(cases, ShippedLists(fixtures, is_calibrated=False))
        try:
            points = fit(named_evidence(judged))
        except ValueError as error:
            raise CommandError(str(error)) from error
        path = fixtures / "matching" / "calibration.csv"
        write_calibration(path, points)
        self.stdout.write(f"{path}: {len(points)} points")
