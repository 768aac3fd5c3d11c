"""Hold what the code says of the API against what was declared of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from targeting.management.api_description import (
    DECLARED,
    DescriptionFault,
    as_text,
    declared,
    described,
    differences,
)

MOST_TOLD = 50


class Command(BaseCommand):
    help = (
        "Compare the description of the API that the code gives with docs/openapi.yaml, and fail"
        " naming every difference: whoever changes what clients see declares it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--renew", action="store_true", help="write docs/openapi.yaml and tell what changed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            now = described()
        except DescriptionFault as fault:
            raise CommandError(str(fault)) from fault
        found = differences(declared(), now)
        told = [
            *found[:MOST_TOLD],
            *([f"… and {len(found) - MOST_TOLD} more"] * (len(found) > MOST_TOLD)),
        ]
        if options["renew"]:
            DECLARED.write_text(as_text(now), encoding="utf-8")
            self.stdout.write("\n".join(told) or "nothing changed")
        elif found:
            raise CommandError(
                "docs/openapi.yaml does not declare what the code says:\n"
                + "\n".join(told)
                + "\nIf clients may meet it: make schema renew=1"
            )
