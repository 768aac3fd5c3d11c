"""Write the labelled cases on which matching is tuned and judged."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from risk.domain.matching_cases.case import FILES, write_cases
from risk.domain.matching_cases.generate import generate_cases
from risk.domain.matching_cases.material import Material


class Command(BaseCommand):
    help = (
        "Write cases.csv (the part on which the engine is tuned) and frozen.csv (the part on"
        " which it is judged) from the names, numbers and wordings of fixtures/ and the"
        " hand-written lines of fixtures/matching/hard.csv. The same seed gives the same bytes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="default: 7, as committed")
        parser.add_argument(
            "--folder", type=Path, help="where to write (default: fixtures/matching)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        fixtures = Path(settings.TARGETING["FIXTURES_DIR"])
        folder = options["folder"] or fixtures / "matching"
        cases = list(generate_cases(Material(fixtures), options["seed"]))
        for split, file_name in FILES.items():
            chosen = [case for case in cases if case.split == split]
            write_cases(folder / file_name, chosen)
            self.stdout.write(f"{folder / file_name}: {len(chosen)} cases")
